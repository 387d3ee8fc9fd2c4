import type { Reader } from '../../module/contract.ts';
import { silencing } from '../../shell/combine.ts';
import { sh } from '../../shell/command.ts';

const shown = 10;

/** What systemd knows of why a unit is not as it should be: its result, and the last lines of its journal. */
export async function whyNotRunning(name: string, host: Reader): Promise<readonly string[]> {
	const [status, journal] = await Promise.all([
		host.read(
			sh`systemctl show --property=ActiveState --property=SubState --property=Result --property=ExecMainStatus --property=ExecMainCode ${name}`,
		),
		host.read(silencing(sh`journalctl --unit ${name} --lines ${String(shown)} --no-pager --output cat`), {
			ok: [0, 1],
		}),
	]);
	const values = new Map(
		status.stdout.split('\n').map((line) => {
			const [key = '', ...value] = line.split('=');
			return [key, value.join('=')] as const;
		}),
	);
	const exit = values.get('ExecMainCode') === '1' ? `, exit code ${values.get('ExecMainStatus')}` : '';
	const lines = journal.stdout.split('\n').filter((line) => line.trim() !== '');
	return [
		`${name} is ${values.get('ActiveState')} (${values.get('SubState')}), result: ${values.get('Result')}${exit}`,
		...(lines.length === 0 ? [] : ['its journal ends with:', ...lines.map((line) => `  ${line}`)]),
	];
}
