import helmRelease from '../../../src/modules/kubernetes/helm_release.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { contractRows } from '../../contract-rows.ts';
import { packWeb, serveWeb, webArchive, webInto } from '../../fixtures/charts/charts.ts';

const charts = '/srv/charts-here';
const chart = `${charts}/web`;

/** As another run has left it. */
const installed = (name: string, words = '', from = chart) =>
	`${webInto(from.replace(/\/web$/, ''))}
helm upgrade --install ${name} ${from} --namespace ${name} --create-namespace ${words} >/dev/null`;

/** A run that somebody has killed: helm then refuses to go on. */
const killed = (name: string) => `${webInto(charts)}
helm upgrade --install ${name} ${chart} --namespace ${name} --create-namespace --wait --set state=NotReady &
until helm list --namespace ${name} --all --output json | grep -q '"status":"pending-'; do sleep 0.2; done
kill -KILL $!
! wait $!`;

const is = (name: string, revision: number | string, status = 'deployed') =>
	`helm list --namespace ${name} --all --output json | grep -q '"revision":"${revision}".*"status":"${status}"'`;

const greets = (name: string, greeting: string) =>
	`test "$(kubectl get configmap ${name} --namespace ${name} --output 'jsonpath={.data.greeting}')" = '${greeting}'`;

const password = 'it is not to be seen';
// Notes what it is called with, and in which environment.
const noting = '/usr/local/bin/noting-helm';

