# SPDX-License-Identifier: GPL-2.0
# Markers and woken trace events, the kernel's side alone: in either load order, in every context, seen by tracefs, perf and BPF.
. /tap.sh
cd /modules || exit
events=/sys/kernel/tracing/events
trace=/sys/kernel/tracing/trace
fire() { echo "${2:-1}" >"/sys/module/$1/parameters/fire"; }
enable() { echo 1 >"$events/$1/enable"; }
disable() { echo 0 >"$events/$1/enable"; }
# traced EVENT: its records in the trace, without time and place
traced() { sed -n "s/.* $1: //p" $trace; }
logged() { dmesg | grep -cE -- "$1"; }

# ---- loading and unloading, with the tracing of others about ----
echo kept >/sys/kernel/tracing/trace_marker
insmod oriel.ko
is 'nobody else can switch the event that lends the lock' "$(ls $events/oriel/lender | grep -cxE 'enable|trigger|filter')" 0
rmmod oriel
has 'the trace of others is kept' "$(cat $trace)" 'kept$'
# Since 6.14 an event can be asked for before its module is there; older kernels say that there is none.
echo '*:mod:oriel' 2>/dev/null >/sys/kernel/tracing/set_event
insmod oriel.ko
rmmod oriel
is 'Oriel comes and goes where its events had been asked for' $? 0
echo >/sys/kernel/tracing/set_event

# ---- load orders ----
insmod om_basic.ko
is 'a client loads without Oriel' $? 0
fire om_basic
insmod oriel.ko
is 'oriel.ko loads' $? 0
insmod om_cxx.ko
insmod oriel_ns.ko
is 'oriel_ns.ko loads' $? 0
is 'nothing is in tracefs until somebody asks' "$(ls -d $events/om 2>/dev/null)" ''
is 'markers of a module that was there before' "$(om_hold keep 'om:*' '' 0)" 'ok 4 '
is 'markers of a module that came after, in C++' "$(om_hold keep 'om_cxx:*' '' 0)" 'ok 3 '
enable om
enable om_cxx
fire om_basic 2
fire om_cxx 2
is 'numbers and strings' "$(traced tick | head -n 2)" "count=-1 name=item0
count=0 name=item1"
has 'every conversion' "$(traced kinds | tail -n 1)" '^c=b hd=-2 u=1 lx=abcd llu=1099511627776 p=[0-9a-f(]\S* s=text$'
has 'a string that is NULL' "$(traced kinds | head -n 1)" 's=\(null\)$'
has 'a marker without arguments has its line' "$(traced bare | head -n 1)" '^line=[0-9]+$'
is 'one name at two sites' "$(traced twice | head -n 2 | tr '\n' ' ')" 'place=1 place=2 '
is 'a template has as many sites as instances' "$(traced doubled | tr '\n' ' ')" 'value=0 value=0 value=2 value=2 '
is 'a lambda' "$(traced inner | tail -n 1)" 'i=1'
has 'the event is typed' "$(cat $events/om/tick/format)" 'field:int count;.*offset:8;.*size:4;.*signed:1;'
has 'its strings are dynamic' "$(cat $events/om/tick/format)" 'field:__data_loc char\[\] name;'

# ---- who else sees it ----
is 'perf sees it' "$(om_consumer perf om twice 8 -- 'echo 5 >/sys/module/om_basic/parameters/fire')" '10 15'
is 'BPF sees it' "$(om_consumer bpf om twice 8 -- 'echo 5 >/sys/module/om_basic/parameters/fire')" '10 15'
echo 'count > 2' >$events/om/tick/filter
echo >$trace
fire om_basic 6
is "tracefs' own filter works" "$(traced tick | tr '\n' ' ')" 'count=3 name=item4 count=4 name=item5 '
echo 0 >$events/om/tick/filter
echo 'hist:keys=name:vals=count:sort=name' >$events/om/tick/trigger
fire om_basic 2
has 'and histograms' "$(cat $events/om/tick/hist)" 'item1'
echo '!hist:keys=name:vals=count:sort=name' >$events/om/tick/trigger

# ---- filter and rate limit of our own, and arms that end with their descriptor ----
disable om
disable om_cxx
is 'kept arms are dropped' "$(om_hold disarm)" 'ok 2'
echo >$trace
enable om/tick
is 'an arm with a filter' "$(om_hold arm om:tick 'count >= 3 && name ~ "item*"' 0 'echo 6 >/sys/module/om_basic/parameters/fire')" 'ok 1 '
is 'turns away the rest' "$(traced tick | tr '\n' ' ')" 'count=3 name=item4 count=4 name=item5 '
echo >$trace
is 'an arm with a rate limit' "$(om_hold arm om:tick '' 3 'echo 500 >/sys/module/om_basic/parameters/fire')" 'ok 1 '
seen=$(traced tick | wc -l)
is 'lets so many through in a second' "$([ "$seen" -ge 3 ] && [ "$seen" -le 60 ] && echo yes || echo "$seen")" yes
echo >$trace
fire om_basic 3
is 'and ends with its descriptor' "$(traced tick | wc -l)" 3
disable om/tick
has 'a filter over a key that is not there is refused' "$(om_hold keep om:tick 'nothing > 3' 0)" '^EINVAL 0 .*key'

