import { isIP } from 'node:net';
import * as z from 'zod';
import { hostPath } from '../../module/arguments.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { contentDetail } from '../lib/content-detail.ts';
import { linesOf, readText, textOf } from '../lib/lines.ts';
import { editHosts } from './edit-hosts.ts';

export default stateModule({
	name: 'hosts_entry',
	summary: 'Ensure names stand for an address in /etc/hosts, or no longer do.',
	args: z.strictObject({
		ip: z
			.string()
			.refine((text) => isIP(text) !== 0, 'write an IPv4 or IPv6 address')
			.describe('The address.'),
		names: z
			.union([z.string(), z.array(z.string())])
			.transform((names) => [names].flat().flatMap((text) => text.split(/[\s,]+/)))
			.transform((names) => names.filter((name) => name !== ''))
			.pipe(z.array(z.string().regex(/^[\w.-]+$/, 'a name has letters, digits, dots and dashes')).min(1))
			.describe('Host names, the full one first; a list, or one text with blanks.'),
		state: z.enum(['present', 'absent']).default('present').describe('Whether the entry should be there.'),
		path: hostPath().default('/etc/hosts').describe('The file.'),
	}),
	examples: [
		'hosts_entry: {ip: 192.0.2.20, names: [db1.example.org, db1]}',
		'hosts_entry: {ip: 192.0.2.20, names: db1, state: absent}',
	],

	current: async ({ path }, host) => ({ content: await readText(path, host) }),

	desired: (args, _local, current) => ({ content: textOf(editHosts(linesOf(current?.content ?? ''), args)) }),

	create: () => impossible('the entries of a file are compared one by one'),
	update: ({ path }, { after }) => [{ kind: 'upload', path, content: after.content }],
	delete: () => impossible('the entries of a file are compared one by one'),
	detail: async ({ path }, change) => contentDetail(path, change),
});
