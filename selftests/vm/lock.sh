# SPDX-License-Identifier: GPL-2.0
# lock.sh [whole]: oriel lock in the guest: each load waits most for the locks that it is made for.
. /tap.sh
has_vma_locks=no
grep -q ' lock_vma_under_rcu$' /proc/kallsyms && has_vma_locks=yes
mkdir -p /tmp/dir

# first CLASS KIND THREADS ROUNDS [DIR]: records a load, whose longest waits together must be for locks of the class. The guest's processors take
# turns of several ms: one unlucky wait for something else can be longer than all that few rounds bring, so there are three tries.
first() {
	class=$1
	shift
	for try in 1 2 3; do
		oriel lock record --json -- lock_load "$@" >/tmp/recorded 2>/tmp/said
		recorded="$? $(cat /tmp/said)"
		seen=$(sed -n '/"classes"/,/"class"/s/.*"class": "\(.*\)".*/\1/p' /tmp/recorded)
		[ "$seen" != "$class" ] || break
	done
	is "lock_load $* is recorded" "$recorded" '0 '
	is "lock_load $1 waits most for" "$seen" "$class"
}

first mmap_lock mmap 4 500
has 'the caller is known' "$(cat /tmp/recorded)" '"caller": "(__)?(do_)?(vm_)?m(un)?map'
has 'with its stack, from the system call on' "$(cat /tmp/recorded)" '"stack": "entry_SYSCALL_64[a-z_]*;do_syscall_64;'
first mmap_lock_foreign foreign 8 200
first page_table page_table 4 20000
is 'a split page-table lock belongs to the address space of the waiter' "$(sed -n '/"class": "page_table",/,/"address_space_of"/s/.*"\(pid\|address_space_of\)": \([0-9]*\),*$/\2/p' /tmp/recorded | sort -u | wc -l)" 1
# Readers of the memory of a process that faults: whoever waits, for whatever part of a page table, waits for that one's.
for try in 1 2 3 4 5 6 7 8; do
	oriel lock record --class page_table --json -- sh -c 'exec lock_load split_foreign 4 5000 >/tmp/number' >/tmp/recorded
	waiters=$(sed -n '/"process": {/,/}/s/.*"pid": \([0-9]*\),*$/\1/p' /tmp/recorded | sort -u | grep -cvx "$(cat /tmp/number)")
	[ "$waiters" = 0 ] || break
done
is 'others wait for it as well' "$waiters" 1
is 'and of theirs it is told whose address space it is' "$(sed -n 's/.*"address_space_of": \([0-9a-z]*\),*$/\1/p' /tmp/recorded | sort -u)" "$(cat /tmp/number)"
[ $has_vma_locks = no ] || first vma vma 2 64
first tasklist_lock tasklist 4 5000
first css_set_lock css_set 4 1000 /sys/fs/cgroup
first inode inode 4 300 /tmp/dir
first slab pipe 4 5000
has 'the holder of a mutex is told' "$(sed -n '/"owner": {/,/}/p' /tmp/recorded)" '"command": "lock_load"'
has 'of an object of the slab the cache is told' "$(cat /tmp/recorded)" '"lock": "(kmalloc|pipe)'
first static cgroup 4 50 /sys/fs/cgroup
has 'of a variable the name is told' "$(cat /tmp/recorded)" '"lock": "cgroup_mutex"'

# The program's own functions, named when it has ended long since.
oriel lock record --user-stacks --folded /tmp/folded -- lock_load page_table 4 20000 >/tmp/said
has 'of what waits in a page fault, the function is told' "$(cat /tmp/folded)" '^lock_load;(start_thread;)?run;fault_neighbour;asm_exc_page_fault;'
oriel lock record --user-stacks --json -- sh -c 'lock_load mmap 4 500; sleep 0.1' >/tmp/recorded
has 'and of what waits in a system call, also in a process that the command has started' "$(cat /tmp/recorded)" '"user_stack": "(start_thread;)?run;(__)?m(un)?map'

[ "$1" = whole ] || { finish; exit; }

