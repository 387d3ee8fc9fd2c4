import type { Facts } from '../module/facts.ts';
import { lines, type Probes, type Said } from './sections.ts';

export const hardwareProbes: Probes = {
	cpus: 'nproc || grep -c ^processor /proc/cpuinfo',
	memory: 'cat /proc/meminfo',
	// A network file system whose server is gone must not hold everything up.
	mounts: 'if command -v timeout >/dev/null; then timeout 5 df -PTk; else df -PTk; fi',
	virtualization: `if command -v systemd-detect-virt >/dev/null; then systemd-detect-virt
elif [ -e /.dockerenv ]; then echo docker
elif [ -e /run/.containerenv ]; then echo podman
elif grep -q ^flags.*hypervisor /proc/cpuinfo; then echo vm
else echo none; fi`,
};

export const hardware = (
	said: Said,
): Pick<Facts, 'cpus' | 'memory_mb' | 'swap_mb' | 'mounts' | 'virtualization'> => ({
	cpus: Number(said('cpus')) || 0,
	memory_mb: memory(said('memory'), 'MemTotal'),
	swap_mb: memory(said('memory'), 'SwapTotal'),
	mounts: mounts(said('mounts')),
	virtualization: said('virtualization') || 'none',
});

/** Of /proc/meminfo, whose "kB" are KiB. */
const memory = (text: string, name: string): number =>
	Math.floor(Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024);

/** What holds data: disks, network file systems and the root, whatever it is. */
function mounts(text: string): Facts['mounts'] {
	return lines(text).flatMap((line) => {
		const [, device = '', fstype = '', size, available, mount = ''] =
			/^(\S+)\s+(\S+)\s+(\d+)\s+\d+\s+(\d+)\s+\S+\s+(.+)$/.exec(line) ?? [];
		const holdsData = mount === '/' || /^\/|:/.test(device);
		return holdsData && device !== ''
			? [
					{
						mount,
						device,
						fstype,
						size_mb: Math.floor(Number(size) / 1024),
						available_mb: Math.floor(Number(available) / 1024),
					},
				]
			: [];
	});
}
