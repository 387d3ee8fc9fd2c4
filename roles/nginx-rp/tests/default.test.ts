import { readFileSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { forged } from '../../../test/fixtures/channels/forged.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { crash, purged, renamed, squatter } from './changes.ts';
import { privatePaths } from './private-paths.ts';
import { refusals, takenBack } from './refusals.ts';

const [admin, citizen] = ['rancher.g2p.test', 'svc.pilot.g2p.test'];
const tls = '/etc/g2pbook/tls';
/** In the private channel; runs the upstream too. */
const inside = 'compute1';
/** Reaches the proxy, and is nobody that it knows. */
const outside = 'stranger1';

const nearEnd = readFileSync(new URL('../../certs/tests/near-end.sh', import.meta.url), 'utf8');
const upstream = readFileSync(new URL('upstream.py', import.meta.url), 'utf8');

/** What some programs believe about a request, whoever says so. */
const claims: Readonly<Record<string, string>> = {
	'X-Original-URL': '/claimed-1',
	'X-Rewrite-URL': '/claimed-2',
	'X-Forwarded-Prefix': '/claimed-3',
	'X-Forwarded-Uri': '/claimed-4',
	'X-Envoy-Original-Path': '/claimed-5',
	'X-Forwarded-Host': 'claimed.g2p.test',
	Forwarded: 'for=192.0.2.98',
	Connection: 'Upgrade, HTTP2-Settings',
	Upgrade: 'h2c',
	'HTTP2-Settings': 'AAMAAABkAAQAoAAAAAIAAAAA',
};

/** What curl on a host gets: the status, `000` when there is no answer at all. */
async function status(lab: TestLab, from: string, words: string, sni = admin): Promise<string> {
	const to = `--resolve ${sni}:443:${lab.address('rp1')} --resolve ${sni}:80:${lab.address('rp1')}`;
	const line = `curl -s --max-time 15 --cacert /root/ca.crt ${to} -o /tmp/body -w '%{http_code}' ${words}`;
	return (await lab.run(from, line)).stdout;
}

/** What the upstream saw of a request that the status before was about. */
const seen = async (lab: TestLab, from: string): Promise<{ headers: Record<string, string>; size: number }> =>
	JSON.parse(await lab.output(from, 'cat /tmp/body'));

async function channels(t: ExecutionContext, lab: TestLab): Promise<void> {
	t.notRegex((await lab.run('rp1', 'nginx -t')).stderr, /warn|emerg/);
	for (const [version, isTaken] of [
		['tls1_1', false],
		['tls1_2', true],
		['tls1_3', true],
	] as const) {
		const words = `-connect ${lab.address('rp1')}:443 -servername ${admin} -${version} -cipher ALL@SECLEVEL=0`;
		const { code } = await lab.run(inside, `openssl s_client ${words} </dev/null`);
		t.is(code === 0, isTaken, version);
	}

	const sockets = await lab.output('rp1', `ss -Hltnp | grep nginx | awk '{print $4}' | sort`);
	t.deepEqual(sockets.trim().split('\n'), ['0.0.0.0:443', '0.0.0.0:80', '[::]:443', '[::]:80']);
	t.is(await status(lab, inside, `https://${admin}/`), '200', 'the private channel reaches an admin name');
	t.is(await status(lab, outside, `https://${admin}/`), '403', 'nobody else does');
	t.is(await status(lab, outside, `https://${citizen}/`, citizen), '200', 'citizens reach what is theirs');
	t.is(await status(lab, inside, `http://${admin}/`), '301');
	const unknown = `-H 'Host: unknown.g2p.test' https://${citizen}/`;
	t.is(await status(lab, outside, unknown, citizen), '421', 'an unknown name behind a known one');
	const said = await lab.output(
		outside,
		`curl -sik --resolve ${admin}:443:${lab.address('rp1')} https://${admin}/; curl -si -H 'Host: ${admin}' http://${lab.address('rp1')}/; curl -si -H 'Host: no host' http://${lab.address('rp1')}/`,
	);
	t.deepEqual(
		[...said.matchAll(/^server: (.*)\r$/gim)].map(([, name]) => name),
		['nginx', 'nginx', 'nginx'],
		'to nobody its version',
	);
	for (const forgery of forged(admin)) {
		t.regex(await status(lab, outside, `${forgery} https://${citizen}/`, citizen), /^(403|421)$/, forgery);
	}

	for (const from of [inside, outside]) {
		t.is(await status(lab, from, '-k https://unknown.g2p.test/', 'unknown.g2p.test'), '000', 'unknown SNI');
		t.is(await status(lab, from, `-k https://${lab.address('rp1')}/`), '000', 'no SNI');
		t.is(await status(lab, from, `http://${lab.address('rp1')}/`), '000', 'unknown Host');
	}
}

async function requests(t: ExecutionContext, lab: TestLab): Promise<void> {
	await status(lab, inside, `-H 'X-Forwarded-For: 192.0.2.99' https://${admin}/`);
	const plain = await seen(lab, inside);
	t.is(plain.headers['x-forwarded-for'], lab.address(inside), 'what a client claims is not passed on');
	t.is(plain.headers['x-forwarded-proto'], 'https');
	t.is(plain.headers.host, admin);
	t.is(plain.headers.upgrade, undefined);

	await status(lab, inside, `--http1.1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' https://${admin}/`);
	const { headers } = await seen(lab, inside);
	t.like(headers, { upgrade: 'websocket', connection: 'upgrade' });

	const words = Object.entries(claims).map(([header, value]) => `-H '${header}: ${value}'`);
	await status(lab, inside, `--http1.1 ${words.join(' ')} https://${admin}/`);
	const claimed = await seen(lab, inside);
	t.deepEqual(
		Object.entries(claimed.headers).filter(([, value]) => Object.values(claims).includes(value)),
		[],
		'neither another path, nor another name, nor a tunnel',
	);
	t.is(claimed.headers['x-forwarded-host'], admin);

	await lab.output(inside, 'head -c 40000000 /dev/zero >/tmp/upload');
	t.is(await status(lab, inside, `--data-binary @/tmp/upload https://${admin}/`), '200');
	t.is((await seen(lab, inside)).size, 40_000_000);
}

/** The host renews its certificate by itself: nginx serves the new one, and nobody loses a connection. */
async function renewal(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const serial = (): Promise<string> =>
		lab.output(
			inside,
			`openssl s_client -connect ${lab.address('rp1')}:443 -servername ${admin} </dev/null 2>/dev/null | openssl x509 -noout -serial`,
		);
	const before = await serial();
	await lab.output(
		inside,
		`cat >/root/ask.sh <<'END'
		while [ ! -e /root/stop ]; do
			curl -s --max-time 15 --cacert /root/ca.crt --resolve ${admin}:443:${lab.address('rp1')} -o /dev/null -w '%{http_code}\n' https://${admin}/ >>/root/answers || echo lost >>/root/answers
		done
END
		rm -f /root/stop /root/answers; systemd-run --quiet --unit ask sh /root/ask.sh`,
	);
	await lab.output('rp1', `sleep 1\nsh -s <<'END'\n${nearEnd}END\nsleep 1`);
	const answers = await lab.output(inside, 'touch /root/stop; sleep 1; sort /root/answers | uniq -c');
	t.regex(answers, /^ *[0-9]{2,} 200\n$/);
	t.false([before, 'serial=05\n'].includes(await serial()));
	t.deepEqual((await again('after the renewal', {})).effects, []);
}

/** Who asks too often from the world gets 429; the private channel is not counted. */
async function limited(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	t.is((await again('few requests', { nginx_rp_requests_per_second: 2, nginx_rp_hsts_seconds: 60 })).code, 0);
	const many = async (from: string) =>
		(
			await lab.output(
				from,
				`for i in $(seq 30); do curl -s --cacert /root/ca.crt --resolve ${citizen}:443:${lab.address('rp1')} -o /dev/null -w '%{http_code}\n' https://${citizen}/; done | sort -u`,
			)
		)
			.trim()
			.split('\n');
	t.deepEqual(await many(outside), ['200', '429']);
	t.deepEqual(await many(inside), ['200']);
	const headers = await lab.output(
		inside,
		`curl -si --cacert /root/ca.crt --resolve ${admin}:443:${lab.address('rp1')} 'https://${admin}/?national_id=4711'`,
	);
	t.regex(headers, /^strict-transport-security: max-age=60\r$/im);
	const log = await lab.output('rp1', 'tail -n 1 /var/log/nginx/g2p.access.log');
	t.regex(log, /id=[0-9a-f]{32} time=[0-9.]+ upstream=/);
	t.notRegex(log, /4711/, 'a log holds nothing about citizens');
	t.is((await again('as before', {})).code, 0);
}

roleTest(test, {
	role: 'nginx-rp',
	hosts: [
		{ name: 'rp1', groups: ['reverse_proxy'] },
		{ name: inside, groups: ['rke2_servers'] },
		{ name: outside, groups: ['backup'] },
	],
	pattern: 'reverse_proxy',
	vars: (lab) => ({
		nginx_rp_domain: 'g2p.test',
		nginx_rp_private_subnets: [`${lab.address(inside)}/32`],
		nginx_rp_environments: [
			{ name: 'pilot', server_name: '*.pilot.g2p.test', private_paths: ['/admin', '/realms/master'] },
		],
	}),

	async prepare(lab) {
		await Promise.all(
			[inside, outside].map((host) =>
				lab.output(host, 'apt-get install -yq curl openssl python3-minimal python3'),
			),
		);
		await lab.output(
			inside,
			`cat >/root/upstream.py <<'END'\n${upstream}END\nsystemd-run --unit upstream python3 /root/upstream.py`,
		);
	},

	async verify(t, lab) {
		const authority = await lab.output('rp1', `cat ${tls}/ca.crt`);
		for (const host of [inside, outside]) {
			await lab.output(host, `echo '${authority}' >/root/ca.crt`);
		}

		await channels(t, lab);
		await requests(t, lab);
	},

	async change(t, lab, again) {
		const ask = (words: string, name: string) => status(lab, inside, words, name);
		await privatePaths(t, lab, { proxy: lab.address('rp1'), inside, outside, name: citizen });
		await refusals(t, lab, again, ask);
		await takenBack(t, lab, again, ask);
		await renewal(t, lab, again);
		await limited(t, lab, again);
		await crash(t, lab, ask, admin);
		await squatter(t, lab, again);
		await renamed(t, lab, again, ask);
		await purged(t, lab, again);
	},

	removal: {
		vars: { nginx_rp_state: 'absent' },
		async verify(t, lab) {
			t.is(await status(lab, inside, `https://${admin}/`), '000');
			t.is(
				(await lab.output('rp1', `systemctl is-active nginx; ls ${tls}/local-ca/ca.key`)).trim(),
				`active\n${tls}/local-ca/ca.key`,
			);
		},
	},

	drift: [
		{
			name: 'the allow-list was opened by hand',
			break: (lab) =>
				lab.output(
					'rp1',
					"sed -i 's/deny all;/allow all;/' /etc/nginx/conf.d/g2p.conf && systemctl reload nginx",
				),
			repairs: [/Write the servers/],
		},
		{
			name: 'the site of the distribution is back, and nginx stopped',
			break: (lab) =>
				lab.output(
					'rp1',
					'ln -s ../sites-available/default /etc/nginx/sites-enabled/ && systemctl stop nginx',
				),
			repairs: [/distribution's own site/, /Start nginx/],
		},
		{
			name: 'nginx has loaded something else than what the file says',
			break: (lab) =>
				lab.output(
					'rp1',
					"cd /etc/nginx/conf.d && cp -p g2p.conf /root/ && sed -i '/::.:443/d' g2p.conf && systemctl reload nginx && sleep 2 && cp -p /root/g2p.conf .",
				),
			repairs: [/nginx listens/],
		},
		{
			name: 'it crashed so often that systemd has given up',
			break: (lab) =>
				lab.output(
					'rp1',
					`echo wrong >/etc/nginx/conf.d/other.conf && kill -9 $(cat /run/nginx.pid)
					timeout 60 sh -c 'until systemctl -q is-failed nginx && sleep 3 && systemctl -q is-failed nginx; do sleep 0.5; done'
					rm /etc/nginx/conf.d/other.conf`,
				),
			repairs: [/too many crashes/, /Start nginx/],
		},
		{
			name: 'the certificate that is served is gone',
			break: (lab) => lab.output('rp1', 'rm /etc/nginx/g2p/tls.pem'),
			repairs: [/Hand the certificate to nginx/],
		},
	],
});
