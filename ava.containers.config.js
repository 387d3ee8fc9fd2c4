// Tests that need a Docker engine: `npx ava --config ava.containers.config.js test/lab.container.test.ts`.
import { longestFirst } from './test/fixtures/longest-first.js';

export default {
	sortTestFiles: longestFirst([
		'commons-env/tests/default',
		'test/chaos',
		'test/modules-kubernetes',
		'rke2-server/tests/default',
		'exporters/tests/default',
		'test/prod-minimum',
		'test/storm',
		'postgres-native/tests/default',
		'rancher/tests/default',
		'test/platform-kills',
		'wireguard/tests/default',
		'backup-node/tests/postgres.',
		'backup-node/tests/default',
		'test/verify',
		'firewall/tests/default',
		'nginx-rp/tests/default',
		'test/sandbox',
		'test/channels',
	]),
	files: ['test/**/*.container.test.ts', 'roles/*/tests/*.test.ts'],
	extensions: { ts: 'module' },
	nodeArguments: ['--import=tsx'],
	require: ['./test/fixtures/file-end.ts'],
	workerThreads: false,
	concurrency: 3,
	timeout: '20m',
};
