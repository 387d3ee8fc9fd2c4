import { longestFirst } from './test/fixtures/longest-first.js';

export default {
	sortTestFiles: longestFirst([
		'test/look-ahead',
		'test/many-hosts',
		'test/cli.',
		'test/bundle.',
		'test/html-page',
		'test/secrets',
	]),
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
