# SPDX-License-Identifier: GPL-2.0
# Sourced in the guest, after tap.sh: random operations against a model, through orielfs.

# exercise WHAT DIRECTORY OPERATIONS SEED...: each variant of fs_exercise with these seeds, on an orielfs over /lower.  Sequential ones take so
# many operations, those with threads half as many in each.
exercise() {
	what=$1 directory=$2 operations=$3 less=
	shift 3
	case $what in
	xfs) less=--no-holes ;;
	vfat) less=--spare-end ;;
	esac
	while read -r divisor variant; do
		for seed; do
			echo "# $what: fs_exercise --seed $seed $variant" # first: a kernel that dies of it leaves no result
			timeout -k 5 $((300 + operations)) fs_exercise --seed "$seed" --operations $((operations / divisor)) $less --lower /lower $variant "$directory" >/tmp/exercise 2>&1
			status=$?
			sed -n 's/^the lower/# &/p' /tmp/exercise
			is "$what: random operations are right${variant:+, $variant} (seed $seed)" \
				"$status $(grep -v -e '^not there' -e '^the lower' -e '^seed [0-9]*$' /tmp/exercise | cut -c 1-300)" '0 all is as it should be'
			rm -f "$directory/first" "$directory/second"
		done
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
