// SPDX-License-Identifier: GPL-2.0
#include "cgroup_print.hpp"

#include "print_line.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

using nlohmann::ordered_json;

std::string name_in(const oriel_cgroup_link &link)
{
	const std::string name(link.name, ::strnlen(link.name, sizeof(link.name)));
	return link.level == 0 || name.empty() ? "/" : name;
}

// The path where the hierarchy is mounted so that we see it, else the name of its directory.
std::string place_of(const cgroup_view &view, const oriel_cgroup_link &link)
{
	const std::string path = link.hierarchy == 0 ? view.tree.path_of(link.cgroup) : "";
	return path.empty() ? name_in(link) : path;
}

std::string hierarchy_name(const cgroup_view &view, std::uint32_t number)
{
	const auto found = view.hierarchies.find(number);
	return number == 0 ? "v2" : found == view.hierarchies.end() ? fmt::format("v1 {}", number) : found->second;
}

std::vector<const oriel_cgroup_link *> links_of(const cgroup_view &view, const oriel_cgroup_set &set)
{
	std::vector<const oriel_cgroup_link *> links;
	for (const oriel_cgroup_link &link : view.linkage.links)
		if (link.set == set.set)
			links.push_back(&link);
	std::sort(links.begin(), links.end(), [](const auto *a, const auto *b) { return a->hierarchy < b->hierarchy; });
	return links;
}

std::vector<std::uint32_t> threads_in(const cgroup_view &view, const oriel_cgroup_set &set)
{
	std::vector<std::uint32_t> threads;
	for (const oriel_cgroup_task &task : view.tasks)
		if (task.set == set.set)
			threads.push_back(task.tid);
	return threads;
}

bool is_wanted(const cgroup_view &view, const oriel_cgroup_set &set)
{
	return view.process == 0 || !threads_in(view, set).empty();
}

template <class Test>
std::size_t count_sets(const cgroup_linkage &linkage, Test test)
{
	return static_cast<std::size_t>(std::count_if(linkage.sets.begin(), linkage.sets.end(), test));
}

bool has_no_task(const oriel_cgroup_set &set)
{
	return set.tasks == 0;
}

bool is_dead(const oriel_cgroup_set &set)
{
	return set.dead != 0;
}

void print_totals(const cgroup_view &view)
{
	const oriel_cgroup_totals &totals = view.linkage.totals;
	print_line(fmt::format("css_sets {:>8}   {} tasks in them; {} without tasks, {} of groups that were removed", totals.sets,
			       totals.tasks, count_sets(view.linkage, has_no_task), count_sets(view.linkage, is_dead)));
	print_line(fmt::format("links    {:>8}", totals.links));
	print_line(fmt::format("memory   {:>8}   bytes: {} for each css_set, {} for each link", view.linkage.bytes(), totals.set_bytes,
			       totals.link_bytes));
	print_line("");
	print_line(fmt::format("{:<28} {:>8} {:>8} {:>8}", "HIERARCHY", "CGROUPS", "DYING", "LINKS"));
	for (std::uint32_t i = 0; i < totals.hierarchies; i++) {
		const oriel_cgroup_hierarchy &one = totals.hierarchy[i];
		print_line(fmt::format("{:<28} {:>8} {:>8} {:>8}", hierarchy_name(view, one.number), one.cgroups, one.dying,
				       view.linkage.links_in(one.number)));
	}
}

void print_sets(const cgroup_view &view)
{
	print_line(fmt::format("{:>8} {:>8} {:>8} {:>5}  {}", "TASKS", "REFS", "LINKS", "DEAD", "CONTROL GROUPS"));
	for (const oriel_cgroup_set &set : view.linkage.sets) {
		if (!is_wanted(view, set))
			continue;
		std::string groups;
		for (const oriel_cgroup_link *link : links_of(view, set))
			groups += fmt::format("{}{}:{}{}", groups.empty() ? "" : " ", hierarchy_name(view, link->hierarchy),
					      place_of(view, *link), link->dying ? " (dying)" : "");
		print_line(fmt::format("{:>8} {:>8} {:>8} {:>5}  {}", set.tasks, set.references, set.links, is_dead(set) ? "yes" : "no",
				       groups));
		if (view.process != 0)
			print_line(fmt::format("         of process {}: threads {}", view.process, fmt::join(threads_in(view, set), ", ")));
	}
}

