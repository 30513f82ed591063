// SPDX-License-Identifier: GPL-2.0
#include "verdict_judge.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace oriel {

void file_judge::report_missing(const std::vector<std::string> &missing)
{
	std::string names =
		fmt::format("{}", fmt::join(missing.begin(), missing.begin() + std::min<std::ptrdiff_t>(3, std::ssize(missing)), ", "));
	if (missing.size() > 3)
		names += fmt::format(" and {} more", missing.size() - 3);
	const auto depends = module_.info.get("depends").value_or("");
	if (!depends.empty()) {
		doubt(verdict_.plain);
		doubt(verdict_.forced);
		add("symbols-elsewhere", severity::note,
		    fmt::format("it needs {}, which must come from the modules that it depends on ({})", names, depends));
		return;
	}
	refuse_both("ENOENT");
	add("unknown-symbols", severity::bad, fmt::format("it needs {}, which this kernel does not export", names),
	    is_same_release() ? std::vector<remedy>{} : rebuilding());
}

void file_judge::check_imports()
{
	if (!kernel_.symbols)
		return;
	const bool gpl = is_gpl_compatible(module_.info.get("license").value_or(""));
	const auto imported_spaces = module_.info.get_all("import_ns");
	std::vector<std::string> missing;
	for (const std::string &name : module_.imports) {
		const auto found = kernel_.symbols->find(name);
		if (found == kernel_.symbols->end()) {
			// The assembler makes this one; no kernel exports it.
			if (name != "_GLOBAL_OFFSET_TABLE_")
				missing.push_back(name);
			continue;
		}
		const exported_symbol &symbol = found->second;
		if (symbol.gpl_only && !gpl) {
			refuse_both("ENOENT");
			add("license", severity::bad,
			    fmt::format("its licence is \"{}\", and it needs {}, which is for GPL-compatible modules only",
					module_.info.get("license").value_or("none"), name),
			    {{"put it under a licence that the kernel takes for compatible, such as MODULE_LICENSE(\"GPL\"), if it is "
			      "yours",
			      {}}});
			return;
		}
		const bool by_module_name = symbol.name_space.starts_with("module:");
		const bool imported = symbol.name_space.empty() || by_module_name ||
				      std::find(imported_spaces.begin(), imported_spaces.end(), symbol.name_space) != imported_spaces.end();
		if (!imported && kernel_.config && !kernel_.config->namespaces_optional) {
			refuse_both("EINVAL");
			add("namespace", severity::bad,
			    fmt::format("it needs {} of the name space {}, which it does not import", name, symbol.name_space),
			    {{fmt::format("add MODULE_IMPORT_NS({}) to its sources and rebuild it", symbol.name_space), {}}});
			return;
		}
	}
	if (!missing.empty())
		report_missing(missing);
}

// The kernel compares this one before it looks at the vermagic or for any symbol (check_modstruct_version()).
void file_judge::check_layout_version()
{
	if (!kernel_.has_symbol_versions())
		return;
	std::optional<std::uint32_t> wanted = kernel_.module_layout;
	if (kernel_.symbols)
		if (const auto found = kernel_.symbols->find("module_layout"); found != kernel_.symbols->end())
			wanted = found->second.checksum;
	const auto own = module_.version_of("module_layout");
	if (!own || wanted.value_or(0) == 0 || *own == *wanted)
		return;
	refuse(verdict_.plain, "ENOEXEC");
	add("layout-version", severity::bad,
	    "its version of the symbol module_layout is not this kernel's: it was built for another kernel, or another build of it",
	    rebuilding());
}

void file_judge::check_versions()
{
	if (!kernel_.has_symbol_versions() || !module_.versions)
		return;
	if (!kernel_.symbols) {
		// That it is refused for module_layout is known by now.
		if (verdict_.has("layout-version"))
			return;
		if (!is_same_release())
			doubt(verdict_.plain);
		add("versions-unchecked", is_same_release() ? severity::note : severity::unknown,
		    "its symbol versions cannot all be compared: the kernel's Module.symvers is not installed");
		return;
	}
	std::vector<std::string> differing;
	for (const auto &[name, checksum] : *module_.versions)
		if (const auto found = kernel_.symbols->find(name); name != "module_layout" && found != kernel_.symbols->end() &&
								    found->second.checksum != 0 && found->second.checksum != checksum)
			differing.push_back(name);
	if (differing.empty())
		return;
	refuse(verdict_.plain, "EINVAL");
	add("symbol-versions", severity::bad,
	    differing.size() == 1 ? fmt::format("a symbol that it needs has changed since it was built ({})", differing.front())
				  : fmt::format("{} of the symbols that it needs have changed since it was built (the first is {})",
						differing.size(), differing.front()),
	    rebuilding());
}

void file_judge::check_btf()
{
	if (!module_.has_btf || !kernel_.config || kernel_.config->btf_mismatch_allowed)
		return;
	const auto fitting = module_.btf ? fits(*module_.btf, kernel_.btf) : std::nullopt;
	if (fitting.value_or(false))
		return;
	if (!fitting) {
		if (!is_same_release()) {
			doubt(verdict_.plain);
			doubt(verdict_.forced);
		}
		add("btf-unknown", is_same_release() ? severity::note : severity::unknown,
		    "whether its BTF fits this kernel's cannot be told, and this kernel refuses what does not fit");
		return;
	}
	refuse_both("EINVAL");
	// Where its sources are not at hand, it does without: BTF is for tools.
	const bool editable = module_.source_dir.empty() && module_.packed == compression::none;
	auto remedies = editable ? drop_btf(module_) : rebuilding();
	add("btf-mismatch", severity::bad, "its BTF was made for another kernel, and this kernel refuses that", std::move(remedies));
}

} // namespace oriel
