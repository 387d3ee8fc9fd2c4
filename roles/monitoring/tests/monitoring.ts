import { g2pbook } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { environment } from '../../../test/rke2/cluster.ts';

export const space = '-n cattle-monitoring-system';

/** The standard output of a shell line on the server, with kubectl, helm and Prometheus' programs at hand. */
export const on = (lab: TestLab, line: string): Promise<string> =>
	lab.output('server1', `${environment}:/opt/prometheus/usr/bin\n${line}`);

const quoted = (value: unknown): string => `'${JSON.stringify(value)}'`;

/** Ask Grafana at the address of its service: the code of HTTP. With a password, as its administrator. */
export async function ask(
	lab: TestLab,
	password: string | undefined,
	method: string,
	path: string,
	body: unknown = {},
): Promise<number> {
	const data = method === 'GET' ? '' : `-d ${quoted(body)}`;
	const login =
		password === undefined
			? ''
			: `curl -s -m 20 -o /dev/null -c /run/jar -d ${quoted({ user: 'admin', password })} -H 'Content-Type: application/json' "http://$address/login"`;
	const said = await on(
		lab,
		`rm -f /run/jar
address=$(kubectl ${space} get service rancher-monitoring-grafana -o 'jsonpath={.spec.clusterIP}')
${login}
curl -s -m 20 -o /dev/null -w '%{http_code}' -b /run/jar -X ${method} ${data} -H 'Content-Type: application/json' "http://$address${path}"`,
	);
	return Number(said);
}

/** The code that a login with this password gets. */
export const login = (lab: TestLab, password: string): Promise<number> =>
	ask(lab, undefined, 'POST', '/login', { user: 'admin', password });

/** Change the administrator's password as a person does in a browser. */
export const changeByHand = (lab: TestLab, oldPassword: string, newPassword: string): Promise<number> =>
	ask(lab, oldPassword, 'PUT', '/api/user/password', { oldPassword, newPassword, confirmNew: newPassword });

/** What a secret of the store is now. */
export async function secret(lab: TestLab, name: string): Promise<string> {
	const { stdout } = await g2pbook(['secret', 'view', name, '-i', lab.folder]);
	return stdout.trim();
}

/** Which receivers Alertmanager, told what the cluster has for it, would send an alert with these labels to. */
export const receiver = async (lab: TestLab, labels: string): Promise<string> =>
	(
		await on(lab, `amtool config routes test --config.file=/run/alertmanager.yml ${labels} 2>/dev/null`)
	).trim();

/** Have what the cluster has for Alertmanager where `receiver` looks, and see that Alertmanager would take it. */
export const alertmanagerConfig = (lab: TestLab): Promise<string> =>
	on(
		lab,
		`kubectl ${space} get secret g2pbook-alertmanager -o 'jsonpath={.data.alertmanager\\.yaml}' | base64 -d >/run/alertmanager.yml
amtool check-config /run/alertmanager.yml >/dev/null && cat /run/alertmanager.yml`,
	);
