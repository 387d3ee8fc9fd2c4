import { createHash } from 'node:crypto';
import { pageAssets } from './assets.ts';
import type { Entry } from './data.ts';

/** The beginning of the document: everything but the data. Nothing in it may load, send or run anything else. */
export function documentHead(title: string): string {
	const { script, style } = pageAssets();
	const policy = [
		"default-src 'none'",
		`script-src ${hashOf(script)}`,
		`style-src ${hashOf(style)}`,
		'img-src data:',
		"base-uri 'none'",
		"form-action 'none'",
	].join('; ');
	return [
		'<!doctype html>',
		'<html lang="en">',
		'<head>',
		'<meta charset="utf-8">',
		`<meta http-equiv="Content-Security-Policy" content="${policy}">`,
		'<meta name="viewport" content="width=device-width, initial-scale=1">',
		'<meta name="color-scheme" content="light dark">',
		'<meta name="referrer" content="no-referrer">',
		'<link rel="icon" href="data:,">',
		`<title>${escaped(title)}</title>`,
		`<style>${style}</style>`,
		`<script>${script}</script>`,
		'</head>',
		'<body>',
		'<noscript>This report needs a browser that runs its script. Nothing is loaded from elsewhere.</noscript>',
		'<main id="report"></main>',
		'',
	].join('\n');
}

export const documentEnd = '</body>\n</html>\n';

/** Data for the script. It is not run, whatever hosts have said: without a `<` nothing in it can end it. */
export const dataBlock = (entries: readonly Entry[]): string =>
	`<script type="application/json">${JSON.stringify(entries).replaceAll('<', '\\u003c')}</script>\n`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const escaped = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
