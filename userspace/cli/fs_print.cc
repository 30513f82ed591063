// SPDX-License-Identifier: GPL-2.0
#include "fs_print.hpp"

#include "netlink_json.hpp"
#include "number_words.hpp"
#include "print_line.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace oriel {
namespace {

using nlohmann::ordered_json;

constexpr const char *not_seen = "(not mounted where this process sees it)";

struct row {
	std::string path, lower, options;
	const mount_message *told;
};

std::vector<row> rows_of(const std::vector<fs_mount> &mounts)
{
	std::vector<row> rows;
	for (const fs_mount &mount : mounts) {
		const std::string lower = shown_path(mount.told.source);
		for (const mount_point &point : mount.points)
			rows.push_back({shown_path(point.path), lower, point.options, &mount.told});
		if (mount.points.empty())
			rows.push_back({not_seen, lower, "-", &mount.told});
	}
	return rows;
}

void print_none()
{
	print_line("no file system of orielfs is mounted");
}

void print_counter(const char *name, std::uint64_t number, const std::string &what)
{
	print_line(fmt::format("  {:<14} {:>15}   {}", name, count_text(number), what));
}

std::string title_of(const fs_mount &mount)
{
	std::vector<std::string> paths;
	for (const mount_point &point : mount.points)
		paths.push_back(shown_path(point.path));
	if (paths.empty())
		paths.emplace_back(not_seen);
	return fmt::format("{} over {} ({})", fmt::join(paths, ", "), shown_path(mount.told.source), shown_path(mount.told.type));
}

void print_cut_counters(const mount_message &told)
{
	print_counter("cuts", told.cuts, "ranges taken out by orielfs");
	print_counter("inserts", told.inserts, "ranges put in by orielfs");
	print_counter("punches", told.punches, "ranges of cut files made holes, zeroed or set aside");
	print_counter("piecewise", told.piecewise_changes, "of these in piecewise mode: time by the number of extents (logarithm)");
	print_counter("cached changes", told.cached_changes,
		      fmt::format("of these in cached mode: time by the pages of orielfs behind them; {} dropped",
				  count_text(told.dropped_pages)));
	print_counter("first cuts", told.first_cuts, "files cut for the first time");
	print_counter("commits", told.commits,
		      fmt::format("of changes made durable: {} wrote the whole map (checkpoints)", count_text(told.checkpoints)));
	print_counter("compactions", told.compactions,
		      fmt::format("of small extents copied together: {} bytes", count_text(told.compacted_bytes)));
	print_counter("freed", told.freed_bytes, "bytes given back to the lower");
	print_counter("cut files", told.cut_inodes, fmt::format("in memory now, with {} extents", count_text(told.cut_extents)));
}

void print_one(const fs_mount &mount)
{
	const mount_message &told = mount.told;
	print_line(title_of(mount));
	print_counter("reads", told.reads, fmt::format("handed to the lower: {} bytes", count_text(told.read_bytes)));
	print_counter("writes", told.writes, fmt::format("handed to the lower: {} bytes", count_text(told.written_bytes)));
	print_counter("direct", told.direct, "of these with O_DIRECT");
	print_counter("queued", told.queued, "of these that the lower finished after the call had returned");
	print_counter("depth", told.deepest, fmt::format("direct ones at once in the lower, at most; {} now", count_text(told.in_flight)));
	print_counter("retried", told.retried, "calls repeated, as the caller's memory was not there");
	print_counter("bounced", told.bounced, "calls through a buffer of the kernel");
	print_counter("cached reads", told.cached_reads, "calls through pages of orielfs");
	print_counter("cached writes", told.cached_writes, "calls through pages of orielfs");
	print_counter("entered", told.entered, "times that a file was mapped, and got such pages (cached mode)");
	print_counter("cached", told.cached_inodes, "files in cached mode now");
	print_counter("inodes", told.inodes, "in memory now");
	print_counter("stale", told.stale, "files in cached mode found changed behind the back of orielfs");
	print_cut_counters(told);
}

ordered_json points_json(const std::vector<mount_point> &points)
{
	auto list = ordered_json::array();
	for (const mount_point &point : points)
		list.push_back({{"path", point.path}, {"root", point.root}, {"options", point.options}});
	return list;
}

} // namespace

void print_mounts(const std::vector<fs_mount> &mounts)
{
	const std::vector<row> rows = rows_of(mounts);
	if (rows.empty())
		return print_none();
	row title{"MOUNTED ON", "LOWER", "OPTIONS", nullptr};
	std::size_t paths = title.path.size(), lowers = title.lower.size();
	for (const row &one : rows) {
		paths = std::max(paths, one.path.size());
		lowers = std::max(lowers, one.lower.size());
	}
	print_line(fmt::format("{:<{}} {:<{}} {:<8} {:>9} {:>9} {}", title.path, paths, title.lower, lowers, "TYPE", "INODES", "CACHED",
			       title.options));
	for (const row &one : rows)
		print_line(fmt::format("{:<{}} {:<{}} {:<8} {:>9} {:>9} {}", one.path, paths, one.lower, lowers, shown_path(one.told->type),
				       one.told->inodes, one.told->cached_inodes, one.options));
}

void print_counters(const std::vector<fs_mount> &mounts)
{
	if (mounts.empty())
		return print_none();
	for (const fs_mount &mount : mounts) {
		if (&mount != &mounts.front())
			print_line("");
		print_one(mount);
	}
}

void print_look(const std::string &path, const fs_look &look)
{
	print_line(fmt::format("{}: {} mode{}", shown_path(path), look.mode,
			       look.cut ? fmt::format(", cut: {} {} in {} bytes of memory, {} {} not durable", count_text(look.extents),
						      plural(look.extents, "extent"), count_text(look.memory), count_text(look.pending),
						      plural(look.pending, "change"))
					: ""));
}

ordered_json to_json(const std::string &path, const fs_look &look)
{
	return {{"file", path},
		{"mode", look.mode},
		{"cut", look.cut},
		{"extents", look.extents},
		{"allocated", look.allocated},
		{"memory", look.memory},
		{"pending", look.pending}};
}

ordered_json to_json(const std::vector<fs_mount> &mounts)
{
	auto list = ordered_json::array();
	for (const fs_mount &mount : mounts) {
		ordered_json one = message_to_json(mount.told);
		one["mount_points"] = points_json(mount.points);
		list.push_back(one);
	}
	return {{"version", 1}, {"mounts", list}};
}

} // namespace oriel
