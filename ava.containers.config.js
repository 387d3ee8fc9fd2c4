// Tests that need a Docker engine: `npx ava --config ava.containers.config.js test/lab.container.test.ts`.
export default {
	files: ['test/**/*.container.test.ts', 'roles/*/tests/*.test.ts'],
	extensions: { ts: 'module' },
	nodeArguments: ['--import=tsx'],
	require: ['./test/fixtures/file-end.ts'],
	workerThreads: false,
	concurrency: 3,
	timeout: '20m',
};
