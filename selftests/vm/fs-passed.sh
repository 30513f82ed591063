# SPDX-License-Identifier: GPL-2.0
# Sourced by fs.sh, with orielfs there: what of the lower passes only with the right credentials, ids and numbers.
# On /dev/vda, which it overwrites.
spare=/dev/vda
mkdir -p /spare
mkfs.ext4 -q -F -O quota "$spare" 64M
mount -t ext4 -o usrquota "$spare" /spare
mkdir /spare/lower

# same WHAT COMMAND...: prints the same in /spare/lower as through orielfs; kept in /tmp/all_bare and /tmp/all_over
same() {
	what=$1
	shift
	"$@" /spare/lower >/tmp/all_bare 2>&1
	mount -t orielfs /spare/lower /over
	"$@" /over >/tmp/all_over 2>&1
	umount /over
	is "$what: $(grep -vc '^reserve' /tmp/all_bare) lines are the same" "$(grep -v '^reserve' /tmp/all_over)" "$(grep -v '^reserve' /tmp/all_bare)"
}

same 'quotas' fs_quota "$spare"
has 'quotas stop somebody' "$(cat /tmp/all_bare)" 'EDQUOT'
is 'a difference: what ext4 keeps for root is there for all' "$(grep -h '^reserve' /tmp/all_bare /tmp/all_over)" "$(printf 'reserve: left\nreserve: used')"

# What others may, and what happens below meanwhile.
mkdir -m 755 /spare/others_bare /spare/others_over
fs_others /spare/others_bare /spare/others_bare >/tmp/all_bare 2>&1
mount -t orielfs /spare/others_over /over
fs_others /over /spare/others_over >/tmp/all_over 2>&1
umount /over
diff -U 1 /tmp/all_bare /tmp/all_over >/tmp/differs
is "others: $(grep -c : /tmp/all_bare) results are the same" "$(cat /tmp/differs)" ''
has 'others are stopped' "$(cat /tmp/all_bare)" '^chmod of what was given away: EPERM'

