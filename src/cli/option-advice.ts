// Options of Ansible's programs that g2pbook has not: what does the same here. Their spelling leads elsewhere.

const store = (variable: string): string =>
	`store the password, "g2pbook secret set NAME -i INVENTORY", and write ${variable}: !secret NAME into the inventory`;

const age = 'secrets are encrypted with age: write --identity FILE';

const advice: Readonly<Record<string, string>> = {
	'--ask-become-password': 'write --ask-become-pass',
	'--ask-pass': store('ansible_password'),
	'--ask-vault-pass': age,
	'--become-method': 'set ansible_become_method in the inventory: sudo, su or doas',
	'--become-password-file': store('ansible_become_password'),
	'--become-user': 'write become_user into the play, or ansible_become_user into the inventory',
	'--connection-password-file': store('ansible_password'),
	'--dry-run': 'write --check',
	'--flush-cache': 'facts are asked for in each run: leave it out',
	'--inventory-file': 'write --inventory',
	'--json': 'write --report json=FILE',
	'--key-file': 'write --private-key',
	'--module-path': 'all modules are built in: leave it out',
	'--no-color': 'set NO_COLOR=1 in the environment',
	'--one-line': 'leave it out: there is a line for each host',
	'--remote-user': 'write --user',
	'--scp-extra-args': 'files travel over the same connection: leave it out',
	'--sftp-extra-args': 'files travel over the same connection: leave it out',
	'--ssh-common-args': 'set ansible_ssh_common_args in the inventory',
	'--ssh-extra-args': 'set ansible_ssh_extra_args in the inventory',
	'--subset': 'write --limit',
	'--syntax-check': 'write g2pbook lint PLAYBOOK',
	'--timeout': 'set ansible_timeout in the inventory, for tasks timeout',
	'--tree': 'write --report json=FILE',
	'--vault-id': age,
	'--vault-password-file': age,
	'-J': age,
	'-M': 'all modules are built in: leave it out',
	'-T': 'set ansible_timeout in the inventory, for tasks timeout',
	'-k': store('ansible_password'),
	'-o': 'leave it out: there is a line for each host',
};

/** A complaint about an unknown option, with what it means in place of one that is spelled alike. */
export function withOptionAdvice(complaint: string): string {
	const [first, option = ''] = /^error: unknown option '(--?[\w-]+)[^']*'/.exec(complaint) ?? [];
	return first === undefined || !Object.hasOwn(advice, option)
		? complaint
		: complaint.replace(/'(\n\(Did you mean .*\))?\n/, () => `'\n(${advice[option]})\n`);
}
