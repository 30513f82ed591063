// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"
#include "unique_fd.hpp"

#include <cstdint>
#include <string>

namespace oriel {

// An open /dev/oriel. What it armed stands until it is closed, unless it was to be kept.
class device {
public:
	// Fails with module_absent or permission.
	static result<device> open();

	struct arm_request {
		std::string pattern; // shell pattern over "subsystem:event"
		std::string filter;
		std::uint32_t per_second = 0; // 0: no limit
		bool keep = false;
	};
	struct arm_answer {
		std::uint32_t matched;     // markers that are armed; none is no failure
		std::uint32_t passed_over; // that match and are not armed
		std::string notice;        // one of those, and why not
	};
	result<arm_answer> arm(const arm_request &request);

	// Drops the kept arms of exactly that pattern, or all kept ones if it is empty; how many.
	result<std::uint32_t> disarm_kept(const std::string &pattern);

	struct wake_answer {
		std::uint32_t woken;
		std::uint32_t live; // matched, and were in tracefs already
	};
	// Registers the dropped trace events of a loaded module whose "system:event" matches.
	result<wake_answer> wake(const std::string &module, const std::string &pattern);

	result<std::monostate> allow(const std::string &module, bool revoke);

private:
	explicit device(unique_fd fd) : fd_(std::move(fd)) {}
	// `absent`: what is meant by ENOENT.
	template <class Request>
	result<std::monostate> call(unsigned long command, Request &request, const std::string &what,
				    const char *absent = "there is no such thing");

	unique_fd fd_;
};

// For an answer with markers passed over: what to say of them.
std::string not_all_armed(const device::arm_answer &answer);

} // namespace oriel
