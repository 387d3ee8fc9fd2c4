// `npm run test:bare -- [IMAGE] [WORDS]`: `npm test WORDS` of a clone in a container that has nothing but the smallest
// system of a distribution (debian-12), the Node of this machine and the way to the Docker engine. A machine on which
// people work for long has what tests need by accident; this one shows what a newcomer's has.
// `npm run test:bare -- --short`: the part of `npm test` that is played here, and nowhere else then.
import { distributions } from '../src/lab/distributions.ts';
import { putClone, startBareMachine } from '../test/fixtures/containers/bare-machine.ts';

const words = process.argv.slice(2);
const image = distributions.find(({ name }) => name === words[0])?.name ?? 'debian-12';
const rest = words.filter((word) => word !== image);

/** Quoted for the shell there. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

const test = (...forTest: readonly string[]): string =>
	`npm test --silent -- ${forTest.map(quoted).join(' ')}`;

/** What runs on the machine itself, one test that uses the engine from there, and a measurement. */
const short: readonly string[] = [
	test('--unit'),
	test('--containers', 'test/lab.container.test.ts'),
	// The program is there, and the service is not: nobody asked for a login from the network.
	'[ -x /usr/sbin/sshd ] && [ "$(readlink /etc/systemd/system/ssh.service)" = /dev/null ]',
	'npm run --silent bench -- --case start --hosts 1 --peers raw --runs 1',
];

const passed = /^\d+ passed, 0 failed$/;

const machine = await startBareMachine({ image, withEngine: true });
try {
	await putClone(machine, '/g2pbook');
	const lines = rest.includes('--short')
		? short
		: [test(...(rest.length > 0 ? rest : ['--unit', '--containers']))];
	for (const line of lines) {
		process.stdout.write(`\nOn a bare ${image}: ${line}\n`);
		const { code, text } = await machine.show(`cd /g2pbook && ${line}`);
		const last = text.trimEnd().split('\n').at(-1) ?? '';
		if (code !== 0 || (line.includes('npm test') && !passed.test(last))) {
			process.stdout.write(`On a bare ${image}: ${line} ended with code ${code}\n`);
			process.exitCode = 1;
			break;
		}
	}
} finally {
	await machine.remove();
}
