#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Sourced by marker_cli.sh where the rows that do not depend on the kernel are wanted, too: oriel.ko, om_basic and a woken om_victim are loaded.

# ---- wrong calls ----
exits 'an unknown noun' 2 oriel nosuch
exits 'no verb' 2 oriel marker
exits 'no pattern' 2 oriel marker record
exits 'a rate that is none' 2 oriel marker record om --rate fast
exits 'a format that is none' 2 oriel marker record om --format xml
exits 'a policy that is none' 2 oriel load --policy all
exits 'a pattern that is too long' 2 oriel marker arm "$(printf %0200d 0)"
exits 'a filter over a key that is not there' 1 oriel marker arm om:tick --filter 'nosuch > 1'
is 'names the marker and the key' "$said" 'oriel: om:tick: the filter names nosuch, which is no key of this marker (count=%d name=%s)'
exits 'by a pattern, too' 1 oriel marker record 'om:ti*' --filter 'count > 1 && nosuch == 2'
has 'names the marker and the key' "$said" '^oriel: om:tick: the filter names nosuch, '
exits 'a filter that is none' 2 oriel marker record om:tick --filter 'count >'
has 'says why' "$said" '^oriel: --filter: count >: the filter lacks a number behind an operator$'
exits 'also where nothing matches yet' 2 oriel marker arm no:such --filter 'count >'
exits 'a pattern with brackets' 2 oriel marker record 'om:[t]ick'
exits 'a rate without its unit' 2 oriel marker record om --rate 5
exits 'a time that is none' 2 oriel marker record om --duration -1
is 'and leaves nothing behind' "$(ls /sys/kernel/tracing/instances)$(oriel marker list | grep -c armed)" 0
exits 'a wrong call before a command is 125' 125 oriel marker record --nosuch om -- true
exits 'a failure before a command is 125' 125 oriel marker record om:tick --filter 'nosuch > 1' -- true
exits 'a command that is not there' 127 oriel marker record om -- /nosuch
exits 'a command that cannot be run' 126 oriel marker record om -- /modules/om_basic.ko
exits 'a command that is killed' 137 oriel marker arm om -- sh -c 'kill -9 $$'
exits 'a pattern that matches nothing is a wait' 0 oriel marker arm no:such -- true
has 'and is told' "$said" 'nothing matches yet'

exits 'of several patterns all are armed or none' 1 oriel marker arm om:tick om:bare --keep --filter 'count > 1'
is 'not even kept ones' "$(oriel marker list | grep -c armed)$(oriel marker disarm)" '00 kept arms dropped'
exits 'a filter over a key that one event lacks' 1 oriel marker record om_victim:om_done --filter 'direction == "in"'
has 'names the event and the reason' "$said" 'om_victim:om_done: the filter is refused: .*ield not found'

