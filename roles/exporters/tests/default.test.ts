import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { g2pbook, play } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { connect, laptop, server } from '../../wireguard/tests/laptops.ts';
import { becomes, scrape, value } from './scrape.ts';

/** Stands for a node of the cluster, on which Prometheus may run. */
const node = 'compute1';
const stranger = 'stranger1';
const ada = laptop(stranger, '10.15.0.2');
const [name, day] = ['rancher.g2p.test', 86_400];
const [node_, postgres, nginx] = [9100, 9187, 9113];

const ask =
	(lab: TestLab, host: string, port: number, metric: string): (() => Promise<number | undefined>) =>
	async () =>
		value(await scrape(lab, node, lab.address(host), port), metric);

/** What other roles have brought by then. In place of every minute, it is collected every three seconds. */
async function prepare(lab: TestLab): Promise<void> {
	await lab.output(stranger, 'apt-get install -yq wireguard-go wireguard-tools');
	await g2pbook(['secret', 'init', '-i', lab.folder]);
	const vars = {
		nginx_rp_domain: 'g2p.test',
		wireguard_peers: [ada.peer, { ...laptop('ben', '10.15.0.3').peer }],
		postgres_native_roles: [],
		postgres_native_databases: [],
	};
	const roles = (hosts: string, ...names: readonly string[]) => ({ hosts, become: true, vars, roles: names });
	const playbook = `${lab.folder}-before.yml`;
	await writeFile(
		playbook,
		JSON.stringify([
			roles(`all:!${stranger}`, 'firewall'),
			roles('storage', 'postgres-native', 'nfs'),
			roles('reverse_proxy', 'wireguard', 'nginx-rp'),
		]),
	);
	const { code, stdout, stderr } = await play(playbook, lab.folder);
	if (code !== 0) {
		throw new Error(stdout + stderr);
	}

	// Its turn comes when the hour is full, and would be blamed on a check.
	await lab.output('rp1', 'systemctl stop g2pbook-wireguard-expiry.timer');
	await Promise.all(
		['rp1', 'storage1'].map((host) =>
			lab.output(
				host,
				`mkdir -p /etc/systemd/system/g2pbook-exporters.timer.d /var/lib/g2pbook/backups
printf '[Timer]\\nOnCalendar=*:*:0/3\\nAccuracySec=100ms\\n' >/etc/systemd/system/g2pbook-exporters.timer.d/test.conf
touch -d @1700000000 /var/lib/g2pbook/backups/by-hand`,
			),
		),
	);
}

async function verify(t: ExecutionContext, lab: TestLab): Promise<void> {
	await connect(lab, ada);
	await lab.output(stranger, `ping -c 1 -W 5 ${server}`);
	const now = Date.now() / 1000;
	const handshake = 'g2pbook_wireguard_last_handshake_timestamp_seconds';
	const shaken = await becomes(
		(seen) => seen > now - 300,
		ask(lab, 'rp1', node_, `${handshake}{peer="${stranger}",interface="wg0"}`),
	);
	t.true(Math.abs((shaken ?? 0) - now) < 300, 'a peer has just shaken hands');

	const [proxy, storage] = await Promise.all(
		['rp1', 'storage1'].map((host) => scrape(lab, node, lab.address(host), node_)),
	);
	t.is(value(proxy ?? '', `${handshake}{peer="ben"}`), 0, 'another one never has');
	t.is(value(proxy ?? '', 'g2pbook_wireguard_up'), 1);
	t.is(value(proxy ?? '', 'g2pbook_wireguard_unknown_peers'), 0);
	t.false((proxy ?? '').includes(ada.peer.public_key), 'no key');
	const ends = async (host: string, words: string) =>
		Number(
			await lab.output(
				host,
				`date +%s -d "$(openssl s_client ${words} </dev/null 2>/dev/null | openssl x509 -noout -enddate | cut -d= -f2)"`,
			),
		);
	const end = 'g2pbook_certificate_end_timestamp_seconds';
	t.is(
		value(proxy ?? '', `${end}{service="nginx",name="${name}"}`),
		await ends(node, `-connect ${lab.address('rp1')}:443 -servername ${name}`),
	);
	t.is(
		value(storage ?? '', `${end}{service="postgres"}`),
		await ends('storage1', `-connect ${lab.address('storage1')}:5432 -starttls postgres`),
	);
	t.true((value(storage ?? '', `${end}{service="postgres"}`) ?? 0) > now + 3600 * day);
	t.is(value(storage ?? '', 'g2pbook_nfs_answers'), 1);
	t.is(value(storage ?? '', 'g2pbook_nfs_export_served{path="/srv/nfs/g2p"}'), 1);
	t.is(value(storage ?? '', 'g2pbook_backup_last_success_timestamp_seconds{name="by-hand"}'), 1_700_000_000);
	t.is(value(storage ?? '', 'node_textfile_scrape_error'), 0);
	t.true((value(storage ?? '', 'node_memory_MemTotal_bytes') ?? 0) > 0);
	t.is(value(await scrape(lab, node, lab.address('storage1'), postgres), 'pg_up'), 1);
	t.is(value(await scrape(lab, node, lab.address('rp1'), nginx), 'nginx_up'), 1);
	await onlyWhereItShould(t, lab);
	t.is(
		(
			await lab.output(
				'storage1',
				`runuser -u prometheus -- psql -XAtd postgres -c "SELECT rolsuper, rolcreaterole, pg_has_role('pg_monitor', 'member') FROM pg_roles WHERE rolname = current_user"`,
			)
		).trim(),
		'f|f|t',
	);
}

