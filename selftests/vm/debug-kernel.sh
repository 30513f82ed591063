# SPDX-License-Identifier: GPL-2.0
# On the debug kernel (KASAN, lockdep, kmemleak, fault injection): loading, netlink, the device, woken trace events and memory that runs
# out.  It has no jump labels, so markers cannot be found there, and that is what Oriel says.
. /tap.sh
cd /modules || exit
events=/sys/kernel/tracing/events

insmod oriel.ko
is 'oriel.ko loads' $? 0
insmod oriel_ns.ko
is 'oriel_ns.ko loads' $? 0
insmod om_basic.ko
is 'a client loads' $? 0
is 'and no marker of it is found' "$(om_hold arm 'om:*' '' 0 true)" 'ok 0 '

# Loaded by force, as on a stock kernel.
kernel=$(uname -r)
mkdir -p "/lib/modules/$kernel/extra"
wrong=$(echo "$kernel" | tr 0123456789 1234567890)
sed "s/vermagic=$kernel/vermagic=$wrong/" om_victim.ko >"/lib/modules/$kernel/extra/om_victim.ko"
depmod
modprobe -f om_victim
is 'trace events are dropped here too' "$(ls -d $events/om_victim 2>/dev/null)" ''
is 'and woken' "$(om_hold wake om_victim '*')" 'ok 2 0 '
echo 1 >$events/om_victim/enable
echo 2 >/sys/module/om_victim/parameters/fire
is 'they are written' "$(grep -c 'om_done: number=' /sys/kernel/tracing/trace)" 2
rmmod om_victim
is 'the module goes while they are enabled' $? 0
om_hold allow om_victim >/dev/null
for i in 1 2 3; do
	modprobe -f om_victim && rmmod om_victim
done
is 'an allowed module comes and goes' $? 0

om_abi >/tmp/abi
is 'the device and netlink refuse what they should' "$(grep '^not ok .*' /tmp/abi | grep -vE 'filter over a key|and says so|parentheses')" ''

# Memory that runs out, at one allocation after the other.
fail=/sys/kernel/debug/failslab
if [ -d $fail ]; then
	echo 0 >$fail/verbose
	echo N >$fail/ignore-gfp-wait
	echo Y >$fail/task-filter
	echo -1 >$fail/times
	rmmod om_basic oriel_ns oriel
	for interval in 3 5 7 11 13 17 23 31 53 97; do
		echo $interval >$fail/interval
		echo 100 >$fail/probability
		(
			echo 1 >/proc/self/make-it-fail
			insmod oriel.ko && om_hold keep 'x:*' 'n > 3' 0 && om_hold wake om_victim '*' && om_hold allow om_victim
			insmod om_basic.ko
			om_hold disarm
		) >/dev/null 2>&1
		echo 0 >$fail/probability
		rmmod om_basic 2>/dev/null
		rmmod oriel 2>/dev/null
	done
	insmod oriel.ko
	is 'after memory ran out everywhere, it loads' $? 0
else
	report 1 'the debug kernel injects faults' </dev/null
fi
for i in 1 2 3 4 5 6 7 8 9 10; do
	rmmod oriel && insmod oriel.ko || break
done
is 'and comes and goes' "$i" 10
rmmod oriel
finish
