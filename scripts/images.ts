// `npx tsx scripts/images.ts`: the pictures of the README, docs/images/, from the run that the tests of the page look at.
// Needs a browser: `node scripts/programs.mjs test`.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { humanReport } from '../src/report/human.ts';
import { Redactor } from '../src/shell/secret.ts';
import { browserPath } from '../test/fixtures/report/browser.ts';
import { pageOf, sampleRun } from '../test/fixtures/report/run.ts';

const width = 1000;

/** What the terminal shows of the run. */
function terminalText(): string {
	const parts: string[] = [];
	const report = humanReport({
		write: (text) => void parts.push(text),
		colour: true,
		verbosity: 0,
		diff: true,
		live: false,
		width: () => 100,
		redactor: new Redactor(),
	});
	for (const event of sampleRun()) {
		report.event(event);
	}

	return parts.join('');
}

const colours: Readonly<Record<string, string>> = {
	1: 'font-weight: bold',
	2: 'opacity: 0.65',
	31: 'color: #ff7b72',
	32: 'color: #7ee787',
	33: 'color: #e3b341',
	35: 'color: #d2a8ff',
	36: 'color: #76e3ea',
};

/** Text with a terminal's colours as a page. */
function terminalPage(text: string): string {
	let open = 0;
	const body = text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours
		.replaceAll(/\u001B\[(\d+)m/g, (_, code: string) => {
			const style = colours[code];
			open += style === undefined ? -1 : 1;
			return style === undefined ? (open < 0 ? '' : '</span>') : `<span style="${style}">`;
		});
	return `<!doctype html><meta charset="utf-8"><body style="margin: 0; background: #14171b"><pre id="report" style="display: inline-block; margin: 0; padding: 16px; color: #e6e9ed; font: 13px/1.35 monospace">$ g2pbook run site.yml -i inventory --diff --report html=run.html\n${body}</pre>`;
}

const folder = mkdtempSync(join(tmpdir(), 'g2pbook-images-'));
const browser = await chromium.launch({
	...(browserPath && { executablePath: browserPath }),
	args: ['--no-sandbox'],
});

async function show(text: string): Promise<Page> {
	const file = join(folder, 'page.html');
	writeFileSync(file, text);
	const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: 'light' });
	await page.goto(pathToFileURL(file).href);
	return page;
}

try {
	mkdirSync('docs/images', { recursive: true });
	const report = await show(pageOf(sampleRun()));
	await report.locator('details.task', { hasText: 'Configure the site' }).locator('summary').click();
	// The time lines are drawn when they are seen.
	await report.setViewportSize({ width, height: 1700 });
	await report.locator('#recap svg').last().waitFor();
	await report.evaluate('scrollTo(0, 0)');
	await report.screenshot({ path: 'docs/images/report.png', clip: { x: 0, y: 0, width, height: 1080 } });
	const terminal = await show(terminalPage(terminalText()));
	await terminal.locator('#report').screenshot({ path: 'docs/images/terminal.png' });
} finally {
	await browser.close();
	rmSync(folder, { recursive: true });
}
