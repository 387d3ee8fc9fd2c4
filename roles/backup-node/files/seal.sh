#!/bin/sh
# backup-seal FOLDER: what has arrived of the log of a cluster, in the archive FOLDER of pgBackRest, belongs to root from now
# on: the server to which the cluster hands it can add to it, and change or take away nothing. Only root can run it.
set -u
cd "$1" || exit 1
# With the sticky bit only the owner of a file takes it out of a folder, or the owner of the folder.
find . -xdev -type d ! -user root -exec chmod 1770 {} + -exec chown root {} +
# What is still being written is renamed at its end, by who began it.
find . -xdev -type f ! -user root ! -name '*.pgbackrest.tmp' -exec chmod 0640 {} + -exec chown -h root {} +
