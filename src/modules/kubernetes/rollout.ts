/** What tells how far a workload is, as its controller writes it. Counts of zero are left out there. */
export type Progress = {
	readonly kind: string;
	readonly generation: number;
	/** Pods that are wanted, from its spec: `.status.replicas` is what there is, and 0 at the beginning. */
	readonly replicas: number;
	readonly strategy?: {
		readonly type?: string;
		readonly rollingUpdate?: { readonly partition?: number };
	};
	readonly status: {
		readonly observedGeneration?: number;
		readonly replicas?: number;
		readonly updatedReplicas?: number;
		readonly availableReplicas?: number;
		readonly desiredNumberScheduled?: number;
		readonly updatedNumberScheduled?: number;
		readonly numberAvailable?: number;
	};
};

/** What a Deployment, StatefulSet or DaemonSet lacks of having rolled out; undefined: nothing. */
export function rolloutLack(progress: Progress): string | undefined {
	const { kind, generation, replicas, strategy, status } = progress;
	if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind)) {
		return `a ${kind} does not roll out`;
	}

	if ((status.observedGeneration ?? 0) < generation) {
		return 'its controller has not seen its last change yet';
	}

	const isDaemonSet = kind === 'DaemonSet';
	const wanted = isDaemonSet ? (status.desiredNumberScheduled ?? 0) : replicas;
	// Those that only a person renews, and those below the partition, stay old.
	const kept = strategy?.type === 'OnDelete' ? wanted : (strategy?.rollingUpdate?.partition ?? 0);
	const updated = (isDaemonSet ? status.updatedNumberScheduled : status.updatedReplicas) ?? 0;
	const available = (isDaemonSet ? status.numberAvailable : status.availableReplicas) ?? 0;
	if (updated < wanted - kept) {
		return `${updated} of ${wanted - kept} pods are of the new kind, ${available} of ${wanted} are available`;
	}

	if (kind === 'Deployment' && (status.replicas ?? 0) > updated) {
		return `${(status.replicas ?? 0) - updated} old pods are still there`;
	}

	return available < wanted ? `${available} of ${wanted} pods are available` : undefined;
}
