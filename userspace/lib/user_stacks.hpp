// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"
#include "unique_fd.hpp"
#include "user_symbols.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

struct perf_buffer;
struct perf_event_header;

namespace oriel {

// Names the functions of processes, also of those that have ended: the kernel tells of each mapping that is made while this lives, and of
// processes that come and go (perf_event_open(2)).
class user_stacks {
public:
	// `process` and what it starts; 0: everybody.
	static result<user_stacks> open(pid_t process);
	user_stacks(user_stacks &&) noexcept;
	~user_stacks();

	// Readable when much has been told that pump() is to take.
	int descriptor() const;
	void pump();
	// "outermost;...;innermost" of addresses, the innermost first, a 0 ends them.
	std::string name(std::uint32_t process, std::span<const std::uint64_t> frames);
	// Processes that had ended when it was called the last time but one.
	void forget_ended();
	// What the kernel had no room to tell of.
	std::uint64_t lost() const;

private:
	struct source; // at a fixed address, for libbpf's callback
	struct mapping {
		std::uint64_t start, end;
		std::uint64_t offset; // into the file, bytes
		std::uint64_t inode;
		std::string path;
	};
	struct process {
		std::vector<mapping> mappings; // of what can be run; a later one replaces what it overlaps
		unsigned ended = 0;            // so often forget_ended() was called since, and 1
	};

	explicit user_stacks(std::unique_ptr<source> from);
	void apply(const perf_event_header &record);
	void read_mappings(std::uint32_t number);
	std::string name_of(const process &in, std::uint32_t number, std::uint64_t address);

	std::unique_ptr<source> source_;
	std::map<std::uint32_t, process> processes_;
	std::map<std::pair<std::string, std::uint64_t>, user_symbols> files_; // by path and inode
};

} // namespace oriel
