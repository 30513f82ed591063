// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"

#include <cstdint>
#include <cstring>

namespace oriel::test {

// A page of a ring buffer as trace_pipe_raw gives it: events/header_page and header_event say what is where.
class ring_page_builder {
public:
	explicit ring_page_builder(std::uint64_t time_ns, std::size_t page_bytes = 4096) : page_(page_bytes) { put(0, time_ns); }

	// A record whose data is so many words of four bytes, at most 28, and that comes so much later than the one before.
	ring_page_builder &add(std::uint32_t delta_ns, const bytes &data)
	{
		const std::uint32_t header = delta_ns << 5 | static_cast<std::uint32_t>(data.size() / 4);
		put(used_, header);
		std::memcpy(page_.data() + used_ + sizeof(header), data.data(), data.size());
		used_ += sizeof(header) + data.size();
		return *this;
	}

	// Of any length.
	ring_page_builder &add_long(std::uint32_t delta_ns, const bytes &data)
	{
		put(used_, delta_ns << 5);
		put(used_ + 4, static_cast<std::uint32_t>(data.size() + 4));
		std::memcpy(page_.data() + used_ + 8, data.data(), data.size());
		used_ += 8 + data.size();
		return *this;
	}

	// `type` 30: the time goes on by so much; 31: it is set, but for its highest five bits.
	ring_page_builder &add_time(std::uint32_t type, std::uint64_t time_ns)
	{
		put(used_, static_cast<std::uint32_t>(time_ns << 5) | type);
		put(used_ + 4, static_cast<std::uint32_t>(time_ns >> 27));
		used_ += 8;
		return *this;
	}

	// Bytes that hold nothing, with their header; without a time nothing may follow.
	ring_page_builder &add_padding(std::uint32_t delta_ns, std::size_t size)
	{
		put(used_, delta_ns << 5 | 29);
		if (delta_ns)
			put(used_ + 4, static_cast<std::uint32_t>(size - 4));
		used_ += size;
		return *this;
	}

	// `flags`: those of the header beside the length.
	bytes take(std::uint64_t flags = 0)
	{
		put(8, (used_ - 16) | flags);
		return page_;
	}
	std::size_t used() const { return used_; }

private:
	template <class Number>
	void put(std::size_t at, Number value)
	{
		std::memcpy(page_.data() + at, &value, sizeof(value));
	}

	bytes page_;
	std::size_t used_ = 16;
};

} // namespace oriel::test
