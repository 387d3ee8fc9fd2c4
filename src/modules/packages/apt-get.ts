import type { Script } from '../../module/contract.ts';
import { type Command, sh, type Word } from '../../shell/command.ts';

// Nobody is asked, a configuration file that was changed by hand stays, and a lock that another one holds is
// waited for. needrestart would restart services on its own: that is for the playbook to say.
const environment = [
	'DEBIAN_FRONTEND=noninteractive',
	'APT_LISTCHANGES_FRONTEND=none',
	'NEEDRESTART_SUSPEND=1',
] as const;
const options = [
	'DPkg::Lock::Timeout=300',
	'Dpkg::Options::=--force-confdef',
	'Dpkg::Options::=--force-confold',
].flatMap((text) => ['--option', text]);

/** `apt-get` as a task uses it. */
export const aptGet = (...words: readonly Word[]): Command =>
	sh`env ${environment} apt-get --yes --quiet ${options} ${words}`;

/** Words for a script: run them until nobody else holds the lock, for five minutes; what they said is in `$message`. */
const untilUnlocked = (orElse: string): string => `tries=0
until message=$("$@" 2>&1); do
	case $message in *'ould not get lock'* | *'is locked by another process'* | *'was locked by another process'*)
		[ "$tries" -lt 60 ] && sleep 5 && tries=$((tries + 1)) && continue ;;
	esac
	${orElse}
done
`;

/**
 * Fetch the lists of packages. apt does not wait for the lock of the lists by itself, and does not touch their
 * folder when nothing is new, though its time is how their age is known. `orRemove`: a file that goes when this
 * fails, so that a source that cannot be read does not stay.
 */
export const refreshLists = (
	words: readonly string[] = [],
	{ orRemove }: { readonly orRemove?: string } = {},
): Script => ({
	kind: 'script',
	text: `: apt-get, waiting while another one holds the lock
set -- env LC_ALL=C apt-get --quiet "$@"
${untilUnlocked(`printf '%s\\n' "$message" >&2
	${orRemove === undefined ? ':' : sh`rm -f ${orRemove}`.line}
	exit 100`)}printf '%s\\n' "$message"
${words.length === 0 ? 'touch /var/lib/apt/lists' : ': only some of them'}
`,
	arguments: ['update', ...words],
});

/**
 * Complete what dpkg has begun and never ended, as when the host lost its power. What dpkg cannot configure by itself,
 * because something that it needs is not there either, apt-get installs again.
 */
export const completePackages = (): Script => ({
	kind: 'script',
	text: `: dpkg, completing what was interrupted
set -- env LC_ALL=C ${environment.join(' ')} dpkg --force-confdef --force-confold --configure -a
${untilUnlocked('break')}printf '%s\\n' "$message"
exec ${aptGet('--fix-broken', 'install').line}
`,
});
