// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace oriel {

// Where tracefs is mounted. Fails with permission without root.
result<std::filesystem::path> find_tracefs();

// Writes to one of the kernel's control files. The failure names the file and what the kernel said.
result<std::monostate> write_control(const std::filesystem::path &file, std::string_view value);

// What one processor's buffer of an instance says of itself, in events.
struct buffer_counts {
	std::uint64_t overrun = 0;        // overwritten before they were read
	std::uint64_t commit_overrun = 0; // lost to nesting
	std::uint64_t dropped = 0;        // refused, the buffer being full

	std::uint64_t lost() const { return overrun + commit_overrun + dropped; }
};

// Reads the text of per_cpu/cpuN/stats; what it does not say is 0.
buffer_counts parse_buffer_stats(std::string_view text);

// A tracing instance of our own: buffers and enabled events that touch nobody else's. Removed with this
// object, or by the next process that looks if this one is killed outright.
class trace_instance {
public:
	// Named "oriel-PID". `buffer_kib`: for each processor; 0: as large as the kernel thinks fit.
	static result<trace_instance> create(const std::filesystem::path &tracefs, std::uint32_t buffer_kib = 0);
	trace_instance(trace_instance &&from) noexcept : dir_(std::move(from.dir_)) { from.dir_.clear(); }
	trace_instance &operator=(trace_instance &&) = delete;
	~trace_instance() { remove(); }

	const std::filesystem::path &dir() const { return dir_; }
	std::filesystem::path event_dir(const std::string &system, const std::string &event) const
	{
		return dir_ / "events" / system / event;
	}

	// Numbers of the processors that have a buffer.
	std::vector<unsigned> processors() const;
	// Does nothing if it is enabled already.
	result<std::monostate> enable(const std::string &system, const std::string &event, const std::string &filter);
	bool is_enabled(const std::string &system, const std::string &event) const;
	void disable_all();
	std::string stats_text(unsigned processor) const;

private:
	explicit trace_instance(std::filesystem::path dir) : dir_(std::move(dir)) {}
	void remove();

	std::filesystem::path dir_;
};

// Removes the instances that killed processes left behind; returns how many.
unsigned remove_stale_instances(const std::filesystem::path &tracefs);

// Every instance there is, and the top level first: each has an `events` directory.
std::vector<std::filesystem::path> all_instances(const std::filesystem::path &tracefs);

} // namespace oriel
