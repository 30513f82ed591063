# SPDX-License-Identifier: GPL-2.0
# Sourced by the verdict tests in the guest: predict from the file, load it, look, and compare.

. /tap.sh
modules=/lib/modules/$(uname -r)
mkdir -p "$modules/extra"

# shows TEXT FILE PATTERN: passes when the file has the extended regular expression
shows() { has "$1" "$(cat "$2")" "$3"; }

# field SECTION KEY: a text of the last explanation; SECTION is plain or forced
field() {
	awk -v section="\"$1\": {" -v key="\"$2\":" '
		index($0, section) { on = 1 }
		on && $1 == key { gsub(/^[^:]*: *"?|"?,?$/, ""); print; exit }' /tmp/json
}

# perhaps_of SECTION: the letters of the taint that it may get, where that is not known
perhaps_of() {
	awk -v section="\"$1\": {" '
		index($0, section) { on = 1 }
		on && /"perhaps"/ { there = 1 }
		there && $1 == "\"letters\":" { gsub(/[",]/, "", $2); print $2; exit }' /tmp/json
}

# explain WORD...: the explanation in /tmp/json and /tmp/text, its exit status in `status`
explain() {
	oriel module explain --json "$@" >/tmp/json 2>/tmp/said
	oriel module explain "$@" >/tmp/text 2>&1
	status=$?
}

# error_of MESSAGE: the error behind what kmod says
error_of() {
	case $1 in
	*'Invalid module format'* | *'Exec format error'*) echo ENOEXEC ;;
	*'Unknown symbol'*) echo ENOENT ;;
	*'Invalid parameters'* | *'Invalid argument'*) echo EINVAL ;;
	*'Key was rejected'*) echo EKEYREJECTED ;;
	*'Operation not permitted'*) echo EPERM ;;
	*'Bad message'*) echo EBADMSG ;;
	*) echo "unknown: $1" ;;
	esac
}

# load FILE [force]: sets `loaded` to accepted or to the error
load() {
	if [ "${2:-}" = force ]; then
		name=$(name_of "$1")
		cp "$1" "$modules/extra/$name.ko"
		depmod
		said=$(modprobe -f "$name" 2>&1) && loaded=accepted || loaded=$(error_of "$said")
		rm "$modules/extra/$name.ko"
		depmod
	else
		said=$(insmod "$1" 2>&1) && loaded=accepted || loaded=$(error_of "$said")
	fi
}

# A copy that was broken on purpose still carries the name it was built with.
name_of() { modinfo -F name "$1"; }

# observe NAME: what the kernel shows of a loaded module
observe() {
	seen_taint=$(cat "/sys/module/$1/taint")
	if [ -d "/sys/kernel/tracing/events/$1/ov_tick" ]; then seen_events=live; else seen_events=dropped; fi
}

# outcome SECTION: the prediction as one word
outcome() { case $(field "$1" load) in refused) field "$1" refusal ;; *) field "$1" load ;; esac; }

# row TITLE FILE [force]: the prediction from the file, what insmod or modprobe -f does, what is seen then,
# and the explanation of the loaded module must all agree. Leaves the module loaded where it loads.
row() {
	section=plain
	[ "${3:-}" != force ] || section=forced
	name=$(name_of "$2")
	explain "$2"
	expected=$(outcome $section)
	taint=$(field $section letters)
	perhaps=$(perhaps_of $section)
	events=$(field $section tracepoints)
	load "$2" "${3:-}"
	is "$1: the prediction '$expected' is what happens" "$loaded" "$expected"
	[ "$loaded" = accepted ] || return 0
	observe "$name"
	for letter in $(echo "$perhaps" | sed 's/./& /g'); do
		case $seen_taint in *"$letter"*) taint=$(echo "$seen_taint" | grep -E "^[$taint$perhaps]*$") ;; esac
	done
	is "$1: the taint is as predicted" "$seen_taint" "$taint"
	[ "$events" = none ] || is "$1: its trace events are as predicted" "$seen_events" "$events"
	explain "$name" --file "$2"
	[ "$events" = none ] || is "$1: the loaded module is explained so" "$(field plain tracepoints)" "$seen_events"
	if [ "$events" = dropped ]; then is "$1: and the verdict is bad" $status 10; else is "$1: and the verdict is good" $status 0; fi
}

unload() { rmmod "$1" 2>/dev/null || true; }

# mend WORD...: execute the remedy of the last explanation as it was printed
mend() {
	sed -n '/^remedy:/,$p' /tmp/text | sed 1d >/tmp/remedy
	sh -e /tmp/remedy >/tmp/mended 2>&1
}

# mended TITLE WORD...: the printed remedy works, and then the verdict is good
mended() {
	title=$1
	shift
	explain "$@"
	is "$title: the verdict is bad" $status 10
	mend && s=0 || s=1
	{ cat /tmp/remedy; cat /tmp/mended; } | report $s "$title: the printed commands work"
	explain "$@"
	is "$title: and then it is good" $status 0
	[ $status = 0 ] || sed 's/^/# /' /tmp/text
}
