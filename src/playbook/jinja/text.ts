import { parseExpression } from '../../vars/cel.ts';
import { isProblem } from '../../vars/template-parser.ts';
import { binds, type Cel, cel, choice, quoted, within } from './cel-text.ts';
import { jinjaPieces, type Piece } from './pieces.ts';

/**
 * A text with `{% if %}` and `{% for %}` as an expression with the same value; undefined when there is none. `ofTag`
 * says what a tag of it is in CEL.
 */
export function celOfText(
	text: string,
	ofTag: (inner: string, asked: boolean) => string | undefined,
): string | undefined {
	const expression = (inner: string, asked = false): Cel | undefined => {
		const made = ofTag(inner, asked);
		return made === undefined ? undefined : cel(made, undefined, strengthOf(made));
	};
	const join = (pieces: readonly Piece[]): Cel | undefined => {
		const [first, ...rest] = pieces.filter(
			(piece) => piece.kind !== 'comment' && !(piece.kind === 'text' && piece.text === ''),
		);
		if (first === undefined) {
			return quoted('');
		}

		if (first.kind === 'set') {
			const [value, inner] = [expression(first.value), join(rest)];
			return value && inner && cel(`cel.bind(${first.name}, ${value.text}, ${inner.text})`);
		}

		const alone = rest.length === 0;
		const own = one(first);
		const others = alone ? undefined : join(rest);
		const left = own && (alone || own.kind === 'text' ? own : cel(`string(${own.text})`));
		return alone
			? own
			: left &&
					others &&
					cel(`${within(left, binds.add)} + ${within(asText(others), binds.add)}`, 'text', binds.add);
	};
	const one = (piece: Piece): Cel | undefined => {
		switch (piece.kind) {
			case 'text':
				return quoted(piece.text);
			case 'value':
				return expression(piece.inner);
			case 'if':
				return piece.branches.reduceRight<Cel | undefined>((otherwise, { test, body }) => {
					const then = join(body);
					const condition = test === undefined ? undefined : expression(test, true);
					return test === undefined
						? then
						: condition && then && otherwise && choice(condition, then, otherwise);
				}, quoted(''));
			case 'for': {
				const [list, body] = [expression(piece.list), join(piece.body)];
				const [item = ''] = piece.items;
				return list && body && piece.items.length === 1 && !/\bloop\./.test(body.text)
					? cel(
							`join(${within(list, binds.member)}.map(${item}, ${body.text.replaceAll(`vars.${item}`, item)}), '')`,
							'text',
						)
					: undefined;
			}
			default:
				return undefined;
		}
	};
	const pieces = jinjaPieces(text);
	return pieces && join(pieces)?.text;
}

/** How strongly an expression binds: what is not known to be one thing counts as the weakest. */
function strengthOf(text: string): number {
	const tree = parseExpression(text);
	if (isProblem(tree)) {
		return binds.choice;
	}

	switch (tree.op) {
		case '?:':
			return binds.choice;
		case '||':
			return binds.or;
		case '&&':
			return binds.and;
		case '+':
		case '-':
			return binds.add;
		case '==':
		case '!=':
		case '<':
		case '<=':
		case '>':
		case '>=':
		case 'in':
			return binds.compare;
		case '*':
		case '/':
		case '%':
			return binds.multiply;
		case '!_':
		case '-_':
			return binds.sign;
		default:
			return binds.member;
	}
}

const asText = (value: Cel): Cel => (value.kind === 'text' ? value : cel(`string(${value.text})`, 'text'));
