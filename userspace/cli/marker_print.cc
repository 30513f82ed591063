// SPDX-License-Identifier: GPL-2.0
#include "marker_print.hpp"

#include "print_line.hpp"

#include <charconv>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace oriel {

result<std::uint32_t> parse_rate(const std::string &word)
{
	if (word.empty())
		return 0u;
	const std::string_view digits = std::string_view(word).substr(0, word.ends_with("/s") ? word.size() - 2 : word.size());
	std::uint32_t rate = 0;
	const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), rate);
	if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size() || rate == 0)
		return error{fmt::format("{}: is not a rate such as 100/s", word), "", exit_code::usage};
	return rate;
}

void event_printer::event(const event_decoder &decoder, const recorded_event &event)
{
	events_++;
	if (form_ == form::text) {
		constexpr std::uint64_t second_ns = 1'000'000'000;
		print_line(fmt::format("{:>16}-{:<7} [{:03}] {:6}.{:09}: {}:{}: {}", event.head.comm, event.head.pid, event.processor,
				       event.time_ns / second_ns, event.time_ns % second_ns, event.head.system, event.head.event,
				       decoder.text(event.record, event.processor, event.time_ns)));
	} else if (form_ == form::json) {
		print_json_line({{"version", 1},
				 {"type", "event"},
				 {"time_ns", event.time_ns},
				 {"processor", event.processor},
				 {"pid", event.head.pid},
				 {"comm", event.head.comm},
				 {"system", event.head.system},
				 {"event", event.head.event},
				 {"fields", decoder.fields(event.record)}});
	}
}

void event_printer::missed(unsigned processor, const missed_events &missed)
{
	if (form_ == form::json)
		print_json_line({{"version", 1},
				 {"type", "missed"},
				 {"processor", processor},
				 {"events", missed.count == 0 ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(missed.count)}});
	else if (form_ == form::text)
		print_line(fmt::format("# {} events were lost here on processor {}", missed.count == 0 ? "some" : std::to_string(missed.count),
				       processor));
}

void event_printer::notice(const std::string &text) { fmt::print(stderr, "oriel: {}\n", text); }

bool event_printer::is_full() const { return (most_ != 0 && events_ >= most_) || output_is_gone(); }

} // namespace oriel
