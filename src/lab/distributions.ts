import { didYouMean } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';

/** An operating system that the lab's hosts can have. */
export type Distribution = {
	/** Such as `debian-12`. */
	readonly name: string;
	/** The image of it in the usual registry. */
	readonly registryImage: string;
	readonly suite: string;
	/** What its package archive calls itself. */
	readonly origin: 'Debian' | 'Ubuntu';
	readonly components: string;
};

export const distributions: readonly Distribution[] = [
	{
		name: 'debian-12',
		registryImage: 'debian:12',
		suite: 'bookworm',
		origin: 'Debian',
		components: 'main',
	},
	{
		name: 'debian-13',
		registryImage: 'debian:13',
		suite: 'trixie',
		origin: 'Debian',
		components: 'main',
	},
	{
		name: 'ubuntu-22.04',
		registryImage: 'ubuntu:22.04',
		suite: 'jammy',
		origin: 'Ubuntu',
		components: 'main universe',
	},
	{
		name: 'ubuntu-24.04',
		registryImage: 'ubuntu:24.04',
		suite: 'noble',
		origin: 'Ubuntu',
		components: 'main universe',
	},
];

/** @throws BadInput when there is none of that name. */
export function distributionNamed(name: string): Distribution {
	const found = distributions.find((distribution) => distribution.name === name);
	if (found === undefined) {
		const names = distributions.map((distribution) => distribution.name);
		throw new BadInput(`there is no image "${name}"`, {
			hint: didYouMean(name, names) ?? `choose one of ${names.join(', ')}`,
		});
	}

	return found;
}
