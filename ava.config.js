export default {
	files: [
		'test/**/*.test.ts',
		'!test/**/*.container.test.ts',
		'!test/**/*.long.test.ts',
		'!test/fixtures/**',
	],
	extensions: { ts: 'module' },
	nodeArguments: ['--import=tsx'],
	require: ['./test/fixtures/own-lock.ts', './test/fixtures/file-end.ts'],
	workerThreads: false,
};
