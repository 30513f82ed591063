// SPDX-License-Identifier: GPL-2.0
#include "recording_vma.hpp"
#include "scratch.hpp"

#include <cstring>
#include <gtest/gtest.h>

namespace oriel::test {
namespace {

oriel_vma_row row(std::uint32_t tgid, std::uint32_t tid, const char *thread, std::uint64_t factor)
{
	oriel_vma_row r{};
	r.process = {tgid * 1000ULL, tgid, tid};
	r.cgroup = tgid;
	std::strcpy(r.comm, "make");
	std::strcpy(r.thread, thread);
	std::array<__u64, vma_number_count> numbers;
	for (std::size_t i = 0; i < numbers.size(); i++)
		numbers[i] = (i + 1) * factor;
	r.counters = from_numbers(numbers);
	return r;
}

TEST(recording_vma, adds_up_what_its_samples_hold)
{
	scratch_dir dir;
	{
		auto writer = recording_writer::create(dir / "r");
		ASSERT_TRUE(writer->add_part(vma_recording_part()));
		vma_snapshot counted;
		counted.threads = {row(7, 7, "make", 1), row(7, 8, "worker", 2)};
		counted.refused[oriel_vma_no_process] = 4;
		for (std::uint64_t i = 0; i < 2; i++) {
			ASSERT_TRUE(writer->begin_sample(1, 1));
			ASSERT_TRUE(write_vma(*writer, counted, cgroup_tree({{7, "/system.slice/make.service"}})));
			ASSERT_TRUE(writer->commit());
			counted.threads.pop_back();
			counted.ended = {row(7, 0, "worker", 5)};
		}
	}
	auto reader = recording_reader::open(dir / "r");
	ASSERT_TRUE(reader) << reader.failure().message;
	const auto read = read_vma(*reader);
	ASSERT_TRUE(read) << read.failure().message;
	ASSERT_EQ(read->counted.threads.size(), 2u);
	EXPECT_STREQ(read->counted.threads[1].thread, "worker");
	EXPECT_EQ(read->cgroups.name_of(read->counted.threads[1].cgroup), "make.service");
	const auto first = to_numbers(read->counted.threads[0].counters);
	for (std::size_t i = 0; i < first.size(); i++)
		EXPECT_EQ(first[i], 2 * (i + 1)) << i;
	const auto sum = to_numbers(read->counted.sum());
	EXPECT_EQ(sum[0], 1u + 2 + 1 + 5);
	EXPECT_EQ(read->counted.refused[oriel_vma_no_process], 8u);
	EXPECT_EQ(read->counted.by_process().size(), 1u);
	const auto second = read_vma(*reader, 2, 2);
	EXPECT_EQ(second->counted.sum().lookups, 6u) << "one sample of them";
	EXPECT_EQ(second->counted.all_refused(), 4u);
}

TEST(recording_vma, every_counter_has_a_name)
{
	EXPECT_EQ(vma_number_names().size(), vma_number_count);
	const oriel_vma_counters counters = row(1, 1, "", 1).counters;
	EXPECT_EQ(to_numbers(counters), to_numbers(from_numbers(to_numbers(counters))));
	oriel_vma_counters sum{};
	add(sum, counters);
	add(sum, counters);
	for (std::size_t i = 0; i < vma_number_count; i++)
		EXPECT_EQ(to_numbers(sum)[i], 2 * (i + 1)) << vma_number_names()[i];
}

TEST(recording_vma, a_recording_of_something_else_has_none)
{
	scratch_dir dir;
	ASSERT_TRUE(recording_writer::create(dir / "r"));
	auto reader = recording_reader::open(dir / "r");
	const auto read = read_vma(*reader);
	ASSERT_TRUE(read);
	EXPECT_TRUE(read->counted.threads.empty());
}

} // namespace
} // namespace oriel::test