# ---- what else is told ----
oriel lock record --folded /tmp/folded -- lock_load mmap 4 500 >/tmp/said
is 'words are printed' $? 0
has 'with the coverage of each kind' "$(cat /tmp/said)" '^rw_semaphore, write +[0-9]+ +[0-9]+ +(9[5-9]|100)\.[0-9] %'
has 'the part with a known holder' "$(cat /tmp/said)" 'the holder is known of [0-9.]+ % of [0-9]+ waits for mutexes and rw_semaphores, [0-9.]+ % of their time'
has 'and what is not seen' "$(cat /tmp/said)" 'not seen: locks that nobody had to wait for'
has 'stacks are folded' "$(cat /tmp/folded)" '^lock_load;entry_SYSCALL.*;\[mmap_lock\] [0-9]+$'
is 'no frame is of what calls our programs, nor unknown' "$(grep -cE 'bpf_|;0x' /tmp/folded)" 0
is 'each in a line of its own' "$(grep -vcE '^[^;]+;.*\[[^]]+\] [0-9]+$' /tmp/folded)" 0
oriel lock record -o /tmp/recording --json -- lock_load mmap 4 500 >/tmp/recorded
is 'a recording is written' $? 0
is 'nothing is said of the stacks of the program, which nobody asked for' "$(grep '"user_stack"' /tmp/recorded | grep -vc '""')" 0
setpriv --reuid 1000 --clear-groups oriel lock show /tmp/recording --json >/tmp/shown
is 'and shown without root' $? 0
is 'as it was' "$(grep -v '"version"\|"seconds"' /tmp/shown | sort)" "$(grep -v '"version"\|"seconds"' /tmp/recorded | sort)"
lock_load mmap 4 1000000 &
load=$!
oriel lock top --iterations 2 --interval 0.3 >/tmp/said
is 'top ends after its tables' $? 0
has 'and has shown them' "$(cat /tmp/said)" '^ *NAME +WAITS/s +WAITED/s'
has 'with the lock' "$(cat /tmp/said)" 'mmap_lock'
oriel lock top --by owner --sort waits --iterations 1 --interval 0.1 --json | head -n 1 >/tmp/said
has 'top has JSON' "$(cat /tmp/said)" '"version"'
kill $load
wait $load
oriel lock record --class inode --json -- lock_load mmap 4 100 >/tmp/recorded
is 'a class can be asked for' "$(grep '"class"' /tmp/recorded | grep -vc inode)" 0

# until_it_counts PID: until its programs are attached and it waits: in poll(2), or asleep
until_it_counts() {
	patience=1000
	while [ $((patience -= 1)) -gt 0 ]; do
		if [ "$(ls -l "/proc/$1/fd" 2>/dev/null | grep -c 'bpf[-_]link')" -ge 16 ]; then
			case $(cut -d' ' -f1 "/proc/$1/syscall" 2>/dev/null) in 7 | 35 | 230 | 271) return ;; esac
		fi
		usleep 50000
	done
}
# lines COUNT: until top has printed so many
lines() {
	patience=600
	while [ $((patience -= 1)) -gt 0 ] && [ "$(wc -l </tmp/lines)" -lt "$1" ]; do usleep 20000; done
}
more_lines() { lines $(($(wc -l </tmp/lines) + $1)); }

# ---- more that come and go than there is room for at once ----
room=64
oriel lock record --json --table-size $room --interval 1000 -- lock_load storm 8 40 >/tmp/recorded
# Entries into slow paths, counted besides, less the waits that were seen and those that were refused.
lost=$(awk '/"seen"/ { seen = $2 + 0 } /"slow_paths": [0-9]/ { rest += $2 - seen } /^ *"(row|wait|nested)":/ { rest -= $2 } END { print rest + 0 }' /tmp/recorded)
is 'no wait is lost without being counted' "$([ "$lost" -le 0 ] || echo "$lost")" ''
refused=$(sed -n 's/^ *"row": \([0-9]*\),*$/\1/p' /tmp/recorded)
is 'without a reading in between, the table fills' "$([ "$refused" -gt 0 ] && echo yes)" yes
rows=$(grep -c '"address_space_of"' /tmp/recorded)
is 'and holds what it can' "$([ "$rows" -gt 0 ] && [ "$rows" -le $room ] && echo yes)" yes
: >/tmp/lines # there at once for lines()
oriel lock top --json --table-size $room --interval 0.1 >/tmp/lines 2>/tmp/said &
top=$! grown=0 resident=0
lines 1
for batch in 1 2 3 4 5 6 7 8 9 10 11 12; do
	lock_load storm 4 3
	more_lines 2
	now=$(sed -n 's/^RssAnon:[^0-9]*\([0-9]*\).*/\1/p' /proc/$top/status)
	[ "$now" -le "$resident" ] || grown=$((grown + 1)) resident=$now
done
kill -INT $top
wait $top
is 'top ends with a signal' "$? $(cat /tmp/said)" '0 '
is 'with readings in between, there were more rows than there is room for' "$([ "$(grep -o '"address_space_of"' /tmp/lines | wc -l)" -gt $room ] && echo yes)" yes
is 'and none was refused' "$(grep -o '"refused":{[^}]*}' /tmp/lines | grep -cv '"row":0,')" 0
is 'nor is a stack unknown' "$(grep -o '"stack":""' /tmp/lines | wc -l)" 0
is 'nor a name' "$(grep -o '"command":""' /tmp/lines | wc -l)" 0
# What is kept for good would be seen each time.
is 'memory does not grow with what has come and gone' "$([ $grown -le 6 ] || echo "$grown times of 12")" ''

