# SPDX-License-Identifier: GPL-2.0
# vma.sh [whole]: oriel vma in the guest. What it counts goes to /out as JSON, which the host judges (selftests/vma-counts.py).
. /tap.sh

# record NAME LOAD...: counts what a load does
record() {
	name=$1
	shift
	oriel vma record --policies --json -- vma_load "$@" >/out/"$name".json 2>/tmp/said
	is "vma_load $* is recorded" "$? $(cat /tmp/said)" '0 '
}

record own own 1 1000
record own4 own 4 500
record spread3 spread 3 1000
record spread12 spread 12 300
record churn churn 2000
record threads threads 1 3000

# ---- the same hits, found again in the stream ----
for load in 'own 1 300' 'spread 12 100' 'churn 500' 'threads 1 300'; do
	name=stream-${load%% *}
	oriel vma record --stream /tmp/stream --json -- vma_load $load >/tmp/recorded
	is "vma_load $load is streamed" $? 0
	is 'and nothing is lost of it' "$(grep '"refused"' /tmp/recorded | tr -dc 0-9)" 0
	oriel vma replay /tmp/stream --json >/out/"$name".json
	is 'and replayed' $? 0
done

# ---- many that come and go: each counted, or said to be lost ----
for load in storm crowd herd; do
	oriel vma record --policies --json --by thread --interval 0.2 -- vma_load $load 300 >/out/$load.json
	oriel vma record --policies --json --by thread --table-size 64 --interval 1000 -- vma_load $load 300 >/out/$load-tight.json
	is "vma_load $load is recorded, in little room" $? 0
done

# ---- where no function can be hooked: then programs on functions would be attached, and never run ----
if (echo 0 >/proc/sys/kernel/ftrace_enabled) 2>/dev/null; then
	oriel vma record --json --by thread -- vma_load own 2 500 >/out/degraded.json
	is 'without tracing of functions it is recorded all the same' $? 0
	oriel vma record -- vma_load own 2 500 >/tmp/said
	has 'and said what is not seen' "$(cat /tmp/said)" 'not seen: all but page faults of user space.*sysctl kernel.ftrace_enabled=1'
	is 'and nothing printed of that' "$(grep -cE 'lookups of mappings|anonymous' /tmp/said)" 1
	echo 1 >/proc/sys/kernel/ftrace_enabled
else
	skip 'without tracing of functions it is recorded all the same' 'this kernel has no way to switch that off: kernel.ftrace_enabled stays 1'
fi
[ "$1" != locked ] || has 'the kernel is locked down' "$(cat /sys/kernel/security/lockdown)" '\[confidentiality\]'

[ "$1" = whole ] || { finish; exit; }

# ---- whom to count ----
# until_it_counts PID: waits until the recorder has attached its programs
until_it_counts() {
	patience=100
	while [ $((patience -= 1)) -gt 0 ] && [ "$(ls -l "/proc/$1/fd" | grep -c 'bpf[-_]link')" -lt 5 ]; do usleep 50000; done
}
oriel vma record --json --duration 60 >/out/everybody.json &
recorder=$!
until_it_counts $recorder
vma_load own 1 500
kill -INT $recorder
wait $recorder
is 'everybody is recorded until a signal' $? 0
mkdir /sys/fs/cgroup/oriel_test
oriel vma record --json --cgroup oriel_test --duration 60 >/out/cgroup.json &
recorder=$!
until_it_counts $recorder
sh -c 'echo $$ >/sys/fs/cgroup/oriel_test/cgroup.procs; exec vma_load own 1 200'
vma_load own 1 500
kill -INT $recorder
wait $recorder
is 'a control group is recorded' $? 0
rmdir /sys/fs/cgroup/oriel_test
sh -c 'while [ ! -e /tmp/go ]; do usleep 20000; done; exec vma_load own 1 300' &
waiting=$!
oriel vma record --json --pid $waiting --duration 60 >/out/pid.json &
recorder=$!
until_it_counts $recorder
: >/tmp/go
wait $waiting
kill -INT $recorder
wait $recorder
is 'a process is recorded, across its exec' $? 0
oriel vma record --duration 0.1 >/tmp/said
is 'a time ends it' $? 0
sleep 3 &
oriel vma record --pid $! >/tmp/said
is 'and the end of the process' "$? $(kill -0 $! 2>&1 | grep -c 'No such')" '0 1'

