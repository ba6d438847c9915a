# To be read in by the scripts that find what a test needs.

# install_packages installs Debian packages. It fails if there is no apt-get, or
# not the rights to use it.
install_packages() {
	command -v apt-get >/dev/null || return
	as_root=
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null && sudo -n true 2>/dev/null || return
		as_root="sudo -n"
	fi
	echo "installing $* with apt-get" >&2
	$as_root apt-get update -qq >&2
	# With run level 1 no service is started.
	$as_root env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}
