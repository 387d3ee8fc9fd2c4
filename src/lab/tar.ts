export type TarEntry = {
	/** Path without a leading slash; a folder ends with one. */
	readonly path: string;
	readonly content?: string;
	readonly mode: number;
	readonly uid?: number;
	readonly gid?: number;
};

/**
 * A tar archive (ustar) of a few small files, the only form in which Docker takes files for a container that has
 * not started. Paths of up to 100 characters.
 */
export const tar = (entries: readonly TarEntry[]): Buffer =>
	Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(1024)]);

function blocksOf({ path, content = '', mode, uid = 0, gid = 0 }: TarEntry): Buffer[] {
	const body = Buffer.from(content);
	const header = Buffer.alloc(512);
	const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
	header.write(path, 0, 100);
	header.write(octal(mode, 7), 100);
	header.write(octal(uid, 7), 108);
	header.write(octal(gid, 7), 116);
	header.write(octal(body.length, 11), 124);
	header.write(octal(Math.floor(Date.now() / 1000), 11), 136);
	header.write(path.endsWith('/') ? '5' : '0', 156);
	header.write('ustar\u000000', 257);
	// The sum is taken with blanks where it will stand.
	header.fill(' ', 148, 156);
	const sum = header.reduce((total, byte) => total + byte, 0);
	header.write(`${octal(sum, 6)}\0 `, 148);
	return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
}
