import helmRelease from '../../../src/modules/kubernetes/helm_release.ts';
import { sayConditions, sayPods, sayWarnings } from '../../../src/modules/kubernetes/reasons.ts';
import { quote } from '../../../src/shell/command.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { stateRows } from '../../rows.ts';

const cluster = '--kubeconfig /etc/rancher/rke2/rke2.yaml';
const program = 'env KUBECACHEDIR=/dev/null /usr/local/bin/helm';
const places =
	'--repository-config /root/.config/helm/repositories.yaml --repository-cache /root/.cache/helm/repository';
const ownPlaces = '--repository-config /root/.config/helm/repositories.yaml --repository-cache .';
const kubectl =
	'/var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml --cache-dir /dev/null';

const list = `${program} list --all-namespaces --all --max 0 --output json ${cluster}`;
const status = `${program} status w --namespace web --output json ${cluster}`;
const history = `${program} history w --namespace web --max 256 --output json ${cluster}`;
const folder = `folder=$(mktemp -d) && trap 'cd /; rm -rf "$folder"' EXIT && trap 'exit 129' HUP INT TERM PIPE && cd "$folder"`;
const diff = `sh -c ${quote(`${folder} && TMPDIR=$folder env 'KUBECTL_EXTERNAL_DIFF=diff -N -r -U1000000' ${kubectl} diff --server-side --field-manager helm --force-conflicts --namespace web -f -`)}`;
const usual = '--namespace web --reset-values --history-max 10';
const waiting = '--wait --wait-for-jobs --timeout 300s';
const found = "helm search repo --regexp '\\vcharts/web\\v' --version 1.0.0 --fail-on-no-result";
const refresh = `{ { /usr/local/bin/${found} ${places}; } >/dev/null 2>&1; } || { /usr/local/bin/helm repo update charts ${places}; }`;
const upgrade = (chart: string, words = usual) =>
	`${program} upgrade --install w ${chart} ${words} --hide-notes ${waiting} --values - ${cluster} ${places}`;
const looked = (chart: string) =>
	`${program} upgrade --install w ${chart} ${usual} --dry-run=server --output json --values - ${cluster} ${places}`;
const again = (chart: string) =>
	`${program} template w ${chart} --namespace web --validate --dry-run=server --no-hooks --values - ${cluster} ${places}`;
const fromFile = `sh -c ${quote(`${folder} && IFS= read -r values && base64 -d >chart.tgz && printf '%s\\n' "$values" | ${upgrade('./chart.tgz')}`)}`;
const fetched = `sh -c ${quote(`${folder} && /usr/local/bin/helm repo update charts ${ownPlaces} </dev/null >/dev/null && ${program} upgrade --install w charts/web --version 1.0.0 ${usual} --dry-run=server --output json --values - ${cluster} ${ownPlaces}`)}`;
const rollback = (revision: number, words: string) =>
	`${program} rollback w ${revision} --namespace web --history-max 10 ${words} ${cluster}`;
const uninstall = `${program} uninstall w --namespace web --ignore-not-found --wait --timeout 300s ${cluster}`;

const step = (line: string, content: string) => ({
	step: `${line} (stdin: ${Buffer.byteLength(content)} bytes)`,
	content,
});

/** The script that goes back. */
const attempt = (line: string, undo: string) => {
	const { line: conditions } = sayConditions(whole, 'web');
	const { line: pods } = sayPods(whole, 'web');
	const { line: warnings } = sayWarnings(whole, 'web');
	const manifest = `${program} get manifest w --namespace web ${cluster}`;
	const reasons = `{ { ${manifest}; } | { ${conditions}; }; }; { ${pods}; }; { { { ${warnings}; } 2>/dev/null; } | { tail -n 5; }; }`;
	return `${line} && exit\n{ ${reasons}; } >&2\n{ ${undo}; } >&2\nexit 1\n`;
};
const whole = {
	kubectl: '/var/lib/rancher/rke2/bin/kubectl',
	kubeconfig: '/etc/rancher/rke2/rke2.yaml',
};

const listed = (word = 'deployed', chart = 'web-1.0.0', revision = 3) =>
	JSON.stringify([
		{ name: 'w', namespace: 'other', revision: '1', status: 'deployed', chart: 'none-0.0.1' },
		{ name: 'w', namespace: 'web', revision: String(revision), status: word, chart },
	]);

