// SPDX-License-Identifier: GPL-2.0
/*
 * What must not be interrupted is done by a thread of the kernel's, while the caller waits: to whoever is being killed, the lower answers EINTR
 * in the middle of a write; and the limits of a process are for its own files, not for where the lower happens to keep things.
 */
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "bindings/fs/okb_fs.h"

/* A thread of one kind may wait for one of the other. */
static struct workqueue_struct *threads[okb_fs_thread_kinds];

struct task {
	struct work_struct work;
	const struct cred *cred;
	int (*run)(void *);
	void *argument;
	int status;
};

/* Pages are written back by them. */
int okb_fs_threads_start(void)
{
	for (int kind = 0; kind < okb_fs_thread_kinds; kind++) {
		threads[kind] =
			alloc_workqueue("orielfs-%s", WQ_MEM_RECLAIM | WQ_UNBOUND, 0, kind == okb_fs_thread_begins ? "write" : "cut");
		if (!threads[kind]) {
			okb_fs_threads_stop();
			return -ENOMEM;
		}
	}
	return 0;
}

void okb_fs_threads_stop(void)
{
	for (int kind = 0; kind < okb_fs_thread_kinds; kind++) {
		if (threads[kind])
			destroy_workqueue(threads[kind]);
		threads[kind] = NULL;
	}
}

static void set_lock_class(struct task *task, enum okb_fs_thread kind)
{
#ifdef CONFIG_LOCKDEP
	static struct lock_class_key keys[okb_fs_thread_kinds];

	lockdep_init_map(&task->work.lockdep_map, "orielfs-thread", &keys[kind], 0);
#endif
}

static void run_in_work(struct work_struct *work)
{
	struct task *task = container_of(work, struct task, work);
	const struct cred *own = override_creds(task->cred);

	task->status = task->run(task->argument);
	revert_creds(own);
}

int okb_fs_run_in_thread(enum okb_fs_thread kind, int (*run)(void *), void *argument)
{
	struct task task = {.cred = current_cred(), .run = run, .argument = argument};

	if (current->flags & PF_KTHREAD)
		return run(argument);
	INIT_WORK_ONSTACK(&task.work, run_in_work);
	set_lock_class(&task, kind);
	queue_work(threads[kind], &task.work);
	flush_work(&task.work);
	destroy_work_on_stack(&task.work);
	return task.status;
}
