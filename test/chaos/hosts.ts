import { outputInside } from '../../src/lab/inside.ts';
import type { LabHostUp } from '../../src/lab/lab.ts';

/** Content of the files that site.yml writes, by path; a file that is not there is not in it. */
export type Files = ReadonlyMap<string, string>;

const root = '/srv/chaos';
const places = [
	root,
	'/etc/systemd/system/g2p-chaos.service',
	'/home/admin/chaos',
	'/etc/cron.d/chaos',
	'/etc/hosts',
	'/etc/sysctl.d',
].join(' ');

const oldState = `set -e
systemctl disable --quiet --now g2p-chaos 2>/dev/null || true
pkill -u chaos || true
userdel -f chaos 2>/dev/null || true; groupdel chaos 2>/dev/null || true
rm -rf ${root} /etc/systemd/system/g2p-chaos.service /home/admin/chaos /etc/cron.d/chaos
rm -f /etc/sysctl.d/9[89]-*; sysctl -qw net.ipv4.conf.all.log_martians=0 net.ipv4.conf.all.accept_redirects=1
sed -i /chaos/d /etc/hosts
systemctl daemon-reload
mkdir -p ${root}/large; cd ${root}
echo old app >app.conf; echo goes >goes; echo 'old words, old deeds' >words.conf
printf 'first=1\\nlimit=1\\nlast=1\\n' >limits.conf; seq 100 >block.conf
head -c 2000000 /dev/zero >large/two.bin
# As a host that lost its power in the middle of an upload has it.
for name in app.conf large/two.bin; do
	echo half >"$(dirname "$name")/.g2p-$(printf %s "${root}/$name" | sha256sum | cut -c1-12).0123456789abcdef"
done`;

/** Bring a host to where every round begins. */
export const reset = ({ container }: LabHostUp): Promise<string> => outputInside(container, oldState);

/** Logs that grow, what the skeleton of a home brings, and what the tasks' own programs have not renamed yet. */
const others = /\/(handlers\.log|home\/\.(?!ssh)[^/]*|[^/]*\.new|\.g2p[^/]*)$/;

export async function files({ container }: LabHostUp): Promise<Files> {
	const text = await outputInside(
		container,
		`find ${places} -type f -exec sha256sum {} + 2>/dev/null || true`,
	);
	return new Map(
		text
			.split('\n')
			.map((line): [string, string] => [line.slice(66), line.slice(0, 64)])
			.filter(([path]) => path !== '' && !others.test(path)),
	);
}

/** Files that are neither the old nor the new one. */
export const torn = (seen: Files, before: Files, after: Files): readonly string[] =>
	[...seen].flatMap(([path, hash]) =>
		hash === before.get(path) || hash === after.get(path) ? [] : `${path} is neither old nor new`,
	);

/** Files and folders of ours, or of modules, that should not outlive a run. */
export const leftovers = async ({ container }: LabHostUp): Promise<readonly string[]> =>
	(
		await outputInside(
			container,
			`find / /run /run/lock /dev/shm /tmp -xdev \\( -name '.g2p*' -o -name '*.g2pbook.*' -o -name '*g2pbook-new' -o -path '*/g2pbook/pending/*' \\) -print 2>/dev/null || true`,
		)
	)
		.split('\n')
		.filter(Boolean);

/** Programs that a run has started and that still run: everything that is not part of an idle host. */
export async function programs({ container }: LabHostUp): Promise<readonly string[]> {
	const rows = (await outputInside(container, 'ps -ww -eo pid=,ppid=,user=,args='))
		.split('\n')
		.flatMap((line) => {
			const [, pid, parent, text] = /^ *(\d+) +(\d+) +(.*)$/.exec(line) ?? [];
			return pid === undefined ? [] : [{ pid, parent, text: text ?? '' }];
		});
	// What the engine itself runs inside has no parent there; we have just asked by that way.
	const asking = new Set(
		rows.filter(({ pid, parent }) => parent === '0' && pid !== '1').map(({ pid }) => pid),
	);
	const idle =
		/systemd|\(sd-pam\)|sshd: \/usr|\/sbin\/sshd -D|dbus-daemon|cron|chronyd|agetty|rsyslog|rpcbind|sleep 600|\/srv\/chaos\/bin\/work/;
	return rows
		.filter(({ pid, parent, text }) => !asking.has(pid) && !asking.has(parent ?? '') && !idle.test(text))
		.map(({ text }) => text);
}

/** For each handler: whether it has run after the last change of what it is for. */
export async function missedHandlers({ container }: LabHostUp): Promise<readonly string[]> {
	const text = await outputInside(
		container,
		`cd ${root}
		for name in app proxy limits; do printf '%s %s\\n' "$name" "$(cat $name.* | sha256sum)"; done
		echo "index $(cat index/*.part | sha256sum)"
		echo "unit $(sha256sum </etc/systemd/system/g2p-chaos.service)"
		sed 's/^/log /' handlers.log`,
	);
	const lines = text.split('\n');
	const log = lines.filter((line) => line.startsWith('log ')).map((line) => line.slice(4));
	return lines
		.filter((line) => line !== '' && !line.startsWith('log '))
		.flatMap((line) => {
			const [name = '', hash] = line.split(/ +/);
			const last = log.filter((entry) => entry.endsWith(` ${name}`)).at(-1);
			return last === `${hash} ${name}`
				? []
				: `${name}: the last run of its handler saw ${last ?? 'nothing'}`;
		});
}
