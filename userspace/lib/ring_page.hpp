// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

struct kbuffer;

namespace oriel {

// What the kernel overwrote in front of a page because nobody had read it yet.
struct missed_events {
	bool any = false;
	std::uint64_t count = 0; // 0 with `any`: the kernel does not know how many
};

// Takes the pages apart that trace_pipe_raw gives.
class ring_page_reader {
public:
	ring_page_reader();

	// Calls `visit` with the time and the bytes of each record. False where the page is damaged: the
	// records before the damage were visited.
	using visitor = std::function<void(std::uint64_t time_ns, byte_view record)>;
	bool read(byte_view page, const visitor &visit, missed_events &missed);

private:
	struct free_buffer {
		void operator()(kbuffer *buffer) const;
	};
	std::unique_ptr<kbuffer, free_buffer> buffer_;
};

// The size of a page in bytes, as the text of events/header_page gives it; nothing where it does not.
std::optional<std::size_t> parse_page_bytes(std::string_view header_page);

} // namespace oriel
