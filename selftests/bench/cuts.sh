# SPDX-License-Identifier: GPL-2.0
# cuts.sh KIND...: in the guest, what cutting costs on orielfs, and natively below, on disks in memory: "KIND NAME NUMBER".
insmod /modules/orielfs.ko
mkdir -p /low /over
modprobe brd rd_nr=1 rd_size=327680
for kind in "$@"; do
	cat "/dev/vd$(echo ab | cut -c "$(echo "$@" | tr ' ' '\n' | grep -n "^$kind$" | cut -d: -f1)")" >/dev/ram0
	mount -t "$kind" /dev/ram0 /low
	mkdir /low/cut /low/native
	mount -t orielfs /low/cut /over
	cut_cost /over /low/native /low/cut 2>&1 | sed "s/^/$kind /"
	umount /over
	umount /low
done
