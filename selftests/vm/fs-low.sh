# SPDX-License-Identifier: GPL-2.0
# fs-low.sh: in a guest with less memory than two files have that are written through orielfs at once, one of them by a mapping.
. /tap.sh

insmod /modules/orielfs.ko
mkdir -p /lower /over
mount -t ext4 /dev/vda /lower
mount -t orielfs /lower /over
timeout -k 5 300 fs_trouble fill /over/mapped 150 map >/tmp/mapped 2>&1 &
timeout -k 5 300 fs_trouble fill /over/written 120 write >/tmp/written 2>&1
is 'a file larger than memory is written, and read again' "$? $(cat /tmp/written)" '0 '
wait $!
is 'and one by a mapping' "$? $(cat /tmp/mapped)" '0 '
umount /over
umount /lower
is 'nobody was killed for it' "$(dmesg | grep -ci 'out of memory')" 0
finish
