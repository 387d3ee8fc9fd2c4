import shell from '../../../src/modules/commands/shell.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { actionRows } from '../../rows.ts';

export default actionRows(shell, [
	{
		title: 'runs a script',
		args: { cmd: 'a | b' },
		host: { commands: { 'script for /bin/sh: a | b': 'out' } },
		steps: [{ step: 'script for /bin/sh: a | b', content: 'a | b' }],
		outcome: { changed: true },
	},
	{
		title: 'shows dots for a secret one',
		args: { cmd: new Secret('login --password hunter22') },
		host: { commands: { 'script for /bin/sh: ••••••': '' } },
		steps: ['script for /bin/sh: ••••••'],
	},
	{
		title: 'takes another shell',
		args: { cmd: 'set -o pipefail', executable: '/bin/bash' },
		host: { commands: { 'script for /bin/bash: set -o pipefail': '' } },
		steps: ['script for /bin/bash: set -o pipefail'],
	},
]);
