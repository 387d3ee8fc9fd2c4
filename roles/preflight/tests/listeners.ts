import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { start } from '../../../test/chaos/run.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';

const owner = '/usr/lib/postgresql/99/bin/postgres';

/** Neither sshd's port, nor that of PostgreSQL, whose program is there. */
const wanted = [
	['storage1', ['tcp/2049', 'tcp/8432', 'tcp/9100', 'tcp/9187']],
	['rp1', ['tcp/443', 'tcp/80', 'tcp/9100', 'tcp/9113', 'udp/51820']],
] as const;

/** Ports that only listen for the others, on this host: `tcp/2049`. */
async function held(lab: TestLab, host: string): Promise<readonly string[]> {
	const sockets = await lab.output(host, 'ss -Hltunp');
	return sockets
		.split('\n')
		.filter((line) => line.includes('"g2pbook-look"'))
		.map((line) => line.split(/\s+/))
		.map(([protocol = '', , , , local = '']) => `${protocol}/${local.split(':').at(-1)}`)
		.sort();
}

/**
 * A controller that is killed while the hosts listen for each other leaves no port taken, whatever is run next; a port
 * whose program is installed is not even tried, since its service may just be starting.
 */
export async function listenersEnd(t: ExecutionContext, lab: TestLab, playbook: string): Promise<void> {
	// One way that gives no answer makes looking around last.
	await lab.output(
		'compute1',
		'apt-get install -yq iptables && iptables -A OUTPUT -p tcp --dport 5432 -j DROP',
	);
	await lab.output('storage1', `install -D /bin/true ${owner}`);
	const run = start(playbook, lab.folder, ['-e', 'preflight_patience=60']);
	try {
		for (const [host, ports] of wanted) {
			await within(60, async () => (await held(lab, host)).length >= ports.length);
			t.deepEqual(await held(lab, host), ports, run.said());
		}
	} finally {
		run.process.kill('SIGKILL');
	}

	for (const { name } of lab.hosts) {
		t.true(await within(5, async () => (await held(lab, name)).length === 0), `${name} still listens`);
	}

	await lab.output('compute1', 'iptables -F OUTPUT');
	await lab.output('storage1', 'rm -r /usr/lib/postgresql');
}

/** As one whose connection hangs, since the controller lost its power: nobody has told the host. */
export const leaveListener = (lab: TestLab): Promise<string> =>
	lab.output(
		'storage1',
		`systemd-run --quiet --collect perl -MIO::Socket::INET -e '$0 = "g2pbook-look"; my $s = IO::Socket::INET->new(LocalPort => 2049, Listen => 1); sleep 600'`,
	);

async function within(seconds: number, holds: () => Promise<boolean>): Promise<boolean> {
	const deadline = Date.now() + seconds * 1000;
	while (!(await holds())) {
		if (Date.now() > deadline) {
			return false;
		}

		await sleep(200);
	}

	return true;
}
