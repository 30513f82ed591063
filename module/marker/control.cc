// SPDX-License-Identifier: GPL-2.0
#include "marker/control.h"

namespace oriel {
namespace {

/* The string in a field of a request, or errc::invalid if it has no end. */
template <std::size_t N>
result<text> read_text(const char (&field)[N])
{
	for (std::size_t i = 0; i < N; i++)
		if (!field[i])
			return text{field, i};
	return errc::invalid;
}

/* "where: why", as far as there is room. */
template <std::size_t N>
void write_why(char (&field)[N], text why, text where = "")
{
	std::size_t used = 0;
	for (text part : {where, where.empty() ? text{""} : text{": "}, why})
		for (std::size_t i = 0; i < part.size() && used < N - 1; i++)
			field[used++] = part[i];
	while (used < N)
		field[used++] = '\0';
}

/* Version first, then flags: a sender of another version is told ours, whatever else it sent. */
template <class Request>
result<void> check_header(Request &request, u32 known_flags)
{
	if (request.abi != ORIEL_ABI_VERSION) {
		request.abi = ORIEL_ABI_VERSION;
		return errc::protocol;
	}
	return request.flags & ~known_flags ? result<void>{errc::invalid} : result<void>{};
}

struct wake_job {
	const process_context &ctx;
	text pattern;
	wake_result outcome;
};

int wake_visit(okb_module *module, void *argument)
{
	auto &job = *static_cast<wake_job *>(argument);
	wake_events(job.ctx, module, job.pattern, job.outcome);
	return 0;
}

} // namespace

result<void> control_arm(const process_context &ctx, registry &all, const void *owner, oriel_arm &request)
{
	write_why(request.why, "");
	ORIEL_TRY(check_header(request, ORIEL_ARM_KEEP));
	if (request.pad)
		return errc::invalid;
	arm_outcome outcome;
	result<void> armed = all.add_arm(ctx,
					 {
						 .pattern = ORIEL_TRY(read_text(request.pattern)),
						 .filter_source = ORIEL_TRY(read_text(request.filter)),
						 .per_second = request.per_second,
						 .owner = request.flags & ORIEL_ARM_KEEP ? nullptr : owner,
					 },
					 outcome);
	request.matched = outcome.matched;
	request.passed_over = outcome.passed_over;
	write_why(request.why, outcome.why, outcome.where);
	return armed;
}

result<void> control_disarm(const process_context &ctx, registry &all, const void *owner, oriel_disarm &request)
{
	ORIEL_TRY(check_header(request, ORIEL_DISARM_KEPT));
	if (request.pad)
		return errc::invalid;
	text pattern = ORIEL_TRY(read_text(request.pattern));
	request.dropped = all.drop_arms(ctx, request.flags & ORIEL_DISARM_KEPT ? nullptr : owner, pattern);
	return {};
}

result<void> control_wake(const process_context &ctx, oriel_wake &request)
{
	write_why(request.why, "");
	ORIEL_TRY(check_header(request, 0));
	ORIEL_TRY(read_text(request.module));
	wake_job job{ctx, ORIEL_TRY(read_text(request.pattern)), {}};
	result<void> visited = result<void>::from_kernel(okb_module_with(request.module, wake_visit, &job));
	request.woken = job.outcome.woken;
	request.live = job.outcome.live;
	if (!visited)
		return visited;
	write_why(request.why, job.outcome.reason);
	if ((job.outcome.untrusted || job.outcome.failed) && !job.outcome.woken && !job.outcome.live)
		return job.outcome.problem;
	return {};
}

result<void> control_allow(const process_context &ctx, registry &all, oriel_allow &request)
{
	write_why(request.why, "");
	ORIEL_TRY(check_header(request, ORIEL_ALLOW_REVOKE));
	text module = ORIEL_TRY(read_text(request.module));
	if (request.flags & ORIEL_ALLOW_REVOKE)
		return all.disallow(module);
	const char *why = "";
	result<void> allowed = all.allow(ctx, module, why);
	if (!allowed)
		write_why(request.why, why);
	return allowed;
}

} // namespace oriel
