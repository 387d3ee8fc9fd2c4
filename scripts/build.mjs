// `npm run build`: src/ → dist/, with nothing left of files that are gone. Types are checked and declared file by
// file; the code is bundled, because reading seven hundred small files takes longer than everything else that a
// run on one host does (docs/decisions/033-bundle.md).
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dependency } from './project.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

// Beside dist/ until it is complete: a build that fails leaves the last good one in place.
const fresh = `.build-${process.pid}`;

function declareTypes() {
	const words = ['-p', 'tsconfig.build.json', '--outDir', fresh];
	if (
		spawnSync(process.execPath, [dependency('typescript/bin/tsc'), ...words], { stdio: 'inherit' }).status !==
		0
	) {
		throw new Error('see above');
	}
}

/** Of the declarations only those that the public one leads to: nobody else's can be imported. */
function dropUnreachableTypes() {
	const reached = new Set();
	const follow = (file) => {
		if (reached.has(file)) {
			return;
		}

		reached.add(file);
		const text = readFileSync(join(fresh, file), 'utf8');
		for (const [, path] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)\.[jt]s['"]/g)) {
			follow(join(dirname(file), `${path}.d.ts`));
		}
	};
	follow('index.d.ts');
	for (const file of readdirSync(fresh, { recursive: true })) {
		if (file.endsWith('.d.ts') && !reached.has(file)) {
			rmSync(join(fresh, file));
		}
	}
}

async function bundle() {
	const { build } = await import('esbuild');
	const { metafile } = await build({
		entryPoints: ['src/main.ts', 'src/index.ts'],
		outdir: fresh,
		chunkNames: 'chunks/[name]-[hash]',
		bundle: true,
		// Names stay, for errors that somebody reports; a tenth of what a slow line has to carry goes.
		minifyWhitespace: true,
		splitting: true,
		format: 'esm',
		platform: 'node',
		target: 'node20.19',
		// What packages in CommonJS expect to be there.
		banner: {
			js: [
				"import { createRequire as requireFrom } from 'node:module';",
				'const require = requireFrom(import.meta.url);',
				'const __dirname = import.meta.dirname;',
			].join('\n'),
		},
		// Large, and only for hosts that are containers.
		external: ['dockerode', 'cpu-features'],
		plugins: [nativeCode, page],
		metafile: true,
		logLevel: 'warning',
	});
	writeFileSync(`${fresh}/LICENSES.md`, licenses(Object.keys(metafile.inputs)));
}

/** What ssh2 has compiled when it was installed stays where it is: it is for that machine. */
const nativeCode = {
	name: 'native-code',
	setup({ onResolve }) {
		onResolve({ filter: /sshcrypto\.node$/ }, () => ({
			path: 'ssh2/lib/protocol/crypto/build/Release/sshcrypto.node',
			external: true,
		}));
	},
};

/** The page of the HTML report: its script and style become texts, made by the file that makes them for the sources. */
const page = {
	name: 'page',
	setup({ onLoad }) {
		onLoad({ filter: /report\/html\/assets\.ts$/ }, async ({ path }) => {
			const { tsImport } = await import('tsx/esm/api');
			const { pageAssets } = await tsImport(path, import.meta.url);
			return { contents: `export const pageAssets = () => (${JSON.stringify(pageAssets())});`, loader: 'js' };
		});
	},
};

/** The licence of each package of which there is code in the bundle: they ask for it. */
function licenses(inputs) {
	const folders = inputs.map((path) => path.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//)?.[1]);
	return [...new Set(folders.filter((folder) => folder !== undefined))]
		.sort()
		.map((folder) => {
			const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
			const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
			const text =
				file === undefined ? `License: ${license}` : readFileSync(`${folder}/${file}`, 'utf8').trim();
			return `# ${name} ${version}\n\n${text}\n`;
		})
		.join('\n');
}

try {
	declareTypes();
	dropUnreachableTypes();
	await bundle();
	chmodSync(`${fresh}/main.js`, 0o755);
	rmSync('dist', { recursive: true, force: true });
	renameSync(fresh, 'dist');
} catch (error) {
	process.stderr.write(`The build failed: ${error.message}. dist/ is as it was.\n`);
	process.exitCode = 1;
} finally {
	rmSync(fresh, { recursive: true, force: true });
}
