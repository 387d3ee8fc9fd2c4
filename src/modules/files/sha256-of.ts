import { createHash } from 'node:crypto';
import type { Content } from '../../module/contract.ts';
import { Secret } from '../../shell/secret.ts';

/** SHA-256 in hexadecimal of what an upload would put in place. */
export function sha256Of(content: Content): string {
	if (content instanceof Secret) {
		return content.sha256();
	}

	return typeof content === 'string' || content instanceof Uint8Array
		? createHash('sha256').update(content).digest('hex')
		: content.sha256;
}
