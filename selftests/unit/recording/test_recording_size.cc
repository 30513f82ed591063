// SPDX-License-Identifier: GPL-2.0
// A recording of a machine that does more than there is room for, as orield writes it; one eighth of its usual size and time.
#include "recording_lock.hpp"
#include "recording_vma.hpp"
#include "scratch.hpp"

#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
#include <random>

namespace oriel::test {
namespace {

using namespace std::chrono_literals;

constexpr unsigned samples = 45;                       // of ten seconds
constexpr std::uint64_t bytes = 4 << 20;               // of the file
constexpr std::size_t vma_rows = 556, lock_rows = 127; // what orield takes for 32 MiB an hour

// A process that has just begun, with numbers as large as they get in ten seconds.
oriel_vma_row process(std::uint32_t number, std::mt19937 &random)
{
	oriel_vma_row row{};
	row.process = {9'000'000'000'000 + number * 1'000'003ULL, 2'000'000 + number, 0};
	row.cgroup = 100 + number % 40;
	std::snprintf(row.comm, sizeof(row.comm), "command-%u", number % 100);
	std::memcpy(row.thread, row.comm, sizeof(row.thread));
	oriel_vma_counters &c = row.counters;
	for (__u64 *count : {&c.lookups, &c.find_vma, &c.vma_lock_taken, &c.vma_lock_missed, &c.faults, &c.faults_write,
			     &c.faults_instruction, &c.faults_anonymous, &c.faults_vma_lock, &c.faults_retried, &c.faults_major})
		*count = 40'000 + random() % 1'000'000;
	return row;
}

lock_row waits(std::uint32_t number, std::mt19937 &random)
{
	lock_row row{};
	row.lock_class = number % 2 ? "mmap_lock" : "inode";
	row.lock = std::to_string(number % 10);
	row.kind = oriel_lock_rwsem_write;
	row.waiter = {2'000'000 + number, 9'000'000'000'000 + random(), "waiter"};
	row.owner = {3'000'000 + number, 9'000'000'000'000 + random(), "owner"};
	row.space = 2'000'000 + number;
	row.cgroup = 100 + number % 40;
	row.stack = std::string(400, 'x') + std::to_string(number % 100);
	row.counters.waits = 1000;
	row.counters.total_ns = 1'000'000'000 + random();
	row.counters.max_ns = random();
	for (unsigned slot = 8; slot < 24; slot++)
		row.counters.histogram[slot] = 100 + static_cast<std::uint32_t>(random() % 500);
	return row;
}

TEST(recording_size, an_hour_at_ten_seconds_has_room)
{
	const scratch_dir dir;
	std::mt19937 random(1);
	vma_snapshot storm;
	lock_snapshot contended;
	std::uint64_t lookups = 0, waited = 0;
	{
		auto writer = recording_writer::append(dir / "r", {600s, bytes});
		ASSERT_TRUE(writer);
		ASSERT_TRUE(writer->add_part(vma_recording_part()) && writer->add_part(lock_recording_part()));
		for (unsigned i = 0; i < samples; i++) {
			storm.ended.clear();
			contended.rows.clear();
			for (std::uint32_t j = 0; j < 2000; j++)
				storm.ended.push_back(process(i * 2000 + j, random));
			for (std::uint32_t j = 0; j < 500; j++)
				contended.rows.push_back(waits(i * 500 + j, random));
			const vma_snapshot kept = storm.at_most(vma_rows);
			const lock_snapshot kept_locks = contended.at_most(lock_rows);
			EXPECT_LE(kept.ended.size(), vma_rows);
			EXPECT_LE(kept_locks.rows.size(), lock_rows);
			lookups += storm.sum().lookups;
			waited += contended.sum().total_ns;
			ASSERT_TRUE(writer->begin_sample(1, 10'000'000'000));
			ASSERT_TRUE(write_vma(*writer, kept, cgroup_tree()));
			ASSERT_TRUE(write_lock(*writer, kept_locks, cgroup_tree()));
			ASSERT_TRUE(writer->commit());
		}
	}
	EXPECT_LE(std::filesystem::file_size(dir / "r"), bytes);
	auto reader = recording_reader::open(dir / "r");
	ASSERT_TRUE(reader) << reader.failure().message;
	EXPECT_EQ(reader->samples().size(), samples) << "none was forgotten for want of room";
	EXPECT_EQ(read_vma(*reader)->counted.sum().lookups, lookups) << "and nothing was left out";
	EXPECT_EQ(read_lock(*reader)->counted.sum().total_ns, waited);
}

} // namespace
} // namespace oriel::test
