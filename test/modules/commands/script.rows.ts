import script from '../../../src/modules/commands/script.ts';
import { actionRows } from '../../rows.ts';

export default actionRows(script, [
	{
		title: 'runs a file with its own interpreter',
		args: { cmd: 'a.py --short "b c"' },
		run: { files: { 'a.py': '#!/usr/bin/env python3\n' } },
		host: { commands: { "script for /usr/bin/env python3: /controller/a.py --short 'b c'": '' } },
		steps: ["script for /usr/bin/env python3: /controller/a.py --short 'b c'"],
	},
	{
		title: 'runs a file without one with /bin/sh',
		args: { cmd: 'a.sh' },
		run: { files: { 'a.sh': 'echo hello\n' } },
		host: { commands: { 'script: /controller/a.sh': '' } },
		steps: ['script: /controller/a.sh'],
	},
	{
		title: 'takes another interpreter',
		args: { cmd: 'a.sh', executable: 'bash -e' },
		run: { files: { 'a.sh': '' } },
		host: { commands: { 'script for bash -e: /controller/a.sh': '' } },
		steps: ['script for bash -e: /controller/a.sh'],
	},
]);
