import uri from '../../../src/modules/commands/uri.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { actionRows } from '../../rows.ts';

const step = 'curl --config - (stdin: ••••••)';
const answers = (stdout: string) => ({ commands: { [step]: stdout } });

export default actionRows(uri, [
	{
		title: 'judges the answer and reads JSON',
		args: { url: 'https://a.example/x', return_content: true },
		host: answers('{"a":1}\n200 https://a.example/x application/json'),
		steps: [
			{
				step,
				content:
					'silent\nshow-error\nurl = "https://a.example/x"\nrequest = "GET"\nmax-time = "30"\nwrite-out = "\\n%{http_code} %{url_effective} %{content_type}"\nlocation\n',
			},
		],
		outcome: { changed: false, result: { status: 200, content: '{"a":1}', json: { a: 1 } } },
	},
	{
		title: 'sends secrets by stdin',
		args: {
			url: 'http://a.example/',
			method: 'PUT',
			headers: { authorization: new Secret('Bearer "x"') },
			body: { a: new Secret('b') },
			body_format: 'json',
			status_code: 204,
			follow_redirects: false,
		},
		host: answers('\n204 http://a.example/ '),
		steps: [
			{
				step,
				content:
					'silent\nshow-error\nurl = "http://a.example/"\nrequest = "PUT"\nmax-time = "30"\nwrite-out = "\\n%{http_code} %{url_effective} %{content_type}"\nheader = "authorization: Bearer \\"x\\""\ndata-raw = "{\\"a\\":\\"b\\"}"\nheader = "Content-Type: application/json"\n',
			},
		],
		outcome: { changed: true },
	},
	{
		title: 'shows the beginning of a wrong answer',
		args: { url: 'http://a.example/' },
		host: answers('no such page\n404 http://a.example/ text/plain'),
		error: /answered with 404, not 200.*no such page/s,
	},
	{
		title: 'says why there is no answer',
		args: { url: 'http://a.example/' },
		host: { commands: { [step]: { code: 7, stderr: 'curl: (7) Failed to connect\n' } } },
		error: /got no answer: \(7\) Failed to connect/,
	},
	{
		title: 'says when curl is missing',
		args: { url: 'http://a.example/' },
		host: { commands: { [step]: { code: 127 } } },
		error: /no curl on web1/,
	},
]);
