// SPDX-License-Identifier: GPL-2.0
/* Fires from every context that a module can reach, all the time: a thread, a timer's softirq, hard interrupts (IPIs) and NMIs. */
#include <oriel/marker.h>

#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/smp.h>
#include <linux/timer.h>
#include <asm/nmi.h>

static struct task_struct *thread;
static struct timer_list timer;
static unsigned long fired[4];
static unsigned int pause_us = 200;
module_param(pause_us, uint, 0644);
module_param_array(fired, ulong, NULL, 0444);
MODULE_PARM_DESC(pause_us, "microseconds between two rounds of the thread; 0 fires without pause");
MODULE_PARM_DESC(fired, "times fired: thread, softirq, hardirq, nmi");

static void fire_in_hardirq(void *unused)
{
	oriel_mark(storm, hardirq, "n=%lu cpu=%d", fired[2]++, raw_smp_processor_id());
}

static DEFINE_PER_CPU(bool, nmi_is_ours);

static int fire_in_nmi(unsigned int type, struct pt_regs *regs)
{
	oriel_mark(storm, nmi, "n=%lu cpu=%d who=%s", fired[3]++, raw_smp_processor_id(), current->comm);
	return this_cpu_xchg(nmi_is_ours, false) ? NMI_HANDLED : NMI_DONE;
}

/* The NMI vector by instruction: the handler runs as for a true one (in_nmi() is true), whatever the processor's counters can do. */
static void raise_nmi(void)
{
	preempt_disable();
	this_cpu_write(nmi_is_ours, true);
	asm volatile("int $2");
	preempt_enable();
}

static void fire_in_softirq(struct timer_list *unused)
{
	oriel_mark(storm, softirq, "n=%lu", fired[1]++);
	mod_timer(&timer, jiffies + 1);
}

static int storm(void *unused)
{
	while (!kthread_should_stop()) {
		oriel_mark(storm, thread, "n=%lu who=%s", fired[0]++, current->comm);
		if (fired[0] % 64 == 0) {
			on_each_cpu(fire_in_hardirq, NULL, 1);
			raise_nmi();
		}
		if (pause_us)
			usleep_range(pause_us, pause_us + 10);
		else
			cond_resched();
	}
	return 0;
}

static int __init om_storm_init(void)
{
	int status = register_nmi_handler(NMI_LOCAL, fire_in_nmi, 0, "om_storm");

	if (status)
		return status;
	timer_setup(&timer, fire_in_softirq, 0);
	mod_timer(&timer, jiffies + 1);
	thread = kthread_run(storm, NULL, "om_storm");
	if (!IS_ERR(thread))
		return 0;
	timer_delete_sync(&timer);
	unregister_nmi_handler(NMI_LOCAL, "om_storm");
	return PTR_ERR(thread);
}

static void __exit om_storm_exit(void)
{
	kthread_stop(thread);
	timer_delete_sync(&timer);
	unregister_nmi_handler(NMI_LOCAL, "om_storm");
}

module_init(om_storm_init);
module_exit(om_storm_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test client: markers in every context");
