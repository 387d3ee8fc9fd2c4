import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder of this package, where the playbooks and roles that ship lie; the same from src/ and dist/. */
export const packageFolder = above(import.meta.dirname);

/** The next folder upwards that has a package.json: a bundle does not keep the depth of its sources. */
function above(folder: string): string {
	return existsSync(join(folder, 'package.json')) ? folder : above(dirname(folder));
}
