// SPDX-License-Identifier: GPL-2.0
#include "recording_module.hpp"
#include "scratch.hpp"
#include "sqlite.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

module_states two_of(std::uint64_t loaded)
{
	return {loaded,
		{{"odd", "?", 0, liveness::unknown, severity::unknown, "nobody knows"},
		 {"ticker", "FE", 3, liveness::dropped, severity::bad, "the kernel dropped its trace event"}}};
}

recording_writer writer_with_part(const std::string &path)
{
	auto writer = recording_writer::create(path);
	EXPECT_TRUE(writer && writer->add_part(module_recording_part()));
	return std::move(*writer);
}

result<std::optional<module_states>> read(const std::string &path)
{
	auto reader = recording_reader::open(path);
	if (!reader)
		return reader.failure();
	return read_modules(*reader);
}

TEST(recording_module, holds_what_was_there_last)
{
	scratch_dir dir;
	auto writer = writer_with_part(dir / "r");
	EXPECT_FALSE(read(dir / "r")->has_value()) << "nothing was written yet";
	ASSERT_TRUE(write_modules(writer, {7, {}}));
	EXPECT_TRUE((*read(dir / "r"))->told.empty());
	ASSERT_TRUE(writer.begin_sample(1, 1));
	ASSERT_TRUE(write_modules(writer, two_of(9)));
	writer.drop_sample();
	EXPECT_EQ((*read(dir / "r"))->loaded, 7u) << "it goes with the sample";
	ASSERT_TRUE(writer.begin_sample(1, 1));
	ASSERT_TRUE(write_modules(writer, two_of(100)));
	ASSERT_TRUE(writer.commit());
	const auto seen = read(dir / "r");
	ASSERT_TRUE(seen && *seen);
	EXPECT_EQ((*seen)->loaded, 100u);
	EXPECT_EQ((*seen)->told, two_of(100).told);
}

TEST(recording_module, is_not_in_older_recordings)
{
	scratch_dir dir;
	ASSERT_TRUE(recording_writer::create(dir / "r"));
	const auto none = read(dir / "r");
	ASSERT_TRUE(none);
	EXPECT_FALSE(none->has_value());
}

TEST(recording_module, of_states_that_repeat_a_name_nothing_is_written)
{
	scratch_dir dir;
	auto writer = writer_with_part(dir / "r");
	module_states twice = two_of(2);
	twice.told[1].name = twice.told[0].name;
	EXPECT_FALSE(write_modules(writer, twice));
	EXPECT_FALSE(read(dir / "r")->has_value());
}

TEST(recording_module, refuses_what_cannot_be)
{
	for (const char *damage : {"UPDATE module SET tracing = 5", "UPDATE module SET verdict = -1", "UPDATE module SET events = -1",
				   "UPDATE module_count SET loaded = -1", "UPDATE module_count SET row = 2", "DROP TABLE module_count",
				   "UPDATE part SET version = 2", "DROP TABLE module; CREATE TABLE module(name)"}) {
		scratch_dir dir;
		{
			auto writer = writer_with_part(dir / "r");
			ASSERT_TRUE(write_modules(writer, two_of(2)));
		}
		{
			auto database = sqlite_database::open(dir / "r", sqlite_database::access::write);
			ASSERT_TRUE(database && database->run("PRAGMA ignore_check_constraints = ON"));
			ASSERT_TRUE(database->run(damage)) << damage;
		}
		EXPECT_FALSE(read(dir / "r")) << damage;
	}
}

} // namespace
} // namespace oriel::test
