/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A marker: one name, one format, any number of sites, and the trace event that it is seen by.
 *
 * It is on while somebody uses it: an arm (somebody asked through /dev/oriel), or a user of its event (tracefs, perf, BPF).  While it is
 * on, the static keys of all its sites are.
 *
 * Locking: everything here is called with the registry's lock held, but for
 *	fire(), pack(), print()		no lock; the object outlives every probe (okb_synchronize() before it is freed)
 *	event_used()			the kernel's event_mutex held, so it may not take the registry's lock; it takes sites_'s
 * sites_ nests inside both.
 */
#pragma once

#include <atomic>
#include <utility>

#include "bindings/okb_event.h"
#include "bindings/okb_key.h"
#include "kcore/context.h"
#include "kcore/list.h"
#include "kcore/locked.h"
#include "kcore/memory.h"
#include "kcore/text.h"
#include "marker/filter.h"
#include "marker/format.h"
#include "marker/rate_limit.h"
#include "marker/site.h"

namespace oriel {

/* One arm's claim on one marker: who, and what it lets through.  Immutable once published, but for the rate limit's counters. */
struct claim : list_node<claim> {
	explicit claim(u32 per_second, const void *arm_) : arm(arm_), limit(per_second) {}

	const void *arm; /* identity of the arm */
	filter only;
	rate_limit limit;

	bool unconditional() const { return only.passes_all() && !limit.limited(); }
};

/* What fire() reads: the claims as of now.  No gate, because there is no claim or one lets everything through: all passes. */
struct gate : list_node<gate> {
	static constexpr u32 max_claims = 16;

	claim *claims[max_claims];
	u32 count = 0;
};

/*
 * What no marker points to any more and a probe that is running may still read.  Goes when this does, after one grace period for all of it.
 * Context: process.
 */
class retired {
public:
	retired() = default;
	retired(const retired &) = delete;
	~retired();

	list<claim> claims;
	list<gate> gates;
};

class marker : public list_node<marker> {
public:
	/* `why` explains a failure.  The marker starts off, without sites and without an event. */
	static result<owned<marker>> create(const process_context &ctx, const site_description &from, const char *&why);
	/* Nothing may be able to fire or print it any more. */
	~marker();

	text subsystem() const { return subsystem_; }
	text event() const { return event_name_; }
	text full_name() const { return full_name_; }
	text format_source() const { return source_; }
	const format &layout() const { return format_; }
	u64 count(okb_count which) const { return okb_counters_read(counters_, which); }
	/* Whether its event is in tracefs. */
	bool has_event() const { return in_tracefs_; }
	bool armed() const { return !claims_.empty(); }
	/* The arms that stand are asked about a marker when it has come, and again while that has failed.  begin_asking() returns whether
	 * they are now; first_complaint() whether nothing has been logged of it yet. */
	bool begin_asking() { return is_asked_ = std::exchange(awaits_arms_, false); }
	bool is_asked() const { return is_asked_; }
	void ask_again() { awaits_arms_ = true; }
	bool first_complaint() { return !std::exchange(has_complaint_, true); }

	/* ---- sites ---- */

	result<void> add_site(const process_context &ctx, oriel_marker *record, okb_module *module, text module_name);
	bool has_site(const process_context &ctx, const oriel_marker *record);
	/* The module's data is about to go: forgets its sites without touching them. */
	void forget_sites(const process_context &ctx, const okb_module *module);
	/* We are about to go: switches every site off and leaves no pointer of ours in it.  okb_synchronize() must follow. */
	void release_sites(const process_context &ctx);

	struct usage {
		u32 sites;
		u32 event_users; /* 0 or 1: whether tracefs, perf or BPF has the event enabled */

		bool in_use() const { return sites || event_users; }
	};
	usage usage_now(const process_context &ctx);
	/* Calls `visit` for each site. */
	template <class F>
	void for_each_site(const process_context &ctx, F visit)
	{
		auto sites = sites_.lock(ctx);
		for (site &s : sites->all)
			visit(s);
	}

	/* ---- use ---- */

	/* Adding and removing an event takes a loan of event_mutex and grace periods.  So both come in steps, for many markers at once:
	 *	add	prepare_event(), loan { add_event() }, settle_event()
	 *	remove	hide_event(), okb_synchronize(), loan { remove_event() }, okb_events_removed(), settle_event() */

	/* Makes the event unless there is one.  `why` explains a failure. */
	result<void> prepare_event(const process_context &ctx, const char *&why);
	/* Puts a prepared event into tracefs. */
	result<void> add_event();
	/* No probe finds the event any more. */
	void hide_event();
	bool has_prepared_event() const { return event_ && !in_tracefs_; }
	/* Takes a hidden event out of tracefs unless somebody has it enabled; returns whether it did. */
	bool remove_event();
	/* Shows the event to probes if it is in tracefs, and frees it if not. */
	void settle_event();

	/* Whether add_claim() would be refused; `why` says the reason. */
	result<void> check_claim(const process_context &ctx, text filter_source, const char *&why) const;
	/* The marker must have its event. */
	result<void> add_claim(const process_context &ctx, const void *arm, text filter_source, u32 per_second, retired &later,
			       const char *&why);
	bool has_claim(const void *arm) const;
	/* Nothing if the arm has none. */
	void drop_claim(const process_context &ctx, const void *arm, retired &later);

	/* ---- from outside the registry's lock ---- */

	void event_used(const process_context &ctx, bool used);
	/* Preemption is off. */
	void fire(const nmi_context &ctx, const oriel_marker *site, const u64 *args);

private:
	struct site_set {
		list<site> all;
		u32 claims = 0;
		bool event_used = false;

		bool on() const { return claims || event_used; }
	};

	template <class F>
	void switch_sites(const process_context &ctx, F change);
	bool needs_gate() const;
	result<void> publish_gate(const process_context &ctx, retired &later);
	void replace_gate(gate *next, retired &later);
	u32 claim_count() const;
	bool passes(const nmi_context &ctx, const gate &g, const u64 *args);
	void write(const nmi_context &ctx, okb_event *event, const u64 *args);
	result<void> describe_event(const char *&why);

	marker() : sites_(okb_mutex_sites) {}
	template <class T, class... Args>
	friend result<owned<T>> make(const sleeping_context &, Args &&...);

	name<max_name + 1> subsystem_;
	name<max_name + 1> event_name_;
	name<2 * max_name + 2> full_name_; /* "subsystem:event" */
	name<max_format + 1> source_;
	name<1536> print_format_;
	format format_;
	okb_event_description description_{};
	okb_event *event_ = nullptr;
	bool in_tracefs_ = false; /* event_ is */
	bool awaits_arms_ = true;
	bool is_asked_ = false;
	bool has_complaint_ = false;
	std::atomic<okb_event *> live_event_{nullptr}; /* event_, as far as probes may use it */
	okb_counters *counters_ = nullptr;
	list<claim> claims_;
	std::atomic<gate *> gate_{nullptr};
	locked<site_set> sites_;
};

} // namespace oriel
