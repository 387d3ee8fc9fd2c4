import mount from '../../../src/modules/machine/mount.ts';
import { contractRows } from '../../contract-rows.ts';

// An fstab of its own, because `swap` works on that of the host.
const fstab = '/srv/mount-fstab';

export default contractRows(mount, [
	{
		title: 'a file system, now and at boot',
		args: {
			path: '/srv/mount a',
			src: 'tmpfs',
			fstype: 'tmpfs',
			opts: 'size=1M,noexec',
			state: 'mounted',
			fstab,
		},
		verify: `findmnt '/srv/mount a' | grep -q noexec && grep -qF 'tmpfs /srv/mount\\040a tmpfs size=1M,noexec 0 0' ${fstab}`,
	},
	{
		title: 'nothing where something was mounted',
		setup: 'mkdir -p /srv/mount-gone && mount -t tmpfs tmpfs /srv/mount-gone',
		args: { path: '/srv/mount-gone', state: 'absent', fstab: '/srv/mount-fstab-2' },
		verify: '[ ! -e /srv/mount-gone ]',
	},
]);
