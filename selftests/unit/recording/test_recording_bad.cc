// SPDX-License-Identifier: GPL-2.0
#include "file_read.hpp"
#include "recording_vma.hpp"
#include "scratch.hpp"

#include <gtest/gtest.h>
#include <random>
#include <sqlite3.h>
#include <sys/stat.h>

namespace oriel::test {
namespace {

// A recording with a part, two samples and all that can stand in one.
std::string write_whole(const scratch_dir &dir)
{
	const std::string path = dir / "r";
	auto writer = recording_writer::create(path);
	EXPECT_TRUE(writer->set_facts({{"command", "make"}}));
	EXPECT_TRUE(writer->add_part(vma_recording_part()));
	EXPECT_TRUE(writer->set_programs(vma_recording_part(), {{"a", "fexit/a", true, "", 7}}, {"one"}));
	for (std::uint32_t sample = 1; sample <= 2; sample++) {
		vma_snapshot counted;
		for (std::uint32_t tid = 1; tid < 40; tid++) {
			oriel_vma_row row{};
			row.process = {tid, tid, tid};
			row.counters.lookups = sample;
			counted.threads.push_back(row);
		}
		counted.refused[0] = 3;
		EXPECT_TRUE(writer->begin_sample(sample, 5));
		EXPECT_TRUE(write_vma(*writer, counted, cgroup_tree{}));
		EXPECT_TRUE(writer->commit());
	}
	return path;
}

// Everything that show and report read.
result<std::monostate> read_whole(const std::string &path)
{
	auto reader = recording_reader::open(path);
	if (!reader)
		return reader.failure();
	const auto &part = vma_recording_part();
	const auto programs = reader->programs(part);
	const auto unseen = reader->unseen(part);
	const auto read = read_vma(*reader);
	if (!programs || !unseen || !read)
		return !programs ? programs.failure() : !unseen ? unseen.failure() : read.failure();
	return std::monostate{};
}

std::string refusal(const std::string &path)
{
	const auto read = read_whole(path);
	return read ? "" : read.failure().message.substr(path.size());
}

// Changes a recording behind its back.
void change(const std::string &path, const std::string &sql)
{
	sqlite3 *database = nullptr;
	ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
	char *why = nullptr;
	EXPECT_EQ(sqlite3_exec(database, ("PRAGMA ignore_check_constraints = ON; PRAGMA writable_schema = ON; " + sql).c_str(), nullptr,
			       nullptr, &why),
		  SQLITE_OK)
		<< why;
	sqlite3_free(why);
	sqlite3_close(database);
}

struct bad_change {
	const char *name;
	const char *sql;
	const char *said;
};

class changed_recording : public testing::TestWithParam<bad_change> {};

TEST_P(changed_recording, is_refused)
{
	scratch_dir dir;
	const std::string path = write_whole(dir);
	ASSERT_EQ(refusal(path), "");
	change(path, GetParam().sql);
	EXPECT_NE(refusal(path).find(GetParam().said), std::string::npos) << "said: " << refusal(path);
}

INSTANTIATE_TEST_SUITE_P(
	recording, changed_recording,
	testing::Values(
		bad_change{"version", "PRAGMA user_version = 2", " is a recording of version 2, and this oriel reads version 1"},
		bad_change{"application", "PRAGMA application_id = 0", ": it is no recording"},
		bad_change{"part_version", "UPDATE part SET version = 9", ": its part vma has version 9, and this oriel reads version 1"},
		bad_change{"no_table", "DROP TABLE loss", " is damaged: its table loss is not as this version has it"},
		bad_change{"no_table_of_a_part", "DROP TABLE vma", " is damaged: its table vma is not as this version has it"},
		bad_change{"other_columns", "DROP TABLE unseen; CREATE TABLE unseen(part, sentence)", "its table unseen is not as"},
		bad_change{"a_view", "DROP TABLE unseen; CREATE VIEW unseen AS SELECT name AS part, name AS sentence FROM program",
			   ": it is no recording"},
		bad_change{"a_trigger", "CREATE TRIGGER t AFTER INSERT ON fact BEGIN DELETE FROM word; END", ": it is no recording"},
		bad_change{"an_index", "CREATE INDEX i ON fact(value)", ": it is no recording"},
		bad_change{"a_virtual_table", "CREATE VIRTUAL TABLE v USING rtree(a, b, c)", ": it is no recording"},
		bad_change{"a_negative_number", "UPDATE vma SET faults = -1", " rows of its table vma hold what cannot be"},
		bad_change{"a_length_of_nothing", "UPDATE sample SET length_ns = 0",
			   " is damaged: 2 rows of its table sample hold what cannot be"},
		bad_change{"a_pid_too_large", "UPDATE vma SET tgid = 4294967296 + tgid", " rows of its table vma hold what cannot be"},
		bad_change{"a_text_as_number",
			   "UPDATE sqlite_schema SET sql = replace(sql, 'faults INTEGER', 'faults ANY') WHERE name = 'vma'",
			   "its table vma is not as"},
		bad_change{"no_such_sample", "DELETE FROM sample WHERE number = 1", " is damaged: 40 rows belong to no sample"},
		bad_change{"no_such_word", "DELETE FROM word", " is damaged: 78 rows of its table vma lack their command"}),
	[](const auto &info) { return info.param.name; });

// The type of a column is changed, filled, and changed back.
TEST(recording_bad, other_types_are_refused)
{
	scratch_dir dir;
	const std::string path = write_whole(dir);
	change(path, "UPDATE sqlite_schema SET sql = replace(sql, 'length_ns INTEGER NOT NULL', 'length_ns ANY')");
	change(path, "UPDATE sample SET length_ns = 'long'");
	change(path, "UPDATE sqlite_schema SET sql = replace(sql, 'length_ns ANY', 'length_ns INTEGER NOT NULL')");
	EXPECT_NE(refusal(path).find(" is damaged: "), std::string::npos) << refusal(path);
}

TEST(recording_bad, other_files_are_refused)
{
	scratch_dir dir;
	EXPECT_EQ(refusal(dir / "none"), ": No such file or directory");
	EXPECT_EQ(refusal(dir.write("empty", "")), ": it is no recording");
	EXPECT_EQ(refusal(dir.write("short", "SQLite format 3")), ": it is no recording");
	EXPECT_EQ(refusal(dir.write("text", std::string(10'000, 'x'))), ": it is no recording");
	EXPECT_FALSE(read_whole(dir.path()));
	EXPECT_EQ(refusal("/dev/null"), ": it is no recording");
	const std::string foreign = dir / "foreign";
	change(foreign, "CREATE TABLE fact(name)");
	EXPECT_EQ(refusal(foreign), ": it is no recording");
	EXPECT_FALSE(recording_writer::append(foreign)) << "nor is anything added to it";
	const std::string pipe = dir / "pipe";
	ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
	EXPECT_FALSE(read_whole(pipe)) << "and nobody waits for a pipe";
}

TEST(recording_bad, what_cannot_be_written_is_said)
{
	scratch_dir dir;
	for (const auto open : {recording_writer::create, recording_writer::append}) {
		EXPECT_EQ(open("/dev/full", {}).failure().message, "/dev/full is no regular file");
		EXPECT_EQ(open("/proc/r", {}).failure().message, "/proc/r cannot be written: No such file or directory");
		EXPECT_EQ(open(dir.path(), {}).failure().message, dir.path().string() + " cannot be written: Is a directory");
	}
}

// Wherever it is cut off: an error, or, behind all that is read, none.
TEST(recording_bad, a_file_that_is_cut_off_is_refused)
{
	scratch_dir dir;
	const auto whole = read_file(write_whole(dir), 1 << 20);
	ASSERT_TRUE(whole);
	for (std::size_t size = 0; size < whole->size(); size += 509)
		EXPECT_FALSE(read_whole(dir.write("cut", byte_view(*whole).first(size)))) << size;
}

// A flipped bit in a text or a number may make another one; nothing else may come of it.
TEST(recording_bad, flipped_bits_never_crash)
{
	scratch_dir dir;
	const auto whole = read_file(write_whole(dir), 1 << 20);
	ASSERT_TRUE(whole);
	std::mt19937 random(1); // NOLINT: the same ones each time
	int refused = 0;
	for (int round = 0; round < 1500; round++) {
		bytes flipped = *whole;
		for (int i = 0; i < 1 + round % 4; i++) {
			// The header and the first bytes of pages more often: there everything is decided.
			const std::size_t place =
				random() % 2 ? random() % flipped.size() : random() % (flipped.size() / 4096) * 4096 + random() % 120;
			flipped[place] ^= static_cast<std::byte>(1 << random() % 8);
		}
		refused += !read_whole(dir.write("flipped", flipped));
	}
	EXPECT_GT(refused, 300);
}

} // namespace
} // namespace oriel::test
