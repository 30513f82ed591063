// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"
#include "error.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>

struct tep_handle;
struct tep_event;

namespace oriel {

// One record as far as every event has it.
struct event_head {
	std::string system;
	std::string event;
	int pid = 0;
	std::string comm; // name of the thread; "<...>" where it is not known
};

// Reads records by the `format` files of their events.
class event_decoder {
public:
	event_decoder();

	// What a `format` file says. The same event may come again under another number, after its module
	// was loaded again.
	result<std::monostate> add_format(const std::string &system, const std::string &text);
	// Lines "PID NAME", as saved_cmdlines has them.
	void add_names(const std::string &saved_cmdlines);
	// The names that are known, in the same form.
	std::string names() const;
	bool knows_name(int pid) const { return names_.count(pid) != 0; }
	void add_name(int pid, const std::string &name) { names_[pid] = name; }

	// Nothing where the record's event is not known.
	std::optional<event_head> head(byte_view record) const;
	// The fields, by name: numbers as numbers, strings as strings, other arrays as arrays.
	nlohmann::ordered_json fields(byte_view record) const;
	// As the event's author prints it.
	std::string text(byte_view record, unsigned processor, std::uint64_t time_ns) const;

private:
	struct free_handle {
		void operator()(tep_handle *handle) const;
	};
	tep_event *event_of(byte_view record) const;

	std::unique_ptr<tep_handle, free_handle> handle_;
	std::map<int, std::string> names_;
};

} // namespace oriel
