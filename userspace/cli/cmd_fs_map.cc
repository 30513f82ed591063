// SPDX-License-Identifier: GPL-2.0
#include "cmd_fs.hpp"
#include "cut_print.hpp"
#include "cut_walk.hpp"
#include "fs_mounts.hpp"
#include "lower_path.hpp"
#include "output.hpp"
#include "print_line.hpp"
#include "unique_fd.hpp"

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

struct map_request {
	std::string file;
	bool picture = false;
};

// What is not durable yet is not in the lower file. Of a path that is not on orielfs this is no more than polite.
void make_durable(const std::string &file)
{
	const unique_fd opened(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
	if (opened)
		::fsync(opened.get());
}

void print_map(const map_request &request, const cut_map &map)
{
	print_line(fmt::format("{}: {}", shown_path(request.file), summary_of(map)));
	if (!request.picture)
		return print_extents(map);
	for (const std::string &line : picture_of(map))
		print_line(line);
}

void show_map(context &ctx, const map_request &request)
{
	const auto lower = find_lower(request.file);
	if (!lower)
		return report(ctx, lower.failure());
	make_durable(request.file);
	const auto map = read_cut_map(*lower);
	if (!map)
		return report(ctx, map.failure());
	if (!map->readable())
		return report(ctx, error{fmt::format("{} is {}: {}", shown_path(*lower), to_string(map->state), map->why)});
	if (!ctx.json)
		return print_map(request, *map);
	nlohmann::ordered_json json{{"version", 1}};
	json.update(to_json(request.file, *map));
	json["lower"] = *lower;
	json["extents"] = extents_json(*map);
	print_json(json);
}

} // namespace

result<std::string> find_lower(const std::string &path)
{
	std::error_code failed;
	const std::string absolute = std::filesystem::canonical(path, failed).string();
	if (failed)
		return error{fmt::format("{}: {}", shown_path(path), failed.message())};
	const auto table = read_mount_table();
	if (!table)
		return table.failure();
	const auto mount = orielfs_mount_of(absolute, *table);
	auto lower = mount ? lower_path_of(absolute, *mount) : result<std::string>(path);
	if (const auto why = lower ? why_hidden(*lower, *table) : std::nullopt)
		return *why;
	return lower;
}

void add_fs_map(CLI::App &noun, context &ctx)
{
	auto request = std::make_shared<map_request>();
	CLI::App *map = noun.add_subcommand("map", "Show where the bytes of a file lie in its lower file");
	map->add_option("FILE", request->file, "On orielfs, or a lower file; this needs no module")->required();
	map->add_flag("--picture", request->picture, "Show it in two lines of 64 cells");
	map->callback([request, &ctx] { show_map(ctx, *request); });
}

} // namespace oriel