# Owners.
mkdir -p /mapped
for which in bare over; do
	mkdir -m 755 /spare/$which
	fs_owners map /spare/$which /mapped
	on=/mapped
	[ $which = bare ] || { mount -t orielfs /mapped /over && on=/over; }
	fs_owners try $on >/tmp/all_$which 2>&1
	[ $which = bare ] || umount /over
	umount /mapped
	(cd /spare/$which && stat -c '%n %a %u %g' * */*) >>/tmp/all_$which
done
is "a mapped lower: $(wc -l </tmp/all_bare) lines are the same" "$(grep -v ^nobodys /tmp/all_over)" "$(grep -v ^nobodys /tmp/all_bare)"
is 'a difference: whether a user has an owner there is asked after the permission' "$(grep -h ^nobodys: /tmp/all_bare /tmp/all_over)" \
	"$(printf 'nobodys: EOVERFLOW\nnobodys: EACCES')"
has 'somebody has no owner there' "$(cat /tmp/all_bare)" 'EOVERFLOW'
mount -t orielfs /spare/lower /over
mkdir -m 711 /over/dir
echo content >/over/dir/file
fs_owners as 1000 cat /over/dir/file >/dev/null
is 'a file is open to all' "$?" 0
chmod 600 /spare/lower/dir/file
fs_owners as 1000 cat /over/dir/file >/dev/null 2>&1
is 'after chmod of the lower file, it is not' "$?" 1
chown 1000 /spare/lower/dir/file
fs_owners as 1000 cat /over/dir/file >/dev/null
is 'after chown of it, it is open to the owner' "$?" 0
chmod 700 /spare/lower/dir
fs_owners as 1000 cat /over/dir/file >/dev/null 2>&1
is 'after chmod of the lower directory, it is out of reach' "$?" 1
umount /over
umount /spare

# Freezing: of the ext4, and of a tmpfs, which cannot be.
mount -t ext4 "$spare" /spare
mount -t tmpfs none /lower
for on in /spare/frozen /lower/frozen; do
	mkdir -p ${on}_bare ${on}_over
	timeout 300 fs_freeze ${on}_bare ${on}_bare >/tmp/all_bare 2>&1
	mount -t orielfs ${on}_over /over
	timeout 300 fs_freeze /over ${on}_over >/tmp/all_over 2>&1
	umount /over
	is "freezing $on: $(wc -l </tmp/all_bare) lines are the same" "$(cat /tmp/all_over)" "$(cat /tmp/all_bare)"
done
has 'a tmpfs cannot be frozen' "$(cat /tmp/all_over)" 'EOPNOTSUPP'
is 'what waited was written below' "$(ls /spare/frozen_over)" "$(printf 'above\nbelow\nmapped')"
umount /lower
mkdir /spare/frozen
mount -t orielfs /spare/frozen /over
head -c 65536 /dev/zero >/over/queued
sync
is 'writes that the lower finishes later are queued' "$(fs_depth /over/queued 16 write)" 16
is 'and keep nobody from freezing it once they are finished' "$(fsfreeze --freeze /spare 2>&1 && fsfreeze --unfreeze /spare 2>&1)" ''
umount /over
umount /spare

# Files that cannot be written to by what orielfs passes on.
mount -t orielfs /sys/kernel/tracing /over
is 'tracefs, below, takes no writes' "$(echo 1 | dd of=/over/tracing_on 2>&1 | grep -o 'Invalid argument')" 'Invalid argument'
umount /over

# What the mount below forbids.
mount -t tmpfs -o nodev,noexec none /lower
mknod /lower/null c 1 3
printf '#!/bin/sh\n' >/lower/program
chmod 755 /lower/program
mount -t orielfs /lower /over
for on in /lower /over; do
	is "nodev and noexec: $on" "$(sh -c "cat $on/null; $on/program" 2>&1 | grep -c 'ermission denied')" 2
done
umount /over
umount /lower

# What is known to differ: see Documentation/reference/orielfs-differences.md.
mount -t ext4 -o nosuid "$spare" /spare
mkdir -p /spare/known_bare /spare/known_over
{ fs_differences /spare/known_bare /spare/known_bare && fs_io_differences /spare/known_bare; } >/tmp/all_bare 2>&1
mount -t orielfs /spare/known_over /over
{ fs_differences /over /spare/known_over && fs_io_differences /over; } >/tmp/all_over 2>&1
mkdir /spare/known_over/mounted
mount -t tmpfs none /spare/known_over/mounted
touch /spare/known_over/mounted/file
is 'a difference: what is mounted below is not there' "$(ls /over/mounted)" ''
umount /spare/known_over/mounted /over
# differs WHAT BARE THROUGH
differs() {
	is "a difference: $1" "$(grep -h "^$1: " /tmp/all_bare /tmp/all_over | sed 's/.*: //' | tr '\n' ' ')" "$2 $3 "
}
differs "an ioctl of the file system's own" ok ENOTTY
differs name_to_handle_at ok EOPNOTSUPP
differs 'open_by_handle_at of a handle from below' ok ESTALE
differs swapon ok EIO
differs 'swapon of what is mapped' ok EINVAL
differs 'st_dev of the lower' 1 0
differs 'a read lease of what is open for writing below' EAGAIN ok
differs 'a write lease of what is open below' EAGAIN ok
differs 'opening below what is leased' EAGAIN ok
differs 'flock of what is locked below' EAGAIN ok
differs 'a lock of what is locked below' EAGAIN ok
differs 'inotify of what is made below' 1 0
differs 'F_NOTIFY of what is made below' 1 0
differs 'writing to it below' ETXTBSY ok
differs 'set-user-ID where the mount below is nosuid' 0 1
differs 'what was removed below takes no room' 1 0
is 'and none is taken when its name was looked up' "$(grep -c 'nor when its name was looked up: 1' /tmp/all_over)" 1
for lease in 'a write lease below of what is open' 'a read lease below of what is open for writing'; do
	is "$lease is refused" "$(grep -h "^$lease: " /tmp/all_bare /tmp/all_over | sed 's/.*: //' | tr '\n' ' ')" 'EAGAIN EAGAIN '
done
differs 'it went through the page cache' 0 1
differs 'a read with O_DIRECT of what is mapped, not aligned' EINVAL ok
differs 'ctime after a mapped write is when that was' 1 0
differs 'a read that is polled for' ok EOPNOTSUPP
is 'RWF_DONTCACHE is what it is below' "$(grep RWF_DONTCACHE /tmp/all_over)" "$(grep RWF_DONTCACHE /tmp/all_bare)"
has 'of a mapped file, too' "$(cat /tmp/all_over)" '^RWF_DONTCACHE, the mapping shows it: 1'
is 'what is made and run there is noticed in both' "$(grep -c -e '^inotify of what is made there: 1' -e '^writing to a program that runs: ETXTBSY' /tmp/all_bare) $(
	grep -c -e '^inotify of what is made there: 1' -e '^writing to a program that runs: ETXTBSY' /tmp/all_over)" '2 2'
umount /spare

# A disk that can write atomically, where ext4 knows of such.
case $(uname -r) in
6.*) ;;
*)
	modprobe scsi_debug dev_size_mb=64 atomic_wr=1
	modprobe sd_mod
	until [ -b /dev/sda ]; do sleep 0.1; done
	mkfs.ext4 -q -F -b 4096 /dev/sda && mount -t ext4 /dev/sda /spare
	fs_io_differences /spare >/tmp/all_bare 2>&1
	mount -t orielfs /spare /over
	fs_io_differences /over >/tmp/all_over 2>&1
	umount /over
	umount /spare
	differs RWF_ATOMIC ok EOPNOTSUPP
	;;
esac
