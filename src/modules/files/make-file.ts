import type { Script } from '../../module/contract.ts';
import type { Secret } from '../../shell/secret.ts';
import type { Attributes } from './attributes-of.ts';

/** A file that the host makes itself. */
export type MadeFile = Attributes & {
	/** For people: the first line of the script. */
	readonly title: string;
	readonly path: string;
	/** Shell text that writes the file "$new" from its arguments; `set -eu` holds and nobody else can read "$new". */
	readonly body: string;
	readonly arguments: readonly string[];
	readonly input?: string | Secret | undefined;
	/** Keep the old file beside the new one, as uploads do it. */
	readonly backup?: boolean | undefined;
};

/**
 * A script that makes a file beside its place, gives it its attributes (those of the old file where none are
 * asked for) and only then renames it, so that nobody sees half of it and nothing is left behind.
 */
export const makeFile = ({
	title,
	path,
	mode,
	owner,
	group,
	body,
	arguments: words,
	input,
	backup,
}: MadeFile): Script => ({
	kind: 'script',
	text: `# ${title}
set -eu
path=$1 mode=$2 owner=$3 group=$4 backup=$5
shift 5
umask 077
new=$(mktemp "$path.g2pbook.XXXXXX")
trap 'rm -f "$new" "$new".*' EXIT
trap 'exit 1' HUP INT TERM
${body}
if [ -e "$path" ]; then
	: "\${mode:=$(stat -L -c %a "$path")}" "\${owner:=$(stat -L -c %u "$path")}" "\${group:=$(stat -L -c %g "$path")}"
	[ -z "$backup" ] || cp -p "$path" "$path.$(date -u +%Y%m%dT%H%M%SZ).bak"
fi
[ -z "$owner$group" ] || chown "$owner\${group:+:$group}" "$new"
chmod "\${mode:-0644}" "$new"
mv -f "$new" "$path"
`,
	arguments: [path, mode ?? '', owner ?? '', group ?? '', backup ? 'backup' : '', ...words],
	input,
});
