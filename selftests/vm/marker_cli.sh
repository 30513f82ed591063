#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# marker_cli.sh [whole]: the command line tool on markers and woken trace events. `whole` adds the rows that do not depend on the kernel.
# Everything that was asked for as JSON is left in /out for the host to check.
. /tap.sh
. /marker_cli_lib.sh
cd /modules || exit
install_modules
make_victim

# ---- without our modules ----
is 'status works without the modules' "$(oriel status >/tmp/said && echo $?)" 0
has 'and says that they are not there' "$(cat /tmp/said)" '^oriel.ko is not loaded'
json status-absent status
for verb in 'marker list' 'marker info a:b' 'marker arm a:b' 'marker disarm' 'marker stat' 'marker record a:b' 'module watch' 'module allow a'; do
	exits "without the module: $verb" 3 oriel $verb
	has 'names the remedy' "$said" 'remedy: oriel load'
done
exits 'unload has nothing to do' 0 oriel unload

# ---- dropped tracepoints without our modules ----
modprobe -f om_victim
exits 'BPF records dropped tracepoints, and the status comes through' 6 oriel marker record om_victim -- sh -c 'echo 2 >/sys/module/om_victim/parameters/fire; exit 6'
has 'their arguments are numbers' "$out" 'om_victim:om_request: arg0=0x1 arg1=0xffff'
is 'all of them' "$(echo "$out" | grep -c 'om_victim:om_')" 4
has 'what is lost is said' "$said" 'lost by that: the fields'
json record-bpf marker record 'om_victim:om_request' -- sh -c 'echo 2 >/sys/module/om_victim/parameters/fire'
exits 'a filter cannot be done so' 125 oriel marker record om_victim --filter 'number > 1' -- true
exits 'which is 4 without a command' 4 oriel marker record om_victim --filter 'number > 1'
exits 'nor a trace.dat' 4 oriel marker record om_victim -o /tmp/trace.dat
exits 'what matches nothing needs the module' 3 oriel marker record nosuch
rmmod om_victim

# ---- loading ----
exits 'load loads' 0 oriel load --policy any
is 'by the policy asked for' "$(cat /sys/module/oriel/parameters/marker_policy)" any
exits 'load changes the policy' 0 oriel load --policy not-proprietary
is 'of a module that is there' "$(cat /sys/module/oriel/parameters/marker_policy)" not-proprietary
has 'status knows both modules' "$(oriel status)" '^oriel_ns.ko .* is loaded'
has 'and what they can do' "$(oriel status)" '^  yes  typed-events'
json status status

# ---- modules as they load ----
oriel module watch >/tmp/watch 2>/tmp/watch.err &
watcher=$!
await 'insmod om_init.ko; rmmod om_init; grep -q om_init /tmp/watch'
modprobe -f om_victim slow=1000
insmod om_basic.ko
await 'grep -q ^om_basic: /tmp/watch'
kill $watcher
wait $watcher
is 'watch ends by a signal, in order' $? 0
has 'it tells of a module and its markers' "$(cat /tmp/watch)" '^om_basic: taint OE; no trace events; 5 markers'
has 'and loudly of dropped trace events' "$(cat /tmp/watch)" 'DROPPED: the kernel created none of its 2 trace events: a module loaded by force'
has 'with the remedy' "$(cat /tmp/watch)" "remedy: oriel marker record 'om_victim:\\*'"
is 'of each once' "$(grep -c '^om_victim:' /tmp/watch)" 1
rmmod om_victim
oriel module watch --json --count 1 >/out/watch.json &
watcher=$!
await 'modprobe -r om_victim; modprobe -f om_victim; [ ! -d /proc/$watcher ]'
wait $watcher

