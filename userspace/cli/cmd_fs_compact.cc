// SPDX-License-Identifier: GPL-2.0
#include "cmd_fs.hpp"
#include "fs_mounts.hpp"
#include "long_work.hpp"
#include "number_words.hpp"
#include "output.hpp"
#include "print_line.hpp"
#include "unique_fd.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/oriel_fs.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <sys/stat.h>

namespace oriel {
namespace {

error why_failed(const std::string &file, int number)
{
	return number == ENOTTY ? not_on_orielfs(file) : fs_failure(file, number);
}

struct extents {
	std::uint32_t before, after;
};

// Each step is whole by itself, so it may end behind any of them.
result<extents> compact_file(const std::string &path, int file, bool shows_progress)
{
	oriel_fs_look found{};
	found.abi = ORIEL_FS_ABI_VERSION;
	if (::ioctl(file, ORIEL_FS_IOC_LOOK, &found) != 0)
		return why_failed(path, errno);
	oriel_fs_compact step{};
	step.abi = ORIEL_FS_ABI_VERSION;
	progress bar(path, shows_progress);
	for (;;) {
		struct stat facts;
		if (::ioctl(file, ORIEL_FS_IOC_COMPACT, &step) != 0 || ::fstat(file, &facts) != 0)
			return why_failed(path, errno);
		const auto size = static_cast<std::uint64_t>(facts.st_size);
		if (step.offset >= size)
			return extents{found.extents, step.extents};
		if (was_interrupted())
			return error{
				fmt::format("{}: interrupted; what was done holds, {} extents are left", shown_path(path), step.extents)};
		bar.show(step.offset, size);
	}
}

void compact(context &ctx, const std::vector<std::string> &files)
{
	nlohmann::ordered_json all = nlohmann::ordered_json::array();
	note_interrupts();
	for (const std::string &path : files) {
		const unique_fd file(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
		const auto done = file ? compact_file(path, file.get(), !ctx.json) : result<extents>(why_failed(path, errno));
		if (!done) {
			report(ctx, done.failure());
			return;
		}
		if (ctx.json)
			all.push_back({{"file", path}, {"extents_before", done->before}, {"extents", done->after}});
		else
			print_line(fmt::format("{}: {} {}, {} before", shown_path(path), count_text(done->after),
					       plural(done->after, "extent"), count_text(done->before)));
	}
	if (ctx.json)
		print_json({{"version", 1}, {"compacted", all}});
}

} // namespace

void add_fs_compact(CLI::App &noun, context &ctx)
{
	auto files = std::make_shared<std::vector<std::string>>();
	CLI::App *verb = noun.add_subcommand("compact", "Make the extents of cut files fewer, by copying small ones together");
	verb->add_option("FILE", *files, "On orielfs")->required();
	verb->callback([files, &ctx] { compact(ctx, *files); });
}

} // namespace oriel
