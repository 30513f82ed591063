// SPDX-License-Identifier: GPL-2.0
#include "recording.hpp"
#include "scratch.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace oriel::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t second = 1'000'000'000;
const recording_part notes{"note", 3, R"(CREATE TABLE note(sample INTEGER NOT NULL REFERENCES sample(number) ON DELETE CASCADE,
	text INTEGER NOT NULL, number INTEGER NOT NULL CHECK(number >= 0)) STRICT;
)"};

void write_sample(recording_writer &writer, const std::string &text, int rows = 1, std::uint64_t begin_ns = second)
{
	ASSERT_TRUE(writer.begin_sample(begin_ns, 10 * second));
	auto add = writer.prepare("INSERT INTO note VALUES(?, ?, ?)");
	ASSERT_TRUE(add);
	for (int i = 0; i < rows; i++)
		ASSERT_TRUE(add->run(writer.sample(), *writer.word(text), static_cast<std::uint64_t>(i)));
	ASSERT_TRUE(writer.commit());
}

std::vector<std::string> texts_in(const std::string &path)
{
	std::vector<std::string> texts;
	auto reader = recording_reader::open(path);
	EXPECT_TRUE(reader) << reader.failure().message;
	auto rows = reader->prepare("SELECT word.text FROM note JOIN word ON word.number = note.text ORDER BY note.sample");
	EXPECT_TRUE(rows->each([&] { texts.push_back(rows->text(0)); }));
	return texts;
}

TEST(recording, holds_what_was_written)
{
	scratch_dir dir;
	auto writer = recording_writer::create(dir / "r");
	ASSERT_TRUE(writer) << writer.failure().message;
	ASSERT_TRUE(writer->set_facts({{"command", "make"}, {"kernel", "6.1"}}));
	ASSERT_TRUE(writer->set_facts({{"kernel", "6.12"}}));
	ASSERT_TRUE(writer->add_part(notes));
	ASSERT_TRUE(writer->set_programs(notes, {{"old", "", true, "", 1}}, {"old"}));
	ASSERT_TRUE(writer->set_programs(notes, {{"b", "fexit/b", false, "why", 0}, {"a", "fexit/a", true, "", 7}}, {"one", "two"}));
	write_sample(*writer, "x");
	ASSERT_TRUE(writer->begin_sample(3 * second, 0));
	ASSERT_TRUE(writer->add_loss(notes, "full", 2));
	ASSERT_TRUE(writer->add_loss(notes, "full", 3));
	ASSERT_TRUE(writer->commit());

	auto reader = recording_reader::open(dir / "r");
	ASSERT_TRUE(reader) << reader.failure().message;
	EXPECT_EQ(reader->facts(), (recording_facts{{"command", "make"}, {"kernel", "6.12"}}));
	ASSERT_EQ(reader->samples().size(), 2u);
	EXPECT_EQ(reader->samples()[0].begin_ns, second);
	EXPECT_EQ(reader->length(), 10s + 1ns) << "a sample is never without length, as rates are by it";
	EXPECT_TRUE(*reader->has(notes));
	const auto programs = reader->programs(notes);
	ASSERT_EQ(programs->size(), 2u);
	EXPECT_EQ((*programs)[0].name + (*programs)[0].reason, "bwhy") << "in their order";
	EXPECT_EQ((*programs)[1].misses, 7u);
	EXPECT_EQ(*reader->unseen(notes), (std::vector<std::string>{"one", "two"}));
	EXPECT_EQ(*reader->losses(notes), (std::map<std::string, std::uint64_t>{{"full", 5}}));
	EXPECT_TRUE(reader->losses(notes, 1, 1)->empty()) << "of other samples only";
	EXPECT_TRUE(reader->check_words("note", "text"));
	EXPECT_FALSE(*reader->has({"other", 1, ""}));
}

TEST(recording, can_be_read_from_its_end)
{
	scratch_dir dir;
	auto writer = recording_writer::create(dir / "r");
	ASSERT_TRUE(writer->add_part(notes));
	for (int i = 0; i < 5; i++)
		write_sample(*writer, "x"); // of ten seconds
	ASSERT_TRUE(writer->begin_sample(second, 0));
	ASSERT_TRUE(writer->add_loss(notes, "full", 2));
	ASSERT_TRUE(writer->commit());
	auto reader = recording_reader::open(dir / "r");
	EXPECT_EQ(reader->oldest_from(0), 1u);
	reader->keep_last(1000s);
	EXPECT_EQ(reader->samples().size(), 6u) << "there is not more";
	reader->keep_last(20s);
	EXPECT_EQ(reader->samples().size(), 3u) << "at least so long";
	EXPECT_EQ(reader->length(), 20s + 1ns);
	EXPECT_EQ(reader->oldest_from(0), 4u);
	EXPECT_EQ(reader->oldest_from(5), 5u);
	EXPECT_EQ(reader->losses(notes)->at("full"), 2u);
	EXPECT_TRUE(reader->losses(notes, 1, 5)->empty());
	reader->keep_last(0s);
	EXPECT_EQ(reader->samples().size(), 1u) << "the newest is always there";
}