export default contractRows(helmRelease, [
	{
		title: 'a chart on the host, with values of which later ones win',
		setup: webInto(charts),
		args: {
			name: 'first',
			namespace: 'first',
			create_namespace: true,
			chart,
			values: [
				{ greeting: 'no', replicas: 2 },
				{ greeting: 'yes', nothing: { at: { all: null } } },
			],
		},
		verify: `${is('first', 1)} && ${greets('first', 'yes')} && kubectl get crd widgets.charts.example.org && test "$(kubectl get deployment first --namespace first --output 'jsonpath={.status.readyReplicas}')" = 2`,
	},
	{
		title: 'an archive of the role, of which nothing stays on the host',
		setup: 'kubectl create namespace archive',
		run: { files: { 'web-1.0.0.tgz': webArchive } },
		args: { name: 'archive', namespace: 'archive', src: 'web-1.0.0.tgz', values: { greeting: 'packed' } },
		// Another row may have one at that moment.
		verify: `${is('archive', 1)} && ${greets('archive', 'packed')} && timeout 240 sh -c 'while ls -d /tmp/tmp.*/chart.tgz; do sleep 1; done'`,
	},
	{
		title: 'objects of kinds that the chart itself brings',
		setup: `${webInto('/srv/charts-kinds')}
sed -i 's/charts.example.org/kinds.example.org/' /srv/charts-kinds/web/crds/*.yaml /srv/charts-kinds/web/templates/*.yaml`,
		args: {
			name: 'kinds',
			namespace: 'kinds',
			create_namespace: true,
			chart: '/srv/charts-kinds/web',
			values: { widget: true },
		},
		verify: `${is('kinds', 1)} && kubectl get widgets.kinds.example.org kinds --namespace kinds`,
	},
	{
		title: 'a version that the repository has, and its list on the host has not',
		setup: `${serveWeb('/srv/charts-stale', 8811)}
helm repo add stale http://127.0.0.1:8811
sed -i 's/^version: .*/version: 1.1.0/' /srv/charts-stale/web/Chart.yaml
${packWeb('/srv/charts-stale')}`,
		args: {
			name: 'stale',
			namespace: 'stale',
			create_namespace: true,
			chart: 'stale/web',
			version: '1.1.0',
			values: { greeting: 'fetched' },
		},
		verify: `${is('stale', 1)} && ${greets('stale', 'fetched')}`,
	},
	{
		title: 'other values: what was given before and is not given any more goes',
		setup: installed('other', '--wait --set greeting=old --set replicas=2'),
		args: { name: 'other', namespace: 'other', chart, values: { greeting: 'new' } },
		verify: `${is('other', 2)} && ${greets('other', 'new')} && test "$(kubectl get deployment other --namespace other --output 'jsonpath={.spec.replicas}')" = 1`,
	},
	{
		title: 'a chart that has changed under the same version',
		setup: `${installed('edited-chart', '', '/srv/charts-edited/web')}
sed -i 's/^greeting: .*/greeting: edited/' /srv/charts-edited/web/values.yaml`,
		args: { name: 'edited-chart', namespace: 'edited-chart', chart: '/srv/charts-edited/web' },
		verify: `${is('edited-chart', 2)} && ${greets('edited-chart', 'edited')}`,
	},
	{
		title: 'an installation that was killed',
		setup: killed('killed'),
		args: { name: 'killed', namespace: 'killed', chart },
		verify: `${is('killed', 1)} && kubectl rollout status deployment killed --namespace killed --timeout 1s`,
	},
	{
		title: 'an upgrade that was killed',
		setup: `${installed('cut')}
${killed('cut')}`,
		args: { name: 'cut', namespace: 'cut', chart, values: { greeting: 'after all' } },
		verify: `${is('cut', 4)} && ${greets('cut', 'after all')}`,
	},
	{
		title: 'an upgrade that has failed',
		setup: `${installed('failed')}
! helm upgrade failed ${chart} --namespace failed --wait --timeout 3s --set state=ImagePullBackOff`,
		args: { name: 'failed', namespace: 'failed', chart },
		verify: is('failed', 3),
	},
	{
		title: 'what people have edited and deleted is as the chart has it',
		setup: `${installed('drifted')}
kubectl patch configmap drifted --namespace drifted --patch '{"data": {"greeting": "by hand"}}'
kubectl delete secret drifted --namespace drifted`,
		args: { name: 'drifted', namespace: 'drifted', chart },
		verify: `${greets('drifted', 'hello')} && kubectl get secret drifted --namespace drifted`,
	},
	{
		title: 'a release of another chart, taken over',
		setup: `mkdir -p /srv/charts-foreign && cp -r ${chart} /srv/charts-foreign/other && sed -i 's/^name: .*/name: other/' /srv/charts-foreign/other/Chart.yaml
${installed('foreign', '', '/srv/charts-foreign/other')}`,
		args: { name: 'foreign', namespace: 'foreign', chart, adopt: true },
		verify: `helm list --namespace foreign --output json | grep -q '"chart":"web-1.0.0"'`,
	},
	{
		title: 'secrets that no list of processes shows',
		setup: `printf '#!/bin/sh\\nprintf "%%s\\\\n" "$0" "$@" "$(env)" >>/tmp/noted-of-helm\\nexec /usr/local/bin/helm "$@"\\n' >${noting} && chmod +x ${noting}`,
		run: { files: { 'web-1.0.0.tgz': webArchive } },
		args: {
			name: 'quiet',
			namespace: 'quiet',
			create_namespace: true,
			src: 'web-1.0.0.tgz',
			helm: noting,
			atomic: true,
			values: { password: new Secret(password) },
		},
		verify: `test "$(kubectl get secret quiet --namespace quiet --output 'jsonpath={.data.password}' | base64 -d)" = '${password}' && grep -qx upgrade /tmp/noted-of-helm && ! grep -e '${password}' -e '${Buffer.from(password).toString('base64')}' /tmp/noted-of-helm`,
	},
	{
		title: 'not there any more, but for what is to be kept',
		setup: installed('uninstalled', '--set claim=true'),
		args: { name: 'uninstalled', namespace: 'uninstalled', state: 'absent' },
		verify: `test "$(helm list --namespace uninstalled --all --output json)" = '[]' && ! kubectl get deployment uninstalled --namespace uninstalled && kubectl get persistentvolumeclaim uninstalled --namespace uninstalled`,
	},
]);
