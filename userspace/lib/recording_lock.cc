// SPDX-License-Identifier: GPL-2.0
#include "recording_lock.hpp"

#include <fmt/format.h>
#include <map>

namespace oriel {

const std::array<const char *, oriel_lock_refusals> lock_refusal_names{"no_stack", "no_row", "no_wait", "nested", "no_name", "no_space"};

namespace {

std::string slot_names(const char *before, const char *behind)
{
	std::string names;
	for (unsigned i = 0; i < ORIEL_LOCK_SLOTS; i++)
		names += fmt::format("{}slot{}{}", before, i, behind);
	return names;
}

std::string tables()
{
	return fmt::format(R"(CREATE TABLE lock(sample INTEGER NOT NULL REFERENCES sample(number) ON DELETE CASCADE,
	class INTEGER NOT NULL, name INTEGER NOT NULL, kind INTEGER NOT NULL CHECK(kind BETWEEN 0 AND {}),
	waiter INTEGER NOT NULL CHECK(waiter BETWEEN 0 AND 0xffffffff), waiter_start_ns INTEGER NOT NULL CHECK(waiter_start_ns >= 0),
	waiter_command INTEGER NOT NULL,
	owner INTEGER NOT NULL CHECK(owner BETWEEN 0 AND 0xffffffff), owner_start_ns INTEGER NOT NULL CHECK(owner_start_ns >= 0),
	owner_command INTEGER NOT NULL, space INTEGER NOT NULL CHECK(space BETWEEN 0 AND 0xffffffff),
	cgroup INTEGER NOT NULL CHECK(cgroup >= 0), cgroup_path INTEGER NOT NULL, stack INTEGER NOT NULL, user_stack INTEGER NOT NULL,
	waits INTEGER NOT NULL CHECK(waits >= 0), total_ns INTEGER NOT NULL CHECK(total_ns >= 0), max_ns INTEGER NOT NULL CHECK(max_ns >= 0),
{}	CHECK(waits > 0)) STRICT;
CREATE TABLE lock_coverage(sample INTEGER NOT NULL REFERENCES sample(number) ON DELETE CASCADE,
	kind INTEGER NOT NULL CHECK(kind BETWEEN 0 AND {}), seen INTEGER NOT NULL CHECK(seen >= 0), entered INTEGER CHECK(entered >= 0),
	PRIMARY KEY(sample, kind)) STRICT, WITHOUT ROWID;
)",
			   oriel_lock_kinds - 1, slot_names("\t", " INTEGER NOT NULL,\n"), oriel_lock_kinds - 1);
}

constexpr int first_slot = 18; // column

result<std::monostate> write_row(recording_writer &writer, sqlite_statement &add, const lock_row &row, const cgroup_tree &cgroups)
{
	const std::string texts[] = {row.lock_class, row.lock,      row.waiter.comm, row.owner.comm, cgroups.path_of(row.cgroup),
				     row.stack,      row.user_stack};
	std::uint64_t words[std::size(texts)];
	for (std::size_t i = 0; i < std::size(texts); i++) {
		const auto word = writer.word(texts[i]);
		if (!word)
			return word.failure();
		words[i] = *word;
	}
	int column = first_slot;
	for (const std::uint32_t slot : row.counters.histogram)
		add.bind(column++, std::uint64_t{slot});
	return add.run(writer.sample(), words[0], words[1], std::uint64_t{row.kind}, std::uint64_t{row.waiter.tgid}, row.waiter.start_ns,
		       words[2], std::uint64_t{row.owner.tgid}, row.owner.start_ns, words[3], std::uint64_t{row.space}, row.cgroup,
		       words[4], words[5], words[6], row.counters.waits, row.counters.total_ns, row.counters.max_ns);
}

result<std::monostate> write_coverage(recording_writer &writer, const lock_snapshot &counted)
{
	for (std::uint64_t kind = 0; kind < counted.coverage.size(); kind++) {
		const lock_coverage &coverage = counted.coverage[kind];
		auto add = writer.prepare(coverage.entered ? "INSERT INTO lock_coverage VALUES(?, ?, ?, ?)"
							   : "INSERT INTO lock_coverage VALUES(?, ?, ?, NULL)");
		if (!add)
			return add.failure();
		const auto added = coverage.entered ? add->run(writer.sample(), kind, coverage.seen, *coverage.entered)
						    : add->run(writer.sample(), kind, coverage.seen);
		if (!added)
			return added.failure();
	}
	return std::monostate{};
}

