import template from '../../../src/modules/files/template.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(template, [
	{
		title: 'into a folder, with the old file kept',
		setup: 'mkdir -p /srv/template && echo old > /srv/template/a.conf',
		run: { templates: { 'a.conf': 'port = 1\n' } },
		args: { src: 'a.conf', dest: '/srv/template', backup: true, mode: '0600' },
		verify: 'grep -q "port = 1" /srv/template/a.conf && grep -q old /srv/template/a.conf.*',
	},
]);
