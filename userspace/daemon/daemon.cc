// SPDX-License-Identifier: GPL-2.0
#include "daemon.hpp"

#include "companion_abi.hpp"
#include "journal.hpp"
#include "program_json.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <utility>

namespace oriel {
namespace {

using nlohmann::ordered_json;
using prometheus::MetricType;

const metric build_info{"oriel_build_info", "Always 1; the version of orield.", MetricType::Gauge};
const metric cpu{"oriel_daemon_cpu_seconds_total", "Processor time of orield itself, and of its BPF programs.", MetricType::Counter};
const metric share{"oriel_daemon_cpu_share_ratio", "Both together over the last interval, of one processor.", MetricType::Gauge};
const metric budget_ratio{"oriel_daemon_cpu_budget_ratio", "What that may be.", MetricType::Gauge};
const metric sacrifices{"oriel_daemon_sacrifices", "How many things were given up to keep to the budget.", MetricType::Gauge};
const metric resident{"oriel_daemon_resident_bytes", "Memory of orield that is resident.", MetricType::Gauge};
const metric observations{"oriel_daemon_observations_total", "Times that everything was read.", MetricType::Counter};
const metric recorded{"oriel_recording_samples_total", "Samples that were committed to the recording.", MetricType::Counter};
const metric failures{"oriel_recording_failures_total", "Samples that could not be written.", MetricType::Counter};
const metric recording_bytes{"oriel_recording_bytes", "Size of the recording's file.", MetricType::Gauge};
const metric up{"oriel_collector_up", "Whether a collector works.", MetricType::Gauge};
const metric attached{"oriel_program_attached", "Whether a BPF program is attached, or can be run.", MetricType::Gauge};
const metric runs{"oriel_program_runs_total", "Runs of a BPF program since it was attached, as far as the kernel counts them.",
		  MetricType::Counter};
const metric run_seconds{"oriel_program_run_seconds_total", "Time that these took.", MetricType::Counter};
const metric misses{"oriel_program_misses_total", "Runs that the kernel left out, because a program ran on the processor already.",
		    MetricType::Counter};
const metric left_out{"oriel_exporter_series_left_out", "Series for which there was no room.", MetricType::Gauge};

constexpr int slower = 3; // times the interval
constexpr std::uint64_t observations_between_tries = 6;

std::vector<sacrifice> possible_for(const settings &chosen)
{
	std::vector<sacrifice> list;
	if (chosen.collect_vma && chosen.vma_policies)
		list.push_back(sacrifice::policies);
	list.push_back(sacrifice::pace);
	if (chosen.collect_vma && chosen.vma_processes && !chosen.recording.empty())
		list.push_back(sacrifice::processes);
	if (chosen.collect_vma || chosen.collect_locks)
		list.push_back(sacrifice::programs);
	return list;
}

std::uint64_t file_bytes(const std::string &path)
{
	std::error_code failed;
	const auto bytes = std::filesystem::file_size(path, failed);
	return failed ? 0 : bytes;
}

// So that all the time that is to be recorded has room, whatever happens. An eighth is for what is not in rows, and kept free.
std::uint64_t sample_bytes(const settings &chosen)
{
	const auto samples = std::max<std::uint64_t>(std::chrono::seconds(chosen.recording_time) / chosen.interval, 1);
	return (chosen.recording_mib << 20) / 8 * 7 / samples;
}

} // namespace

daemon::daemon(const settings &chosen)
    : chosen_(chosen), usage_(chosen.collect_vma || chosen.collect_locks || chosen.collect_cgroups),
      budget_(chosen.budget_percent, possible_for(chosen)), last_(clock::now()), next_(last_ + chosen.interval)
{
	start_collectors();
	open_recording();
	if (!chosen_.listen.empty()) {
		if (auto opened = exporter::open(chosen_.listen)) {
			exporter_.emplace(std::move(*opened));
		} else {
			exporter_reason_ = opened.failure().message;
			journal(weight::error, opened.failure());
		}
	}
	last_ = clock::now();
	observe_all(); // so that there is something to scrape; what came before is not recorded
	usage_.forget(all_programs());
	export_metrics();
}

void daemon::start(const char *name, bool wanted, const std::function<made_collector()> &make)
{
	if (!wanted)
		return;
	auto found = std::find_if(slots_.begin(), slots_.end(), [name](const slot &one) { return std::string_view(one.name) == name; });
	if (found == slots_.end())
		found = slots_.insert(slots_.end(), slot{name, nullptr, "", false});
	found->running.reset(); // its programs go before others come
	const std::string before = std::exchange(found->reason, "");
	auto made = make();
	if (made) {
		found->running = std::move(*made);
		found->has_run = true;
		return;
	}
	found->reason = made.failure().message;
	if (found->reason != before)
		journal(weight::warning, {fmt::format("{} are not collected: {}", name, made.failure().message), made.failure().remedy});
}

// Those whose programs run at events: what is given up concerns only them.
void daemon::start_costly(bool only_lacking)
{
	const auto unless_given_up = [this](const std::function<made_collector()> &make) -> made_collector {
		if (budget_.has_given_up(sacrifice::programs))
			return error{"given up to keep to the budget"};
		return make();
	};
	const vma_choice choice{chosen_.vma_policies && !budget_.has_given_up(sacrifice::policies),
				chosen_.vma_processes && !budget_.has_given_up(sacrifice::processes)};
	const auto lacks = [this](std::string_view name) {
		return std::none_of(slots_.begin(), slots_.end(), [name](const slot &one) { return one.name == name && one.running; });
	};
	if (lacks("vma") || !only_lacking)
		start("vma", chosen_.collect_vma, [&] { return unless_given_up([&] { return make_vma_collector(choice); }); });
	if (lacks("locks") || (!only_lacking && budget_.last() == sacrifice::programs))
		start("locks", chosen_.collect_locks, [&] { return unless_given_up(make_lock_collector); });
}

// What worked once and failed for want of something that may be there again.
void daemon::try_again()
{
	if (!recording_)
		open_recording();
	if (budget_.has_given_up(sacrifice::programs))
		return;
	const bool lacks = std::any_of(slots_.begin(), slots_.end(), [](const slot &one) { return one.has_run && !one.running; });
	if (!lacks)
		return;
	start_costly(true);
	tell_programs();
}

void daemon::start_collectors()
{
	start_costly(false);
	start("cgroups", chosen_.collect_cgroups, make_cgroup_collector);
	start("markers", chosen_.collect_markers, make_marker_collector);
	start("modules", chosen_.collect_modules, make_module_collector);
}

void daemon::open_recording()
{
	if (chosen_.recording.empty())
		return;
	auto opened = recording_writer::append(chosen_.recording, {chosen_.recording_time, chosen_.recording_mib << 20});
	result<std::monostate> ready = std::monostate{};
	if (!opened) {
		ready = opened.failure();
	} else {
		auto facts = facts_of_this_machine();
		facts["began_by"] = "orield";
		for (const slot &one : slots_)
			if (one.running)
				facts.merge(one.running->facts());
		ready = opened->set_facts(facts);
	}
	if (!ready) {
		if (std::exchange(recording_reason_, ready.failure().message) != recording_reason_)
			journal(weight::error, {"nothing is recorded: " + recording_reason_, ready.failure().remedy});
		return;
	}
	recording_reason_.clear();
	recording_.emplace(std::move(*opened));
	tell_programs();
}

// Also of what came later than the recording.
void daemon::tell_programs()
{
	if (!recording_)
		return;
	for (const slot &one : slots_) {
		if (!one.running || !one.running->part())
			continue;
		auto told = recording_->add_part(*one.running->part());
		if (told)
			told = recording_->set_programs(*one.running->part(), one.running->programs(), one.running->unseen());
		if (!told)
			journal(weight::warning, told.failure());
	}
}

std::vector<program_state> daemon::all_programs() const
{
	std::vector<program_state> list;
	for (const slot &one : slots_)
		if (one.running)
			for (program_state &program : one.running->programs()) {
				program.name = fmt::format("{}/{}", one.name, program.name); // two may be called the same
				list.push_back(std::move(program));
			}
	return list;
}

void daemon::observe_all()
{
	for (slot &one : slots_) {
		if (!one.running)
			continue;
		const auto seen = one.running->observe();
		const std::string reason = seen ? "" : seen.failure().message;
		if (reason != one.reason && !reason.empty()) // once, not every time
			journal(weight::warning, fmt::format("{}: {}", one.name, reason));
		one.reason = reason;
	}
	observations_++;
}

// The wall clock only says when: how long, the monotonic one does.
result<std::monostate> daemon::record_sample(clock::time_point began)
{
	using namespace std::chrono;
	const auto length = last_ - began; // from one observation to the next, as what was counted
	const auto begin = system_clock::now() - (clock::now() - began);
	const auto sample =
		recording_->begin_sample(static_cast<std::uint64_t>(duration_cast<nanoseconds>(begin.time_since_epoch()).count()),
					 static_cast<std::uint64_t>(duration_cast<nanoseconds>(length).count()));
	if (!sample)
		return sample.failure();
	for (const slot &one : slots_) {
		if (!one.running || !one.running->part())
			continue;
		if (const auto told = recording_->set_programs(*one.running->part(), one.running->programs(), one.running->unseen()); !told)
			return told; // what they missed grows
		if (one.reason.empty())
			if (const auto written = one.running->write(*recording_, sample_bytes(chosen_)); !written)
				return written;
	}
	return recording_->commit();
}

void daemon::record(clock::time_point began)
{
	if (!recording_)
		return;
	const auto done = record_sample(began);
	if (done) {
		recorded_++;
		if (!recording_reason_.empty())
			journal(weight::notice, "recording goes on");
		recording_reason_.clear();
		return;
	}
	recording_->drop_sample();
	record_failures_++;
	if (recording_reason_ != done.failure().message)
		journal(weight::error, {"a sample was not recorded: " + done.failure().message, done.failure().remedy});
	recording_reason_ = done.failure().message;
}

void daemon::observe()
{
	const auto began = last_;
	last_ = clock::now();
	observe_all();
	record(began);
	if (observations_ % observations_between_tries == 0)
		try_again();
	keep_to_budget();
	export_metrics();
	const auto pace = chosen_.interval * (budget_.has_given_up(sacrifice::pace) ? slower : 1);
	next_ += pace;
	if (next_ <= clock::now()) // we slept, or it took too long: do not catch up
		next_ = clock::now() + pace;
}

void daemon::keep_to_budget()
{
	share_percent_ = usage_.measure(all_programs());
	sacrifice_changed(budget_.observe(share_percent_));
}

void daemon::sacrifice_changed(budget::change what)
{
	if (what == budget::change::none)
		return;
	const bool gave_up = what == budget::change::gave_up;
	journal(weight::notice, fmt::format("{:.2f} % of a processor, of {} % allowed: {} {}", share_percent_, budget_.percent(),
					    gave_up ? "giving up" : "taking back", to_string(budget_.last())));
	if (budget_.last() == sacrifice::pace)
		return;
	start_costly(false);
	tell_programs();
	last_ = clock::now();
	observe_all();
	usage_.forget(all_programs());
}

void daemon::write_own(series_set &to) const
{
	to.add(build_info, {{"version", std::string(companion_version())}}, 1);
	to.add(cpu, {{"part", "orield"}}, usage_.own_seconds());
	if (usage_.times_programs())
		to.add(cpu, {{"part", "programs"}}, usage_.program_seconds());
	to.add(share, {}, share_percent_ / 100);
	to.add(budget_ratio, {}, budget_.percent() / 100);
	to.add(sacrifices, {}, double(budget_.steps()));
	to.add(resident, {}, double(usage_.resident_bytes()));
	to.add(observations, {}, double(observations_));
	to.add(recorded, {}, double(recorded_));
	to.add(failures, {}, double(record_failures_));
	to.add(recording_bytes, {}, double(file_bytes(chosen_.recording)));
	for (const slot &one : slots_) {
		to.add(up, {{"collector", one.name}}, one.running && one.reason.empty());
		if (!one.running)
			continue;
		for (const program_state &program : one.running->programs()) {
			const series_labels labels{{"collector", one.name}, {"program", program.name}};
			to.add(attached, labels, program.attached);
			if (!program.attached)
				continue;
			to.add(runs, labels, double(program.runs));
			to.add(run_seconds, labels, double(program.run_time_ns) / 1e9);
			to.add(misses, labels, double(program.misses));
		}
	}
}

void daemon::export_metrics()
{
	if (!exporter_)
		return;
	series_set set(chosen_.series - exporter::own_series - 1);
	write_own(set);
	for (const slot &one : slots_)
		if (one.running)
			one.running->write(set);
	series_ = set.size();
	series_left_out_ = set.left_out();
	series_set last(1);
	last.add(left_out, {}, double(series_left_out_));
	auto families = set.take();
	families.push_back(last.take().front());
	exporter_->set(std::move(families));
}

std::string daemon::summary() const
{
	std::size_t running = 0;
	for (const slot &one : slots_)
		running += one.running && one.reason.empty();
	return fmt::format("{} of {} collectors work, {:.2f} % of a processor, {} given up", running, slots_.size(), share_percent_,
			   budget_.steps());
}

ordered_json daemon::status() const
{
	ordered_json json{{"version", 1},
			  {"release", std::string(companion_version())},
			  {"process", ::getpid()},
			  {"interval_s", chosen_.interval.count() * (budget_.has_given_up(sacrifice::pace) ? slower : 1)},
			  {"observations", observations_},
			  {"cpu_percent", share_percent_},
			  {"budget_percent", budget_.percent()},
			  {"programs_are_timed", usage_.times_programs()},
			  {"resident_bytes", usage_.resident_bytes()}};
	json["given_up"] = ordered_json::array();
	for (const sacrifice one : {sacrifice::policies, sacrifice::pace, sacrifice::processes, sacrifice::programs})
		if (budget_.has_given_up(one))
			json["given_up"].push_back(to_string(one));
	json["recording"] = {{"file", chosen_.recording},
			     {"samples", recorded_},
			     {"failures", record_failures_},
			     {"bytes", file_bytes(chosen_.recording)},
			     {"reason", recording_reason_}};
	json["exporter"] = {{"listen", chosen_.listen}, {"series", series_}, {"left_out", series_left_out_}, {"reason", exporter_reason_}};
	json["collectors"] = ordered_json::array();
	for (const slot &one : slots_) {
		const auto states = one.running ? one.running->programs() : std::vector<program_state>();
		ordered_json programs = to_json(states);
		for (std::size_t i = 0; i < states.size(); i++)
			programs[i]["events"] = states[i].runs;
		json["collectors"].push_back({{"name", one.name},
					      {"works", one.running && one.reason.empty()},
					      {"reason", one.reason},
					      {"refused", one.running ? one.running->refused() : std::map<std::string, std::uint64_t>()},
					      {"unseen", one.running ? one.running->unseen() : std::vector<std::string>()},
					      {"programs", programs}});
	}
	return json;
}

} // namespace oriel
