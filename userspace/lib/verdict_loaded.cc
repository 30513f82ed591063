// SPDX-License-Identifier: GPL-2.0
#include "verdict.hpp"
#include "verdict_remedy.hpp"
#include "verdict_rules.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace oriel {
namespace {

// Judges what is there: what was observed overrules what the kernel's rules say.
class loaded_judge {
public:
	loaded_judge(const loaded_facts &loaded, const module_file *file, const kernel_facts &kernel, const signing_place &signing)
	    : loaded_(loaded), file_(file), kernel_(kernel), signing_(signing), rule_(tracing_rule_of(kernel.release))
	{
	}

	verdict judge();

private:
	void describe_match();
	void describe_taint();
	void judge_tracepoints();
	void judge_as_told(const module_message &told);
	void describe_refusals();
	void explain_dropped();
	void advise();
	std::string summarize() const;

	finding &add(std::string code, severity weight, std::string text, std::vector<remedy> remedies = {})
	{
		verdict_.findings.push_back({std::move(code), weight, std::move(text), std::move(remedies)});
		return verdict_.findings.back();
	}
	std::size_t event_count() const
	{
		if (loaded_.told)
			return loaded_.told->counts.trace_events;
		return file_ ? file_->tracepoints.events.size() : 0;
	}
	// The patterns that name its events, quoted for the shell.
	std::set<std::string> systems() const
	{
		std::set<std::string> patterns;
		if (loaded_.told) {
			for (const module_event_message &event : loaded_.told->events)
				if (event.state == module_event_state::dropped)
					patterns.insert(shell_quote(event.system + ":*"));
			return patterns;
		}
		for (const trace_event &event : file_ ? file_->tracepoints.events : std::vector<trace_event>{})
			if (event.is_named())
				patterns.insert(shell_quote(event.system + ":*"));
		return patterns;
	}
	taint_set bad_taints() const { return loaded_.module.taints.value_or(taint_set()).without(rule_.allowed).without(rule_.unsure); }

