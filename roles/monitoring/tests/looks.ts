import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { alertmanagerConfig, on, receiver, space } from './monitoring.ts';
import { alertsOfCases, testsOf } from './rules.ts';

type Scrape = { readonly spec: { readonly jobName: string; readonly staticConfigs: unknown } };
type Rule = { readonly alert: string; readonly labels: { readonly severity: string } };

/** What is scraped outside of the cluster, and under which names. */
export async function scrapes(t: ExecutionContext, lab: TestLab): Promise<void> {
	const { items }: { readonly items: readonly Scrape[] } = JSON.parse(
		await on(lab, 'kubectl get scrapeconfigs -A -o json'),
	);
	const at = (host: string, port: number) => ({
		labels: { host },
		targets: [`${lab.address(host)}:${port}`],
	});
	t.deepEqual(Object.fromEntries(items.map(({ spec }) => [spec.jobName, spec.staticConfigs])), {
		'g2pbook-nginx': [at('server3', 9200)],
		'g2pbook-node': [at('server3', 9100), at('server2', 9100)],
		'g2pbook-postgres': [at('server2', 9187)],
	});
}

/** Prometheus itself says that each alert can fire, and does not when all is fine. */
export async function rules(t: ExecutionContext, lab: TestLab): Promise<void> {
	const { groups }: { readonly groups: readonly { readonly rules: readonly Rule[] }[] } = JSON.parse(
		await on(lab, `kubectl ${space} get prometheusrule g2pbook -o 'jsonpath={.spec}' | tee /run/rules.yml`),
	);
	const alerts = groups.flatMap((group) =>
		group.rules.map(({ alert, labels }) => `${alert} ${labels.severity}`),
	);
	t.deepEqual(alerts.sort(), alertsOfCases, 'each alert has its cases');
	await on(
		lab,
		`set -e
promtool check rules /run/rules.yml
cat >/run/tests.yml <<'END'
${testsOf('/run/rules.yml')}
END
promtool test rules /run/tests.yml`,
	);
}

const routes = [
	['alertname=NodeCordoned severity=warning', 'people'],
	['alertname=NodeNotReady severity=critical', 'people'],
	['alertname=WithoutSeverity', 'people'],
	['alertname=CPUThrottlingHigh severity=info', 'nobody'],
	['alertname=InfoInhibitor severity=none', 'nobody'],
	['alertname=Watchdog severity=none', 'watchdog'],
] as const;

/** Alertmanager itself says whom an alert reaches. */
export async function receivers(t: ExecutionContext, lab: TestLab, token: string): Promise<void> {
	const config = await alertmanagerConfig(lab);
	for (const part of ['ops@example.org, chief@example.org', 'slack.example.org', 'hook.example.org', token]) {
		t.true(config.includes(part), part);
	}

	for (const [labels, to] of routes) {
		t.is(await receiver(lab, labels), to, labels);
	}
}
