#!/bin/sh
# What PostgreSQL there is, as JSON. Only looks. Of clusters those named main, which is what packages call theirs:
# VERSION, START (the word of start.conf: auto, or that it was put aside), PORT (empty while it does not run). `all` are
# the words by which a cluster, of whatever name, can be purged.
set -u

# The major version of `postgresql`, as it is, or as it would be installed. Empty when nobody has fetched the lists. Asked
# as nobody, who cannot leave a cache behind.
major() { sed -n "/^$1:/s/.*postgresql-\([0-9][0-9]*\).*/\1/p" | head -n 1; }
distribution=$(dpkg-query --show --showformat '${db:Status-Status}: ${Depends}\n' postgresql 2>/dev/null | major installed)
[ -n "$distribution" ] ||
	distribution=$(runuser -u nobody -- apt-cache show --no-all-versions postgresql 2>/dev/null | major Depends)

# Data without settings, of packages that are gone, are data too.
versions=$(ls -d /etc/postgresql/*/main/postgresql.conf /var/lib/postgresql/*/main/PG_VERSION 2>/dev/null |
	sed 's,/main/[^/]*$,,; s,.*/,,' | sort -uV)

clusters=
for version in $versions; do
	settings=/etc/postgresql/$version/main
	start=$(sed 's/#.*//' "$settings/start.conf" 2>/dev/null | awk 'NF { print $1; exit }')
	data=$(sed -n "s/^ *data_directory *=* *'\([^']*\)'.*/\1/p" "$settings/postgresql.conf" 2>/dev/null | tail -n 1)
	port=$(sed -n 4p "${data:-/var/lib/postgresql/$version/main}/postmaster.pid" 2>/dev/null)
	clusters="$clusters${clusters:+, }{\"version\": \"$version\", \"start\": \"${start:-auto}\", \"port\": \"$port\"}"
done
all=$(ls -d /etc/postgresql/*/*/postgresql.conf 2>/dev/null |
	sed 's,^/etc/postgresql/,,; s,/postgresql.conf$,,; s,.*,"&",' | paste -sd, -)
printf '{"distribution": "%s", "clusters": [%s], "all": [%s]}\n' "$distribution" "$clusters" "$all"
