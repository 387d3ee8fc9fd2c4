import * as z from 'zod';
import { hostPath } from '../../module/arguments.ts';
import { stateModule } from '../../module/state-module.ts';
import { changeAttributes } from '../files/change-attributes.ts';
import { fileArguments } from '../files/file-arguments.ts';
import { certificateName } from './certificate-names.ts';
import { certificateScript } from './certificate-script.ts';
import { type CertificateState, readCertificate } from './read-certificate.ts';

const schema = z
	.strictObject({
		path: hostPath().describe('The certificate, in PEM. Its folder must be there.'),
		privatekey_path: hostPath().describe('Its private key on the host, as `tls_key` makes it.'),
		common_name: z
			.string()
			.regex(/^[\w*][\w .*:@()-]{0,63}$/, 'write up to 64 letters, digits, blanks and .*:@()-_')
			.describe('CN of the subject.'),
		subject_alt_name: z
			.array(
				z
					.string()
					.regex(/^[\w.*:@/-]+$/, 'write names such as example.org, DNS:example.org or IP:192.0.2.1')
					.transform(certificateName),
			)
			.optional()
			.describe('Names and addresses that it stands for. The common name when not given (none for a CA).'),
		provider: z
			.enum(['selfsigned', 'ownca'])
			.default('selfsigned')
			.describe('Who signs: the key itself, or the authority of `ca_path`.'),
		ca_path: hostPath().optional().describe('ownca: certificate of the authority, on the same host.'),
		ca_privatekey_path: hostPath()
			.optional()
			.describe('ownca: private key of the authority, on the same host.'),
		is_ca: z.boolean().default(false).describe('It is an authority itself, and may sign others.'),
		days: z.int().positive().default(825).describe('How long a new one is valid.'),
		renew_before_days: z
			.int()
			.nonnegative()
			.default(30)
			.describe('Days before its end at which it is made again.'),
		...fileArguments,
		mode: fileArguments.mode.default('0644').describe('Permissions as quoted octal digits.'),
	})
	.refine(
		({ provider, ca_path, ca_privatekey_path }) =>
			(provider === 'ownca') === (ca_path !== undefined) &&
			(ca_path === undefined) === (ca_privatekey_path === undefined),
		{
			error: 'provider `ownca` needs `ca_path` and `ca_privatekey_path`; `selfsigned` takes neither',
			path: ['provider'],
		},
	)
	.refine(({ days, renew_before_days }) => renew_before_days < days, {
		error: 'it would be renewed at each run: this must be less than `days`',
		path: ['renew_before_days'],
	});

type Arguments = z.output<typeof schema>;

export default stateModule({
	name: 'tls_certificate',
	summary: 'Ensure a certificate for a key on the host exists, signed by itself or by a local authority.',
	args: schema,
	examples: [
		'tls_certificate: {path: /etc/ssl/ca.crt, privatekey_path: /etc/ssl/private/ca.key, common_name: G2P CA, is_ca: true, days: 3650}',
		'tls_certificate: {path: /etc/ssl/g2p.crt, privatekey_path: /etc/ssl/private/g2p.key, common_name: g2p.example.org, subject_alt_name: [g2p.example.org, "IP:192.0.2.10"], provider: ownca, ca_path: /etc/ssl/ca.crt, ca_privatekey_path: /etc/ssl/private/ca.key}',
	],
	returns: { not_after: 'End of its life, as openssl prints it.' },

	current: async (args, host): Promise<CertificateState | undefined> => readCertificate(args, host),

	desired: (args) => ({
		common_name: args.common_name,
		subject_alt_name: namesOf(args),
		is_ca: args.is_ca,
		matches_key: true,
		signed_as_wanted: true,
		fresh: true,
		not_after: undefined,
		mode: args.mode,
		owner: args.owner,
		group: args.group,
	}),

	create: (args) => [order(args)],

	update: (args, { keys }) =>
		[...keys].every((key) => ['mode', 'owner', 'group'].includes(key))
			? changeAttributes(args.path, args, keys)
			: [order(args)],

	delete: () => [],

	result: (_args, state) => ({ not_after: state?.not_after }),
});

const namesOf = ({ subject_alt_name, common_name, is_ca }: Arguments): readonly string[] =>
	[...new Set(subject_alt_name ?? (is_ca ? [] : [certificateName(common_name)]))].sort();

function order(args: Arguments) {
	const { ca_path, ca_privatekey_path } = args;
	return certificateScript({
		...args,
		names: namesOf(args),
		ca:
			ca_path === undefined || ca_privatekey_path === undefined
				? undefined
				: { path: ca_path, privatekey_path: ca_privatekey_path },
	});
}
