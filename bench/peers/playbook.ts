import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Dialect, sources, type Task, tasks, templates, variables } from '../work.ts';
import { type Estate, sshOptions } from './peer.ts';

// Inventory and playbook are the same files for us and for Ansible; only the language of templates differs.

/** @returns the folder with `hosts.yml`, `site.yml` and `push.yml` */
export function writePlaybooks({ folder, hosts, login }: Estate, dialect: Dialect, file = ''): string {
	const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
	for (const name of ['files', 'templates']) {
		mkdirSync(join(folder, name), { recursive: true });
	}

	for (const [name, text] of Object.entries(sources)) {
		write(`files/${name}`, text);
	}

	for (const [name, text] of Object.entries(templates(dialect))) {
		write(`templates/${name}`, text);
	}

	const root = dialect.value('root');
	const play = { hosts: 'all', gather_facts: false };
	write('site.yml', stringify([{ ...play, tasks: tasks.map((task) => written(task, root)) }]));
	write(
		'push.yml',
		stringify([{ ...play, tasks: [{ copy: { src: file, dest: `${root}/big`, mode: '0644' } }] }]),
	);
	write(
		'hosts.yml',
		stringify({
			all: {
				vars: {
					...variables,
					ansible_user: login.user,
					ansible_port: login.port,
					ansible_ssh_private_key_file: login.key,
					ansible_ssh_common_args: sshOptions(login),
					ansible_python_interpreter: '/usr/bin/python3',
				},
				hosts: Object.fromEntries(
					hosts.map(({ name, address, root: path }) => [
						name,
						{ ansible_host: address, host_name: name, root: path },
					]),
				),
			},
		}),
	);
	return folder;
}

function written(task: Task, root: string): Readonly<Record<string, unknown>> {
	switch (task.kind) {
		case 'directory':
			return { file: { path: `${root}/${task.path}`, state: 'directory', mode: task.mode } };
		case 'file':
			return { copy: { src: task.source, dest: `${root}/${task.path}`, mode: task.mode } };
		case 'template':
			return { template: { src: task.source, dest: `${root}/${task.path}`, mode: task.mode } };
		case 'line':
			return { lineinfile: { path: `${root}/${task.path}`, line: task.line, create: true, mode: '0644' } };
		case 'link':
			return { file: { path: `${root}/${task.path}`, src: task.target, state: 'link' } };
		case 'package':
			return { package: { name: task.name, state: 'present' } };
		case 'user':
			return { user: { name: task.name, shell: task.shell, create_home: false } };
		case 'group':
			return { group: { name: task.name, state: 'present' } };
	}
}
