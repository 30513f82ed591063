// SPDX-License-Identifier: GPL-2.0
#include "ring_page.hpp"

#include <charconv>
#include <cstring>
extern "C" { // which the header of libtraceevent 1.7 does not say
#include <kbuffer.h>
}

namespace oriel {
namespace {

// The header of a page (events/header_page): a time of 8 bytes, then the bytes of data that follow, with
// flags above them. RB_MISSED_EVENTS and RB_MISSED_STORED of the kernel's ring_buffer.c.
constexpr std::size_t header_bytes = 16;
constexpr std::uint64_t length_mask = (1u << 27) - 1;
constexpr std::uint64_t flag_missed = 1u << 31;
constexpr std::uint64_t flag_count_stored = 1u << 30;

// The library believes the header, so it is checked before.
bool header_is_sound(byte_view page)
{
	std::uint64_t commit = 0;
	if (page.size() < header_bytes)
		return false;
	std::memcpy(&commit, page.data() + sizeof(commit), sizeof(commit));
	const bool count_stored = (commit & flag_missed) && (commit & flag_count_stored);
	const std::size_t room = page.size() - header_bytes;
	return (commit & length_mask) + (count_stored ? sizeof(std::uint64_t) : 0) <= room;
}

} // namespace

void ring_page_reader::free_buffer::operator()(kbuffer *buffer) const
{
	kbuffer_free(buffer);
}

ring_page_reader::ring_page_reader() : buffer_(kbuffer_alloc(KBUFFER_LSIZE_8, KBUFFER_ENDIAN_LITTLE)) {}

bool ring_page_reader::read(byte_view page, const visitor &visit, missed_events &missed)
{
	missed = {};
	if (!buffer_ || !header_is_sound(page) || kbuffer_load_subbuffer(buffer_.get(), const_cast<std::byte *>(page.data())) < 0)
		return false;
	const int count = kbuffer_missed_events(buffer_.get());
	missed = {count != 0, count > 0 ? static_cast<std::uint64_t>(count) : 0};
	unsigned long long time_ns = 0;
	for (void *at = kbuffer_read_event(buffer_.get(), &time_ns); at; at = kbuffer_next_event(buffer_.get(), &time_ns)) {
		const auto *record = static_cast<const std::byte *>(at);
		const int size = kbuffer_event_size(buffer_.get());
		if (record < page.data() || size < 0 || record + size > page.data() + page.size())
			return false;
		visit(time_ns, {record, static_cast<std::size_t>(size)});
	}
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
