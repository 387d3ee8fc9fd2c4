import { didYouMean, type Source } from '../diagnostics.ts';
import { type Entry, remember, SourceText } from '../yaml/positions.ts';
import type { Draft } from './draft.ts';
import { splitLine, type Word } from './ini-line.ts';
import { pythonLiteral } from './python-literal.ts';

const states = ['hosts', 'vars', 'children'] as const;

/** A line without the blanks around it. */
type Line = { readonly text: string; readonly start: number };

/** Add what an INI inventory says: `[group]`, `[group:children]`, `[group:vars]`, and hosts with variables. */
export function addIni(content: string, file: string, origin: string, draft: Draft): void {
	const reader = new IniReader(new SourceText(file, content), origin, draft);
	let at = 0;
	for (const raw of content.split('\n')) {
		const text = raw.trim();
		if (text !== '' && !text.startsWith('#') && !text.startsWith(';')) {
			reader.line({ text, start: at + raw.length - raw.trimStart().length });
		}

		at += raw.length + 1;
	}

	reader.end();
}

class IniReader {
	readonly #text: SourceText;
	readonly #origin: string;
	readonly #draft: Draft;
	#group = 'ungrouped';
	/** undefined below a header that makes no sense. */
	#state: (typeof states)[number] | undefined = 'hosts';
	#values: Record<string, unknown> = {};
	#entries = new Map<string, Entry>();
	/** Groups with a section of their own, here or in an inventory before this one. */
	readonly #declared: Set<string>;
	/** Groups that are only talked about. */
	readonly #mentioned: { readonly name: string; readonly where: string; readonly source: Source }[] = [];

	constructor(text: SourceText, origin: string, draft: Draft) {
		this.#text = text;
		this.#origin = origin;
		this.#draft = draft;
		this.#declared = new Set(draft.groups.keys());
	}

	line(line: Line): void {
		const [header, group = '', state] = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(line.text) ?? [];
		if (header !== undefined) {
			this.#header(group, state ?? 'hosts', line);
		} else if (/^\[.*\]$/.test(line.text)) {
			this.#state = undefined;
			this.#problem(
				`"${line.text}" is no section`,
				line,
				'write [GROUP], [GROUP:vars] or [GROUP:children], without blanks',
			);
		} else if (this.#state === 'vars') {
			this.#variable(line);
		} else if (this.#state === 'children') {
			this.#child(line);
		} else if (this.#state === 'hosts') {
			this.#hosts(line);
		}
	}

	end(): void {
		this.#closeVars();
		for (const { name, where, source } of this.#mentioned.filter(({ name }) => !this.#declared.has(name))) {
			this.#draft.problems.error(`${where}, and nothing declares the group "${name}"`, {
				source,
				hint: didYouMean(name, this.#declared) ?? `add a section [${name}] or [${name}:children]`,
			});
		}
	}

	#header(group: string, word: string, line: Line): void {
		this.#closeVars();
		this.#group = group;
		this.#state = states.find((state) => state === word);
		if (this.#state === undefined) {
			const hint = didYouMean(word, states) ?? 'sections are [GROUP], [GROUP:vars] and [GROUP:children]';
			this.#problem(`[${group}:${word}] is no section`, line, hint);
			return;
		}

		this.#draft.group(group, this.#source(line));
		if (this.#state === 'vars') {
			this.#mentioned.push({ name: group, where: `here is [${group}:vars]`, source: this.#source(line) });
		} else {
			this.#declared.add(group);
		}
	}

	#closeVars(): void {
		if (this.#state === 'vars' && this.#entries.size > 0) {
			const places = [...this.#entries.values()];
			const own = [places[0]?.key?.[0] ?? 0, places.at(-1)?.value[1] ?? 0] as const;
			remember(this.#values, { text: this.#text, own, entries: this.#entries });
			this.#draft.groupValues(this.#group, this.#values, this.#origin);
		}

		this.#values = {};
		this.#entries = new Map();
	}

	#variable(line: Line): void {
		const sign = line.text.indexOf('=');
		const name = line.text.slice(0, Math.max(sign, 0)).trimEnd();
		if (name === '' || name === '__proto__') {
			this.#problem(`"${line.text}" is no variable`, line, 'write NAME=VALUE in a section [GROUP:vars]');
			return;
		}

		const value = line.text.slice(sign + 1).trimStart();
		const end = line.start + line.text.length;
		const range = [end - value.length, end] as const;
		this.#values[name] = this.#typed(value, range);
		this.#entries.set(name, { key: [line.start, line.start + name.length], value: range });
	}

	#child(line: Line): void {
		const name = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line.text)?.[1];
		if (name === undefined) {
			this.#problem(`"${line.text}" is no name of a group`, line, 'write one group per line');
			return;
		}

		const source = this.#source({ text: name, start: line.start });
		this.#draft.link(this.#group, name, source);
		this.#mentioned.push({ name, where: `"${name}" is among the children of "${this.#group}"`, source });
	}

	#hosts(line: Line): void {
		const { words, open, cut } = splitLine(line.text);
		const [host, ...rest] = words;
		if (open !== undefined) {
			const start = line.start + open;
			this.#problem('this quote is never closed', { text: line.text.slice(open), start });
			return;
		}

		if (cut !== undefined) {
			this.#draft.problems.warning(
				'from here on the line is a comment, although no blank stands before the #',
				{
					source: this.#text.source(line.start + cut, line.start + line.text.length),
					hint: 'put the value in quotes if the # belongs to it',
				},
			);
		}

		if (host !== undefined) {
			const source = this.#text.source(line.start + host.start, line.start + host.end);
			this.#draft.add(host.text, this.#group, this.#hostValues(rest, line), this.#origin, source);
		}
	}

	#hostValues(words: readonly Word[], line: Line): Record<string, unknown> {
		const values: Record<string, unknown> = {};
		const entries = new Map<string, Entry>();
		for (const { text, start, end } of words) {
			const sign = text.indexOf('=');
			const from = line.start + start;
			if (sign < 1 || text.startsWith('__proto__=')) {
				const hint = 'write NAME=VALUE without blanks, or put the value in quotes';
				this.#problem(`expected NAME=VALUE behind the host and found "${text}"`, { text, start: from }, hint);
				continue;
			}

			const name = text.slice(0, sign);
			const range = [from + sign + 1, line.start + end] as const;
			values[name] = this.#typed(text.slice(sign + 1), range);
			entries.set(name, { key: [from, from + sign], value: range });
		}

		if (entries.size > 0) {
			remember(values, { text: this.#text, own: [line.start, line.start + line.text.length], entries });
		}

		return values;
	}

	#typed(text: string, range: Entry['value']): unknown {
		const literal = pythonLiteral(text);
		if (
			typeof literal?.value === 'number' &&
			/^[+-]?\d+$/.test(text) &&
			!Number.isSafeInteger(literal.value)
		) {
			this.#draft.problems.error(`the number ${text} is too large to be kept exactly`, {
				source: this.#text.source(...range),
				hint: `put it in two kinds of quotes to keep it as text: "'${text}'"`,
			});
		}

		return literal === undefined ? text : literal.value;
	}

	#source({ text, start }: Line): Source {
		return this.#text.source(start, start + text.length);
	}

	#problem(summary: string, line: Line, hint?: string): void {
		this.#draft.problems.error(summary, { source: this.#source(line), hint });
	}
}