# ---- what is refused ----
insmod om_conflict.ko
insmod om_forged.ko
insmod om_proprietary.ko
is 'one name with two formats' "$(logged 'om_conflict: om:tick: another marker has this name')" 1
is 'a format that is none' "$(logged 'om_conflict: om_conflict:words: .*key=%conversion')" 1
is 'a conversion that would follow pointers' "$(logged 'om_conflict: om_conflict:symbol:')" 1
is 'a key that stands twice' "$(logged 'om_conflict: om_conflict:again: .*twice')" 1
is 'and the good one beside them is in' "$(om_hold arm om_conflict:good '' 0 true)" 'ok 1 '
is 'a marker named like a trace event is passed over' "$(om_hold arm 'sched:*' '' 0 true)" \
	'ok 1 sched:sched_switch: the kernel already has a trace event of that name'
is 'and cannot be armed alone' "$(om_hold arm sched:sched_switch '' 0 true)" \
	'EEXIST 0 sched:sched_switch: the kernel already has a trace event of that name'
is 'forged records: pointers' "$(logged 'om_forged: a marker record points outside its module')" 1
is 'forged records: size' "$(logged 'om_forged: a marker record has another size')" 1
is 'forged records: version' "$(logged 'om_forged: a marker record has another version')" 1
is 'forged records: key or probe' "$(logged 'om_forged: a marker record is not in its initial state')" 1
is 'forged records: names' "$(logged 'om_forged: .*not an identifier')" 1
is 'forged records: arguments' "$(logged 'om_forged: .*another number of arguments')" 1
is 'and the honest one beside them is in' "$(om_hold arm 'forged:*' '' 0 true)" 'ok 1 '
is 'a proprietary module, by policy' "$(logged 'om_proprietary: markers refused: the module is proprietary')" 1
rmmod om_proprietary
echo any >/sys/module/oriel/parameters/marker_policy
insmod om_proprietary.ko
is 'which can be set' "$(om_hold arm 'om_proprietary:*' '' 0 true)" 'ok 1 '
rmmod om_proprietary
echo signed >/sys/module/oriel/parameters/marker_policy
rmmod om_cxx
insmod om_cxx.ko
is 'to signed, too' "$(logged 'om_cxx: markers refused: not signed')" 1
echo nonsense 2>/dev/null >/sys/module/oriel/parameters/marker_policy
is 'but to nothing else' "$(cat /sys/module/oriel/parameters/marker_policy)" signed
echo not-proprietary >/sys/module/oriel/parameters/marker_policy
rmmod om_conflict om_forged om_cxx

# ---- init and exit ----
echo >$trace
om_hold keep 'om_init:*' '' 0 >/dev/null
insmod om_init.ko
enable om_init
rmmod om_init
insmod om_init.ko
rmmod om_init
insmod om_init.ko fail=1 2>/dev/null
is 'markers in init and exit fire, and a failing init leaves nothing' "$(traced 'born' | tr '\n' ' ')$(traced died | wc -l)" 'fail=0 fail=1 2'
disable om_init
om_hold disarm >/dev/null

# ---- unloading while everything is in use ----
insmod om_storm.ko
om_hold keep 'storm:*' '' 0 >/dev/null
enable storm
sleep 1
for context in thread softirq hardirq nmi; do
	has "markers fire in $context" "$(traced $context | tail -n 1)" '^n=[0-9]+'
done
is 'with the event enabled, Oriel is in use' "$(rmmod oriel 2>&1 | grep -c 'in use')" 1
disable storm
for i in 1 2 3; do
	rmmod oriel || break
	insmod oriel.ko
	om_hold keep 'storm:*' '' 0 >/dev/null
	enable storm
	disable storm
done
is 'Oriel comes and goes under firing clients' "$i$(om_hold disarm)" '3ok 1'
om_hold keep 'storm:*' '' 0 >/dev/null
enable storm
rmmod om_storm
is 'a client goes while armed, enabled and firing' $? 0
disable storm
om_hold disarm >/dev/null
is 'and its events with it' "$(ls -d $events/storm 2>/dev/null)" ''
is 'and their records, for the next event may get the number' "$(grep -cv '^#' $trace)" 0

# Every kept filter makes Oriel wait once while it goes, so that the client goes in its midst.
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	om_hold keep om:tick "count > $i" 0 >/dev/null
	om_hold keep om:twice "place > $i" 0 >/dev/null
done
rmmod oriel &
usleep 30000
rmmod om_basic
wait
is 'a client goes while Oriel does' "$(lsmod | grep -cE '^(oriel|om_basic) ')" 0
insmod oriel.ko
insmod om_basic.ko

