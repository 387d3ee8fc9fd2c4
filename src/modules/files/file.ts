import * as z from 'zod';
import { hostPath } from '../../module/arguments.ts';
import type { Reader, Step } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { sh, type Word } from '../../shell/command.ts';
import { type Attributes, attributesOf } from './attributes-of.ts';
import { changeAttributes } from './change-attributes.ts';
import { fileArguments } from './file-arguments.ts';

type FileState = Attributes & {
	readonly type: string;
	readonly target?: string | undefined;
	/** A hard link: it is the same file as `src`. */
	readonly linked?: boolean | undefined;
	/** Everything below has the wanted attributes. */
	readonly inside?: boolean | undefined;
};

const attributes = new Set(['mode', 'owner', 'group']);

export default stateModule({
	name: 'file',
	summary: 'Ensure a file, directory or link exists with these permissions, or does not exist.',
	args: z
		.strictObject({
			path: hostPath().describe('Absolute path on the host.'),
			state: z
				.enum(['file', 'directory', 'link', 'hard', 'touch', 'absent'])
				.default('file')
				.describe(
					'`file`: must be there already, only its attributes are set; `touch`: an empty file when there is none ' +
						'(times of an existing one are left alone); `directory`: made with its parents, which get default ' +
						'permissions; `absent`: removed with everything in it.',
				),
			src: z
				.string()
				.min(1)
				.optional()
				.describe('What the link points to; relative to the folder of the link.'),
			...fileArguments,
			recurse: z
				.boolean()
				.default(false)
				.describe('Give everything below a directory the same owner, group and mode.'),
			follow: z
				.boolean()
				.default(true)
				.describe('When `path` is a link, mean what it points to (not for `link`, `hard` and `absent`).'),
			force: z
				.boolean()
				.default(false)
				.describe('Let a link take the place of a file or of an empty directory.'),
		})
		.refine(({ state, src }) => (state === 'link' || state === 'hard') === (src !== undefined), {
			error: '`src` goes with state `link` or `hard`, and they need it',
			path: ['src'],
		})
		.refine(({ state, recurse }) => !recurse || state === 'directory', {
			error: '`recurse` goes with state `directory`',
			path: ['recurse'],
		}),
	examples: [
		'file: {path: /var/lib/g2p, state: directory, owner: g2p, mode: "0750"}',
		'file: {path: /opt/g2p/current, src: releases/3, state: link}',
		'file: {path: /etc/nginx/sites-enabled/default, state: absent}',
	],

	async current(args, host): Promise<FileState | undefined> {
		const { path, state, src, recurse } = args;
		const itself = state === 'link' || state === 'hard' || state === 'absent';
		const status = await host.stat(path, { follow: !itself && args.follow });
		return (
			status && {
				type: status.type,
				...attributesOf(status, args),
				target: status.target,
				linked: state === 'hard' ? await isLinked(path, src, host) : undefined,
				inside: recurse && status.type === 'directory' ? await isInside(path, args, host) : undefined,
			}
		);
	},

	desired({ state, src, mode, owner, group, recurse }, _local, current) {
		switch (state) {
			case 'absent':
				return undefined;
			case 'link':
				return { type: 'link', target: src, owner, group };
			case 'hard':
				return { type: 'file', linked: true, mode, owner, group };
			case 'touch':
				return { type: current?.type ?? 'file', mode, owner, group };
			case 'directory':
				return { type: 'directory', mode, owner, group, inside: recurse ? true : undefined };
			case 'file':
				return { type: 'file', mode, owner, group };
		}
	},

	brings: ({ path, state, mode, owner, group }) => ({
		folder: state === 'directory' ? { path, mode, owner, group } : undefined,
	}),
	*create(args) {
		const { path, state, mode, owner, group } = args;
		switch (state) {
			case 'link':
			case 'hard':
				yield* link(args);
				return;
			case 'touch':
				yield { kind: 'upload', path, content: '', mode, owner, group };
				return;
			case 'directory':
				yield sh`mkdir -p ${path}`;
				yield* changeAttributes(path, args, attributes);
				return;
			default:
				impossible(
					`there is no file at ${path}`,
					'state "file" never makes one: use "touch", `copy` or `template`',
				);
		}
	},

	*update(args, { before, after, keys }) {
		const { path, state, force } = args;
		if (state === 'link' || state === 'hard') {
			if (before.type !== after.type && !force) {
				impossible(`${path} is a ${before.type}, not a ${after.type}`, '`force: true` replaces it');
			}

			if (keys.has('type') || keys.has('target') || keys.has('linked')) {
				yield* before.type === 'directory' ? [sh`rmdir ${path}`] : [];
				yield* link(args);
			} else {
				yield* changeAttributes(path, args, keys, { follow: false });
			}

			return;
		}

		if (keys.has('type')) {
			impossible(`${path} is a ${before.type}, not a ${after.type}`, 'remove it first with state "absent"');
		}

		yield* keys.has('inside')
			? changeAttributes(`${path}/`, args, attributes, { follow: false, recurse: true })
			: changeAttributes(path, args, keys, { follow: args.follow });
	},

	delete: ({ path }) =>
		/^[/.]*$/.test(path) ? impossible(`${path} is the whole system`) : [sh`rm -rf ${path}`],
});

function* link(
	args: Attributes & { readonly path: string; readonly state: string; readonly src?: string | undefined },
): Iterable<Step> {
	const { path, state, src } = args;
	yield sh`ln ${state === 'link' ? '-sfn' : '-f'} ${src} ${path}`;
	yield* changeAttributes(path, state === 'link' ? { ...args, mode: undefined } : args, attributes, {
		follow: false,
	});
}

async function isLinked(path: string, src: string | undefined, host: Reader): Promise<boolean> {
	const { code } = await host.read(sh`test ${path} -ef ${src}`, { ok: [0, 1] });
	return code === 0;
}

/** Whether everything below has the wanted attributes. A user who does not exist yet makes find fail: then not. */
async function isInside(path: string, { mode, owner, group }: Attributes, host: Reader): Promise<boolean> {
	const wrong: Word[] = [
		...(owner === undefined ? [] : [['!', '-user', owner]]),
		...(group === undefined ? [] : [['!', '-group', group]]),
		...(mode === undefined ? [] : [['!', '-type', 'l', '!', '-perm', mode]]),
	].flatMap((test, index) => (index === 0 ? [test] : ['-o', test]));
	if (wrong.length === 0) {
		return true;
	}

	const { code, stdout } = await host.read(sh`find ${`${path}/`} ${'('} ${wrong} ${')'} -print -quit`, {
		ok: [0, 1],
	});
	return code === 0 && stdout === '';
}