/** Nodes of the cluster get in. Nobody else does, nor by another address of the host. */
async function onlyWhereItShould(t: ExecutionContext, lab: TestLab): Promise<void> {
	for (const [host, ports] of [
		['rp1', [node_, nginx]],
		['storage1', [node_, postgres]],
	] as const) {
		const sockets = await lab.output(
			host,
			`ss -Hltnp | grep '"prometheus-' | awk '{print $4}' | sort; systemctl list-units --state=failed --plain --no-legend 'prometheus*' 'g2pbook*'`,
		);
		t.deepEqual(sockets.trim().split('\n'), ports.map((port) => `${lab.address(host)}:${port}`).sort());
		for (const port of ports) {
			t.is(await scrape(lab, stranger, lab.address(host), port), '', `a stranger at ${port} of ${host}`);
		}
	}

	t.is(await scrape(lab, stranger, server, node_), '', 'nor through the tunnel');
	t.is(await scrape(lab, node, lab.address('rp1'), 9112), '', 'nginx tells its state to its own host');
	t.is(
		(
			await lab.output('storage1', 'ls /etc/systemd/system/timers.target.wants | grep prometheus || true')
		).trim(),
		'',
		'of the timers of the packages none runs',
	);
}

/** What stops, says so. */
async function stops(t: ExecutionContext, lab: TestLab): Promise<void> {
	const comes = async (host: string, port: number, metric: string, wanted: number) =>
		t.is(await becomes(wanted, ask(lab, host, port, metric)), wanted, `${metric} of ${host}`);
	const served = 'g2pbook_certificate_served{service="postgres"}';
	await lab.output('storage1', `systemctl stop 'postgresql@*-main.service' nfs-ganesha`);
	await comes('storage1', postgres, 'pg_up', 0);
	await comes('storage1', node_, served, 0);
	await comes('storage1', node_, 'g2pbook_nfs_answers', 0);
	await comes('storage1', node_, 'g2pbook_nfs_export_served', 0);
	await lab.output('storage1', 'systemctl restart postgresql nfs-ganesha');
	await comes('storage1', postgres, 'pg_up', 1);
	await comes('storage1', node_, served, 1);

	await lab.output(
		'rp1',
		`systemctl stop nginx; wg set wg0 peer ${laptop('x', '10.15.0.9').peer.public_key}`,
	);
	await comes('rp1', nginx, 'nginx_up', 0);
	await comes('rp1', node_, `g2pbook_certificate_served{name="${name}"}`, 0);
	await comes('rp1', node_, 'g2pbook_wireguard_unknown_peers', 1);
	await lab.output('rp1', 'systemctl restart nginx wg-quick@wg0; pkill -9 -x prometheus-node');
	await comes('rp1', nginx, 'nginx_up', 1);

	const last = ask(lab, 'rp1', node_, 'g2pbook_exporters_last_run_timestamp_seconds');
	const before = (await becomes((seen) => seen > Date.now() / 1000 - 10, last)) ?? 0;
	t.true(((await becomes((seen) => seen > before, last)) ?? 0) > before, 'it runs by itself');
	await lab.output('rp1', 'systemctl stop g2pbook-exporters.timer');
	await sleep(2000);
	const stopped = await last();
	await sleep(5000);
	t.is(await last(), stopped, 'and tells when it has last run');
	await lab.output('rp1', 'systemctl start g2pbook-exporters.timer');
}

