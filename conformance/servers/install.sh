#!/bin/sh
# Prints the path of a program: install.sh PROGRAM PACKAGE [PACKAGE...]. One in
# the PATH is taken; else, on Debian and with the rights to, the packages are
# installed. Nothing that they bring is started.
set -eu
. "$(dirname "$0")/../apt.sh"

program=$1
shift
PATH=$PATH:/usr/sbin:/sbin

missing=
if command -v dpkg-query >/dev/null; then
	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
	done
fi
if [ -z "$missing" ]; then
	command -v "$program" && exit
fi

install_packages "$@" && command -v "$program" && exit

echo "The tests of fixes in real servers need $program and found none. On Debian: apt-get install $*" >&2
exit 1