true &
oriel vma record --pid $! >/tmp/said 2>&1
is 'a process that has ended is not waited for: status' $? 1
has 'is said' "$(cat /tmp/said)" "has ended before it could be counted|there is no process $!"
vma_load storm 1000 &
oriel vma record --duration 0.2 >/tmp/said
is 'processes may end while programs are attached' $? 0
wait $!

# ---- a number that is used again ----
vma_load own 1 1000000 &
first=$!
: >/out/reused.lines # there at once for lines()
oriel vma top --pid $first --json --interval 0.3 >/out/reused.lines 2>/tmp/said &
recorder=$!
# lines COUNT: until there are so many
lines() {
	patience=600
	while [ $((patience -= 1)) -gt 0 ] && [ "$(wc -l </out/reused.lines)" -lt "$1" ]; do usleep 50000; done
}
lines 3
kill -STOP $recorder # it does not see the end before another has the number
kill $first
wait $first 2>/dev/null
wc -l </out/reused.lines >/out/reused.before
echo $((first - 1)) >/proc/sys/kernel/ns_last_pid
sh -c 'echo $$ >/tmp/second; exec vma_load own 1 300'
is 'another process has its number' "$(cat /tmp/second)" $first
kill -CONT $recorder
wait $recorder
is 'top ends with the process' "$? $(cat /tmp/said)" '0 '

# ---- recordings ----
oriel vma record --policies --by thread --interval 0.2 -o /tmp/recording -- vma_load own 4 2000 >/tmp/printed
is 'a recording is written' $? 0
setpriv --reuid 1000 --clear-groups oriel vma show /tmp/recording --by thread >/tmp/shown
is 'and shown to anybody' $? 0
has 'with where it is from' "$(head -n 1 /tmp/shown)" "kernel $(uname -r), .*: oriel vma record, of vma_load own 4 2000"
# Times are of the samples, a little shorter.
counts() { sed -E 's/[0-9]+ per second//; s/^[0-9.]+ s,//; s/^( +[0-9]+ +[0-9]+ vma_load +[0-9]+) +[0-9]+( +[0-9]+) +[0-9]+/\1\2/'; }
is 'as record printed it' "$(tail -n +2 /tmp/shown | counts)" "$(counts </tmp/printed)"
oriel vma show /tmp/recording --by thread --json >/out/show.json
oriel vma record --json --by thread -- vma_load own 4 500 >/out/by_thread.json
has 'by process' "$(oriel vma show /tmp/recording --by process)" ' PID COMMAND  .* FAULTS/S '
has 'by control group' "$(oriel vma show /tmp/recording --by cgroup)" '^CGROUP '
is 'and of the system as a whole' "$(oriel vma show /tmp/recording --by system | grep -cE 'PID|CGROUP')" 0
# shown TEXT FILE PATTERN: a file that is no recording
shown() {
	oriel vma show "$2" >/tmp/said 2>&1
	is "$1: status" $? 1
	has "$1: is said" "$(cat /tmp/said)" "$3"
}
shown 'no file' /nowhere 'No such file'
shown 'what is no recording' /init '/init: it is no recording'
head -c 9000 /tmp/recording >/tmp/cut
shown 'one that is cut off' /tmp/cut 'is damaged'
mkdir /tmp/small && mount -t tmpfs -o size=88k none /tmp/small
oriel vma record -o /tmp/small/r --by thread --interval 0.2 -- vma_load crowd 300 >/tmp/printed 2>/tmp/said
is 'a disk that is full: status' $? 125
has 'is said' "$(cat /tmp/said)" 'cannot be written: No space'
has 'and all is counted nevertheless' "$(cat /tmp/printed)" 'lookups of mappings'
oriel vma show /tmp/small/r >/dev/null 2>&1 || oriel vma show /tmp/small/r 2>&1 | grep -q 'holds no'
is 'and what was written before can be read' $? 0

