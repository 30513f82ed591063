# SPDX-License-Identifier: GPL-2.0
# fs-debug.sh KIND...: on the debug kernel (KASAN, lockdep, kmemleak, fault injection): orielfs over tmpfs and over file systems of those
# kinds, one disk each; and with memory that runs out.
. /tap.sh

insmod /modules/orielfs.ko
mkdir -p /lower /over /other /third

# everything DIRECTORY WHAT: results are compared on stock kernels; here it is the kernel's reports that count
everything() {
	fs_ops "$1" >/tmp/ops 2>&1
	is "$2: all operations" "$(grep -c . /tmp/ops | sed 's/..*/some/')" some
	mkdir "$1/own"
	timeout 300 fs_own_buffer "$1/own" >/tmp/own 2>&1
	is "$2: buffers mapped from the file itself" "$? $(cat /tmp/own)" '0 '
	timeout 300 fs_killed "$1/killed" >/tmp/killed 2>&1
	is "$2: killed while it is written back" "$? $(cat /tmp/killed)" '0 '
	for mapped in '' mapped; do
		timeout 300 fs_cutter "$1/cut" 200 $mapped >/tmp/said 2>&1
		is "$2: who reads beside a cutter, $mapped" "$? $(grep -v 'were looked at' /tmp/said)" '0 '
	done
	for variant in '--mmap' '--own-buffers --mmap' '--own-buffers --mmap --aio' '--own-buffers --mmap --uring' '--mmap --threads 3 --uring --aio' --cuts \
		'--cuts --own-buffers --mmap --uring' '--cuts --mmap --threads 3 --aio'; do
		# shellcheck disable=SC2086
		timeout 300 fs_exercise --seed 7 --operations 1500 $variant "$1" >/tmp/said 2>&1
		is "$2: random operations, $variant" "$? $(tail -n 1 /tmp/said)" '0 all is as it should be'
	done
}

# over KIND: all of it on what is mounted at /lower
over() {
	mount -t orielfs /lower /over
	everything /over "$1"
	[ "$1" != tmpfs ] || is 'extents are made fewer beneath readers and writers' "$(timeout 600 fs_crowded /over/crowded 2>&1)" '1 1 1'
	timeout 300 fs_behind /lower /over >/tmp/behind 2>&1
	is "$1: changed behind our back" "$?" 0
	umount /over
	is "$1: it is unmounted" "$?" 0
	umount /lower
}

# mount_lower KIND KIND...: the disks are in the order of the KINDs behind the first
mount_lower() {
	wanted=$1 letters='a b c'
	shift
	for known; do
		[ "$known" != "$wanted" ] || break
		letters=${letters#* }
	done
	mount -t "$wanted" "/dev/ubd${letters%% *}" /lower # tmpfs does not mind
}

for kind in tmpfs "$@"; do
	mount_lower "$kind" "$@"
	over "$kind"
done

mount -t tmpfs none /lower
# Memory that runs out, at one allocation after the other: whatever fails, fails in order.
fail=/sys/kernel/debug/failslab
mount -t orielfs /lower /over
echo N >$fail/ignore-gfp-wait
echo 1 >$fail/task-filter
echo 0 >$fail/verbose
echo 100 >$fail/probability
for interval in 1 2 3 5 7 11 13 17 19 23; do
	echo "$interval" >$fail/interval
	echo -1 >$fail/times
	(echo 1 >/proc/self/make-it-fail && exec fs_ops /over) >/tmp/ops 2>&1
	(echo 1 >/proc/self/make-it-fail && exec mount -t orielfs /other /third) >/tmp/mount 2>&1 && umount /third
done
echo 0 >$fail/probability
echo 1 >$fail/interval
rm -rf /over/*
over=$(fs_ops /over 2>&1 | tail -n 1)
rm -rf /over/*
is 'after allocations that failed, all operations are tried' "$over" "$(fs_ops /lower 2>&1 | tail -n 1)"
umount /over
umount /lower

# faults WHAT ARGUMENT...: fs_cut_faults with ARGUMENTs; $injected, $failed
faults() {
	what=$1
	shift
	said=$(timeout 900 fs_cut_faults /over/file "$@" 2>&1)
	is "$what, a cut file is as it was or as it should be" "$? $(echo "$said" | grep -v '^[0-9 ]*$')" '0 '
	injected=${said% *}
	failed=${said#* }
	echo "# $what: $injected allocations failed, and for it $failed calls"
}

# btrfs says EIO, whatever memory was wanted for
for kind in tmpfs $(echo "$*" | sed 's/btrfs//'); do
	mount_lower "$kind" "$@"
	mount -t orielfs /lower /over
	faults "$kind: when each allocation of the caller's own fails in its turn"
	is "$kind: and many did fail" "$((failed > 100))" 1
	echo 0 >$fail/task-filter
	faults "$kind: when one of whoever's fails" 300
	is "$kind: and whoever's did fail" "$((injected > 100))" 1
	echo 1 >$fail/task-filter
	rm /over/file
	umount /over
	is "$kind: and it is unmounted" "$?" 0
	umount /lower
done
rmmod orielfs
is 'the module goes' "$?" 0
finish
