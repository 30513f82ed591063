// SPDX-License-Identifier: GPL-2.0
/*
 * The trampolines of the marker part: from C into the core.  Each knows the context that it is called in and mints its token; each turns a
 * result into an errno.  Nothing else happens here.
 */
#include "marker/entry.h"

#include <atomic>

#include "bindings/okb_device.h"
#include "bindings/okb_event.h"
#include "bindings/okb_module.h"
#include "bindings/okb_netlink.h"
#include "bindings/okb_param.h"
#include "kcore/locked.h"
#include "kcore/message.h"
#include "kcore/mint.h"
#include "marker/control.h"
#include "marker/record.h"
#include "marker/registry.h"
#include "marker/report.h"
#include "uapi/linux/oriel_netlink.h"

namespace oriel {
namespace {

/* Set by oriel_marker_start(), cleared by oriel_marker_stop(); in between, every caller below finds it. */
constinit locked<registry> *the_registry = nullptr;

/* A module parameter can be written before there is a registry, and is read by it from then on. */
constinit std::atomic<marker_policy> wanted_policy{marker_policy::not_proprietary};

template <class F>
auto with_registry(const process_context &ctx, F work)
{
	auto all = the_registry->lock(ctx);
	all->set_policy(wanted_policy.load(std::memory_order_relaxed));
	return work(*all);
}

} // namespace
} // namespace oriel

using namespace oriel;

/* ---- start and stop ---- */

extern "C" int oriel_marker_start()
{
	const process_context ctx = mint::process();
	auto made = make<locked<registry>>(ctx, okb_mutex_registry);
	if (!made)
		return made.failure().negative();
	the_registry = std::move(made).value().release();
	int status = okb_module_watch_start();
	if (!status)
		status = okb_module_for_each(
			[](okb_module *module, void *) {
				const process_context inner = mint::process();
				with_registry(inner, [&](registry &all) { all.scan(inner, module); });
				return 0;
			},
			nullptr);
	if (status)
		oriel_marker_stop();
	return status;
}

extern "C" void oriel_marker_stop()
{
	const process_context ctx = mint::process();
	with_registry(ctx, [&](registry &all) { all.make_dead(ctx); });
	okb_module_watch_stop();
	with_registry(ctx, [&](registry &all) { all.drain(ctx); });
	owned<locked<registry>>::adopt(the_registry).reset();
	the_registry = nullptr;
}

/* ---- firing ---- */

extern "C" void oriel_marker_probe(oriel_marker *record, const unsigned long long *args)
{
	/* Static: on the stack it would cost a stack protector. */
	static constexpr auto ctx = mint::nmi();
	/* SAFETY: `owner` is NULL or the marker that set it, which is freed only after probes have been waited for. */
	if (auto *m = static_cast<marker *>(__atomic_load_n(&record->owner, __ATOMIC_ACQUIRE)))
		m->fire(ctx, record, args);
}

extern "C" void oriel_event_pack(void *, const void *record_, void *entry, u32)
{
	/* SAFETY: okb_event_emit() was given this record by marker::fire(). */
	static_cast<const record *>(record_)->pack(static_cast<u8 *>(entry));
}

extern "C" void oriel_event_print(void *owner, okb_seq *seq, const void *entry, u32 size)
{
	/* SAFETY: the event's owner is the marker that described it, and it outlives the event. */
	print_record(static_cast<marker *>(owner)->layout(), seq, static_cast<const u8 *>(entry), size);
}

extern "C" void oriel_event_used(void *owner, bool used)
{
	const process_context ctx = mint::process();
	/* SAFETY: as above. */
	static_cast<marker *>(owner)->event_used(ctx, used);
}

/* ---- modules ---- */

extern "C" void oriel_module_event(okb_module *module, okb_module_stage stage)
{
	const process_context ctx = mint::process();
	with_registry(ctx, [&](registry &all) {
		switch (stage) {
		case okb_module_before_coming:
			all.module_before_coming(ctx, module);
			break;
		case okb_module_coming:
			all.module_coming(ctx, module);
			break;
		case okb_module_live:
			all.module_live(ctx, module);
			break;
		case okb_module_going:
			all.module_going(ctx, module);
			break;
		}
	});
	if (stage == okb_module_coming || stage == okb_module_live)
		okb_netlink_notify(0, ORIEL_CMD_MODULE, module);
}

extern "C" int oriel_marker_policy_set(const char *value)
{
	text name{value};
	marker_policy policy;
	if (!parse_policy(name.first(name.find('\n')), policy))
		return error{errc::invalid}.negative();
	wanted_policy.store(policy, std::memory_order_relaxed);
	return 0;
}

extern "C" const char *oriel_marker_policy_get()
{
	return policy_name(wanted_policy.load(std::memory_order_relaxed));
}

/* ---- /dev/oriel ---- */

extern "C" int oriel_control_arm(const void *owner, oriel_arm *request)
{
	const process_context ctx = mint::process();
	return with_registry(ctx, [&](registry &all) { return errno_of(control_arm(ctx, all, owner, *request)); });
}

extern "C" int oriel_control_disarm(const void *owner, oriel_disarm *request)
{
	const process_context ctx = mint::process();
	return with_registry(ctx, [&](registry &all) { return errno_of(control_disarm(ctx, all, owner, *request)); });
}

extern "C" int oriel_control_wake(const void *, oriel_wake *request)
{
	const process_context ctx = mint::process();
	return errno_of(control_wake(ctx, *request));
}

extern "C" int oriel_control_allow(const void *, oriel_allow *request)
{
	const process_context ctx = mint::process();
	return with_registry(ctx, [&](registry &all) { return errno_of(control_allow(ctx, all, *request)); });
}

extern "C" void oriel_control_close(const void *owner)
{
	const process_context ctx = mint::process();
	with_registry(ctx, [&](registry &all) { all.drop_arms(ctx, owner, ""); });
}

/* ---- netlink ---- */

extern "C" int oriel_netlink_row(u32 command, const char *selected, okb_cursor *cursor, okb_message *message)
{
	/* What does not need the registry does not wait for it. */
	if (command == ORIEL_CMD_STATUS)
		return cursor->major ? 0 : report_module_status("oriel", oriel_marker_policy_get(), *cursor, message);
	if (command == ORIEL_CMD_CAPABILITY)
		return report_capability(*cursor, message);
	const process_context ctx = mint::process();
	return with_registry(ctx, [&](registry &all) {
		switch (command) {
		case ORIEL_CMD_MARKER:
			return report_marker(ctx, all, *cursor, message);
		case ORIEL_CMD_MODULE:
			return report_module(ctx, all, selected, *cursor, message);
		case ORIEL_CMD_MODULE_EVENT:
			return report_module_event(selected, *cursor, message);
		case ORIEL_CMD_REFUSAL:
			return report_refusal(all, *cursor, message);
		case ORIEL_CMD_ARM:
			return report_arm(all, *cursor, message);
		default:
			return error{errc::not_supported}.negative();
		}
	});
}

extern "C" int oriel_netlink_event(u32, void *module, okb_message *message)
{
	const process_context ctx = mint::process();
	/* SAFETY: oriel_module_event() hands on the module that it was called for. */
	return with_registry(ctx, [&](registry &all) { return write_module(ctx, all, static_cast<okb_module *>(module), message); });
}
