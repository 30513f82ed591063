# SPDX-License-Identifier: GPL-2.0
# cgroup.sh [whole]: oriel cgroup links in the guest, where the numbers of css_sets and links are known.
. /tap.sh
whole=$1

# number NAME: of the last reading, a member of the outermost object
number() { sed -n "s/^  \"$1\": \([0-9]*\),*$/\1/p" /tmp/read; }
# counted TEXT SETS LINKS: reads, and expects so many
counted() {
	oriel cgroup links --json >/tmp/read 2>/tmp/said
	is "$1" "$(cat /tmp/said)$(number css_sets) $(number links)" "$2 $3"
}
top=/sys/fs/cgroup
counted 'after boot one css_set and its link to the unified hierarchy' 1 1
# The reader is a task as well; a thread of the kernel may come in between.
patience=20
while [ $((patience -= 1)) -gt 0 ]; do
	oriel cgroup links --json >/tmp/read
	set -- /proc/[0-9]*/task/*
	[ "$(number tasks)" != $(($# + 1)) ] || break
done
is 'it holds all tasks' "$(number tasks)" $(($# + 1))
is 'their memory is what the types take' "$(number bytes)" $(($(number css_set_bytes) + $(number link_bytes)))
is 'a link takes six words' "$(number link_bytes)" 48
sleep 1000 &
first=$!
sleep 1000 &
second=$!
mkdir $top/a $top/b
counted 'an empty control group has neither' 1 1
echo $first >$top/a/cgroup.procs
counted 'a task moved: one more of each' 2 2
mkdir /tmp/v1
mount -t cgroup -o none,name=oriel oriel /tmp/v1
counted 'a second hierarchy: a link more for each css_set' 2 4
has 'it is named' "$(oriel cgroup links)" 'name=oriel '
mkdir /tmp/v1/x
echo $second >/tmp/v1/x/tasks
counted 'moved in that one: a css_set with both links' 3 6
echo $first >/tmp/v1/x/tasks
counted 'another combination replaces the one that was left' 3 6
oriel cgroup links --by-cgroup >/tmp/said
is 'the root of the second hierarchy has one set, x has two' \
	"$(awk '$4 == "name=oriel" { print $1, $5 }' /tmp/said | sort | xargs)" '1 / 2 x'
is 'and each group of the first its own' "$(awk '$4 == "v2" { print $1, $2 == 1, $5 }' /tmp/said | sort | xargs)" '1 1 /a 2 0 /'
oriel cgroup links --of $first >/tmp/said
has 'a process: its groups' "$(cat /tmp/said)" 'v2:/a name=oriel:x'
has 'and its threads' "$(cat /tmp/said)" "of process $first: threads $first"
is 'every set is shown' "$(oriel cgroup links --by-set | tail -n +2 | wc -l)" 3
has 'JSON names groups by path' "$(oriel cgroup links --json --by-set)" '"path": "/a"'

# ---- what was removed, and is still referred to ----
# A child in b that has ended while its parent does not look: it is a zombie, and keeps its css_set.
sh -c 'sh -c "echo \$\$ >/sys/fs/cgroup/b/cgroup.procs" & exec sleep 1000' &
parent=$!
patience=100
while [ $((patience -= 1)) -gt 0 ] && ! grep -qs '^State:.Z' /proc/[0-9]*/status; do usleep 50000; done
rmdir $top/b
oriel cgroup links --json >/tmp/read
is 'a zombie keeps its css_set' "$(number css_sets) $(number css_sets_dead) $(number css_sets_without_tasks)" '4 1 1'
has 'and its control group, which is named' "$(oriel cgroup links --by-cgroup)" 'yes  v2                   b'
is 'the kernel counts as many' "$(sed -n 's/^nr_dying_descendants //p' $top/cgroup.stat)" \
	"$(sed -n 's/^ *"dying": \([0-9]*\).*/\1/p' /tmp/read | tail -n 1)"
kill $parent
wait $parent 2>/dev/null
patience=100
while [ $((patience -= 1)) -gt 0 ] && ! oriel cgroup links --json | grep -q '"css_sets": 3,'; do usleep 50000; done
counted 'it goes with the zombie' 3 6

# ---- while tasks come and go ----
sh -c 'while :; do for group in /sys/fs/cgroup/c /sys/fs/cgroup/d; do mkdir $group; sh -c "echo \$\$ >$group/cgroup.procs; :"; rmdir $group; done; done' 2>/dev/null &
storm=$!
wrong=0 seen=''
for each in 1 2 3 4; do
	oriel cgroup links --json >/tmp/read 2>/tmp/said || wrong=$((wrong + 1))
	[ "$(number css_sets)" = "$(number kernel_css_sets)" ] && [ "$(number links)" = $((2 * $(number css_sets))) ] || wrong=$((wrong + 1))
	seen="$seen $(number css_sets)"
done
kill $storm
wait $storm 2>/dev/null
is "every reading is whole while tasks fork and groups go ($seen)" $wrong 0

# ---- many ----
if [ "$whole" ]; then
	i=0
	while [ $((i += 1)) -le 300 ]; do
		mkdir $top/many$i
		sleep 1000 &
		echo $! >$top/many$i/cgroup.procs
		echo $! >>/tmp/many
	done
	counted 'more than there was room for at first' 303 606
	is 'and all are shown' "$(oriel cgroup links --by-set | tail -n +2 | wc -l)" 303
	kill $(cat /tmp/many)
	wait $(cat /tmp/many) 2>/dev/null
	counted 'groups without tasks cost none' 3 6
fi
kill $first $second
[ "$whole" ] || { finish; exit; }

# ---- bad calls ----
# refused TEXT STATUS PATTERN ARGUMENT...
refused() {
	text=$1 status=$2 pattern=$3
	shift 3
	oriel cgroup links "$@" >/tmp/said 2>&1
	is "$text: status" $? "$status"
	has "$text: is said" "$(cat /tmp/said)" "$pattern"
}
refused 'no such process' 1 'no process 99999' --of 99999
refused 'a process that is none' 2 'of' --of -1
refused 'two views' 2 'excludes' --by-set --by-cgroup
setpriv --reuid 1000 --clear-groups oriel cgroup links >/tmp/said 2>&1
is 'nobody else may' $? 5
has 'and is told why' "$(cat /tmp/said)" 'run as root'
echo 2 >/proc/sys/kernel/kptr_restrict
refused 'hidden addresses' 5 'kernel.kptr_restrict=1'
finish
