# SPDX-License-Identifier: GPL-2.0
# fs.sh KIND...: in the guest: orielfs over tmpfs, and over file systems of those kinds on pairs of disks.
. /tap.sh
kinds=$*

insmod /modules/orielfs.ko
mkdir -p /bare /lower /over

# compare KIND: all operations of fs_ops on /bare, and on /lower through orielfs
compare() {
	mount -t orielfs /lower /over || { is "$1: it mounts" 1 0; return; }
	fs_ops /bare >/tmp/all_bare 2>&1
	fs_ops /over >/tmp/all_over 2>&1
	is "$1: every operation was tried" "$(tail -n 1 /tmp/all_bare)" "$(tail -n 1 /tmp/all_over)"
	for which in bare over; do grep -v LINK_MAX /tmp/all_$which >/tmp/$which; done
	diff -U 2 /tmp/bare /tmp/over >/tmp/differs
	is "$1: $(grep -c ': ' /tmp/bare) results are the same" "$(head -n 60 /tmp/differs)" ''
	mkdir /over/own
	timeout 60 fs_own_buffer /over/own >/tmp/own 2>&1
	is "$1: a file is written to from a mapping of itself and of another" "$? $(cat /tmp/own)" '0 '
	umount /over
	is "$1: what was written there lies below" "$(ls /lower/own)" "$(printf 'one\ntwo')"
}

mount -t tmpfs none /bare
mount -t tmpfs none /lower
compare tmpfs
umount /bare /lower
set -- /dev/vd?
is 'libc is told the same LINK_MAX of tmpfs' "$(grep LINK_MAX /tmp/all_over)" "$(grep LINK_MAX /tmp/all_bare)"
for kind in $kinds; do
	modprobe "$kind" 2>/dev/null
	mount -t "$kind" "$1" /bare && mount -t "$kind" "$2" /lower || is "$kind is there" 1 0
	shift 2
	compare "$kind"
	[ "$kind" != ext4 ] || is 'a difference: libc takes ext4 for ext2' "$(grep -h LINK_MAX /tmp/all_bare /tmp/all_over)" \
		"$(printf 'pathconf LINK_MAX: 65000 ok\npathconf LINK_MAX: 32000 ok')"
	umount /bare /lower
done

# Mounting.
mount -t tmpfs none /lower
echo below >/lower/file
mount -t orielfs /lower /lower
is 'it mounts over itself' "$? $(cat /lower/file)" '0 below'
has '/proc/mounts names the lower directory' "$(grep orielfs /proc/mounts)" '^/lower /lower orielfs rw'
mount -o remount,ro /lower
is 'remounted read-only, nothing is written' "$(sh -c 'echo x >/lower/file' 2>&1 | grep -o 'Read-only file system')" 'Read-only file system'
mount -o remount,rw /lower
echo again >/lower/file
is 'and remounted again, it is' "$(cat /lower/file)" again
mount -t orielfs /lower /over
is 'over itself once more' "$? $(cat /over/file)" '0 again'
mkdir -p /third
mount -t orielfs /over /third 2>/tmp/said
is 'deeper than the kernel allows, it is refused' "$?" 255
umount /over
umount /lower
mount -o remount,ro /lower
mount -t orielfs /lower /over
has 'over what is mounted read-only, it is too' "$(grep ' /over ' /proc/mounts)" ' ro'
mount -o remount,rw /over 2>/tmp/said
is 'and cannot be remounted otherwise' "$?" 255
umount /over
for bad in /nowhere /lower/file ''; do
	mount -t orielfs "$bad" /over 2>/tmp/said
	is "over '$bad' it is refused" "$?" 255
done
mount -t orielfs -o nonsense /lower /over 2>/tmp/said
is 'an option that it does not know is refused' "$?" 255
umount /lower
rmmod orielfs
is 'the module goes' "$?" 0
finish
