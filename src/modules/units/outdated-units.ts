import type { Reader } from '../../module/contract.ts';
import { sequence } from '../../shell/combine.ts';
import { sh } from '../../shell/command.ts';
import { linesOf } from '../lib/lines.ts';

/**
 * The units whose files have changed since systemd read them; of one unit, or (`*`) of all that are loaded. What
 * systemd says by itself is not enough: it overlooks a new folder of drop-ins, and a new file that hides another. `--all`, since
 * of a pattern it shows only what is active otherwise: not a service that waits for its timer, which keeps it loaded as it was.
 */
export async function outdatedUnits(pattern: string, host: Reader): Promise<readonly string[]> {
	const { stdout } = await host.read(
		sequence(
			sh`systemctl show --all --property=Id,LoadState,FragmentPath,DropInPaths,NeedDaemonReload ${pattern}`,
			sh`find /etc/systemd/system -maxdepth 2 -type f`,
		),
		{ ok: [0, 1] },
	);
	const files = linesOf(stdout).filter((line) => line.startsWith('/'));
	return stdout
		.split('\n\n')
		.map(properties)
		.filter((unit) => isOutdated(unit, files, pattern === '*'))
		.map(({ Id = pattern }) => Id);
}

type Properties = Readonly<Record<string, string | undefined>>;

function isOutdated(
	{
		Id: id = '',
		LoadState: load,
		FragmentPath: path = '',
		DropInPaths: paths = '',
		NeedDaemonReload: said,
	}: Properties,
	files: readonly string[],
	isOneOfAll: boolean,
): boolean {
	const known = new Set([path, ...paths.split(' ')]);
	const found = files.filter((file) => isPartOf(file, id) && !known.has(file));
	// What is only remembered, as a service that failed is: no reload brings its file back, and what was left of it is read by nobody.
	if (load === 'not-found' && isOneOfAll) {
		return found.some((file) => file.endsWith(`/${id}`));
	}

	// Nobody reads the drop-ins of a masked unit; of one that has any, systemd 252 says `yes` for ever.
	if (load === 'masked') {
		return said === 'yes' && paths === '';
	}

	// It runs, its file was gone when systemd looked, and now it has one again.
	const isLost = load === 'error' && !isOneOfAll;
	return said === 'yes' || isLost || found.length > 0;
}

const properties = (block: string): Properties =>
	Object.fromEntries(linesOf(block).map((line) => line.split(/=(.*)/s)));

/** `/etc/systemd/system/getty@.service.d/x.conf` belongs to every `getty@….service`. */
function isPartOf(file: string, id: string): boolean {
	const [unit = '', dropIn] = file.replace('/etc/systemd/system/', '').split('.d/');
	const [template, type] = unit.split('@.');
	const ofTemplate = type !== undefined && id.startsWith(`${template}@`) && id.endsWith(`.${type}`);
	return unit === id || (ofTemplate && dropIn?.endsWith('.conf') === true);
}
