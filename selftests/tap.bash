# SPDX-License-Identifier: GPL-2.0
# Sourced by the test groups: TAP output. A group ends with finish, which prints the plan.

tap_count=0
tap_failed=0

# ok TEXT: the test passed
ok() { echo "ok $((++tap_count)) - $1"; }

# not_ok TEXT [DIAGNOSTICS]: the test failed, and what was seen
not_ok() {
	echo "not ok $((++tap_count)) - $1"
	tap_failed=$((tap_failed + 1))
	[[ -z ${2:-} ]] || echo "$2" | sed 's/^/# /'
}

# skip TEXT REASON
skip() { echo "ok $((++tap_count)) - $1 # SKIP $2"; }

# is TEXT GOT EXPECTED: passes when both are the same
is() {
	if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1" "got:      $2"$'\n'"expected: $3"; fi
}

# matches TEXT GOT REGEX: passes when the extended regular expression is found
matches() {
	if [[ $2 =~ $3 ]]; then ok "$1"; else not_ok "$1" "got:     $2"$'\n'"without: $3"; fi
}

# adopt PREFIX: pass on the TAP lines of stdin, as tests of this group
adopt() {
	local line
	while IFS= read -r line; do
		case $line in
		'ok '*) echo "ok $((++tap_count)) - $1${line#*- }" ;;
		'not ok '*) not_ok "$1${line#*- }" ;;
		1..*) ;;
		*) echo "# ${line#\# }" ;;
		esac
	done
}

finish() {
	echo "1..$tap_count"
	((tap_failed == 0))
	exit
}
