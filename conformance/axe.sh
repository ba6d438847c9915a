#!/bin/sh
# Prints the path of axe-core, the accessibility checker, as one script for a
# page. $AXE names one; else it comes from npm, once, into the user's cache.
set -eu

version=4.14.1

if [ -n "${AXE:-}" ]; then
	echo "$AXE"
	exit
fi
dir=${XDG_CACHE_HOME:-$HOME/.cache}/crossorigin/axe-core-$version
file=$dir/node_modules/axe-core/axe.min.js
if [ ! -f "$file" ]; then
	if ! command -v npm >/dev/null; then
		echo "The accessibility tests need axe-core $version, and npm to install it: install npm, or name the file with AXE=/path/to/axe.min.js" >&2
		exit 1
	fi
	mkdir -p "$dir"
	npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$dir" "axe-core@$version" >&2
fi
echo "$file"
