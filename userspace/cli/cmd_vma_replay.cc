// SPDX-License-Identifier: GPL-2.0
#include "cmd_vma.hpp"
#include "file_read.hpp"
#include "output.hpp"
#include "print_line.hpp"
#include "vma_collector.hpp"
#include "vma_model.hpp"
#include "vma_stream.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t most_bytes = std::size_t{4} << 30;

void replay(context &ctx, const std::string &path)
{
	const auto content = read_file(path, most_bytes);
	if (!content)
		return report(ctx, content.failure());
	vma_model model;
	std::uint64_t differ = 0;
	const auto read = read_vma_stream(*content, [&](const oriel_vma_record &record) { differ += model.take(record) != record.hits; });
	if (!read)
		return report(ctx, error{fmt::format("{}: {}", path, read.failure().message)});
	if (ctx.json) {
		ordered_json hits;
		for (std::size_t i = 0; i < vma_policy_names.size(); i++)
			hits[vma_policy_names[i].name] = model.hits()[i];
		return print_json({{"version", 1}, {"lookups", model.lookups()}, {"hits", hits}, {"differ", differ}});
	}
	print_line(fmt::format("{} lookups; in {} of them the model and the recording differ", model.lookups(), differ));
	print_line(fmt::format("{:<52} {:>9}", "CACHE", "HITS"));
	for (std::size_t i = 0; i < vma_policy_names.size() && model.lookups() != 0; i++)
		print_line(fmt::format("{:<52} {:>7.2f} %", vma_policy_names[i].words,
				       100.0 * static_cast<double>(model.hits()[i]) / static_cast<double>(model.lookups())));
}

} // namespace

void add_vma_replay(CLI::App &noun, context &ctx)
{
	auto path = std::make_shared<std::string>();
	CLI::App *verb = noun.add_subcommand("replay", "Find the hits of a recorded stream again, by a plain model of the caches");
	verb->add_option("FILE", *path, "What record --stream has written")->required();
	verb->callback([path, &ctx] { replay(ctx, *path); });
}

} // namespace oriel
