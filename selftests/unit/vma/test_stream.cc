// SPDX-License-Identifier: GPL-2.0
#include "file_read.hpp"
#include "scratch.hpp"
#include "vma_stream.hpp"

#include <cstring>
#include <gtest/gtest.h>

namespace oriel::test {
namespace {

struct streams : testing::Test {
	streams()
	{
		auto writer = vma_stream_writer::create(path);
		EXPECT_TRUE(writer);
		for (std::uint64_t i = 0; i < 3; i++) {
			oriel_vma_record record{};
			record.address = i;
			writer->add(record);
		}
		EXPECT_TRUE(writer->finish());
		content = *read_file(path, 4096);
	}
	result<std::monostate> read()
	{
		seen.clear();
		return read_vma_stream(content, [this](const oriel_vma_record &record) { seen.push_back(record.address); });
	}

	scratch_dir dir;
	std::string path = (dir / "stream").string();
	bytes content;
	std::vector<std::uint64_t> seen;
};

TEST_F(streams, are_read_as_they_were_written)
{
	EXPECT_TRUE(read());
	EXPECT_EQ(seen, (std::vector<std::uint64_t>{0, 1, 2}));
}

TEST_F(streams, that_are_cut_off_give_what_is_whole)
{
	content.pop_back();
	const auto status = read();
	ASSERT_FALSE(status);
	EXPECT_EQ(status.failure().message, "it is cut off behind record 2");
	EXPECT_EQ(seen.size(), 2u);
}

TEST_F(streams, of_another_version_are_refused_by_naming_both)
{
	const std::uint32_t newer = 7;
	std::memcpy(content.data() + 8, &newer, sizeof(newer));
	const auto status = read();
	ASSERT_FALSE(status);
	EXPECT_EQ(status.failure().message, "it is a stream of version 7, and this oriel reads version 1");
	EXPECT_TRUE(seen.empty());
}

TEST_F(streams, that_are_none_are_refused)
{
	content[0] = std::byte{'x'};
	EXPECT_FALSE(read());
	content.clear();
	EXPECT_FALSE(read());
}

TEST(stream_writer, says_that_the_disk_is_full)
{
	auto writer = vma_stream_writer::create("/dev/full");
	ASSERT_TRUE(writer);
	for (int i = 0; i < 1000; i++)
		writer->add({});
	const auto status = writer->finish();
	ASSERT_FALSE(status);
	EXPECT_EQ(vma_stream_writer::create("/nowhere/stream").failure().message,
		  "/nowhere/stream cannot be written: No such file or directory");
}

} // namespace
} // namespace oriel::test
