import { readFileSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { readings } from './readings.ts';
import { mixtures, ordinary, tricks } from './spellings.ts';

const program = readFileSync(new URL('ask.py', import.meta.url), 'utf8');

type Who = {
	/** Address of the proxy. */
	readonly proxy: string;
	/** Host in the private channel. */
	readonly inside: string;
	/** Host of a stranger. */
	readonly outside: string;
	/** Name of the environment, whose private paths are /admin and /realms/master. */
	readonly name: string;
};

const isPrivate = (path: string): boolean => /^\/+(admin|realms\/+master)/.test(path);
/** nginx itself leaves out what stands behind #, and goes up a folder. */
const isReadInOneWay = (target: string): boolean =>
	!/[# ]|\/(\.|%2e)+(\/|$)/i.test(target.split('?', 1)[0] ?? '');

const shown = (target: string): string => JSON.stringify(target);

/** However a private path is spelt: refused, or the platform got what was judged, and nobody takes it for private. */
export async function privatePaths(t: ExecutionContext, lab: TestLab, who: Who): Promise<void> {
	for (const version of ['1', '2']) {
		const asks = (from: string, targets: readonly string[]) => ask(lab, from, who, version, targets);
		const open = await asks(who.outside, ordinary);
		for (const [index, target] of ordinary.entries()) {
			t.deepEqual(open[index], { status: 200, target }, `HTTP/${version}, everybody's: ${shown(target)}`);
		}

		const tried = [...tricks, ...mixtures(version === '1' ? 200 : 0)];
		const answers = await asks(who.outside, tried);
		const through = tried.flatMap((asked, index) => {
			const { status = -1, target = '' } = answers[index] ?? {};
			// 0: over HTTP/2, some of this curl itself does not send.
			const isRefused = [400, 403, 421, ...(version === '2' ? [0] : [])].includes(status);
			const isJudged =
				status === 200 &&
				asked.endsWith(target) &&
				isReadInOneWay(target) &&
				![...readings(target)].some(isPrivate);
			return isRefused || isJudged ? [] : [`HTTP/${version}: ${shown(asked)} → ${status} ${shown(target)}`];
		});
		t.deepEqual(through, [], 'from outside, by a trick');

		const paths = ['/admin/', '/realms/master/account', '/realms;x/master', '/ADMIN'];
		const own = await asks(who.inside, paths);
		t.deepEqual(
			own,
			paths.map((target) => ({ status: 200, target })),
			'the private channel reaches them',
		);
	}
}

/** What the platform was asked for, when somebody asks for these. */
async function ask(
	lab: TestLab,
	from: string,
	{ proxy, name }: Who,
	version: string,
	targets: readonly string[],
): Promise<readonly { readonly status: number; readonly target: string | undefined }[]> {
	const hex = JSON.stringify(targets.map((target) => Buffer.from(target, 'latin1').toString('hex')));
	const text = await lab.output(
		from,
		`cat >/root/ask.py <<'END'\n${program}END\necho '${hex}' | python3 /root/ask.py ${proxy} ${name} ${version}`,
	);
	return JSON.parse(text).map(([status, body]: [number, string]) => ({
		status,
		target: status !== 200 ? undefined : body.startsWith('{') ? JSON.parse(body).target : body,
	}));
}
