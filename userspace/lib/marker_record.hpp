// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "device.hpp"
#include "event_format.hpp"
#include "marker_inventory.hpp"
#include "ring_page.hpp"
#include "trace_dat.hpp"
#include "tracefs.hpp"

#include <optional>
#include <set>

namespace oriel {

struct record_request {
	std::vector<std::string> patterns; // over "subsystem:event"
	std::string filter;
	std::uint32_t per_second = 0;    // 0: no limit
	std::uint32_t buffer_kib = 0;    // for each processor; 0: the kernel's default
	std::filesystem::path trace_dat; // empty: none
};

struct recorded_event {
	std::uint64_t time_ns; // CLOCK_MONOTONIC
	unsigned processor;
	event_head head;
	byte_view record;
};

// Where a recording goes as it comes, in the order of time.
class record_sink {
public:
	virtual ~record_sink() = default;
	virtual void event(const event_decoder &decoder, const recorded_event &event) = 0;
	virtual void missed(unsigned processor, const missed_events &missed) = 0;
	// Something the user should know: an event that cannot be recorded, a limit that does not hold.
	virtual void notice(const std::string &text) = 0;
	// True when no more is wanted.
	virtual bool is_full() const = 0;
};

struct record_summary {
	std::uint64_t events = 0;   // handed on
	std::uint64_t lost = 0;     // the buffers had no room
	std::uint64_t filtered = 0; // by all filters on the markers, of other recorders too
	std::uint64_t limited = 0;  // likewise, by rate limits
	std::uint64_t in_file = 0;  // events in the trace.dat: all that came, also where no more were wanted
};

// Arms markers, wakes dropped trace events, and reads both from a tracing instance of its own. What comes
// later and matches is taken in as it comes. Everything ends with this object.
class marker_recorder {
public:
	static result<marker_recorder> start(const record_request &request, record_sink &sink);

	// Readable when there is something for pump(); it should be called now and then even so.
	std::vector<int> descriptors() const;
	// The name of a process that the kernel may not have noted: it does so when a thread leaves the processor, and one that has ended
	// may not have left it yet when the recording ends.
	void name_process(pid_t process, const std::string &name);
	// Hands on what has come, up to the moment of the call.
	result<std::monostate> pump(record_sink &sink);
	// Ends the recording, hands on the rest, and writes the trace.dat.
	result<record_summary> finish(record_sink &sink);

	// Names of the events that are being recorded.
	const std::set<std::string> &events() const { return enabled_; }

private:
	struct source {
		unsigned processor;
		unique_fd fd;
		std::uint64_t last_ns = 0; // time of the last record read
	};
	struct held_record {
		std::uint64_t time_ns;
		unsigned processor;
		bytes record;
	};
	struct turned_away {
		std::uint64_t filtered = 0, limited = 0, lost = 0;
	};

	marker_recorder(record_request request, std::filesystem::path tracefs, netlink_client client, netlink_client news, device control,
			trace_instance instance)
	    : request_(std::move(request)), tracefs_(std::move(tracefs)), client_(std::move(client)), news_(std::move(news)),
	      control_(std::move(control)), instance_(std::move(instance))
	{
	}

	result<std::monostate> tell_who_else_arms(record_sink &sink);
	result<std::monostate> open_sources();
	result<std::monostate> attach(record_sink &sink);
	bool wake(const tainted_event &event, record_sink &sink);
	result<std::monostate> enable(const std::string &system, const std::string &event);
	result<bool> read_pages(source &from, unsigned most_pages, record_sink &sink);
	result<std::monostate> take_page(source &from, byte_view page, record_sink &sink);
	void hand_on(std::uint64_t before_ns, record_sink &sink);
	void learn_names(const std::vector<held_record> &records);
	result<turned_away> read_counters();
	result<std::monostate> write_trace_dat();

	record_request request_;
	std::filesystem::path tracefs_;
	netlink_client client_;
	netlink_client news_; // hears of modules that load
	device control_;
	trace_instance instance_;
	event_decoder decoder_;
	std::optional<trace_dat_writer> file_;
	std::vector<source> sources_;
	std::size_t page_bytes_ = 0;
	std::vector<held_record> held_;
	std::set<std::string> enabled_;
	std::set<std::string> told_;                 // of what a notice was given once
	std::map<std::string, std::string> formats_; // by text: the same event may come again with another number
	turned_away before_;
	record_summary summary_;
};

} // namespace oriel
