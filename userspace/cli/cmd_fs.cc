// SPDX-License-Identifier: GPL-2.0
#include "cmd_fs.hpp"
#include "fs_print.hpp"
#include "output.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

namespace oriel {
namespace {

using file_names = std::vector<std::string>;

void list_mounts(context &ctx)
{
	const auto mounts = read_fs_mounts();
	if (!mounts)
		return report(ctx, mounts.failure());
	if (ctx.json)
		print_json(to_json(*mounts));
	else
		print_mounts(*mounts);
}

// A file that cannot be looked at, as it is damaged, does not take the counters away.
void show_files(context &ctx, const file_names &files, nlohmann::ordered_json &json)
{
	for (const std::string &path : files) {
		const auto look = look_at_file(path);
		if (!look && ctx.json)
			json.push_back({{"path", path}, {"error", look.failure().message}});
		else if (look && *look && ctx.json)
			json.push_back(to_json(path, **look));
		else if (look && *look)
			print_look(path, **look);
		if (!look) {
			ctx.finish(look.failure().code);
			fmt::print(stderr, "oriel: {}\n", look.failure().message);
		}
	}
}

void show(context &ctx, const file_names &files)
{
	auto mounts = read_fs_mounts();
	if (mounts && !files.empty())
		mounts = select_mounts(*mounts, files);
	if (!mounts)
		return report(ctx, mounts.failure());
	if (!ctx.json)
		print_counters(*mounts);
	auto json = to_json(*mounts);
	show_files(ctx, files, json["files"] = nlohmann::ordered_json::array());
	if (ctx.json)
		print_json(json);
}

} // namespace

error fs_failure(const std::string &path, int number)
{
	error why{fmt::format("{}: {}", shown_path(path), std::generic_category().message(number))};
	switch (number) {
	case EPROTO:
		why.remedy = "the orielfs.ko that is loaded is of another version: load that of this oriel";
		why.code = exit_code::unsupported;
		break;
	case EPERM:
	case EACCES:
		why.code = exit_code::permission;
		break;
	case ENOSPC:
		why.remedy = "make room in the lower file system";
		break;
	case EROFS:
		why.remedy =
			"oriel fs list tells whether it is mounted read-only; mount -o remount,rw MOUNTPOINT, and what lies below as well";
		break;
	case ESTALE:
		why.remedy = "somebody changed its lower file: end what has it open or mapped, then look by oriel fs check";
		break;
	default:
		break;
	}
	return why;
}

error not_on_orielfs(const std::string &path)
{
	return {fmt::format("{} is not on a file system of orielfs", shown_path(path)),
		"mount -t orielfs DIRECTORY MOUNTPOINT, see oriel-fs(1)", exit_code::unsupported};
}

void add_fs_commands(CLI::App &app, context &ctx)
{
	CLI::App *noun = app.add_subcommand("fs", "See the file systems of orielfs and their cut files, and cut some");
	noun->require_subcommand(1);
	noun->fallthrough();
	CLI::App *list = noun->add_subcommand("list", "List them: where they are mounted, over what, with which options");
	list->callback([&ctx] { list_mounts(ctx); });
	auto files = std::make_shared<file_names>();
	CLI::App *stat = noun->add_subcommand("stat", "Show what they counted since they were mounted, and how files are reached");
	stat->add_option("FILE", *files, "Only those that these files or directories are on");
	stat->callback([files, &ctx] { show(ctx, *files); });
	add_fs_map(*noun, ctx);
	add_fs_list_cut(*noun, ctx);
	add_fs_check(*noun, ctx);
	add_fs_cut(*noun, ctx);
	add_fs_compact(*noun, ctx);
	add_fs_flatten(*noun, ctx);
}

} // namespace oriel
