import authorizedKey from '../../../src/modules/accounts/authorized_key.ts';
import { contractRows } from '../../contract-rows.ts';

const [ann, bob] = ['AAAAC3NzaC1lZDI1NTE5AAAAIAnn', 'AAAAC3NzaC1lZDI1NTE5AAAAIBob'].map(
	(blob) => `ssh-ed25519 ${blob}`,
);

export default contractRows(authorizedKey, [
	{
		title: 'a key, in a file that sshd accepts',
		setup: 'useradd --create-home g2p-keys',
		args: { user: 'g2p-keys', key: `${ann} ann@example.org`, key_options: 'no-pty' },
		verify: `grep -qxF 'no-pty ${ann} ann@example.org' /home/g2p-keys/.ssh/authorized_keys && [ "$(stat -c %U:%a /home/g2p-keys/.ssh /home/g2p-keys/.ssh/authorized_keys | xargs)" = 'g2p-keys:700 g2p-keys:600' ]`,
	},
	{
		title: 'one key and no other',
		setup: `useradd --create-home g2p-only && install -d -m 700 -o g2p-only -g g2p-only /home/g2p-only/.ssh && printf '%s\\n' '# x' '${ann}' '${bob}' > /home/g2p-only/.ssh/authorized_keys && chown g2p-only:g2p-only /home/g2p-only/.ssh/authorized_keys`,
		args: { user: 'g2p-only', key: [`${bob}`], exclusive: true },
		verify: `[ "$(cat /home/g2p-only/.ssh/authorized_keys)" = '${bob}' ]`,
	},
]);
