// SPDX-License-Identifier: GPL-2.0
#include "marker/registry.h"

#include "bindings/okb_event.h"
#include "bindings/okb_log.h"

namespace oriel {
namespace {

/* The newest refusals are kept; older ones stand in the kernel log. */
constexpr u32 max_refusals = 64;

template <class T>
u32 length(const list<T> &l)
{
	u32 n = 0;
	for ([[maybe_unused]] T &element : l)
		n++;
	return n;
}

template <class T>
T *at(const list<T> &l, u32 index)
{
	for (T &element : l)
		if (!index--)
			return &element;
	return nullptr;
}

template <class T>
void destroy(T &element)
{
	element.unlink();
	owned<T>::adopt(&element).reset();
}

/* Runs `work` during one loan of the kernel's event_mutex; meanwhile everybody else who traces waits. */
template <class F>
result<void> with_event_mutex(const process_context &, F work)
{
	return result<void>::from_kernel(okb_with_event_mutex(
		[](void *argument) {
			(*static_cast<F *>(argument))();
			return 0;
		},
		&work));
}

/* Another marker that matched and is not armed.  One is named: the first, but any before one that merely shares its name with an event. */
void pass_over(arm_outcome &out, marker &m, error problem, const char *why)
{
	m.ask_again();
	if (out.is_logged && m.first_complaint())
		okb_log_refusal(m.full_name().data(), "not armed", why);
	if (out.passed_over++ && (!(out.problem == errc::exists) || problem == errc::exists))
		return;
	out.problem = problem;
	out.why = why;
	out.where = {};
	static_cast<void>(out.where.append(m.full_name()));
}

} // namespace

/* ---- modules ---- */

struct registry::scan_state {
	registry &self;
	const process_context &ctx;
	okb_module *module;
	okb_module_facts facts;
	const void *previous = nullptr; /* keys come sorted: one with several entries is seen once */
	bool refused_by_policy = false;
};

void registry::scan(const process_context &ctx, okb_module *module)
{
	if (dead_)
		return;
	scan_state state{*this, ctx, module, {}};
	okb_module_read(module, &state.facts);
	/* We have been told already, and would not be again. */
	if (state.facts.going)
		return;
	okb_module_for_each_key(
		module,
		[](void *key, void *argument) {
			auto &s = *static_cast<scan_state *>(argument);
			s.self.consider_key(s, key);
		},
		&state);
	ask_arms(ctx);
}

/* Most keys are not ours: only the magic number tells, and it is read only after the room for it is known to be the module's. */
void registry::consider_key(scan_state &state, void *key)
{
	auto *record = static_cast<oriel_marker *>(key);
	if (key == state.previous || state.refused_by_policy)
		return;
	state.previous = key;
	if (!okb_module_contains(state.module, record, offsetof(oriel_marker, arg_count)) || record->magic != ORIEL_MARKER_MAGIC)
		return;
	for (marker &m : markers_)
		if (m.has_site(state.ctx, record))
			return;
	if (const char *reason = refusal_by_policy(policy_, state.facts)) {
		state.refused_by_policy = true;
		refuse(state, nullptr, reason);
		return;
	}
	const char *why = "there is no memory to take in a marker";
	result<site_description> read = read_site(state.module, record, why);
	if (!read)
		refuse(state, nullptr, why);
	else if (!admit(state, read.value(), record, why))
		refuse(state, &read.value(), why);
}

result<void> registry::admit(scan_state &state, const site_description &d, oriel_marker *record, const char *&why)
{
	const process_context &ctx = state.ctx;
	marker *m = find(d.subsystem, d.event);
	if (m && !(m->format_source() == d.format)) {
		retire_unused(ctx);
		m = find(d.subsystem, d.event);
	}
	owned<marker> fresh;
	if (!m) {
		fresh = ORIEL_TRY(marker::create(ctx, d, why));
		m = fresh.get();
	} else if (!(m->format_source() == d.format)) {
		why = "another marker has this name and a different format: one name has one format";
		return errc::exists;
	}
	if (record->arg_count != (m->layout().line_only() ? 0 : m->layout().count())) {
		why = "the record passes another number of arguments than its format has";
		return errc::invalid;
	}
	ORIEL_TRY(m->add_site(ctx, record, state.module, state.facts.name));
	if (fresh)
		markers_.push_back(*fresh.release());
	return {};
}

/* Makes room for markers that come back with another format: those that only an arm or an idle event keeps go, all at once, for one that has
 * changed seldom comes alone.  The arms stand. */
void registry::retire_unused(const process_context &ctx)
{
	auto unused = [&ctx](marker &m) { return !m.usage_now(ctx).in_use(); };
	remove_events(ctx, unused);
	retired later;
	for (marker &m : markers_) {
		if (m.has_event() || !unused(m))
			continue;
		for (arm &a : arms_)
			m.drop_claim(ctx, &a, later);
		destroy(m);
	}
}

/* The arms that stand arm what has come: nobody is there to be told of a failure but the log.  What failed is asked again next time. */
void registry::ask_arms(const process_context &ctx)
{
	bool any = false;
	for (marker &m : markers_)
		any |= m.begin_asking();
	if (!any)
		return;
	auto is_wanted = [&](marker &m) {
		for (arm &a : arms_)
			if (m.is_asked() && matches_glob(a.pattern, m.full_name()))
				return true;
		return false;
	};
	arm_outcome out;
	out.is_logged = true;
	add_events(ctx, is_wanted, out);
	retired later;
	for (arm &a : arms_)
		claim_all(
			ctx, a, [](marker &m) { return m.is_asked(); }, later, out);
}

void registry::module_before_coming(const process_context &ctx, okb_module *module)
{
	okb_module_facts facts;
	okb_module_read(module, &facts);
	/* One window at a time: a second allowed module loading in the same instant keeps its taint, and can be woken later. */
	if (dead_ || window_module_ || !is_allowed(facts.name))
		return;
	window_taints_ = open_taint_window(ctx, module, facts);
	window_module_ = window_taints_ ? module : nullptr;
}

void registry::module_coming(const process_context &ctx, okb_module *module)
{
	if (module == window_module_) {
		okb_module_facts facts;
		okb_module_read(module, &facts);
		close_taint_window(ctx, module, facts, window_taints_);
		window_module_ = nullptr;
	}
	scan(ctx, module);
}

/* Found again unless it came while we were starting, between our hearing of modules and our walk over the loaded ones. */
void registry::module_live(const process_context &ctx, okb_module *module)
{
	scan(ctx, module);
}

void registry::module_going(const process_context &ctx, okb_module *module)
{
	if (module == window_module_)
		window_module_ = nullptr;
	for (marker &m : markers_)
		m.forget_sites(ctx, module);
	okb_module_facts facts;
	okb_module_read(module, &facts);
	forget_refusals(facts.name);
	sweep(ctx);
}

/* Frees the markers that nothing needs any more: no site, no arm, and an event, if any, that nobody has enabled. */
void registry::sweep(const process_context &ctx)
{
	auto idle = [&ctx](marker &m) { return !m.usage_now(ctx).in_use() && !m.armed(); };
	remove_events(ctx, idle);
	for (marker &m : markers_)
		if (idle(m) && !m.has_event())
			destroy(m);
}

/* ---- events: many in one loan ---- */

/* Gives those markers their events. */
template <class F>
void registry::add_events(const process_context &ctx, F which, arm_outcome &out)
{
	bool prepared_any = false;
	for (marker &m : markers_) {
		if (m.has_event() || !which(m))
			continue;
		const char *why = "";
		result<void> prepared = m.prepare_event(ctx, why);
		prepared_any |= bool(prepared);
		if (!prepared)
			pass_over(out, m, prepared.failure(), why);
	}
	if (!prepared_any)
		return;
	result<void> lent = with_event_mutex(ctx, [&] {
		for (marker &m : markers_)
			if (result<void> added = m.add_event(); !added)
				pass_over(out, m, added.failure(), "its trace event could not be made");
	});
	for (marker &m : markers_) {
		if (!lent && m.has_prepared_event())
			pass_over(out, m, lent.failure(), "no trace event can be made: oriel status says why");
		m.settle_event();
	}
}

/* Takes the events of those markers out of tracefs, but for events that somebody has enabled. */
template <class F>
void registry::remove_events(const process_context &ctx, F which)
{
	bool any = false;
	for (marker &m : markers_) {
		if (!m.has_event() || !which(m))
			continue;
		m.hide_event();
		any = true;
	}
	if (!any)
		return;
	okb_synchronize();
	any = false;
	static_cast<void>(with_event_mutex(ctx, [&] {
		for (marker &m : markers_)
			any |= m.remove_event();
	}));
	if (any)
		okb_events_removed();
	for (marker &m : markers_)
		m.settle_event();
}

/* Each reason is logged once while its module is loaded, however many records it holds against and however often they are seen. */
void registry::refuse(scan_state &state, const site_description *d, const char *reason)
{
	name<2 * max_name + 2> marker;
	static_cast<void>(d && marker.assign(d->subsystem) && marker.append(":") && marker.append(d->event));
	for (const refusal &r : refusals_)
		if (text{r.module} == state.facts.name && text{r.marker} == marker && r.reason == reason)
			return;
	okb_log_refusal(state.facts.name, d ? marker.c_str() : nullptr, reason);
	if (length(refusals_) == max_refusals)
		destroy(*refusals_.first());
	result<owned<refusal>> made = make<refusal>(state.ctx);
	if (!made || !made.value()->module.assign(state.facts.name))
		return;
	made.value()->marker = marker;
	made.value()->reason = reason;
	refusals_.push_back(*std::move(made).value().release());
}

void registry::forget_refusals(text module)
{
	for (refusal &r : refusals_)
		if (text{r.module} == module)
			destroy(r);
}

/* ---- arms ---- */

/* Arms what `which` picks of the markers that match and have their events, as far as that can be done. */
template <class F>
void registry::claim_all(const process_context &ctx, const arm &a, F which, retired &later, arm_outcome &out)
{
	for (marker &m : markers_) {
		if (!m.has_event() || !which(m) || !matches_glob(a.pattern, m.full_name()) || m.has_claim(&a))
			continue;
		const char *why = "";
		if (result<void> claimed = m.add_claim(ctx, &a, a.filter_source, a.per_second, later, why))
			out.matched++;
		else
			pass_over(out, m, claimed.failure(), why);
	}
}

result<void> registry::add_arm(const process_context &ctx, const arm_request &request, arm_outcome &out)
{
	out.why = "there is no memory";
	if (length(arms_) == max_arms) {
		out.why = "256 arms stand already";
		return errc::no_space;
	}
	owned<arm> made = ORIEL_TRY(make<arm>(ctx));
	if (request.pattern.empty() || !made->pattern.assign(request.pattern) || !made->filter_source.assign(request.filter_source)) {
		out.why = "the pattern is empty or longer than 127 characters, or the filter is longer than 255";
		return errc::invalid;
	}
	made->per_second = request.per_second;
	made->owner = request.owner;
	/* What is wrong with the request itself is found before anything is done. */
	for (marker &m : markers_) {
		if (!matches_glob(made->pattern, m.full_name()))
			continue;
		const char *why = "";
		if (result<void> possible = m.check_claim(ctx, made->filter_source, why); !possible)
			pass_over(out, m, possible.failure(), why);
	}
	retired later;
	if (!out.passed_over) {
		add_events(
			ctx, [&](marker &m) { return matches_glob(made->pattern, m.full_name()); }, out);
		claim_all(
			ctx, *made, [](marker &) { return true; }, later, out);
	}
	if (out.passed_over && (!out.matched || !(out.problem == errc::exists))) {
		drop_arm(ctx, *made.release(), later);
		sweep(ctx);
		return out.problem;
	}
	if (!out.passed_over)
		out.why = "";
	arms_.push_back(*made.release());
	return {};
}

void registry::drop_arm(const process_context &ctx, arm &a, retired &later)
{
	for (marker &m : markers_)
		m.drop_claim(ctx, &a, later);
	destroy(a);
}

u32 registry::drop_arms(const process_context &ctx, const void *owner, text pattern)
{
	u32 count = 0;
	{
		retired later;
		for (arm &a : arms_) {
			if (a.owner != owner || !(pattern.empty() || text{a.pattern} == pattern))
				continue;
			drop_arm(ctx, a, later);
			count++;
		}
	}
	sweep(ctx);
	return count;
}

/* ---- allowed modules ---- */

bool registry::is_allowed(text module) const
{
	for (const allowed_module &a : allowed_)
		if (text{a.module} == module)
			return true;
	return false;
}

result<void> registry::allow(const process_context &ctx, text module, const char *&why)
{
	if (is_allowed(module))
		return {};
	if (length(allowed_) == max_arms) {
		why = "256 modules are allowed already";
		return errc::no_space;
	}
	why = "there is no memory";
	owned<allowed_module> made = ORIEL_TRY(make<allowed_module>(ctx));
	if (module.empty() || !made->module.assign(module)) {
		why = "the module's name is empty or too long";
		return errc::invalid;
	}
	okb_log_info(made->module.c_str(), "allowed: when it loads, its taint will be hidden while the kernel sets up its trace events");
	allowed_.push_back(*made.release());
	return {};
}

result<void> registry::disallow(text module)
{
	for (allowed_module &a : allowed_) {
		if (!(text{a.module} == module))
			continue;
		okb_log_info(a.module.c_str(), "no longer allowed");
		destroy(a);
		return {};
	}
	return errc::not_found;
}

/* ---- what there is ---- */

marker *registry::marker_at(u32 index) const
{
	return at(markers_, index);
}

const refusal *registry::refusal_at(u32 index) const
{
	return at(refusals_, index);
}

const arm *registry::arm_at(u32 index) const
{
	return at(arms_, index);
}

u32 registry::markers_of(const arm &a) const
{
	u32 count = 0;
	for (const marker &m : markers_)
		count += m.has_claim(&a);
	return count;
}

u32 registry::sites_of(const process_context &ctx, const okb_module *module) const
{
	u32 count = 0;
	for (marker &m : markers_)
		m.for_each_site(ctx, [&](site &s) { count += s.is_of(module); });
	return count;
}

marker *registry::find(text subsystem, text event) const
{
	for (marker &m : markers_)
		if (m.subsystem() == subsystem && m.event() == event)
			return &m;
	return nullptr;
}

void registry::make_dead(const process_context &ctx)
{
	dead_ = true;
	{
		retired later;
		for (arm &a : arms_)
			drop_arm(ctx, a, later);
	}
	for (marker &m : markers_)
		m.release_sites(ctx);
	okb_synchronize();
}

void registry::drain(const process_context &ctx)
{
	remove_events(ctx, [](marker &) { return true; });
	for (marker &m : markers_) {
		if (!m.has_event())
			destroy(m);
		else
			/* The kernel takes the event away itself when our module is gone; until then it reads our memory. */
			okb_log_refusal(m.full_name().data(), nullptr, "its trace event could not be removed; its memory is left behind");
	}
	for (refusal &r : refusals_)
		destroy(r);
	for (allowed_module &a : allowed_)
		destroy(a);
}

} // namespace oriel
