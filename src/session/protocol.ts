import { quote } from '../shell/command.ts';

// What is said to the shell on the host. It must read the same in dash, bash, busybox ash and mksh.
// Names begin with `_g`, so that the lines of modules and users can have all others.

/**
 * Ends the marks on both streams. The halves of the mark are apart, so that `set` in a program never prints it.
 * On a host that dies, programs fail before the connection does: when process 1 is on its way out (PF_EXITING among its
 * flags in proc_pid_stat(5)), nobody can talk to the system any more, while shells still live for a moment. Their word
 * of a failure or an end is kept back, so that the host is told as lost and nothing on it as failed.
 */
const marking = (mark: string): string =>
	`_ga=${mark.slice(0, mark.length / 2)} _gb=${mark.slice(mark.length / 2)}
_gl() { read -r _gl 2>/dev/null </proc/1/stat || return 0; set -- \${_gl##*) }; [ $((\${7:-0} & 4)) = 0 ]; }
_gm() {
	case $1 in S:*|N:*|E:*:0) ;; *) _gl || sleep 10 ;; esac
	printf '%s%s:%s\\n' "$_ga" "$_gb" "$1"; printf '%s%s:%s\\n' "$_ga" "$_gb" "$1" >&2
}
`;

/**
 * Asks for existence: `_gh WHAT COMMAND BETWEEN NAME…` writes a sign for each name, `1` when something is there, `0`
 * when not, `?` when that cannot be seen; then it runs the command with all names but those of `0`, and BETWEEN after
 * each. When asked for `links` a link is there, wherever it leads; for `files`, a directory is `d`, and left out, too.
 * Nobody has to understand what a program says of a file that is missing: on another system it has other words for it.
 * `_gv NAME` succeeds where nothing is, and fails where a folder on the way may not be entered, or links go in a circle.
 */
const asking = `_gv() {
	_p=$1 _k=0
	while [ $_k -lt 40 ]; do
		case $_p in ?*/) _p=\${_p%/}; continue ;; */*) _d=\${_p%/*}; _d=\${_d:-/} ;; *) _d=. ;; esac
		if [ -L "$_p" ]; then
			_k=$((_k+1)); _l=$(readlink -- "$_p") || return
			case $_l in /*) _p=$_l ;; *) _p=$_d/$_l ;; esac
		elif [ -d "$_d" ]; then
			[ -x "$_d" ] || ( cd -P -- "$_d/." ) 2>/dev/null; return
		elif [ -e "$_d" ]; then return 0
		else _p=$_d
		fi
	done
	return 1
}
_gh() {
	_x=$1 _c=$2 _b=$3; shift 3; _i=0 _s= _w=
	for _n; do
		_i=$((_i+1))
		if [ $_x = files ] && [ -d "$_n" ]; then _s=\${_s}d; continue
		elif [ -e "$_n" ] || { [ $_x = links ] && [ -L "$_n" ]; }; then _s=\${_s}1
		elif _gv "$_n"; then _s=\${_s}0; continue
		else _s=$_s?
		fi
		_w="$_w \\"\\\${$_i}\\"$_b"
	done
	printf %s "$_s"
	[ -z "$_w" ] || eval "$_c$_w"
}
`;

/**
 * Puts a new file in place: `_gu ID TARGET MODE OWNER GROUP STAMP VALIDATE STAGED`, content on standard input
 * unless it is staged. The name of the new file begins with a dot, so that run-parts(8) and most `conf.d` folders
 * pass over it. An id is `TARGET'S.RANDOM`: what a host that lost its power has kept for the same target goes. What is
 * mounted itself (`_gy PATH`, as files of containers are) cannot be replaced, and is written over.
 */
