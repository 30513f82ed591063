# SPDX-License-Identifier: GPL-2.0
# locks.sh cost|storm: in the guest, what oriel lock record does with contention.
# cost: "WAITS NS", for waits for a rw_semaphore and the time of all its programs together, in guest instructions with --icount.
# storm: "ENTERED SEEN LOST", of many processes that come and go, each of which waits: entries into slow paths, counted besides, and what became
# of them.
case $1 in
cost)
	echo 1 >/proc/sys/kernel/bpf_stats_enabled
	oriel lock record --json --interval 1000 >/tmp/json &
	recorder=$!
	until [ "$(ls -l /proc/$recorder/fd | grep -c 'bpf[-_]link')" -gt 16 ]; do usleep 50000; done
	lock_load storm 2 50
	ns=$(cat /proc/$recorder/fdinfo/* | awk '/^run_time_ns:/ { ns += $2 } END { print ns }')
	kill -INT $recorder
	wait $recorder
	echo "$(sed -n '/"total"/,/}/s/.*"waits": \([0-9]*\).*/\1/p' /tmp/json) $ns"
	;;
storm)
	oriel lock record --json -- lock_load storm 8 500 >/tmp/json
	awk '/"seen"/ { seen = $2 + 0 }
		/"slow_paths": [0-9]/ { entered += $2 + 0; all += seen }
		/^ *"(row|wait|nested)":/ { lost += $2 + 0 }
		END { print entered, all, lost }' /tmp/json
	;;
esac