void print_cgroups(const cgroup_view &view)
{
	print_line(fmt::format("{:>8} {:>8} {:>6}  {:<20} {}", "CSS_SETS", "TASKS", "DYING", "HIERARCHY", "CONTROL GROUP"));
	for (const cgroup_links_row &row : by_cgroup(view.linkage))
		print_line(fmt::format("{:>8} {:>8} {:>6}  {:<20} {}", row.sets, row.tasks, row.group.dying ? "yes" : "no",
				       hierarchy_name(view, row.group.hierarchy), place_of(view, row.group)));
}

ordered_json group_json(const cgroup_view &view, const oriel_cgroup_link &link)
{
	const std::string path = link.hierarchy == 0 ? view.tree.path_of(link.cgroup) : "";
	return {{"hierarchy", link.hierarchy}, {"controllers", hierarchy_name(view, link.hierarchy)},
		{"cgroup_id", link.cgroup},    {"name", name_in(link)},
		{"level", link.level},         {"path", path.empty() ? ordered_json(nullptr) : ordered_json(path)},
		{"dying", link.dying != 0}};
}

ordered_json set_json(const cgroup_view &view, const oriel_cgroup_set &set)
{
	ordered_json json{{"tasks", set.tasks}, {"references", set.references}, {"dead", is_dead(set)}};
	if (view.process != 0)
		json["threads_of_process"] = threads_in(view, set);
	json["cgroups"] = ordered_json::array();
	for (const oriel_cgroup_link *link : links_of(view, set))
		json["cgroups"].push_back(group_json(view, *link));
	return json;
}

} // namespace

void print(const cgroup_view &view)
{
	if (view.by_set || view.process != 0)
		print_sets(view);
	else if (view.by_cgroup)
		print_cgroups(view);
	else
		print_totals(view);
}

ordered_json to_json(const cgroup_view &view)
{
	const oriel_cgroup_totals &totals = view.linkage.totals;
	ordered_json json{{"version", 1},
			  {"css_sets", totals.sets},
			  {"links", totals.links},
			  {"tasks", totals.tasks},
			  {"css_sets_without_tasks", count_sets(view.linkage, has_no_task)},
			  {"css_sets_dead", count_sets(view.linkage, is_dead)},
			  {"bytes", view.linkage.bytes()},
			  {"css_set_bytes", totals.set_bytes},
			  {"link_bytes", totals.link_bytes},
			  {"kernel_css_sets", totals.kernel_sets_after}};
	json["hierarchies"] = ordered_json::array();
	for (std::uint32_t i = 0; i < totals.hierarchies; i++) {
		const oriel_cgroup_hierarchy &one = totals.hierarchy[i];
		json["hierarchies"].push_back({{"hierarchy", one.number},
					       {"controllers", hierarchy_name(view, one.number)},
					       {"cgroups", one.cgroups},
					       {"dying", one.dying},
					       {"links", view.linkage.links_in(one.number)}});
	}
	if (view.by_set || view.process != 0) {
		json["sets"] = ordered_json::array();
		for (const oriel_cgroup_set &set : view.linkage.sets)
			if (is_wanted(view, set))
				json["sets"].push_back(set_json(view, set));
	}
	if (view.by_cgroup) {
		json["cgroups"] = ordered_json::array();
		for (const cgroup_links_row &row : by_cgroup(view.linkage)) {
			ordered_json one = group_json(view, row.group);
			one["css_sets"] = row.sets;
			one["tasks"] = row.tasks;
			json["cgroups"].push_back(one);
		}
	}
	return json;
}

} // namespace oriel
