# SPDX-License-Identifier: GPL-2.0
# fs-power.sh ROUNDS OPERATIONS MARKS KIND...: in the guest: the power fails while a file is cut, ROUNDS times somewhere, and once before and once
# behind each time that the disk is told to flush, until it was durable MARKS times. For each kind three disks: a file system, a copy of it, and room
# for a log of what is written to the first. Later the first has what the copy would have, had it been written to: a snapshot each time.
. /tap.sh
rounds=$1 operations=$2 marks=$3
shift 3
kinds=$*

insmod /modules/orielfs.ko
modprobe dm-log-writes 2>/dev/null
modprobe dm-snapshot 2>/dev/null
mkdir -p /lower /over
set -- /dev/vd?

# worked DISK LOG SEED: the work, with a log of what reaches the disk
worked() {
	dmsetup create --noudevsync disk --table "0 $(blockdev --getsz "$1") log-writes $1 $2" && dmsetup mknodes &&
		mount -t "$kind" /dev/mapper/disk /lower &&
		mount -t orielfs /lower /over &&
		fs_power work /over/file /tmp/states "$3" "$operations" 'dmsetup message disk 0 mark' &&
		umount /over && umount /lower && dmsetup remove --noudevsync disk
}

# failed DISK LOG COPY SEED [ENTRY]: the power has failed at some point of the log; says what is wrong then. The disk is called as before, which
# btrfs expects of one with the same identity.
failed() {
	dmsetup create --noudevsync disk --table "0 $(blockdev --getsz "$3") snapshot $3 $1 N 8" && dmsetup mknodes || { echo "no snapshot"; return; }
	after_failure "$@"
	dmsetup remove --noudevsync disk || echo 'the snapshot stays'
}

# The same, with the snapshot there.
after_failure() {
	durable=$(fs_power replay "$2" /dev/mapper/disk "$4" $5) || { echo "$durable"; return; }
	mount -t "$kind" /dev/mapper/disk /lower && mount -t orielfs /lower /over || { echo "seed $4 $5: it does not mount"; umount /lower; return; }
	if state=$(fs_power check /over/file /tmp/states "$durable" 2>&1); then
		states="$states$((state - durable)) "
	else
		echo "seed $4 $5, state $durable was durable: $state"
	fi
	# It goes on from there.
	cp /over/file /tmp/was
	fallocate -i -o 1 -l 5 /over/file
	fallocate -c -o 1 -l 5 /over/file
	umount /over
	mount -t orielfs /lower /over
	cmp /over/file /tmp/was 2>&1
	umount /over
	umount /lower
}

for kind in $kinds; do
	modprobe "$kind" 2>/dev/null
	seed=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ') states=
	worked "$1" "$3" "$seed" >/tmp/said 2>&1
	is "$kind: a file is changed $operations times (seed $seed)" "$? $(cat /tmp/said)" '0 '
	: >/tmp/wrong
	for round in $(seq "$rounds"); do
		failed "$1" "$3" "$2" $((seed + round)) >>/tmp/wrong 2>&1
	done
	is "$kind: after $rounds power failures it is what it was after some change, and no earlier one than is durable" "$(cat /tmp/wrong)" ''
	: >/tmp/wrong
	flushes=$(fs_power flushes "$3" "$marks")
	for entry in $flushes; do
		failed "$1" "$3" "$2" $((seed + entry)) "$entry" >>/tmp/wrong 2>&1
		failed "$1" "$3" "$2" $((seed - entry)) $((entry + 1)) >>/tmp/wrong 2>&1
	done
	is "$kind: and so it is around each flush" "$(($(echo "$flushes" | wc -w) > 4)) $(cat /tmp/wrong)" '1 '
	echo "# $kind: changes that were there and need not have been: $states"
	shift 3
done
rmmod orielfs
is 'the module goes' $? 0
finish
