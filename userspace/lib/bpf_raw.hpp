// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"
#include "unique_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct ring_buffer;

namespace oriel {

// A tracepoint of a module that has no event in tracefs.
struct raw_tracepoint {
	std::string module;
	std::string system;
	std::string event;

	std::string full_name() const { return system + ":" + event; }
};

// Finds modules' tracepoints by the symbols that the kernel knows (/proc/kallsyms). `has_event` tells
// which of them are in tracefs; these are left out. The system is the one that the module names, if it
// names exactly one, else the module's name.
std::vector<raw_tracepoint> find_raw_tracepoints(std::string_view kallsyms, const std::function<bool(const raw_tracepoint &)> &has_event);

// The same on this machine. Fails with permission where the kernel hides its symbols.
result<std::vector<raw_tracepoint>> find_dropped_tracepoints();

struct raw_event {
	std::uint64_t time_ns; // CLOCK_MONOTONIC
	unsigned processor;
	int pid; // of the thread
	std::string comm;
	const raw_tracepoint *from;
	std::vector<std::uint64_t> arguments; // as the tracepoint passes them
};

// Records tracepoints without any module of ours, by BPF programs: these attach by a tracepoint's name,
// and the kernel looks at no taint there. What the arguments mean, the kernel does not say.
class bpf_raw_recorder {
public:
	// `buffer_kib`: for all processors together; 0: 1 MiB.
	static result<bpf_raw_recorder> start(std::vector<raw_tracepoint> points, std::uint32_t buffer_kib);
	bpf_raw_recorder(bpf_raw_recorder &&) = default;
	~bpf_raw_recorder();

	int descriptor() const;
	// Hands on what has come.
	void pump(const std::function<void(const raw_event &)> &visit);
	// Events for which the buffer had no room.
	std::uint64_t lost() const;

private:
	struct state; // at a fixed address, for libbpf's callback

	explicit bpf_raw_recorder(std::unique_ptr<state> made);
	result<std::monostate> attach(std::uint32_t index);

	std::unique_ptr<state> state_;
};

} // namespace oriel
