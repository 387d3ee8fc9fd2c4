/** The last part of a path. */
export const baseName = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? '';
