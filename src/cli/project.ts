import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BadInput } from '../errors.ts';
import { roleGroups, type Topology, topologyNamed } from '../lab/topologies.ts';
import { packageFolder } from '../package-folder.ts';

/**
 * Write an inventory and a playbook for a topology into a new folder; gives the files.
 * @throws BadInput for an unknown topology, or a folder that holds something already.
 */
export function writeProject(topologyName: string, folder: string): readonly string[] {
	const topology = topologyNamed(topologyName);
	if (existsSync(folder) && readdirSync(folder).length > 0) {
		throw new BadInput(`the folder ${folder} is not empty`, {
			hint: 'name a new one: nothing that is there is written over',
		});
	}

	const files = { ...example(topology), ...playbooks(topology) };
	return Object.entries(files).map(([name, text]) => {
		const file = join(folder, name);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, text);
		return file;
	});
}

// The playbook that ships for the topology is the best start, with the ones that it imports.
function playbooks({ name, summary }: Topology): Readonly<Record<string, string>> {
	const folder = join(packageFolder, 'playbooks');
	const shipped = join(folder, `${name}.yml`);
	if (!existsSync(shipped)) {
		return { 'site.yml': firstPlaybook(name, summary) };
	}

	const text = readFileSync(shipped, 'utf8');
	return { 'site.yml': text, ...importedBy(text, folder) };
}

function importedBy(text: string, folder: string): Readonly<Record<string, string>> {
	const files = [...text.matchAll(/^- import_playbook: (\S+)$/gm)].flatMap(([, name = '']) => {
		const imported = readFileSync(join(folder, name), 'utf8');
		return [[name, imported] as const, ...Object.entries(importedBy(imported, folder))];
	});
	return Object.fromEntries(files);
}

const firstPlaybook = (name: string, summary: string): string =>
	`# ${name}: ${summary}. Plays run from top to bottom; each says which hosts it is for and what they should be.
- name: Every host
  hosts: all
  become: true
  tasks:
    - name: Tell who we are
      copy: {content: "{{inventory_hostname}}, managed by g2pbook\\n", dest: /etc/motd, mode: "0644"}

# Groups are those of inventory/hosts.yml. "g2pbook doc" lists the modules and roles to use here.
#- name: Storage
#  hosts: storage
#  become: true
#  roles:
#    - postgres-native
`;

/** The inventory that ships, with what its comments say of every variable; its hosts are those of Production-Minimum. */
function example(topology: Topology): Readonly<Record<string, string>> {
	const shipped = join(packageFolder, 'inventories', 'prod');
	const files = readdirSync(shipped, { recursive: true, withFileTypes: true }).filter((entry) =>
		entry.isFile(),
	);
	const all = files.map((entry) => {
		const path = join(entry.parentPath, entry.name);
		return [join('inventory', path.slice(shipped.length + 1)), readFileSync(path, 'utf8')] as const;
	});
	return {
		...Object.fromEntries(all),
		...(topology.name === 'prod-minimum' ? {} : { 'inventory/hosts.yml': hosts(topology) }),
	};
}

function hosts(topology: Topology): string {
	const addressed = topology.hosts.map((host, index) => ({ ...host, address: `192.0.2.${index + 11}` }));
	return [
		`# ${topology.name}: ${topology.summary}. The addresses are examples: put your own in their place.`,
		'all:',
		'  hosts:',
		...addressed.map(({ name, address }) => `    ${name}: {ansible_host: ${address}}`),
		'  children:',
		...roleGroups.flatMap((group) => {
			const members = addressed.filter(({ groups }) => groups.includes(group));
			return members.length === 0
				? [`    ${group}: {}`]
				: [`    ${group}:`, '      hosts:', ...members.map(({ name }) => `        ${name}:`)];
		}),
		'',
	].join('\n');
}
