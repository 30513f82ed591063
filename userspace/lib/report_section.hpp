// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "module_state.hpp"
#include "report_source.hpp"
#include "report_table.hpp"

// A report is made of sections, and a section of sentences, charts and tables.
namespace oriel {

struct report_sentence {
	std::string text;
	severity weight = severity::note;
};

struct report_section {
	std::string title;
	std::vector<report_sentence> story;
	std::vector<std::string> unseen; // what the numbers leave out
	std::vector<nlohmann::ordered_json> charts;
	std::vector<nlohmann::ordered_json> tables;
};

// One side, or two that are compared, as "A" and "B"; not without a side.
report_section report_of(const std::vector<const report_vma *> &sides);
report_section report_of(const std::vector<const report_lock *> &sides);

// Why the modules of where the recordings come from cannot be looked at here; empty where they can be.
std::string why_no_modules(const std::vector<report_side> &sides, const recording_facts &here, bool loads_modules);
report_section report_of(const std::vector<const module_states *> &sides);

// What the sections share.

// What of each moment is drawn, as a line, over the time of its recording.
struct report_line {
	std::string name;
	std::vector<std::pair<double, std::optional<double>>> points; // seconds since the begin, value
};
// Nothing where no line has two points.
void add_lines(report_section &section, const std::string &title, const std::string &kind, const std::vector<report_line> &lines);
// What was not seen and what was lost, and the table of BPF programs.
void add_coverage(report_section &section, const std::vector<const report_part *> &parts, const std::vector<std::uint64_t> &refused);
// "A: " of the first one of two, and so on; empty of one.
std::string side_prefix(std::size_t side, std::size_t of);

} // namespace oriel
