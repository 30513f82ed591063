# SPDX-License-Identifier: GPL-2.0
# Sourced by the scripts beside it: where things are, how to speak, how to hold a lock.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export ORIEL_CACHE=${ORIEL_CACHE:-$HOME/.cache/oriel}
roles="stable lts newest truth"

# What runs in user space is compiled once, whichever checkout asks for it; CMake takes the launcher from here.
if command -v ccache >/dev/null; then
	export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_DIR=$ORIEL_CACHE/ccache CCACHE_BASEDIR=$top CCACHE_NOHASHDIR=1
fi

# Progress goes to stderr: stdout belongs to what a script was asked for.
say() { echo "${0##*/}: $*" >&2; }

# die CAUSE [REMEDY [STATUS]]
die() {
	say "$1"
	[[ -z ${2:-} ]] || echo "  remedy: $2" >&2
	exit "${3:-1}"
}

# The comment at the head of a script is its --help: from line 3 to the first line that is none.
help_of() { sed -n '3,/^[^#]/{/^#/{s/^# \{0,1\}//;p}}' "$1"; }

# lock NAME: wait until no other process makes the same thing. Held until this process ends;
# children that outlive it must not inherit it, so long-running ones are started with 9>&-.
lock() {
	mkdir -p "$ORIEL_CACHE/lock"
	exec 9>"$ORIEL_CACHE/lock/$1"
	flock -n 9 && return
	say "waiting for another run that makes $1"
	flock 9
}

is_role() { [[ " $roles " == *" $1 "* ]]; }

# Root is needed to install packages and to enter a build root.
as_root() {
	if ((EUID == 0)); then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -- "$@"
	else
		die "root is needed for: $*" "run it as root, or install sudo"
	fi
}
