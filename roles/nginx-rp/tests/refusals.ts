import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import type { Status } from './changes.ts';

const admin = 'rancher.g2p.test';
const tls = '/etc/g2pbook/tls';

/** What is wrong is refused, and what served goes on serving, also when nginx is started again. */
export async function refusals(
	t: ExecutionContext,
	lab: TestLab,
	again: Again,
	status: Status,
): Promise<void> {
	const refused = async (name: string, vars: Readonly<Record<string, unknown>>, message: RegExp) => {
		const { code, stdout, stderr, effects } = await again(name, vars);
		t.is(code, 2, name);
		t.regex(stdout + stderr, message, name);
		t.deepEqual(effects, [], `${name}: nothing half-done`);
		await lab.output('rp1', 'systemctl restart nginx');
		t.is(await status(`https://${admin}/`, admin), '200', name);
	};

	await refused('a setting that nginx does not know', { nginx_rp_max_body: 'much' }, /client_max_body_size/);
	await refused('everybody is private', { nginx_rp_private_subnets: ['0.0.0.0/0'] }, /nothing was changed/);
	await lab.output(
		'rp1',
		`cp ${tls}/tls.crt ${tls}/given/certificate && openssl genpkey -algorithm ed25519 -out ${tls}/given/key`,
	);
	await refused('another key', { certs_source: 'files' }, /does not belong to a certificate/);
	await lab.output('rp1', `rm ${tls}/given/*`);
}

/** A port that somebody else has: `nginx -t` does not see that, only nginx itself does. */
export async function takenBack(
	t: ExecutionContext,
	lab: TestLab,
	again: Again,
	status: Status,
): Promise<void> {
	await lab.output('rp1', 'cp -p /etc/nginx/conf.d/g2p.conf /root/');
	await lab.output('rp1', 'systemd-run --unit taken --socket-property=ListenStream=0.0.0.0:81 cat');
	await lab.output('rp1', `echo 'server { listen 81; }' >/etc/nginx/conf.d/other.conf`);
	const { code, stdout } = await again('nginx cannot listen', { nginx_rp_read_timeout: 60 });
	t.is(code, 2);
	t.regex(stdout, /bind\(\) to 0\.0\.0\.0:81 failed/);
	t.regex(stdout, /The one that served before is back/);
	t.is(await status(`https://${admin}/`, admin), '200');
	await lab.output('rp1', 'cmp /etc/nginx/conf.d/g2p.conf /root/g2p.conf');
	await lab.output('rp1', 'rm /etc/nginx/conf.d/other.conf && systemctl stop taken.socket');
	t.is((await again('the way is free again', {})).code, 0);
}