TEST(recording, goes_on_where_it_was)
{
	scratch_dir dir;
	for (const char *text : {"first", "second"}) {
		auto writer = recording_writer::append(dir / "r");
		ASSERT_TRUE(writer) << writer.failure().message;
		ASSERT_TRUE(writer->add_part(notes));
		write_sample(*writer, text);
	}
	EXPECT_EQ(texts_in(dir / "r"), (std::vector<std::string>{"first", "second"}));
	auto writer = recording_writer::append(dir / "r");
	const auto added = writer->add_part({"note", 4, ""});
	ASSERT_FALSE(added);
	EXPECT_EQ(added.failure().message, "its part note has version 3, and this oriel writes version 4");
}

TEST(recording, overwrites_what_had_its_name)
{
	scratch_dir dir;
	dir.write("r", "something else");
	dir.write("r-journal", "and what a crash left behind");
	EXPECT_TRUE(recording_writer::create(dir / "r"));
	EXPECT_TRUE(recording_reader::open(dir / "r"));
}

TEST(recording, a_sample_is_whole_or_not_there)
{
	scratch_dir dir;
	auto writer = recording_writer::create(dir / "r");
	ASSERT_TRUE(writer->add_part(notes));
	write_sample(*writer, "kept");
	ASSERT_TRUE(writer->begin_sample(second, second));
	EXPECT_FALSE(writer->begin_sample(second, second)) << "one at a time";
	ASSERT_TRUE(writer->word("lost"));
	auto add = writer->prepare("INSERT INTO note VALUES(?, ?, ?)");
	EXPECT_FALSE(add->run(writer->sample(), "no number", 1)) << "a text where a number belongs";
	writer->drop_sample();
	EXPECT_EQ(texts_in(dir / "r"), std::vector<std::string>{"kept"});
	write_sample(*writer, "after");
	EXPECT_EQ(texts_in(dir / "r"), (std::vector<std::string>{"kept", "after"}));
}

TEST(recording, survives_a_writer_that_is_killed)
{
	scratch_dir dir;
	const std::string path = dir / "r";
	const pid_t child = ::fork();
	if (child == 0) {
		auto writer = recording_writer::create(path);
		static_cast<void>(writer->add_part(notes));
		write_sample(*writer, "kept");
		static_cast<void>(writer->begin_sample(second, second));
		auto add = writer->prepare("INSERT INTO note VALUES(?, ?, ?)");
		for (std::uint64_t i = 0; i < 30'000; i++) // more than is kept in memory: the file is in the middle of a change
			static_cast<void>(add->run(writer->sample(), *writer->word(std::to_string(i)), i));
		::_exit(0);
	}
	::waitpid(child, nullptr, 0);
	EXPECT_TRUE(std::filesystem::exists(path + "-journal")) << "else it was not in the middle";
	auto writer = recording_writer::append(path);
	ASSERT_TRUE(writer) << writer.failure().message;
	EXPECT_EQ(texts_in(path), std::vector<std::string>{"kept"});
}

TEST(recording, forgets_by_the_lengths_of_samples_and_not_by_a_clock_that_is_set)
{
	scratch_dir dir;
	auto writer = recording_writer::create(dir / "r", {30s, 0});
	ASSERT_TRUE(writer->add_part(notes));
	for (std::uint64_t i = 1; i <= 9; i++)
		write_sample(*writer, std::to_string(i), 1, (i % 2 ? 100 - i : 100'000 + i) * second);
	EXPECT_EQ(texts_in(dir / "r"), (std::vector<std::string>{"7", "8", "9"}));
	auto reader = recording_reader::open(dir / "r");
	auto words = reader->prepare("SELECT text FROM word");
	std::size_t count = 0;
	ASSERT_TRUE(words->each([&] { count++; }));
	EXPECT_EQ(count, 3u) << "and the words of those that are gone";
}

TEST(recording, stays_below_its_size)
{
	scratch_dir dir;
	constexpr std::uint64_t most = 1 << 20;
	auto writer = recording_writer::create(dir / "r", {0s, most});
	ASSERT_TRUE(writer->add_part(notes));
	for (int i = 0; i < 100; i++) {
		write_sample(*writer, std::string(1000, 'x') + std::to_string(i), 3000);
		ASSERT_LE(std::filesystem::file_size(dir / "r"), most);
	}
	auto reader = recording_reader::open(dir / "r");
	ASSERT_TRUE(reader);
	EXPECT_GE(reader->samples().size(), 10u) << "and uses it";
	EXPECT_EQ(reader->samples().back().number, 100u);
}

TEST(recording, is_read_as_it_was_when_it_was_opened)
{
	scratch_dir dir;
	auto writer = recording_writer::create(dir / "r");
	ASSERT_TRUE(writer->add_part(notes));
	write_sample(*writer, "first");
	EXPECT_EQ(texts_in(dir / "r"), std::vector<std::string>{"first"}) << "beside its writer";
	write_sample(*writer, "second");
	EXPECT_EQ(texts_in(dir / "r").size(), 2u);
}

} // namespace
} // namespace oriel::test
