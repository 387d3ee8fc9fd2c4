import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Command } from '../timed.ts';
import { mustache } from '../work.ts';
import type { Estate, Peer } from './peer.ts';
import { writePlaybooks } from './playbook.ts';

/**
 * Us: the built program.
 * @param program path of `dist/main.js`
 */
export function g2pbook(program: string): Peer {
	if (!existsSync(program)) {
		throw new Error(`${program} is not there: npm run build`);
	}

	const run = (playbook: string, { folder, hosts }: Estate): Command => ({
		words: [
			process.execPath,
			...[program, 'run', playbook, '-i', 'hosts.yml', '--forks', String(hosts.length), '--lock-wait', '60'],
		],
		cwd: folder,
	});
	return {
		name: 'g2pbook',
		version: execFileSync(process.execPath, [program, '--version'], { encoding: 'utf8' }).trim(),
		start: { words: [process.execPath, program, '--version'], cwd: '/' },
		work(estate) {
			writePlaybooks(estate, mustache);
			return run('site.yml', estate);
		},
		push(estate, file) {
			writePlaybooks(estate, mustache, file);
			return run('push.yml', estate);
		},
	};
}
