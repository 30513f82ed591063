// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "elf_tracepoints.hpp"
#include "kernel_facts.hpp"
#include "module_file.hpp"

namespace oriel {

// What the running kernel says of a module that it has.
struct loaded_module {
	std::string name;
	bool built_in = false; // part of the kernel's image: it has no taint, file or signature of its own
	std::optional<taint_set> taints;
	std::string build_id; // hex; empty where it has none
};

// How sure it is that a file is the one that was loaded.
enum class file_match {
	same,       // the build-ids agree
	different,  // they do not: the file was changed or replaced since
	unprovable, // one of them has no build-id
	no_file,
};

std::optional<loaded_module> read_loaded_module(const std::string &name, const kernel_source &source = {});

// The names of the modules that are loaded, sorted.
std::vector<std::string> loaded_module_names(const kernel_source &source = {});

file_match match_file(const loaded_module &loaded, const module_file *file);

// Which of a module's events tracefs has; nothing without root or where tracefs is not mounted.
std::optional<std::vector<bool>> observe_events(const std::vector<trace_event> &events, const kernel_source &source = {});

// The file of a module by its name, as modprobe looks for it; empty where there is none.
std::filesystem::path find_module_file(const std::string &name, const std::filesystem::path &module_dir);

} // namespace oriel
