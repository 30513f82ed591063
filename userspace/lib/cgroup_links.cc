// SPDX-License-Identifier: GPL-2.0
#include "cgroup_links.hpp"

#include "bpf_objects.hpp"
#include "kernel_symbols.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

namespace oriel {
namespace {

constexpr std::uint32_t links_for_a_set = 4;
constexpr std::uint32_t usual_sets = 256;
constexpr unsigned most_tries = 100;

// Takes over the first rows of a map that is an array.
template <class Row>
result<std::vector<Row>> take_rows(int map, std::size_t count)
{
	static_assert(std::is_trivially_copyable_v<Row> && sizeof(Row) % 8 == 0);
	std::vector<Row> rows(count);
	if (count == 0)
		return rows;
	void *at = ::mmap(nullptr, count * sizeof(Row), PROT_READ, MAP_SHARED, map, 0);
	if (at == MAP_FAILED)
		return error{"what the BPF program wrote cannot be read"};
	std::memcpy(rows.data(), at, count * sizeof(Row));
	::munmap(at, count * sizeof(Row));
	return rows;
}

bool is_consistent(const oriel_cgroup_totals &totals)
{
	return totals.kernel_sets_before == totals.kernel_sets_after && totals.sets == totals.kernel_sets_after && totals.broken == 0;
}

// The kernel's types are read only now: that takes longer than all the rest.
error why_not_loaded(const error &said)
{
	const auto kernel = kernel_btf::load();
	if (!kernel)
		return kernel.failure();
	if (!kernel->has_member("bpf_iter__cgroup", "cgroup"))
		return {"this kernel has no BPF iterator over control groups", "kernels have it from 6.1 on", exit_code::unsupported};
	// What would do for loading would not for the symbols.
	return said.code == exit_code::permission ? error{said.message, "run as root", said.code} : said;
}

result<std::monostate> find_symbols(const bpf_programs &programs)
{
	const auto found = programs.run("find_symbols");
	if (!found)
		return found.failure();
	if (*found == -EPERM)
		return hidden_addresses("the kernel hides the addresses of its symbols");
	if (*found != 0)
		return error{"this kernel does not say where it keeps css_sets", "it needs CONFIG_KALLSYMS_ALL, as Debian's have",
			     exit_code::unsupported};
	return std::monostate{};
}

} // namespace

std::uint64_t cgroup_linkage::bytes() const
{
	return std::uint64_t(totals.sets) * totals.set_bytes + std::uint64_t(totals.links) * totals.link_bytes;
}

std::size_t cgroup_linkage::links_in(std::uint32_t hierarchy) const
{
	return static_cast<std::size_t>(
		std::count_if(links.begin(), links.end(), [&](const oriel_cgroup_link &one) { return one.hierarchy == hierarchy; }));
}

std::vector<cgroup_links_row> by_cgroup(const cgroup_linkage &linkage)
{
	std::map<std::uint64_t, std::uint32_t> tasks;
	for (const oriel_cgroup_set &set : linkage.sets)
		tasks[set.set] = set.tasks;
	std::map<std::pair<std::uint32_t, std::uint64_t>, cgroup_links_row> rows;
	for (const oriel_cgroup_link &link : linkage.links) {
		cgroup_links_row &row = rows[{link.hierarchy, link.cgroup}];
		row.group = link;
		row.sets++;
		row.tasks += tasks[link.set];
	}
	std::vector<cgroup_links_row> list;
	for (const auto &[key, row] : rows)
		list.push_back(row);
	std::stable_sort(list.begin(), list.end(), [](const cgroup_links_row &a, const cgroup_links_row &b) {
		return std::pair(a.group.hierarchy, b.tasks) < std::pair(b.group.hierarchy, a.tasks);
	});
	return list;
}

std::map<std::uint32_t, std::string> hierarchy_names(std::string_view text)
{
	std::map<std::uint32_t, std::string> names;
	while (!text.empty()) {
		const std::string_view line = text.substr(0, text.find('\n'));
		text.remove_prefix(std::min(line.size() + 1, text.size()));
		const auto first = line.find(':'), second = first == line.npos ? first : line.find(':', first + 1);
		std::uint32_t number = 0;
		if (second == line.npos)
			continue;
		const auto [end, failed] = std::from_chars(line.data(), line.data() + first, number);
		if (failed == std::errc() && end == line.data() + first)
			names[number] = line.substr(first + 1, second - first - 1);
	}
	return names;
}

result<cgroup_links> cgroup_links::open(std::uint32_t rows, pid_t process)
{
	auto programs = bpf_programs::open(bpf_object_cgroup_links());
	if (!programs)
		return programs.failure();
	programs->set("only_tgid", static_cast<std::uint32_t>(process));
	programs->resize("sets", rows);
	programs->resize("links", rows * links_for_a_set);
	if (process == 0)
		programs->leave_out("read_tasks", "needed for one process alone: oriel cgroup links --of PID");
	if (const auto loaded = programs->load(); !loaded)
		return why_not_loaded(loaded.failure());
	if (const auto found = find_symbols(*programs); !found)
		return found.failure();
	return cgroup_links(std::move(*programs), rows);
}

result<cgroup_links> cgroup_links::open_for_all(pid_t process)
{
	for (std::uint32_t rows = usual_sets;;) {
		auto opened = open(rows, process);
		if (!opened)
			return opened;
		const auto seen = opened->read();
		if (!seen)
			return seen.failure();
		const oriel_cgroup_totals &totals = seen->totals;
		if (seen->is_whole())
			return opened;
		rows = std::max(totals.sets, totals.links / links_for_a_set + 1) * 2; // while we load again, there may come more
	}
}

result<cgroup_linkage> cgroup_links::read() const
{
	cgroup_linkage linkage;
	for (;;) {
		const auto ran = programs_.read_iterator("read_links");
		if (!ran)
			return ran.failure();
		const auto totals = take_rows<oriel_cgroup_totals>(programs_.map("totals"), 1);
		if (!totals)
			return totals.failure();
		linkage.totals = totals->front();
		linkage.tries++;
		if (is_consistent(linkage.totals))
			break;
		if (linkage.tries == most_tries)
			return error{fmt::format("css_sets went while they were read, {} times in a row", most_tries), "try again"};
	}
	auto sets = take_rows<oriel_cgroup_set>(programs_.map("sets"), std::min(linkage.totals.sets, rows_));
	auto links = take_rows<oriel_cgroup_link>(programs_.map("links"), std::min(linkage.totals.links, rows_ * links_for_a_set));
	if (!sets)
		return sets.failure();
	if (!links)
		return links.failure();
	linkage.sets = std::move(*sets);
	linkage.links = std::move(*links);
	std::stable_sort(linkage.sets.begin(), linkage.sets.end(),
			 [](const oriel_cgroup_set &a, const oriel_cgroup_set &b) { return a.tasks > b.tasks; });
	return linkage;
}

result<std::vector<oriel_cgroup_task>> cgroup_links::tasks() const
{
	const auto written = programs_.read_iterator("read_tasks");
	if (!written)
		return written.failure();
	std::vector<oriel_cgroup_task> tasks(written->size() / sizeof(oriel_cgroup_task));
	std::memcpy(tasks.data(), written->data(), tasks.size() * sizeof(oriel_cgroup_task));
	return tasks;
}

} // namespace oriel
