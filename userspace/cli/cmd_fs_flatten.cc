// SPDX-License-Identifier: GPL-2.0
#include "cmd_fs.hpp"
#include "cut_flatten.hpp"
#include "cut_walk.hpp"
#include "fs_mounts.hpp"
#include "long_work.hpp"
#include "lower_path.hpp"
#include "number_words.hpp"
#include "output.hpp"
#include "print_line.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

using nlohmann::ordered_json;

struct flatten_request {
	std::vector<std::string> paths;
	bool recursive = false;
};

// Of those that this process sees, and of those in other mount namespaces where it may ask for them.
std::optional<error> why_in_use(const std::string &path)
{
	std::error_code failed;
	const std::string absolute = std::filesystem::canonical(path, failed).string();
	if (failed)
		return error{fmt::format("{}: {}", shown_path(path), failed.message())};
	auto table = read_mount_table();
	if (!table)
		return table.failure();
	if (const auto mount = orielfs_mount_of(absolute, *table))
		return error{fmt::format("{} is on orielfs", shown_path(path)),
			     fmt::format("umount {}, and name what lies below {}", quoted_path(mount->path), shown_path(mount->source))};
	if (const auto mounts = read_fs_mounts())
		for (const fs_mount &elsewhere : *mounts) {
			mount_point &one = table->emplace_back();
			one.type = "orielfs";
			one.source = elsewhere.told.source;
		}
	if (const auto mount = orielfs_mount_over(absolute, *table))
		return error{fmt::format("{} is in use: orielfs is mounted over {}", shown_path(path), shown_path(mount->source)),
			     mount->path.empty() ? "unmount it in the other mount namespace"
						 : fmt::format("umount {}", quoted_path(mount->path))};
	return std::nullopt;
}

class flattener {
public:
	explicit flattener(context &ctx) : ctx_(ctx) {}

	// False: it was interrupted.
	bool take(const std::string &path, const cut_map &map)
	{
		if (map.state == cut_state::plain)
			return true;
		const auto done = flatten_one(path, map.size);
		if (!done)
			return fail(done.failure());
		if (*done == flattened::interrupted)
			return fail(error{"interrupted: what is not listed is as it was"}) && false;
		flat_.push_back(path);
		if (!ctx_.json)
			print_line(fmt::format("{}: {} {}", shown_path(path), count_text(map.size), plural(map.size, "byte")));
		return true;
	}
	bool fail(const error &why)
	{
		if (ctx_.json) {
			fmt::print(stderr, "oriel: {}\n", why.message);
			errors_.push_back(why.message);
		} else {
			report(ctx_, why);
		}
		ctx_.finish(why.code);
		return !was_interrupted();
	}
	void end() const
	{
		if (ctx_.json)
			print_json({{"version", 1}, {"flattened", flat_}, {"errors", errors_}});
	}

private:
	result<flattened> flatten_one(const std::string &path, std::uint64_t size)
	{
		progress bar(path, !ctx_.json);
		return flatten_file(path, [&](std::uint64_t copied) {
			bar.show(copied, size);
			return !was_interrupted();
		});
	}

	context &ctx_;
	std::vector<std::string> flat_, errors_;
};

void take_path(flattener &worker, const flatten_request &request, const std::string &path)
{
	if (const auto why = why_in_use(path)) {
		worker.fail(*why);
		return;
	}
	const auto failed = [&](const error &why) { return worker.fail(why); };
	if (std::filesystem::is_directory(path) && !request.recursive) {
		failed(error{fmt::format("{} is a directory", shown_path(path)), fmt::format("oriel fs flatten -r {}", quoted_path(path))});
		return;
	}
	walk_cut_files(
		path, !std::filesystem::is_directory(path),
		[&](const std::string &file, const cut_map &map) { return worker.take(file, map); }, failed);
}

void flatten(context &ctx, const flatten_request &request)
{
	flattener worker(ctx);
	note_interrupts();
	for (const std::string &path : request.paths)
		if (!was_interrupted())
			take_path(worker, request, path);
	worker.end();
}

} // namespace

void add_fs_flatten(CLI::App &noun, context &ctx)
{
	auto request = std::make_shared<flatten_request>();
	CLI::App *verb = noun.add_subcommand("flatten", "Give back plain files in the place of cut ones");
	verb->add_option("PATH", request->paths,
			 "Lower files, with -r directories; orielfs is not mounted over them, and need not be there")
		->required();
	verb->add_flag("-r,--recursive", request->recursive, "Those in directories and below, too");
	verb->callback([request, &ctx] { flatten(ctx, *request); });
}

} // namespace oriel
