// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "keyring.hpp"
#include "module_btf.hpp"
#include "module_taint.hpp"
#include "signature.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace oriel {

// One symbol of Module.symvers.
struct exported_symbol {
	std::uint32_t checksum = 0;
	bool gpl_only = false;
	std::string name_space; // empty for most
};

using symbol_table = std::unordered_map<std::string, exported_symbol>;

enum class lockdown { none, integrity, confidentiality };

const char *to_string(lockdown mode);

// How a kernel was configured, where it matters for modules.
struct kernel_config {
	bool modules = true;               // MODULES
	bool module_signatures = false;    // MODULE_SIG
	bool signatures_forced = false;    // MODULE_SIG_FORCE
	bool force_load = false;           // MODULE_FORCE_LOAD
	bool livepatch = false;            // LIVEPATCH
	bool btf_mismatch_allowed = false; // MODULE_ALLOW_BTF_MISMATCH, or no BTF for modules
	bool namespaces_optional = false;  // MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS
	std::string lockdown_forced;       // "integrity", "confidentiality" or empty
};

// What is known of the kernel that a module is judged for. What cannot be read is absent: it is never
// replaced by what most kernels have.
struct kernel_facts {
	std::string release;
	bool running = false;
	bool loads_modules = true; // false where it surely loads none (CONFIG_MODULES)
	std::uint16_t machine = 0; // EM_* of elf.h; 0 where unknown
	// From one of the kernel's own modules.
	std::optional<std::string> vermagic;
	std::optional<std::uint64_t> this_module_bytes;
	std::optional<signer> own_signer;
	std::optional<std::uint32_t> module_layout; // its version of that symbol, which every module names

	std::optional<kernel_config> config;
	std::shared_ptr<const symbol_table> symbols;
	std::optional<btf_base> btf;
	std::string build_dir; // to build modules in; empty where it is not installed

	// Of a running kernel only.
	std::optional<bool> signatures_enforced;
	std::optional<lockdown> lockdown_mode;
	std::optional<bool> loading_disabled;
	std::optional<taint_set> taints;
	std::optional<keyrings> rings;
	std::optional<bool> platform_keys_count; // whether the firmware's keys vouch for modules
	bool has_uefi = false;

	// At hand on this machine: of keys that the kernel may have, or that may have signed modules.
	std::vector<certificate> certificates;

	bool has_symbol_versions() const;
	// Where all of this was looked for in vain: there is no such kernel here.
	bool is_absent() const { return !running && !vermagic && !config && build_dir.empty(); }
};

// Where to look. The defaults are this machine; tests bring trees of their own.
struct kernel_source {
	std::filesystem::path sysroot = "/";
	std::filesystem::path proc = "/proc";
	std::filesystem::path sys = "/sys";
};

// The running kernel's release and machine, from uname(2).
std::string running_release();
std::uint16_t running_machine();

// Gathers the facts on a kernel. `running` says that it is the one behind `source.proc` and `source.sys`.
kernel_facts read_kernel_facts(const std::string &release, bool running, const kernel_source &source = {},
			       const keyring_reader &read = read_keyring);

// Whether the running kernel can load modules at all.
bool running_kernel_loads_modules(const kernel_source &source = {});

// The folder of a kernel's modules; empty where it has none.
std::filesystem::path module_dir(const std::string &release, const std::filesystem::path &sysroot);

} // namespace oriel
