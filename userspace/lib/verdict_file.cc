// SPDX-License-Identifier: GPL-2.0
#include "verdict_judge.hpp"
#include "verdict_rules.hpp"

#include <algorithm>
#include <elf.h>
#include <fmt/format.h>

namespace oriel {

void file_judge::check_loading_allowed()
{
	if (!kernel_.loads_modules) {
		refuse_both("ENOSYS");
		add("no-modules", severity::bad, "this kernel loads no modules (it was built without CONFIG_MODULES)");
		return;
	}
	if (kernel_.is_absent())
		add("kernel-absent", severity::unknown,
		    fmt::format("nothing of {0} is here: there is no /lib/modules/{0} with modules, no /usr/src/linux-headers-{0} and no "
				"/boot/config-{0}",
				kernel_.release));
	if (!kernel_.loading_disabled.value_or(false))
		return;
	refuse_both("EPERM");
	add("loading-disabled", severity::bad, "this kernel loads no module any more (kernel.modules_disabled is 1)",
	    {{"restart the machine: the setting cannot be taken back", {"reboot"}}});
}

void file_judge::check_machine()
{
	if (kernel_.machine == EM_NONE || module_.machine == kernel_.machine)
		return;
	refuse_both("ENOEXEC");
	add("foreign-architecture", severity::bad,
	    fmt::format("it was built for another processor architecture (ELF machine {}, this kernel's is {})", module_.machine,
			kernel_.machine),
	    rebuilding());
}

void file_judge::check_layout()
{
	if (!kernel_.this_module_bytes || *kernel_.this_module_bytes == module_.this_module_bytes)
		return;
	const std::string what = fmt::format("its struct module has {} bytes, this kernel's has {}: it was built for another kernel",
					     module_.this_module_bytes, *kernel_.this_module_bytes);
	const auto refused = refuses_other_layout(kernel_.release);
	if (!refused) {
		doubt(verdict_.plain);
		doubt(verdict_.forced);
		add("layout", severity::unknown, what, rebuilding());
	} else if (*refused) {
		refuse_both("ENOEXEC");
		add("layout", severity::bad, what, rebuilding());
	} else {
		add("layout", severity::note, what + "; this kernel does not look at that, and may crash of it", rebuilding());
	}
}

// The module gets in only because the kernel allows force, with or without modprobe -f.
void file_judge::force(const std::string &code, const std::string &why)
{
	if (!kernel_.config) {
		doubt(verdict_.plain);
		verdict_.plain.perhaps.add(taint::forced_module);
	} else if (kernel_.config->force_load) {
		verdict_.plain.taints.add(taint::forced_module);
	} else {
		refuse(verdict_.plain, "ENOEXEC");
	}
	const bool costs_something = !module_.tracepoints.events.empty() || verdict_.plain.load != acceptance::accepted;
	add(code, costs_something ? severity::bad : severity::note, why, rebuilding());
}

void file_judge::check_versions_present()
{
	if (kernel_.has_symbol_versions() && !module_.versions)
		force("no-symbol-versions", "it has no symbol versions, so this kernel counts it as loaded by force");
	else if (kernel_.has_symbol_versions() && module_.exports_lack_versions)
		force("no-export-versions", "the symbols that it exports have no versions, so this kernel counts it as loaded by force");
}

void file_judge::compare_vermagic(bool by_checksums)
{
	const auto without_release = [](const std::string &magic) { return magic.substr(std::min(magic.size(), magic.find(' '))); };
	const std::string own = module_.vermagic();
	const std::string &wanted = *kernel_.vermagic;
	const bool same = by_checksums ? without_release(own) == without_release(wanted) : own == wanted;
	if (!same) {
		refuse(verdict_.plain, "ENOEXEC");
		add("vermagic", severity::bad, fmt::format("it was built for \"{}\", this kernel is \"{}\"", own, wanted), rebuilding());
	} else if (own != wanted) {
		add("other-release", severity::note,
		    fmt::format("it was built for {}; this kernel looks at the versions of symbols instead", own.substr(0, own.find(' '))));
	}
}

void file_judge::check_vermagic()
{
	if (module_.vermagic().empty()) {
		force("no-vermagic", "it does not say for which kernel it was built (no vermagic), so it counts as loaded by force");
		return;
	}
	if (kernel_.vermagic) {
		compare_vermagic(kernel_.has_symbol_versions() && module_.versions);
		return;
	}
	if (is_same_release()) {
		add("vermagic-by-release", severity::note, "it was built for a kernel of this release; more cannot be compared");
		return;
	}
	doubt(verdict_.plain);
	add("vermagic-unknown", severity::unknown,
	    fmt::format("it was built for \"{}\"; no module of {} is here to compare with", module_.vermagic(), kernel_.release));
}

void file_judge::check_livepatch()
{
	if (!module_.is_marked_livepatch())
		return;
	if (kernel_.config && !kernel_.config->livepatch) {
		refuse_both("ENOEXEC");
		add("livepatch-unsupported", severity::bad, "it is marked as a live patch, and this kernel has no live patching",
		    drop_livepatch_mark(module_, kernel_));
	}
}

void file_judge::add_origin_taints()
{
	taint_set own;
	if (!module_.is_intree())
		own.add(taint::out_of_tree);
	if (module_.info.has("staging"))
		own.add(taint::staging);
	if (module_.is_marked_livepatch())
		own.add(taint::livepatch);
	if (module_.info.has("test"))
		own.add(taint::test);
	if (!is_gpl_compatible(module_.info.get("license").value_or("")))
		own.add(taint::proprietary_module);
	verdict_.plain.taints = verdict_.plain.taints.with(own);
	verdict_.forced.taints = verdict_.forced.taints.with(own).with({taint::forced_module});
	if (kernel_.config && !kernel_.config->force_load)
		refuse(verdict_.forced, "ENOEXEC");
	else if (!kernel_.config)
		doubt(verdict_.forced);
}

void file_judge::judge_tracepoints()
{
	const tracing_rule rule = tracing_rule_of(kernel_.release);
	for (prediction *outcome : {&verdict_.plain, &verdict_.forced}) {
		if (module_.tracepoints.events.empty())
			outcome->tracepoints = liveness::none;
		else if (!outcome->taints.without(rule.allowed).without(rule.unsure).empty())
			outcome->tracepoints = liveness::dropped;
		else if (!outcome->taints.with(outcome->perhaps).without(rule.allowed).empty())
			outcome->tracepoints = liveness::unknown;
		else
			outcome->tracepoints = liveness::live;
	}
}

void file_judge::describe_tracepoints()
{
	const prediction &plain = verdict_.plain;
	if (plain.load == acceptance::refused)
		return;
	if (plain.tracepoints == liveness::dropped && plain.taints.has(taint::livepatch)) {
		// A real live patch has to keep its mark.
		auto remedies = module_.imports_symbol("klp_enable_patch") ? std::vector<remedy>{} : drop_livepatch_mark(module_, kernel_);
		add("livepatch-taint", severity::bad, "it is marked as a live patch, and for such this kernel creates no tracepoints",
		    std::move(remedies));
	}
	if (plain.tracepoints == liveness::dropped) {
		const std::size_t events = module_.tracepoints.events.size();
		const std::string which = events == 1 ? "its trace event" : fmt::format("any of its {} trace events", events);
		add("tracepoints-dropped", severity::bad, fmt::format("the kernel will not create {}, and insmod will not say so", which));
		add("allow", severity::note,
		    fmt::format("where oriel.ko is loaded, oriel module allow {} has the kernel create them all the same, when it loads",
				module_.name));
	}
	if (!module_.markers.empty())
		add("markers", severity::note,
		    fmt::format("it has Oriel's markers in {} places, which no taint drops: oriel marker list", module_.markers.size()));
	if (plain.tracepoints == liveness::unknown)
		add("tracepoints-unknown", severity::unknown, "whether its tracepoints will work cannot be told");
}

void file_judge::describe_taint()
{
	const taint_set &taints = verdict_.plain.taints;
	if (verdict_.plain.load != acceptance::refused && !taints.empty())
		add("taint", severity::note,
		    fmt::format("it will taint the kernel ({}): {}", taints.letters(), fmt::join(taints.words(), "; ")));
	if (kernel_.taints && !kernel_.taints->empty())
		add("kernel-taint", severity::note,
		    fmt::format("the kernel is tainted already ({}): {}", kernel_.taints->letters(),
				fmt::join(kernel_.taints->words(), "; ")));
}

namespace {

std::string summarize(const module_file &module, const kernel_facts &kernel, const verdict &judged)
{
	const prediction &plain = judged.plain;
	const std::size_t events = module.tracepoints.events.size();
	const std::string its = events == 1 ? "its trace event" : fmt::format("its {} trace events", events);
	const char *copula = events == 1 ? "is" : "are";
	if (plain.load == acceptance::refused) {
		std::string text = fmt::format("{} refuses {} ({})", kernel.release, module.name, plain.refusal);
		if (judged.forced.load == acceptance::accepted && judged.forced.tracepoints == liveness::dropped)
			text += fmt::format("; by force it loads, but then {} {} dropped", its, copula);
		return text;
	}
	if (plain.load == acceptance::unknown)
		return fmt::format("whether {} takes {} cannot be told", kernel.release, module.name);
	std::string text = fmt::format("{} takes {}", kernel.release, module.name);
	if (plain.tracepoints == liveness::dropped)
		return text + fmt::format(", but {} {} dropped", its, copula);
	if (plain.tracepoints == liveness::unknown)
		return text + fmt::format(", but whether {} will work cannot be told", its);
	return text +
	       (plain.tracepoints == liveness::live ? fmt::format(", and {} will work", its) : ", which has no trace events of its own");
}

} // namespace

verdict file_judge::judge()
{
	check_loading_allowed();
	check_signature();
	check_machine();
	check_layout();
	check_versions_present();
	check_layout_version();
	check_vermagic();
	check_livepatch();
	check_imports();
	check_versions();
	check_btf();
	add_origin_taints();
	judge_tracepoints();
	describe_tracepoints();
	describe_taint();
	if (verdict_.plain.load == acceptance::refused)
		verdict_.plain.tracepoints = liveness::not_loaded;
	if (verdict_.forced.load == acceptance::refused)
		verdict_.forced.tracepoints = liveness::not_loaded;

	const bool bad = verdict_.plain.load == acceptance::refused || verdict_.plain.tracepoints == liveness::dropped;
	const bool unknown = verdict_.plain.load == acceptance::unknown || verdict_.plain.tracepoints == liveness::unknown;
	verdict_.overall = bad ? severity::bad : unknown ? severity::unknown : severity::good;
	verdict_.summary = summarize(module_, kernel_, verdict_);
	return std::move(verdict_);
}

verdict judge_file(const module_file &module, const kernel_facts &kernel, const signing_place &signing)
{
	return file_judge(module, kernel, signing).judge();
}

} // namespace oriel
