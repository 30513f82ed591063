// SPDX-License-Identifier: GPL-2.0
#include "vma_print.hpp"

#include "program_json.hpp"

#include <cstring>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

using nlohmann::ordered_json;

std::string text_in(const char (&name)[16])
{
	return {name, ::strnlen(name, sizeof(name))};
}

ordered_json to_json(const oriel_vma_counters &c, bool policies)
{
	ordered_json json;
	for (const vma_counter &counter : vma_counters())
		if (!std::string_view(counter.name).starts_with("real_"))
			json[counter.name] = c.*counter.member;
	if (policies) {
		ordered_json hits, rates;
		for (std::size_t i = 0; i < vma_policy_names.size(); i++) {
			hits[vma_policy_names[i].name] = c.hits[i];
			rates[vma_policy_names[i].name] = ratio(c.hits[i], simulated(c));
		}
		json["hits"] = hits;
		json["hit_ratio"] = rates;
	}
	return json;
}

ordered_json rows_to_json(const vma_report &report, vma_by by)
{
	auto list = ordered_json::array();
	for (const oriel_vma_row &row : vma_rows(report.counted, by)) {
		ordered_json one;
		if (by != vma_by::cgroup)
			one = {{"pid", row.process.tgid}, {"command", text_in(row.comm)}};
		if (by == vma_by::thread)
			one.update({{"tid", row.process.tid}, {"thread", text_in(row.thread)}});
		one["cgroup_id"] = row.cgroup;
		one["cgroup"] = report.cgroups.name_of(row.cgroup);
		one["cgroup_path"] = report.cgroups.path_of(row.cgroup);
		one.update(to_json(row.counters, report.policies));
		list.push_back(std::move(one));
	}
	return list;
}

} // namespace

ordered_json to_json(const vma_report &report, std::optional<vma_by> by)
{
	const oriel_vma_counters sum = report.counted.sum();
	ordered_json json{{"version", 1}, {"seconds", report.seconds}, {"total", to_json(sum, report.policies)}};
	json["total"]["lookups_per_second"] = rate(sum.lookups, report.seconds);
	json["total"]["faults_per_second"] = rate(sum.faults, report.seconds);
	if (report.has_real_cache && report.policies)
		json["real_cache"] = {{"lookups", sum.real_lookups},
				      {"hits", sum.real_hits},
				      {"agreed_by_pmd", sum.real_agreed_pmd},
				      {"agreed_by_page", sum.real_agreed_page}};
	if (const auto &stats = report.of_kernel)
		json["kernel_vma_lock"] = {
			{"success", stats->success}, {"abort", stats->abort}, {"retry", stats->retry}, {"miss", stats->miss}};
	json["processes"] = rows_to_json(report, vma_by::process);
	if (by == vma_by::thread)
		json["threads"] = rows_to_json(report, vma_by::thread);
	json["cgroups"] = rows_to_json(report, vma_by::cgroup);
	json["refused"] = report.counted.all_refused();
	for (std::size_t i = 0; i < vma_refusal_names.size(); i++)
		json["refusals"][vma_refusal_names[i].name] = report.counted.refused[i];
	json["degraded"] = is_degraded(report);
	json["unseen"] = report.unseen;
	json["programs"] = to_json(report.programs);
	return json;
}

} // namespace oriel
