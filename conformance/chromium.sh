#!/bin/sh
# Prints the path of a Chromium. $CHROMIUM names one, by its path or in the PATH;
# else a usual name is looked for there; else, on Debian and with the rights to,
# it is installed.
set -eu

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

if command -v apt-get >/dev/null; then
	if [ "$(id -u)" = 0 ]; then
		as_root=
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		as_root="sudo -n"
	else
		as_root=none
	fi
	if [ "$as_root" != none ]; then
		echo "installing chromium with apt-get" >&2
		$as_root apt-get update -qq >&2
		DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium >&2
		find_chromium && exit
	fi
fi

cat >&2 <<'MESSAGE'
The browser tests need Chromium or Chrome and found none.
  Debian:    apt-get install chromium
  elsewhere: CHROMIUM=/path/to/chrome make test
  without:   BROWSERS=none make test
MESSAGE
exit 1
