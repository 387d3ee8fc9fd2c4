import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '../timed.ts';
import { jinja } from '../work.ts';
import { environment, versionOf } from './install.ts';
import type { Estate, Peer } from './peer.ts';
import { writePlaybooks } from './playbook.ts';

/** Ansible as fast as its own settings make it: pipelining, connections kept, as many forks as hosts. */
export function ansible(isFresh: boolean): Peer {
	const folder = environment('ansible', ['ansible-core'], isFresh);
	return peer('ansible', `ansible-core ${versionOf(folder, 'ansible-core')}`, folder, '');
}

/** The same with Mitogen's strategy. */
export function mitogen(isFresh: boolean): Peer {
	const folder = environment('mitogen', ['ansible-core', 'mitogen'], isFresh);
	const plugins = execFileSync(
		join(folder, 'bin', 'python'),
		['-c', 'import importlib.util as u; print(u.find_spec("ansible_mitogen").submodule_search_locations[0])'],
		{ encoding: 'utf8' },
	).trim();
	return peer(
		'mitogen',
		`mitogen ${versionOf(folder, 'mitogen')}, ansible-core ${versionOf(folder, 'ansible-core')}`,
		folder,
		`strategy_plugins = ${plugins}/plugins/strategy\nstrategy = mitogen_linear\n`,
	);
}

function peer(name: string, version: string, environmentFolder: string, settings: string): Peer {
	const program = join(environmentFolder, 'bin', 'ansible-playbook');
	const run = (playbook: string, estate: Estate): Command => {
		configure(estate, settings);
		return {
			words: [program, '-i', 'hosts.yml', playbook],
			cwd: estate.folder,
			env: { ANSIBLE_CONFIG: join(estate.folder, 'ansible.cfg'), LC_ALL: 'C.UTF-8' },
		};
	};
	return {
		name,
		version,
		start: { words: [program, '--version'], cwd: '/', env: { LC_ALL: 'C.UTF-8' } },
		work(estate) {
			writePlaybooks(estate, jinja);
			return run('site.yml', estate);
		},
		push(estate, file) {
			writePlaybooks(estate, jinja, file);
			return run('push.yml', estate);
		},
		after: ({ folder }) => endMasters(join(folder, 'c')),
	};
}

function configure({ folder, hosts }: Estate, settings: string): void {
	mkdirSync(join(folder, 'c'), { recursive: true });
	writeFileSync(
		join(folder, 'ansible.cfg'),
		`[defaults]
forks = ${hosts.length}
home = ${folder}/ansible
deprecation_warnings = False
${settings}
[ssh_connection]
pipelining = True
ssh_args = -o ControlMaster=auto -o ControlPersist=60s
control_path_dir = ${folder}/c
control_path = %(directory)s/%%h
`,
	);
}

/** Each run connects anew, as runs do that are more than a minute apart. */
function endMasters(folder: string): void {
	for (const name of readdirSync(folder)) {
		try {
			const socket = join(folder, name);
			execFileSync('ssh', ['-F', '/dev/null', '-o', `ControlPath=${socket}`, '-O', 'exit', 'any'], {
				stdio: 'ignore',
			});
		} catch {
			// It has ended by itself.
		}
	}

	rmSync(folder, { recursive: true, force: true });
	// Mitogen leaves it to us.
	mkdirSync(folder);
}
