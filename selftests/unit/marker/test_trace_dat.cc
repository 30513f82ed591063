// SPDX-License-Identifier: GPL-2.0
#include "file_read.hpp"
#include "scratch.hpp"
#include "trace_dat.hpp"

#include <cstring>
#include <gtest/gtest.h>

namespace oriel::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t page_bytes = 4096;

trace_dat_head some_head()
{
	return {"header page\n", "header event\n",   {{"om", "one"}, {"sys", "two"}, {"om", "three"}}, "", "1 init\n", "[mono]",
		"Linux",         {{0, "entries: 0"}}};
}

std::uint64_t word_at(const std::string &text, std::size_t at)
{
	std::uint64_t value = 0;
	std::memcpy(&value, text.data() + at, sizeof(value));
	return value;
}

TEST(trace_dat, begins_as_the_format_wants)
{
	const std::string head = encode_head(some_head(), {0, 0}, page_bytes);
	EXPECT_EQ(head.substr(0, 12), std::string("\x17\x08\x44tracing6\0", 12));
	EXPECT_EQ(head.substr(12, 2), std::string("\0\x08", 2));
	EXPECT_EQ(head.substr(14, 4), std::string("\0\x10\0\0", 4));
	EXPECT_EQ(head.substr(18, 12), std::string("header_page\0", 12));
	EXPECT_EQ(word_at(head, 30), 12u);
}

TEST(trace_dat, formats_stand_by_system)
{
	const std::string head = encode_head(some_head(), {}, page_bytes);
	const std::string two_of_om("om\0\2\0\0\0\3\0\0\0\0\0\0\0one\5\0\0\0\0\0\0\0three", 31);
	EXPECT_NE(head.find(two_of_om), std::string::npos);
}

TEST(trace_dat, data_begins_at_pages)
{
	EXPECT_EQ(data_offsets(1, {5, 0, 4096, 1}, 4096), (std::vector<std::uint64_t>{4096, 8192, 8192, 12288}));
	EXPECT_EQ(data_offsets(4096, {1}, 4096), (std::vector<std::uint64_t>{4096}));
	const std::string head = encode_head(some_head(), {8192, 4096}, page_bytes);
	const std::size_t index = head.size() - 32;
	EXPECT_EQ(head.substr(index - 10, 10), std::string("flyrecord\0", 10));
	EXPECT_EQ(word_at(head, index), 4096u);
	EXPECT_EQ(word_at(head, index + 8), 8192u);
	EXPECT_EQ(word_at(head, index + 16), 4096u + 8192u);
	EXPECT_EQ(word_at(head, index + 24), 4096u);
}

TEST(trace_dat, holds_the_pages_of_each_processor)
{
	const scratch_dir dir;
	const fs::path file = dir.path() / "trace.dat";
	{
		auto writer = trace_dat_writer::create(file, page_bytes);
		ASSERT_TRUE(writer);
		ASSERT_TRUE(writer->add_page(2, bytes(page_bytes, std::byte{2})));
		ASSERT_TRUE(writer->add_page(0, bytes(page_bytes, std::byte{1})));
		ASSERT_TRUE(writer->add_page(2, bytes(page_bytes, std::byte{3})));
		EXPECT_TRUE(fs::exists(file.string() + ".cpu2"));
		ASSERT_TRUE(writer->finish(some_head(), 4));
	}
	const auto content = read_file(file, 1 << 20);
	ASSERT_TRUE(content);
	ASSERT_EQ(content->size(), 4 * page_bytes);
	EXPECT_EQ((*content)[page_bytes], std::byte{1});
	EXPECT_EQ((*content)[2 * page_bytes], std::byte{2});
	EXPECT_EQ((*content)[3 * page_bytes], std::byte{3});
	EXPECT_EQ(std::distance(fs::directory_iterator(dir.path()), fs::directory_iterator()), 1) << "the spools are removed";
}

TEST(trace_dat, unfinished_leaves_nothing)
{
	const scratch_dir dir;
	{
		auto writer = trace_dat_writer::create(dir.path() / "trace.dat", page_bytes);
		ASSERT_TRUE(writer);
		ASSERT_TRUE(writer->add_page(0, bytes(page_bytes)));
	}
	EXPECT_TRUE(fs::is_empty(dir.path()));
}

TEST(trace_dat, names_a_file_that_cannot_be_written)
{
	const auto writer = trace_dat_writer::create("/nonesuch/trace.dat", page_bytes);
	ASSERT_FALSE(writer);
	EXPECT_EQ(writer.failure().message, "/nonesuch/trace.dat: No such file or directory");
}

} // namespace
} // namespace oriel::test
