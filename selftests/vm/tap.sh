# SPDX-License-Identifier: GPL-2.0
# Sourced by tests in the guest (a POSIX shell): TAP whose numbers the group on the host gives.

: >/tmp/plan

# report STATUS TEXT: one line of TAP, with what was said on standard input where it failed
report() {
	echo "$2" >>/tmp/plan # a pipe's end has variables of its own
	if [ "$1" = 0 ]; then echo "ok - $2"; cat >/dev/null; else echo "not ok - $2"; sed 's/^/# /'; fi
}

# is TEXT GOT EXPECTED
is() {
	if [ "$2" = "$3" ]; then s=0; else s=1; fi
	printf 'got:      %s\nexpected: %s\n' "$2" "$3" | report $s "$1"
}

# has TEXT GOT PATTERN
has() {
	if printf '%s\n' "$2" | grep -qE -- "$3"; then s=0; else s=1; fi
	printf "no '%s' in:\n%s\n" "$3" "$2" | report $s "$1"
}

# skip TEXT REASON
skip() { report 0 "$1 # SKIP $2" </dev/null; }

finish() { echo "1..$(wc -l </tmp/plan)"; }
