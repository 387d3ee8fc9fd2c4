import { type Diagnostics, didYouMean } from '../diagnostics.ts';
import { asCondition, celTag, ofTemplate } from '../playbook/as-cel.ts';
import { checkEntry } from '../playbook/check-values.ts';
import { computedBefore } from '../playbook/jinja/computed.ts';
import { inOurNames } from '../playbook/our-names.ts';
import type { IncludeNode, Node, Play, Playbook, TaskNode } from '../playbook/types.ts';
import { writtenOf } from '../playbook/written.ts';
import { adviceOnName, isOfAnsible, ourExpression } from '../vars/ansible-names.ts';
import { sourceOf } from '../yaml/positions.ts';
import type { Sight } from './sight.ts';
import { TemplateFiles } from './template-files.ts';
import { asked, inValue, type Use, usesOf } from './uses.ts';
import type { Previews } from './walk.ts';

/** Names that nobody defines, in all that the tasks of a play use: values, conditions, templates. */
export function lintNames(
	play: Play,
	playbook: Playbook,
	sight: Sight,
	previews: Previews,
	problems: Diagnostics,
	options: { readonly thorough: boolean },
): void {
	const files = new TemplateFiles(problems, options);
	const usesIn = rememberedUses(problems);
	const owners = ownersOf(playbook);
	const visit = (nodes: readonly Node[], items: ReadonlySet<string>): void => {
		for (const node of nodes) {
			if (node.kind === 'block') {
				visit([...node.body, ...node.rescue, ...node.always], items);
				continue;
			}

			const inside = withItems(node, items);
			checkLeaf(node, inside);
			for (const included of node.kind === 'include' ? (previews.get(node) ?? []) : []) {
				visit(included.nodes, inside);
				visit(included.handlers, inside);
			}
		}
	};
	const checkLeaf = (leaf: TaskNode | IncludeNode, items: ReadonlySet<string>): void => {
		const mayLack = asked(leaf.when);
		const seen = new Map<object, Set<string>>();
		const follow = (use: Use, by: string | undefined): void => {
			if (items.has(use.name)) {
				return;
			}

			const definitions = sight.definitions(use.name, leaf);
			if (definitions === undefined) {
				const isMissing = isOfAnsible(use.name) || !isOpen(use.name, leaf);
				if (!use.guarded && !mayLack.has(use.name) && isMissing) {
					report(use, by, leaf);
				}

				return;
			}

			for (const { values, name } of definitions) {
				const known = seen.get(values) ?? new Set<string>();
				seen.set(values, known);
				if (!known.has(name)) {
					known.add(name);
					for (const inner of usesIn(values, name)) {
						follow(inner, name);
					}
				}
			}
		};
		for (const use of [...usesOf(leaf), ...(leaf.kind === 'task' ? files.usesOf(leaf) : [])]) {
			follow(use, undefined);
		}
	};
	const isOpen = (name: string, { role }: TaskNode | IncludeNode): boolean =>
		// Without an inventory only what a role calls its own can be missed.
		sight.open && !(role !== undefined && !sight.learns && isOwn(name, role.name));
	const report = (use: Use, by: string | undefined, leaf: TaskNode | IncludeNode): void => {
		const { name, source } = use;
		const owner = owners.get(name);
		const hint =
			name === 'item'
				? 'there is an item only in a loop'
				: owner !== undefined
					? `the role "${owner}" defines it for its own tasks: what others need belongs to the inventory`
					: (ofAnsible(use) ??
						didYouMean(name, [...sight.names(leaf), ...items(leaf)]) ??
						'define it in the inventory, in the play, or with -e');
		problems.error(`"${name}" is not defined${by === undefined ? '' : `, and "${by}" needs it`}`, {
			source: source ?? leaf.source,
			hint,
		});
	};
	for (const section of play.sections) {
		visit(section.nodes, new Set());
	}

	visit(play.handlers, new Set());
}

/** What to write for a name of Ansible, in the words of what asks for it. */
function ofAnsible({ name, path, text, kind }: Use): string | undefined {
	const ours = ourExpression(name, path);
	const isName = /^[\w.]+$/.test(ours?.text ?? '');
	if (ours !== undefined && !isName && (kind === 'file' || kind === 'template')) {
		const rest = path.slice(ours.parts - 1).map((part) => `.${part}`);
		const whole = kind === 'file' ? `${ours.text}${rest.join('')}` : ofTemplate(text);
		return kind === 'file' ? whole && computedBefore(whole) : whole && `write ${celTag(whole)}`;
	}

	if (kind === 'condition' || kind === 'expression') {
		const whole = ours && inOurNames(text);
		return whole === undefined
			? adviceOnName(name, path)
			: `write ${kind === 'condition' ? asCondition(whole) : celTag(whole)}`;
	}

	return adviceOnName(name, path, (dotted) => `{{${dotted}}}`);
}

/** The names that the value of a variable uses, and whether it can be read: once, however many tasks need it. */
function rememberedUses(
	problems: Diagnostics,
): (values: Readonly<Record<string, unknown>>, name: string) => readonly Use[] {
	const known = new Map<object, Map<string, readonly Use[]>>();
	return (values, name) => {
		const byName = known.get(values) ?? new Map<string, readonly Use[]>();
		known.set(values, byName);
		const remembered = byName.get(name);
		if (remembered !== undefined) {
			return remembered;
		}

		// A value of the inventory that nothing uses may be as it likes.
		checkEntry(values, name, problems);
		const uses = [...inValue(values[name], sourceOf(values, name), values, name)];
		byName.set(name, uses);
		return uses;
	};
}

/** The names of a task's loop; of one that is written wrongly too, since that is said already. */
const items = (leaf: TaskNode | IncludeNode): readonly string[] =>
	leaf.loop !== undefined || Object.keys(writtenOf(leaf)).some((key) => /^(loop|with_.*)$/.test(key))
		? [leaf.loopControl.loopVar, leaf.loopControl.indexVar].filter((name) => name !== undefined)
		: [];

const withItems = (leaf: TaskNode | IncludeNode, outer: ReadonlySet<string>): ReadonlySet<string> =>
	new Set([...outer, ...items(leaf)]);

const isOwn = (name: string, role: string): boolean => {
	const prefix = `${role.replaceAll('-', '_')}_`;
	return name.startsWith(prefix) && !name.startsWith(`${prefix}_`);
};

/** Which role gives a name a default: for the hint to somebody who misses it elsewhere. */
function ownersOf({ plays }: Playbook): ReadonlyMap<string, string> {
	const owners = new Map<string, string>();
	const collect = (nodes: readonly Node[]): void => {
		for (const node of nodes) {
			if (node.kind === 'block') {
				collect([...node.body, ...node.rescue, ...node.always]);
				continue;
			}

			const { role, layers } = node;
			for (const { kind, values } of role === undefined ? [] : layers) {
				for (const name of kind === 'role defaults' || kind === 'role vars' ? Object.keys(values) : []) {
					owners.set(name, role?.name ?? '');
				}
			}
		}
	};
	for (const { sections } of plays) {
		collect(sections.flatMap(({ nodes }) => nodes));
	}

	return owners;
}
