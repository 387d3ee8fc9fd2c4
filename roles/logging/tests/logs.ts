import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { environment } from '../../../test/rke2/cluster.ts';

export const space = '--namespace observability';

/** Run lines on the server as a person has it there, and get what they print. */
export const on = (lab: TestLab, lines: string): Promise<string> =>
	lab.output('server1', `${environment}\n${lines}`);

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const addressOf = (service: string): string =>
	`$(kubectl ${space} get service ${service} -o 'jsonpath={.spec.clusterIP}')`;

/** Send a line to the gateway as an application does. */
export const send = (lab: TestLab, line: string): Promise<string> => {
	const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
	const request = {
		resourceLogs: [
			{
				resource: {
					attributes: [
						attribute('k8s.namespace.name', 'pilot'),
						attribute('k8s.container.name', 'web'),
						attribute('k8s.pod.name', 'web-1'),
					],
				},
				scopeLogs: [{ logRecords: [{ timeUnixNano: `${Date.now()}000000`, body: { stringValue: line } }] }],
			},
		],
	};
	return on(
		lab,
		`curl -sSf -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(request))} "http://${addressOf('logging-gateway')}:4318/v1/logs"`,
	);
};

/** A stream as Loki answers it. */
type Stream = {
	readonly stream: Readonly<Record<string, string>>;
	readonly values: readonly (readonly [at: string, line: string])[];
};

/** What Loki has for a query. */
export async function query(lab: TestLab, words: string): Promise<readonly Stream[]> {
	const answer = await on(
		lab,
		`curl -sSf --get --data-urlencode ${quoted(`query=${words}`)} "http://${addressOf('loki')}:3100/loki/api/v1/query_range"`,
	);
	return JSON.parse(answer).data.result;
}

/** What lines become by the expressions that the collector was given, by Go's own, which helm has. */
export async function byGo(lab: TestLab, lines: readonly string[]): Promise<readonly string[]> {
	const relay = JSON.parse(
		await on(lab, `kubectl ${space} get configmap logging-agent -o 'jsonpath={.data.relay}'`),
	);
	const statements: readonly string[] = relay.processors['transform/redact'].log_statements;
	const redact = statements
		.map((one) => /^replace_pattern\(log\.body, (".*"), (".*")\)$/.exec(one.replaceAll('$$', '$')))
		.filter((found) => found !== null)
		.map(([, pattern = '', to = '']) => ({ pattern: JSON.parse(pattern), to: JSON.parse(to) }));
	const template = `{{- $redact := .Values.redact }}{{ $all := list }}{{ range .Values.lines }}{{ $line := . }}{{ range $redact }}{{ $line = mustRegexReplaceAll .pattern $line .to }}{{ end }}{{ $all = append $all $line }}{{ end }}
lines: {{ toJson $all | b64enc }}`;
	const printed = await on(
		lab,
		`folder=$(mktemp -d) && mkdir $folder/templates
echo '{apiVersion: v2, name: lines, version: 0.0.1}' >$folder/Chart.yaml
echo ${Buffer.from(template).toString('base64')} | base64 -d >$folder/templates/lines.yaml
echo ${Buffer.from(JSON.stringify({ redact, lines })).toString('base64')} | base64 -d >$folder/values.yaml
helm template lines $folder; rm -r $folder`,
	);
	return JSON.parse(Buffer.from(/^lines: (.*)$/m.exec(printed)?.[1] ?? '', 'base64').toString());
}
