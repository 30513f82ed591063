// SPDX-License-Identifier: GPL-2.0
#include "ring_page.hpp"

#include <charconv>
#include <cstring>

namespace oriel {
namespace {

// The header of a page (events/header_page): a time of 8 bytes, then the bytes of data that follow, with
// flags above them. RB_MISSED_EVENTS and RB_MISSED_STORED of the kernel's ring_buffer.c.
constexpr std::uint64_t length_mask = (1u << 27) - 1;
constexpr std::uint64_t flag_missed = 1u << 31;
constexpr std::uint64_t flag_count_stored = 1u << 30;

// The header of a record (events/header_event): 5 bits of type, 27 bits of time. enum ring_buffer_type of
// the kernel's include/linux/ring_buffer.h; a type up to 28 is the length of the data in words.
constexpr std::uint32_t type_long = 0, type_padding = 29, type_time_extend = 30, type_time_stamp = 31;
constexpr unsigned type_bits = 5, time_bits = 27;
constexpr std::uint64_t stamp_mask = (std::uint64_t{1} << 59) - 1; // an absolute time lacks the highest bits

// Takes numbers off the front of a page, as far as it goes.
class page_cursor {
public:
	explicit page_cursor(byte_view data) : left_(data) {}

	bool at_end() const { return left_.empty(); }
	byte_view left() const { return left_; }

	template <class Number>
	bool take(Number &value)
	{
		if (left_.size() < sizeof(value))
			return false;
		std::memcpy(&value, left_.data(), sizeof(value));
		left_ = left_.subspan(sizeof(value));
		return true;
	}

	bool take(std::size_t size, byte_view &data)
	{
		if (left_.size() < size)
			return false;
		data = left_.first(size);
		left_ = left_.subspan(size);
		return true;
	}

private:
	byte_view left_;
};

// The length of the data of a long record and of padding counts itself.
bool take_long(page_cursor &at, byte_view &data)
{
	std::uint32_t length = 0;
	if (!at.take(length) || length < sizeof(length))
		return false;
	const std::size_t words = (std::size_t{length} - 1) / sizeof(length);
	return at.take(words * sizeof(length), data);
}

// False where what follows leaves the page. Time goes on in `time_ns`.
bool read_record(page_cursor &at, std::uint64_t &time_ns, const ring_page_visitor &visit)
{
	std::uint32_t header = 0, more_time = 0;
	byte_view data;
	if (!at.take(header))
		return false;
	const std::uint32_t type = header & ((1u << type_bits) - 1), delta = header >> type_bits;
	switch (type) {
	case type_padding:
		// Without a time it reaches to the end of the page and has no length.
		time_ns += delta;
		return delta ? take_long(at, data) : at.take(at.left().size(), data);
	case type_time_extend:
	case type_time_stamp: {
		if (!at.take(more_time))
			return false;
		const std::uint64_t time = (std::uint64_t{more_time} << time_bits) + delta;
		time_ns = type == type_time_extend ? time_ns + time : (time_ns & ~stamp_mask) | time;
		return true;
	}
	default:
		if (!(type == type_long ? take_long(at, data) : at.take(type * sizeof(header), data)))
			return false;
		time_ns += delta;
		visit(time_ns, data);
		return true;
	}
}

} // namespace

bool read_ring_page(byte_view page, const ring_page_visitor &visit, missed_events &missed)
{
	missed = {};
	std::uint64_t time_ns = 0, commit = 0;
	page_cursor at(page);
	if (!at.take(time_ns) || !at.take(commit))
		return false;
	byte_view records;
	if (!at.take(commit & length_mask, records))
		return false;
	missed.any = commit & flag_missed;
	if (missed.any && (commit & flag_count_stored) && !at.take(missed.count))
		return false;
	for (page_cursor rest(records); !rest.at_end();)
		if (!read_record(rest, time_ns, visit))
			return false;
	return true;
}

// The line is "field: char data; offset:16; size:4080; signed:1;", with tabs.
std::optional<std::size_t> parse_page_bytes(std::string_view header_page)
{
	const auto number_behind = [](std::string_view line, std::string_view key) {
		std::size_t value = 0;
		if (const auto at = line.find(key); at != std::string_view::npos)
			std::from_chars(line.data() + at + key.size(), line.data() + line.size(), value);
		return value;
	};
	const auto start = header_page.find("char data;");
	if (start == std::string_view::npos)
		return std::nullopt;
	const auto line = header_page.substr(start, header_page.find('\n', start) - start);
	const std::size_t size = number_behind(line, "offset:") + number_behind(line, "size:");
	constexpr std::size_t least = 4096, most = std::size_t{64} << 20;
	return size >= least && size <= most ? std::optional(size) : std::nullopt;
}

} // namespace oriel
