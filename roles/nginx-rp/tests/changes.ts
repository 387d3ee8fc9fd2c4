import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, announced } from '../../../test/fixtures/containers/role-test.ts';

/** What curl on a host of the private channel gets for a name. */
export type Status = (words: string, name: string) => Promise<string>;

const authority = (lab: TestLab, folder: string): Promise<string> =>
	lab.output('rp1', `openssl x509 -in ${folder}/ca.crt -noout -fingerprint -sha256`);

const workers = (lab: TestLab): Promise<string> => lab.output('rp1', 'pgrep -x nginx | sort');

/** Whoever kills it: it serves again, and nothing of what ran before goes on. */
export async function crash(t: ExecutionContext, lab: TestLab, status: Status, name: string): Promise<void> {
	const before = (await workers(lab)).trim().split('\n');
	await lab.output('rp1', 'kill -9 $(cat /run/nginx.pid)');
	const back = `timeout 30 sh -c 'until [ "$(ss -Hltn "sport = :443" | wc -l)" = 2 ] && systemctl -q is-active nginx && ! ps -p ${before.join(',')} >/dev/null; do sleep 0.2; done'`;
	t.is((await lab.run('rp1', back)).code, 0, 'back within 30 s, without one of the old processes');
	t.is(await status(`https://${name}/`, name), '200');
}

/** Another program has the port when nginx starts: its name is said, and nothing is changed. */
export async function squatter(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await lab.output(
		'rp1',
		'systemctl stop nginx && systemd-run --unit squatter --socket-property=ListenStream=127.0.0.1:443 cat',
	);
	const { code, stdout, effects } = await again('another program listens', {});
	t.is(code, 2);
	t.regex(stdout, /nginx cannot listen on.* 0\.0\.0\.0:443.*taken by systemd on 127\.0\.0\.1:443/);
	t.deepEqual(effects, []);
	await lab.output('rp1', 'systemctl stop squatter.socket');
	t.is((await again('it is gone', {})).code, 0);
}

/** Each name that a variable gives is changed: the old one goes in the same run, and clients trust what they trusted. */
export async function renamed(
	t: ExecutionContext,
	lab: TestLab,
	again: Again,
	status: Status,
): Promise<void> {
	const [old, folder] = ['/etc/g2pbook/tls', '/srv/tls/moved'];
	const trusted = await authority(lab, old);
	const other = {
		nginx_rp_domain: 'renamed.test',
		nginx_rp_admin_names: ['console'],
		nginx_rp_environments: [{ name: 'live', server_name: '*.live.renamed.test' }],
		nginx_rp_upstream_port: 30081,
		certs_folder: folder,
	};
	const check = await again('another of each, to see', other, '--check');
	const { code, stdout, effects } = await again('another of each', other);
	t.is(code, 0, stdout);
	announced(t, check.effects, effects);
	t.deepEqual((await again('another of each, again', other)).effects, []);

	// The port is another, and nobody is there.
	t.is(await status('https://console.renamed.test/', 'console.renamed.test'), '503');
	t.is(await status('https://a.live.renamed.test/', 'a.live.renamed.test'), '503');
	for (const name of ['rancher.g2p.test', 'svc.pilot.g2p.test', 'rancher.renamed.test']) {
		t.is(await status(`-k https://${name}/`, name), '000', `${name}: nobody`);
	}

	const left = await lab.run(
		'rp1',
		`ls -d ${old}; grep -rlE 'g2p\\.test|30080|${old}' /etc/nginx /etc/systemd/system /srv /usr/local/lib/g2pbook /var/lib/g2pbook/nginx-rp; openssl x509 -in ${folder}/tls.crt -noout -text | grep 'g2p\\.test'`,
	);
	t.is(left.stdout, '', 'nothing is left of the old names');
	t.is(await authority(lab, folder), trusted, 'the authority that clients trust');

	await lab.output('rp1', `mkdir -p ${old} && echo mine >${old}/mine`);
	const refused = await again('where something is', {});
	t.is(refused.code, 2);
	t.regex(refused.stdout, /cannot be moved there/);
	t.deepEqual(refused.effects, []);
	await lab.output('rp1', `rm -r ${old}`);
	t.is((await again('as before', {})).code, 0);
	t.is(await authority(lab, old), trusted);
	t.is((await lab.run('rp1', `ls -d ${folder}`)).stdout, '');
}

/** A mistyped word removes nothing; the right one all, keys too; and one run brings everything back. */
export async function purged(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	for (const [name, vars] of [
		['a slash too much', { nginx_rp_state: 'absent', certs_purge: '/etc/g2pbook/tls/' }],
		['another folder', { nginx_rp_state: 'absent', certs_purge: '/etc/g2pbook' }],
		['without absent', { certs_purge: '/etc/g2pbook/tls' }],
	] as const) {
		const { code, stdout, effects } = await again(name, vars);
		t.is(code, 2, name);
		t.regex(stdout, /certs_purge=\/etc\/g2pbook\/tls together with certs_state=absent/, name);
		t.deepEqual(effects, [], name);
	}

	const gone = { nginx_rp_state: 'absent', certs_purge: '/etc/g2pbook/tls' };
	const done = await again('purge', gone);
	t.is(done.code, 0, done.stdout + done.stderr);
	t.deepEqual((await again('purge again', gone)).effects, []);
	const left = await lab.output(
		'rp1',
		"find / -xdev \\( -path /proc -o -path /sys \\) -prune -o \\( -path '*g2p*' -o -path '*nginx.service.d/*' \\) ! -type d -print | grep -vE '^/(var/log|root|etc/apt/apt.conf.d/90g2pbook-lab|var/lib/g2pbook/pending|run|tmp)'; systemctl --failed --no-legend --plain",
	);
	t.is(left, '', 'neither a key nor a unit is left');
	const back = await again('back', {});
	t.is(back.code, 0, back.stdout + back.stderr);
}
