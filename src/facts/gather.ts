import type { Reader } from '../module/contract.ts';
import type { BasicFacts, Facts } from '../module/facts.ts';
import { Command } from '../shell/command.ts';
import { featureProbes, features } from './features.ts';
import { hardware, hardwareProbes } from './hardware.ts';
import { network, networkProbes } from './network.ts';
import { os, osProbes, release } from './os.ts';
import { type Probes, sections } from './sections.ts';

/**
 * What a host says about itself, in one round trip. What it cannot say is empty, zero, null or false.
 * @throws ReadFailed when it has no shell that can be talked to
 */
export async function gatherFacts(reader: Pick<Reader, 'read'>): Promise<Facts> {
	const { stdout } = await reader.read(factsCommand);
	return factsOf(stdout);
}

/** Only what modules depend on: the rest takes two dozen processes. @throws ReadFailed as `gatherFacts` does */
export async function gatherBasicFacts(reader: Pick<Reader, 'read'>): Promise<BasicFacts> {
	const { stdout } = await reader.read(basicsCommand, { ok: [0, 1] });
	const end = stdout.indexOf('\n');
	return { kernel: stdout.slice(0, end), os: release(stdout.slice(end + 1)) };
}

const basicsCommand = new Command(
	'cat /proc/sys/kernel/osrelease /etc/os-release 2>/dev/null || cat /usr/lib/os-release',
);

const probes: Probes = { ...osProbes, ...hardwareProbes, ...networkProbes, ...featureProbes };

/** Each probe with its name before it; no probe ends the others. */
const factsCommand = new Command(
	Object.entries(probes)
		.map(([name, line]) => `printf '\\036%s\\n' ${name}; { ${line}; } 2>/dev/null`)
		.concat('exit 0')
		.join('\n'),
);

/** The facts in what the probes printed. */
export function factsOf(text: string): Facts {
	const said = sections(text);
	return { ...os(said), ...hardware(said), ...network(said), features: features(said) };
}
