/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bindings without a kernel: modules are objects of the test, trace buffers are vectors, and every allocation is counted and can be
 * made to fail.
 */
#pragma once

#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bindings/okb_event.h"
#include "bindings/okb_key.h"
#include "bindings/okb_module.h"
#include "bindings/okb_netlink.h"
#include "kcore/mint.h"
#include "oriel/marker.h"

namespace fake {

/* Strings and records that lie "in the module" are those added to its ranges. */
struct module {
	std::string name = "client";
	u64 taints = 0;
	bool trusted_signature = false;
	bool coming = false;
	bool going = false;
	std::vector<okb_trace_event> events = {};
	u32 unreadable_events = 0; /* further ones, of which the table leaves the module */
	std::vector<std::pair<const char *, std::size_t>> ranges = {};
	std::vector<void *> keys = {};
	std::vector<char *> kept = {}; /* freed with it */

	okb_module *handle() { return reinterpret_cast<okb_module *>(this); }
	/* Puts a string into the module. */
	const char *keep(const std::string &s);
	void add(oriel_marker &record);
	~module();
};

/* A record as oriel_mark() makes it, its strings kept in `m`. */
oriel_marker record_in(module &m, const std::string &subsystem, const std::string &event, const std::string &format, int arg_count);

struct message {
	std::vector<std::pair<int, std::string>> attributes = {}; /* numbers as decimal */
	std::size_t room = 1000;                                  /* attributes that fit */

	okb_message *handle() { return reinterpret_cast<okb_message *>(this); }
	std::string get(int attribute) const;
};

/* The state of the world; reset() before each test. */
struct world {
	std::vector<module *> loaded;
	std::vector<std::string> log;
	long allocations = 0;         /* live ones */
	long fail_allocation_in = -1; /* the n-th from now fails; -1: none */
	long synchronized = 0;        /* calls of okb_synchronize() */
	long loans = 0;               /* of event_mutex */
	bool lending = false;
	bool lends_nothing = false;                /* the lender does not answer */
	bool waited_since_removal = true;          /* okb_events_removed() came after the last event went */
	std::map<std::string, okb_event *> events; /* "system:name" */
	std::vector<std::string> taken_names;      /* events that the kernel has already */
	bool event_busy = false;
	bool no_room = false; /* buffers are full */
	std::vector<std::vector<u8>> emitted;
	u64 clock_ns = 0;
	std::vector<std::pair<const module *, u32>> woken;
	std::vector<message> told;       /* to the group of netlink */
	std::function<void()> unwatched; /* called when modules are no longer heard of */
};
extern world now;
void reset();

/* Somebody opens or closes the event in tracefs. */
void use_event(const std::string &name, bool used);
/* The last emitted record, printed. */
std::string print(void *owner, const std::vector<u8> &record);

} // namespace fake
