# SPDX-License-Identifier: GPL-2.0
# Sourced by fs.sh at its very end, with the module not loaded: a process, the file system it is in and the module stay until the guest ends.
for disk in /dev/vd?; do mount -t xfs "$disk" /lower 2>/dev/null && break; done
insmod /modules/orielfs.ko
timeout 300 fs_stuck /lower /lower
is 'a file of XFS is written to from a mapping of itself' $? 0
mount -t orielfs /lower /over
fs_stuck /over /lower &
stuck=$!
# It waits for what it holds: that is said by its stack, and not by the time it takes.
patience=600
until grep -q xfs_file_buffered_read /proc/$stuck/stack || [ $((patience -= 1)) = 0 ]; do usleep 50000; done
kill -9 $stuck
is 'a difference: a write to a file of XFS below from a mapping of it never ends' \
	"$(grep -o -e xfs_ilock -e xfs_file_buffered_read -e xfs_file_buffered_write /proc/$stuck/stack | tr '\n' ' ')" \
	'xfs_ilock xfs_file_buffered_read xfs_file_buffered_write '
