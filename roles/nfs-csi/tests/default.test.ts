import type { ExecutionContext } from 'ava';
import test from 'ava';
import { differences } from '../../../test/fixtures/containers/fingerprint.ts';
import { testImage } from '../../../test/fixtures/containers/images.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Refusal, refuses } from '../../../test/fixtures/containers/refusals.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { fingerprint } from '../../../test/fixtures/kube/fingerprint.ts';
import { kubectl } from '../../../test/fixtures/kube/host.ts';
import type { Mirror } from '../../../test/fixtures/kube/mirror.ts';
import { startServerOn } from '../../../test/fixtures/kube/server.ts';
import { environment } from '../../../test/rke2/cluster.ts';

let mirror: Mirror;
const kube = (lab: TestLab, words: string): Promise<string> => kubectl(lab, 'server1', words);
const on = (lab: TestLab, lines: string): Promise<string> =>
	lab.output('server1', `${environment}\n${lines}`);

/** Apply an object that is not ours. */
const apply = (lab: TestLab, object: unknown): Promise<string> =>
	on(lab, `kubectl apply -f - <<'END'\n${JSON.stringify(object)}\nEND`);

const claim = (name: string, storageClassName?: string) => ({
	apiVersion: 'v1',
	kind: 'PersistentVolumeClaim',
	metadata: { name, namespace: 'pilot' },
	spec: { accessModes: ['ReadWriteMany'], storageClassName, resources: { requests: { storage: '1Gi' } } },
});

const bound = (lab: TestLab, name: string): Promise<string> =>
	on(
		lab,
		`kubectl -n pilot wait pvc/${name} --for=jsonpath={.status.phase}=Bound --timeout=30s >/dev/null
kubectl get pv "$(kubectl -n pilot get pvc ${name} -o jsonpath={.spec.volumeName})" -o json`,
	);

const refused: readonly Refusal[] = [
	['no server', { nfs_csi_server: '' }, /nfs_csi_server is empty/],
	[
		'no checksum',
		{ nfs_csi_version: '4.13.99' },
		/no checksum of csi-driver-nfs 4\.13\.99: give nfs_csi_checksum/,
	],
	[
		'two defaults',
		{
			nfs_csi_classes: [
				{ name: 'one', default: true },
				{ name: 'two', default: true },
			],
		},
		/one, two are all the default class/,
	],
	[
		'a class that nobody can change',
		{ nfs_csi_classes: [{ name: 'nfs-csi', default: true, reclaim: 'Delete' }] },
		/the class nfs-csi is there with another .* kubectl delete storageclass nfs-csi, which leaves its volumes/,
	],
	[
		'a soft mount, and a share that is none',
		{ nfs_csi_classes: [{ name: 'other', share: 'srv', mount_options: ['soft'] }] },
		/mounted with soft: .*Also: the class other has the share srv/,
	],
	[
		'a version that nobody supports',
		{ nfs_csi_version: '4.7.0', nfs_csi_checksum: '0'.repeat(64) },
		/\[csi-driver-nfs 4\.7\]/,
	],
	[
		'a driver that has volumes',
		{ nfs_csi_state: 'absent' },
		/there are 1 volumes of the driver, of pilot\/files: no pod could mount them/,
	],
	['a purge that is mistyped', { nfs_csi_state: 'absent', nfs_csi_purge: 'all' }, /type volumes/],
];

async function refusals(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const server = { output: (line: string) => on(lab, line) };
	const before = await fingerprint(server);
	await refuses(t, refused, again);

	t.deepEqual(differences(before, await fingerprint(server)), []);
	const other = await again('another checksum', { nfs_csi_checksum: '0'.repeat(64) });
	t.is(other.code, 2, other.stdout);
	t.regex(other.stdout, /has the checksum [0-9a-f]{64}, and it has to be 0{64}: it was not used/);
}