oriel vma record --stream /dev/full --duration 0.1 -- sh -c 'sleep 1; : >/tmp/waited' >/dev/null 2>&1
is 'the command is waited for whatever cannot be written' "$? $(ls /tmp/waited)" '125 /tmp/waited'

# ---- top ----
vma_load own 1 100000 &
load=$!
oriel vma top --interval 0.3 --iterations 2 --sort lookups >/tmp/said
is 'top ends by itself' $? 0
is 'and prints a table at each time' "$(grep -c ' PID COMMAND ' /tmp/said)" 2
has 'with the busiest first' "$(grep -A 1 ' PID COMMAND ' /tmp/said | tail -n 1)" ' vma_load '
is 'by thread' "$(oriel vma top --interval 0.3 --iterations 1 --by thread | grep -c ' TID THREAD ')" 1
oriel vma top --interval 0.3 --iterations 2 --json --pid $load --by thread >/tmp/lines
is 'as lines of JSON' "$(grep -c '^{"version":1,"seconds":0.*"threads":' /tmp/lines)" 2
kill $load
oriel vma record -- sh -c 'vma_load own 1 10; exit 7' >/tmp/said
is 'the status of the command is passed on' $? 7
has 'and what it did is printed' "$(cat /tmp/said)" 'lookups of mappings'
has 'with what is not seen' "$(cat /tmp/said)" 'not seen: lookups by inlined code'
has 'and its children by name' "$(cat /tmp/said)" 'vma_load'
is 'without a simulation none is printed' "$(grep -c CACHE /tmp/said)" 0

# ---- bad calls ----
# refused TEXT STATUS PATTERN ARGUMENT...
refused() {
	text=$1 status=$2 pattern=$3
	shift 3
	oriel vma record "$@" >/tmp/said 2>&1
	is "$text: status" $? "$status"
	has "$text: is said" "$(cat /tmp/said)" "$pattern"
}
refused 'no such process' 1 'no process 99999' --pid 99999
refused 'a process and a control group' 2 'excludes' --pid 1 --cgroup /
refused 'a process and a command' 125 'exclude each other' --pid 1 -- true
refused 'no such control group' 1 'no control groups are called nothing' --cgroup nothing
refused 'a folder for a recording that is not there' 1 '/nowhere/r cannot be written: No such file' -o /nowhere/r
refused 'a device for a recording' 1 'no regular file' -o /dev/full
refused 'a table of no size' 2 'table-size' --table-size 0
refused 'a word for --by' 2 'by' --by pid
refused 'a command that is not there' 127 'nosuchcommand' -- nosuchcommand
refused 'a folder for a stream that is not there' 1 'No such file' --stream /nowhere/stream
refused 'a full disk' 1 'cannot be written: No space' --stream /dev/full --duration 0.1
oriel vma replay /init >/tmp/said 2>&1
is 'what is no stream is refused' "$? $(cat /tmp/said)" '1 oriel: /init: it is no stream of lookups'
head -c 100 /tmp/stream >/tmp/cut
oriel vma replay /tmp/cut >/tmp/said 2>&1
is 'and what is cut off' "$? $(cat /tmp/said)" '1 oriel: /tmp/cut: it is cut off behind record 1'
refused 'a time that is none' 2 'duration' --duration -1
setpriv --reuid 1000 --clear-groups oriel vma record -- true >/tmp/said 2>&1
is 'nobody else may' $? 125
has 'and is told why' "$(cat /tmp/said)" 'run as root'
oriel_with() { setpriv --reuid 1000 --clear-groups --inh-caps="$1" --ambient-caps="$1" oriel vma record --duration 0.1 >/tmp/said 2>&1; }
oriel_with +bpf,+perfmon
is 'two capabilities are enough' "$? $(grep -c 'lookups of mappings (' /tmp/said)" '0 1'
oriel_with +bpf
is 'one is not' $? 5
is 'no program stays behind' "$(ls /proc/*/fd -l 2>/dev/null | grep -c 'bpf-prog')" 0
finish
