import * as z from 'zod';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { option, sh } from '../../shell/command.ts';
import { contentDetail } from '../lib/content-detail.ts';
import { linesOf, readText, textOf } from '../lib/lines.ts';
import { editCrontab } from './edit-crontab.ts';

const field = (what: string) =>
	z
		.union([z.string().regex(/^\S+$/, 'a field of a crontab has no blanks'), z.int().nonnegative()])
		.transform(String)
		.default('*')
		.describe(`${what}, as in crontab(5).`);

export default stateModule({
	name: 'cron',
	summary: 'Ensure a job stands in a crontab, or does not.',
	args: z
		.strictObject({
			name: z
				.string()
				.regex(/^[^\n]+$/)
				.describe('What the job is known by: a comment before it in the crontab.'),
			job: z
				.string()
				.regex(/^[^\n]+$/, 'a job is one line')
				.optional()
				.describe('The command; with `env: true` the value.'),
			user: z
				.string()
				.optional()
				.describe(
					'Whose crontab; with `cron_file` as whom the job runs. The user of the task when not given.',
				),
			minute: field('Minute'),
			hour: field('Hour'),
			day: field('Day of the month'),
			month: field('Month'),
			weekday: field('Day of the week'),
			special_time: z
				.enum(['reboot', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'annually'])
				.optional()
				.describe('A name in place of the five fields.'),
			disabled: z.boolean().default(false).describe('Keep the job as a comment.'),
			env: z
				.boolean()
				.default(false)
				.describe('Set the variable `name` at the top of the crontab, not a job.'),
			cron_file: z
				.string()
				.optional()
				.describe('A file in /etc/cron.d (or an absolute path) instead of the crontab of a user.'),
			state: z.enum(['present', 'absent']).default('present').describe('Whether the job should be there.'),
		})
		.refine(({ state, job }) => state === 'absent' || job !== undefined, {
			error: 'a job that should be present needs `job`',
			path: ['job'],
		})
		.refine(
			({ cron_file, user, state }) => cron_file === undefined || user !== undefined || state === 'absent',
			{
				error: '`cron_file` needs `user`: as whom should the job run?',
				path: ['user'],
			},
		),
	examples: [
		'cron: {name: nightly dump, user: postgres, hour: 2, minute: 30, job: /usr/local/bin/dump}',
		'cron: {name: cleanup, cron_file: g2p, user: root, special_time: daily, job: find /tmp/g2p -mtime +7 -delete}',
		'cron: {name: nightly dump, user: postgres, state: absent}',
	],

	async current({ user, cron_file }, host) {
		if (cron_file !== undefined) {
			const content = await readText(pathOf(cron_file), host);
			return content === '' ? undefined : { content };
		}

		// 1: no crontab yet. 127: no cron yet, then there is none either.
		const { code, stdout } = await host.read(sh`crontab -l ${option('-u', user)}`, { ok: [0, 1, 127] });
		return { content: code === 0 ? stdout : '' };
	},

	desired(args, _local, current) {
		const content = textOf(editCrontab(linesOf(current?.content ?? ''), args));
		return args.cron_file !== undefined && content === '' ? undefined : { content };
	},

	create: ({ cron_file }, { after }) => [
		{ kind: 'upload', path: pathOf(cron_file ?? ''), content: after.content, mode: '0644' },
	],
	update: ({ user, cron_file }, { after }) =>
		cron_file === undefined
			? [sh`crontab ${option('-u', user)} -`.withInput(after.content)]
			: [{ kind: 'upload', path: pathOf(cron_file), content: after.content }],
	delete: ({ cron_file }) =>
		cron_file === undefined ? impossible('a crontab may be empty') : [sh`rm -f ${pathOf(cron_file)}`],

	detail: async ({ cron_file, user }, change) =>
		contentDetail(cron_file === undefined ? `crontab of ${user ?? 'the user'}` : pathOf(cron_file), change),
});

const pathOf = (file: string): string => (file.startsWith('/') ? file : `/etc/cron.d/${file}`);
