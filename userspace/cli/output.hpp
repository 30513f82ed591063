// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "command.hpp"
#include "error.hpp"
#include "verdict.hpp"

#include <nlohmann/json_fwd.hpp>

namespace oriel {

// Prints why something failed on stderr (as JSON on stdout too where that was asked for) and sets the
// exit status.
void report(context &ctx, const error &why);

// For a kernel without CONFIG_MODULES.
error no_modules();

void print_json(const nlohmann::ordered_json &json);

// The verdict in one sentence, then the reasons, then the ways to mend it as commands.
void print_verdict(const verdict &judged);

// 0 or 10; an unknown verdict is not a bad one.
exit_code exit_code_of(const verdict &judged);

} // namespace oriel
