// SPDX-License-Identifier: GPL-2.0
#include "recording_lock.hpp"
#include "scratch.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

lock_row waits(const char *lock_class, std::uint64_t count)
{
	lock_row row{};
	row.lock_class = lock_class;
	row.lock = "its name";
	row.kind = oriel_lock_rwsem_write;
	row.waiter = {7, 7000, "waiter"};
	row.owner = {8, 8000, "owner"};
	row.space = 9;
	row.cgroup = 10;
	row.stack = "outer;inner";
	row.counters.waits = count;
	row.counters.total_ns = 100 * count;
	row.counters.max_ns = 90;
	row.counters.histogram[6] = static_cast<std::uint32_t>(count);
	return row;
}

lock_snapshot counted()
{
	lock_snapshot snapshot;
	snapshot.rows = {waits("mmap_lock", 3), waits("inode", 2)};
	snapshot.coverage[oriel_lock_spin] = {5, 6};
	snapshot.coverage[oriel_lock_rt] = {1, std::nullopt};
	snapshot.refused[oriel_lock_nested] = 4;
	return snapshot;
}

void write(const std::string &path, unsigned samples)
{
	auto writer = recording_writer::create(path);
	ASSERT_TRUE(writer) << writer.failure().message;
	ASSERT_TRUE(writer->add_part(lock_recording_part()));
	for (unsigned i = 0; i < samples; i++) {
		ASSERT_TRUE(writer->begin_sample(1, 1));
		const auto written = write_lock(*writer, counted(), cgroup_tree({{10, "/system.slice/some.service"}}));
		ASSERT_TRUE(written) << written.failure().message;
		ASSERT_TRUE(writer->commit());
	}
}

TEST(recording_lock, holds_what_was_counted)
{
	scratch_dir dir;
	write(dir / "r", 1);
	auto reader = recording_reader::open(dir / "r");
	ASSERT_TRUE(reader) << reader.failure().message;
	const auto read = read_lock(*reader);
	ASSERT_TRUE(read) << read.failure().message;
	ASSERT_EQ(read->counted.rows.size(), 2u);
	const lock_row &row = read->counted.rows[0];
	EXPECT_EQ(row.key(), counted().rows[0].key());
	EXPECT_EQ(row.waiter.comm + row.owner.comm, "waiterowner");
	EXPECT_EQ(read->cgroups.name_of(row.cgroup), "some.service");
	EXPECT_EQ(row.counters.total_ns, 300u);
	EXPECT_EQ(row.counters.max_ns, 90u);
	EXPECT_EQ(row.counters.histogram[6], 3u);
	EXPECT_EQ(read->counted.coverage[oriel_lock_spin].entered, 6u);
	EXPECT_FALSE(read->counted.coverage[oriel_lock_rt].entered);
	EXPECT_EQ(read->counted.coverage[oriel_lock_rt].seen, 1u);
	EXPECT_EQ(read->counted.refused[oriel_lock_nested], 4u);
}

TEST(recording_lock, adds_up_what_its_samples_hold)
{
	scratch_dir dir;
	write(dir / "r", 3);
	auto reader = recording_reader::open(dir / "r");
	ASSERT_TRUE(reader);
	const auto all = read_lock(*reader), one = read_lock(*reader, 2, 2);
	ASSERT_TRUE(all && one);
	EXPECT_EQ(all->counted.sum().waits, 15u);
	EXPECT_EQ(all->counted.rows.size(), 2u);
	EXPECT_EQ(all->counted.coverage[oriel_lock_spin].entered, 18u);
	EXPECT_FALSE(all->counted.coverage[oriel_lock_rt].entered);
	EXPECT_EQ(one->counted.sum().waits, 5u);
	EXPECT_EQ(one->counted.refused[oriel_lock_nested], 4u);
}

TEST(recording_lock, a_recording_without_it_is_empty)
{
	scratch_dir dir;
	ASSERT_TRUE(recording_writer::create(dir / "r"));
	auto reader = recording_reader::open(dir / "r");
	ASSERT_TRUE(reader);
	const auto read = read_lock(*reader);
	ASSERT_TRUE(read);
	EXPECT_TRUE(read->counted.rows.empty());
}

TEST(recording_lock, sums_of_untrue_numbers_stop_at_the_largest)
{
	scratch_dir dir;
	write(dir / "r", 2);
	{
		auto database = sqlite_database::open(dir / "r", sqlite_database::access::write);
		ASSERT_TRUE(database);
		ASSERT_TRUE(
			database->run("UPDATE lock_coverage SET seen = 0x7fffffffffffffff, entered = 0x7fffffffffffffff WHERE kind = 0"));
	}
	auto reader = recording_reader::open(dir / "r");
	ASSERT_TRUE(reader);
	const auto read = read_lock(*reader);
	ASSERT_TRUE(read) << read.failure().message;
	EXPECT_EQ(read->counted.coverage[oriel_lock_spin].seen, 0x7fffffffffffffffu);
	EXPECT_EQ(read->counted.coverage[oriel_lock_spin].entered, 0x7fffffffffffffffu);
	EXPECT_EQ(read->counted.sum().waits, 10u) << "the rest can be read";
}

TEST(recording_lock, refuses_what_no_writer_writes)
{
	for (const char *damage : {"UPDATE lock SET kind = 99", "UPDATE lock SET stack = 99999", "UPDATE lock SET waits = -1",
				   "UPDATE lock SET waiter = 1 << 40", "UPDATE lock_coverage SET kind = 11 WHERE kind = 10"}) {
		scratch_dir dir;
		write(dir / "r", 1);
		{
			auto database = sqlite_database::open(dir / "r", sqlite_database::access::write);
			ASSERT_TRUE(database);
			ASSERT_TRUE(database->run("PRAGMA ignore_check_constraints = 1"));
			const auto damaged = database->run(damage);
			ASSERT_TRUE(damaged) << damage << ": " << damaged.failure().message;
		}
		auto reader = recording_reader::open(dir / "r");
		EXPECT_FALSE(reader && read_lock(*reader)) << damage;
	}
}

} // namespace
} // namespace oriel::test
