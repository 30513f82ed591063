# SPDX-License-Identifier: GPL-2.0
# daemon.sh [short]: orield in the guest, scraped by a Prometheus on the host until somebody connects to port 9000; "short": only what depends on
# the kernel, without Oriel's modules.
. /tap.sh

if [ "$1" != short ]; then
	depmod
	modprobe virtio_net
	ip addr add 10.0.2.15/24 dev eth0
	ip link set eth0 up
fi
mkdir -p /run/oriel /var/lib/oriel
printf 'interval_seconds = 2\nbudget_percent = 100\n[collect]\nvma_policies = true\n[exporter]\nlisten = "0.0.0.0:19735"\n[recording]\nminutes = 12\n' >/tmp/conf
# reading TEXT...: waits until oriel status says all of it
until_status() {
	patience=150
	while [ $((patience -= 1)) -gt 0 ] && ! oriel status | grep -qE "$1"; do usleep 200000; done
	oriel status >/tmp/said 2>&1
}
if [ "$1" = short ]; then
	orield --config /tmp/conf 2>/tmp/log &
	until_status ', [1-9][0-9]* samples'
	for each in vma locks cgroups modules; do has "$each are collected" "$(cat /tmp/said)" "^  yes  $each"; done
	is 'each has its metrics' "$(wget -q -O - http://127.0.0.1:19735/metrics | grep -cE '^(oriel_vma_page_faults_total.cgroup="other".|oriel_lock_refused_total|oriel_cgroup_css_sets|oriel_modules.verdict="good".) ')" 4
	kill $!
	wait $!
	is 'it ends when told' $? 0
	is 'and leaves no program behind' "$(ls /proc/*/fd -l 2>/dev/null | grep -c 'bpf-prog')" 0
	finish
	exit
fi
# a control group that goes with a zombie in it
mkdir /sys/fs/cgroup/busy /sys/fs/cgroup/gone
sh -c 'sh -c "echo \$\$ >/sys/fs/cgroup/gone/cgroup.procs" & exec sleep 1000' &
sh -c 'echo $$ >/sys/fs/cgroup/busy/cgroup.procs; while :; do vma_load own 2 20; done' >/dev/null &
load=$!
modprobe oriel
modprobe -f 9pnet # which drops its trace events
cut -d' ' -f1 /proc/uptime >/out/began
orield --config /tmp/conf 2>/tmp/log &
daemon=$!
until_status 'orield .* runs'
rmdir /sys/fs/cgroup/gone
is 'orield runs, and oriel status shows it' "$? $(grep -c "^orield .* runs as process $daemon" /tmp/said)" '0 1'
for each in vma locks cgroups markers modules; do has "$each are collected" "$(cat /tmp/said)" "^  yes  $each"; done
has 'each program has its hook and events' "$(cat /tmp/said)" '^ +yes +fexit/handle_mm_fault +[0-9]+ events, [0-9]+ missed'
has 'what full tables cost, by reason' "$(cat /tmp/said)" 'lost to full tables: .*threads [0-9]+'
has 'for locks as well' "$(cat /tmp/said)" 'lost to full tables: .*rows [0-9]+'
has 'and what is not attached has a reason' "$(cat /tmp/said)" '^ +no +fexit/vmacache_find +this kernel has no function'
orield --config /tmp/conf >/tmp/said 2>&1
is 'a second one is refused' $? 1
has 'and told of the first' "$(cat /tmp/said)" "as process $daemon"

# Until the host has what it wants.
timeout 120 nc -l -p 9000 >/dev/null
is 'the metrics are those that the reference has' "$(wget -q -O - http://127.0.0.1:19735/metrics | sed -n 's/^# TYPE \(oriel_[a-z_]*\) \(.*\)/\1 \2/p' | sort >/tmp/served
	grep -vxF -f /reference /tmp/served)" ''
is 'all of them, but for what there is nothing to tell of' "$(grep -vxF -f /tmp/served /reference | grep -vE '^oriel_(lock_wait|module_bad_info)')" ''

# ---- what it records, while it does ----
oriel vma show --last 1m >/tmp/said 2>&1
is 'show reads what orield records' $? 0
has 'with the load in it' "$(cat /tmp/said)" vma_load
oriel lock show >/tmp/said 2>&1
is 'that of locks as well' $? 0
oriel report --json >/tmp/said 2>&1
is 'and the report' "$? $(grep -c '"file": "/var/lib/oriel/orield.oriel"' /tmp/said)" '0 1'

