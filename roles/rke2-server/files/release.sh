#!/bin/sh
# A release of RKE2, in steps, since a node is emptied between them. The first word says which:
#   stage ADDRESS SUMS CHECKSUM VERSION   bring it here, and see that it is whole and right; CHECKSUM is - for the one that
#                                         the file at SUMS has. Nothing of the host is changed yet
#   images ADDRESS SUMS VERSION NAME…     the same for archives of its images, to where it looks for them when it starts;
#                                         in ADDRESS, NAME stands for each of these
#   install VERSION                       put it in its place. A program that runs keeps its own
set -u
verb=$1
shift
work=/var/lib/g2pbook/rke2-server
draft=$work/draft
agent=/var/lib/rancher/rke2/agent

refuse() {
	echo "$1" >&2
	rm -rf "$draft"
	exit 1
}

# An empty folder for what comes of a release.
begin() {
	rm -rf "$draft"
	mkdir -p "$draft" || exit 1
}

# Space for so many megabytes in each of these folders, before pods have gone elsewhere for it.
need() {
	megabytes=$1
	shift
	for folder; do
		free=$(($(df --output=avail -k "$folder" | tail -n 1) / 1024))
		[ "$free" -ge "$megabytes" ] || refuse "there are $free MB free where $folder is, and a release needs $megabytes while it is installed: nothing was changed"
	done
}

# To where it is called as at its address.
fetch() {
	curl --silent --show-error --fail --location --retry 3 --connect-timeout 20 --speed-limit 1000 --speed-time 60 \
		--output "$draft/${1##*/}" "$1" 2>"$draft/says" && return
	refuse "$1 cannot be downloaded: $(tail -n 1 "$draft/says"). rke2_server_source says where releases are: on a site without internet, a server of your own that has the files of $version (artifact_mirror)"
}

# The checksum of a file, as the release has it.
sum_of() {
	[ -e "$draft/${sums##*/}" ] || fetch "$sums"
	awk -v name="$1" '$2 == name || $2 == "*" name { print $1 }' "$draft/${sums##*/}"
}

fetch_right() {
	fetch "$1"
	seen=$(sha256sum "$draft/${1##*/}" | cut -d' ' -f1)
	[ "$seen" = "$2" ] ||
		refuse "$1 has the checksum $seen, and it has to be $2: nothing was installed. Was the download changed on its way, or is the copy another one?"
}

stage() {
	address=$1 sums=$2 checksum=$3 version=$4
	begin
	need 600 "$work" /usr/local
	archive=${address##*/}
	if [ "$checksum" = - ]; then
		checksum=$(sum_of "$archive") || exit 1
		[ -n "$checksum" ] || refuse "$sums does not name $archive: is this a release of RKE2?"
	fi
	fetch_right "$address" "$checksum"
	mkdir "$draft/tree" && tar -xzf "$draft/$archive" -C "$draft/tree" || refuse "$archive cannot be unpacked: is the disk full?"
	[ -x "$draft/tree/bin/rke2" ] || refuse "$archive has no bin/rke2: is this a release of RKE2?"
	# By a change of names: what is there is whole.
	rm -rf "$work/$version"
	mv "$draft/tree" "$work/$version"
	rm -rf "$draft"
}

images() {
	pattern=$1 sums=$2 version=$3
	shift 3
	begin
	mkdir -p "$agent/images" || exit 1
	need 4000 "$work" "$agent/images"
	for name; do
		address=$(printf '%s' "$pattern" | sed "s/NAME/$name/g")
		archive=${address##*/}
		checksum=$(sum_of "$archive") || exit 1
		[ -n "$checksum" ] || refuse "$sums does not name $archive: rke2_server_images names archives of the release, such as core and canal"
		[ "$(sha256sum 2>/dev/null <"$agent/images/$archive" | cut -d' ' -f1)" != "$checksum" ] || continue
		fetch_right "$address" "$checksum"
		# RKE2 may look for them at any time, and not for what begins with a dot.
		cp "$draft/$archive" "$agent/images/.$archive" && mv -f "$agent/images/.$archive" "$agent/images/$archive" ||
			refuse "$agent/images/$archive cannot be written: is the disk full?"
	done
	printf '%s\n' "$version $*" >"$agent/images.g2pbook"
	rm -rf "$draft"
}

install() {
	cd "$work/$1" || exit 1
	# Copied beside it and moved: nobody ever sees half of a file. The program comes last: it is what tells the version.
	{ find . -type f ! -path ./bin/rke2; echo ./bin/rke2; } | while read -r file; do
		mkdir -p "/usr/local/${file%/*}"
		cp -p "$file" "/usr/local/$file.g2pbook" && chown root:root "/usr/local/$file.g2pbook" && mv -f "/usr/local/$file.g2pbook" "/usr/local/$file" ||
			{ rm -f "/usr/local/$file.g2pbook"; refuse "/usr/local/$file cannot be written: is the disk full, or read-only?"; }
	done || exit 1
	cd /
	rm -rf "${work:?}/$1"
	systemctl daemon-reload
}

"$verb" "$@"
