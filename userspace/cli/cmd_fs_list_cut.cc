// SPDX-License-Identifier: GPL-2.0
#include "cmd_fs.hpp"
#include "cut_print.hpp"
#include "cut_walk.hpp"
#include "fs_mounts.hpp"
#include "known_lowers.hpp"
#include "lower_path.hpp"
#include "output.hpp"
#include "print_line.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

using nlohmann::ordered_json;

struct list_request {
	std::string directory; // none: those that are known
	bool warns = false;
};

void print_listed(const std::string &path, const cut_map &map)
{
	const std::string extents = map.readable() ? std::to_string(map.extents.size()) : "-";
	const std::string size = map.readable() ? std::to_string(map.size) : "-";
	print_line(fmt::format("{:>16} {:>16} {:>8} {:<10} {}", size, map.lower_size, extents, to_string(map.state), shown_path(path)));
}

// see(path, map) of each cut file, until it says false.
template <class See>
void walk_cut(context &ctx, const known_lower &lower, See see)
{
	const auto failed = [&](const error &why) {
		ctx.finish(why.code);
		fmt::print(stderr, "oriel: {}\n", shown_path(why.message));
		if (!why.remedy.empty())
			fmt::print(stderr, "  remedy: {}\n", shown_path(why.remedy));
		return true;
	};
	const auto table = read_mount_table();
	if (const auto why = table ? why_hidden(lower.directory, *table) : std::nullopt) {
		failed(*why);
		return;
	}
	walk_cut_files(
		lower.directory, false,
		[&](const std::string &file, const cut_map &map) { return map.state == cut_state::plain || see(file, map); }, failed);
}

void list_cut(context &ctx, const std::vector<known_lower> &directories)
{
	auto files = ordered_json::array();
	if (!ctx.json)
		print_line(fmt::format("{:>16} {:>16} {:>8} {:<10} {}", "SIZE", "LOWER", "EXTENTS", "STATE", "FILE"));
	for (const known_lower &lower : directories)
		walk_cut(ctx, lower, [&](const std::string &file, const cut_map &map) {
			if (ctx.json)
				files.push_back(to_json(file, map));
			else
				print_listed(file, map);
			return true;
		});
	if (ctx.json)
		print_json({{"version", 1}, {"files", files}});
}

// What gives plain files back.
std::string remedy_of(const known_lower &lower)
{
	std::string commands;
	for (auto point = lower.mounted_on.rbegin(); point != lower.mounted_on.rend(); ++point) // the last one may lie on top
		commands += fmt::format("umount {}; ", quoted_path(*point));
	return commands + fmt::format("oriel fs flatten -r {}", quoted_path(lower.directory));
}

void print_warning(const known_lower &lower, const std::string &file)
{
	print_line(fmt::format("{} holds cut files, {} among them, whose bytes only orielfs shows in order", shown_path(lower.directory),
			       shown_path(file)));
	print_line(fmt::format("  remedy: {}", remedy_of(lower)));
}

// It is enough to know one file of each directory: there may be many.
void warn(context &ctx, const std::vector<known_lower> &directories)
{
	auto found = ordered_json::array();
	for (const known_lower &lower : directories)
		walk_cut(ctx, lower, [&](const std::string &file, const cut_map &) {
			found.push_back({{"directory", lower.directory}, {"file", file}, {"remedy", remedy_of(lower)}});
			if (!ctx.json)
				print_warning(lower, file);
			return false;
		});
	if (ctx.json)
		print_json({{"version", 1}, {"directories", found}});
	else
		print_line(fmt::format("{}; directories that are neither mounted nor in fstab are remembered nowhere: of each, "
				       "oriel fs list-cut DIR lists the cut files, and oriel fs flatten -r DIR makes them plain ones",
				       found.empty() && ctx.status == 0 ? "no cut file is known" : "there may be more"));
	if (!found.empty())
		ctx.finish(exit_code::bad_verdict);
}

void tell_of(context &ctx, const list_request &request, const std::vector<known_lower> &directories)
{
	request.warns ? warn(ctx, directories) : list_cut(ctx, directories);
}

void look_for_cut(context &ctx, const list_request &request)
{
	const auto table = read_mount_table();
	if (!table)
		return report(ctx, table.failure());
	if (request.directory.empty())
		return tell_of(ctx, request, known_lowers(*table));
	const auto lower = find_lower(request.directory);
	if (!lower)
		return report(ctx, lower.failure());
	known_lower named{*lower, {}};
	if (const auto mount = orielfs_mount_over(*lower, *table))
		named.mounted_on.push_back(mount->path);
	tell_of(ctx, request, {named});
}

} // namespace

void add_fs_list_cut(CLI::App &noun, context &ctx)
{
	auto request = std::make_shared<list_request>();
	CLI::App *list = noun.add_subcommand("list-cut", "List the cut files in a directory and below it");
	list->add_option("DIR", request->directory,
			 "On orielfs, or a lower directory; without, those that are mounted or in fstab; this needs no module");
	list->add_flag("--warn", request->warns,
		       "Say which directories hold any, and how to get plain files back; ends with 10 if one does");
	list->callback([request, &ctx] { look_for_cut(ctx, *request); });
}

} // namespace oriel
