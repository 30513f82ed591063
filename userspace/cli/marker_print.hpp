// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bpf_raw.hpp"
#include "marker_record.hpp"

namespace oriel {

// "100/s": at most so many per second; 0 for an empty word.
result<std::uint32_t> parse_rate(const std::string &word);

// Prints a recording's events on stdout as they come, and its notices on stderr.
class event_printer : public record_sink {
public:
	enum class form { none, text, json };

	// `most`: is full after so many events; 0: never.
	event_printer(form how, std::uint64_t most) : form_(how), most_(most) {}

	void event(const event_decoder &decoder, const recorded_event &event) override;
	void raw(const raw_event &event);
	void missed(unsigned processor, const missed_events &missed) override;
	void notice(const std::string &text) override;
	bool is_full() const override;
	std::uint64_t printed() const { return events_; }

private:
	struct origin {
		std::uint64_t time_ns;
		unsigned processor;
		int pid;
		std::string comm, system, event;
	};
	void print_text(const origin &from, const std::string &text);
	void print_json(const origin &from, const nlohmann::ordered_json &fields);

	form form_;
	std::uint64_t most_;
	std::uint64_t events_ = 0;
};

} // namespace oriel
