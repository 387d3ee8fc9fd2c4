import { readFileSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { alertmanagerConfig, on } from './monitoring.ts';

const names = ['hook', 'slack', 'mail', 'watchdog'].map((name) => `${name}.example.org`);

/** Alertmanager itself, given what the cluster has for it, sends alerts to whom the inventory names. @param token what its addresses and its mail login hold */
export async function arrivals(t: ExecutionContext, lab: TestLab, token: string): Promise<void> {
	await alertmanagerConfig(lab);
	const arrived = await on(
		lab,
		`set -e
cd /run
cat >receiver.py <<'END'
${readFileSync(new URL('receiver.py', import.meta.url), 'utf8')}END
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=receiver -keyout receiver.key -out receiver.crt \\
	-addext 'subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}' 2>/dev/null
echo '127.0.0.1 ${names.join(' ')} # receiver' >>/etc/hosts
# What was sent before is not sent again so soon.
rm -rf arrived alertmanager-data
python3 receiver.py receiver.crt receiver.key arrived & receiver=$!
# Nobody has to wait here to see what else happens meanwhile.
sed 's/group_wait: .*/group_wait: 1s/' alertmanager.yml >at-once.yml
SSL_CERT_FILE=/run/receiver.crt prometheus-alertmanager --config.file=at-once.yml --storage.path=/run/alertmanager-data \\
	--web.listen-address=127.0.0.1:9093 --cluster.listen-address= >alertmanager.log 2>&1 & alertmanager=$!
trap 'kill $receiver $alertmanager; grep -v "# receiver$" /etc/hosts >hosts; cat hosts >/etc/hosts' EXIT
for second in $(seq 30); do curl -sf http://127.0.0.1:9093/-/ready >/dev/null && break; sleep 1; done
add() { amtool alert add --alertmanager.url=http://127.0.0.1:9093 "$@"; }
add alertname=NodeNotReady severity=critical node=server1 --annotation 'summary=server1 is not ready'
add alertname=Watchdog severity=none
add alertname=InfoInhibitor severity=none
for second in $(seq 60); do [ "$(grep -c . arrived 2>/dev/null)" -ge 4 ] && break; sleep 1; done
sleep 2
sort arrived || tail alertmanager.log`,
	);
	const lines = arrived.trim().split('\n');
	t.is(lines.length, 4, arrived);
	const [hook = '', slack = '', watchdog = '', mail = ''] = lines;
	t.regex(hook, /^https hook\.example\.org\/ .*"alertname": "NodeNotReady"/);
	t.true(slack.startsWith(`https slack.example.org/${token} `), slack);
	t.regex(slack, /NodeNotReady/);
	t.true(watchdog.startsWith(`https watchdog.example.org/${token} `), watchdog);
	t.regex(watchdog, /"alertname": "Watchdog"/);
	t.true(mail.includes(`login g2p ${token}; `), mail);
	t.regex(mail, /RCPT TO:<ops@example\.org>.*RCPT TO:<chief@example\.org>.*Subject: .*NodeNotReady/);
}
