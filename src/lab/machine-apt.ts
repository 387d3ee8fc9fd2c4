import { execa } from 'execa';
import type { Distribution } from './distributions.ts';

/**
 * The settings of this machine's apt that decide whether packages can be had at all: proxies and how strictly
 * dates are checked. Empty where there is no apt. A proxy on the loopback is left out: hosts cannot reach it.
 */
export async function machineAptSettings(): Promise<readonly string[]> {
	const lines = await output('apt-config', ['dump', 'Acquire']);
	return lines
		.filter((line) =>
			/^Acquire::(https?::Proxy|Check-Valid-Until|Check-Date|Retries)\b.* "[^"]+";$/.test(line),
		)
		.filter((line) => !/127\.0\.0\.|localhost|\[::1\]/.test(line));
}

/**
 * Package sources for a distribution, from the mirrors that this machine uses for the same archive (any release
 * of it). Empty when it uses none.
 */
export async function machineSources({
	origin,
	suite,
	components,
}: Distribution): Promise<readonly string[]> {
	const targets = await output('apt-get', [
		'indextargets',
		'--format',
		'$(ORIGIN) $(REPO_URI) $(RELEASE)',
		'Created-By: Packages',
	]);
	const sources = targets.flatMap((line) => {
		const [from, uri, release] = line.split(' ');
		const pocket = release?.match(/^[a-z]+(-updates|-security)?$/);
		return from === origin && uri !== undefined && pocket !== null && pocket !== undefined
			? [`deb ${uri} ${suite}${pocket[1] ?? ''} ${components}`]
			: [];
	});
	return [...new Set(sources)];
}

async function output(program: string, words: readonly string[]): Promise<readonly string[]> {
	const { stdout, failed } = await execa(program, words, { reject: false });
	return failed ? [] : stdout.split('\n');
}
