import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';

/**
 * Whether the configuration of ssh may say different things about different hosts. Where it does not, one
 * `ssh -G` serves all hosts of a run, and a process for each is saved.
 * @param file the only file that counts (`-F`); undefined: the user's and the system's
 */
export async function dependsOnHost(file: string | undefined): Promise<boolean> {
	if (file === 'none') {
		return false;
	}

	const files = file === undefined ? [join(homedir(), '.ssh/config'), '/etc/ssh/ssh_config'] : [file];
	const answers = await Promise.all(files.map((path) => mentionsHosts(path, 0)));
	return answers.includes(true);
}

async function mentionsHosts(path: string, depth: number): Promise<boolean> {
	const text = await readFile(path, 'utf8').catch(() => '');
	for (const line of text.split('\n')) {
		const [, keyword = '', value = ''] = /^\s*(\w+)[\s=]+(.*?)\s*$/.exec(line) ?? [];
		switch (keyword.toLowerCase()) {
			case 'match':
			case 'canonicalizehostname':
				return true;
			case 'host':
				if (value !== '*') {
					return true;
				}

				break;
			case 'include':
				if (depth > 8 || (await includesMention(value, dirname(path), depth + 1))) {
					return true;
				}

				break;
			default:
				// %h and its like stand for the host.
				if (/%[^%]/.test(value)) {
					return true;
				}
		}
	}

	return false;
}

async function includesMention(value: string, folder: string, depth: number): Promise<boolean> {
	for (const word of value.split(/\s+/)) {
		const path = word.startsWith('~/')
			? join(homedir(), word.slice(2))
			: isAbsolute(word)
				? word
				: join(folder, word);
		const pattern = basename(path);
		if (/[*?[]/.test(dirname(path)) || /[?[]/.test(pattern)) {
			return true;
		}

		const [before = '', after = ''] = pattern.split('*');
		const names = await readdir(dirname(path)).catch(() => []);
		for (const name of names) {
			const included = pattern.includes('*')
				? name.startsWith(before) && name.endsWith(after)
				: name === pattern;
			if (included && (await mentionsHosts(join(dirname(path), name), depth))) {
				return true;
			}
		}
	}

	return false;
}
