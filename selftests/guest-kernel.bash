# SPDX-License-Identifier: GPL-2.0
# Sourced by the groups that try the kernel side in guests, behind tap.bash: a payload with the modules, the clients and the small tools.

kernel_tools=(om_abi om_consumer om_hold)

# kernel_payload ROLE DIR: builds what is stale; 1, with a failed test, if that fails
kernel_payload() {
	local role=$1 dir=$2 tool said
	mkdir -p "$dir/modules" "$dir/bin"
	if ! said=$(scripts/build-modules "$role" 2>&1); then
		not_ok "$role: the modules build" "$said"
		return 1
	fi
	cp build/"$role"/*.ko build/"$role"/clients/*.ko "$dir/modules/"
	for tool in "${kernel_tools[@]}"; do
		gcc-12 -O2 -Wall -Wextra -Werror -static -Imodule/include/uapi "selftests/vm/tools/$tool.c" -o "$dir/bin/$tool" || return
	done
	cp selftests/vm/*.sh "$dir/"
}

# in_guest ROLE DIR SCRIPT [OPTION...] [-- ARGUMENT...]: run a test script of selftests/vm in a guest, its results adopted
# One that hangs is stopped at last; one on a machine that is busy with something else is not.
in_guest() {
	local role=$1 dir=$2 script=$3 options=() out said status=0
	shift 3
	while (($#)) && [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	(($# == 0)) || shift
	out=$(mktemp) said=$(mktemp)
	scripts/vm --kernel "$role" --timeout 1500 --payload "$dir" "${options[@]}" -- "sh /$script $*" >"$out" 2>"$said" || status=$?
	adopt "$role: " <"$out"
	is "$role: $script ran to its end" "$status $(tail -n 1 "$out" | cut -c 1-3)" '0 1..'
	((status == 0)) || sed 's/^/# /' "$said"
	rm -f "$out" "$said"
}
