import helmRepository from '../../../src/modules/kubernetes/helm_repository.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { contractRows } from '../../contract-rows.ts';
import { serveWeb } from '../../fixtures/charts/charts.ts';

const file = '/root/.config/helm/repositories.yaml';
const known = (name: string, url: string) =>
	`helm repo list -o yaml | grep -A1 -x -e '- name: ${name}' | grep -qx '  url: ${url}'`;

export default contractRows(helmRepository, [
	{
		title: 'a repository with a password, which nobody else may read',
		setup: serveWeb('/srv/charts-new', 8801),
		args: {
			name: 'new',
			url: 'http://127.0.0.1:8801',
			username: 'reader',
			password: new Secret('not for all'),
		},
		verify: `helm search repo new/web --version 1.0.0 --fail-on-no-result && grep -q 'password: not for all' ${file} && test "$(stat -c %a ${file})" = 600`,
	},
	{
		title: 'it has moved, and no password is needed any more',
		setup: `${serveWeb('/srv/charts-moved', 8802)}
echo old | helm repo add moved http://127.0.0.1:8802/./ --username reader --password-stdin`,
		args: { name: 'moved', url: 'http://127.0.0.1:8802' },
		verify: `${known('moved', 'http://127.0.0.1:8802')} && ! grep -q 'password: old' ${file}`,
	},
	{
		title: 'a file of its own',
		setup: serveWeb('/srv/charts-own', 8803),
		args: {
			name: 'own',
			url: 'http://127.0.0.1:8803',
			repository_config: '/etc/helm/repositories.yaml',
			repository_cache: '/var/cache/helm',
		},
		verify: `grep -q 127.0.0.1:8803 /etc/helm/repositories.yaml && test -f /var/cache/helm/own-index.yaml && ! ${known('own', 'http://127.0.0.1:8803')}`,
	},
	{
		title: 'not known any more',
		setup: `${serveWeb('/srv/charts-gone', 8804)}
helm repo add gone http://127.0.0.1:8804`,
		args: { name: 'gone', state: 'absent' },
		verify: `! ${known('gone', 'http://127.0.0.1:8804')}`,
	},
]);
