// SPDX-License-Identifier: GPL-2.0
#include "recording_vma.hpp"

#include <cstring>
#include <fmt/format.h>

namespace oriel {
namespace {

std::string table()
{
	std::string columns;
	for (const std::string &name : vma_number_names())
		columns += fmt::format("\t{} INTEGER NOT NULL CHECK({} >= 0),\n", name, name);
	return fmt::format(R"(CREATE TABLE vma(sample INTEGER NOT NULL REFERENCES sample(number) ON DELETE CASCADE,
	tgid INTEGER NOT NULL CHECK(tgid BETWEEN 0 AND 0xffffffff), start_ns INTEGER NOT NULL CHECK(start_ns >= 0),
	tid INTEGER NOT NULL CHECK(tid BETWEEN 0 AND 0xffffffff), command INTEGER NOT NULL, thread INTEGER NOT NULL,
	cgroup INTEGER NOT NULL CHECK(cgroup >= 0), cgroup_path INTEGER NOT NULL,
{}	PRIMARY KEY(sample, tgid, start_ns, tid)) STRICT, WITHOUT ROWID;
)",
			   columns);
}

std::string text_in(const char (&name)[16])
{
	return {name, ::strnlen(name, sizeof(name))};
}

void put_text(char (&to)[16], const std::string &text)
{
	std::memset(to, 0, sizeof(to));
	text.copy(to, sizeof(to) - 1);
}

constexpr int first_number = 8; // column

result<std::monostate> write_row(recording_writer &writer, sqlite_statement &add, const oriel_vma_row &row, const cgroup_tree &cgroups)
{
	const auto command = writer.word(text_in(row.comm)), thread = writer.word(text_in(row.thread)),
		   path = writer.word(cgroups.path_of(row.cgroup));
	if (!command || !thread || !path)
		return (!command ? command : !thread ? thread : path).failure();
	int column = first_number;
	for (const __u64 number : to_numbers(row.counters))
		add.bind(column++, number);
	return add.run(writer.sample(), row.process.tgid, row.process.start_ns, row.process.tid, *command, *thread, row.cgroup, *path);
}

} // namespace

const recording_part &vma_recording_part()
{
	static const std::string tables = table();
	static const recording_part part{"vma", 1, tables.c_str()};
	return part;
}

result<std::monostate> write_vma(recording_writer &writer, const vma_snapshot &counted, const cgroup_tree &cgroups)
{
	std::string places = "?";
	for (std::size_t i = 1; i < first_number + vma_number_count; i++)
		places += ", ?";
	auto add = writer.prepare(fmt::format("INSERT INTO vma VALUES({})", places));
	if (!add)
		return add.failure();
	for (const oriel_vma_row &row : counted.by_thread())
		if (const auto written = write_row(writer, *add, row, cgroups); !written)
			return written.failure();
	for (std::size_t i = 0; i < counted.refused.size(); i++)
		if (counted.refused[i] != 0)
			if (const auto lost = writer.add_loss(vma_recording_part(), vma_refusal_names[i].name, counted.refused[i]); !lost)
				return lost.failure();
	return std::monostate{};
}

result<recorded_vma> read_vma(recording_reader &reader, std::uint64_t first, std::uint64_t last)
{
	recorded_vma read;
	const auto has = reader.has(vma_recording_part());
	if (!has)
		return has.failure();
	if (!*has)
		return read;
	for (const char *column : {"command", "thread", "cgroup_path"})
		if (const auto checked = reader.check_words("vma", column); !checked)
			return checked.failure();
	auto rows = reader.prepare(fmt::format(
		"SELECT vma.tgid, vma.start_ns, vma.tid, command.text, thread.text, vma.cgroup, cgroup_path.text, vma.{} FROM vma "
		"JOIN word AS command ON command.number = vma.command JOIN word AS thread ON thread.number = vma.thread "
		"JOIN word AS cgroup_path ON cgroup_path.number = vma.cgroup_path WHERE vma.sample BETWEEN ? AND ? ORDER BY vma.sample",
		fmt::join(vma_number_names(), ", vma.")));
	if (!rows)
		return rows.failure();
	rows->bind(0, reader.oldest_from(first));
	rows->bind(1, last);
	vma_snapshot found;
	std::map<std::uint64_t, std::string> paths;
	const auto take = [&] {
		oriel_vma_row row{};
		row.process = {rows->number(1), static_cast<__u32>(rows->number(0)), static_cast<__u32>(rows->number(2))};
		put_text(row.comm, rows->text(3));
		put_text(row.thread, rows->text(4));
		row.cgroup = rows->number(5);
		if (std::string path = rows->text(6); !path.empty())
			paths[row.cgroup] = std::move(path);
		std::array<__u64, vma_number_count> numbers;
		for (int i = 0; i < static_cast<int>(vma_number_count); i++)
			numbers[static_cast<std::size_t>(i)] = rows->number(first_number - 1 + i);
		row.counters = from_numbers(numbers);
		(row.process.tid != 0 ? found.threads : found.ended).push_back(row);
	};
	if (const auto all = rows->each(take); !all)
		return all.failure();
	read.cgroups = cgroup_tree(paths);
	const auto losses = reader.losses(vma_recording_part(), first, last);
	if (!losses)
		return losses.failure();
	for (std::size_t i = 0; i < found.refused.size(); i++)
		if (const auto lost = losses->find(vma_refusal_names[i].name); lost != losses->end())
			found.refused[i] = lost->second;
	read.counted.add(found);
	return read;
}

} // namespace oriel
