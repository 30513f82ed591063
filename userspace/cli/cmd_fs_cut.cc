// SPDX-License-Identifier: GPL-2.0
#include "cmd_fs.hpp"
#include "fs_mounts.hpp"
#include "lower_path.hpp"
#include "number_words.hpp"
#include "option_check.hpp"
#include "output.hpp"
#include "print_line.hpp"
#include "unique_fd.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <linux/falloc.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sys/stat.h>
#include <system_error>

namespace oriel {
namespace {

struct range_request {
	std::string file;
	std::optional<std::uint64_t> offset, length, to; // bytes
	bool dry_run = false;
	bool inserts = false;
};

struct byte_range {
	std::uint64_t offset, length;
};

result<byte_range> range_of(const range_request &request)
{
	constexpr std::uint64_t most = INT64_MAX;
	const std::uint64_t offset = request.offset.value_or(0);
	if (request.to && *request.to <= offset)
		return error{"--to must be behind where the range begins", "", exit_code::usage};
	const std::uint64_t length = request.to ? *request.to - offset : *request.length;
	if (length == 0 || offset > most || length > most - offset)
		return error{"the range is empty, or ends behind what a file may have", "", exit_code::usage};
	return byte_range{offset, length};
}

// What a file system that keeps the bytes in their order has to write again: it can leave them where they are only if all is
// aligned to its blocks.
std::uint64_t moved_natively(const range_request &request, const byte_range &range, std::uint64_t size)
{
	const std::uint64_t first = request.inserts ? range.offset : range.offset + range.length;
	return size > first ? size - first : 0;
}

// Before anything is done: what fallocate() would answer with no more than EINVAL.
std::optional<error> why_not(const range_request &request, const byte_range &range, std::uint64_t size)
{
	const std::string has = fmt::format("{} has {} {}", shown_path(request.file), count_text(size), plural(size, "byte"));
	if (request.inserts && range.offset >= size)
		return error{fmt::format("{}: there is none at {} to insert before", has, count_text(range.offset)),
			     range.offset == size ? fmt::format("truncate -s +{} {}", range.length, quoted_path(request.file)) : ""};
	if (!request.inserts && (range.offset >= size || range.length >= size - range.offset))
		return error{fmt::format("{}: what is cut out must end before the end", has),
			     range.offset < size ? fmt::format("truncate -s {} {}", range.offset, quoted_path(request.file)) : ""};
	return std::nullopt;
}

error why_failed(const std::string &file, int number)
{
	error why = fs_failure(file, number);
	if (number == EOPNOTSUPP)
		why.remedy = "the orielfs.ko that is loaded cannot cut: load a newer one", why.code = exit_code::unsupported;
	if (number == EUCLEAN)
		why.remedy = "oriel fs check tells what is damaged";
	return why;
}

// Only orielfs may: a native file system would cut a lower file in the middle of what orielfs keeps there.
std::optional<error> why_not_here(const std::string &file)
{
	std::error_code failed;
	const auto table = read_mount_table();
	if (!table)
		return table.failure();
	if (orielfs_mount_of(std::filesystem::canonical(file, failed).string(), *table))
		return std::nullopt;
	return not_on_orielfs(file);
}

void print_done(const context &ctx, const range_request &request, const byte_range &range, std::uint64_t size, std::uint64_t moved)
{
	const std::uint64_t after = request.inserts ? size + range.length : size - range.length;
	if (ctx.json)
		return print_json({{"version", 1},
				   {"file", request.file},
				   {"operation", request.inserts ? "insert" : "cut"},
				   {"offset", range.offset},
				   {"length", range.length},
				   {"done", !request.dry_run},
				   {"size_before", size},
				   {"size", after},
				   {"moved_natively", moved}});
	if (!request.dry_run)
		return;
	print_line(fmt::format("{}: {} {} would be {} at {}; then it has {}", shown_path(request.file), count_text(range.length),
			       plural(range.length, "byte"), request.inserts ? "inserted" : "cut out", count_text(range.offset),
			       count_text(after)));
	print_line(fmt::format("a native file system that cannot do this would move the {} {} behind; orielfs moves none",
			       count_text(moved), plural(moved, "byte")));
}

void change(context &ctx, const range_request &request)
{
	const auto range = range_of(request);
	if (!range)
		return report(ctx, range.failure());
	const unique_fd file(::open(request.file.c_str(), (request.dry_run ? O_RDONLY : O_RDWR) | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
	struct stat facts;
	if (!file || ::fstat(file.get(), &facts) != 0)
		return report(ctx, why_failed(request.file, errno));
	if (!S_ISREG(facts.st_mode))
		return report(ctx, error{fmt::format("{} is no regular file", shown_path(request.file))});
	const auto size = static_cast<std::uint64_t>(facts.st_size);
	if (const auto why = why_not(request, *range, size))
		return report(ctx, *why);
	if (!request.dry_run) {
		if (const auto why = why_not_here(request.file))
			return report(ctx, *why);
		if (::fallocate(file.get(), request.inserts ? FALLOC_FL_INSERT_RANGE : FALLOC_FL_COLLAPSE_RANGE,
				static_cast<off_t>(range->offset), static_cast<off_t>(range->length)) != 0)
			return report(ctx, why_failed(request.file, errno));
	}
	print_done(ctx, request, *range, size, moved_natively(request, *range, size));
}

void add_verb(CLI::App &noun, context &ctx, bool inserts)
{
	auto request = std::make_shared<range_request>();
	request->inserts = inserts;
	CLI::App *verb = inserts ? noun.add_subcommand("insert", "Insert zeros anywhere into a file on orielfs, without copying")
				 : noun.add_subcommand("cut", "Cut bytes out of a file on orielfs, anywhere and without copying");
	verb->add_option("FILE", request->file, "On orielfs")->required();
	verb->add_option("--offset,--from", request->offset, "Where the range begins (0): bytes, or with K, M, G, T")
		->transform(number_of_bytes());
	CLI::Option *length = verb->add_option("--length", request->length, "How many bytes")->transform(number_of_bytes());
	CLI::Option *to = verb->add_option("--to", request->to, "Or: the byte before which the range ends")->transform(number_of_bytes());
	length->excludes(to);
	verb->add_flag("--dry-run", request->dry_run, "Change nothing, and tell how much a native file system would move");
	verb->callback([request, &ctx] {
		if (!request->length && !request->to)
			return report(ctx, error{"--length or --to is needed", "", exit_code::usage});
		change(ctx, *request);
	});
}

} // namespace

void add_fs_cut(CLI::App &noun, context &ctx)
{
	add_verb(noun, ctx, false);
	add_verb(noun, ctx, true);
}

} // namespace oriel