async function change(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await stops(t, lab);
	await lab.output(
		'rp1',
		`systemd-run --quiet --unit squatter systemd-socket-activate --accept --listen=9199 cat
timeout 10 sh -c 'until ss -Hltn | grep -q :9199; do sleep 0.1; done'`,
	);
	for (const [variable, words] of [
		['exporters_nginx_status_port', /another program listens there/],
		['exporters_nginx_port', /should listen on \S+:9199 only.*port 9199 has/s],
	] as const) {
		const { code, stdout } = await again(`${variable} of somebody else`, { [variable]: 9199 });
		t.is(code, 2, variable);
		t.regex(stdout.replaceAll(/\s+/g, ' '), words);
	}

	t.is((await again('ports of their own', {})).code, 0);
	t.is((await again('two on one', { exporters_nginx_port: node_ })).code, 2);
	await lab.output('rp1', 'systemctl stop squatter');
}

roleTest(test, {
	role: 'exporters',
	hosts: [
		{ name: 'rp1', groups: ['reverse_proxy'] },
		{ name: node, groups: ['rke2_servers'] },
		{ name: 'storage1', groups: ['storage'] },
		{ name: stranger, groups: [] },
	],
	pattern: 'reverse_proxy:storage',

	prepare,
	verify,
	change,

	drift: [
		{
			name: 'what collects was stopped, nginx tells nothing, and an exporter listens everywhere',
			break: (lab) =>
				lab.output(
					'rp1',
					`systemctl disable --now g2pbook-exporters.timer; rm /etc/nginx/conf.d/g2p-status.conf; systemctl reload nginx
sed -i 's/--web.listen-address=[0-9.]*:/--web.listen-address=:/' /etc/systemd/system/prometheus-node-exporter.service.d/g2pbook.conf
systemctl daemon-reload; systemctl restart prometheus-node-exporter`,
				),
			repairs: [
				/Collect every minute/,
				/Have nginx tell/,
				/Load that into nginx/,
				/Have each listen/,
				// Which lets systemd read what has changed.
				/Start the exporters/,
			],
		},
		{
			name: 'the role of PostgreSQL may do everything, and its exporter is off',
			break: (lab) =>
				lab.output(
					'storage1',
					`runuser -u postgres -- psql -c 'ALTER ROLE prometheus SUPERUSER' -c 'REVOKE CONNECT ON DATABASE postgres FROM prometheus'
systemctl disable --now prometheus-postgres-exporter`,
				),
			repairs: [/Make the role that looks/, /Let it connect/, /Start the exporters/],
		},
	],

	removal: {
		vars: { exporters_state: 'absent' },
		async verify(t, lab) {
			for (const host of ['rp1', 'storage1']) {
				const left = `dpkg-query -W -f '\${Package} \${db:Status-Abbrev}\\n' 'prometheus-*' 2>/dev/null | grep -v un
ss -Hltnp | grep prometheus; systemctl list-unit-files --no-legend 'prometheus*' 'g2pbook-exporters*'
find /etc /usr/local /var/lib/prometheus -name '*exporter*' ! -type d; find /var/lib/prometheus -name '*.prom*'`;
				t.is((await lab.run(host, left)).stdout.trim(), '', host);
			}

			const roles = `runuser -u postgres -- psql -XAtc "SELECT count(*) FROM pg_roles WHERE rolname = 'prometheus'"`;
			t.is((await lab.output('storage1', roles)).trim(), '0');
			t.is((await lab.run('rp1', 'nginx -t && ss -Hltn | grep -F 127.0.0.1:9112')).stdout, '');
		},
	},
});
