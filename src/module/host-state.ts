/** What `stat` says about a path. */
export type FileStatus = {
	readonly type: 'file' | 'directory' | 'link' | 'fifo' | 'socket' | 'block' | 'character';
	/** Four octal digits. */
	readonly mode: string;
	readonly owner: string;
	readonly group: string;
	readonly uid: number;
	readonly gid: number;
	/** Bytes. */
	readonly size: number;
	/** Seconds since 1970. */
	readonly modified: number;
	/** Where a link points, as written in it. */
	readonly target?: string | undefined;
};

/** An installed package. */
export type Package = { readonly version: string; readonly held: boolean };

/** A systemd unit, in systemd's own words (`systemctl show`). */
export type Unit = {
	/** `active`, `inactive`, `failed`, `activating` … */
	readonly active: string;
	/** `enabled`, `disabled`, `static`, `masked`, `generated`, `indirect` … ; empty for transient units. */
	readonly enabled: string;
	/** `loaded`, `masked` … A unit that systemd cannot find is undefined instead. */
	readonly load: string;
	/** The unit file has changed since systemd read it. */
	readonly needsReload: boolean;
};

/** A line of the user database. */
export type UserEntry = {
	readonly uid: number;
	readonly gid: number;
	readonly comment: string;
	readonly home: string;
	readonly shell: string;
	/** Name of the primary group. */
	readonly primaryGroup: string;
	/** Names of further groups, sorted. */
	readonly groups: readonly string[];
};

/** What is there after a task, as far as other tasks ask for the same. */
export type Brought = {
	/** Names of packages that are installed. */
	readonly packages?: readonly string[] | undefined;
	readonly folder?:
		| {
				readonly path: string;
				readonly mode?: string | undefined;
				readonly owner?: string | undefined;
				readonly group?: string | undefined;
		  }
		| undefined;
};
