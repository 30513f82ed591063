# SPDX-License-Identifier: GPL-2.0
# fs.sh: in the guest, what operations on files cost: "KIND NAME BARE ORIELFS OVERLAYFS", in guest instructions with --icount, "-" where there
# is no such thing.  All three lie on one file system: tmpfs, and ext4 on a disk in memory, whose requests end at once.
insmod /modules/orielfs.ko
mkdir -p /low /over /merged

# measure KIND DEVICE
measure() {
	mount -t "$1" "$2" /low
	mkdir -p /low/bare /low/stacked /low/empty /low/upper /low/work
	mount -t orielfs /low/stacked /over
	mount -t overlay -o lowerdir=/low/empty,upperdir=/low/upper,workdir=/low/work none /merged
	fs_cost /low/bare /over /merged | sed "s/^/$1 /"
	umount /over /merged /low
}

measure tmpfs none
modprobe brd rd_nr=1 rd_size=131072
cat /dev/vda >/dev/ram0
measure ext4 /dev/ram0
