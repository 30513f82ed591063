# SPDX-License-Identifier: GPL-2.0
# fs-long.sh OPERATIONS KIND...: in the guest: so many random operations in each variant through orielfs over tmpfs and over those kinds on
# a pair of disks each, and real programs for longer than fs.sh runs them.
. /tap.sh
. /fs-exercise.sh
. /fs-programs.sh
operations=$1
shift
kinds=$*

insmod /modules/orielfs.ko
mkdir -p /bare /lower /over

# long KIND: over what is mounted on /lower
long() {
	mount -t orielfs /lower /over || { is "$1: it mounts" 1 0; return; }
	exercise "$1" "$operations"
	umount /over
	umount /lower
}

mount -t tmpfs none /lower
long tmpfs
set -- /dev/vd?
for kind in $kinds; do
	modprobe "$kind" 2>/dev/null
	mount -t "$kind" "$1" /lower || is "$kind is there" 1 0
	shift 2
	long "$kind"
done
with_programs $((operations / 200)) $((operations / 20)) /dev/vda /dev/vdb
rmmod orielfs
is 'the module goes' "$?" 0
finish
