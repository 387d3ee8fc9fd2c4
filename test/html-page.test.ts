import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { browserPath } from './fixtures/report/browser.ts';
import {
	answered,
	endOf,
	pageOf,
	recapOf,
	resultOf,
	sampleRun,
	startOf,
	taskNamed,
} from './fixtures/report/run.ts';

// The page of the HTML report, as a person has it: in a browser, from a file.

const folder = mkdtempSync(join(tmpdir(), 'g2p-page-'));
const write = (name: string, text: string): string => {
	const file = join(folder, name);
	writeFileSync(file, text);
	return file;
};
const sample = write('run.html', pageOf(sampleRun()));

// Nothing here is about speed, and a browser on a busy machine is slow.
const patience = 60_000;

let browser: Browser | undefined;
test.before(async (t) => {
	t.timeout(2 * patience);
	if (browserPath !== undefined) {
		// Root has no sandbox, and containers have little of /dev/shm.
		const args = ['--no-sandbox', '--disable-dev-shm-usage'];
		browser = await chromium.launch({ executablePath: browserPath, args, timeout: patience });
	}
});
test.after.always(async () => {
	await browser?.close();
	rmSync(folder, { recursive: true });
});

const inBrowser = browserPath === undefined ? test.serial.skip : test.serial;

type Opened = { readonly page: Page; readonly problems: readonly string[] };

/** A page that is read; what it says in the console, and what it asks of a network. */
async function open(
	t: ExecutionContext,
	file: string,
	colorScheme: 'light' | 'dark' = 'light',
): Promise<Opened> {
	if (browser === undefined) {
		throw new Error('no browser was started');
	}

	const context = await browser.newContext({ colorScheme, viewport: { width: 1200, height: 900 } });
	t.teardown(() => context.close());
	const page = await context.newPage();
	t.timeout(4 * patience);
	page.setDefaultTimeout(patience);
	const problems: string[] = [];
	page.on('console', (message) => problems.push(`${message.type()}: ${message.text()}`));
	page.on('pageerror', (error) => problems.push(String(error)));
	page.on('request', (request) => {
		if (!/^(?:file|data):/.test(request.url())) {
			problems.push(`asked for ${request.url()}`);
		}
	});
	await page.goto(pathToFileURL(file).href);
	await page.locator('#tasks h2').waitFor();
	return { page, problems };
}

const texts = (page: Page, selector: string): Promise<readonly string[]> =>
	page
		.locator(selector)
		.allTextContents()
		.then((all) => all.map((text) => text.trim()));
const textOf = async (locator: Locator): Promise<string> => ((await locator.textContent()) ?? '').trim();
const rows = (page: Page): Promise<readonly string[]> => texts(page, '#recap tbody th');
const failures = (page: Page): Promise<readonly string[]> => texts(page, '#failures h3');
/** After the filter has been applied, which waits for the person to stop typing. */
const settled = (page: Page, words: RegExp): Promise<unknown> =>
	page.locator('.filter output').filter({ hasText: words }).waitFor();

inBrowser('failures come first, each with its hosts, its remedy and what was said', async (t) => {
	const { page, problems } = await open(t, sample);
	t.is(await page.title(), '✗ g2pbook run site.yml');
	t.regex(await textOf(page.locator('.verdict')), /^Failed on 2 of 14 hosts \[web03 web07\]/);
	t.deepEqual(await texts(page, 'h2'), ['2 failures, and what to do', 'Hosts: 14', 'Tasks: 10']);
	const failure = page.locator('article', { hasText: 'Check what nginx thinks of it' });
	t.is(await textOf(failure.locator('.hosts')), 'web03 web07');
	t.is(await textOf(failure.locator('.message')), 'the command ended with code 1');
	t.regex(await textOf(failure.locator('.remedy')), /^What to do: certificates are made by the role certs/);
	t.is(await textOf(failure.locator('.steps')), '$ nginx -t');
	t.regex(await textOf(failure.locator('.said')), /cannot load certificate/);
	t.true(await failure.isVisible());
	t.deepEqual(problems, []);
});

