// SPDX-License-Identifier: GPL-2.0
#include <linux/mutex.h>
#include <linux/trace_events.h>

#include "bindings/okb_event.h"
#include "bindings/okb_event_mutex.h"

#define CREATE_TRACE_POINTS
#include "bindings/okb_lender.h"

/*
 * One piece of work at a time.  loan_mutex: the order of borrowers, taken before event_mutex.  The fields: event_mutex, but for the times
 * when no lender event is being switched.
 */
static DEFINE_MUTEX(loan_mutex);
static struct {
	int (*work)(void *argument);
	void *argument;
	int status;
} loan;

/* Whoever toggles oriel:lender, we or a stranger, holds event_mutex: the work may be done on either edge. */
static int lender_reg(struct trace_event_call *call, enum trace_reg type, void *data)
{
	int (*work)(void *argument) = loan.work;

	if (type != TRACE_REG_REGISTER && type != TRACE_REG_UNREGISTER)
		return type == TRACE_REG_PERF_REGISTER ? -EOPNOTSUPP : 0;
	if (work) {
		loan.work = NULL;
		loan.status = work(loan.argument);
	}
	return 0;
}

int okb_with_event_mutex(int (*work)(void *argument), void *argument)
{
	int status;

	mutex_lock(&loan_mutex);
	loan.argument = argument;
	loan.status = -ENODEV;
	loan.work = work;
	trace_set_clr_event("oriel", "lender", 1);
	/* If it was on already, it is the switching off that runs the work. */
	trace_set_clr_event("oriel", "lender", 0);
	loan.work = NULL;
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
	event_class_lender.reg = lender_reg;
	return okb_with_event_mutex(nothing, NULL);
}

void okb_event_stop(void)
{
	trace_set_clr_event("oriel", "lender", 0);
}
