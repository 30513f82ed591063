#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Sourced by marker_cli.sh, behind tap.sh.

fire() { echo "${2:-1}" >"/sys/module/$1/parameters/fire"; }

# exits TEXT STATUS COMMAND...: sets out and said, what it printed on stdout and on stderr
exits() {
	exits_text=$1 exits_wanted=$2
	shift 2
	"$@" >/tmp/exits.out 2>/tmp/exits.err </dev/null
	is "$exits_text" "$?" "$exits_wanted"
	out=$(cat /tmp/exits.out)
	said=$(cat /tmp/exits.err)
}

# json NAME WORD...: a command with --json, its output left for the host
json() {
	json_name=$1
	shift
	oriel --json "$@" >"/out/$json_name.json" 2>/dev/null
}

# state NAME: as list tells it
state() { oriel marker list | awk -v name="$1" '$1 == name { print $3 }'; }

# await CONDITION: until it holds; fails after 60 s or more
await() {
	await_n=0
	until eval "$1"; do
		await_n=$((await_n + 1))
		[ $await_n -lt 300 ] || return 1
		sleep 0.2
	done 2>/dev/null
}

kernel=$(uname -r)
extra=/lib/modules/$kernel/extra

install_modules() {
	mkdir -p "$extra"
	cp oriel.ko oriel_ns.ko "$extra/"
}

# Another version in the vermagic, of the same length: the way of a module built for the kernel of last week.
make_victim() {
	sed "s/vermagic=$kernel/vermagic=$(echo "$kernel" | tr 0123456789 1234567890)/" om_victim.ko >"$extra/om_victim.ko"
	depmod
}
