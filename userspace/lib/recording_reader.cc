// SPDX-License-Identifier: GPL-2.0
#include "recording.hpp"
#include "recording_format.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <limits>

namespace oriel {
namespace {

error other_file(const std::string &path)
{
	return {fmt::format("{}: it is no recording", path), how_to_record};
}

// Without this, SQLite would tell an empty file, and any file that is too short to be a database, to be an empty database.
bool begins_as_database(const std::string &path)
{
	std::ifstream file(path, std::ios::binary);
	char header[16] = {};
	file.read(header, sizeof(header));
	return file.gcount() == sizeof(header) && std::string_view(header, sizeof(header)) == std::string_view("SQLite format 3\0", 16);
}

} // namespace

result<recording_reader> recording_reader::open(const std::string &path)
{
	// Opening a pipe would wait for its writer.
	if (std::error_code failed; std::filesystem::exists(path, failed) && !std::filesystem::is_regular_file(path, failed))
		return other_file(path);
	auto database = sqlite_database::open(path, sqlite_database::access::read);
	if (!database)
		return database.failure();
	recording_reader reader(std::move(*database), path);
	if (const auto checked = reader.check_file(); !checked)
		return checked.failure();
	if (const auto read = reader.read_all(); !read)
		return read.failure();
	return reader;
}

result<std::monostate> recording_reader::check_file()
{
	if (!begins_as_database(path_))
		return other_file(path_);
	// From here on we read what there is now, whoever writes.
	if (const auto begun = database_.run("BEGIN"); !begun)
		return begun.failure();
	const auto application = database_.number("PRAGMA application_id"), version = database_.number("PRAGMA user_version");
	if (!application || !version)
		return (!application ? application : version).failure();
	if (*application != recording_application)
		return other_file(path_);
	if (*version != recording_version)
		return error{
			fmt::format("{} is a recording of version {}, and this oriel reads version {}", path_, *version, recording_version),
			"read it by the oriel that wrote it"};
	if (const auto strange =
		    database_.number("SELECT count(*) FROM sqlite_schema WHERE (type <> 'table' OR sql NOT LIKE 'CREATE TABLE %') AND "
				     "(type <> 'index' OR sql IS NOT NULL)");
	    !strange || *strange != 0)
		return strange ? other_file(path_) : strange.failure();
	auto faults = database_.prepare("SELECT * FROM pragma_quick_check(1)");
	if (!faults)
		return faults.failure();
	const auto row = faults->next();
	if (!row)
		return row.failure();
	if (*row && faults->text(0) != "ok")
		return error{fmt::format("{} is damaged: {}", path_, faults->text(0)), "record again; what it held is lost"};
	if (const auto checked = check_tables(recording_tables); !checked)
		return checked.failure();
	if (const auto strays = database_.number("SELECT count(*) FROM pragma_foreign_key_check"); !strays || *strays != 0)
		return strays ? error{fmt::format("{} is damaged: {} rows belong to no sample", path_, *strays)} : strays.failure();
	return std::monostate{};
}

// SQLite checks types and keys of a file that is only read, but leaves CHECK constraints aside.
result<std::monostate> recording_reader::check_rows(const std::string &table, const std::vector<std::string> &checks)
{
	if (checks.empty())
		return std::monostate{};
	const auto wrong = database_.number(fmt::format("SELECT count(*) FROM {} WHERE NOT (({}))", table, fmt::join(checks, ") AND (")));
	if (!wrong)
		return wrong.failure();
	if (*wrong != 0)
		return error{fmt::format("{} is damaged: {} rows of its table {} hold what cannot be", path_, *wrong, table)};
	return std::monostate{};
}

// The text of a schema says everything about a table: types, keys, checks. What SQLite's check of the whole file and ours find no fault with
// is then as the text says.
result<std::monostate> recording_reader::check_tables(const char *tables)
{
	auto find = database_.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?");
	if (!find)
		return find.failure();
	for (const auto &[name, statement] : tables_in(tables)) {
		find->bind(0, name);
		const auto row = find->next();
		if (!row)
			return row.failure();
		if (!*row || find->text(0) != statement)
			return error{fmt::format("{} is damaged: its table {} is not as this version has it", path_, name)};
		if (const auto end = find->next(); !end)
			return end.failure();
		if (const auto checked = check_rows(name, checks_in(statement)); !checked)
			return checked.failure();
	}
	return std::monostate{};
}

result<std::monostate> recording_reader::read_all()
{
	auto facts = database_.prepare("SELECT name, value FROM fact");
	auto samples = database_.prepare("SELECT number, begin_ns, length_ns FROM sample ORDER BY number");
	if (!facts || !samples)
		return (!facts ? facts : samples).failure();
	if (const auto read = facts->each([&] { facts_[facts->text(0)] = facts->text(1); }); !read)
		return read.failure();
	return samples->each([&] { samples_.push_back({samples->number(0), samples->number(1), samples->number(2)}); });
}

std::chrono::nanoseconds recording_reader::length() const
{
	constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
	std::uint64_t sum = 0;
	for (const recording_sample &sample : samples_)
		sum = std::min(most, sum + sample.length_ns); // each of them is at most that
	return std::chrono::nanoseconds(sum);
}

void recording_reader::keep_last(std::chrono::nanoseconds time)
{
	auto oldest = samples_.end();
	for (auto rest = time; oldest != samples_.begin() && (oldest == samples_.end() || rest.count() > 0);) {
		--oldest;
		rest -= std::chrono::nanoseconds(std::min<std::uint64_t>(oldest->length_ns, std::numeric_limits<std::int64_t>::max() / 2));
	}
	samples_.erase(samples_.begin(), oldest);
}

std::uint64_t recording_reader::oldest_from(std::uint64_t first) const
{
	return samples_.empty() ? first : std::max(first, samples_.front().number);
}

result<bool> recording_reader::has(const recording_part &part)
{
	auto find = database_.prepare("SELECT version FROM part WHERE name = ?");
	if (!find)
		return find.failure();
	find->bind(0, part.name);
	const auto row = find->next();
	if (!row)
		return row.failure();
	if (!*row)
		return false;
	if (find->number(0) != part.version)
		return error{fmt::format("{}: its part {} has version {}, and this oriel reads version {}", path_, part.name,
					 find->number(0), part.version),
			     "read it by the oriel that wrote it"};
	if (const auto checked = check_tables(part.tables); !checked)
		return checked.failure();
	return true;
}

result<std::vector<program_state>> recording_reader::programs(const recording_part &part)
{
	auto find = database_.prepare("SELECT name, hook, attached, reason, misses FROM program WHERE part = ? ORDER BY rowid");
	if (!find)
		return find.failure();
	find->bind(0, part.name);
	std::vector<program_state> list;
	if (const auto read = find->each([&] {
		    list.push_back({find->text(0), find->text(1), find->number(2) != 0, find->text(3), find->number(4)});
	    });
	    !read)
		return read.failure();
	return list;
}

result<std::vector<std::string>> recording_reader::unseen(const recording_part &part)
{
	auto find = database_.prepare("SELECT sentence FROM unseen WHERE part = ? ORDER BY rowid");
	if (!find)
		return find.failure();
	find->bind(0, part.name);
	std::vector<std::string> list;
	if (const auto read = find->each([&] { list.push_back(find->text(0)); }); !read)
		return read.failure();
	return list;
}

result<std::map<std::string, std::uint64_t>> recording_reader::losses(const recording_part &part, std::uint64_t first, std::uint64_t last)
{
	auto find = database_.prepare("SELECT reason, count FROM loss WHERE part = ? AND sample BETWEEN ? AND ?");
	if (!find)
		return find.failure();
	find->bind(0, part.name);
	find->bind(1, oldest_from(first));
	find->bind(2, last);
	std::map<std::string, std::uint64_t> sums;
	if (const auto read = find->each([&] { sums[find->text(0)] += find->number(1); }); !read)
		return read.failure();
	return sums;
}

result<std::monostate> recording_reader::check_words(const std::string &table, const std::string &column)
{
	const auto strays =
		database_.number(fmt::format("SELECT count(*) FROM {} WHERE {} NOT IN (SELECT number FROM word)", table, column));
	if (!strays)
		return strays.failure();
	if (*strays != 0)
		return error{fmt::format("{} is damaged: {} rows of its table {} lack their {}", path_, *strays, table, column)};
	return std::monostate{};
}

} // namespace oriel
