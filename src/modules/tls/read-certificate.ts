import type { Reader } from '../../module/contract.ts';
import { ReadFailed } from '../../module/impossible.ts';
import { sh } from '../../shell/command.ts';
import { type Attributes, attributesOf } from '../files/attributes-of.ts';
import { namesIn } from './certificate-names.ts';

/** What matters of a certificate. */
export type CertificateState = Attributes & {
	readonly common_name: string | undefined;
	readonly subject_alt_name: readonly string[];
	readonly is_ca: boolean;
	/** It belongs to the private key. */
	readonly matches_key: boolean;
	/** The wanted issuer signed it. */
	readonly signed_as_wanted: boolean;
	/** It stays valid for longer than the days before which it is renewed. */
	readonly fresh: boolean;
	/** End of its life as openssl prints it. */
	readonly not_after: string | undefined;
};

type Wanted = Attributes & {
	readonly path: string;
	readonly privatekey_path: string;
	readonly ca_path?: string | undefined;
	readonly renew_before_days: number;
};

/** Reads a certificate with openssl. @throws ReadFailed when the file holds none. */
export async function readCertificate(wanted: Wanted, host: Reader): Promise<CertificateState | undefined> {
	const { path, privatekey_path, ca_path, renew_before_days } = wanted;
	const look = { ok: [0, 1, 2, 127] };
	const [status, text, publicKey, wantedKey, end, issuer] = await Promise.all([
		host.stat(path, { follow: true }),
		host.read(
			sh`openssl x509 -in ${path} -noout -subject -issuer -enddate -nameopt RFC2253,-esc_msb -ext subjectAltName,basicConstraints`,
			look,
		),
		host.read(sh`openssl x509 -in ${path} -noout -pubkey`, look),
		host.read(sh`openssl pkey -in ${privatekey_path} -pubout`, look),
		host.read(sh`openssl x509 -in ${path} -noout -checkend ${renew_before_days * 86_400}`, look),
		ca_path === undefined
			? undefined
			: host.read(
					sh`openssl verify -no-CApath -no_check_time -partial_chain -CAfile ${ca_path} ${path}`,
					look,
				),
	]);
	if (status === undefined) {
		return undefined;
	}

	const field = (name: string) => new RegExp(`^${name}=\\s*(.*)$`, 'm').exec(text.stdout)?.[1];
	const subject = field('subject');
	if (publicKey.code !== 0 || subject === undefined) {
		throw new ReadFailed(`${path} holds no certificate that openssl can read`, {
			hint:
				publicKey.code === 127
					? 'openssl is not installed'
					: 'it is not replaced: look at it, then remove it with `file: {state: absent}`',
		});
	}

	return {
		common_name: /(?:^|,)CN=((?:[^,\\]|\\.)*)/.exec(subject)?.[1]?.replace(/\\(.)/g, '$1'),
		subject_alt_name: namesIn(text.stdout),
		is_ca: /CA:TRUE/.test(text.stdout),
		matches_key: publicKey.stdout === wantedKey.stdout,
		signed_as_wanted: issuer === undefined ? field('issuer') === subject : issuer.code === 0,
		fresh: end.code === 0,
		not_after: field('notAfter'),
		...attributesOf(status, wanted),
	};
}
