# SPDX-License-Identifier: GPL-2.0
# load-unload.sh COUNT: Oriel comes and goes so often beside a client that stays and one that is armed and fires, and the memory that the
# kernel uses does not grow with it.
. /tap.sh
cd /modules || exit
count=$1
events=/sys/kernel/tracing/events

# Kibibytes in slabs, per-CPU memory and vmalloc
used() { awk '/^(Slab|Percpu|VmallocUsed):/ { sum += $2 } END { print sum }' /proc/meminfo; }

once() {
	insmod oriel.ko || return 1
	om_hold keep om:tick 'count > 0' 5 >/dev/null || return 1
	echo 1 >$events/om/enable
	echo 3 >/sys/module/om_basic/parameters/fire
	echo 0 >$events/om/enable
	rmmod oriel
}

insmod om_basic.ko
insmod om_storm.ko
i=0
while [ $i -lt 50 ] && once; do i=$((i + 1)); done
echo 3 >/proc/sys/vm/drop_caches
before=$(used)
while [ $i -lt "$count" ] && once; do i=$((i + 1)); done
is "$count loads and unloads" "$i" "$count"
echo 3 >/proc/sys/vm/drop_caches
grown=$(($(used) - before))
# A page leaked each time would be four times as much.
is "memory does not grow with them ($grown KiB)" "$([ $grown -lt "$count" ] && echo no || echo "$grown KiB")" no
rmmod om_storm om_basic
is 'and the clients go' $? 0
finish
