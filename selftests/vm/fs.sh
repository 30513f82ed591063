# SPDX-License-Identifier: GPL-2.0
# fs.sh KIND...: in the guest: orielfs over tmpfs, and over file systems of those kinds on pairs of disks.
. /tap.sh
. /fs-exercise.sh
. /fs-programs.sh
. /fs-trouble.sh
kinds=$*

insmod /modules/orielfs.ko
mkdir -p /bare /lower /over

for what in open read write fsync mmap; do
	alone="${alone:-}
not mapped: $what: ok" mapped="${mapped:-}
mapped: $what: ok" changed="${changed:-}
changed below: $what: ESTALE" given_up="${given_up:-}
given up: $what: $([ $what = fsync ] && echo ESTALE || echo ok)" removed="${removed:-}
removed: $what: $([ $what = open ] && echo ENOENT || echo ok)"
done
# Nobody was told yet that the last page was not written back: whoever syncs next is.
behind="not mapped, the byte from below: b$alone$mapped$changed$given_up
given up, the byte from below: l$removed"

# compare KIND: all operations of fs_ops on /bare, and on /lower through orielfs
compare() {
	mount -t orielfs /lower /over || { is "$1: it mounts" 1 0; return; }
	fs_ops /bare >/tmp/all_bare 2>&1
	fs_ops /over >/tmp/all_over 2>&1
	is "$1: every operation was tried" "$(tail -n 1 /tmp/all_bare)" "$(tail -n 1 /tmp/all_over)"
	for which in bare over; do grep -v 'LINK_MAX\|read of nothing\|extents, too many\|extents, into nowhere' /tmp/all_$which >/tmp/$which; done
	diff -U 2 /tmp/bare /tmp/over >/tmp/differs
	is "$1: $(grep -c ': ' /tmp/bare) results are the same" "$(head -n 60 /tmp/differs)" ''
	mkdir /over/own
	timeout 300 fs_own_buffer /over/own >/tmp/own 2>&1
	is "$1: a file is written to from a mapping of itself and of another" "$? $(cat /tmp/own)" '0 '
	exercise "$1" 400
	timeout 300 fs_killed /over/own/two >/tmp/killed 2>&1
	is "$1: what a killed process wrote through a mapping is there" "$? $(cat /tmp/killed)" '0 '
	timeout 300 fs_behind /lower /over >/tmp/behind 2>&1
	is "$1: a change behind our back is noticed, those of our own are not" "$? $(cat /tmp/behind)" "0 $behind"
	umount /over
	is "$1: what was written there lies below" "$(ls /lower/own)" "$(printf 'one\ntwo')"
}

mount -t tmpfs none /bare
mount -t tmpfs none /lower
compare tmpfs
umount /bare /lower
set -- /dev/vd?
is 'a difference: tmpfs takes a read of nothing for an access' "$(grep -h 'read of nothing' /tmp/all_bare /tmp/all_over | tr '\n' ,)" \
	"$(printf '  read of nothing: %d %d,' 1 1 0 0 1 1 1 0 0 0 0 0 0 0 0 0)"
is 'a difference: what is wrong about FIEMAP is found before it is lacking' "$(grep -h 'extents, too many\|extents, into nowhere' /tmp/all_bare /tmp/all_over | sed 's/.* //' | tr '\n' ,)" \
	EOPNOTSUPP,EOPNOTSUPP,EINVAL,EFAULT,
is 'libc is told the same LINK_MAX of tmpfs' "$(grep LINK_MAX /tmp/all_over)" "$(grep LINK_MAX /tmp/all_bare)"
# The subvolumes of a btrfs in /lower.
subvolumes() {
	fs_subvolumes make /lower
	is 'in subvolumes of btrfs, files have numbers of others' "$(fs_subvolumes show /lower | cut -d , -f 1,2)" \
		'some with the number of another file, more than one device'
	for time in first second; do
		mount -t orielfs /lower /over
		is "through orielfs they have not, the $time time" "$(fs_subvolumes show /over)" \
			'none with the number of another file, one device, 0 entries say otherwise, hard links are one'
		umount /over
	done
}

