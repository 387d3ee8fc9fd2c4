import { when } from '../../shell/combine.ts';
import { sh } from '../../shell/command.ts';

/** systemd makes its units for mounts and swap from the fstab when it reloads; elsewhere nothing is to do. */
export const reloadGenerators = when(sh`test -d /run/systemd/system`, sh`systemctl daemon-reload`);
