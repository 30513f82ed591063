// SPDX-License-Identifier: GPL-2.0
/*
 * What a file system costs that is stacked over another one: "read|write|stat BYTES COUNT ROUNDS BARE STACKED" written to `run` does that
 * COUNT times to the one file and COUNT times to the other, so many rounds, and leaves in `ratio` the median of what the second took to the
 * first, in 1/10,000.  Memory is the kernel's, so nothing faults.  One run at a time: parameters have a lock.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/vmalloc.h>

#define MOST (1 << 20)
#define SPAN (1 << 20) /* of the file, from where it starts again; stays in the processor's caches */

static unsigned int ratio;
module_param(ratio, uint, 0444);

struct run {
	char kind[8], path[2][64];
	unsigned int size, count, rounds;
	struct file *file[2];
	char *memory;
	u32 *ratios;
};

static int stat_path(const char *name)
{
	struct kstat stat;
	struct path path;
	int status = kern_path(name, LOOKUP_FOLLOW, &path);

	if (status)
		return status;
	status = vfs_getattr(&path, &stat, STATX_BASIC_STATS, 0);
	path_put(&path);
	return status;
}

/* Return: ns, or an error. */
static s64 take_turn(const struct run *run, int which)
{
	u64 start = ktime_get_ns();
	unsigned int i;

	for (i = 0; i < run->count; i++) {
		loff_t at = (u64)i * run->size % SPAN;
		ssize_t done = run->size;

		if (run->kind[0] == 's')
			done = stat_path(run->path[which]) ?: done;
		else if (run->kind[0] == 'w')
			done = kernel_write(run->file[which], run->memory, run->size, &at);
		else
			done = kernel_read(run->file[which], run->memory, run->size, &at);
		if (done != run->size)
			return done < 0 ? done : -EIO;
	}
	return ktime_get_ns() - start;
}

static int by_size(const void *a, const void *b)
{
	return *(const u32 *)a < *(const u32 *)b ? -1 : 1;
}

static int measure(struct run *run)
{
	unsigned int round;

	for (round = 0; round < run->rounds; round++) {
		s64 bare_ns, stacked_ns;

		lockdep_off(); /* a debug kernel's account of locks is not what is measured */
		bare_ns = take_turn(run, 0);
		stacked_ns = take_turn(run, 1);
		lockdep_on();
		if (bare_ns <= 0 || stacked_ns <= 0)
			return -EIO;
		run->ratios[round] = div64_u64(stacked_ns * 10000, bare_ns);
		cond_resched();
	}
	sort(run->ratios, run->rounds, sizeof(*run->ratios), by_size, NULL);
	ratio = run->ratios[run->rounds / 2];
	return 0;
}

static int open_and_measure(struct run *run)
{
	int status;

	run->file[0] = filp_open(run->path[0], O_RDWR, 0);
	if (IS_ERR(run->file[0]))
		return PTR_ERR(run->file[0]);
	run->file[1] = filp_open(run->path[1], O_RDWR, 0);
	status = PTR_ERR_OR_ZERO(run->file[1]);
	if (!status) {
		status = measure(run);
		fput(run->file[1]);
	}
	fput(run->file[0]);
	return status;
}

static int set_run(const char *value, const struct kernel_param *parameter)
{
	struct run run = {};
	int status = -ENOMEM;

	if (sscanf(value, "%7s %u %u %u %63s %63s", run.kind, &run.size, &run.count, &run.rounds, run.path[0], run.path[1]) != 6 ||
	    !run.size || run.size > MOST || !run.count || !run.rounds || run.rounds > 10000)
		return -EINVAL;
	run.memory = vzalloc(run.size);
	run.ratios = kvmalloc_array(run.rounds, sizeof(*run.ratios), GFP_KERNEL);
	if (run.memory && run.ratios)
		status = open_and_measure(&run);
	kvfree(run.ratios);
	vfree(run.memory);
	return status;
}

static const struct kernel_param_ops run_operations = {.set = set_run};
module_param_cb(run, &run_operations, NULL, 0200);

static int __init om_fs_cost_init(void)
{
	return 0;
}

static void __exit om_fs_cost_exit(void) {}

module_init(om_fs_cost_init);
module_exit(om_fs_cost_exit);
MODULE_DESCRIPTION("Ratios of a stacked file system to the one below");
MODULE_LICENSE("GPL");