async function classes(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await apply(lab, {
		apiVersion: 'storage.k8s.io/v1',
		kind: 'StorageClass',
		metadata: { name: 'local', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
		provisioner: 'example.org/local',
	});
	const twice = await again('a default class of somebody else', {});
	t.is(twice.code, 5, twice.stdout);
	t.regex(twice.stdout, /local is the default class of the cluster already, .*kubectl annotate --overwrite/);
	await on(
		lab,
		'kubectl annotate --overwrite storageclass local storageclass.kubernetes.io/is-default-class=false',
	);

	const more = await again('a second class', {
		nfs_csi_classes: [
			{ name: 'nfs-csi', default: true },
			{ name: 'scratch', reclaim: 'Delete', mode: '0770' },
		],
	});
	t.is(more.code, 0, more.stdout);
	await apply(lab, claim('scratch', 'scratch'));
	t.like(JSON.parse(await bound(lab, 'scratch')), { spec: { persistentVolumeReclaimPolicy: 'Delete' } });
	await kube(lab, '-n pilot delete pvc scratch');
	await on(
		lab,
		'for pv in $(kubectl get pv -o jsonpath="{.items[?(@.spec.storageClassName==\'scratch\')].metadata.name}"); do kubectl delete pv "$pv" --wait=false; kubectl patch pv "$pv" --type merge -p \'{"metadata":{"finalizers":null}}\'; done 2>/dev/null || true',
	);
	const fewer = await again('without it', {});
	t.is(fewer.code, 0, fewer.stdout);
	t.is(
		await kube(lab, 'get storageclass -o name'),
		'storageclass.storage.k8s.io/local\nstorageclass.storage.k8s.io/nfs-csi\n',
	);
	await kube(lab, 'delete storageclass local');
}

roleTest(test, {
	role: 'nfs-csi',
	hosts: [{ name: 'server1', groups: ['rke2_servers', 'storage'] }],
	image: testImage,
	busy: ['/var/lib/rancher', '/etc/rancher', '/usr/libexec/kubernetes'],
	vars: () => ({ ...mirror.variables, nfs_csi_ready_seconds: 120 }),

	async prepare(lab) {
		mirror = await startServerOn(lab, 'server1');
		await on(lab, 'kubectl create namespace pilot');
	},

	async verify(t, lab) {
		// Of no class: the default one serves it.
		await apply(lab, claim('files'));
		const address = lab.address('server1');
		const volume = JSON.parse(await bound(lab, 'files'));
		t.like(volume.spec, {
			persistentVolumeReclaimPolicy: 'Retain',
			storageClassName: 'nfs-csi',
			mountOptions: ['nfsvers=4.2', 'hard', 'timeo=600', 'retrans=2', 'noatime'],
		});
		t.like(volume.spec.csi, {
			driver: 'nfs.csi.k8s.io',
			volumeAttributes: {
				server: address,
				share: '/srv/nfs/g2p',
				subdir: `pilot-files-${volume.metadata.name}`,
			},
		});
	},

	async change(t, lab, again) {
		await refusals(t, lab, again);
		await classes(t, lab, again);
	},

	drift: [
		{
			name: 'the class is no longer the default',
			break: (lab) =>
				on(
					lab,
					'kubectl annotate --overwrite storageclass nfs-csi storageclass.kubernetes.io/is-default-class=false',
				),
			repairs: ['Have its storage classes'],
		},
		{
			name: 'the class is gone',
			break: (lab) => kube(lab, 'delete storageclass nfs-csi'),
			repairs: ['Have its storage classes'],
		},
		{
			name: 'the controller was edited',
			break: (lab) =>
				kube(lab, '-n kube-system set image deployment/csi-nfs-controller nfs=elsewhere/nfs:v0'),
			repairs: ['Install the driver'],
		},
	],

	removal: {
		vars: () => ({ ...mirror.variables, nfs_csi_state: 'absent', nfs_csi_purge: 'volumes' }),
		async verify(t, lab) {
			t.is(await kube(lab, 'get storageclass,csidriver -o name'), '');
			t.is(await kube(lab, '-n kube-system get pods -l app=csi-nfs-node -o name'), '');
			t.regex(await kube(lab, 'get pv -o name'), /pvc-/);
		},
	},
});
