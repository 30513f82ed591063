# SPDX-License-Identifier: GPL-2.0
# Sourced by the groups that try the Debian packages, after tap.bash and scripts/common.bash.

# make_work: sets work, a directory beside the kernels that goes with the group
make_work() {
	local stale
	mkdir -p "$ORIEL_CACHE/install"
	for stale in "$ORIEL_CACHE"/install/*; do
		[[ ! -d $stale || -d /proc/${stale##*/} ]] || as_root rm -rf "$stale" # of a run that was killed
	done
	work=$ORIEL_CACHE/install/$$
	mkdir "$work"
	trap 'as_root rm -rf "$work"' EXIT
}

# make_debs: builds the packages as a test, and sets debs, the paths of oriel, oriel-dkms and orield; ends the group if
# they do not build
make_debs() {
	local said
	if ! said=$(scripts/deb 2>&1 >"$work/debs"); then
		not_ok 'the packages build' "$said"
		finish
	fi
	ok 'the packages build'
	# shellcheck disable=SC2034
	mapfile -t debs <"$work/debs"
}

# install_root SUITE DIR ROLE...: makes a Debian root with the kernels of these roles, to try packages in
install_root() {
	local dir=$2 role image env_file
	image=$(scripts/root-image "$1") || return
	as_root fsck.erofs --extract="$dir" "$image" >/dev/null || return
	as_root mkdir -p "$dir/lib/modules"
	for role in "${@:3}"; do
		env_file=$(scripts/kernel "$role") || return
		# Hard links: DKMS adds files, and depmod replaces files.
		# shellcheck source=/dev/null
		(. "$env_file" && as_root cp -al "$MODDIR" "$dir/lib/modules/") || return
	done
	in_root "$dir" true # makes the places for the tree and the cache
}

# in_root DIR COMMAND...: as root, which installing takes
in_root() {
	as_root env ORIEL_CACHE="$ORIEL_CACHE" LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive scripts/in-root "$@"
}
