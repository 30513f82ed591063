// SPDX-License-Identifier: GPL-2.0
#include "marker/marker.h"

#include "marker/entry.h"
#include "marker/record.h"

namespace oriel {

retired::~retired()
{
	/* A claim is reached by a gate alone. */
	if (!gates.empty())
		okb_synchronize();
	for (claim &c : claims) {
		c.unlink();
		owned<claim>::adopt(&c).reset();
	}
	for (gate &g : gates) {
		g.unlink();
		owned<gate>::adopt(&g).reset();
	}
}

result<owned<marker>> marker::create(const process_context &ctx, const site_description &from, const char *&why)
{
	owned<marker> m = ORIEL_TRY(make<marker>(ctx));
	why = "there is no memory for the marker";
	m->counters_ = okb_counters_alloc();
	if (!m->counters_)
		return errc::no_memory;
	bool named = m->subsystem_.assign(from.subsystem) && m->event_name_.assign(from.event) && m->source_.assign(from.format) &&
		     m->full_name_.assign(from.subsystem) && m->full_name_.append(":") && m->full_name_.append(from.event);
	if (!named) {
		why = "the marker's name or format is too long";
		return errc::name_too_long;
	}
	ORIEL_TRY(format::parse(m->source_, m->format_, why));
	ORIEL_TRY(m->describe_event(why));
	return m;
}

marker::~marker()
{
	for (claim &c : claims_) {
		c.unlink();
		owned<claim>::adopt(&c).reset();
	}
	owned<gate>::adopt(gate_.load(std::memory_order_relaxed)).reset();
	okb_counters_free(counters_);
}

/* Strings of the description lie in this object, which does not move. */
result<void> marker::describe_event(const char *&why)
{
	if (!format_.print_format(print_format_)) {
		why = "the format is too long to be printed";
		return errc::invalid;
	}
	description_.system = subsystem_.c_str();
	description_.name = event_name_.c_str();
	description_.print_format = print_format_.c_str();
	description_.field_count = format_.count();
	description_.owner = this;
	for (u32 i = 0; i < format_.count(); i++) {
		const field &f = format_[i];
		description_.fields[i] = {type_name(f), f.key.c_str(), f.offset, f.size, f.is_signed, f.kind == field_kind::string};
	}
	return {};
}

/* ---- sites ---- */

/* Applies `change` to the set of sites; if that switches the marker on or off, all its keys follow. */
template <class F>
void marker::switch_sites(const process_context &ctx, F change)
{
	auto sites = sites_.lock(ctx);
	bool was_on = sites->on();
	change(*sites);
	if (sites->on() == was_on)
		return;
	for (site &s : sites->all)
		was_on ? okb_key_disable(s.record()) : okb_key_enable(s.record());
}

result<void> marker::add_site(const process_context &ctx, oriel_marker *record, okb_module *module, text module_name)
{
	owned<site> made = ORIEL_TRY(make<site>(ctx, record, module, module_name));
	auto sites = sites_.lock(ctx);
	record->owner = this;
	__atomic_store_n(&record->probe, &oriel_marker_probe, __ATOMIC_RELEASE);
	if (sites->on())
		okb_key_enable(record);
	sites->all.push_back(*made.release());
	return {};
}

bool marker::has_site(const process_context &ctx, const oriel_marker *record)
{
	bool found = false;
	for_each_site(ctx, [&](site &s) { found = found || s.is(record); });
	return found;
}

void marker::forget_sites(const process_context &ctx, const okb_module *module)
{
	for_each_site(ctx, [&](site &s) {
		if (!s.is_of(module))
			return;
		s.unlink();
		owned<site>::adopt(&s).reset();
	});
}

void marker::release_sites(const process_context &ctx)
{
	auto sites = sites_.lock(ctx);
	for (site &s : sites->all) {
		okb_key_disable(s.record());
		__atomic_store_n(&s.record()->probe, nullptr, __ATOMIC_RELEASE);
		s.record()->owner = nullptr;
		s.unlink();
		owned<site>::adopt(&s).reset();
	}
}

marker::usage marker::usage_now(const process_context &ctx)
{
	auto sites = sites_.lock(ctx);
	usage u{0, sites->event_used};
	for ([[maybe_unused]] site &s : sites->all)
		u.sites++;
	return u;
}

/* ---- use ---- */

result<void> marker::prepare_event(const process_context &, const char *&why)
{
	if (event_)
		return {};
	result<void> created = result<void>::from_kernel(okb_event_create(&description_, &event_));
	if (!created)
		why = created.failure() == errc::exists ? "the kernel already has a trace event of that name" : "there is no memory";
	return created;
}

result<void> marker::add_event()
{
	if (!event_ || in_tracefs_)
		return {};
	ORIEL_TRY(result<void>::from_kernel(okb_event_add(event_)));
	in_tracefs_ = true;
	return {};
}

void marker::hide_event()
{
	live_event_.store(nullptr, std::memory_order_release);
}

bool marker::remove_event()
{
	if (!in_tracefs_ || live_event_.load(std::memory_order_relaxed) || okb_event_remove(event_))
		return false;
	in_tracefs_ = false;
	return true;
}

void marker::settle_event()
{
	if (event_ && !in_tracefs_) {
		okb_event_free(event_);
		event_ = nullptr;
	}
	live_event_.store(event_, std::memory_order_release);
}

bool marker::has_claim(const void *arm) const
{
	for (claim &c : claims_)
		if (c.arm == arm)
			return true;
	return false;
}

u32 marker::claim_count() const
{
	u32 count = 0;
	for ([[maybe_unused]] claim &c : claims_)
		count++;
	return count;
}

result<void> marker::check_claim(const process_context &ctx, text filter_source, const char *&why) const
{
	if (claim_count() == gate::max_claims) {
		why = "the marker is armed 16 times already";
		return errc::busy;
	}
	why = "there is no memory";
	owned<filter> scratch = ORIEL_TRY(make<filter>(ctx));
	return filter::compile(filter_source, format_, *scratch, why);
}

result<void> marker::add_claim(const process_context &ctx, const void *arm, text filter_source, u32 per_second, retired &later,
			       const char *&why)
{
	ORIEL_TRY(check_claim(ctx, filter_source, why));
	owned<claim> made = ORIEL_TRY(make<claim>(ctx, per_second, arm));
	ORIEL_TRY(filter::compile(filter_source, format_, made->only, why));
	claim *added = made.release();
	claims_.push_back(*added);
	if (result<void> published = publish_gate(ctx, later); !published) {
		why = "there is no memory to arm the marker";
		added->unlink();
		owned<claim>::adopt(added).reset();
		return published;
	}
	switch_sites(ctx, [](site_set &s) { s.claims++; });
	return {};
}

void marker::drop_claim(const process_context &ctx, const void *arm, retired &later)
{
	for (claim &c : claims_) {
		if (c.arm != arm)
			continue;
		switch_sites(ctx, [](site_set &s) { s.claims--; });
		c.unlink();
		/* Without memory for a new gate the old one must go all the same: then everything passes. */
		if (!publish_gate(ctx, later))
			replace_gate(nullptr, later);
		later.claims.push_back(c);
		return;
	}
}

bool marker::needs_gate() const
{
	for (claim &c : claims_)
		if (c.unconditional())
			return false;
	return !claims_.empty();
}

/* Replaces the gate by one of the claims as they are. */
result<void> marker::publish_gate(const process_context &ctx, retired &later)
{
	owned<gate> next;
	if (needs_gate()) {
		next = ORIEL_TRY(make<gate>(ctx));
		for (claim &c : claims_)
			next->claims[next->count++] = &c;
	}
	replace_gate(next.release(), later);
	return {};
}

void marker::replace_gate(gate *next, retired &later)
{
	if (gate *old = gate_.exchange(next, std::memory_order_acq_rel))
		later.gates.push_back(*old);
}

void marker::event_used(const process_context &ctx, bool used)
{
	switch_sites(ctx, [used](site_set &s) { s.event_used = used; });
}

/* ---- firing ---- */

/* Passes if any claim lets it through; counts why not. */
bool marker::passes(const nmi_context &ctx, const gate &g, const u64 *args)
{
	okb_count turned_away = okb_count_filtered;
	for (u32 i = 0; i < g.count; i++) {
		claim &c = *g.claims[i];
		if (!c.only.passes(ctx, args))
			continue;
		if (!c.limit.limited() || c.limit.admits(okb_clock_ns()))
			return true;
		turned_away = okb_count_limited;
	}
	okb_counters_add(counters_, turned_away);
	return false;
}

/* Apart from fire(), so that a marker that is armed and not wanted does not pay for the stack of a record. */
[[gnu::noinline]] void marker::write(const nmi_context &ctx, okb_event *event, const u64 *args)
{
	/* Left as it is: what of it is read has been written, and clearing it costs as much as a third of the rest. */
	__attribute__((uninitialized)) const record r{ctx, format_, args};
	for (u32 lost = okb_event_emit(event, r.size(), &r); lost; lost--)
		okb_counters_add(counters_, okb_count_lost);
}

void marker::fire(const nmi_context &ctx, const oriel_marker *site, const u64 *args)
{
	okb_counters_add(counters_, okb_count_hits);
	if (format_.line_only()) [[unlikely]]
		args = &site->line;
	const gate *g = gate_.load(std::memory_order_acquire);
	if (g && !passes(ctx, *g, args))
		return;
	okb_event *event = live_event_.load(std::memory_order_acquire);
	if (event && okb_event_wanted(event))
		write(ctx, event, args);
}

} // namespace oriel
