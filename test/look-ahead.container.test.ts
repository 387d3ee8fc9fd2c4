import { writeFile } from 'node:fs/promises';
import test from 'ava';
import { play } from './fixtures/containers/command-line.ts';
import { testImage } from './fixtures/containers/images.ts';
import { startLab } from './fixtures/containers/lab.ts';

const kinds: readonly ((index: number) => object)[] = [
	(index) => ({ file: { path: `/root/f${index}`, state: 'directory' } }),
	() => ({ package: { name: 'dpkg' } }),
	(index) => ({ systemd: { name: `getty@tty${index}.service`, state: 'stopped' } }),
	() => ({ sysctl: { name: 'kernel.ostype', value: 'Linux', sysctl_file: '/etc/sysctl.d/98-test.conf' } }),
];

// Beside the test on this machine, which may have no service manager.
test(`units are one process too, with 400 tasks as with 40 (${testImage})`, async (t) => {
	t.timeout(5 * 60_000);
	const lab = await startLab(t, [{ name: 'host1', groups: [] }]);
	const playbook = `${lab.folder}-tasks.yml`;
	const spent = async (count: number) => {
		const tasks = Array.from({ length: count }, (_, index) => kinds[index % kinds.length]?.(index));
		await writeFile(playbook, JSON.stringify([{ hosts: 'all', become: true, gather_facts: false, tasks }]));
		t.is((await play(playbook, lab.folder)).code, 0);
		const { code, effects, events, stdout } = await play(playbook, lab.folder);
		t.is(code, 0, stdout);
		t.deepEqual(effects, []);
		return events.flatMap((event) => (event.kind === 'host-end' ? [event.result.spent] : []));
	};

	const costs = [await spent(40), await spent(400)].map((all) => ({
		roundTrips: all.reduce((total, one) => total + (one?.roundTrips ?? 0), 0),
		processes: all.reduce((total, one) => total + (one?.processes ?? 0), 0),
	}));
	t.log(JSON.stringify(costs));
	t.is(costs[1]?.processes, costs[0]?.processes);
	t.true(costs.every(({ roundTrips }) => roundTrips <= 4));
});
