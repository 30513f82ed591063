# SPDX-License-Identifier: GPL-2.0
# vma-caches.sh PACKAGE: in the guest, the three loads; prints what is counted as "NAME JSON", a line for each.
set -e
new=/mnt/new
mkdir -p /mnt/lower /mnt/upper $new
mount -t erofs -o ro /dev/vda /mnt/lower
mount -t tmpfs upper /mnt/upper
mkdir /mnt/upper/data /mnt/upper/work
mount -t overlay -o lowerdir=/mnt/lower,upperdir=/mnt/upper/data,workdir=/mnt/upper/work new $new

# The boot ends itself when it has come to its target.
cat >$new/etc/systemd/system/measured.service <<-UNIT
	[Unit]
	After=multi-user.target
	[Service]
	Type=idle
	ExecStart=/bin/systemctl --force --force poweroff
	[Install]
	WantedBy=multi-user.target
UNIT
mkdir -p $new/etc/systemd/system/multi-user.target.wants
ln -s ../measured.service $new/etc/systemd/system/multi-user.target.wants/
# A login prompt would hang up the consoles by which the guest reports.
rm -rf $new/lib/systemd/system-generators/systemd-getty-generator $new/etc/systemd/system/getty.target.wants
echo measured >$new/etc/hostname
cat >/boot.sh <<-BOOT
	mount --make-rprivate /
	mount -t proc proc $new/proc
	mount --rbind /sys $new/sys
	mount --rbind /dev $new/dev
	mount -t tmpfs run $new/run
	exec env -i container=oriel PATH=\$PATH /usr/sbin/chroot $new /lib/systemd/systemd --unit=multi-user.target
BOOT
oriel vma record --policies --json -- unshare --pid --fork --mount --uts --ipc --cgroup sh /boot.sh >/tmp/boot.json || echo "boot: $?"
mount -t proc proc $new/proc
mount --bind /dev $new/dev
oriel vma record --policies --json -- chroot $new sh -c "cd /usr/src/$1-* && make -j2 >/dev/null 2>&1" >/tmp/build.json || echo "build: $?"
oriel vma record --policies --json -- vma_load threads 1 30000 >/tmp/threads.json
# Not by /out: the boot has hung up its port.
for load in boot build threads; do
	printf '%s ' "$load"
	tr -d '\n' </tmp/$load.json
	echo
done
