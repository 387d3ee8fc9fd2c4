// Tests in containers that need longer than people wait: `npm run test:long`, one after the other, no part of `npm test`.
export default {
	files: ['test/**/*.long.test.ts'],
	extensions: { ts: 'module' },
	nodeArguments: ['--import=tsx'],
	require: ['./test/fixtures/file-end.ts'],
	workerThreads: false,
	concurrency: 1,
	// Without any sign of life; what one test may take is its own to say.
	timeout: '2h',
};
