// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"
#include "supervisor.hpp"

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace oriel {

struct live_column {
	std::string name;  // for --sort
	std::string title; // above the column
	char key = 0;      // sorts by it on a terminal; not 'q' and not 'r'; 0: nothing does
	bool is_text = false;
	int width = 10;
};

struct live_cell {
	std::string text; // printed as it is, without what a terminal would take for a command
	double value = 0; // sorted by, largest first; texts are sorted by themselves
};

// What is shown until the next one comes.
struct live_frame {
	std::vector<std::string> head; // lines above the table
	std::vector<std::vector<live_cell>> rows;
	std::vector<std::string> foot;
	nlohmann::ordered_json json; // instead of all that, where JSON is asked for
};

struct live_options {
	double interval_s = 2;
	std::uint64_t iterations = 0; // 0: until asked to end
	std::string sort;             // a column's name
	bool json = false;
	std::size_t rows = 20; // at most, where stdout is no terminal
};

// Lines of a table: title first, rows sorted by column `sort`, at most `most` of them.
std::vector<std::string> layout(const std::vector<live_column> &columns, std::vector<std::vector<live_cell>> rows, std::size_t sort,
				bool reversed, std::size_t most);

// A table that is shown again and again: on a terminal in place, with keys to sort and to end; else one below the other, or as lines of JSON.
// The terminal is as it was when run() returns, and signals that ask to end make it return.
class live_table {
public:
	// Fails with usage if there is no column to sort by that is called so.
	static result<live_table> make(std::vector<live_column> columns, live_options options);

	// Asks `next` for what to show, first after one interval; returns when it is to end, or what `next` failed with. The
	// last table, if a watched process has ended, is of the time until then.
	result<std::monostate> run(supervisor &waiter, const std::function<result<live_frame>()> &next);

private:
	live_table(std::vector<live_column> columns, live_options options, std::size_t sort)
	    : columns_(std::move(columns)), options_(std::move(options)), sort_(sort)
	{
	}
	void show(const live_frame &frame) const;
	void draw(const live_frame &frame) const;
	std::string key_line() const;
	bool take_keys(bool &changed); // false: to end

	std::vector<live_column> columns_;
	live_options options_;
	std::size_t sort_;
	bool reversed_ = false;
	bool on_terminal_ = false;
	bool has_keys_ = false;
};

} // namespace oriel
