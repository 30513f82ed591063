# SPDX-License-Identifier: GPL-2.0
# daemon.sh: in the guest, see selftests/bench/daemon. Each sample has the share of the recording that it has at ten seconds for an hour.
mkdir -p /run/oriel /var/lib/oriel
cat >/tmp/conf <<-END
	interval_seconds = 1
	budget_percent = 100
	[recording]
	minutes = 6
END
orield --config /tmp/conf 2>/tmp/log &
# number NAME: of the first field that is called so
number() { oriel status --json | tr -d ' ,' | sed -n "s/^\"$1\"://p" | head -n 1; }
# observed COUNT: waits until everything was read so many times more
observed() {
	until=$(($(number observations) + $1))
	while [ "$(number observations)" -lt $until ]; do usleep 200000; done
}
kib() { echo $(($(number resident_bytes) / 1024)); }
file_kib() { echo $(($(stat -c %s /var/lib/oriel/orield.oriel) / 1024)); }
row() { printf '  %-52s %8s %s\n' "$@"; }
# come_and_go COUNT: so many processes, one after the other
come_and_go() {
	i=0
	while [ $((i += 1)) -le "$1" ]; do (:); done
}

while [ -z "$(number observations)" ]; do usleep 200000; done
observed 5
row 'memory of orield at first' "$(kib)" KiB
come_and_go 1000
observed 2
row 'after 1,000 processes have come and gone' "$(kib)" KiB
before=$(file_kib) samples=$(number samples)
come_and_go 9000
samples=$(($(number samples) - samples)) after=$(file_kib)
observed 2
row 'after 10,000' "$(kib)" KiB
row "a sample of these, $((9000 / samples)) processes" $(((after - before) / samples)) KiB
row 'share of a sample in 32 MiB an hour' $((32 * 1024 / 360)) KiB

groups=/sys/fs/cgroup/many
mkdir $groups
i=0
while [ $((i += 1)) -le 1000 ]; do
	mkdir $groups/$i
	sh -c "echo \$\$ >$groups/$i/cgroup.procs; exit"
done
observed 2
read -r from _ </proc/uptime
wget -q -O /tmp/metrics http://127.0.0.1:19735/metrics
read -r to _ </proc/uptime
row 'a scrape at 1,000 control groups, in emulation' "$(echo "$from $to" | awk '{ print 1000 * ($2 - $1) }')" ms
row 'its series, of 2,000 allowed' "$(grep -vc '^#' /tmp/metrics)" ''
row 'its size' $(($(stat -c %s /tmp/metrics) / 1024)) KiB
row 'control groups of a series of their own' "$(grep -c '^oriel_vma_page_faults_total' /tmp/metrics)" ''
row 'page faults of the others together' "$(sed -n 's/^oriel_vma_page_faults_total{cgroup="other"} //p' /tmp/metrics)" ''
row 'memory of orield then' "$(kib)" KiB
