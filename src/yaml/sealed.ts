import { Secret } from '../shell/secret.ts';
import { inherit } from './positions.ts';

/** The data of an encrypted file: every text in it is a secret, taken as it is. Places are kept. */
export function sealed(value: unknown): unknown {
	if (typeof value === 'string') {
		return new Secret(value);
	}

	if (Array.isArray(value)) {
		return inherit(value.map(sealed), value);
	}

	if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
		return inherit(
			Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sealed(item)])),
			value,
		);
	}

	return value;
}
