// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "program_state.hpp"
#include "sqlite.hpp"

#include <chrono>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

// A recording is a file, an SQLite database, of what was measured on one machine: facts, what became of the BPF programs, and samples. A
// sample is a stretch of time; what was measured in it lies in the tables of parts ("vma", "lock"), one file of this library each
// (recording_vma.hpp), which say what their rows hold.
namespace oriel {

using recording_facts = std::map<std::string, std::string>;

// "machine", "processors", "kernel", "oriel"; the caller adds "began_by" ("oriel vma record", "orield"), "command" and what it likes.
recording_facts facts_of_this_machine();

// The tables of a part. A change of them is another version, which others refuse.
struct recording_part {
	const char *name;
	std::uint64_t version;
	// CREATE TABLE statements, each ending with ";\n". Tables are STRICT, checks keep out what the reader cannot use, and a row belongs to
	// a sample: sample INTEGER NOT NULL REFERENCES sample(number) ON DELETE CASCADE; or else to the whole recording, and is replaced.
	const char *tables;
};

struct recording_sample {
	std::uint64_t number;
	std::uint64_t begin_ns;  // CLOCK_REALTIME: clocks are set, so it may lie before the sample before
	std::uint64_t length_ns; // CLOCK_MONOTONIC
};

// How much of a recording that never ends is kept; the newest sample always is.
struct recording_limits {
	std::chrono::nanoseconds time{0}; // 0: all
	std::uint64_t bytes = 0;          // 0: as many as it takes
};

// Writes a recording. What was committed survives a crash. Not for several threads; others may read meanwhile.
class recording_writer {
public:
	// A new file; what had that name is overwritten.
	static result<recording_writer> create(const std::string &path, const recording_limits &limits = {});
	// Goes on with a recording, or begins one where there is none. Waits for readers half a second; a recording of create(), 5 s.
	static result<recording_writer> append(const std::string &path, const recording_limits &limits = {});

	result<std::monostate> set_facts(const recording_facts &facts);
	// Creates the tables of a part that is not there yet.
	result<std::monostate> add_part(const recording_part &part);
	// Instead of what was set before: how the programs fare, and what they do not see. Also within a sample.
	result<std::monostate> set_programs(const recording_part &part, const std::vector<program_state> &programs,
					    const std::vector<std::string> &unseen);

	// What `write` does is one transaction, or belongs to the sample that is being written.
	result<std::monostate> change(const std::function<result<std::monostate>()> &write);

	// From begin_sample() to commit() everything is one transaction. After any failure: drop_sample(), and the file is as before.
	result<recording_sample> begin_sample(std::uint64_t begin_ns, std::uint64_t length_ns);
	result<std::monostate> commit();
	void drop_sample();

	// Within a sample.
	// The number of a text that comes again and again. It is forgotten when the last sample that used it goes.
	result<std::uint64_t> word(std::string_view text);
	// Counts what was left out, by reason.
	result<std::monostate> add_loss(const recording_part &part, const std::string &reason, std::uint64_t count);
	result<sqlite_statement> prepare(const std::string &sql) { return database_.prepare(sql); }
	std::uint64_t sample() const { return sample_; }

private:
	recording_writer(sqlite_database database, const recording_limits &limits) : database_(std::move(database)), limits_(limits) {}
	static result<recording_writer> begin(const std::string &path, const recording_limits &limits, bool is_new);
	result<std::uint64_t> used_bytes();
	result<std::monostate> make_room();
	result<std::monostate> forget_the_old();

	sqlite_database database_;
	recording_limits limits_;
	std::uint64_t sample_ = 0;                                // that is being written; 0: none
	std::uint64_t used_before_ = 0;                           // bytes, at its begin
	std::uint64_t largest_sample_ = 0;                        // bytes
	std::map<std::string, std::uint64_t, std::less<>> words_; // of this sample
};

// Reads a recording, as it was when it was opened. Everything in it was checked by then: that it is one, of this version, not damaged, and
// that each row holds what its table says. It need not be true.
class recording_reader {
public:
	static result<recording_reader> open(const std::string &path);

	const std::string &path() const { return path_; }
	const recording_facts &facts() const { return facts_; }
	// In the order in which they were written.
	const std::vector<recording_sample> &samples() const { return samples_; }
	std::chrono::nanoseconds length() const; // of all samples
	// From now on there are only the last samples, as many as together last that long; the newest always is.
	void keep_last(std::chrono::nanoseconds time);
	// The number of the oldest sample that there is, if that is not below `first`.
	std::uint64_t oldest_from(std::uint64_t first) const;

	// Whether it has that part; a part of another version, or with other tables, is an error.
	result<bool> has(const recording_part &part);
	result<std::vector<program_state>> programs(const recording_part &part);
	result<std::vector<std::string>> unseen(const recording_part &part);
	// What was left out in the samples with these numbers, by reason.
	result<std::map<std::string, std::uint64_t>> losses(const recording_part &part, std::uint64_t first = 0,
							    std::uint64_t last = std::numeric_limits<std::int64_t>::max());

	// SELECT only. A word is joined as `JOIN word ON word.number = ...`, so that rows with a number that is none are not seen; that there are
	// none, check_words() finds out.
	result<sqlite_statement> prepare(const std::string &sql) { return database_.prepare(sql); }
	result<std::monostate> check_words(const std::string &table, const std::string &column);

private:
	explicit recording_reader(sqlite_database database, std::string path) : database_(std::move(database)), path_(std::move(path)) {}
	result<std::monostate> check_file();
	result<std::monostate> check_tables(const char *tables);
	result<std::monostate> check_rows(const std::string &table, const std::vector<std::string> &checks);
	result<std::monostate> read_all();

	sqlite_database database_;
	std::string path_;
	recording_facts facts_;
	std::vector<recording_sample> samples_;
};

} // namespace oriel
