// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "verdict.hpp"

namespace oriel {

// A word as the shell takes it literally.
std::string shell_quote(const std::string &word);

// Ways to mend what a verdict found. Each command can be executed as it stands.
std::vector<remedy> rebuild(const module_file &module, const kernel_facts &kernel);
std::vector<remedy> drop_livepatch_mark(const module_file &module, const kernel_facts &kernel);
std::vector<remedy> sign_and_enrol(const module_file &module, const kernel_facts &kernel, const signing_place &signing);
std::vector<remedy> drop_btf(const module_file &module);
std::vector<remedy> drop_signature(const module_file &module);
std::vector<remedy> load_again(const std::string &name, const std::string &path);
// Of a loaded module whose markers the policy refuses. `path`: what to load it from, or empty.
std::vector<remedy> let_markers_in(const std::string &name, const std::string &path);
std::vector<remedy> look_as_root(const std::string &argument);

} // namespace oriel
