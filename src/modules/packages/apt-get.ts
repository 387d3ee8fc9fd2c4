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
tries=0
until message=$(LC_ALL=C apt-get --quiet "$@" 2>&1); do
	case $message in *'Could not get lock'*) [ "$tries" -lt 60 ] && sleep 5 && tries=$((tries + 1)) && continue ;; esac
	printf '%s\\n' "$message" >&2
	${orRemove === undefined ? ':' : sh`rm -f ${orRemove}`.line}
	exit 100
done
printf '%s\\n' "$message"
${words.length === 0 ? 'touch /var/lib/apt/lists' : ': only some of them'}
`,
	arguments: ['update', ...words],
});