# ---- an event probe holds on to an event and tells nobody but our module's reference count ----
if grep -q 'e\[:' /sys/kernel/tracing/README; then
	om_hold keep om:tick '' 0 >/dev/null
	echo 'e:om_probe om.tick c=$count:s32' >/sys/kernel/tracing/dynamic_events
	om_hold disarm >/dev/null
	rmmod om_basic
	is 'the event stays while a probe is attached to it' "$(ls -d $events/om/tick)" $events/om/tick
	has 'and the probe can be read' "$(cat /sys/kernel/tracing/dynamic_events)" 'om_probe om.tick'
	echo '-:om_probe' >/sys/kernel/tracing/dynamic_events
	om_hold disarm >/dev/null
	is 'and goes with it' "$(ls -d $events/om/tick 2>/dev/null)" ''
	insmod om_basic.ko
fi

# ---- trace events that the kernel dropped ----
kernel=$(uname -r)
extra=/lib/modules/$kernel/extra
mkdir -p "$extra"
# Another version in the vermagic, of the same length: the way of a module built for the kernel of last week.
wrong=$(echo "$kernel" | tr 0123456789 1234567890)
sed "s/vermagic=$kernel/vermagic=$wrong/" om_victim.ko >"$extra/om_victim.ko"
depmod
modprobe -f om_victim
is 'a module is force-loaded' "$(cat /sys/module/om_victim/taint)" FOE
is 'and the kernel dropped its trace events' "$(ls -d $events/om_victim 2>/dev/null)" ''
insmod om_conflict.ko
is 'a marker takes the name of one of them' "$(om_hold keep om_victim:om_done '' 0)" 'ok 1 '
is 'which is then not registered beside it' "$(om_hold wake om_victim om_victim:om_done)" \
	'EEXIST 0 0 the kernel has another trace event of that name, or a marker has'
om_hold disarm >/dev/null
rmmod om_conflict
is 'they are woken by name' "$(om_hold wake om_victim 'om_victim:om_req*')" 'ok 1 0 '
is 'and the rest' "$(om_hold wake om_victim '*')" 'ok 1 1 '
echo >$trace
enable om_victim
fire om_victim 2
is 'plain tracefs works on them' "$(traced om_request | tr '\n' ' ')" 'number=0 direction=in number=1 direction=out '
disable om_victim
is 'perf works on them' "$(om_consumer perf om_victim om_done 8 -- 'echo 3 >/sys/module/om_victim/parameters/fire')" '3 3'
is 'BPF works on them' "$(om_consumer bpf om_victim om_done 8 -- 'echo 3 >/sys/module/om_victim/parameters/fire')" '3 3'
enable om_victim
rmmod om_victim
is 'the module goes while they are enabled' $? 0
is 'a module is allowed' "$(om_hold allow om_victim)" ok
modprobe -f om_victim
is 'its trace events are there when it has loaded' "$(ls $events/om_victim 2>/dev/null | tr '\n' ' ')" 'enable filter om_done om_request '
is 'its taint is still told' "$(cat /sys/module/om_victim/taint)" FOE
is 'and it is logged' "$(logged 'om_victim: allowed')$(logged 'om_victim: its taint was hidden')" 11
rmmod om_victim
is 'no longer allowed' "$(om_hold revoke om_victim)" ok
modprobe -f om_victim
is 'they are dropped again' "$(ls -d $events/om_victim 2>/dev/null)" ''
om_hold wake om_victim '*' >/dev/null
enable om_victim
disable om_victim
rmmod om_victim
modprobe -f om_victim alien=1
has 'a module of another layout stays asleep' "$(om_hold wake om_victim '*')" "^(EBADMSG 0 0|ok 1 0) .*"
is 'its wrong event does' "$(ls -d $events/om_victim/om_request 2>/dev/null)" ''
is 'and the log says why' "$(logged "om_victim: (some of )?its trace events stay dropped: .*this kernel's own methods")" 1
rmmod om_victim
modprobe -f om_victim
om_hold wake om_victim '*' >/dev/null
enable om_victim
rmmod oriel_ns oriel
is 'Oriel goes first' $? 0
echo >$trace
fire om_victim
is 'and they go on' "$(traced om_done)" 'number=0'
rmmod om_victim om_basic
is 'nothing of ours is left' "$(lsmod | grep -cE '^(om_|oriel)')$(ls -d $events/om* 2>/dev/null)" 0

# ---- what is refused at the door ----
insmod oriel.ko
insmod om_basic.ko
om_abi >/tmp/abi
om_abi unprivileged >>/tmp/abi
sed -n 's/^\(not \)\?ok [0-9]* - /\1ok - /p; /^#/p' /tmp/abi
grep -E '^(not )?ok' /tmp/abi >>/tmp/plan
rmmod om_basic oriel
finish
