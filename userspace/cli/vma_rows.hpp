// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "cgroup_tree.hpp"
#include "vma_snapshot.hpp"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace oriel {

// By what the counters are added up.
enum class vma_by { process, thread, cgroup, system };

// "process" and so on, for an option --by.
CLI::Validator vma_by_name();
vma_by vma_by_called(const std::string &name);

// What a table says of a row, before its numbers.
struct vma_label {
	std::string name; // of the column
	std::string title;
	bool is_text;
	int width;
};
std::vector<vma_label> vma_labels(vma_by by);
std::vector<std::string> vma_label_texts(const oriel_vma_row &row, vma_by by, const cgroup_tree &cgroups);

// The busiest first; one row for the whole system.
std::vector<oriel_vma_row> vma_rows(const vma_snapshot &counted, vma_by by);

// "12.30 %", or "-" of nothing.
std::string percent(std::uint64_t part, std::uint64_t whole);
double ratio(std::uint64_t part, std::uint64_t whole);
// Per second.
double rate(std::uint64_t count, double seconds);

} // namespace oriel
