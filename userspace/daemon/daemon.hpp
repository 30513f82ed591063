// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "budget.hpp"
#include "collector.hpp"
#include "exporter.hpp"
#include "recording.hpp"
#include "settings.hpp"
#include "usage.hpp"

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

namespace oriel {

// What orield does while it has one set of settings: collects, records, exports, and keeps to its budget.
class daemon {
public:
	// What does not work on this machine is left out, and said in the journal and in status().
	explicit daemon(const settings &chosen);

	// When to observe next, by the monotonic clock.
	std::chrono::steady_clock::time_point next() const { return next_; }
	void observe();
	nlohmann::ordered_json status() const;
	const settings &chosen() const { return chosen_; }
	// The file that is written; empty if none.
	std::string recording() const { return recording_ ? chosen_.recording : ""; }
	// One sentence for systemd.
	std::string summary() const;

private:
	using clock = std::chrono::steady_clock;

	struct slot {
		const char *name;
		std::unique_ptr<collector> running; // null while it does not
		std::string reason;                 // why not, or what the last observation failed of
		bool has_run = false;
	};

	void start(const char *name, bool wanted, const std::function<made_collector()> &make);
	void start_collectors();
	void start_costly(bool only_lacking);
	void try_again();
	void open_recording();
	void observe_all();
	void record(clock::time_point began);
	result<std::monostate> record_sample(clock::time_point began);
	void tell_programs();
	void keep_to_budget();
	void sacrifice_changed(budget::change what);
	void export_metrics();
	void write_own(series_set &to) const;
	std::vector<program_state> all_programs() const;

	settings chosen_;
	std::vector<slot> slots_;
	std::optional<recording_writer> recording_;
	std::string recording_reason_;
	std::optional<exporter> exporter_;
	std::string exporter_reason_;
	usage usage_;
	budget budget_;
	clock::time_point last_, next_;
	double share_percent_ = 0;
	std::uint64_t observations_ = 0, recorded_ = 0, record_failures_ = 0;
	std::size_t series_ = 0, series_left_out_ = 0;
};

} // namespace oriel