const uploading = `_ge() { printf '%s\\n' "$1" >&2; exit 1; }
_gy() {
	_p=$(readlink -f -- "$1") || return
	while read -r _i _i _i _i _l _i; do
		case $_l in *\\\\*) _l=$(printf %b "$_l") ;; esac
		[ "$_l" != "$_p" ] || return 0
	done </proc/self/mountinfo
	return 1
}
_gt() {
	_t=$2
	if [ -L "$_t" ]; then _t=$(readlink -f -- "$_t") || _ge "$2 is a link that leads nowhere"; fi
	_d=\${_t%/*}; _d=\${_d:-/}; _n=$_d/.g2p-$1
	[ -d "$_d" ] || _ge "the folder $_d does not exist"
	[ ! -d "$_t" ] || _ge "$_t is a folder"
	[ ! -e "$_t" ] || [ -f "$_t" ] || _ge "$_t is not a regular file"
	for _x in "$_d/.g2p-\${1%.*}".*; do [ ! -e "$_x" ] || [ -n "$3" ] || rm -f -- "$_x"; done
	trap 'rm -f -- "$_n"' EXIT; trap 'exit 143' HUP INT TERM PIPE
	[ -z "$_gd" ] || printf '%s\\n' "$_n" >>"$_gd/new"
}
_gu() {
	_gt "$1" "$2" "$8"; _m=$3 _o=$4 _w=$5
	[ -n "$8" ] || ( umask 077; set -C; cat >"$_n" ) || exit
	if [ -e "$_t" ]; then
		_s=$(stat -c '%a %u %g' -- "$_t") || exit
		_m=\${_m:-\${_s%% *}}; _s=\${_s#* }; _o=\${_o:-\${_s% *}}; _w=\${_w:-\${_s#* }}
	fi
	[ -z "$_o$_w" ] || chown -- "$_o\${_w:+:$_w}" "$_n" || exit
	chmod -- "\${_m:-0644}" "$_n" || exit
	if [ -n "$7" ]; then
		export _n; ( eval "$7" ) </dev/null || _ge "the new content was refused (code $?), $_t is unchanged"
	fi
	[ -z "$6" ] || [ ! -e "$_t" ] || cp -p -- "$_t" "$_t.$6.bak" || exit
	sync "$_n" 2>/dev/null || :
	_x=$(LC_ALL=C mv -f -- "$_n" "$_t" 2>&1) || {
		_gy "$_t" || _ge "$_x"
		cat -- "$_n" >"$_t" && { [ -z "$_o$_w" ] || chown -- "$_o\${_w:+:$_w}" "$_t"; } &&
			chmod -- "\${_m:-0644}" "$_t" || exit
	}
	[ ! -e /sys/fs/selinux/enforce ] || restorecon -- "$_t" 2>/dev/null || :
}
`;

/**
 * The first words to a resident shell. Afterwards it listens: jobs run beside it, in a session of their own, so
 * that the end of its input (the controller died, the connection broke) ends the running job (`_gx`), and so does a
 * word from the controller (`_gK`). The folder for our own files exists only once something is to be changed.
 * A step that leaves a program behind, to last as long as the conversation, gives it `$G2PBOOK_SESSION` to watch: the
 * process of this shell, which is gone as soon as the controller is.
 * @param folder random part of its name
 * @param abandoned folders of shells that ended without tidying up; what still runs in one removes it itself
 */
