// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"
#include "error.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace oriel {

// A prepared statement. Parameters and columns are numbered by what the statement says, from 0. Lives no longer than its database.
class sqlite_statement {
public:
	// Binding cannot fail but for want of memory, which next() tells.
	void bind(int parameter, std::uint64_t value); // no more than 2^63 - 1 is kept
	void bind(int parameter, std::string_view text);
	void bind(int parameter, byte_view blob);

	// Binds all from the first on, runs to the end, and can be run again.
	template <class... Values>
	result<std::monostate> run(const Values &...values)
	{
		int parameter = 0;
		(bind(parameter++, values), ...);
		return each([] {});
	}

	// To the next row; false behind the last one, and then it can be run again.
	result<bool> next();
	// Visits all rows; what is visited reads the columns.
	template <class Visit>
	result<std::monostate> each(const Visit &visit)
	{
		for (;;) {
			const auto row = next();
			if (!row)
				return row.failure();
			if (!*row)
				return std::monostate{};
			visit();
		}
	}
	// Of the row: 0 or nothing where it is NULL or of another type.
	std::uint64_t number(int column) const; // 0 for a negative one
	std::string text(int column) const;
	byte_view blob(int column) const; // until next()
	bool is_null(int column) const;

private:
	friend class sqlite_database;
	struct finalize {
		void operator()(sqlite3_stmt *statement) const;
	};

	std::unique_ptr<sqlite3_stmt, finalize> statement_;
};

// A database file. Errors name the file and what to do.
class sqlite_database {
public:
	enum class access { read, write };
	// The file must be there; an empty one is an empty database. Nothing in a file that is read is trusted: views, triggers and functions
	// in its schema do nothing.
	static result<sqlite_database> open(const std::string &path, access wanted);

	// For others that read or write: 5 s unless told.
	void set_patience(std::chrono::milliseconds time);

	result<std::monostate> run(const std::string &sql);
	result<sqlite_statement> prepare(const std::string &sql);
	// The first column of the first row; 0 without one.
	result<std::uint64_t> number(const std::string &sql);

private:
	struct close {
		void operator()(sqlite3 *database) const;
	};
	std::unique_ptr<sqlite3, close> database_;
};

} // namespace oriel
