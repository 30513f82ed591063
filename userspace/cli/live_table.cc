// SPDX-License-Identifier: GPL-2.0
#include "live_table.hpp"

#include "live_terminal.hpp"
#include "print_line.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <optional>
#include <unistd.h>

namespace oriel {
namespace {

using std::chrono::steady_clock;

// Names of processes may be anything.
std::string harmless(std::string text)
{
	std::replace_if(
		text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
	return text;
}

std::string fit(const std::string &text, const live_column &column)
{
	return column.is_text ? fmt::format("{:<{}}", text, column.width) : fmt::format("{:>{}}", text, column.width);
}

std::string line_of(const std::vector<live_column> &columns, const std::function<std::string(std::size_t)> &text)
{
	std::string line;
	for (std::size_t i = 0; i < columns.size(); i++)
		line += (i == 0 ? "" : " ") + fit(text(i), columns[i]);
	line.erase(line.find_last_not_of(' ') + 1);
	return line;
}

} // namespace

std::vector<std::string> layout(const std::vector<live_column> &columns, std::vector<std::vector<live_cell>> rows, std::size_t sort,
				bool reversed, std::size_t most)
{
	std::stable_sort(rows.begin(), rows.end(), [&](const auto &a, const auto &b) {
		const live_cell &first = (reversed ? b : a)[sort], &second = (reversed ? a : b)[sort];
		return columns[sort].is_text ? first.text < second.text : first.value > second.value;
	});
	std::vector<std::string> lines{line_of(columns, [&](std::size_t i) { return columns[i].title; })};
	for (const auto &row : rows) {
		if (lines.size() > most)
			break;
		lines.push_back(line_of(columns, [&](std::size_t i) { return harmless(row[i].text); }));
	}
	return lines;
}

result<live_table> live_table::make(std::vector<live_column> columns, live_options options)
{
	std::size_t sort = 0;
	while (sort < columns.size() && columns[sort].name != options.sort)
		sort++;
	if (sort < columns.size())
		return live_table(std::move(columns), std::move(options), sort);
	std::vector<std::string> names;
	for (const live_column &column : columns)
		names.push_back(column.name);
	return error{fmt::format("there is no column {} to sort by", options.sort), fmt::format("one of: {}", fmt::join(names, ", ")),
		     exit_code::usage};
}

std::string live_table::key_line() const
{
	std::string line = "q quit, r reverse; sort:";
	for (std::size_t i = 0; i < columns_.size(); i++)
		if (columns_[i].key != 0)
			line += fmt::format(" {}{} {}{}", i == sort_ ? "[" : "", columns_[i].key, columns_[i].name, i == sort_ ? "]" : "");
	return line;
}

void live_table::draw(const live_frame &frame) const
{
	const auto [height, width] = terminal_size();
	std::vector<std::string> lines;
	for (const std::string &line : frame.head)
		lines.push_back(harmless(line));
	if (has_keys_)
		lines.push_back(key_line());
	lines.emplace_back();
	const std::size_t around = lines.size() + frame.foot.size() + 2;
	for (std::string &line : layout(columns_, frame.rows, sort_, reversed_, height > around ? height - around : 1))
		lines.push_back(std::move(line));
	for (const std::string &line : frame.foot)
		lines.push_back(harmless(line));
	draw_screen(lines, height, width);
}

void live_table::show(const live_frame &frame) const
{
	if (options_.json)
		return print_json_line(frame.json);
	if (on_terminal_)
		return draw(frame);
	for (const std::string &line : frame.head)
		print_line(harmless(line));
	for (const std::string &line : layout(columns_, frame.rows, sort_, reversed_, options_.rows))
		print_line(line);
	for (const std::string &line : frame.foot)
		print_line(harmless(line));
	print_line("");
}

bool live_table::take_keys(bool &changed)
{
	char keys[64];
	const ssize_t count = ::read(STDIN_FILENO, keys, sizeof(keys));
	has_keys_ = count > 0; // else the terminal is gone
	for (ssize_t i = 0; i < count; i++) {
		if (keys[i] == 'q')
			return false;
		if (keys[i] == 'r')
			reversed_ = !reversed_;
		for (std::size_t column = 0; column < columns_.size(); column++)
			if (keys[i] == columns_[column].key)
				sort_ = column;
		changed = true;
	}
	return true;
}

result<std::monostate> live_table::run(supervisor &waiter, const std::function<result<live_frame>()> &next)
{
	on_terminal_ = !options_.json && ::isatty(STDOUT_FILENO) == 1;
	has_keys_ = on_terminal_ && ::isatty(STDIN_FILENO) == 1;
	std::optional<live_terminal> terminal;
	live_frame frame{{"the first numbers come in a moment"}, {}, {}, {}};
	if (on_terminal_) {
		terminal.emplace(has_keys_);
		draw(frame);
	}
	const auto interval = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(options_.interval_s));
	auto due = steady_clock::now() + interval;
	for (std::uint64_t shown = 0; !output_is_gone();) {
		const bool is_last = waiter.watched_has_ended();
		if (waiter.has_ended() && !is_last)
			break;
		const auto now = steady_clock::now();
		if (now < due && !is_last) {
			bool changed = false;
			waiter.wait(has_keys_ ? std::vector{STDIN_FILENO} : std::vector<int>{},
				    std::chrono::ceil<std::chrono::milliseconds>(due - now));
			if (has_keys_ && has_input(STDIN_FILENO) && !take_keys(changed))
				break;
			if (changed)
				draw(frame);
			continue;
		}
		auto fresh = next();
		if (!fresh)
			return fresh.failure();
		frame = std::move(*fresh);
		show(frame);
		if (++shown == options_.iterations || is_last)
			break;
		// Not so often that what was missed is made up for.
		due = std::max(due + interval, steady_clock::now());
	}
	return std::monostate{};
}

} // namespace oriel
