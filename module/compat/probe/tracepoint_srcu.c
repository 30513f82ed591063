// SPDX-License-Identifier: GPL-2.0
/* Does the kernel wait for a tracepoint's probes by SRCU, and no longer for regions with preemption off? */
#include <linux/tracepoint.h>

void probe(struct rcu_head *head, rcu_callback_t function);
void probe(struct rcu_head *head, rcu_callback_t function)
{
	call_tracepoint_unregister_atomic(head, function);
}
