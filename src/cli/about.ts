import { families } from '../modules/index.ts';

// Words for what a module does that neither its name nor its sentence holds.
const words: Readonly<Record<string, readonly string[]>> = {
	chmod: ['file'],
	chown: ['file'],
	crontab: ['cron'],
	curl: ['get_url', 'uri'],
	delete: ['file'],
	firewall: ['ufw'],
	fstab: ['mount'],
	http: ['uri', 'get_url'],
	install: ['package', 'apt'],
	mkdir: ['file'],
	openssl: ['tls_key', 'tls_certificate'],
	postgresql: ['postgres_database', 'postgres_role', 'postgres_grant'],
	restart: ['systemd', 'service'],
	sed: ['lineinfile', 'replace'],
	sleep: ['pause', 'wait_for'],
	symlink: ['file'],
	systemctl: ['systemd'],
	useradd: ['user'],
	wait: ['wait_for', 'pause'],
	wget: ['get_url'],
};

// A word that is in the sentences of more modules says nothing.
const most = 4;

/** The modules that a word is about, by what they do: `did you mean "file" or "stat"?` */
export function aboutTheSame(wanted: string): string | undefined {
	const parts = wanted
		.toLowerCase()
		.split(/[^a-z]+/)
		.filter((part) => part.length > 3 || Object.hasOwn(words, part));
	const names = [...new Set(parts.flatMap(modulesFor))];
	return names.length === 0 || names.length > most
		? undefined
		: `did you mean ${names.map((name) => `"${name}"`).join(' or ')}?`;
}

function modulesFor(word: string): readonly string[] {
	if (Object.hasOwn(words, word)) {
		return words[word] ?? [];
	}

	const whole = new RegExp(`\\b${word}s?\\b`, 'i');
	return Object.values(families)
		.flat()
		.filter(({ name, summary }) => whole.test(`${name.replaceAll('_', ' ')} ${summary}`))
		.map(({ name }) => name);
}
