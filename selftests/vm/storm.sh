# SPDX-License-Identifier: GPL-2.0
# storm.sh ROUNDS: arming, filtering, enabling and unloading on one side, firing in every context on the other.
. /tap.sh
cd /modules || exit
rounds=$1
events=/sys/kernel/tracing/events
trace=/sys/kernel/tracing

insmod oriel.ko
insmod om_storm.ko pause_us=20
mkdir $trace/instances/other
i=0
while [ $i -lt "$rounds" ]; do
	om_hold keep 'storm:*' '' 0 >/dev/null || break
	om_hold arm 'storm:t*' 'n & 1 && who ~ "om*"' 100 true >/dev/null || break
	echo 1 >$events/storm/enable
	echo 1 >$trace/instances/other/events/storm/enable
	om_consumer bpf storm thread 8 -- true >/dev/null || break
	om_hold disarm >/dev/null
	echo 0 >$events/storm/enable
	case $((i % 3)) in
	0) echo 0 >$trace/instances/other/events/storm/enable ;;
	1) rmdir $trace/instances/other && mkdir $trace/instances/other ;;
	2)
		rmmod om_storm
		insmod om_storm.ko pause_us=20
		echo 0 >$trace/instances/other/events/storm/enable 2>/dev/null
		rmmod oriel || break
		insmod oriel.ko
		;;
	esac
	i=$((i + 1))
done
is "$rounds rounds of everything at once" "$i" "$rounds"
rmdir $trace/instances/other
rmmod om_storm oriel
is 'and both go' $? 0
finish
