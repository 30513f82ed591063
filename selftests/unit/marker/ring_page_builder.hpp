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
