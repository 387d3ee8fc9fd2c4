import reboot from '../../../src/modules/machine/reboot.ts';
import { actionRows } from '../../rows.ts';

const boot = "cat /proc/sys/kernel/random/boot_id; sed 's/.*) //' /proc/1/stat | cut -d' ' -f20";
const down =
	"nohup sh -c 'sleep 1; systemctl reboot || shutdown -r now || reboot' >/dev/null 2>&1 </dev/null &";

export default actionRows(reboot, [
	{
		title: 'gives up on a host that does not come back new',
		args: { reboot_timeout: 0.01 },
		host: { commands: { [boot]: 'the same', [down]: '' } },
		error: /not back 0.01 s after/,
	},
]);