for kind in $kinds; do
	modprobe "$kind" 2>/dev/null
	mount -t "$kind" "$1" /bare && mount -t "$kind" "$2" /lower || is "$kind is there" 1 0
	shift 2
	compare "$kind"
	[ "$kind" != btrfs ] || subvolumes
	[ "$kind" = vfat ] || is "$kind: what is wrong about FIEMAP is wrong" "$(grep 'extents, too many\|extents, into nowhere' /tmp/all_over)" "$(grep 'extents, too many\|extents, into nowhere' /tmp/all_bare)"
	is "$kind: a read of nothing is none" "$(grep 'read of nothing' /tmp/all_over)" "$(grep 'read of nothing' /tmp/all_bare)"
	[ "$kind" != ext4 ] || is 'a difference: libc takes ext4 for ext2' "$(grep -h LINK_MAX /tmp/all_bare /tmp/all_over)" \
		"$(printf 'pathconf LINK_MAX: 65000 ok\npathconf LINK_MAX: 32000 ok')"
	if [ "$kind" = xfs ]; then
		mount -t orielfs /lower /over
		for which in bare over; do mkdir /$which/io && fs_io_differences /$which/io >/tmp/all_$which 2>&1; done
		umount /over
		is 'the source of a copy that could share nothing was read' "$(grep -h '^atime of what was copied' /tmp/all_bare /tmp/all_over)" \
			"$(printf 'atime of what was copied changed: 1\natime of what was copied changed: 1')"
	fi
	umount /bare /lower
	is "$kind: nothing holds what lay below any more" "$(ls "/sys/fs/$kind" 2>/dev/null | grep -e '^vd' -e '-.*-')" ''
done

on_failing_disk /dev/vda
on_full_disk /dev/vda
on_read_only /dev/vda
if [ "$kinds" != ext4 ]; then # the same on all kernels, and slow
	with_little_memory /dev/vda
	with_programs 10 100 /dev/vda /dev/vdb
fi
. /fs-passed.sh

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
mkdir -p /third
for layer in /lower /lower/c; do
	mkdir -p "$layer"
	mount -t orielfs "$layer" /third 2>/tmp/said
	is "over $layer, which is on orielfs, it is refused" "$? $(grep -ci busy /tmp/said)" '255 1'
done
has 'and told why' "$(dmesg | tail -n 1)" '/lower/c is on orielfs already.*mount --bind'
rmdir /lower/c
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
mount -o remount,rw /lower
mkdir -p /lower/a/b
mount -t orielfs /lower/a /over
for other in /lower/a /lower /lower/a/b; do
	mount -t orielfs $other /third 2>/tmp/said
	is "over $other it is refused while /lower/a is mounted" "$? $(grep -ci busy /tmp/said)" '255 1'
done
mkdir /lower/c
mount -t orielfs /lower/c /third
is 'over what lies beside, it is not' "$?" 0
umount /over /third
# An overlayfs above opens our inodes by paths of its own.
mkdir -p /lower/layers/low /lower/layers/up /lower/layers/work
echo low >/lower/layers/low/low
mount -t orielfs /lower /over
layers=/over/layers
mount -t overlay -o "lowerdir=$layers/low,upperdir=$layers/up,workdir=$layers/work" overlay /third
is 'an overlayfs lies over directories of orielfs' "$? $(cat /third/low)" '0 low'
echo up >/third/up
echo more >>/third/low
mv /third/low /third/moved
is 'and changes what is there' "$(cat /third/up /third/moved /over/layers/up/moved | tr '\n' ,)" 'up,low,more,low,more,'
cp /bin/fs_look /third/program
is 'programs run there' "$(/third/program 2>&1 | cut -d : -f 1)" program
umount /third
umount /over
# Over overlays: one, and two, which are as deep as the kernel allows.
mkdir -p /lower/one /lower/two
mount -t overlay -o lowerdir=/lower/layers/low:/lower/layers/up overlay /lower/one
mount -t orielfs /lower/one /over
is 'it lies over an overlayfs' "$? $(cat /over/up)" '0 up'
umount /over
mount -t overlay -o lowerdir=/lower/one:/lower/layers/low overlay /lower/two
mount -t orielfs /lower/two /over 2>/tmp/said
is 'deeper than the kernel allows, it is refused' "$? $(dmesg | tail -n 1 | grep -c '/lower/two cannot be stacked over')" '255 1'
umount /lower/two
umount /lower/one
mount -t orielfs -o nonsense /lower /over 2>/tmp/said
is 'an option that it does not know is refused' "$?" 255
umount /lower
rmmod orielfs
is 'the module goes' "$?" 0
[ ! -x /bin/oriel ] || . /fs_cli.sh
case $kinds in *xfs*) . /fs-stuck.sh ;; esac
finish
