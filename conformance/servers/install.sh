#!/bin/sh
# Prints the path of a program: install.sh PROGRAM PACKAGE [PACKAGE...]. One in
# the PATH is taken; else, on Debian and with the rights to, the packages are
# installed. Nothing that they bring is started.
set -eu

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

if command -v apt-get >/dev/null; then
	if [ "$(id -u)" = 0 ]; then
		as_root=
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		as_root="sudo -n"
	else
		as_root=none
	fi
	if [ "$as_root" != none ]; then
		echo "installing$missing with apt-get" >&2
		$as_root apt-get update -qq >&2
		# With run level 1 no service is started.
		$as_root env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
		command -v "$program" && exit
	fi
fi

echo "The tests of fixes in real servers need $program and found none. On Debian: apt-get install $*" >&2
exit 1
