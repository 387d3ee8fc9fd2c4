import type { TestLab } from '../../../test/fixtures/containers/lab.ts';

export const [members, stranger] = [['rp1', 'rp2'] as const, 'stranger1'];

/** An address of the lab's network that no host has. */
export const shared = (lab: TestLab): string => lab.address('rp1').replace(/\d+$/, '250');

export const vars = (lab: TestLab) => ({
	vip_addresses: [
		{
			name: 'web',
			address: shared(lab),
			group: 'reverse_proxy',
			check: 'curl --silent --fail --max-time 1 "http://$ADDRESS/" >/dev/null',
		},
	],
	vip_boot_delay: 5,
});

/** Hosts that have the address, asked of their kernels. */
export const holders = async (lab: TestLab): Promise<readonly string[]> => {
	const said = await Promise.all(
		members.map((name) => lab.run(name, `ip -o -4 addr show | grep -qF ' ${shared(lab)}/'`)),
	);
	return members.filter((_, index) => said[index]?.code === 0);
};

/** Who answers at the address, seen by somebody else; empty when nobody does. */
export const answers = async (lab: TestLab): Promise<string> =>
	(await lab.run(stranger, `curl --silent --fail --max-time 1 http://${shared(lab)}/`)).stdout.trim();

export const other = (name: string): string => members.find((one) => one !== name) ?? '';

/** Whoever answers, asked ten times a second until it is the one that is wanted; and for how long nobody did. */
export async function becomes(lab: TestLab, wanted: string, seconds = 20): Promise<number> {
	const line = `from=$(date +%s%N) last=$from gap=0
end=$(($(date +%s) + ${seconds}))
while [ "$(date +%s)" -lt "$end" ]; do
	said=$(curl --silent --fail --max-time 0.5 http://${shared(lab)}/)
	now=$(date +%s%N)
	[ -z "$said" ] || { [ $((now - last)) -le "$gap" ] || gap=$((now - last)); last=$now; }
	[ "$said" != ${wanted} ] || { echo $((gap / 1000000)); exit 0; }
	sleep 0.1
done
exit 1`;
	const { code, stdout } = await lab.run(stranger, line);
	return code === 0 ? Number(stdout) : Number.POSITIVE_INFINITY;
}
