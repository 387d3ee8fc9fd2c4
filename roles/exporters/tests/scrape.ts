import { setTimeout as sleep } from 'node:timers/promises';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';

/** What an exporter says to a host; empty when it lets nobody in from there. */
export async function scrape(lab: TestLab, from: string, address: string, port: number): Promise<string> {
	const line = `timeout 9 bash -c 'exec 3<>/dev/tcp/${address}/${port} && printf "GET /metrics HTTP/1.0\\r\\n\\r\\n" >&3 && cat <&3' 2>/dev/null`;
	return (await lab.run(from, line)).stdout;
}

/** The value of a metric, by its name with the labels that count, such as `pg_up` or `x{peer="ada"}`. */
export function value(text: string, wanted: string): number | undefined {
	const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(wanted) ?? [];
	const found = text.split('\n').find((line) => {
		const rest = line.startsWith(name) ? line.slice(name.length) : '';
		return /^[ {]/.test(rest) && labels.split(',').every((label) => rest.includes(label));
	});
	return found === undefined ? undefined : Number(found.split(' ').at(-1));
}

/** The value once it is this one, or the last that was seen: what collects comes by every three seconds here. */
export async function becomes(
	wanted: number | ((seen: number) => boolean),
	ask: () => Promise<number | undefined>,
): Promise<number | undefined> {
	const fits = typeof wanted === 'number' ? (seen: number) => seen === wanted : wanted;
	for (let attempt = 0; attempt < 30; attempt++) {
		const seen = await ask();
		if (seen !== undefined && fits(seen)) {
			return seen;
		}

		await sleep(500);
	}

	return await ask();
}