# ---- how much ----
exits 'so many events' 0 oriel marker record om:tick --count 3 -- sh -c 'echo 9 >/sys/module/om_basic/parameters/fire'
is 'and no more' "$(echo "$out" | wc -l)" 3
exits 'a trace.dat may hold more' 0 oriel marker record om:tick --count 3 -o /out/few.dat --format text -- sh -c 'echo 9 >/sys/module/om_basic/parameters/fire'
echo "$said" >/out/few.txt
has 'which is said' "$said" '^oriel: 3 events (shown, [0-9]+ )?recorded in /out/few.dat, none lost'
exits 'so long, and the command goes on' 4 oriel marker record om:tick --duration 0.2 -- sh -c 'sleep 1; exit 4'
exits 'a rate limit' 0 oriel marker record om:tick --rate 5/s --json -- sh -c 'echo 500 >/sys/module/om_basic/parameters/fire'
seen=$(echo "$out" | grep -c '"type":"event"')
is 'lets so many through in a second' "$([ "$seen" -ge 5 ] && [ "$seen" -le 100 ] && echo yes || echo "$seen")" yes
has 'and counts the rest' "$out" "\"limited\":$((500 - seen))"
exits 'an arm is kept beside it' 0 oriel marker arm om:tick --keep
exits 'a rate limit that another arm goes past' 0 oriel marker record om:tick --rate 5/s -- sh -c 'echo 50 >/sys/module/om_basic/parameters/fire'
has 'is said' "$said" 'om:tick is armed already: what that arm lets through comes as well'
exits 'an arm that matches nothing is kept' 0 oriel marker arm 'nobody:*' --filter 'n > 3' --rate 7/s --keep
exits 'kept arms are listed' 0 oriel marker list
has 'with what they arm' "$out" '^kept: om:tick: arms 1 marker$'
has 'or do not' "$out" "^kept: nobody:\* --filter 'n > 3' --rate 7/s: arms 0 markers$"
exits 'and dropped again' 0 oriel marker disarm
exits 'a buffer that is too small' 0 oriel marker record om:tick --buffer 4 --json -- sh -c 'echo 5000 >/sys/module/om_basic/parameters/fire'
seen=$(echo "$out" | grep -c '"type":"event"')
has 'loses events, and counts them' "$out" "\"events\":$seen,\"lost\":$((5000 - seen)),"
has 'loudly' "$said" "$((5000 - seen)) LOST"
is 'some were lost' "$([ "$seen" -lt 5000 ] && echo yes)" yes
exits 'statistics by interval' 0 oriel marker stat om:tick --interval 0.2 --count 2
is 'as many as asked for' "$(echo "$out" | grep -c '^om:tick')" 2

# ---- a module that comes again ----
oriel marker record om_victim >/tmp/again 2>/dev/null &
recorder=$!
await '[ "$(cat /sys/kernel/tracing/instances/oriel-$recorder/events/om_victim/om_done/enable)" = 1 ]'
rmmod om_victim
modprobe -f om_victim slow=1000
await '[ "$(cat /sys/kernel/tracing/instances/oriel-$recorder/events/om_victim/om_done/enable)" = 1 ]'
fire om_victim 1
await 'grep -q om_victim:om_done: /tmp/again'
has 'its events are woken again while they are recorded' "$(cat /tmp/again)" 'om_victim:om_done: number=0'
has 'and its markers are on' "$(cat /tmp/again)" 'om_victim:request: number=0'
kill $recorder
wait $recorder

# ---- killed ----
oriel marker record om >/dev/null 2>&1 &
recorder=$!
await '[ "$(cat /sys/kernel/tracing/instances/oriel-$recorder/events/om/tick/enable)" = 1 ]'
kill -KILL $recorder
wait $recorder
is 'a recorder that is killed leaves its instance' "$(ls /sys/kernel/tracing/instances)" "oriel-$recorder"
is 'but no arm' "$(oriel marker list | grep -c armed)" "$(oriel marker list | grep -c '\+')"
oriel marker record om --duration 0.1 >/dev/null 2>&1
is 'which the next one removes' "$(ls /sys/kernel/tracing/instances)" ''
oriel marker record om_victim 2>/dev/null | head -n 1 >/tmp/head &
await '[ "$(cat /sys/kernel/tracing/instances/oriel-*/events/om_victim/om_done/enable)" = 1 ]'
fire om_victim 1
await '[ -z "$(ls /sys/kernel/tracing/instances)" ]'
is 'a recorder whose reader has gone ends' "$?$(wc -l </tmp/head)" 01
wait

# ---- without root ----
user() { setpriv --reuid 1000 --clear-groups "$@"; }
exits 'anybody may ask for the status' 0 user oriel status
exits 'and for modules' 0 user oriel module list
for verb in 'marker list' 'marker info om' 'marker stat' 'marker arm om' 'marker disarm' 'marker record om' 'module watch' 'module allow a' 'load --policy any' unload; do
	exits "without root: $verb" 5 user oriel $verb
done

# ---- another version of the interface ----
if [ -x /bin/oriel-other ]; then
	for verb in status 'marker list' 'marker arm om' 'marker record om' 'module allow a'; do
		exits "a companion of another version: $verb" 4 oriel-other $verb
		has 'both are named' "$said" 'speaks version 99 of the interface, oriel.ko.* speaks version [0-9]+$'
	done
fi
