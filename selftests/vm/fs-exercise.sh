# SPDX-License-Identifier: GPL-2.0
# Sourced in the guest, after tap.sh: random operations against a model, through orielfs.

# exercised WHAT OPERATIONS VARIANT OPTIONS: so many on /over, an orielfs over /lower, with a seed of its own
exercised() {
	seed=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ') holes=
	[ "$1" != xfs ] || holes=--no-holes
	echo "# $1: fs_exercise --seed $seed --operations $2 $4 $3" # first: a kernel that dies of it leaves no result
	# shellcheck disable=SC2086
	timeout -k 5 $((600 + $2 / 4)) fs_exercise --seed "$seed" --operations "$2" --lower /lower $holes $4 $3 /over >/tmp/exercise 2>&1
	status=$?
	sed -n 's/^the lower/# &/p' /tmp/exercise
	is "$1: random operations are right${3:+, $3} (seed $seed)" \
		"$status $(grep -v -e '^not there' -e '^the lower' -e '^seed [0-9]*$' /tmp/exercise | cut -c 1-300)" '0 all is as it should be'
}

# exercise WHAT OPERATIONS: each variant of fs_exercise.  Sequential ones take so many operations, those with threads half as many in each.
exercise() {
	less=
	[ "$1" != vfat ] || less=--spare-end
	while read -r divisor variant; do
		exercised "$1" $(($2 / divisor)) "$variant" "$less"
		rm -f /over/first /over/second
	done <<-variants
		1
		1 --mmap
		1 --mmap --own-buffers
		1 --aio
		1 --uring --own-buffers --mmap
		4 --threads 3 --mmap
		4 --threads 4 --aio --uring
		8 --threads 6 --mmap --own-buffers --uring
	variants
}

# while_frozen DIRECTORY COMMAND...: somebody freezes its file system and thaws it all the time; how often: /tmp/frozen
while_frozen() {
	frozen=$1
	shift
	rm -f /tmp/enough
	(
		times=0
		until [ -e /tmp/enough ]; do fsfreeze --freeze "$frozen" && fsfreeze --unfreeze "$frozen" && times=$((times + 1)); done
		echo $times >/tmp/frozen
	) &
	"$@"
	set -- $?
	touch /tmp/enough
	wait $!
	return "$1"
}
