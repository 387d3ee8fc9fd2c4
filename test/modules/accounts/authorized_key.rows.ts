import authorizedKey from '../../../src/modules/accounts/authorized_key.ts';
import { stateRows } from '../../rows.ts';

const [a, b, c] = ['ssh-ed25519 AAAAa ann@x', 'ssh-rsa AAAAb bob@x', 'ecdsa-sha2-nistp256 AAAAc'];
const path = '/home/g2p/.ssh/authorized_keys';
const host = (content?: string) => ({
	users: { g2p: { home: '/home/g2p', primaryGroup: 'team' } },
	files: {
		'/home/g2p/.ssh': { type: 'directory' as const, mode: '0700', owner: 'g2p' },
		...(content === undefined ? {} : { [path]: { content, mode: '0600', owner: 'g2p' } }),
	},
});
const upload = (content: string) => ({
	step: `upload ${path} (${content.length} bytes, 0600, g2p:team)`,
	content,
});

export default stateRows(authorizedKey, [
	{
		title: 'makes folder and file',
		args: { user: 'g2p', key: a },
		host: { ...host(), files: {} },
		steps: ['install -d -m 0700 -o g2p -g team /home/g2p/.ssh', upload(`${a}\n`)],
	},
	{
		title: 'adds several, leaves others and comments alone',
		args: { user: 'g2p', key: `${a}\n# note\n${c}\n` },
		host: host(`# mine\n${b}\n`),
		steps: [upload(`# mine\n${b}\n${a}\n${c}\n`)],
	},
	{ title: 'is content when they are there', args: { user: 'g2p', key: [a, b] }, host: host(`${b}\n${a}\n`) },
	{
		title: 'replaces options and comment of a key in its place',
		args: { user: 'g2p', key: a, key_options: 'command="ls -l",no-pty', comment: 'ann' },
		host: host(`from="10.0.0.0/8, 1.2.3.4" ${a}\n${b}\n${a}\n`),
		steps: [upload(`command="ls -l",no-pty ssh-ed25519 AAAAa ann\n${b}\n`)],
	},
	{
		title: 'removes all others',
		args: { user: 'g2p', key: [a], exclusive: true },
		host: host(`# mine\n${b}\n${a}\n`),
		steps: [upload(`${a}\n`)],
	},
	{
		title: 'takes keys away, whatever their options',
		args: { user: 'g2p', key: [a], state: 'absent' },
		host: host(`no-pty ${a}\n${b}\n`),
		steps: [`upload ${path} (${b.length + 1} bytes)`],
	},
	{
		title: 'has nothing to take away',
		args: { user: 'g2p', key: [a], state: 'absent' },
		host: { ...host(), files: {} },
	},
	{
		title: 'sets the permissions without which sshd ignores the file',
		args: { user: 'g2p', key: [a] },
		host: {
			...host(),
			files: { '/home/g2p/.ssh': { type: 'directory', mode: '0777', owner: 'root' }, [path]: `${a}\n` },
		},
		steps: ['install -d -m 0700 -o g2p -g team /home/g2p/.ssh', upload(`${a}\n`)],
	},
	{
		title: 'needs the user',
		args: { user: 'who', key: [a] },
		host: host(),
		error: /no user named who\nmake the account first/,
	},
	{
		title: 'a user who does not exist has no keys',
		args: { user: 'who', key: [a], state: 'absent' },
		host: host(),
	},
	{
		title: 'knows a key when it sees one',
		args: { user: 'g2p', key: 'not a key' },
		error: /a public key looks like/,
	},
]);
