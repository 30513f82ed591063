// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "recording_lock.hpp"
#include "recording_module.hpp"
#include "recording_vma.hpp"

namespace oriel::test {

// A recording of a machine that is none, always the same.
struct synthetic {
	bool vma = true, lock = true;
	unsigned samples = 60;
	std::uint64_t load = 1; // how much happens: hits fall and waits grow with it
	std::optional<module_states> modules;
	std::string command = "make -j2";
	std::string first = "cc1"; // the name of the process that does most
	recording_facts facts = {{"machine", "testbed"}, {"kernel", "6.1.0-synthetic"}, {"processors", "2"}};
};

// Ends the program where it cannot be written.
void write_synthetic(const std::string &path, const synthetic &what);

} // namespace oriel::test
