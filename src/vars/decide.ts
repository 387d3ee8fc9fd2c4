import { DependsOnUnknown } from './problems.ts';

/**
 * `||` and `exists` (decisive is true), `&&` and `all` (decisive is false): the first answer that decides is the
 * result. An answer that is not known yet does not matter when a later one decides.
 */
export function decide(decisive: boolean, questions: readonly (() => boolean)[]): boolean {
	let unknown: DependsOnUnknown | undefined;
	for (const ask of questions) {
		try {
			if (ask() === decisive) {
				return decisive;
			}
		} catch (error) {
			// An unknown answer before this one may be what keeps it from being asked.
			if (!(error instanceof DependsOnUnknown)) {
				throw unknown ?? error;
			}

			unknown ??= error;
		}
	}

	if (unknown) {
		throw unknown;
	}

	return !decisive;
}
