import { ourExpression } from '../vars/ansible-names.ts';
import { checkExpression, namesInExpression } from '../vars/names.ts';
import { withPossible } from './fact-values.ts';

/**
 * An expression with our names for those that Ansible gives, and our values of facts; undefined when it holds none,
 * or one that no expression stands for.
 */
export function inOurNames(text: string): string | undefined {
	const names = namesInExpression(text).toSorted((a, b) => b.index - a.index);
	let changed = text;
	for (const { name, path, index, end } of names) {
		const ours = ourExpression(name, path);
		if (ours !== undefined) {
			const rest = path.slice(ours.parts - 1).map((part) => `.${part}`);
			changed = changed.slice(0, index) + ours.text + rest.join('') + changed.slice(end);
		}
	}

	const possible = withPossible(changed);
	return possible === text || checkExpression(possible) !== undefined ? undefined : possible;
}
