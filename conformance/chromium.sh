#!/bin/sh
# Prints the path of a Chromium. $CHROMIUM names one, by its path or in the PATH;
# else a usual name is looked for there; else, on Debian and with the rights to,
# it is installed.
set -eu
. "$(dirname "$0")/apt.sh"

if [ -n "${CHROMIUM:-}" ]; then
	if ! path=$(command -v "$CHROMIUM"); then
		echo "CHROMIUM=$CHROMIUM is not a program; name a Chromium or Chrome binary, or unset it" >&2
		exit 1
	fi
	case $path in
	/*) echo "$path" ;;
	*) echo "$PWD/$path" ;; # the tests run in another folder
	esac
	exit
fi

find_chromium() {
	for name in chromium chromium-browser google-chrome google-chrome-stable; do
		command -v "$name" && return
	done
	return 1
}

find_chromium && exit

install_packages chromium && find_chromium && exit

cat >&2 <<'MESSAGE'
The browser tests need Chromium or Chrome and found none.
  Debian:    apt-get install chromium
  elsewhere: CHROMIUM=/path/to/chrome make test
  without:   BROWSERS=none make test
MESSAGE
exit 1