inBrowser('a host, a status, a text: what is left is what fits', async (t) => {
	const { page, problems } = await open(t, sample);
	t.deepEqual((await rows(page)).slice(0, 4), ['web03', 'web07', 'web12', 'db01']);

	await page.locator('#host').fill('web07');
	await settled(page, /^1 host and 4 tasks/);
	t.deepEqual(await rows(page), ['web07']);
	t.deepEqual(await texts(page, '#failures .hosts'), ['web07']);

	await page.locator('#host').fill('db*');
	await settled(page, /^2 hosts/);
	t.deepEqual(await rows(page), ['db01', 'db02']);
	t.deepEqual(await failures(page), []);

	await page.locator('#clear').click();
	t.is((await rows(page)).length, 14);
	await page.getByRole('button', { name: 'unreachable' }).click();
	t.deepEqual(await rows(page), ['web12']);
	t.deepEqual(await failures(page), ['! unreachable Gather facts']);
	await page.getByRole('button', { name: '✗ failed' }).click();
	t.deepEqual(await rows(page), ['web03', 'web07', 'web12']);

	// From anywhere, by keys only.
	await page.keyboard.press('Escape');
	t.is((await rows(page)).length, 14);
	await page.locator('h1').click();
	await page.keyboard.press('/');
	await page.keyboard.type('listen 443');
	await settled(page, /^3 hosts and 1 task /);
	t.deepEqual(await rows(page), ['web03', 'web07', 'web09']);
	t.deepEqual(await texts(page, '#tasks summary'), ['~ Configure the site changed 3 [web03 web07 web09]']);

	await page.locator('#text').fill('no such thing');
	await settled(page, /^0 hosts and 0 tasks/);
	t.deepEqual(problems, []);
});

inBrowser('the name of a host shows only that host', async (t) => {
	const { page } = await open(t, sample);
	await page.locator('#recap tbody button', { hasText: 'web01' }).click();
	t.deepEqual(await rows(page), ['web01']);
	t.is(await page.locator('#host').inputValue(), 'web01');
});

type Contrast = { readonly text: string; readonly ratio: number; readonly background: string };
const contrastScript = readFileSync(new URL('fixtures/report/contrasts.js', import.meta.url), 'utf8');

for (const scheme of ['light', 'dark'] as const) {
	inBrowser(`a diff opens, and can be read: ${scheme}`, async (t) => {
		const { page, problems } = await open(t, sample, scheme);
		const task = page.locator('details.task', { hasText: 'Configure the site' });
		t.is(await task.locator('.change').count(), 0, 'made when it is opened');
		await task.locator('summary').focus();
		await page.keyboard.press('Enter');
		const diff = task.locator('.change');
		await diff.waitFor();
		t.deepEqual(await diff.locator('ins').allTextContents(), ['0600', '+  listen 443 ssl;', '+  http2 on;']);
		t.deepEqual(await diff.locator('del').allTextContents(), ['0644', '-  listen 80;']);
		const contrasts = (await page.evaluate(contrastScript)) as readonly Contrast[];
		t.true(contrasts.length > 20);
		t.deepEqual(
			contrasts.filter(({ ratio }) => ratio < 4.5),
			[],
			'WCAG 2 asks for 4.5 to 1',
		);
		const [red] = contrasts.filter(({ text }) => text === '0644');
		t.is(red?.background, scheme === 'light' ? 'rgb(244, 245, 247)' : 'rgb(30, 35, 41)');
		t.deepEqual(problems, []);
	});
}

inBrowser('the time line of a host says what it waited for', async (t) => {
	const { page } = await open(t, sample);
	const line = page.locator('tr', { hasText: 'web12' }).locator('svg');
	t.regex(
		(await line.getAttribute('aria-label')) ?? '',
		/^login 10\.0 s, waiting for the host 0 ms, .*waiting for others/,
	);
	t.not(await line.locator('path.login').getAttribute('d'), '');
	t.not(await line.locator('path.bad').getAttribute('d'), '');
});

