# SPDX-License-Identifier: GPL-2.0
# fs-ratios.sh: in the guest, what stacked file systems take to the one below, from within the kernel: "KIND NAME ORIELFS OVERLAYFS".
insmod /modules/orielfs.ko
insmod /modules/om_fs_cost.ko
cost=/sys/module/om_fs_cost/parameters
mkdir -p /low /over /merged /below-over /below-merged

# ratio KIND BYTES COUNT ROUNDS BARE STACKED: of the same file
ratio() {
	echo "$*" >$cost/run && awk '{ printf " %.3f", $1 / 10000 }' $cost/ratio
}

# measure KIND DEVICE
measure() {
	mount -t "$1" "$2" /low
	mkdir -p /low/stacked /low/empty /low/upper /low/work
	mount -t orielfs /low/stacked /over
	mount -t overlay -o lowerdir=/low/empty,upperdir=/low/upper,workdir=/low/work none /merged
	mount --bind /low/stacked /below-over
	mount --bind /low/upper /below-merged
	for dir in /over /merged; do dd if=/dev/zero of=$dir/data bs=1M count=1 2>/dev/null; done
	sync
	while read -r name what; do
		echo "$1 $name$(ratio $what /below-over/data /over/data)$(ratio $what /below-merged/data /merged/data)"
	done <<-END
		read_4k read 4096 128 2000
		write_4k write 4096 128 2000
		read_1m read 1048576 4 100
		write_1m write 1048576 4 100
		stat stat 1 128 2000
	END
	umount /over /merged /below-over /below-merged /low
}

measure tmpfs none
measure ext4 /dev/ubda
