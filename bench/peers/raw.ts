import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../hosts.ts';
import type { Command } from '../timed.ts';
import { plain, sources, type Task, tasks, templates } from '../work.ts';
import { type Estate, type Peer, sshOptions } from './peer.ts';

/** What people write who have no tool: one script for each host, sent to a shell there by `ssh`, all at once. */
export function raw(): Peer {
	return {
		name: 'raw',
		version: `sh over ${openSshVersion()}`,
		work: (estate) =>
			onAll(estate, (host) => {
				const texts = templates(plain(host.name));
				return `${functions}cd ${host.root} || exit\n${tasks.map((task) => written(task, texts)).join('')}`;
			}),
		push(estate, file) {
			const checksum = execFileSync('sha256sum', [file], { encoding: 'utf8' }).slice(0, 64);
			mkdirSync(estate.folder, { recursive: true });
			const { hosts, folder } = estate;
			const lines = hosts.map(({ name, address, root }) => {
				const ssh = `ssh ${options(estate)} ${address}`;
				const is = `echo "${checksum}  ${root}/big" | sha256sum --check --status 2>/dev/null`;
				const put = `cat >${root}/.big && chmod 644 ${root}/.big && mv -f ${root}/.big ${root}/big`;
				return `{ ${ssh} '${is}' || ${ssh} '${put}' <${file}; } & ${name}=$!\n`;
			});
			return script(folder, `${lines.join('')}${waiting(hosts)}`);
		},
	};
}

function onAll(estate: Estate, text: (host: Host) => string): Command {
	const { folder, hosts } = estate;
	mkdirSync(folder, { recursive: true });
	for (const host of hosts) {
		writeFileSync(join(folder, `${host.name}.sh`), text(host));
	}

	const lines = hosts.map(
		({ name, address }) => `ssh ${options(estate)} ${address} sh -s <${name}.sh & ${name}=$!\n`,
	);
	return script(folder, `${lines.join('')}${waiting(hosts)}`);
}

const options = ({ login }: Estate): string =>
	`${sshOptions(login)} -i ${login.key} -p ${login.port} -l ${login.user}`;

const waiting = (hosts: readonly Host[]): string =>
	`code=0\n${hosts.map(({ name }) => `wait $${name} || code=1\n`).join('')}exit $code\n`;

function script(folder: string, text: string): Command {
	writeFileSync(join(folder, 'all.sh'), text);
	return { words: ['sh', 'all.sh'], cwd: folder };
}

function openSshVersion(): string {
	// `ssh -V` prints to stderr.
	return execFileSync('sh', ['-c', 'ssh -V 2>&1'], { encoding: 'utf8' }).split(/[ ,]/)[0] ?? 'ssh';
}

const functions = `new=$(mktemp) || exit
trap 'rm -f "$new"' EXIT
failed() { echo "$1: failed" >&2; exit 1; }
mode() { [ "$(stat -c %a "$1")" = "$2" ] || chmod "$2" "$1" || failed "$1"; }
directory() { [ -d "$1" ] || mkdir "$1" || failed "$1"; mode "$1" "$2"; }
put() {
	cat >"$new"
	cmp -s "$new" "$1" || { cp "$new" "$1.new" && mv "$1.new" "$1"; } || failed "$1"
	mode "$1" "$2"
}
line() { grep -qxF "$2" "$1" 2>/dev/null || echo "$2" >>"$1" || failed "$1"; }
link() { [ "$(readlink "$1")" = "$2" ] || ln -sfn "$2" "$1" || failed "$1"; }
package() { dpkg-query -W -f '\${Status}' "$1" 2>/dev/null | grep -q ' installed$' || apt-get install -y "$1" || failed "$1"; }
group() { getent group "$1" >/dev/null || groupadd "$1" || failed "$1"; }
user() {
	entry=$(getent passwd "$1") || { useradd -s "$2" "$1" || failed "$1"; return; }
	[ "\${entry##*:}" = "$2" ] || usermod -s "$2" "$1" || failed "$1"
}
`;

function written(task: Task, texts: Readonly<Record<string, string>>): string {
	switch (task.kind) {
		case 'directory':
			return `directory ${task.path} ${task.mode.slice(1)}\n`;
		case 'file':
			return put(task.path, task.mode, sources[task.source] ?? '');
		case 'template':
			return put(task.path, task.mode, texts[task.source] ?? '');
		case 'line':
			return `line ${task.path} '${task.line}'\n`;
		case 'link':
			return `link ${task.path} ${task.target}\n`;
		case 'package':
			return `package ${task.name}\n`;
		case 'user':
			return `user ${task.name} ${task.shell}\n`;
		case 'group':
			return `group ${task.name}\n`;
	}
}

const put = (path: string, mode: string, text: string): string =>
	`put ${path} ${mode.slice(1)} <<'END'\n${text}END\n`;
