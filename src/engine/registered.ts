import { TaskFailed } from '../errors.ts';
import type { Output, Step } from '../module/contract.ts';
import { showStep } from '../module/show-step.ts';
import { Spill } from '../session/spill.ts';

/** Characters of a field that are kept in memory for every host; more is kept in a file and read when it is asked for. */
const largest = 256 * 1024;
/** The same for lists of lines. */
const mostLines = 10_000;

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a registered result that a program's output gives. */
export const outputFields = (output: Output | undefined): Fields =>
	output === undefined
		? {}
		: extended(
				{ rc: output.code },
				lazily('stdout', () => withoutEnd(output.stdout)),
				lazily('stderr', () => withoutEnd(output.stderr)),
				lazily('stdout_lines', () => lines(output.stdout)),
				lazily('stderr_lines', () => lines(output.stderr)),
			);

const withoutEnd = (text: string): string => text.replace(/\n$/, '');
const lines = (text: string): readonly string[] => (text === '' ? [] : withoutEnd(text).split('\n'));

/** One record of all fields, the later ones winning; what is read when it is asked for stays so, which `...` undoes. */
export const extended = (...parts: readonly Fields[]): Fields =>
	Object.defineProperties(
		{},
		Object.assign({}, ...parts.map((part) => Object.getOwnPropertyDescriptors(part))),
	);

/** The fields that a module gives, with large texts out of memory. */
export const resultFields = (result: Fields = {}): Fields =>
	extended(
		...Object.entries(result).map(([name, value]) => {
			if (typeof value !== 'string' || value.length <= largest) {
				return { [name]: value };
			}

			const spill = spilled(value);
			return spill === undefined ? { [name]: value } : lazily(name, () => spill.text());
		}),
	);

function spilled(text: string): Spill | undefined {
	try {
		const spill = new Spill();
		spill.push(Buffer.from(text));
		return spill;
	} catch {
		// Without room for temporary files it stays in memory, as long as there is some.
		return undefined;
	}
}

/** A field that is computed when it is asked for; each time, if it is large: it may not stay for every host. */
function lazily(name: string, compute: () => string | readonly string[]): Fields {
	let known: string | readonly string[] | undefined;
	return Object.defineProperty({}, name, {
		enumerable: true,
		configurable: true,
		get: () => {
			const value = known ?? compute();
			known = value.length <= (typeof value === 'string' ? largest : mostLines) ? value : undefined;
			return value;
		},
	});
}

/**
 * A result that something asks for has to be whole: half a text would be taken for all of it.
 * @throws TaskFailed when an output is not, although the step has been done
 */
export function expectWhole(steps: readonly Step[], outputs: readonly Output[]): void {
	for (const [index, { incomplete, code }] of outputs.entries()) {
		if (incomplete !== undefined) {
			const step = steps[index];
			const what = step === undefined ? 'the step' : `"${showStep(step).slice(0, 200)}"`;
			throw new TaskFailed(
				`${what} ended with code ${code}, and its output cannot be kept as a result: ${incomplete}`,
				{
					hint: 'let it write to a file on the host, and take from that what is needed; without register, until, changed_when and failed_when the output may be of any size',
					result: { rc: code },
				},
			);
		}
	}
}