	const loaded_facts &loaded_;
	const module_file *file_;
	const kernel_facts &kernel_;
	const signing_place &signing_;
	const tracing_rule rule_;
	verdict verdict_;
};

void loaded_judge::describe_match()
{
	switch (verdict_.match) {
	case file_match::same:
		add("file-same", severity::note, fmt::format("it was loaded from {} (the build-ids agree)", file_->path));
		break;
	case file_match::different:
		add("file-different", severity::note,
		    fmt::format("{} is another build than the one that is loaded (the build-ids differ)", file_->path));
		break;
	case file_match::unprovable:
		add("file-unprovable", severity::note,
		    fmt::format("whether it was loaded from {} cannot be proved: there is no build-id to compare", file_->path));
		break;
	case file_match::no_file:
		add("file-missing", severity::note, "no file of this name is among the kernel's modules: it can be named with --file");
		break;
	}
}

void loaded_judge::describe_taint()
{
	if (!loaded_.module.taints) {
		add("taint-unknown", severity::unknown, "its taint cannot be read");
		return;
	}
	const taint_set taints = *loaded_.module.taints;
	if (taints.empty())
		add("taint-none", severity::note, "it taints nothing: it is of the kernel's tree, and the kernel trusts its signature");
	else
		add("taint", severity::note,
		    fmt::format("it taints the kernel ({}): {}", taints.letters(), fmt::join(taints.words(), "; ")));
}

void loaded_judge::judge_as_told(const module_message &told)
{
	liveness &state = verdict_.plain.tracepoints;
	state = told.trace_events == 0 ? liveness::none : told.live == told.trace_events ? liveness::live : liveness::dropped;
	if (state == liveness::dropped)
		add("tracepoints-dropped", severity::bad,
		    fmt::format("{} of its {} trace events are not in tracefs", told.trace_events - told.live, told.trace_events));
	else if (state == liveness::live && !bad_taints().empty())
		add("tracepoints-woken", severity::note,
		    "its trace events are in tracefs although the kernel drops those of such a module");
	if (told.untrusted != 0)
		add("tracepoints-untrusted", severity::note,
		    fmt::format("{} of them cannot be woken: their layout is another kernel's", told.untrusted));
	if (told.marker_sites != 0)
		add("markers", severity::note,
		    fmt::format("it has markers in {} places, which no taint drops: oriel marker list", told.marker_sites));
	if (told.allowed)
		add("allowed", severity::note, "it is allowed to hide its taint from the kernel's trace code when it loads");
}

// What oriel.ko takes no markers for is there all the same, and not to be seen.
void loaded_judge::describe_refusals()
{
	if (!loaded_.told)
		return;
	if (!loaded_.told->refusals) {
		if (file_ && verdict_.match == file_match::same && file_->markers.size() > loaded_.told->counts.marker_sites)
			add("markers-unknown", severity::note, "oriel.ko did not take in all of its markers, and only root is told why",
			    look_as_root(loaded_.module.name));
		return;
	}
	// Where its trace events are dropped, loading it again is advised in any case, with what that takes.
	const bool to_load = file_ && verdict_.plain.tracepoints != liveness::dropped;
	for (const refusal_message &refusal : *loaded_.told->refusals) {
		const bool by_policy = refusal.reason.find("marker_policy") != std::string::npos;
		const std::string what = refusal.marker.empty() ? "oriel.ko" : "oriel.ko refuses its marker " + refusal.marker;
		add("markers-refused", severity::bad, fmt::format("{}: {}", what, refusal.reason),
		    by_policy ? let_markers_in(loaded_.module.name, to_load ? file_->path : "") : std::vector<remedy>{});
	}
}

// Without a sight of tracefs only the kernel's own rule speaks, and only where it forbids.
void loaded_judge::judge_tracepoints()
{
	if (loaded_.told)
		return judge_as_told(loaded_.told->counts);
	liveness &state = verdict_.plain.tracepoints;
	const bool file_tells = verdict_.match == file_match::same || verdict_.match == file_match::unprovable;
	if (!file_tells) {
		state = liveness::unknown;
		if (!bad_taints().empty())
			add("tracepoints-dropped", severity::bad, "if it has trace events, the kernel created none of them");
		else
			add("tracepoints-unknown", severity::unknown, "which trace events it brings is not known without its file");
		return;
	}
	if (event_count() == 0) {
		state = liveness::none;
		return;
	}
	if (loaded_.events_present) {
		const auto &present = *loaded_.events_present;
		const auto missing = std::count(present.begin(), present.end(), false);
		state = missing == 0 ? liveness::live : liveness::dropped;
		if (missing != 0)
			add("tracepoints-dropped", severity::bad,
			    fmt::format("{} of its {} trace events are not in tracefs", missing, present.size()));
		else if (!bad_taints().empty())
			add("tracepoints-woken", severity::note,
			    "its trace events are in tracefs although the kernel dropped them at first");
		return;
	}
	state = bad_taints().empty() ? liveness::unknown : liveness::dropped;
	if (state == liveness::dropped)
		add("tracepoints-dropped", severity::bad,
		    fmt::format("the kernel created none of its {} trace events, by its rule for such a taint", event_count()));
	else
		add("tracepoints-unobserved", severity::unknown,
		    "its taint does not keep its trace events away, but only root can see whether they are there",
		    look_as_root(loaded_.module.name));
}

void loaded_judge::explain_dropped()
{
	if (verdict_.plain.tracepoints != liveness::dropped)
		return;
	const taint_set bad = bad_taints();
	if (bad.has(taint::forced_module))
		add("forced-taint", severity::bad, "it was loaded by force, and for such modules the kernel creates no tracepoints");
	if (bad.has(taint::livepatch))
		add("livepatch-taint", severity::bad, "it is marked as a live patch, and for such this kernel creates no tracepoints");
	if (!systems().empty())
		add("show-anyway", severity::note, fmt::format("oriel marker record {} shows them as they are", fmt::join(systems(), " ")));
	if (bad.has(taint::proprietary_module))
		add("proprietary-taint", severity::bad,
		    "its licence is proprietary, and for such modules the kernel creates no tracepoints");
}

// What helps is to load a better file: the one on disk if it is good by now, else after mending it.
void loaded_judge::advise()
{
	if (!file_ || verdict_.plain.tracepoints != liveness::dropped)
		return;
	const verdict on_disk = judge_file(*file_, kernel_, signing_);
	finding &advice = add("load-again", severity::note, "loading it properly brings its trace events back");
	for (const finding &found : on_disk.findings)
		if (found.weight == severity::bad)
			advice.remedies.insert(advice.remedies.end(), found.remedies.begin(), found.remedies.end());
	const bool mendable = on_disk.overall == severity::good || !advice.remedies.empty();
	const auto again = load_again(loaded_.module.name, file_->path);
	if (mendable)
		advice.remedies.insert(advice.remedies.end(), again.begin(), again.end());
	else
		verdict_.findings.pop_back();
}

std::string loaded_judge::summarize() const
{
	const std::string name = loaded_.module.name;
	const std::size_t events = event_count();
	const std::string its = events == 1 ? "its trace event" : fmt::format("its {} trace events", events);
	const char *and_markers = verdict_.has("markers-refused") ? "; Oriel refused markers of it" : "";
	switch (verdict_.plain.tracepoints) {
	case liveness::live:
		return fmt::format("{} is loaded, and {} {}{}", name, its, events == 1 ? "works" : "work", and_markers);
	case liveness::dropped:
		return fmt::format("{} is loaded, but the kernel dropped {}{}", name, its, and_markers);
	case liveness::none:
		return fmt::format("{} is loaded, and has no trace events of its own{}", name, and_markers);
	default:
		return fmt::format("{} is loaded; whether its trace events work cannot be told{}", name, and_markers);
	}
}

verdict loaded_judge::judge()
{
	if (loaded_.module.built_in) {
		add("built-in", severity::note, "it is built into the kernel, so nothing of it was dropped");
		verdict_.summary = loaded_.module.name + " is part of the kernel's image";
		return std::move(verdict_);
	}
	verdict_.match = match_file(loaded_.module, file_);
	verdict_.plain.taints = loaded_.module.taints.value_or(taint_set());
	if (loaded_.module.taints)
		verdict_.trust.state = verdict_.plain.taints.has(taint::unsigned_module) ? trust::untrusted : trust::trusted;
	judge_tracepoints();
	explain_dropped();
	describe_refusals();
	describe_taint();
	describe_match();
	advise();
	verdict_.forced = verdict_.plain;
	for (const finding &found : verdict_.findings)
		verdict_.overall = std::max(verdict_.overall, found.weight);
	if (verdict_.overall == severity::note)
		verdict_.overall = severity::good;
	verdict_.summary = summarize();
	return std::move(verdict_);
}

} // namespace

verdict judge_loaded(const loaded_facts &loaded, const module_file *file, const kernel_facts &kernel, const signing_place &signing)
{
	return loaded_judge(loaded, file, kernel, signing).judge();
}

} // namespace oriel
