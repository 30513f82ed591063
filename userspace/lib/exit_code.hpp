// SPDX-License-Identifier: GPL-2.0
#pragma once

namespace oriel {

// What every command of Oriel exits with. A command that runs another passes the other's status on
// and uses the last three for its own failures, like env(1).
enum class exit_code : int {
	ok = 0,
	failure = 1,
	usage = 2,
	module_absent = 3, // an Oriel module is needed and not loaded
	unsupported = 4,   // this kernel or machine cannot do it
	permission = 5,
	bad_verdict = 10, // the question was answered, and the answer is bad
	wrapper_failed = 125,
	cannot_execute = 126,
	not_found = 127,
};

} // namespace oriel
