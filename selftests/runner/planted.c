// SPDX-License-Identifier: GPL-2.0
/* Has one bug at a time, so that a test can see the debug kernel find it. */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

static char *bug = "none";
module_param(bug, charp, 0);
MODULE_PARM_DESC(bug, "none, freed, overrun, stack, leak, order");

/* Through a volatile pointer and index, the compiler cannot see the bug coming and warn or remove it. */
static volatile char sink;
static volatile int past = 64;

static void read_freed(void)
{
	char *volatile data = kmalloc(64, GFP_KERNEL);

	kfree(data);
	sink = data[8];
}

static void read_past_slab(void)
{
	char *volatile data = kmalloc(64, GFP_KERNEL);

	sink = data[past];
	kfree(data);
}

static void read_past_stack(void)
{
	char data[64];
	char *volatile start = data;

	sink = start[past];
}

static void lose_memory(void)
{
	char *volatile data = kmalloc(64, GFP_KERNEL);

	data = kmalloc(64, GFP_KERNEL);
	kfree(data);
}

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static void invert_locks(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static int __init planted_init(void)
{
	static const struct {
		const char *name;
		void (*plant)(void);
	} bugs[] = {
		{"freed", read_freed}, {"overrun", read_past_slab}, {"stack", read_past_stack},
		{"leak", lose_memory}, {"order", invert_locks},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++)
		if (!strcmp(bug, bugs[i].name))
			bugs[i].plant();
	return 0;
}

static void __exit planted_exit(void) {}

module_init(planted_init);
module_exit(planted_exit);
MODULE_DESCRIPTION("has one bug at a time");
MODULE_LICENSE("GPL");
