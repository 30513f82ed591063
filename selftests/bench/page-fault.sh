# SPDX-License-Identifier: GPL-2.0
# page-fault.sh: in the guest, what a page fault costs with and without being counted: "NAME COST", in guest instructions with --icount.
# Each kind twice, as the first run also faults in the program itself; the second counts.
last() { "$@" 2>/dev/null | grep -x '[0-9][0-9.]*' | tail -n 1; }
twice='fault_cost 16; fault_cost 16' mixed='fault_cost 16 8; fault_cost 16 8'
echo "off $(last sh -c "$twice")"
echo "lock $(last oriel lock record -- sh -c "$twice")"
echo "count $(last oriel vma record -- sh -c "$twice")"
echo "policies $(last oriel vma record --policies -- sh -c "$twice")"
echo "off_mixed $(last sh -c "$mixed")"
echo "policies_mixed $(last oriel vma record --policies -- sh -c "$mixed")"
