/** What a host says about itself in one round trip. Sizes are MiB. */
export type Facts = {
	readonly os: {
		/** `debian`, `redhat`, `suse`, `alpine`, or the id itself. */
		readonly family: string;
		/** ID of os-release(5). */
		readonly id: string;
		readonly version: string;
		readonly codename: string;
		readonly pretty: string;
	};
	readonly kernel: string;
	readonly arch: string;
	readonly hostname: string;
	readonly fqdn: string;
	readonly cpus: number;
	readonly memory_mb: number;
	readonly swap_mb: number;
	readonly mounts: readonly {
		readonly mount: string;
		readonly device: string;
		readonly fstype: string;
		readonly size_mb: number;
		readonly available_mb: number;
	}[];
	readonly interfaces: Readonly<
		Record<
			string,
			{
				readonly ipv4: readonly { readonly address: string; readonly prefix: number }[];
				readonly ipv6: readonly { readonly address: string; readonly prefix: number }[];
				readonly mac: string | null;
				readonly mtu: number;
				readonly up: boolean;
			}
		>
	>;
	readonly default_ipv4: {
		readonly address: string;
		readonly interface: string;
		readonly gateway: string;
	} | null;
	readonly all_ipv4: readonly string[];
	/** `systemd`, or the name of process 1. */
	readonly init: string;
	readonly virtualization: string;
	/** Path of python3, or null. */
	readonly python: string | null;
	readonly selinux: string;
	/** ISO 8601, UTC. */
	readonly date: string;
	readonly machine_id: string;
	/** The login user. */
	readonly user: {
		readonly name: string;
		readonly uid: number;
		readonly home: string;
		readonly shell: string;
	};
	/** What the kernel and the container really allow, found by looking. */
	readonly features: Readonly<Record<string, boolean>>;
};

/** What never takes long to find out. */
export type BasicFacts = Pick<Facts, 'os' | 'kernel'>;
