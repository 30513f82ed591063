// SPDX-License-Identifier: GPL-2.0
#include "kernel_facts_build.hpp"

#include <array>
#include <charconv>
#include <set>

namespace oriel {
namespace {

// Calls `take` for each line of a text.
template <typename F>
void for_each_line(std::string_view text, F take)
{
	while (!text.empty()) {
		const auto line = text.substr(0, text.find('\n'));
		take(line);
		text.remove_prefix(std::min(text.size(), line.size() + 1));
	}
}

} // namespace

kernel_config parse_kernel_config(std::string_view text)
{
	std::set<std::string_view> enabled;
	for_each_line(text, [&](std::string_view line) {
		if (line.starts_with("CONFIG_") && line.ends_with("=y"))
			enabled.insert(line.substr(7, line.size() - 9));
	});
	const auto has = [&](std::string_view option) { return enabled.contains(option); };
	kernel_config config;
	config.modules = has("MODULES");
	config.module_signatures = has("MODULE_SIG");
	config.signatures_forced = has("MODULE_SIG_FORCE");
	config.force_load = has("MODULE_FORCE_LOAD");
	config.livepatch = has("LIVEPATCH");
	config.btf_mismatch_allowed = has("MODULE_ALLOW_BTF_MISMATCH") || !has("DEBUG_INFO_BTF_MODULES");
	config.namespaces_optional = has("MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS");
	if (has("LOCK_DOWN_KERNEL_FORCE_INTEGRITY"))
		config.lockdown_forced = "integrity";
	if (has("LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY"))
		config.lockdown_forced = "confidentiality";
	return config;
}

// Fields between tabs: checksum, symbol, module, kind of export, name space.
symbol_table parse_symvers(std::string_view text)
{
	symbol_table table;
	for_each_line(text, [&](std::string_view line) {
		std::array<std::string_view, 5> fields;
		for (auto &field : fields) {
			field = line.substr(0, line.find('\t'));
			line.remove_prefix(std::min(line.size(), field.size() + 1));
		}
		if (!fields[0].starts_with("0x") || fields[1].empty())
			return;
		exported_symbol symbol;
		std::from_chars(fields[0].data() + 2, fields[0].data() + fields[0].size(), symbol.checksum, 16);
		symbol.gpl_only = fields[3].find("_GPL") != std::string_view::npos;
		symbol.name_space = fields[4];
		table.emplace(fields[1], std::move(symbol));
	});
	return table;
}

} // namespace oriel