# ---- what there is ----
is 'list tells markers from dropped events' "$(oriel marker list | awk '$1 ~ /^om/ { print $1, $2, $3 }' | sort)" 'om:bare marker off
om:kinds marker off
om:tick marker off
om:twice marker off
om_victim:om_done event dropped
om_victim:om_request event dropped
om_victim:request marker off'
is 'a pattern without colon is a subsystem' "$(oriel marker list om | tail -n +2 | wc -l)" 4
is 'a glob' "$(oriel marker list 'om:t*' | tail -n +2 | wc -l)" 2
has 'info of a marker' "$(oriel marker info om:twice)" 'site +om_basic +.*om_basic.c:[0-9]+'
has 'info of a dropped event' "$(oriel marker info om_victim:om_done)" "remedy +oriel marker arm 'om_victim:om_done'"
exits 'info of nothing' 1 oriel marker info no:such
json list marker list
json info marker info om:tick

# ---- what is said of modules ----
rmmod om_victim
mv "$extra/om_victim.ko" /tmp/
insmod om_victim.ko
has 'the list knows the events of a module from elsewhere' "$(oriel module list)" '^om_victim +OE +2 +live +good$'
rmmod om_victim om_basic
mv /tmp/om_victim.ko "$extra/"
modprobe -f om_victim
exits 'a recording is made' 0 oriel vma record -o /tmp/recorded -- true
exits 'a report on it is written' 0 oriel report /tmp/recorded -o /tmp/report.html
has 'and names what is silently untraceable' "$out" '^1 of [0-9]+ loaded modules cannot be traced, and the kernel told nobody: om_victim[.]'
echo signed >/sys/module/oriel/parameters/marker_policy
insmod om_basic.ko
exits 'a module whose markers are refused is bad' 10 oriel module explain om_basic --file /modules/om_basic.ko
has 'with the reason' "$out" 'markers refused: not signed by a trusted key, and marker_policy=signed'
echo "$out" | sed '1,/^remedy:$/d' >/tmp/remedy
exits 'without root there is a verdict, too' 0 setpriv --reuid 1000 --clear-groups oriel module explain om_basic --file /modules/om_basic.ko
is 'the printed remedy works' "$(sh -e /tmp/remedy 2>&1 && echo yes)" yes
exits 'and then it is good' 0 oriel module explain om_basic --file /modules/om_basic.ko
echo not-proprietary >/sys/module/oriel/parameters/marker_policy

# ---- arming ----
exits 'arm passes on the status of the command' 3 oriel marker arm om_victim -- sh -c 'ls /sys/kernel/tracing/events/om_victim; exit 3'
is 'and its output alone' "$(echo "$out" | grep -v enable | grep -v filter | sort | tr '\n' ' ')" 'om_done om_request request '
is 'dropped events are awake afterwards, too' "$(state om_victim:om_done)" woken
is 'markers are off again' "$(state om_victim:request)" off
exits 'an arm may be kept' 0 oriel marker arm om:tick --keep --filter 'count > 0'
is 'then it stands' "$(state om:tick)" armed
fire om_basic 4
is 'stat counts' "$(oriel marker stat om:tick | tail -n 1 | tr -s ' ')" 'om:tick 4 2 0 0'
exits 'disarm wants the pattern of the arm' 1 oriel marker disarm 'om:t*'
exits 'and drops it' 0 oriel marker disarm om:tick
is 'so that the marker is off' "$(state om:tick)" off
json arm marker arm om:tick --keep
json disarm marker disarm
json stat marker stat