# ---- modules that come, change and go ----
metrics() { wget -q -O - http://127.0.0.1:19735/metrics; }
# until_metrics PATTERN COUNT: waits until so many lines have it
until_metrics() {
	patience=100
	while [ $((patience -= 1)) -gt 0 ] && [ "$(metrics | grep -c "$1")" != "$2" ]; do usleep 300000; done
	metrics | grep -c "$1"
}
bad_nbd='^oriel_module_bad_info{module="nbd"'
modprobe nbd
until_metrics "^oriel_modules{.*} $(metrics | sed -n 's/^oriel_modules{verdict="good"} //p')\$" 0 >/dev/null
is 'a module that was loaded well is not bad' "$(metrics | grep -c "$bad_nbd")" 0
rmmod nbd
modprobe --force nbd
is 'one of the same name whose events were dropped is' "$(until_metrics "$bad_nbd" 1)" 1
rmmod nbd
is 'and none when it has gone' "$(until_metrics "$bad_nbd" 0)" 0

# ---- a clock that is set ----
now=$(date +%s)
for step in 7200 -7200 0; do
	date -s "@$((now + step))" >/dev/null
	sleep 5
done
cut -d' ' -f1 /proc/uptime >/out/ended

# ---- a recording of what was committed, whatever becomes of it ----
kill -9 $daemon
wait $daemon 2>/dev/null
oriel vma show /var/lib/oriel/orield.oriel >/tmp/said 2>&1
is 'killed, it leaves a recording' $? 0
cp /var/lib/oriel/orield.oriel /out/recording
has 'with the load in it' "$(cat /tmp/said)" vma_load

has 'by control group as well' "$(oriel vma show /var/lib/oriel/orield.oriel --by cgroup)" '^busy '

# ---- without processes: control groups keep their names when they have gone ----
sed 's/^\[collect\]/[collect]\nvma_processes = false/; s/^interval.*/interval_seconds = 1/; s,^minutes.*,&\nfile = "/tmp/groups.oriel",' /tmp/conf >/tmp/groups
mkdir /sys/fs/cgroup/brief
sh -c 'echo $$ >/sys/fs/cgroup/brief/cgroup.procs; while :; do vma_load own 2 20; done' >/dev/null &
brief=$!
orield --config /tmp/groups 2>/tmp/log &
daemon=$!
patience=150
while [ $((patience -= 1)) -gt 0 ] && ! oriel vma show --by cgroup 2>/dev/null | grep -q '^brief '; do usleep 200000; done
kill $brief
wait $brief 2>/dev/null
patience=50
while [ $((patience -= 1)) -gt 0 ] && ! rmdir /sys/fs/cgroup/brief 2>/dev/null; do usleep 100000; done
is 'the group goes' "$(ls -d /sys/fs/cgroup/brief 2>/dev/null)" ''
kill $daemon
wait $daemon
oriel vma show /tmp/groups.oriel --by cgroup >/tmp/said 2>&1
has 'its name stays' "$(cat /tmp/said)" '^brief '
is 'no process is told' "$(oriel vma show /tmp/groups.oriel --json | grep -c '"command": "vma_load"')" 0

# ---- a budget that cannot be kept ----
sed 's/^budget.*/budget_percent = 0.01/; s/^interval.*/interval_seconds = 1/' /tmp/conf >/tmp/strict
orield --config /tmp/strict 2>/tmp/log &
daemon=$!
until_status 'given up: BPF programs'
is 'above the budget all is given up, one after the other' "$(grep -c 'given up:' /tmp/said)" 4
is 'each is said once' "$(grep -c 'giving up' /tmp/log)" 4
has 'the programs are detached' "$(cat /tmp/said)" 'no   vma +given up to keep to the budget'
# ---- reload, and its end ----
printf 'interval_seconds = none\n' >/tmp/strict
kill -HUP $daemon
patience=50
while [ $((patience -= 1)) -gt 0 ] && ! grep -q 'stay as they are' /tmp/log; do usleep 200000; done
has 'wrong settings change nothing' "$(cat /tmp/log)" '/tmp/strict:1:'
sed 's/^interval.*/interval_seconds = 7/' /tmp/conf >/tmp/strict
kill -HUP $daemon
until_status 'of 100 % allowed'
has 'good ones are taken' "$(cat /tmp/said)" 'of 100 % allowed'
kill $daemon
wait $daemon
is 'it ends when told' $? 0
is 'and leaves no program and no socket behind' "$(ls /proc/*/fd -l 2>/dev/null | grep -c 'bpf-prog'; ls /run/oriel | grep -c 'sock$')" "$(printf '0\n0')"
kill $load
finish
