// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace oriel {

// What the kernel overwrote in front of a page because nobody had read it yet.
struct missed_events {
	bool any = false;
	std::uint64_t count = 0; // 0 with `any`: the kernel does not know how many
};

// Takes a page apart that trace_pipe_raw gives: calls `visit` with the time and the bytes of each record.
// False where the page is damaged: the records before the damage were visited.
using ring_page_visitor = std::function<void(std::uint64_t time_ns, byte_view record)>;
bool read_ring_page(byte_view page, const ring_page_visitor &visit, missed_events &missed);

// The size of a page in bytes, as the text of events/header_page gives it; nothing where it does not.
std::optional<std::size_t> parse_page_bytes(std::string_view header_page);

} // namespace oriel
