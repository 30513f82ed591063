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
	std::uint32_t rate = 0;
	const auto parsed = std::from_chars(word.data(), word.data() + word.size(), rate);
	const std::string_view rest(parsed.ptr, static_cast<std::size_t>(word.data() + word.size() - parsed.ptr));
	if (parsed.ec != std::errc{} || rest != "/s" || rate == 0)
		return error{fmt::format("{}: is not a rate such as 100/s", word), "", exit_code::usage};
	return rate;
}

void event_printer::print_text(const origin &from, const std::string &text)
{
	constexpr std::uint64_t second_ns = 1'000'000'000;
	print_line(fmt::format("{:>16}-{:<7} [{:03}] {:6}.{:09}: {}:{}: {}", from.comm, from.pid, from.processor, from.time_ns / second_ns,
			       from.time_ns % second_ns, from.system, from.event, text));
}

void event_printer::print_json(const origin &from, const nlohmann::ordered_json &fields)
{
	print_json_line({{"version", 1},
			 {"type", "event"},
			 {"time_ns", from.time_ns},
			 {"processor", from.processor},
			 {"pid", from.pid},
			 {"comm", from.comm},
			 {"system", from.system},
			 {"event", from.event},
			 {"fields", fields}});
}

void event_printer::event(const event_decoder &decoder, const recorded_event &event)
{
	events_++;
	const origin from{event.time_ns, event.processor, event.head.pid, event.head.comm, event.head.system, event.head.event};
	if (form_ == form::text)
		print_text(from, decoder.text(event.record, event.processor, event.time_ns));
	else if (form_ == form::json)
		print_json(from, decoder.fields(event.record));
}

// The arguments have no names: they are counted.
void event_printer::raw(const raw_event &event)
{
	if (is_full())
		return;
	events_++;
	const origin from{event.time_ns, event.processor, event.pid, event.comm, event.from->system, event.from->event};
	std::string text;
	nlohmann::ordered_json fields = nlohmann::ordered_json::object();
	for (std::size_t i = 0; i < event.arguments.size(); i++) {
		text += fmt::format("{}arg{}={:#x}", i == 0 ? "" : " ", i, event.arguments[i]);
		fields[fmt::format("arg{}", i)] = event.arguments[i];
	}
	if (form_ == form::text)
		print_text(from, text);
	else if (form_ == form::json)
		print_json(from, fields);
}

void event_printer::missed(unsigned processor, const missed_events &missed)
{
	if (form_ == form::json)
		print_json_line({{"version", 1},
				 {"type", "missed"},
				 {"processor", processor},
				 {"events", missed.count == 0 ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(missed.count)}});
	else if (form_ == form::text)
		print_line(fmt::format("# {} events were lost here on processor {}",
				       missed.count == 0 ? "some" : std::to_string(missed.count), processor));
}

void event_printer::notice(const std::string &text)
{
	fmt::print(stderr, "oriel: {}\n", text);
}

bool event_printer::is_full() const
{
	return (most_ != 0 && events_ >= most_) || output_is_gone();
}

} // namespace oriel
