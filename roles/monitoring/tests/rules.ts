import { addressCases } from './address-cases.ts';
import type { Series } from './case.ts';
import { clusterCases } from './cluster-cases.ts';
import { hostCases } from './host-cases.ts';

const cases = [...hostCases, ...addressCases, ...clusterCases];

/** Alerts that there are cases of, as `ALERT SEVERITY`. */
export const alertsOfCases: readonly string[] = [
	...new Set(cases.map(({ alert, severity }) => `${alert} ${severity}`)),
].sort();

const seriesOf = (series: Series) =>
	Object.entries(series).map(([name, values]) => ({ series: name, values }));

/** What promtool tests: that each alert fires when something is amiss, and does not when it is fine. JSON is YAML. */
export const testsOf = (rules: string): string =>
	JSON.stringify({
		rule_files: [rules],
		evaluation_interval: '1m',
		tests: cases.flatMap(({ alert, severity, about, after, amiss, fine }) => {
			const labels = [`alertname="${alert}"`, `severity="${severity}"`, 'alertstate="firing"', about];
			const firing = `count(ALERTS{${labels.filter((one) => one !== '').join(',')}})`;
			const look = (samples: readonly unknown[]) => [
				{ expr: firing, eval_time: after, exp_samples: samples },
			];
			return [
				{
					interval: '1m',
					input_series: seriesOf(amiss),
					promql_expr_test: look([{ labels: '{}', value: 1 }]),
				},
				...fine.map((series) => ({
					interval: '1m',
					input_series: seriesOf(series),
					promql_expr_test: look([]),
				})),
			];
		}),
	});
