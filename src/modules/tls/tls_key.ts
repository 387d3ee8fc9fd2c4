import * as z from 'zod';
import { hostPath } from '../../module/arguments.ts';
import { impossible, ReadFailed } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { pipe } from '../../shell/combine.ts';
import { sh } from '../../shell/command.ts';
import type { Attributes } from '../files/attributes-of.ts';
import { attributesOf } from '../files/attributes-of.ts';
import { changeAttributes } from '../files/change-attributes.ts';
import { fileArguments } from '../files/file-arguments.ts';
import { makeFile } from '../files/make-file.ts';

type KeyState = Attributes & {
	readonly type?: string | undefined;
	readonly size?: number | undefined;
	readonly curve?: string | undefined;
};

export default stateModule({
	name: 'tls_key',
	summary: 'Ensure a private key exists, made on the host and never leaving it.',
	args: z
		.strictObject({
			path: hostPath().describe('The file, in PEM. Its folder must be there.'),
			type: z
				.enum(['rsa', 'ecdsa', 'ed25519'])
				.optional()
				.describe(
					'Kind of key; a new one is `ecdsa` when not given. A key is never made again: another kind is a failure.',
				),
			size: z
				.union([z.literal(2048), z.literal(3072), z.literal(4096)])
				.optional()
				.describe('Bits of an RSA key; a new one has 3072 when not given.'),
			curve: z
				.enum(['prime256v1', 'secp384r1', 'secp521r1'])
				.optional()
				.describe('Curve of an ECDSA key; a new one has prime256v1 when not given.'),
			...fileArguments,
			mode: fileArguments.mode.default('0600').describe('Permissions as quoted octal digits.'),
		})
		.refine(({ type, size }) => size === undefined || type === 'rsa', {
			error: '`size` goes with type `rsa`',
			path: ['size'],
		})
		.refine(({ type, curve }) => curve === undefined || type === 'ecdsa' || type === undefined, {
			error: '`curve` goes with type `ecdsa`',
			path: ['curve'],
		}),
	examples: [
		'tls_key: {path: /etc/ssl/private/g2p.key}',
		'tls_key: {path: /etc/ssl/private/legacy.key, type: rsa, size: 2048, owner: root, group: ssl-cert, mode: "0640"}',
	],

	async current(args, host): Promise<KeyState | undefined> {
		const { path } = args;
		const [status, { code, stdout }] = await Promise.all([
			host.stat(path, { follow: true }),
			// Only the public half is read: a private one must not even pass by here.
			host.read(pipe(sh`openssl pkey -in ${path} -pubout`, sh`openssl pkey -pubin -noout -text`), {
				ok: [0, 1, 127],
			}),
		]);
		if (status === undefined) {
			return undefined;
		}

		if (code !== 0) {
			throw new ReadFailed(`${path} holds no private key that openssl can read`, {
				hint:
					code === 127
						? 'openssl is not installed'
						: 'it is never replaced: look at it, then remove it with `file: {state: absent}`',
			});
		}

		return { ...kindOf(stdout), ...attributesOf(status, args) };
	},

	desired: ({ type, size, curve, mode, owner, group }) => ({ type, size, curve, mode, owner, group }),

	create: ({ type = 'ecdsa', size = 3072, curve = 'prime256v1', path, mode, owner, group }) => [
		makeFile({
			title: `make a private key, ${type}`,
			path,
			mode,
			owner,
			group,
			body: 'openssl genpkey "$@" -out "$new" 2>"$new.log" || { cat "$new.log" >&2; exit 1; }',
			arguments: { rsa: rsa(size), ecdsa: ecdsa(curve), ed25519: ['-algorithm', 'ED25519'] }[type],
		}),
	],

	update(args, { before, after, keys }) {
		if (keys.has('type') || keys.has('size') || keys.has('curve')) {
			const [is, wanted] = [before, after].map(({ type, size, curve }) =>
				[type, size, curve].filter((part) => part !== undefined).join(' '),
			);
			impossible(
				`the key ${args.path} is ${is}, not ${wanted}`,
				'a key is never made again: remove it with `file: {state: absent}` when nobody needs it any more',
			);
		}

		return changeAttributes(args.path, args, keys);
	},

	delete: () => [],
});

const rsa = (size: number): readonly string[] => ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${size}`];

const ecdsa = (curve: string): readonly string[] => [
	'-algorithm',
	'EC',
	'-pkeyopt',
	`ec_paramgen_curve:${curve}`,
];

function kindOf(text: string): KeyState {
	const curve = /^ASN1 OID: (\S+)/m.exec(text)?.[1];
	if (curve !== undefined) {
		return { type: 'ecdsa', curve };
	}

	return /^Modulus/m.test(text)
		? { type: 'rsa', size: Number(/\((\d+) bit/.exec(text)?.[1]) }
		: { type: /^(\w+) Public-Key/.exec(text)?.[1]?.toLowerCase() };
}
