# SPDX-License-Identifier: GPL-2.0
# In the guest: instructions per call of each kind of probe, less those of an empty function.
cd /modules || exit
events=/sys/kernel/tracing/events
parameters=/sys/module/om_bench/parameters

# cost KIND: instructions per call
cost() {
	echo "$1" >$parameters/run
	echo "$1" >$parameters/run
	awk -v ns="$(cat $parameters/ns)" -v calls="$(cat $parameters/calls)" 'BEGIN { printf "%.1f", ns / calls }'
}
# row NAME KIND
row() { echo "$1 $(cost "$2")"; }

insmod oriel.ko
insmod om_bench.ko
row nothing nothing
row tracepoint_off tracepoint
row marker_off marker
echo 1 >$events/om_bench/om_bench_event/enable
row tracepoint_on tracepoint
echo 0 >$events/om_bench/om_bench_event/enable
om_hold keep om_bench:marker '' 0 >/dev/null
row marker_armed marker
echo 1 >$events/om_bench/marker/enable
row marker_on marker
om_hold disarm >/dev/null
om_hold keep om_bench:marker 'count < 0' 0 >/dev/null
row marker_filtered_out marker
om_hold disarm >/dev/null
echo 0 >$events/om_bench/marker/enable
echo 'p:om_bench_line om_bench_kprobe count=%di:s32 name=+0(%si):string' >/sys/kernel/tracing/kprobe_events
echo 1 >$events/kprobes/om_bench_line/enable
row kprobe_on kprobe
echo 0 >$events/kprobes/om_bench_line/enable
echo >/sys/kernel/tracing/kprobe_events
rmmod om_bench oriel