const config = (greeting: string) => `---
# Source: web/templates/all.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: c
data:
  greeting: ${greeting}
`;
const deployment = (replicas: number, words = '') => `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: d
spec:
  replicas: ${replicas}
${words}`;
const kept = (manifest: string, values: unknown = null) =>
	JSON.stringify({ name: 'w', config: values, manifest, version: 3, namespace: 'web' });
const made = (manifest: string, name = 'web') =>
	JSON.stringify({ name: 'w', manifest, chart: { metadata: { name, version: '1.0.0' } } });

/** What kubectl prints of a file that differs. */
const differs = (file: string, before: string, after: string) =>
	`--- /tmp/LIVE-1/${file}\t2026\n+++ /tmp/MERGED-2/${file}\t2026\n@@ -${before === '' ? '0,0' : '1'} +1 @@\n${before === '' ? '' : `-${before}\n`}+${after}\n`;
const writers = `${kubectl} get --show-managed-fields --output 'go-template={{range .items}}{{range .metadata.managedFields}}{{if ne (or .subresource "") "status"}}{{.manager}} {{end}}{{end}}{{"\\n"}}{{end}}' --namespace web -f -`;

const release = { name: 'w', namespace: 'web', chart: 'charts/web', version: '1.0.0' } as const;
const onHost = { name: 'w', namespace: 'web', chart: '/srv/web' } as const;
const good = JSON.stringify([
	{ revision: 1, status: 'superseded' },
	{ revision: 2, status: 'deployed' },
	{ revision: 3, status: 'pending-upgrade' },
]);

const sum = 'ab'.repeat(32);
const address = 'https://charts.example.org/web-1.0.0.tgz';
const atAddress = { name: 'w', namespace: 'web', chart: address, checksum: `sha256:${sum}` } as const;
const download = `{ { if command -v curl >/dev/null; then curl --fail --silent --show-error --location --retry 3 --connect-timeout 20 --speed-limit 1000 --speed-time 60 --output chart.tgz ${address}
elif command -v wget >/dev/null; then wget -q -T 60 -O chart.tgz ${address}
else { echo ${address}" cannot be downloaded: neither curl nor wget is installed on the host" >&2; exit 1; }; fi; } </dev/null || { echo ${address}" cannot be downloaded" >&2; exit 1; }; } &&
seen=$(sha256sum <chart.tgz | cut -d'\\'' '\\'' -f1) &&
{ [ "$seen" = ${sum} ] || { echo ${address}" has the checksum $seen, and it has to be ${sum}: it was not used" >&2; exit 1; }; }`;
const fromAddress = `sh -c '${folder.replaceAll("'", "'\\''")} && ${download} && ${upgrade('./chart.tgz', `${usual}`).replace(waiting, `--description sha256:${sum} ${waiting}`)}'`;
const keptOf = (description: string) =>
	JSON.stringify({ name: 'w', info: { description }, manifest: config('hi'), version: 3, namespace: 'web' });

