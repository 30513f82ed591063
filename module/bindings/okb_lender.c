// SPDX-License-Identifier: GPL-2.0
/* oriel:lender, the event inside whose `reg` method we hold the kernel's event_mutex; see okb_event.h.  It is never emitted. */
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/trace_events.h>

#include "bindings/okb_event.h"

/* One piece of work at a time; loan_mutex guards all of it but `borrower`, which whoever switches the lender compares with himself. */
static DEFINE_MUTEX(loan_mutex);
static struct {
	struct task_struct *borrower;
	int (*work)(void *argument);
	void *argument;
	int status;
} loan;

/*
 * A stranger may switch the lender with trace_types_lock held as well, which the work takes: he does not do it for us.  Nor does he get it: in
 * an instance of his it would stay enabled after the loan, out of his reach and ours.
 */
static int lender_reg(struct trace_event_call *call, enum trace_reg type, void *data)
{
	struct trace_event_file *file = data;

	if (type != TRACE_REG_REGISTER && type != TRACE_REG_UNREGISTER)
		return -EOPNOTSUPP;
	if (READ_ONCE(loan.borrower) == current && loan.work) {
		loan.status = loan.work(loan.argument);
		loan.work = NULL;
	}
	if (type == TRACE_REG_REGISTER && READ_ONCE(loan.borrower) != current)
		return -EBUSY;
	/* There is no record of it: without this the kernel would empty the whole trace buffer when we unload. */
	if (type == TRACE_REG_UNREGISTER)
		clear_bit(EVENT_FILE_FL_WAS_ENABLED_BIT, &file->flags);
	return 0;
}

static struct trace_event_fields no_fields[] = {{}};
static struct trace_event_functions default_functions;
static char print_format[] = "\"\"";

static struct trace_event_class lender_class = {
	.system = "oriel",
	.reg = lender_reg,
	.raw_init = trace_event_raw_init,
	.fields_array = no_fields,
	.fields = LIST_HEAD_INIT(lender_class.fields),
};

/* But for the moment of a loan it ignores being enabled, and tracefs has no files to do so: as a trigger's target it could not be switched. */
static struct trace_event_call lender = {
	.class = &lender_class,
	.name = "lender",
	.event.funcs = &default_functions,
	.print_fmt = print_format,
	.flags = TRACE_EVENT_FL_IGNORE_ENABLE,
};

/* As TRACE_EVENT() does, but with a `reg` of our own from the start: on 7.x somebody may have asked for it before we were loaded. */
static struct trace_event_call *lender_entry __used __section("_ftrace_events") = &lender;

/* Rounds of switching on and off, of which the first does unless a stranger is just switching everything. */
#define MAX_ROUNDS 8

int okb_with_event_mutex(int (*work)(void *argument), void *argument)
{
	int status, round;

	mutex_lock(&loan_mutex);
	loan.work = work;
	loan.argument = argument;
	loan.status = -ENODEV;
	WRITE_ONCE(loan.borrower, current);
	lender.flags &= ~TRACE_EVENT_FL_IGNORE_ENABLE;
	for (round = 0; loan.work && round < MAX_ROUNDS; round++) {
		trace_set_clr_event("oriel", "lender", 1);
		trace_set_clr_event("oriel", "lender", 0);
	}
	lender.flags |= TRACE_EVENT_FL_IGNORE_ENABLE;
	WRITE_ONCE(loan.borrower, NULL);
	status = loan.status;
	mutex_unlock(&loan_mutex);
	return status;
}

static int nothing(void *argument)
{
	return 0;
}

int okb_event_start(void)
{
	return okb_with_event_mutex(nothing, NULL);
}

/* Whoever is still inside a `reg` of ours, on his way out, is through when we have had the mutex. */
void okb_event_stop(void)
{
	okb_with_event_mutex(nothing, NULL);
}