inBrowser('on paper: failures and all time lines, no buttons to filter', async (t) => {
	const { page, problems } = await open(t, sample, 'dark');
	await page.evaluate("dispatchEvent(new Event('beforeprint'))");
	await page.emulateMedia({ media: 'print' });
	t.is(await page.locator('#recap svg').count(), 14);
	t.false(await page.locator('.filter').isVisible());
	t.true(await page.locator('.remedy').first().isVisible());
	t.true((await page.pdf()).length > 10_000);
	t.deepEqual(problems, []);
});

inBrowser('a run that was killed: what there was, and what to do', async (t) => {
	const whole = pageOf(sampleRun().slice(0, 60));
	const file = write('killed.html', `${whole}<script type="application/json">[{"kind":"pl`);
	const { page, problems } = await open(t, file);
	t.regex(await textOf(page.locator('.verdict')), /^The run has not told its end/);
	t.true((await failures(page)).length > 0);
	t.deepEqual(problems, []);
});

inBrowser(
	'hosts that end a task one by one are told together; who does it again is told again',
	async (t) => {
		const [one, other] = [taskNamed('One'), taskNamed('Other')];
		const done = (task: typeof one, ...hosts: readonly string[]) =>
			answered(
				task,
				hosts.map((host) => resultOf(host, 'changed')),
			);
		const events = [
			startOf(['a', 'b']),
			{ kind: 'play-start', play: 'Free', hosts: ['a', 'b'], batch: undefined } as const,
			...[...done(one, 'a'), ...done(other, 'a'), ...done(one, 'b'), ...done(other, 'b'), ...done(one, 'a')],
			endOf([recapOf('a', { changed: 3 }), recapOf('b', { changed: 2 })]),
		];
		const { page } = await open(t, write('free.html', pageOf(events)));
		t.deepEqual(await texts(page, '#tasks summary'), [
			'~ One changed 2 [a b]',
			'~ Other changed 2 [a b]',
			'~ One changed 1 [a]',
		]);
		t.is(await page.title(), '✓ g2pbook run site.yml');
		t.deepEqual(await failures(page), []);
	},
);

inBrowser('nothing that a host says is run', async (t) => {
	const evil =
		'</script><script>document.title="taken"</script><img src=x onerror="document.title=1"><b>bold</b>';
	const events = sampleRun().map((event) =>
		event.kind === 'task-end'
			? { ...event, results: event.results.map((result) => ({ ...result, message: evil })) }
			: event,
	);
	const { page, problems } = await open(t, write('evil.html', pageOf(events)));
	t.is(await page.title(), '✗ g2pbook run site.yml');
	t.is(await page.locator('main b, main img').count(), 0);
	t.is(await textOf(page.locator('.message').first()), evil);
	t.deepEqual(problems, []);
});

inBrowser('a thousand hosts and three hundred tasks are there at once', async (t) => {
	const file = join(folder, 'large.html');
	const large = ['--import=tsx', 'test/fixtures/report/large.ts', '1000', '300', file];
	execFileSync(process.execPath, large, { cwd: fileURLToPath(new URL('..', import.meta.url)) });
	const began = performance.now();
	const { page, problems } = await open(t, file);
	const opened = performance.now() - began;
	t.is((await rows(page)).length, 1000);
	await page.locator('#recap h2').scrollIntoViewIfNeeded();
	await page.locator('#recap svg').first().waitFor();
	const drawn = await page.locator('#recap svg').count();
	t.true(drawn > 0 && drawn < 100, `${drawn} time lines were drawn`);
	const typed = performance.now();
	await page.locator('#text').fill('disk 7');
	await settled(page, /hosts and \d+ tasks shown/);
	t.log(`opened in ${opened.toFixed(0)} ms, filtered in ${(performance.now() - typed).toFixed(0)} ms`);
	t.true(opened < 10_000);
	t.true(performance.now() - typed < 5000);
	t.true((await failures(page)).length > 0);
	t.deepEqual(problems, []);
});
