/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All markers, all arms, and what was refused: the one object behind the marker part.
 *
 * Locking: one mutex, held by locked<registry>; every function here is called under it.  Module notifiers, ioctls and netlink dumps all
 * come through it; a firing marker never does.
 */
#pragma once

#include "bindings/okb_module.h"
#include "kcore/context.h"
#include "kcore/list.h"
#include "kcore/memory.h"
#include "kcore/text.h"
#include "marker/dropped.h"
#include "marker/marker.h"
#include "marker/policy.h"
#include "oriel/marker.h"

namespace oriel {

inline constexpr std::size_t max_pattern = 127; /* bytes, without the NUL */
inline constexpr u32 max_arms = 256;            /* arms, and modules allowed: bounds what a descriptor can make us keep */

/* One request to arm: stands until its owner goes, also for markers that come later. */
struct arm : list_node<arm> {
	name<max_pattern + 1> pattern; /* shell pattern over "subsystem:event" */
	name<max_filter + 1> filter_source;
	u32 per_second = 0;          /* rate limit, 0: none */
	const void *owner = nullptr; /* the descriptor; NULL: kept */
};

/* What became of a request to arm. */
struct arm_outcome {
	u32 matched = 0;              /* markers that are armed now */
	u32 passed_over = 0;          /* markers that matched and are not */
	const char *why = "";         /* a literal: what went wrong, with the first marker that it went wrong with */
	name<2 * max_name + 2> where; /* that marker; empty: the request itself */
	error problem{errc::no_memory};
	bool is_logged = false; /* each marker is named in the log, once in its life */
};

/* A marker record that was not let in. */
struct refusal : list_node<refusal> {
	name<OKB_MODULE_NAME> module;
	name<2 * max_name + 2> marker; /* "subsystem:event", empty if that cannot be read or all are meant */
	const char *reason = "";       /* a literal */
};

class registry {
public:
	/* ---- modules ---- */

	void module_before_coming(const process_context &ctx, okb_module *module);
	void module_coming(const process_context &ctx, okb_module *module);
	void module_live(const process_context &ctx, okb_module *module);
	void module_going(const process_context &ctx, okb_module *module);
	/* Also for a module that was loaded before us.  Seeing a module twice does nothing. */
	void scan(const process_context &ctx, okb_module *module);

	/* ---- arms ---- */

	struct arm_request {
		text pattern;
		text filter_source;
		u32 per_second;
		const void *owner;
	};
	/* All or nothing, but for markers whose name the kernel uses for a trace event of its own: they are passed over unless there is no
	 * other.  To match none is no error. */
	result<void> add_arm(const process_context &ctx, const arm_request &request, arm_outcome &out);
	/* Drops the owner's arms of exactly that pattern, or, if it is empty, all of them; returns how many. */
	u32 drop_arms(const process_context &ctx, const void *owner, text pattern);

	/* ---- modules whose taint is hidden when they load ---- */

	result<void> allow(const process_context &ctx, text module, const char *&why);
	result<void> disallow(text module);
	bool is_allowed(text module) const;

	/* ---- what there is, for dumps: by position; NULL past the end ---- */

	marker *marker_at(u32 index) const;
	const refusal *refusal_at(u32 index) const;
	const arm *arm_at(u32 index) const;
	u32 markers_of(const arm &a) const;
	/* How many sites the module has. */
	u32 sites_of(const process_context &ctx, const okb_module *module) const;

	void set_policy(marker_policy policy) { policy_ = policy; }

	/* The first half of going, while modules are still heard of, so that one that goes meanwhile takes its sites with it: no arm stands,
	 * no client holds a pointer of ours, and from now on no site is taken in and no taint hidden.  okb_synchronize() happens inside. */
	void make_dead(const process_context &ctx);
	/* The second half, once no module is heard of any more: everything is freed. */
	void drain(const process_context &ctx);

private:
	struct scan_state;

	void consider_key(scan_state &state, void *key);
	result<void> admit(scan_state &state, const site_description &d, oriel_marker *record, const char *&why);
	marker *find(text subsystem, text event) const;
	void retire_unused(const process_context &ctx);
	template <class F>
	void claim_all(const process_context &ctx, const arm &a, F which, retired &later, arm_outcome &out);
	template <class F>
	void add_events(const process_context &ctx, F which, arm_outcome &out);
	template <class F>
	void remove_events(const process_context &ctx, F which);
	void ask_arms(const process_context &ctx);
	void drop_arm(const process_context &ctx, arm &a, retired &later);
	void refuse(scan_state &state, const site_description *d, const char *reason);
	void forget_refusals(text module);
	void sweep(const process_context &ctx);

	list<marker> markers_;
	list<arm> arms_;
	list<refusal> refusals_;
	list<allowed_module> allowed_;
	marker_policy policy_ = marker_policy::not_proprietary;
	bool dead_ = false;
	okb_module *window_module_ = nullptr; /* between before_coming and coming of the one module that is loading with a hidden taint */
	u64 window_taints_ = 0;
};

} // namespace oriel
