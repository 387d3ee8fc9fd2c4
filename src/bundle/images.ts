import { posix } from 'node:path';
import { parse } from 'yaml';
import { isMap } from '../vars/kinds.ts';
import { filesInArchive } from './archive.ts';

/** Images in a list of a release: one a line. */
export const imagesInList = (text: string): readonly string[] =>
	text.split(/\r?\n/).flatMap((line) => {
		const name = line.trim();
		return name === '' || name.startsWith('#') ? [] : [withRegistry(name)];
	});

/**
 * Images that the default values of a chart and of the charts in it name, whether a site switches them on or not. What a
 * chart only puts together in its templates is not seen.
 * @throws Error when it is no chart.
 */
export function imagesInChart(archive: Buffer): readonly string[] {
	const files = filesInArchive(archive);
	const found = [...files].flatMap(([path, content]) => {
		if (/\/charts\/[^/]+\.tgz$/.test(path)) {
			return imagesInChart(content);
		}

		if (posix.basename(path) !== 'values.yaml') {
			return [];
		}

		const chart = read(files.get(posix.join(posix.dirname(path), 'Chart.yaml')));
		const tag = isMap(chart) ? word(chart.appVersion) : '';
		return imagesIn(read(content), { tag, hub: '' });
	});
	return [...new Set(found.map(withRegistry))].sort();
}

/** As containerd understands a name: who says no registry means Docker's. */
function withRegistry(name: string): string {
	const [first = '', ...rest] = name.split('/');
	if (rest.length === 0) {
		return `docker.io/library/${name}`;
	}

	return /[.:]/.test(first) || first === 'localhost' ? name : `docker.io/${name}`;
}

const read = (content: Buffer | undefined): unknown =>
	content === undefined
		? undefined
		: parse(content.toString('utf8'), { uniqueKeys: false, logLevel: 'error' });

/** What values further up say for those below. */
type Above = { readonly hub: string; readonly tag: string };

/** The forms that charts have for it: `repository` and `tag`, with or without a registry; `hub` and `image`; all in one text. */
function imagesIn(value: unknown, above: Above): readonly string[] {
	if (Array.isArray(value)) {
		return value.flatMap((item) => imagesIn(item, above));
	}

	if (!isMap(value)) {
		return [];
	}

	const hub = word(value.hub) || word(value.baseRepo) || hubBelow(value) || above.hub;
	const here = { hub, tag: word(value.tag) || tagBelow(value) || above.tag };
	const own = [inParts(value, here), inText(word(value.image), here)].filter((name) => name !== '');
	return [...own, ...Object.values(value).flatMap((item) => imagesIn(item, here))];
}

function inParts(value: Readonly<Record<string, unknown>>, { hub, tag }: Above): string {
	const repository = word(value.repository);
	// Addresses of other things, such as of a repository of charts, have a colon.
	if (!/^[\w./-]+$/.test(repository) || !('tag' in value || 'registry' in value || 'digest' in value)) {
		return '';
	}

	const registry = word(value.registry) || (repository.startsWith('/') ? hub : '');
	const name = [registry, repository.replace(/^\//, '')].filter((part) => part !== '').join('/');
	const digest = word(value.digest);
	return `${name}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;
}

function inText(image: string, { hub, tag }: Above): string {
	if (/^[\w.-]+(:\d+)?(\/[\w.-]+)+(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/.test(image)) {
		return /[:@][^/]*$/.test(image) ? image : `${image}:${tag}`;
	}

	// Istio's charts: `auto` is put in by its own admission.
	return hub !== '' && tag !== '' && image !== 'auto' && /^[\w-]+$/.test(image)
		? `${hub}/${image}:${tag}`
		: '';
}

// Istio says them under `global`, beside what they are for.
const hubBelow = ({ global }: Readonly<Record<string, unknown>>): string =>
	isMap(global) ? word(global.hub) : '';
const tagBelow = ({ global }: Readonly<Record<string, unknown>>): string =>
	isMap(global) && word(global.hub) !== '' ? word(global.tag) : '';

const word = (value: unknown): string =>
	typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
