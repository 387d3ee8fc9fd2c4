import { readFileSync } from 'node:fs';
import { type ErrorCode, parseDocument } from 'yaml';
import type { Diagnostics } from '../diagnostics.ts';
import { convert } from './convert.ts';
import { SourceText } from './positions.ts';

/**
 * Read a YAML 1.2 file (core schema, one document) as plain data, with `!cel` and `!secret` as objects of their
 * own. Places are kept aside: see `sourceOf` and `rawOf`. Gives null for an empty file, and undefined, after
 * saying why in `problems`, for one that cannot be read; data with a faulty part (a key given twice) is given
 * as far as it goes. `version`: what `no`, `010` and the like mean; in files that may come from Ansible what they mean
 * there.
 */
export function readYaml(
	file: string,
	problems: Diagnostics,
	text?: string,
	{ version = '1.2' }: { readonly version?: '1.1' | '1.2' } = {},
): unknown {
	const content = text ?? readText(file, problems);
	if (content === undefined) {
		return undefined;
	}

	const source = new SourceText(file, content);
	// Keys are compared in `convert`: the library compares each with each, which is slow for thousands of hosts.
	const document = parseDocument(content, {
		version: '1.2',
		schema: 'core',
		uniqueKeys: false,
		resolveKnownTags: false,
		prettyErrors: false,
		logLevel: 'error',
	});
	// One mistake makes several errors, of which the first on a line is the one to read.
	const lines = new Set<number>();
	for (const { code, message, pos } of document.errors) {
		const place = source.source(...pos);
		if (!lines.has(place.line)) {
			lines.add(place.line);
			problems.error(`not valid YAML: ${words[code] ?? lowerFirst(message)}`, {
				source: place,
				hint: hints[code],
			});
		}
	}

	return document.errors.length > 0
		? undefined
		: convert(document.contents, source, problems, version === '1.1');
}

function readText(file: string, problems: Diagnostics): string | undefined {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		problems.error(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
		return undefined;
	}
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const words: Partial<Record<ErrorCode, string>> = {
	BLOCK_AS_IMPLICIT_KEY: 'a second ": " on this line, or a wrong indentation below it',
	MULTIPLE_DOCS: 'a file may hold only one document',
};

const hints: Partial<Record<ErrorCode, string>> = {
	BAD_SCALAR_START: 'put the text in quotes',
	BLOCK_AS_IMPLICIT_KEY: 'put a text that holds ": " in quotes',
	BAD_INDENT: 'check the indentation of this line and of the one before',
	TAB_AS_INDENT: 'indent with spaces: YAML allows no tabs',
	MISSING_CHAR: 'check quotes, brackets and colons, and the indentation of this line and of the one before',
	MULTILINE_IMPLICIT_KEY: 'check the indentation, and whether a colon is missing',
	UNEXPECTED_TOKEN: 'check the indentation; a value that begins with a quote must also end with it',
	MULTIPLE_DOCS: 'write one document per file: remove the line "---" or split the file',
};