# ---- whom to count ----
mkdir /sys/fs/cgroup/oriel_test
oriel lock record --json --cgroup oriel_test --duration 60 >/tmp/recorded &
recorder=$!
until_it_counts $recorder
lock_load pipe 4 5000
sh -c 'echo $$ >/sys/fs/cgroup/oriel_test/cgroup.procs; exec lock_load mmap 4 500'
kill -INT $recorder
wait $recorder
is 'a control group is recorded' $? 0
rmdir /sys/fs/cgroup/oriel_test
has 'and what runs in it' "$(cat /tmp/recorded)" '"mmap_lock"'
is 'but nothing else' "$(grep '"cgroup"' /tmp/recorded | grep -vc 'oriel_test\|"id')" 0
# started: a process that waits until /tmp/go is there, and then is the load
started() { sh -c 'while [ ! -e /tmp/go ]; do usleep 20000; done; exec lock_load pipe 4 5000' & }
started
first=$!
: >/tmp/lines
oriel lock record --json --pid $first >/tmp/recorded &
recorder=$!
oriel lock top --json --pid $first --interval 1000 >/tmp/lines &
top=$!
until_it_counts $recorder
until_it_counts $top
: >/tmp/go
wait $first
wait $recorder
is 'a process is recorded, across its exec, until it ends' "$? $(grep -c '"command": "lock_load"' /tmp/recorded | sed 's/^[1-9].*/some/')" '0 some'
is 'and nobody else' "$(sed -n '/"process": {/,/}/p' /tmp/recorded | grep '"command"' | grep -vE '"(lock_load|sh|usleep)"')" ''
wait $top
is 'top ends with it as well' $? 0
has 'and shows what was until then' "$(cat /tmp/lines)" '"class":"slab"'
rm /tmp/go
started
first=$!
: >/tmp/lines
oriel lock top --json --pid $first --interval 0.3 >/tmp/lines 2>/tmp/said &
top=$!
lines 1
kill -STOP $top # it does not see the end before another has the number
kill $first
wait $first 2>/dev/null
: >/tmp/go
echo $((first - 1)) >/proc/sys/kernel/ns_last_pid
sh -c 'echo $$ >/tmp/second; exec lock_load pipe 4 5000'
is 'another process has its number' "$(cat /tmp/second)" $first
kill -CONT $top
wait $top
is 'top ends with the process' "$? $(cat /tmp/said)" '0 '
is 'whoever has the number after it is not counted' "$(grep -c '"process":{[^}]*"command":"lock_load"' /tmp/lines)" 0
oriel lock record --json --duration 60 >/tmp/recorded &
recorder=$!
until_it_counts $recorder
lock_load pipe 4 5000
kill -INT $recorder
wait $recorder
is 'everybody is recorded until a signal' $? 0
has 'and what anybody waits for' "$(cat /tmp/recorded)" '"command": "lock_load"'

# ---- bad calls ----
# refused TEXT STATUS PATTERN ARGUMENT...
refused() {
	text=$1 status=$2 pattern=$3
	shift 3
	oriel lock record "$@" >/tmp/said 2>&1
	is "$text: status" $? "$status"
	has "$text: is said" "$(cat /tmp/said)" "$pattern"
}
refused 'no such process' 1 'no process 99999' --pid 99999
refused 'a process and a command' 125 'exclude each other' --pid 1 -- true
refused 'no such control group' 1 'no control groups are called nothing' --cgroup nothing
refused 'no such class' 2 'nonsense' --class nonsense
refused 'a command that is not there' 127 'nosuchcommand' -- nosuchcommand
refused 'a folder that is not there' 1 'No such file' --folded /nowhere/file --duration 0.1
refused 'a full disk' 125 'No space' --folded /dev/full -- lock_load mmap 4 200
oriel lock show /init >/tmp/said 2>&1
is 'what is no recording is refused' $? 1
has 'by name' "$(cat /tmp/said)" '/init: '
refused 'a recording that cannot be written' 1 'No such file' -o /nowhere/file --duration 0.1
oriel lock top --sort nonsense >/tmp/said 2>&1
is 'no such column' $? 2
oriel lock top --by nonsense >/tmp/said 2>&1
is 'nothing to gather by' $? 2
setpriv --reuid 1000 --clear-groups oriel lock record -- true >/tmp/said 2>&1
is 'nobody else may' $? 125
has 'and is told why' "$(cat /tmp/said)" 'run as root'
is 'no program stays behind' "$(ls /proc/*/fd -l 2>/dev/null | grep -c 'bpf-prog')" 0
finish
