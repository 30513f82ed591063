// SPDX-License-Identifier: GPL-2.0
#include "event_format.hpp"

#include <algorithm>
#include <charconv>
#include <event-parse.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sstream>

namespace oriel {
namespace {

using nlohmann::ordered_json;

tep_record record_of(byte_view bytes, unsigned processor, std::uint64_t time_ns)
{
	tep_record record{};
	record.ts = time_ns;
	record.cpu = static_cast<int>(processor);
	record.size = static_cast<int>(bytes.size());
	record.record_size = record.size;
	record.data = const_cast<std::byte *>(bytes.data());
	return record;
}

// Where the bytes of a field lie; empty where they would lie outside the record.
byte_view bytes_of(const tep_format_field &field, byte_view record)
{
	std::size_t offset = static_cast<std::size_t>(field.offset);
	std::size_t size = static_cast<std::size_t>(field.size);
	if (offset > record.size() || size > record.size() - offset)
		return {};
	if (!(field.flags & TEP_FIELD_IS_DYNAMIC))
		return record.subspan(offset, size);
	// The field holds where the data lies, in its lower half, and how long it is, in its upper.
	std::uint32_t location = 0;
	if (size != sizeof(location))
		return {};
	std::copy_n(record.data() + offset, sizeof(location), reinterpret_cast<std::byte *>(&location));
	const std::size_t base = field.flags & TEP_FIELD_IS_RELATIVE ? offset + sizeof(location) : 0;
	const std::size_t start = base + (location & 0xffff), length = location >> 16;
	if (start > record.size() || length > record.size() - start)
		return {};
	return record.subspan(start, length);
}

ordered_json number_of(byte_view bytes, bool is_signed)
{
	std::uint64_t value = 0;
	if (bytes.empty() || bytes.size() > sizeof(value))
		return nullptr;
	std::copy(bytes.begin(), bytes.end(), reinterpret_cast<std::byte *>(&value));
	if (!is_signed)
		return value;
	const unsigned unused_bits = 64 - 8 * static_cast<unsigned>(bytes.size());
	return static_cast<std::int64_t>(value << unused_bits) >> unused_bits;
}

ordered_json value_of(const tep_format_field &field, byte_view record)
{
	const byte_view bytes = bytes_of(field, record);
	if (field.flags & TEP_FIELD_IS_STRING) {
		const auto *text = reinterpret_cast<const char *>(bytes.data());
		return std::string(text, std::find(text, text + bytes.size(), '\0'));
	}
	const bool is_signed = field.flags & TEP_FIELD_IS_SIGNED;
	if (!(field.flags & TEP_FIELD_IS_ARRAY))
		return number_of(bytes, is_signed);
	ordered_json list = ordered_json::array();
	const std::size_t step = std::max(field.elementsize, 1u);
	for (std::size_t at = 0; at + step <= bytes.size(); at += step)
		list.push_back(number_of(bytes.subspan(at, step), is_signed));
	return list;
}

} // namespace

void event_decoder::free_handle::operator()(tep_handle *handle) const
{
	tep_free(handle);
}

event_decoder::event_decoder() : handle_(tep_alloc())
{
	tep_set_loglevel(TEP_LOG_NONE);
	tep_set_long_size(handle_.get(), sizeof(long));
	tep_set_file_bigendian(handle_.get(), TEP_LITTLE_ENDIAN);
	tep_set_local_bigendian(handle_.get(), TEP_LITTLE_ENDIAN);
}

result<std::monostate> event_decoder::add_format(const std::string &system, const std::string &text)
{
	// The library forgives much, and a print format that it cannot read costs only the author's form of the
	// text; but without a number and the common fields no record can be read.
	constexpr std::string_view number_key = "\nID: ";
	const auto key = text.find(number_key);
	int number = 0;
	const bool numbered = key != std::string::npos &&
			      std::from_chars(text.data() + key + number_key.size(), text.data() + text.size(), number).ec == std::errc{};
	const bool parsed = numbered && tep_parse_event(handle_.get(), text.c_str(), text.size(), system.c_str()) == TEP_ERRNO__SUCCESS;
	const tep_event *event = parsed ? tep_find_event(handle_.get(), number) : nullptr;
	if (!event || event->format.nr_common == 0)
		return error{fmt::format("the format of an event of {} cannot be read", system)};
	return std::monostate{};
}

void event_decoder::add_names(const std::string &saved_cmdlines)
{
	std::istringstream lines(saved_cmdlines);
	for (std::string line; std::getline(lines, line);) {
		std::istringstream words(line);
		int pid = 0;
		std::string name;
		if (words >> pid && words.ignore() && std::getline(words, name))
			names_[pid] = name;
	}
}

std::string event_decoder::names() const
{
	std::string lines;
	for (const auto &[pid, name] : names_)
		lines += fmt::format("{} {}\n", pid, name);
	return lines;
}

tep_event *event_decoder::event_of(byte_view record) const
{
	// The number of the event is the first field of every record, two bytes.
	std::uint16_t number = 0;
	if (record.size() < sizeof(number))
		return nullptr;
	std::copy_n(record.data(), sizeof(number), reinterpret_cast<std::byte *>(&number));
	return tep_find_event(handle_.get(), number);
}

std::optional<event_head> event_decoder::head(byte_view record) const
{
	const tep_event *event = event_of(record);
	if (!event)
		return std::nullopt;
	event_head head{event->system, event->name, 0, "<...>"};
	for (const tep_format_field *field = event->format.common_fields; field; field = field->next)
		if (std::string_view(field->name) == "common_pid")
			if (const auto pid = number_of(bytes_of(*field, record), true); pid.is_number())
				head.pid = pid.get<int>();
	if (const auto known = names_.find(head.pid); known != names_.end())
		head.comm = known->second;
	else if (head.pid == 0)
		head.comm = "<idle>";
	return head;
}

ordered_json event_decoder::fields(byte_view record) const
{
	ordered_json fields = ordered_json::object();
	if (const tep_event *event = event_of(record))
		for (const tep_format_field *field = event->format.fields; field; field = field->next)
			fields[field->name] = value_of(*field, record);
	return fields;
}

std::string event_decoder::text(byte_view bytes, unsigned processor, std::uint64_t time_ns) const
{
	tep_record record = record_of(bytes, processor, time_ns);
	trace_seq seq;
	trace_seq_init(&seq);
	tep_print_event(handle_.get(), &seq, &record, "%s", TEP_PRINT_INFO);
	trace_seq_terminate(&seq);
	std::string text = seq.buffer;
	trace_seq_destroy(&seq);
	return text;
}

} // namespace oriel
