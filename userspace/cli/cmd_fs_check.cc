// SPDX-License-Identifier: GPL-2.0
#include "cmd_fs.hpp"
#include "cut_print.hpp"
#include "cut_walk.hpp"
#include "fs_mounts.hpp"
#include "number_words.hpp"
#include "output.hpp"
#include "print_line.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

using nlohmann::ordered_json;

// Those of fsck(8) that can occur; they are added up.
enum fsck_status { fsck_fine = 0, fsck_uncorrected = 4, fsck_failed = 8, fsck_usage = 16 };

struct check_result {
	int status = fsck_fine;
	std::uint64_t cut = 0, bad = 0;
	ordered_json files = ordered_json::array(), errors = ordered_json::array();
};

void note_failure(check_result &checked, const error &why)
{
	checked.status |= fsck_failed;
	checked.errors.push_back(why.message);
	fmt::print(stderr, "oriel: {}\n", shown_path(why.message));
}

void check_one(const context &ctx, check_result &checked, const std::string &path, const cut_map &map)
{
	checked.cut += map.state != cut_state::plain && map.readable();
	checked.bad += !map.readable();
	if (map.state == cut_state::damaged)
		checked.status |= fsck_uncorrected;
	if (map.state == cut_state::unknown)
		checked.status |= fsck_failed;
	if (ctx.json && map.state != cut_state::plain)
		checked.files.push_back(to_json(path, map));
	if (!ctx.json && !map.readable())
		print_line(fmt::format("{}: {}", shown_path(path), summary_of(map)));
}

void check_all(context &ctx, const std::vector<std::string> &paths)
{
	check_result checked;
	const auto failed = [&](const error &why) {
		note_failure(checked, why);
		return true;
	};
	for (const std::string &path : paths) {
		const auto lower = find_lower(path);
		if (!lower) {
			failed(lower.failure());
			continue;
		}
		walk_cut_files(
			*lower, true, // one that was made longer or shorter below has another size
			[&](const std::string &file, const cut_map &map) {
				check_one(ctx, checked, file, map);
				return true;
			},
			failed);
	}
	if (ctx.json)
		print_json({{"version", 1}, {"status", checked.status}, {"files", checked.files}, {"errors", checked.errors}});
	else
		print_line(fmt::format("{} cut {}, {} damaged or unknown", count_text(checked.cut), plural(checked.cut, "file"),
				       count_text(checked.bad)));
	ctx.status = checked.status;
}

} // namespace

void add_fs_check(CLI::App &noun, context &ctx)
{
	auto paths = std::make_shared<std::vector<std::string>>();
	CLI::App *check = noun.add_subcommand("check", "Check the maps of cut files; exits as fsck(8) does");
	check->add_option("PATH", *paths, "Files, or directories with all below them; this needs no module")->required();
	ctx.usage_status[check] = fsck_usage;
	check->callback([paths, &ctx] { check_all(ctx, *paths); });
}

} // namespace oriel
