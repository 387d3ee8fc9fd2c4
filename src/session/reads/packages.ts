import type { Package } from '../../module/host-state.ts';
import { readFailed } from '../read-failed.ts';
import { type Kind, words } from './kind.ts';

const noPackageSystem = 97;

/**
 * One dpkg-query(1), or rpm(8), for all packages. Only what is fully installed counts: a package that dpkg left half
 * configured is one that the package system still has to do.
 */
export const packages: Kind<Package | undefined> = {
	name: 'package',
	line: (names) =>
		`if command -v dpkg-query >/dev/null; then dpkg-query -W -f ${"'"}deb\\t\${Package}\\t\${Architecture}\\t\${Version}\\t\${db:Status-Status}\\t\${db:Status-Want}\\n${"'"} -- ${words(names)}; ` +
		`elif command -v rpm >/dev/null; then rpm -q --qf 'rpm\\t%{NAME}\\t%{ARCH}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\tinstalled\\tinstall\\n' -- ${words(names)}; ` +
		`else exit ${noPackageSystem}; fi`,
	answers(names, raw) {
		if (raw.code === noPackageSystem) {
			const failure = readFailed(
				`package ${names.join(' ')}`,
				{ code: raw.code, stderr: 'the host has neither dpkg-query nor rpm' },
				'packages are supported on Debian, Ubuntu, and distributions with rpm',
			);
			return names.map(() => ({ failure }));
		}

		const installed = new Map<string, Package>();
		for (const line of raw.stdout.toString().split('\n')) {
			const [system, name = '', architecture = '', version = '', status = '', want] = line.split('\t');
			if ((system !== 'deb' && system !== 'rpm') || !/^(installed|triggers-)/.test(status)) {
				continue;
			}

			const found = { version, held: want === 'hold' };
			installed.set(name, installed.get(name) ?? found);
			installed.set(`${name}:${architecture}`, found);
			installed.set(`${name}.${architecture}`, found);
		}

		// dpkg-query says 2, not 1, when its database cannot be read.
		if (raw.code > 1 && installed.size === 0 && raw.stderr.length > 0 && raw.stdout.length === 0) {
			const failure = readFailed(`package ${names.join(' ')}`, {
				code: raw.code,
				stderr: raw.stderr.toString(),
			});
			return names.map(() => ({ failure }));
		}

		return names.map((name) => ({ value: installed.get(name) }));
	},
};
