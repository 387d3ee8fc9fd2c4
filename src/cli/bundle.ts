import { type Command, InvalidArgumentError } from 'commander';
import type { BundleFlags } from './flags.ts';
import { examples, sourceOptions } from './options.ts';

/** `bundle`: everything that servers download, in one folder. */
export function registerBundle(program: Command): void {
	const bundle = sourceOptions(program.command('bundle'))
		.optionsGroup('With what effect:')
		.argument('<folder>', 'what is there already and right stays')
		.option('-C, --check', 'download nothing, say what would be, and how large it is')
		.option('--machine <name>', 'amd64 or arm64 (repeatable; amd64 when not given)', machine)
		.description('make a folder with all that servers download, for a site without internet')
		.action(async (folder: string, flags: BundleFlags) => {
			const { bundleInto } = await import('./make-bundle.ts');
			process.exitCode = await bundleInto(folder, flags);
		});
	examples(
		bundle,
		'g2pbook bundle mirror -i inventories/prod --check',
		'g2pbook bundle mirror -i inventories/prod',
		'g2pbook bundle mirror          what the table of versions has, all of it',
	);
}

function machine(value: string, before: NonNullable<BundleFlags['machine']> = []): BundleFlags['machine'] {
	if (value !== 'amd64' && value !== 'arm64') {
		throw new InvalidArgumentError('Give amd64 or arm64.');
	}

	return [...before, value];
}
