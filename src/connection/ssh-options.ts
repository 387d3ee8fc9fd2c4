import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import pLimit from 'p-limit';
import { Unreachable } from '../errors.ts';
import { dependsOnHost } from './ssh-config-files.ts';
import type { Target } from './target.ts';

/** What ssh_config(5) and the inventory say about one host, together. */
export type SshOptions = {
	readonly hostname: string;
	readonly port: number;
	readonly user: string;
	/** Name in known_hosts instead of the address. */
	readonly hostKeyAlias: string | undefined;
	/** Private keys to try, those that exist. */
	readonly identityFiles: readonly string[];
	/** Path of the socket of an agent. */
	readonly agent: string | undefined;
	/** Of the agent's keys, only those of `identityFiles`. */
	readonly identitiesOnly: boolean;
	/** Hosts to go through, in order: `user@host:port`. */
	readonly jumps: readonly string[];
	/** A program whose streams are the connection, its placeholders filled. */
	readonly proxyCommand: string | undefined;
	/** The first is where new keys are noted. */
	readonly knownHostsFiles: readonly string[];
	readonly globalKnownHostsFiles: readonly string[];
	readonly hashKnownHosts: boolean;
	readonly hostKeyChecking: 'strict' | 'accept-new';
	/** Seconds. */
	readonly connectTimeout: number;
};

const atATime = pLimit(4);
const once = memory();

/**
 * The options of a host: the answer of `ssh -G`, so that Host, Match and Include of ~/.ssh/config mean what they mean
 * for ssh(1), overlaid by the inventory. Without an ssh program only the inventory counts.
 * @throws Unreachable when ssh does not understand the options
 */
export async function sshOptions(target: Target): Promise<SshOptions> {
	const configured = await configuration(target);
	const one = (name: string): string | undefined => {
		const value = configured.get(name)?.[0];
		return value === undefined || value === 'none' ? undefined : value;
	};
	const files = (name: string): string[] =>
		(configured.get(name) ?? [])
			.flatMap((value) => value.split(' '))
			.filter((path) => path !== 'none' && path !== '')
			.map(inHome);
	const hostname = one('hostname') ?? target.host;
	const port = target.port ?? Number(one('port') ?? 22);
	const user = target.user ?? one('user') ?? userInfo().username;
	const agent = one('identityagent') ?? 'SSH_AUTH_SOCK';
	return {
		hostname,
		port,
		user,
		hostKeyAlias: one('hostkeyalias'),
		identityFiles:
			target.privateKeyFile === undefined
				? (configured.get('identityfile') ?? []).map(inHome).filter((path) => existsSync(path))
				: [inHome(target.privateKeyFile)],
		agent: agent === 'SSH_AUTH_SOCK' ? process.env.SSH_AUTH_SOCK : inHome(agent),
		identitiesOnly: one('identitiesonly') === 'yes',
		jumps: one('proxyjump')?.split(',') ?? [],
		proxyCommand: one('proxycommand')?.replace(
			/%([hpr%n])/g,
			(_, letter: string) => ({ h: hostname, p: String(port), r: user, n: target.host })[letter] ?? '%',
		),
		knownHostsFiles: files('userknownhostsfile'),
		globalKnownHostsFiles: files('globalknownhostsfile'),
		hashKnownHosts: one('hashknownhosts') === 'yes',
		hostKeyChecking:
			target.hostKeyChecking ?? (one('stricthostkeychecking') === 'accept-new' ? 'accept-new' : 'strict'),
		connectTimeout: target.connectTimeout ?? Number(one('connecttimeout') ?? 10),
	};
}

async function configuration(target: Target): Promise<ReadonlyMap<string, readonly string[]>> {
	const args = splitWords(target.commonArgs ?? '');
	const words = [
		...args,
		...(target.port === undefined ? [] : ['-p', String(target.port)]),
		...(target.user === undefined ? [] : ['-l', target.user]),
		'--',
	];
	const special = /%|hostname/i.test(target.commonArgs ?? '') || /[@/]/.test(target.host);
	if (special || (await once(`-F ${configFile(args)}`, () => dependsOnHost(configFile(args))))) {
		return once([...words, target.host].join('\0'), () =>
			atATime(() => ask([...words, target.host], target)),
		);
	}

	const { hostname: _, ...shared } = Object.fromEntries(
		await once(words.join('\0'), () => atATime(() => ask([...words, target.host], target))),
	);
	return new Map(Object.entries(shared));
}

/** The file that `-F` names. */
export function configFile(words: readonly string[]): string | undefined {
	const at = words.indexOf('-F');
	return at === -1 ? words.find((word) => word.startsWith('-F'))?.slice(2) : words[at + 1];
}

async function ask(
	words: readonly string[],
	target: Target,
): Promise<ReadonlyMap<string, readonly string[]>> {
	const { exitCode, stdout, stderr, code } = await execa('ssh', ['-G', ...words], {
		reject: false,
		stdin: 'ignore',
	});
	if (code === 'ENOENT') {
		return fallback;
	}

	if (exitCode !== 0) {
		throw new Unreachable(`${target.name}: ssh does not understand its options: ${stderr.trim()}`, {
			hint: 'look at ~/.ssh/config and at ansible_ssh_common_args',
		});
	}

	const found = new Map<string, string[]>();
	for (const line of stdout.split('\n')) {
		const at = line.indexOf(' ');
		const name = line.slice(0, at);
		found.set(name, [...(found.get(name) ?? []), line.slice(at + 1)]);
	}

	return found;
}

const fallback: ReadonlyMap<string, readonly string[]> = new Map([
	['identityfile', ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa']],
	['userknownhostsfile', ['~/.ssh/known_hosts']],
	['globalknownhostsfile', ['/etc/ssh/ssh_known_hosts']],
]);

const inHome = (path: string): string => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : path);

/** Words as a shell would split them, with single and double quotes. */
export function splitWords(text: string): readonly string[] {
	return [...text.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
		word.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''),
	);
}

/** Remembers what was asked in this run: a hundred hosts are one question. */
function memory(): <T>(key: string, ask: () => Promise<T>) => Promise<T> {
	const answers = new Map<string, Promise<unknown>>();
	return <T>(key: string, ask: () => Promise<T>) => {
		const answer = answers.get(key) ?? ask();
		answers.set(key, answer);
		// A key is always asked by the same function.
		return answer as Promise<T>;
	};
}
