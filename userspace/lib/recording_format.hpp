// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace oriel {

constexpr std::uint64_t recording_application = 0x4f72696c; // "Oril": what file(1) and others find in the header
constexpr std::uint64_t recording_version = 1;

// What to tell who names a file that is none.
constexpr const char *how_to_record = "make one: oriel vma record -o FILE, or oriel lock record -o FILE";

// What every recording has. `used` of a word is the newest sample that holds it.
constexpr const char *recording_tables = R"(CREATE TABLE fact(name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE part(name TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL) STRICT;
CREATE TABLE program(part TEXT NOT NULL, name TEXT NOT NULL, hook TEXT NOT NULL, attached INTEGER NOT NULL, reason TEXT NOT NULL,
	misses INTEGER NOT NULL CHECK(misses >= 0), PRIMARY KEY(part, name)) STRICT;
CREATE TABLE unseen(part TEXT NOT NULL, sentence TEXT NOT NULL) STRICT;
CREATE TABLE sample(number INTEGER PRIMARY KEY CHECK(number > 0), begin_ns INTEGER NOT NULL CHECK(begin_ns >= 0),
	length_ns INTEGER NOT NULL CHECK(length_ns > 0)) STRICT;
CREATE TABLE word(number INTEGER PRIMARY KEY CHECK(number > 0), text TEXT NOT NULL UNIQUE, used INTEGER NOT NULL) STRICT;
CREATE TABLE loss(sample INTEGER NOT NULL REFERENCES sample(number) ON DELETE CASCADE, part TEXT NOT NULL, reason TEXT NOT NULL,
	count INTEGER NOT NULL CHECK(count >= 0), PRIMARY KEY(sample, part, reason)) STRICT, WITHOUT ROWID;
)";

// CREATE TABLE statements by the names of the tables, each without its ";".
std::map<std::string, std::string> tables_in(const char *statements);

// What stands in CHECK(...) of one of them.
std::vector<std::string> checks_in(const std::string &statement);

} // namespace oriel
