// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "kernel_facts.hpp"
#include "keyring_trust.hpp"
#include "module_file.hpp"
#include "module_loaded.hpp"
#include "netlink_facts.hpp"

namespace oriel {

enum class severity { good, note, unknown, bad };

struct remedy {
	std::string text;                  // what it does, in the imperative
	std::vector<std::string> commands; // for a shell, each as it stands
};

struct finding {
	std::string code; // stable, for programs
	severity weight = severity::note;
	std::string text;
	std::vector<remedy> remedies;
};

enum class acceptance { accepted, refused, unknown };
// Of a module's trace events: `none` where it brings none.
enum class liveness { none, live, dropped, unknown, not_loaded };

// What becomes of a module.
struct prediction {
	acceptance load = acceptance::accepted;
	std::string refusal; // the name of the error that insmod gets, "ENOEXEC" and the like
	taint_set taints;    // of the module itself
	taint_set perhaps;   // those that it may get beside them, where a fact is missing
	liveness tracepoints = liveness::none;
};

// The key that `oriel module sign` would use.
struct signing_place {
	bool exists = false;
	std::string certificate_path;
	trust_facts trust;
};

struct verdict {
	severity overall = severity::good;
	std::string summary;                    // one sentence, without the overall word
	prediction plain;                       // insmod; for a loaded module: what is
	prediction forced;                      // modprobe -f; for a loaded module: the same as plain
	trust_facts trust;                      // of the signature
	file_match match = file_match::no_file; // of a loaded module: how sure it is that the file is its own
	std::vector<finding> findings;

	bool has(std::string_view code) const;
};

// Judges a file for a kernel. A pure function: it looks at nothing but its arguments.
verdict judge_file(const module_file &module, const kernel_facts &kernel, const signing_place &signing = {});

// What was observed of a loaded module.
struct loaded_facts {
	loaded_module module;
	std::optional<std::vector<bool>> events_present; // as observe_events()
	std::optional<told_facts> told;                  // by oriel.ko; the most certain of all
};

// Judges a module that the kernel has. `file` is the file that it may have come from, or null.
verdict judge_loaded(const loaded_facts &loaded, const module_file *file, const kernel_facts &kernel, const signing_place &signing = {});

const char *to_string(severity weight);
const char *to_string(acceptance load);
const char *to_string(liveness state);
const char *to_string(trust state);
const char *to_string(certainty sure);
const char *to_string(file_match match);

} // namespace oriel
