import { createHash } from 'node:crypto';
import getUrl from '../../../src/modules/files/get_url.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { stateRows } from '../../rows.ts';

const url = 'https://example.org/dl/tool.tgz?x=1';
const sum = createHash('sha256').update('tool').digest('hex');
const checksum = `sha256:${sum}`;
const served = `{ { { command -v curl; } >/dev/null 2>&1; } && { curl -fsSL '${url}'; }; } || { wget -q -O - '${url}'; }`;

export default stateRows(getUrl, [
	{
		title: 'downloads and verifies',
		args: { url, dest: '/opt/tool.tgz', checksum, mode: '0640' },
		host: { files: {} },
		steps: [`script: # download ${url} … /opt/tool.tgz 0640 '' '' '' '${url}' 10 ${sum}`],
	},
	{
		title: 'takes its name from the URL in a folder',
		args: { url, dest: '/opt/' },
		host: { files: {} },
		steps: ['mkdir -p /opt/', `script: # download ${url} … /opt/tool.tgz '' '' '' '' '${url}' 10 ''`],
	},
	{
		title: 'knows what it has by the checksum',
		args: { url, dest: '/opt/tool.tgz', checksum: checksum.replace(sum, sum.toUpperCase()) },
		host: { files: { '/opt/tool.tgz': 'tool' } },
	},
	{
		title: 'downloads again what has another checksum',
		args: { url, dest: '/opt', checksum },
		host: { files: { '/opt': { type: 'directory' }, '/opt/tool.tgz': 'old' } },
		steps: [`script: # download ${url} … /opt/tool.tgz '' '' '' '' '${url}' 10 ${sum}`],
	},
	{
		title: 'takes what is there without a checksum',
		args: { url, dest: '/opt/tool.tgz', mode: '0600' },
		host: { files: { '/opt/tool.tgz': 'anything' } },
		steps: ['chmod 0600 /opt/tool.tgz'],
	},
	{
		title: 'compares with what is served when forced',
		args: { url, dest: '/opt/tool.tgz', force: true },
		host: {
			files: { '/opt/tool.tgz': 'old' },
			commands: { [`{ ${served}; } | { sha256sum; }`]: `${sum}  -\n` },
		},
		steps: [`script: # download ${url} … /opt/tool.tgz '' '' '' '' '${url}' 10 ''`],
	},
	{
		title: 'sends headers unseen',
		args: { url, dest: '/opt/x', headers: { Authorization: new Secret('Bearer t') } },
		host: { files: {} },
		steps: [`script: # download ${url} … /opt/x '' '' '' '' '${url}' 10 ''`],
	},
	{
		title: 'wants a checksum that it can check',
		args: { url, dest: '/x', checksum: 'md5:12' },
		error: /write sha256:/,
	},
]);
