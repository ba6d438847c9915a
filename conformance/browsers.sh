#!/bin/sh
# Finds the browsers that its arguments name, of chromium, firefox and webkit, and
# what drives them; what is missing is installed, on Debian and with the rights to.
# Prints the variables that the tests take, for eval. Without an argument it finds
# chromium and firefox.
set -eu
. "$(dirname "$0")/apt.sh"

# found NAMES... prints the path of the first program there is.
found() {
	for name in "$@"; do
		command -v "$name" && return
	done
	return 1
}

# quoted TEXT prints it as one word of a shell.
quoted() {
	printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"
}

# have VARIABLE PACKAGES NAMES... finds a browser: the one that the variable names,
# or the first of the names, or after the packages are installed.
have() {
	variable=$1 packages=$2
	shift 2
	eval "named=\${$variable:-}"
	if [ -n "$named" ]; then
		if ! path=$(command -v "$named"); then
			echo "$variable=$named is not a program; name the browser's binary, or unset it" >&2
			exit 1
		fi
	elif ! path=$(found "$@"); then
		# shellcheck disable=SC2086 # several packages
		if ! install_packages $packages || ! path=$(found "$@"); then
			cat >&2 <<MESSAGE
The browser tests need $1 and found none.
  Debian:    apt-get install $packages
  elsewhere: $variable=/path/to/it make test
  without:   BROWSERS=none make test
MESSAGE
			exit 1
		fi
	fi
	case $path in
	/*) ;;
	*) path=$PWD/$path ;; # the tests run in another folder
	esac
	echo "export $variable=$(quoted "$path")"
}

# need PROGRAM PACKAGES... finds what drives a browser.
need() {
	program=$1
	shift
	command -v "$program" >/dev/null && return
	if ! install_packages "$@" || ! command -v "$program" >/dev/null; then
		echo "The browser tests need $program: apt-get install $*, or its like; or BROWSERS=none make test" >&2
		exit 1
	fi
}

for browser in ${*:-chromium firefox}; do
	case $browser in
	chromium)
		have CHROMIUM chromium chromium chromium-browser google-chrome google-chrome-stable
		need certutil libnss3-tools
		;;
	firefox)
		have FIREFOX firefox-esr firefox-esr firefox
		need certutil libnss3-tools
		;;
	webkit)
		# MiniBrowser is in no PATH.
		have WEBKIT libwebkit2gtk-4.1-0 MiniBrowser /usr/lib/*/webkit2gtk-4.1/MiniBrowser /usr/lib*/webkit2gtk-4.1/MiniBrowser
		need xvfb-run xvfb xauth
		need xauth xauth
		need unshare util-linux
		;;
	*)
		echo "browsers.sh: there is no browser $browser; write some of chromium, firefox and webkit" >&2
		exit 2
		;;
	esac
done
