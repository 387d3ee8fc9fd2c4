/** A file on the controller, read when it is needed. */
export type LocalFile = {
	readonly kind: 'local-file';
	/** Absolute path on the controller. */
	readonly path: string;
	/** Bytes. */
	readonly size: number;
	/** SHA-256 in hexadecimal. */
	readonly sha256: string;
};

/** What is in a folder on the controller, at any depth, each by its path in it. Links are what they lead to. */
export type LocalFolder = {
	readonly files: readonly { readonly relative: string; readonly file: LocalFile }[];
	readonly folders: readonly string[];
	/** Those that lead nowhere. */
	readonly links: readonly { readonly relative: string; readonly target: string }[];
};
