import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { kubectl } from '../../../test/fixtures/kube/host.ts';

const columns = `{range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status} {.status.nodeInfo.kubeletVersion}{"\\n"}{end}`;

/** The nodes of a cluster, each `NAME READY VERSION`, as a server tells them. */
export const nodes = async (lab: TestLab, server: string): Promise<readonly string[]> =>
	(await kubectl(lab, server, `get nodes -o jsonpath='${columns}'`)).trim().split('\n').sort();
