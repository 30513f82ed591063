// SPDX-License-Identifier: GPL-2.0
#include "recording_module.hpp"

#include <fmt/format.h>

namespace oriel {
namespace {

// Both are in the file: other numbers are another version of the part.
static_assert(static_cast<int>(liveness::not_loaded) == 4 && static_cast<int>(severity::bad) == 3);

constexpr const char *tables = R"(CREATE TABLE module(name TEXT NOT NULL PRIMARY KEY, taints TEXT NOT NULL,
	events INTEGER NOT NULL CHECK(events >= 0), tracing INTEGER NOT NULL CHECK(tracing BETWEEN 0 AND 4),
	verdict INTEGER NOT NULL CHECK(verdict BETWEEN 0 AND 3), summary TEXT NOT NULL) STRICT;
CREATE TABLE module_count(row INTEGER PRIMARY KEY CHECK(row = 1), loaded INTEGER NOT NULL CHECK(loaded >= 0)) STRICT;
)";

result<std::monostate> write_rows(recording_writer &writer, const module_states &states)
{
	auto clear = writer.prepare("DELETE FROM module");
	auto count = writer.prepare("INSERT OR REPLACE INTO module_count VALUES(1, ?)");
	auto add = writer.prepare("INSERT INTO module VALUES(?, ?, ?, ?, ?, ?)");
	if (!clear || !count || !add)
		return (!clear ? clear : !count ? count : add).failure();
	if (const auto cleared = clear->run(); !cleared)
		return cleared.failure();
	for (const module_state &one : states.told)
		if (const auto added = add->run(one.name, one.taints, one.events, static_cast<std::uint64_t>(one.tracing),
						static_cast<std::uint64_t>(one.verdict), one.summary);
		    !added)
			return added.failure();
	return count->run(states.loaded);
}

} // namespace

const recording_part &module_recording_part()
{
	static const recording_part part{"module", 1, tables};
	return part;
}

result<std::monostate> write_modules(recording_writer &writer, const module_states &states)
{
	return writer.change([&] { return write_rows(writer, states); });
}

result<std::optional<module_states>> read_modules(recording_reader &reader)
{
	std::optional<module_states> read;
	const auto has = reader.has(module_recording_part());
	if (!has)
		return has.failure();
	if (!*has)
		return read;
	auto count = reader.prepare("SELECT loaded FROM module_count");
	auto rows = reader.prepare("SELECT name, taints, events, tracing, verdict, summary FROM module ORDER BY name");
	if (!count || !rows)
		return (!count ? count : rows).failure();
	if (const auto counted = count->each([&] { read.emplace().loaded = count->number(0); }); !counted)
		return counted.failure();
	if (!read)
		return read;
	const auto all = rows->each([&] {
		read->told.push_back({rows->text(0), rows->text(1), rows->number(2), static_cast<liveness>(rows->number(3)),
				      static_cast<severity>(rows->number(4)), rows->text(5)});
	});
	if (!all)
		return all.failure();
	return read;
}

} // namespace oriel
