import { execFileSync } from 'node:child_process';

/** What all peers do, as data: each peer writes it in its own language. Paths are below the folder of the host. */
export type Task =
	| { readonly kind: 'directory'; readonly path: string; readonly mode: string }
	| { readonly kind: 'file'; readonly path: string; readonly source: string; readonly mode: string }
	| { readonly kind: 'template'; readonly path: string; readonly source: string; readonly mode: string }
	| { readonly kind: 'line'; readonly path: string; readonly line: string }
	| { readonly kind: 'link'; readonly path: string; readonly target: string }
	| { readonly kind: 'package'; readonly name: string }
	| { readonly kind: 'user'; readonly name: string; readonly shell: string }
	| { readonly kind: 'group'; readonly name: string };

const ten = Array.from({ length: 10 }, (_, index) => String(index).padStart(2, '0'));

/** Some that are here and wanted by somebody: Ansible would want to write that down. */
const packages = execFileSync('apt-mark', ['showmanual'], { encoding: 'utf8' }).split('\n').slice(0, 5);

/**
 * 40 tasks. Packages, users and groups are ones that are there: all hosts are one machine, so what one changes the
 * others would find done.
 */
export const tasks: readonly Task[] = [
	{ kind: 'directory', path: 'etc', mode: '0755' },
	{ kind: 'directory', path: 'etc/app.d', mode: '0755' },
	{ kind: 'directory', path: 'data', mode: '0750' },
	...packages.map((name): Task => ({ kind: 'package', name })),
	...['daemon', 'users'].map((name): Task => ({ kind: 'group', name })),
	...['daemon', 'bin', 'nobody'].map((name): Task => ({ kind: 'user', name, shell: '/usr/sbin/nologin' })),
	...ten.map(
		(n): Task => ({ kind: 'file', path: `etc/app.d/${n}-file.conf`, source: `${n}-file.conf`, mode: '0644' }),
	),
	...ten.map(
		(n): Task => ({
			kind: 'template',
			path: `etc/app.d/${n}-template.conf`,
			source: `${n}-template.conf`,
			mode: '0640',
		}),
	),
	...[1, 2, 3, 4, 5].map(
		(n): Task => ({ kind: 'line', path: 'etc/limits.conf', line: `limit_${n} = ${n}00` }),
	),
	{ kind: 'link', path: 'etc/current', target: 'app.d' },
	{ kind: 'link', path: 'etc/main.conf', target: 'app.d/00-file.conf' },
];

/** Variables that templates use, beside the `host_name` of each host. */
export const variables = { domain: 'example.org', ports: [8080, 8443, 9090] } as const;

/** The files that tasks copy, of one to three KiB. */
export const sources: Readonly<Record<string, string>> = Object.fromEntries(
	ten.map((n) => [
		`${n}-file.conf`,
		Array.from({ length: 30 + 5 * Number(n) }, (_, line) => `option_${n}_${line} = value ${line * 7}\n`).join(
			'',
		),
	]),
);

/** How a template language writes a value, and a line for each port. */
export type Dialect = {
	readonly value: (name: string) => string;
	readonly each: (list: string, line: (item: string) => string) => string;
};

export const mustache: Dialect = {
	value: (name) => `{{${name}}}`,
	each: (list, line) => `{{#${list}}}\n${line('{{.}}')}\n{{/${list}}}\n`,
};

export const jinja: Dialect = {
	value: (name) => `{{ ${name} }}`,
	each: (list, line) => `{% for item in ${list} %}\n${line('{{ item }}')}\n{% endfor %}\n`,
};

/** Nothing is left to be filled in: for a script that is written for one host. */
export const plain = (host: string): Dialect => ({
	value: (name) => (name === 'host_name' ? host : variables.domain),
	each: (_list, line) => variables.ports.map((port) => `${line(String(port))}\n`).join(''),
});

export const templates = ({ value, each }: Dialect): Readonly<Record<string, string>> =>
	Object.fromEntries(
		ten.map((n) => [
			`${n}-template.conf`,
			`# ${n}\nserver_name ${value('host_name')}.${value('domain')};\n${each('ports', (port) => `listen ${port};`)}` +
				Array.from({ length: 20 }, (_, line) => `setting_${line} ${value('host_name')};\n`).join(''),
		]),
	);

/** Bytes that no line makes smaller. */
export const blobBytes = 100 * 1024 * 1024;
