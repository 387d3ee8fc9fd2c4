import { g2pbook } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { kubectl } from '../../../test/fixtures/kube/host.ts';
import { environment } from '../../../test/rke2/cluster.ts';

/** What Rancher answers: the code of HTTP, and the body. */
export type Answer = { readonly code: number; readonly body: string };

/** A cluster of one server is the first host of its lab, whatever it is called. */
const server = ({ hosts }: TestLab): string => hosts[0]?.name ?? '';

/** Ask it on its server as somebody with this password, or with none; by the address of its service, which is the way in here. */
export async function ask(
	lab: TestLab,
	password: string | undefined,
	method: string,
	path: string,
	body: unknown = {},
): Promise<Answer> {
	const login = JSON.stringify({ type: 'localProvider', username: 'admin', password, responseType: 'json' });
	const script = `${environment}
address=$(kubectl -n cattle-system get service rancher-internal -o 'jsonpath={.spec.clusterIP}')
kubectl -n cattle-system get secret tls-rancher-internal-ca -o 'jsonpath={.data.tls\\.crt}' | base64 -d >/tmp/rancher-ca.crt
ask() { curl -s --max-time 30 --cacert /tmp/rancher-ca.crt -w '\\n%{http_code}' "$@"; }
token=$(${password === undefined ? 'true' : `ask -d '${login}' "https://$address/v1-public/login" | sed -n 's/.*"token":"\\([^"]*\\)".*/\\1/p'`})
ask -X ${method} -H "Authorization: Bearer $token" ${method === 'GET' ? '' : `-d '${JSON.stringify(body)}'`} "https://$address${path}"
[ -z "$token" ] || ask -X POST -H "Authorization: Bearer $token" -d '{}' "https://$address/v3/tokens?action=logout" >/dev/null`;
	const lines = (await lab.run(server(lab), script)).stdout.trimEnd().split('\n');
	return { code: Number(lines.at(-1)), body: lines.slice(0, -1).join('\n') };
}

/** The code that a login with this password gets. It is ended at once. */
export async function login(lab: TestLab, password: string): Promise<number> {
	const words = { type: 'localProvider', username: 'admin', password, responseType: 'json' };
	const { code, body } = await ask(lab, undefined, 'POST', '/v1-public/login', words);
	const token = /"token":"([^":]+):/.exec(body)?.[1];
	await (token && kubectl(lab, server(lab), `delete tokens.management.cattle.io ${token}`));
	return code;
}

/** Change the administrator's password as a person does in a browser. */
export const changeByHand = (lab: TestLab, before: string, after: string): Promise<Answer> =>
	ask(lab, before, 'POST', '/v3/users?action=changepassword', {
		currentPassword: before,
		newPassword: after,
	});

/** What a secret of the store is now. */
export async function secret(lab: TestLab, name: string): Promise<string> {
	const { stdout } = await g2pbook(['secret', 'view', name, '-i', lab.folder]);
	return stdout.trim();
}

/** The standard output of a shell line on the server, with kubectl and helm at hand. */
export const on = (lab: TestLab, line: string): Promise<string> =>
	lab.output(server(lab), `${environment}\n${line}`);
