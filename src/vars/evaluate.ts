import type { Source } from '../diagnostics.ts';
import { checkedExpression } from './check.ts';
import { Evaluation } from './evaluation.ts';
import { BadValue, explainGap, UndefinedVariable } from './problems.ts';
import type { Scope } from './scope.ts';
import { isProblem } from './template-parser.ts';
import { closeAll, Missing, Mistake, Optional } from './values.ts';

type Options = { readonly source?: Source | undefined; readonly folder?: string | undefined };

/**
 * The value of a CEL expression. A text that was computed from a secret is a Secret.
 * @throws UndefinedVariable, BadValue, DependsOnUnknown
 */
export function evaluateExpression(text: string, scope: Scope, { source, folder }: Options): unknown {
	const tree = checkedExpression(text);
	if (isProblem(tree)) {
		throw new BadValue(`${tree.message}${caret(text, tree.index)}`, { source, hint: tree.hint });
	}

	const evaluation = new Evaluation(text, scope, folder);
	try {
		const value = evaluation.run(tree);
		if (value instanceof Optional) {
			throw new Mistake(
				'the result may be there or not',
				'add .orValue(…) to say what it is when it is not there',
			);
		}

		return evaluation.opener.used ? closeAll(value) : value;
	} catch (error) {
		if (!(error instanceof Mistake)) {
			throw error;
		}

		const { start, end } = error.at ?? tree;
		const where = caret(text, start, end);
		if (error instanceof Missing && error.gap) {
			const { variable, summary, hint } = explainGap(error.gap, [...scope.names(), ...error.locals]);
			throw new UndefinedVariable(variable, summary + where, { hint, source });
		}

		throw new BadValue(error.message + where, { hint: error.hint, source });
	}
}

/** The line of the expression with the faulty part underlined. */
function caret(text: string, start: number, end = start + 1): string {
	const from = text.lastIndexOf('\n', start - 1) + 1;
	const line = text.slice(from).split('\n', 1)[0] ?? '';
	const width = Math.max(1, Math.min(end, from + line.length) - start);
	return `\n  in ${line}\n     ${' '.repeat(start - from)}${'^'.repeat(width)}`;
}
