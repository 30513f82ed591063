# SPDX-License-Identifier: GPL-2.0
# Sourced in the guest, after tap.sh: orielfs over disks that fail or are full, over what is read-only, and with little memory.

# dying WHERE DISK: what fs_trouble sees there on an ext4 whose disk fails, and whether all of it can be unmounted then
dying() {
	sectors=$(blockdev --getsz "$2")
	dmsetup create --noudevsync victim --table "0 $sectors linear $2 0" && dmsetup mknodes
	# Without a journal: that is aborted at some time, and an fsync more fails of it.
	mkfs.ext4 -q -F -O ^has_journal /dev/mapper/victim && mount -t ext4 /dev/mapper/victim /lower
	[ "$1" = /lower ] || mount -t orielfs /lower /over
	timeout -k 5 300 fs_trouble dying "$1" "dmsetup suspend --noudevsync --nolockfs --noflush victim &&
		dmsetup reload victim --table '0 $sectors error' && dmsetup resume --noudevsync victim" >"/tmp/dying$1" 2>&1
	echo "it ended: $?" >>"/tmp/dying$1"
	[ "$1" = /lower ] || timeout -k 5 300 umount /over
	timeout -k 5 300 umount /lower
	is "on a disk that failed, $1 is unmounted" "$? $(grep -c -e ' /lower ' -e ' /over ' /proc/mounts)" '0 0'
	dmsetup remove --noudevsync victim
}

# on_failing_disk DISK
on_failing_disk() {
	modprobe dm-mod
	mkdir -p /tmp/dying
	dying /lower "$1"
	dying /over "$1"
	has 'on a disk that fails, fsync says so' "$(head -n 1 /tmp/dying/over)" 'time 0: EIO$'
	is 'and each descriptor is told as often as without orielfs' "$(diff /tmp/dying/lower /tmp/dying/over)" ''
}

# full WHERE
full() {
	[ "$1" = /lower ] || mount -t orielfs /lower /over
	timeout -k 5 300 fs_trouble full "$1" >"/tmp/full$1" 2>&1
	echo "it ended: $?" >>"/tmp/full$1"
	[ "$1" = /lower ] || umount /over
	umount /lower
}

on_full_disk() {
	mkdir -p /tmp/full
	for where in /lower /over; do
		mount -t tmpfs -o size=8M none /lower && full $where
	done
	is 'a full tmpfs: the errors are the same' "$(grep -v holes /tmp/full/over)" "$(grep -v holes /tmp/full/lower)"
	for where in /lower /over; do
		mkfs.ext4 -q -F "$1" 16M && mount -t ext4 "$1" /lower && full $where
	done
	is 'a full ext4: the errors are the same' "$(grep -v holes /tmp/full/over)" "$(grep -v holes /tmp/full/lower)"
	is 'a difference: that mapped holes do not fit is said by fsync, once, not by SIGBUS' "$(grep -h holes /tmp/full/lower /tmp/full/over)" \
		"$(printf 'writing to a mapping of holes: ENOSPC\nfsync of mapped holes: ok\nfsync of mapped holes: ENOSPC')"
}

# on_read_only DISK
on_read_only() {
	mkfs.ext4 -q -F "$1" && mount -t ext4 "$1" /lower && mount -t orielfs /lower /over
	cp "$(command -v busybox)" /over/sleep
	/over/sleep 100 &
	pid=$!
	until [ "$(cat /proc/$pid/comm)" = sleep ]; do sleep 0.1; done
	has 'a program that runs is not written to' "$(sh -c 'echo x >/over/sleep' 2>&1)" 'Text file busy'
	kill $pid
	wait $pid 2>/dev/null
	has 'nor is run what is open for writing' "$(sh -c '/over/sleep 0 9>>/over/sleep' 2>&1)" 'Text file busy'
	mount -o remount,ro "$1" /lower
	has 'where the lower became read-only, nothing is written' "$(sh -c 'echo x >/over/new' 2>&1)" 'Read-only file system'
	has 'nor made' "$(mkdir /over/dir 2>&1)" 'Read-only file system'
	umount /over
	umount /lower
}

# in_cgroup COMMAND...: with 32 MiB; leaves what the cgroup counted in /tmp/memory
in_cgroup() {
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir -p /sys/fs/cgroup/small
	echo 32M >/sys/fs/cgroup/small/memory.max
	sh -c 'echo $$ >/sys/fs/cgroup/small/cgroup.procs; exec timeout -k 5 300 "$@"' sh "$@" >/tmp/in_cgroup 2>&1
	echo "$?" >>/tmp/in_cgroup
	cat /sys/fs/cgroup/small/memory.stat /sys/fs/cgroup/small/memory.events >/tmp/memory
}

# charged DIRECTORY: whether a cgroup pays for what a process in it wrote to a mapped file there, when it is gone
charged() {
	mkdir /sys/fs/cgroup/charged
	sh -c 'echo $$ >/sys/fs/cgroup/charged/cgroup.procs; exec fs_io_differences fill "$1/charged"' sh "$1"
	awk '$1 == "file" { print ($2 >= 4194304) }' /sys/fs/cgroup/charged/memory.stat
	rmdir /sys/fs/cgroup/charged
}

# with_little_memory DISK: more than its cgroup may have is written by a process
with_little_memory() {
	mkfs.ext4 -q -F "$1" && mount -t ext4 "$1" /lower && mount -t orielfs /lower /over
	for how in write map; do
		in_cgroup fs_trouble fill /over/large 128 $how
		is "128 MiB are written in a cgroup of 32 MiB, by $how, and read again" "$(cat /tmp/in_cgroup)" 0
		is 'nobody ran out of memory' "$(awk '$1 ~ /^oom/ { sum += $2 } END { print sum }' /tmp/memory)" 0
		is 'the pages were charged to it' "$(awk '$1 == "file" { print ($2 >= 65536) }' /tmp/memory)" 1
	done
	is "a difference: nobody is charged for the lower's copy" "$(charged /lower) $(rm /lower/charged; charged /over)" '1 0'
	umount /over
	umount /lower
}
