// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "marker_record.hpp"

namespace oriel {

// "100/s" or "100": at most so many per second; 0 for an empty word.
result<std::uint32_t> parse_rate(const std::string &word);

// Prints a recording's events on stdout as they come, and its notices on stderr.
class event_printer : public record_sink {
public:
	enum class form { none, text, json };

	// `most`: is full after so many events; 0: never.
	event_printer(form how, std::uint64_t most) : form_(how), most_(most) {}

	void event(const event_decoder &decoder, const recorded_event &event) override;
	void missed(unsigned processor, const missed_events &missed) override;
	void notice(const std::string &text) override;
	bool is_full() const override;

private:
	form form_;
	std::uint64_t most_;
	std::uint64_t events_ = 0;
};

} // namespace oriel
