import type { Change, Detail, State, Step } from '../module/contract.ts';
import { dots, Secret } from '../shell/secret.ts';

/** Whether a step brings a secret to the host: then what it replaces was probably one as well, of which nobody knows. */
export function carriesSecret(step: Step): boolean {
	switch (step.kind) {
		case 'upload':
			return step.content instanceof Secret;
		case 'script':
			return step.text instanceof Secret || step.input instanceof Secret;
		case 'command':
			return step.input instanceof Secret;
	}
}

/** The change with dots for texts of files and their fingerprints, from which a short secret could be guessed. */
export function hiddenChange(change: Change): Change {
	switch (change.action) {
		case 'create':
			return { ...change, after: hiddenState(change.after) };
		case 'delete':
			return { ...change, before: hiddenState(change.before) };
		case 'update':
			return { ...change, before: hiddenState(change.before), after: hiddenState(change.after) };
	}
}

const hiddenState = (state: State): State =>
	Object.fromEntries(
		Object.entries(state).map(([key, value]) => [key, isTelling(key, value) ? dots : value]),
	);

const isTelling = (key: string, value: State[string]): boolean =>
	value !== undefined && (key === 'content' || /\n|\b[0-9a-f]{40,}\b/.test(String(value)));

/** The texts for a diff, closed. */
export const hiddenDetail = (detail: Detail): Detail =>
	detail.isClean ? detail : { name: detail.name, before: dots, after: dots };
