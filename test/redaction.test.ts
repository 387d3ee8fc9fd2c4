import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { redacted } from '../roles/logging/tests/lines.ts';

type Pattern = { readonly name: string; readonly pattern: string; readonly with: string };
type Defaults = {
	readonly logging_redact: readonly Pattern[];
	readonly logging_redact_keys: readonly string[];
	readonly logging_redact_id_digits: { readonly least: number; readonly most: number };
};

const file = join(import.meta.dirname, '../roles/logging/defaults/main.yml');
const defaults: Defaults = parse(readFileSync(file, 'utf8'), { logLevel: 'silent' });
const { least, most } = defaults.logging_redact_id_digits;
const patterns = defaults.logging_redact.map((one) => ({
	...one,
	pattern: one.pattern
		.replaceAll('{{logging__secret_words}}', defaults.logging_redact_keys.join('|'))
		.replaceAll('{{logging__id_digits}}', `{${least},${most}}`),
}));

/** As RE2 means it: flags of the whole expression stand at its beginning there. The role's test in containers asks RE2 itself. */
function redact(line: string): string {
	return patterns.reduce((left, { pattern, with: replacement }) => {
		const [start = '', flags = ''] = /^\(\?([is]+)\)/.exec(pattern) ?? [];
		return left.replaceAll(new RegExp(pattern.slice(start.length), `g${flags}`), replacement);
	}, line);
}

type Vars = {
	readonly logging__agent_config: {
		readonly receivers: {
			readonly file_log: { readonly operators: readonly { readonly is_first_entry?: string }[] };
		};
	};
};

test('redaction of logs: a private key of which each line is one of a container', (t) => {
	const vars: Vars = parse(
		readFileSync(join(import.meta.dirname, '../roles/logging/vars/main.yml'), 'utf8'),
		{
			logLevel: 'silent',
		},
	);
	const { operators } = vars.logging__agent_config.receivers.file_log;
	const [, inside = ''] = /^not \(body matches "(.*)"\)$/.exec(operators[1]?.is_first_entry ?? '') ?? [];
	const goesOn = new RegExp(inside.replaceAll('$$', '$').replaceAll('\\\\', '\\'));
	const lines = [
		'begin',
		'-----BEGIN PRIVATE KEY-----',
		'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj',
		'MzEfYyjiWA==',
		'-----END PRIVATE KEY-----',
		'Listening on 0.0.0.0:8080',
		'done',
	];
	const entries: string[] = [];
	for (const line of lines) {
		entries.push(goesOn.test(line) ? `${entries.pop()}\n${line}` : line);
	}

	t.deepEqual(entries.map(redact), ['begin', '[KEY]', 'Listening on 0.0.0.0:8080', 'done']);
});

for (const [about, line, left = line] of redacted) {
	test(`redaction of logs: ${about}`, (t) => {
		t.is(redact(line), left);
		t.is(redact(left), left, 'agent and gateway do it one after the other');
	});
}