export const greeting = (mark: string, folder: string, abandoned: readonly string[]): string =>
	`${marking(mark)}${asking}_gd= _gf= _gc=
unset CDPATH ENV BASH_ENV; HISTFILE=
case :$PATH: in *:/usr/sbin:*) ;; *) PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH ;; esac
cd "$HOME" 2>/dev/null || cd /
command -v setsid >/dev/null && _gs=setsid || _gs=
_gp=${quote(`${marking(mark)}${asking}${uploading}`)}
_gn() {
	[ -z "$_gd" ] || return 0
	for _gd in /run "/run/user/$(id -u)" /dev/shm /tmp; do
		_gd=$_gd/.g2p-${folder}; mkdir -m 0700 "$_gd" 2>/dev/null && return
	done
	_gd=; echo 'neither /run, /dev/shm nor /tmp can be written' >&2; return 1
}
_go() {
	for _gi in /run "/run/user/$(id -u)" /dev/shm /tmp; do
		_gi=$_gi/.g2p-$1; [ -d "$_gi" ] || continue
		: >"$_gi/gone"; _gg=; read -r _gg <"$_gi/group"
		if [ -z "$_gg" ] || ! kill -0 -$_gg; then rm -rf "$_gi"; fi
	done 2>/dev/null
}
_gj() {
	_gn || { _gm "J:$1:73:0"; return; }
	echo 0 >"$_gd/group"; _gf=$3
	{
		printf '%s' "$_gp" "_gd=$_gd; G2PBOOK_SESSION=$$; export G2PBOOK_SESSION; echo \\$\\$ >$_gd/group; " "$2" | $_gs /bin/sh
		_gc=$?; read -r _gg <"$_gd/group"; : >"$_gd/group"
		[ ! -e "$_gd/gone" ] || rm -rf "$_gd"
		if kill -0 -$_gg 2>/dev/null; then _gi=1; else _gi=0; fi
		_gm "J:$1:$_gc:$_gi"
	} &
}
_gq() {
	[ -s "$_gd/new" ] || return 0
	while IFS= read -r _gi; do rm -f -- "$_gi"; done <"$_gd/new"
	: >"$_gd/new"
}
_gK() {
	_gi=0; _gg=; read -r _gg 2>/dev/null <"$_gd/group"
	while [ "$_gg" = 0 ] && [ $_gi -lt 20 ]; do
		_gi=$((_gi+1)); sleep 0.1; read -r _gg <"$_gd/group"
	done
	if [ -z "$_gg" ] || [ "$_gg" = 0 ]; then return 0; fi
	kill -TERM -$_gg 2>/dev/null || kill -TERM $_gg 2>/dev/null
	_gi=0
	while [ $_gi -lt 20 ] && kill -0 -$_gg 2>/dev/null; do _gi=$((_gi+1)); sleep 0.1; done
	kill -KILL -$_gg 2>/dev/null || kill -KILL $_gg 2>/dev/null
	_gq; rm -f "$_gd"/s.* "$_gd"/blob.*
}
_gx() {
	trap '' HUP INT TERM PIPE
	[ -n "$_gd" ] || return 0
	: >"$_gd/gone"; _gg=; read -r _gg <"$_gd/group"
	if [ -n "$_gg" ] && [ -n "$_gf" ]; then return 0; fi
	_gK; rm -rf "$_gd"
}
trap _gx EXIT; trap 'exit 143' HUP INT TERM; trap 'exit 141' PIPE
${abandoned.map((name) => `_go ${name}\n`).join('')}`;

/** A frame: one piece of work whose output and code come back between marks. */
export const frame = (id: number, work: string): string => `_gm S:${id}; ${work}; _gm E:${id}:$?\n`;

/** A frame of a job that is left out once an earlier step has failed. */
export const guardedFrame = (id: number, work: string): string =>
	`if [ -z "$_gz" ]; then _gm S:${id}; ${work}; _gc=$?; _gm E:${id}:$_gc; [ $_gc = 0 ] || _gz=1
else _gm N:${id}; fi
`;

/**
 * Starts a job, which ends with a `J` mark whatever happens to it.
 * @param finishes leave it running when the controller is gone
 */
export const job = (id: number, text: string, finishes: boolean): string =>
	`_gj ${id} ${quote(text)} ${finishes ? '1' : "''"}\n`;

/** Ends the running job, politely for two seconds, then at once. */
export const killJob = (id: number): string => `_gK; _gm K:${id}\n`;

/** The folder for our own files, made when there is none yet. */
export const folderOfSession = `_gn && printf '%s' "$_gd"`;

/** A line in a subshell of its own: it can `exit`, and what it does to variables is forgotten. */
export const subshell = (line: string, setting = ''): string => `( ${setting}eval ${quote(line)} )`;

/** Programs whose output we read speak English. */
export const plainLocale = 'LC_ALL=C; export LC_ALL; ';

/** For a channel that writes a large file and guards it until the step is done. */
export const uploadFunctions = uploading;
