import type { SharedQuestion } from '../../module/shared-question.ts';
import { option, sh } from '../../shell/command.ts';
import {
	type Cluster,
	clusterName,
	fieldManager,
	inOwnFolder,
	kubectlWords,
	refusal,
} from './cluster-arguments.ts';

/** An object before and after, as YAML; `before` is empty when it is not there. */
export type Difference = { readonly before: string; readonly after: string };

/** The words of kubectl for a server-side apply that is ours, or another's; shared by the question and the change. */
export const ownership = (force: boolean, manager: string = fieldManager): readonly string[] => [
	'--server-side',
	'--field-manager',
	manager,
	...(force ? ['--force-conflicts'] : []),
];

// Whole files, also those that are new.
const showAll = 'KUBECTL_EXTERNAL_DIFF=diff -N -r -U1000000';

/** Objects as one text that kubectl reads. */
export const stream = (objects: readonly string[]): string =>
	objects.map((object) => `---\n${object}\n`).join('');

/** As somebody else, and where objects belong that do not say it. */
type Asking = { readonly manager?: string; readonly namespace?: string };

/**
 * What an object (as JSON) would be after our apply, which the API server itself works out without doing it, its
 * defaults and webhooks included; undefined: as it is. The data of Secrets are stars (kubectl(1), `diff`).
 */
export const differences = (
	cluster: Cluster,
	force: boolean,
	{ manager, namespace }: Asking = {},
): SharedQuestion<Difference | undefined> => ({
	name: `kubectl diff ${clusterName(cluster)} ${force} ${manager ?? ''} ${namespace ?? ''}`,
	command: (objects) => {
		const words = [ownership(force, manager), option('--namespace', namespace), '-f', '-'];
		const asked = sh`env ${showAll} ${kubectlWords(cluster, 'diff', words)}`.line;
		// It compares files.
		return sh`sh -c ${`${inOwnFolder} && TMPDIR=$folder ${asked}`}`.withInput(stream(objects));
	},
	answers(objects, output) {
		// 0: nothing differs; 1: something does; more: one of them cannot be asked for.
		if (output.code > 1) {
			return objects.map(() =>
				objects.length > 1 ? { askAlone: true } : { failure: refusal(cluster, output) },
			);
		}

		const found = parseDifferences(output.stdout);
		return objects.map((object) => ({
			value: [...found].find(([file]) => isOf(object, file))?.[1],
		}));
	},
});

/** kubectl names the file of an object `GROUP.VERSION.KIND.NAMESPACE.NAME`; the namespace may be its own choice. */
function isOf(object: string, file: string): boolean {
	const { apiVersion, kind, metadata } = JSON.parse(object) as {
		readonly apiVersion: string;
		readonly kind: string;
		readonly metadata: { readonly name: string; readonly namespace?: string };
	};
	const [before, after] = [`${apiVersion.replace('/', '.')}.${kind}.`, `.${metadata.name}`];
	const place = file.slice(before.length, file.length - after.length);
	return (
		file.startsWith(before) &&
		file.endsWith(after) &&
		(metadata.namespace === undefined ? !place.includes('.') : place === metadata.namespace)
	);
}

/** What diff(1) has shown of each file: all of it, so that both sides can be read from it. */
export function parseDifferences(text: string): ReadonlyMap<string, Difference> {
	const lines = text.split('\n');
	const found = new Map<string, Difference>();
	for (let at = 0; at < lines.length; at++) {
		const file = lines[at]?.match(/^--- \S*\/([^/\t]+)\t/)?.[1];
		const [, before, after] = lines[at + 2]?.match(/^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/) ?? [];
		if (file === undefined || lines[at + 2]?.startsWith('@@') !== true) {
			continue;
		}

		const sides = sidesOf(lines, at + 3, Number(before ?? 1), Number(after ?? 1));
		found.set(file, sides.difference);
		at = sides.next - 1;
	}

	return found;
}

/** By the counts of the hunk: a line of a file may look like a line of diff(1). */
function sidesOf(
	lines: readonly string[],
	from: number,
	before: number,
	after: number,
): { readonly difference: Difference; readonly next: number } {
	const sides: { before: string[]; after: string[] } = { before: [], after: [] };
	let at = from;
	while (at < lines.length && (sides.before.length < before || sides.after.length < after)) {
		const line = lines[at++] ?? '';
		const [sign, content] = [line[0], line.slice(1)];
		if (sign === ' ' || sign === '-') {
			sides.before.push(content);
		}

		if (sign === ' ' || sign === '+') {
			sides.after.push(content);
		}
	}

	return { difference: { before: shown(sides.before), after: shown(sides.after) }, next: at };
}

// What the API server notes by itself says nothing to a reader, and differs each time for what is not there yet.
function shown(lines: readonly string[]): string {
	let block = '';
	return lines
		.filter((line) => {
			block = line.match(/^\S[^:]*/)?.[0] ?? block;
			const noted = /^ {2}(?:creationTimestamp|generation|resourceVersion|uid): /.test(line);
			// kubectl writes null for a Secret that is not there.
			return block !== 'status' && block !== 'null' && !(block === 'metadata' && noted);
		})
		.map((line) => `${line}\n`)
		.join('');
}
