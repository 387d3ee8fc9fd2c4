import { readFileSync } from 'node:fs';

const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** Of this package; package.json lies two folders up from src/ and dist/ alike. */
export const version =
	typeof manifest === 'object' && manifest !== null && 'version' in manifest
		? String(manifest.version)
		: '0.0.0';