export default stateRows(helmRelease, [
	{
		title: 'of an address, as described: nothing is downloaded',
		args: atAddress,
		host: { commands: { [list]: listed(), [status]: keptOf(`sha256:${sum}`), [diff]: '' } },
		result: { revision: undefined, chart: 'web-1.0.0' },
	},
	{
		title: 'of an address, not there: downloaded, and compared before it is used',
		args: atAddress,
		host: { commands: { [list]: '[]' } },
		steps: [step(fromAddress, '{}')],
	},
	{
		title: 'another archive under the same name and version',
		args: atAddress,
		host: {
			commands: { [list]: listed(), [status]: keptOf(`sha256:${'cd'.repeat(32)}`), [diff]: '' },
		},
		steps: [step(fromAddress, '{}')],
	},
	{
		title: 'as described: nothing is rendered',
		args: { ...release, values: { b: 1, a: [2] } },
		host: { commands: { [list]: listed(), [status]: kept(config('hi'), { a: [2], b: 1 }), [diff]: '' } },
		result: { revision: undefined, chart: 'web-1.0.0' },
	},
	{
		title: 'not there',
		args: {
			...release,
			create_namespace: true,
			values: [{ a: { b: 1, c: [1] } }, { a: { c: [2], d: null } }],
		},
		host: { commands: { [list]: '[]' } },
		steps: [
			refresh,
			step(
				upgrade(
					'charts/web --version 1.0.0',
					'--namespace web --create-namespace --reset-values --history-max 10',
				),
				'{"a":{"b":1,"c":[2],"d":null}}',
			),
		],
	},
	{
		title: 'what helm keeps of a release that is gone is no release',
		args: release,
		host: { commands: { [list]: listed('uninstalled') } },
		steps: [refresh, step(upgrade('charts/web --version 1.0.0'), '{}')],
	},
	{
		title: 'a registry needs no list',
		args: { ...release, chart: 'oci://registry.example.org/charts/web', skip_crds: true, wait: false },
		host: { commands: { [list]: '[]' } },
		steps: [
			step(
				`${program} upgrade --install w oci://registry.example.org/charts/web --version 1.0.0 ${usual} --skip-crds --hide-notes --timeout 300s --values - ${cluster} ${places}`,
				'{}',
			),
		],
	},
	{
		title: 'another version',
		args: release,
		host: { commands: { [list]: listed('deployed', 'web-0.9.0'), [status]: kept(config('hi')), [diff]: '' } },
		steps: [refresh, step(upgrade('charts/web --version 1.0.0'), '{}')],
	},
	{
		title: 'secrets go to the input, as dots, and what was in their place is not shown either',
		args: {
			...release,
			values: { db: { password: new Secret('hush hush'), host: 'db' }, pin: new Secret('1234') },
		},
		host: {
			commands: {
				[list]: listed(),
				[status]: kept(config('"old password, hidden token"'), {
					db: { password: 'old password', host: 'db' },
					token: 'hidden token',
					pin: 4321,
				}),
				[diff]: '',
				[fetched]: made(config(`hush hush ${'0a'.repeat(32)}`)),
			},
		},
		steps: [
			refresh,
			{
				step: `${upgrade('charts/web --version 1.0.0')} (stdin: ••••••)`,
				content: '{"db":{"password":"hush hush","host":"db"},"pin":"1234"}',
			},
		],
		detail: [
			{
				name: 'values',
				before: 'db:\n  host: db\n  password: ••••••\npin: ••••••\ntoken: ••••••\n',
				after: 'db:\n  host: db\n  password: ••••••\npin: ••••••\n',
				isClean: true,
			},
			{
				name: 'ConfigMap c',
				before: 'apiVersion: v1\ndata:\n  greeting: ••••••, ••••••\nkind: ConfigMap\nmetadata:\n  name: c\n',
				after: 'apiVersion: v1\ndata:\n  greeting: •••••• ••••••\nkind: ConfigMap\nmetadata:\n  name: c\n',
				isClean: true,
			},
		],
	},
	{
		title: 'a chart on the host is rendered: as it was',
		args: onHost,
		host: {
			commands: {
				[list]: listed(),
				[status]: kept(config('hi')),
				[looked('/srv/web')]: made(config('hi')),
				[diff]: '',
			},
		},
	},
	{
		title: 'what is random says nothing',
		args: onHost,
		host: {
			commands: {
				[list]: listed(),
				[status]: kept(config('ABC')),
				[looked('/srv/web')]: made(config('XYZ')),
				[again('/srv/web')]: config('KLM'),
				[diff]: '',
			},
		},
	},
	{
		title: 'other objects under the same version',
		args: onHost,
		host: {
			commands: {
				[list]: listed(),
				[status]: kept(config('hi') + deployment(1)),
				[looked('/srv/web')]: made(config('hi') + deployment(2)),
				[again('/srv/web')]: config('hi') + deployment(2),
				[diff]: '',
			},
		},
		steps: [step(upgrade('/srv/web'), '{}')],
		detail: [
			{
				name: 'Deployment d',
				before: 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\nspec:\n  replicas: 1\n',
				after: 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\nspec:\n  replicas: 2\n',
				isClean: true,
			},
		],
	},
	{
		title: 'an archive of the role comes by the input, after the values',
		args: { name: 'w', namespace: 'web', src: 'web.tgz', values: { a: 1 } },
		run: { files: { 'web.tgz': 'chart' } },
		host: { commands: { [list]: '[]' } },
		steps: [step(fromFile, '{"a":1}\nY2hhcnQ=\n')],
	},
	{
		title: 'an object is gone',
		args: release,
		host: {
			commands: {
				[list]: listed(),
				[status]: kept(config('hi')),
				[diff]: { code: 1, stdout: differs('v1.ConfigMap.web.c', '', 'greeting: hi') },
			},
		},
		steps: [refresh, step(upgrade('charts/web --version 1.0.0'), '{}')],
		detail: [{ name: 'ConfigMap c as it is now', before: '', after: 'greeting: hi\n', isClean: true }],
	},
	{
		title: 'a job that is gone has been cleared away',
		args: release,
		host: {
			commands: {
				[list]: listed(),
				[status]: kept('apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\n'),
				[diff]: { code: 1, stdout: differs('batch.v1.Job.web.j', '', 'kind: Job') },
			},
		},
	},
	{
		title: 'somebody has edited it',
		args: release,
		host: {
			commands: {
				[list]: listed(),
				[status]: kept(deployment(1)),
				[diff]: { code: 1, stdout: differs('apps.v1.Deployment.web.d', 'replicas: 3', 'replicas: 1') },
				[writers]: 'helm kubectl-patch \n',
			},
		},
		steps: [refresh, step(upgrade('charts/web --version 1.0.0'), '{}')],
		detail: [
			{ name: 'Deployment d as it is now', before: 'replicas: 3\n', after: 'replicas: 1\n', isClean: true },
		],
	},
	{
		title: 'what controllers have written is theirs',
		args: release,
		host: {
			commands: {
				[list]: listed(),
				[status]: kept(deployment(1)),
				[diff]: { code: 1, stdout: differs('apps.v1.Deployment.web.d', 'replicas: 3', 'replicas: 1') },
				[writers]: 'helm kube-controller-manager \n',
			},
		},
	},
	{
		title: 'an object that cannot be asked about',
		args: release,
		host: {
			commands: {
				[list]: listed(),
				[status]: kept(config('hi')),
				[diff]: { code: 2, stderr: 'admission webhook does not support dry run' },
			},
		},
	},
	{
		title: 'live objects are not looked at',
		args: { ...release, restore: false },
		host: { commands: { [list]: listed(), [status]: kept(config('hi')) } },
	},
	{
		title: 'an installation that was cut off',
		args: release,
		host: {
			commands: {
				[list]: listed('pending-install', 'web-1.0.0', 1),
				'ps -eo pid=,args=': '1 /sbin/init\n20 helm upgrade other --namespace web\n',
				[status]: kept(config('hi')),
				[history]: '[{"revision":1,"status":"pending-install"}]',
			},
		},
		steps: [uninstall, refresh, step(upgrade('charts/web --version 1.0.0'), '{}')],
	},
	{
		title: 'an upgrade that was cut off',
		args: release,
		host: {
			commands: {
				[list]: listed('pending-upgrade'),
				'ps -eo pid=,args=': { code: 127 },
				[status]: kept(config('hi')),
				[history]: good,
			},
		},
		steps: [rollback(2, '--timeout 300s'), refresh, step(upgrade('charts/web --version 1.0.0'), '{}')],
	},
	{
		title: 'cut off, after nothing that was good',
		args: release,
		host: {
			commands: {
				[list]: listed('pending-upgrade', 'web-1.0.0', 2),
				'ps -eo pid=,args=': '',
				[status]: kept(config('hi')),
				[history]: '[{"revision":1,"status":"failed"},{"revision":2,"status":"pending-upgrade"}]',
			},
		},
		steps: [rollback(1, '--timeout 300s'), refresh, step(upgrade('charts/web --version 1.0.0'), '{}')],
	},
	{
		title: 'helm is at work on it',
		args: release,
		host: {
			commands: {
				[list]: listed('pending-upgrade'),
				'ps -eo pid=,args=': '  77 /usr/local/bin/helm upgrade --install w charts/web --namespace web\n',
			},
		},
		error: /web\/w is pending-upgrade, and helm is at work on it on this host: process 77/,
	},
	{
		title: 'it has failed',
		args: release,
		host: {
			commands: { [list]: listed('failed'), [status]: kept(config('hi')), [history]: good },
		},
		steps: [refresh, step(upgrade('charts/web --version 1.0.0'), '{}')],
	},
	{
		title: 'back to what was good when it fails, after the cluster has said why',
		args: { ...onHost, atomic: true, values: { a: new Secret('hush') } },
		host: {
			commands: {
				[list]: listed(),
				[status]: kept(config('hi')),
				[looked('/srv/web')]: made(config('hi')),
				[diff]: '',
			},
		},
		steps: [
			{
				step: `script: ${upgrade('/srv/web')} && exit …`,
				content: attempt(upgrade('/srv/web'), rollback(3, waiting)),
			},
		],
	},
	{
		title: 'away when it was never there',
		args: { name: 'w', namespace: 'web', src: 'web.tgz', atomic: true },
		run: { files: { 'web.tgz': 'chart' } },
		host: { commands: { [list]: '[]' } },
		steps: [
			{
				step: `script: ${fromFile} && exit …`,
				content: attempt(fromFile, uninstall),
			},
		],
	},
	{
		title: 'another chart',
		args: release,
		host: { commands: { [list]: listed('deployed', 'web-2-1.0.0'), [status]: kept(''), [diff]: '' } },
		error: /web\/w is a release of another chart: web-2-1\.0\.0\n[\s\S]*adopt: true/,
	},
	{
		title: 'another chart, taken over',
		args: { ...release, adopt: true },
		host: { commands: { [list]: listed('deployed', 'web-2-1.0.0'), [status]: kept(''), [diff]: '' } },
		steps: [refresh, step(upgrade('charts/web --version 1.0.0', `${usual} --take-ownership`), '{}')],
	},
	{
		title: 'another chart at the path',
		args: onHost,
		host: {
			commands: {
				[list]: listed(),
				[status]: kept(config('hi')),
				[looked('/srv/web')]: made(config('hi'), 'site'),
				[diff]: '',
			},
		},
		error: /web\/w is a release of another chart: web-1\.0\.0, not site-1\.0\.0/,
	},
	{
		title: 'absent',
		args: { name: 'w', namespace: 'web', state: 'absent' },
		host: {
			commands: {
				[list]: listed(),
				[status]: kept(
					`${config('hi')}---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: p, annotations: {helm.sh/resource-policy: keep}}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {k: aHVzaA==}\n`,
				),
			},
		},
		steps: [uninstall],
		detail: [
			{
				name: 'ConfigMap c',
				before: 'apiVersion: v1\ndata:\n  greeting: hi\nkind: ConfigMap\nmetadata:\n  name: c\n',
				after: '',
				isClean: true,
			},
			{
				name: 'Secret s',
				before: 'apiVersion: v1\ndata:\n  k: ••••••\nkind: Secret\nmetadata:\n  name: s\n',
				after: '',
				isClean: true,
			},
		],
	},
	{
		title: 'absent already',
		args: { name: 'w', namespace: 'web', state: 'absent' },
		host: { commands: { [list]: '[]' } },
	},
	{
		title: 'absent, and of another chart',
		args: { ...release, state: 'absent' },
		host: { commands: { [list]: listed('deployed', 'site-1.0.0') } },
		error: /web\/w is a release of another chart: site-1\.0\.0/,
	},
	{
		title: 'no helm',
		args: release,
		host: { commands: { [list]: { code: 127, stderr: 'env: no such file' } } },
		error: /there is no \/usr\/local\/bin\/helm on the host: this task belongs on a server/,
	},
	{
		title: 'no cluster',
		args: release,
		host: { commands: { [list]: { code: 1, stderr: 'Error: Kubernetes cluster unreachable: refused' } } },
		error: /cluster unreachable[\s\S]*systemctl status rke2-server/,
	},
	{
		title: 'no way to the repository',
		args: { ...release, values: { a: 1 } },
		host: {
			commands: {
				[list]: listed(),
				[status]: kept(config('hi')),
				[diff]: '',
				[fetched]: { code: 1, stderr: 'dial tcp: lookup charts.example.org: no such host' },
			},
		},
		steps: [refresh, step(upgrade('charts/web --version 1.0.0'), '{"a":1}')],
		detail: [],
		error:
			/no such host\nthis host has no way to the repository charts: open the way, or give the chart as a file/,
	},
	{
		title: 'an address without a checksum',
		args: { ...atAddress, checksum: undefined },
		error: /say what it has to be .*another one tomorrow/,
	},
	{
		title: 'a checksum of what is no address',
		args: { ...release, checksum: atAddress.checksum },
		error: /only a chart at an address/,
	},
	{
		title: 'an address that names no version',
		args: { ...atAddress, chart: 'https://charts.example.org/web.tgz' },
		error: /https:\/\/…\/NAME-VERSION\.tgz/,
	},
	{
		title: 'an address with a version beside',
		args: { ...atAddress, version: '1.0.0' },
		error: /a chart that is a file says its version itself/,
	},
	{ title: 'no version', args: { ...release, version: undefined }, error: /say which version/ },
	{ title: 'a range', args: { ...release, version: '^1.0.0' }, error: /write one version, such as 1\.2\.3/ },
	{ title: 'a file with a version', args: { ...onHost, version: '1.0.0' }, error: /says its version itself/ },
	{ title: 'no chart', args: { name: 'w' }, error: /give either `chart` or `src`/ },
	{ title: 'a name alone', args: { ...release, chart: 'web' }, error: /write REPOSITORY\/CHART/ },
	{ title: 'back without waiting', args: { ...release, atomic: true, wait: false }, error: /without `wait`/ },
]);