# ---- recording ----
exits 'record passes on the status' 7 oriel marker record om:tick om_victim -- sh -c 'echo 2 >/sys/module/om_basic/parameters/fire; echo 1 >/sys/module/om_victim/parameters/fire; exit 7'
is 'markers and woken events in the order of time' "$(echo "$out" | sed 's/^.*[0-9]: //')" 'om:tick: count=-1 name=item0
om:tick: count=0 name=item1
om_victim:om_request: number=0 direction=in
om_victim:request: number=0 direction=in
om_victim:om_done: number=0'
has 'who, where and when' "$out" '^ +sh-[0-9]+ +\[[0-9]{3}\] +[0-9]+\.[0-9]{9}: om:tick'
has 'and that nothing was lost' "$said" '5 events recorded, none lost'
json record marker record om om_victim -- sh -c 'echo 2 >/sys/module/om_basic/parameters/fire; echo 2 >/sys/module/om_victim/parameters/fire'
exits 'record writes a trace.dat' 0 oriel marker record om om_victim -o /out/trace.dat -- sh -c 'echo 2 >/sys/module/om_basic/parameters/fire; echo 2 >/sys/module/om_victim/parameters/fire'
is 'and prints nothing then' "$out" ''
exits 'a filter' 0 oriel marker record om:tick --filter 'count > 2 && name ~ "item*"' -- sh -c 'echo 6 >/sys/module/om_basic/parameters/fire'
is 'lets through what it holds for' "$(echo "$out" | sed 's/^.*: //' | tr '\n' ' ')" 'count=3 name=item4 count=4 name=item5 '
exits 'a filter on a woken event' 0 oriel marker record om_victim:om_request --filter 'number == 1' -- sh -c 'echo 3 >/sys/module/om_victim/parameters/fire'
is 'holds there, too' "$(echo "$out" | sed 's/^.*: //')" 'number=1 direction=out'
oriel marker record 'om_init:*' >/tmp/late 2>&1 &
recorder=$!
await 'grep -q "nothing matches yet" /tmp/late'
await 'insmod om_init.ko; sleep 0.3; rmmod om_init; sleep 0.3; grep -q om_init:died: /tmp/late'
has 'a module that comes later is taken in' "$(cat /tmp/late)" 'om_init:died: line='
kill -TERM $recorder
wait $recorder
is 'a signal ends it in order' $? 0
is 'nothing is left in tracefs' "$(ls /sys/kernel/tracing/instances)" ''
is 'nor armed' "$(oriel marker list | grep -c armed)" 0

[ "$1" != whole ] || . /marker_cli_whole.sh

# ---- a layout that cannot be trusted ----
rmmod om_victim
modprobe -f om_victim alien=1
is 'an event of another layout is told apart' "$(oriel marker list | awk '$3 == "untrusted"' | wc -l)" 1
oriel marker arm om_victim -- true 2>/tmp/said
has 'arming says why it stays asleep' "$(cat /tmp/said)" 'stays dropped: .*built for another kernel'
rmmod om_victim

# ---- before the victim loads ----
exits 'a module is allowed' 0 oriel module allow om-victim
modprobe -f om_victim
is 'its events are there when it has loaded' "$(state om_victim:om_request)" woken
exits 'and no longer' 0 oriel module allow om_victim --revoke
exits 'which can be said once' 1 oriel module allow om_victim --revoke
json allow module allow om_victim
oriel module allow om_victim --revoke >/dev/null

# ---- unloading ----
oriel marker arm om:tick >/dev/null 2>&1 &
holder=$!
await '[ "$(state om:tick)" = armed ]'
exits 'unload is refused while somebody holds the device' 1 oriel unload
has 'and names who' "$said" "in use by $holder \\(oriel\\)"
is 'nothing was unloaded' "$(lsmod | grep -c ^oriel)" 2
kill $holder
wait $holder
om_consumer perf om twice 8 -- 'touch /tmp/perf; while [ -f /tmp/perf ]; do sleep 0.1; done' >/dev/null &
consumer=$!
await '[ -f /tmp/perf ]'
exits 'or perf an event' 1 oriel unload
has 'and names which and who' "$said" "use om:twice.*$consumer \\(om_consumer\\)"
rm /tmp/perf
wait $consumer
oriel marker arm 'om:*' --keep >/dev/null
mkdir /sys/kernel/tracing/instances/other
echo 1 >/sys/kernel/tracing/events/om/tick/enable
echo 1 >/sys/kernel/tracing/instances/other/events/om/twice/enable
echo 'hist:keys=name' >/sys/kernel/tracing/events/om/tick/trigger
exits 'unload drains arms, enabled events and triggers' 0 oriel unload
is 'and the modules are gone' "$(lsmod | grep -c ^oriel)" 0
fire om_basic 3
is 'clients stay and fire' $? 0
rmdir /sys/kernel/tracing/instances/other
exits 'and all can be loaded again' 0 oriel load
has 'the clients are alive at once' "$(oriel marker list om)" '^om:tick +marker +off'
is 'what was woken stays woken' "$(state om_victim:om_done)" woken
exits 'unload again' 0 oriel unload
finish
