import { type Command, InvalidArgumentError } from 'commander';
import type { RotateFlags, StoreFlags } from './flags.ts';
import { examples, positive } from './options.ts';

/** `secret init|edit|view|set|rotate`: the encrypted store beside an inventory. */
export function registerSecret(program: Command): void {
	const secret = program
		.command('secret')
		.description('keep passwords and keys in an encrypted file beside the inventory');

	const init = onStore(secret.command('init'))
		.description('make a key for you, if you have none, and a store')
		.action(async (flags: StoreFlags) => (await import('./secret-store.ts')).initStore(flags));
	examples(init, 'g2pbook secret init -i inventories/prod');

	const edit = onStore(secret.command('edit'))
		.description('open all secrets in $VISUAL or $EDITOR')
		.action(async (flags: StoreFlags) => (await import('./secret-edit.ts')).editStore(flags));
	examples(edit, 'EDITOR=nano g2pbook secret edit -i inventories/prod');

	const view = onStore(secret.command('view'))
		.argument('[name]', 'the secret to print in clear')
		.description('list the names; with a name, print that secret')
		.action(async (name: string | undefined, flags: StoreFlags) =>
			(await import('./secret-store.ts')).viewSecret(name, flags),
		);
	examples(
		view,
		'g2pbook secret view -i inventories/prod',
		'g2pbook secret view pg_password -i inventories/prod',
	);

	const set = onStore(secret.command('set'))
		.argument('<name>')
		.description('store a secret, typed unseen or read from standard input')
		.action(async (name: string, flags: StoreFlags) =>
			(await import('./secret-store.ts')).setSecret(name, flags),
		);
	examples(
		set,
		'g2pbook secret set smtp_password -i inventories/prod',
		'g2pbook secret set tls_key -i inventories/prod < site.key',
	);

	const rotate = onStore(secret.command('rotate'))
		.argument('[name]', 'the secret that gets a new value')
		.option('--length <characters>', 'as long as the old one, when not given', positive)
		.option('--alphabet <name>', 'as the old one, when not given: digits, hex, alphanumeric, base64url …')
		.description('make a new value; without a name, encrypt all again to those in recipients.txt')
		.action(async (name: string | undefined, flags: RotateFlags) =>
			(await import('./secret-store.ts')).rotateSecret(name, flags),
		);
	examples(
		rotate,
		'g2pbook secret rotate pg_password -i inventories/prod',
		'g2pbook secret rotate -i inventories/prod     after a change of recipients.txt',
	);
}

const onStore = (command: Command): Command =>
	command
		.requiredOption('-i, --inventory <folder>', 'folder of the inventory (given twice: the last)', folderName)
		.option('--identity <file>', 'age key that opens the secrets (or G2PBOOK_AGE_KEY_FILE)');

function folderName(value: string): string {
	if (value.includes(',')) {
		throw new InvalidArgumentError('A list of hosts has no folder to keep secrets in.');
	}

	return value;
}
