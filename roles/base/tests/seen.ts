import type { TestLab } from '../../../test/fixtures/containers/lab.ts';

export const ask = async (lab: TestLab, host: string, line: string): Promise<string> =>
	(await lab.output(host, line)).trim();

/** The IPv4 address that /etc/hosts gives programs for a name, without the DNS of Docker; undefined: none. */
export async function resolves(lab: TestLab, host: string, name: string): Promise<string | undefined> {
	const { stdout } = await lab.run(host, `getent --service=files ahostsv4 ${name}`);
	return stdout.split(' ')[0] || undefined;
}

/** How many files a service may open that is started now. */
export const limitOf = (lab: TestLab, host: string): Promise<string> =>
	ask(lab, host, "systemd-run --quiet --wait --pipe --collect sh -c 'ulimit -Sn'");
