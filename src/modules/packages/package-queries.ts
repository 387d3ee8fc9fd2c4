import type { Reader } from '../../module/contract.ts';
import { sh } from '../../shell/command.ts';
import { linesOf } from '../lib/lines.ts';
import type { PackageSystem } from './package-arguments.ts';

/** Names that other, installed packages stand for (`libssl3` by `libssl3t64`), with their versions. */
export async function installedProviders(
	names: readonly string[],
	host: Reader,
): Promise<ReadonlyMap<string, string>> {
	const { stdout } = await host.read(
		sh`dpkg-query --show --showformat ${'${db:Status-Status}\\t${Version}\\t${Provides}\\n'}`,
		{ ok: [0, 1] },
	);
	const found = new Map<string, string>();
	for (const line of linesOf(stdout)) {
		const [status, version = '', provides = ''] = line.split('\t');
		for (const item of status === 'installed' && provides !== '' ? provides.split(',') : []) {
			const [name = ''] = item.trim().split(' ');
			if (names.includes(name)) {
				found.set(name, version);
			}
		}
	}

	return found;
}

/** Packages that are gone but for their configuration files. */
export async function remainingConfiguration(
	names: readonly string[],
	host: Reader,
): Promise<ReadonlyMap<string, string>> {
	const { stdout } = await host.read(
		sh`dpkg-query --show --showformat ${'${Package}\\t${db:Status-Status}\\n'} ${names}`,
		{ ok: [0, 1] },
	);
	return new Map(
		linesOf(stdout)
			.map((line) => line.split('\t'))
			.filter(([, status]) => status === 'config-files')
			.map(([name = '']) => [name, 'only its configuration']),
	);
}

/** The newest versions that the lists on the host know. */
export async function newestVersions(
	system: PackageSystem,
	names: readonly string[],
	host: Reader,
): Promise<ReadonlyMap<string, string>> {
	if (system === 'dnf') {
		// 100: there are newer ones. What is not listed is the newest already.
		const { stdout } = await host.read(sh`dnf --quiet check-update ${names}`, { ok: [0, 100] });
		return new Map(
			linesOf(stdout)
				.map((line) => line.split(/\s+/))
				.map(([name = '', version = '']) => [name.replace(/\.\w+$/, ''), version]),
		);
	}

	const { stdout } = await host.read(sh`env LC_ALL=C apt-cache policy ${names}`);
	const blocks = stdout.split(/^(?=\S)/m);
	return new Map(
		blocks.flatMap((block) => {
			const candidate = /^ {2}Candidate: (?!\(none\))(.*)$/m.exec(block)?.[1];
			return candidate === undefined ? [] : [[block.slice(0, block.indexOf(':\n')), candidate] as const];
		}),
	);
}