result<std::monostate> read_coverage(recording_reader &reader, std::uint64_t first, std::uint64_t last, lock_snapshot &found)
{
	// Where one sample does not know how often a slow path was entered, the sum does not either. SUM() would fail where a number of a file
	// that is not true is too large; this stops at the largest.
	auto rows = reader.prepare("SELECT kind, CAST(TOTAL(seen) AS INTEGER), CAST(TOTAL(entered) AS INTEGER), "
				   "COUNT(*) - COUNT(entered) FROM lock_coverage WHERE sample BETWEEN ? AND ? GROUP BY kind");
	if (!rows)
		return rows.failure();
	rows->bind(0, reader.oldest_from(first));
	rows->bind(1, last);
	return rows->each([&] {
		lock_coverage &coverage = found.coverage.at(rows->number(0));
		coverage.seen = rows->number(1);
		if (rows->number(3) == 0)
			coverage.entered = rows->number(2);
	});
}

} // namespace

const recording_part &lock_recording_part()
{
	static const std::string text = tables();
	static const recording_part part{"lock", 1, text.c_str()};
	return part;
}

result<std::monostate> write_lock(recording_writer &writer, const lock_snapshot &counted, const cgroup_tree &cgroups)
{
	std::string places = "?";
	for (int i = 1; i < first_slot + ORIEL_LOCK_SLOTS; i++)
		places += ", ?";
	auto add = writer.prepare(fmt::format("INSERT INTO lock VALUES({})", places));
	if (!add)
		return add.failure();
	for (const lock_row &row : counted.rows)
		if (row.counters.waits != 0)
			if (const auto written = write_row(writer, *add, row, cgroups); !written)
				return written.failure();
	for (std::size_t i = 0; i < counted.refused.size(); i++)
		if (counted.refused[i] != 0)
			if (const auto lost = writer.add_loss(lock_recording_part(), lock_refusal_names[i], counted.refused[i]); !lost)
				return lost.failure();
	return write_coverage(writer, counted);
}

result<recorded_lock> read_lock(recording_reader &reader, std::uint64_t first, std::uint64_t last)
{
	recorded_lock read;
	const auto has = reader.has(lock_recording_part());
	if (!has)
		return has.failure();
	if (!*has)
		return read;
	for (const char *column : {"class", "name", "waiter_command", "owner_command", "cgroup_path", "stack", "user_stack"})
		if (const auto checked = reader.check_words("lock", column); !checked)
			return checked.failure();
	auto rows = reader.prepare(
		"SELECT class.text, name.text, kind, waiter, waiter_start_ns, waiter_command.text, owner, owner_start_ns, "
		"owner_command.text, space, cgroup, cgroup_path.text, stack.text, user_stack.text, waits, total_ns, max_ns" +
		slot_names(", ", "") +
		" FROM lock JOIN word AS class ON class.number = lock.class JOIN word AS name ON name.number = lock.name "
		"JOIN word AS waiter_command ON waiter_command.number = lock.waiter_command "
		"JOIN word AS owner_command ON owner_command.number = lock.owner_command "
		"JOIN word AS cgroup_path ON cgroup_path.number = lock.cgroup_path "
		"JOIN word AS stack ON stack.number = lock.stack JOIN word AS user_stack ON user_stack.number = lock.user_stack "
		"WHERE lock.sample BETWEEN ? AND ? ORDER BY lock.sample, lock.rowid");
	if (!rows)
		return rows.failure();
	rows->bind(0, reader.oldest_from(first));
	rows->bind(1, last);
	lock_snapshot found;
	std::map<std::uint64_t, std::string> paths;
	const auto take = [&] {
		int column = 0;
		lock_row row{};
		row.lock_class = rows->text(column++);
		row.lock = rows->text(column++);
		row.kind = static_cast<oriel_lock_kind>(rows->number(column++));
		for (lock_process *process : {&row.waiter, &row.owner}) {
			process->tgid = static_cast<std::uint32_t>(rows->number(column++));
			process->start_ns = rows->number(column++);
			process->comm = rows->text(column++);
		}
		row.space = static_cast<std::uint32_t>(rows->number(column++));
		row.cgroup = rows->number(column++);
		if (std::string path = rows->text(column++); !path.empty())
			paths[row.cgroup] = std::move(path);
		row.stack = rows->text(column++);
		row.user_stack = rows->text(column++);
		row.counters.waits = rows->number(column++);
		row.counters.total_ns = rows->number(column++);
		row.counters.max_ns = rows->number(column++);
		for (__u32 &slot : row.counters.histogram)
			slot = static_cast<__u32>(rows->number(column++));
		found.rows.push_back(std::move(row));
	};
	if (const auto all = rows->each(take); !all)
		return all.failure();
	if (const auto covered = read_coverage(reader, first, last, found); !covered)
		return covered.failure();
	const auto losses = reader.losses(lock_recording_part(), first, last);
	if (!losses)
		return losses.failure();
	for (std::size_t i = 0; i < found.refused.size(); i++)
		if (const auto lost = losses->find(lock_refusal_names[i]); lost != losses->end())
			found.refused[i] = lost->second;
	found.merge_rows();
	return recorded_lock{std::move(found), cgroup_tree(paths)};
}

} // namespace oriel
