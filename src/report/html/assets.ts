import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** What the page brings along. */
export type PageAssets = { readonly script: string; readonly style: string };

let bundled: PageAssets | undefined;

/**
 * Script and style of the page, from `page/`. This file is for running from the sources: `npm run build` puts the
 * texts in its place, so that nobody else needs a bundler.
 */
export function pageAssets(): PageAssets {
	bundled ??= { script: bundle('main.ts'), style: bundle('style.css') };
	return bundled;
}

function bundle(file: string): string {
	const { outputFiles } = buildSync({
		entryPoints: [join(import.meta.dirname, 'page', file)],
		bundle: true,
		minify: true,
		write: false,
		format: 'iife',
		target: 'es2022',
		charset: 'utf8',
		logLevel: 'silent',
	});
	return outputFiles[0]?.text.trim() ?? '';
}
