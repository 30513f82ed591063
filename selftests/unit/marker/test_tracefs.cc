// SPDX-License-Identifier: GPL-2.0
#include "file_read.hpp"
#include "scratch.hpp"
#include "tracefs.hpp"

#include <fstream>
#include <gtest/gtest.h>

namespace oriel::test {
namespace {

namespace fs = std::filesystem;

TEST(tracefs, buffer_statistics_are_read)
{
	const auto counts = parse_buffer_stats(
		"entries: 12\noverrun: 345\ncommit overrun: 6\nbytes: 7\noldest event ts: 1.0\ndropped events: 8\nread events: 9\n");
	EXPECT_EQ(counts.overrun, 345u);
	EXPECT_EQ(counts.commit_overrun, 6u);
	EXPECT_EQ(counts.dropped, 8u);
	EXPECT_EQ(counts.lost(), 359u);
	EXPECT_EQ(parse_buffer_stats("commit overrun: 6\n").overrun, 0u) << "the end of another word";
	EXPECT_EQ(parse_buffer_stats("overrun: x\n").lost(), 0u);
	EXPECT_EQ(parse_buffer_stats("").lost(), 0u);
}

TEST(tracefs, a_control_file_is_written_whole)
{
	const scratch_dir dir;
	const fs::path file = dir.path() / "filter";
	std::ofstream(file) << "something longer";
	ASSERT_TRUE(write_control(file, "0"));
	EXPECT_EQ(read_text(file), "0");
	const auto failed = write_control(dir.path() / "none" / "enable", "1");
	ASSERT_FALSE(failed);
	EXPECT_NE(failed.failure().message.find("none/enable: No such file"), std::string::npos);
}

TEST(tracefs, only_what_killed_recorders_left_is_removed)
{
	const scratch_dir dir;
	const fs::path instances = dir.path() / "instances";
	const std::string alive = "oriel-" + std::to_string(::getpid());
	for (const std::string &name :
	     {std::string("oriel-999999999"), std::string("oriel-mine"), std::string("oriel-"), std::string("other"), alive})
		fs::create_directories(instances / name);
	EXPECT_EQ(remove_stale_instances(dir.path()), 1u);
	EXPECT_FALSE(fs::exists(instances / "oriel-999999999"));
	EXPECT_TRUE(fs::exists(instances / "other"));
	EXPECT_TRUE(fs::exists(instances / alive));
	EXPECT_TRUE(fs::exists(instances / "oriel-mine"));
	EXPECT_EQ(all_instances(dir.path()).size(), 5u) << "and the top level";
}

} // namespace
} // namespace oriel::test
