import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { stringify } from 'yaml';
import { imagesInChart, imagesInList } from '../src/bundle/images.ts';
import { tar } from '../src/lab/tar.ts';
import { packed } from './fixtures/charts/charts.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** A chart `web` of version 1.2.3 with these values, and more files. */
const chart = (values: unknown, more: Readonly<Record<string, string>> = {}): Buffer =>
	gzipSync(
		tar(
			Object.entries({
				'web/Chart.yaml': 'name: web\nversion: 1.2.3\nappVersion: "2.0"\n',
				'web/values.yaml': stringify(values),
				...more,
			}).map(([path, content]) => ({ path, content, mode: 0o644 })),
		),
	);

const rows: readonly (readonly [title: string, values: unknown, images: readonly string[]])[] = [
	['a name and a tag', { image: { repository: 'quay.io/a/b', tag: 'v1' } }, ['quay.io/a/b:v1']],
	['the tag of the application', { image: { repository: 'quay.io/a/b', tag: '' } }, ['quay.io/a/b:2.0']],
	[
		'a registry and a digest',
		{ image: { registry: 'docker.io', repository: 'bitnami/x', tag: 17, digest } },
		[`docker.io/bitnami/x:17@${digest}`],
	],
	['a text', { sidecar: { image: 'busybox/busybox:1.36' } }, ['docker.io/busybox/busybox:1.36']],
	[
		'a registry for several, as the driver for NFS has it',
		{ image: { baseRepo: 'registry.k8s.io', one: { repository: '/sig/one', tag: 'v1' } } },
		['registry.k8s.io/sig/one:v1'],
	],
	[
		'hub and tag, as Istio has them',
		{
			_internal: {
				hub: '',
				tag: '',
				image: 'pilot',
				global: { hub: 'docker.io/istio', tag: '1.31.1', proxy: { image: 'proxyv2' } },
			},
			gateway: { image: 'auto' },
		},
		['docker.io/istio/pilot:1.31.1', 'docker.io/istio/proxyv2:1.31.1'],
	],
	[
		'what is none',
		{ repository: 'https://charts.example.org', tag: 'x', image: { pullPolicy: 'Always' } },
		[],
	],
	['nothing', undefined, []],
];

for (const [title, values, images] of rows) {
	test(`images of a chart: ${title}`, (t) => t.deepEqual(imagesInChart(chart(values)), images));
}

test('images of charts in a chart, as folders', (t) => {
	const inner = stringify({ image: { repository: 'ghcr.io/c/d', tag: 'v3' } });
	t.deepEqual(imagesInChart(chart({}, { 'web/charts/inner/values.yaml': inner })), ['ghcr.io/c/d:v3']);
});

test('images of charts in a chart, as archives', (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'g2pbook-chart-'));
	mkdirSync(join(folder, 'all/charts'), { recursive: true });
	writeFileSync(
		join(folder, 'all/charts/web-1.2.3.tgz'),
		chart({ image: { repository: 'ghcr.io/e/f', tag: 'v5' } }),
	);
	t.deepEqual(imagesInChart(packed(folder, 'all')), ['ghcr.io/e/f:v5']);
});

test('a file that is no chart is an error', (t) => {
	t.throws(() => imagesInChart(Buffer.from('no archive')));
	t.throws(() => imagesInChart(gzipSync(Buffer.alloc(1024, 'x'))), { message: 'this is no tar archive' });
});

test('a list of a release', (t) => {
	t.deepEqual(imagesInList('docker.io/rancher/a:v1\r\n# no\n\nrancher/b:v2\n'), [
		'docker.io/rancher/a:v1',
		'docker.io/rancher/b:v2',
	]);
});
