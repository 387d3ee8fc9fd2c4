export type SourceRequest = {
	readonly repo?: string | undefined;
	readonly uris?: readonly string[] | undefined;
	readonly suites?: readonly string[] | undefined;
	readonly components: readonly string[];
	readonly types: readonly string[];
	readonly architectures: readonly string[];
	readonly signed_by?: string | undefined;
	readonly enabled: boolean;
};

/** The text of a `.sources` file (deb822). */
export function sourcesText(request: SourceRequest, signedBy: string | undefined): string {
	const { uris, suites, components, types, architectures } =
		request.repo === undefined ? request : parseLine(request.repo);
	const fields = [
		['Types', types],
		['URIs', uris ?? []],
		['Suites', suites ?? []],
		['Components', components],
		['Architectures', architectures],
		['Signed-By', signedBy === undefined ? [] : [signedBy]],
		['Enabled', request.enabled ? [] : ['no']],
	] as const;
	const lines = fields
		.filter(([, words]) => words.length > 0)
		.map(([name, words]) => `${name}: ${words.join(' ')}`);
	// Said here so that another address is a difference, and its key is fetched.
	const address = request.signed_by?.startsWith('http') ? [`# key from ${request.signed_by}`] : [];
	return [...address, ...lines, ''].join('\n');
}

/** `deb [arch=amd64,arm64] https://example.org/apt stable main extra` */
function parseLine(line: string): Omit<SourceRequest, 'enabled'> {
	const [, type = '', options = '', rest = ''] = /^(\S+)\s+(?:\[([^\]]*)\]\s+)?(.*)$/.exec(line.trim()) ?? [];
	const [uri = '', suite = '', ...components] = rest.split(/\s+/);
	const architectures = /(?:^|\s)arch=(\S+)/.exec(options)?.[1]?.split(',') ?? [];
	return { types: [type], uris: [uri], suites: [suite], components, architectures };
}
