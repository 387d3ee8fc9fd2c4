import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '../timed.ts';
import { jinja, sources, type Task, tasks, templates, variables } from '../work.ts';
import { environment, versionOf } from './install.ts';
import type { Estate, Peer } from './peer.ts';

/** JSON that is Python too: there is no boolean and no null in what is written. */
const py = (value: unknown): string => JSON.stringify(value);

const imports =
	'from pyinfra import host\nfrom pyinfra.operations import apt, files, server\n\nroot = host.data.root\n';

/** pyinfra, all hosts at once, without its question before it writes. */
export function pyinfra(isFresh: boolean): Peer {
	const folder = environment('pyinfra', ['pyinfra'], isFresh);
	const program = join(folder, 'bin', 'pyinfra');
	const run = (deploy: string, { folder: cwd, hosts }: Estate): Command => ({
		words: [program, '-y', '--parallel', String(hosts.length), 'inventory.py', deploy],
		cwd,
		env: { LC_ALL: 'C.UTF-8' },
	});
	return {
		name: 'pyinfra',
		version: `pyinfra ${versionOf(folder, 'pyinfra')}`,
		start: { words: [program, '--version'], cwd: '/', env: { LC_ALL: 'C.UTF-8' } },
		work(estate) {
			writeInventory(estate);
			writeFileSync(
				join(estate.folder, 'site.py'),
				`${imports}values = dict(host_name=host.data.host_name, domain=host.data.domain, ports=host.data.ports)\n${tasks.map(written).join('')}`,
			);
			return run('site.py', estate);
		},
		push(estate, file) {
			writeInventory(estate);
			writeFileSync(
				join(estate.folder, 'push.py'),
				`${imports}files.put(src=${py(file)}, dest=root + "/big", mode="644")\n`,
			);
			return run('push.py', estate);
		},
	};
}

function writeInventory({ folder, hosts, login }: Estate): void {
	for (const [kind, texts] of Object.entries({ files: sources, templates: templates(jinja) })) {
		mkdirSync(join(folder, kind), { recursive: true });
		for (const [name, text] of Object.entries(texts)) {
			writeFileSync(join(folder, kind, name), text);
		}
	}

	// It reads no configuration of OpenSSH, so that known_hosts is the one of the bench.
	writeFileSync(join(folder, 'ssh_config'), `Host *\n  UserKnownHostsFile ${login.knownHosts}\n`);
	const shared = {
		...variables,
		ssh_user: login.user,
		ssh_port: login.port,
		ssh_key: login.key,
		ssh_config_file: join(folder, 'ssh_config'),
		ssh_known_hosts_file: login.knownHosts,
	};
	const entries = hosts.map(
		({ name, address, root }) =>
			`    (${py(name)}, ${py({ ssh_hostname: address, host_name: name, root })}),\n`,
	);
	writeFileSync(
		join(folder, 'inventory.py'),
		`hosts = ([\n${entries.join('')}], dict(${py(shared)}, ssh_allow_agent=False, ssh_look_for_keys=False))\n`,
	);
}

function written(task: Task): string {
	switch (task.kind) {
		case 'directory':
			return `files.directory(path=root + ${py(`/${task.path}`)}, mode=${py(task.mode.slice(1))})\n`;
		case 'file':
			return `files.put(src=${py(`files/${task.source}`)}, dest=root + ${py(`/${task.path}`)}, mode=${py(task.mode.slice(1))})\n`;
		case 'template':
			return `files.template(src=${py(`templates/${task.source}`)}, dest=root + ${py(`/${task.path}`)}, mode=${py(task.mode.slice(1))}, jinja_env_kwargs={"trim_blocks": True}, **values)\n`;
		case 'line':
			return `files.line(path=root + ${py(`/${task.path}`)}, line=${py(task.line)})\n`;
		case 'link':
			return `files.link(path=root + ${py(`/${task.path}`)}, target=${py(task.target)})\n`;
		case 'package':
			return `apt.packages(packages=[${py(task.name)}])\n`;
		case 'user':
			return `server.user(user=${py(task.name)}, shell=${py(task.shell)}, ensure_home=False)\n`;
		case 'group':
			return `server.group(group=${py(task.name)})\n`;
	}
}
