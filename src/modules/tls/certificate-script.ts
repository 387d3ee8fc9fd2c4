import type { Script } from '../../module/contract.ts';
import type { Attributes } from '../files/attributes-of.ts';
import { makeFile } from '../files/make-file.ts';

/** A certificate to be made on the host. */
export type CertificateOrder = Attributes & {
	readonly path: string;
	readonly privatekey_path: string;
	readonly common_name: string;
	/** In the form of `certificateName`. */
	readonly names: readonly string[];
	readonly is_ca: boolean;
	readonly days: number;
	/** Who signs it; itself when not given. */
	readonly ca?: { readonly path: string; readonly privatekey_path: string } | undefined;
};

/** Makes a certificate with openssl; the keys stay where they are. */
export const certificateScript = ({ privatekey_path, days, ca, ...order }: CertificateOrder): Script =>
	makeFile({
		...order,
		title: `make a certificate for ${order.common_name}, signed by ${ca === undefined ? 'itself' : ca.path}`,
		body,
		arguments: [privatekey_path, String(days), ca?.path ?? '', ca?.privatekey_path ?? ''],
		input: configuration(order),
	});

const body = `key=$1 days=$2 ca=$3 cakey=$4
cat >"$new.cnf"
if [ -z "$ca" ]; then
	openssl req -x509 -new -key "$key" -config "$new.cnf" -extensions extensions -days "$days" -out "$new"
else
	openssl req -new -key "$key" -config "$new.cnf" -out "$new.csr"
	openssl x509 -req -in "$new.csr" -CA "$ca" -CAkey "$cakey" -set_serial "0x1$(openssl rand -hex 15)" \\
		-extfile "$new.cnf" -extensions extensions -days "$days" -out "$new" 2>"$new.log" || { cat "$new.log" >&2; exit 1; }
fi`;

type Configured = Pick<CertificateOrder, 'common_name' | 'names' | 'is_ca'>;

const configuration = ({ common_name, names, is_ca }: Configured): string => `[req]
distinguished_name = name
prompt = no
string_mask = utf8only
utf8 = yes
[name]
CN = ${common_name}
[extensions]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
basicConstraints = critical, ${is_ca ? 'CA:TRUE' : 'CA:FALSE'}
keyUsage = critical, ${is_ca ? 'keyCertSign, cRLSign' : 'digitalSignature, keyEncipherment'}
${is_ca ? '' : 'extendedKeyUsage = serverAuth, clientAuth\n'}${names.length === 0 ? '' : `subjectAltName = ${names.join(', ')}\n`}`;
