/* SPDX-License-Identifier: GPL-2.0 */
/* A site: one marker record in one client module, found through the module's jump table and checked before anything in it is believed. */
#pragma once

#include "bindings/okb_module.h"
#include "kcore/list.h"
#include "kcore/result.h"
#include "kcore/text.h"
#include "oriel/marker.h"

namespace oriel {

inline constexpr std::size_t max_name = 63; /* bytes of a subsystem's or an event's name, without the NUL */

/*
 * Ownership: its marker's.  Lifetime: `record` lies in the client's data and is valid until the module is going; by then the site is gone.
 */
class site : public list_node<site> {
public:
	site(oriel_marker *record, okb_module *module, text module_name) : record_(record), module_(module)
	{
		static_cast<void>(module_name_.assign(module_name));
	}

	bool is_of(const okb_module *module) const { return module_ == module; }
	bool is(const oriel_marker *record) const { return record_ == record; }
	const char *module_name() const { return module_name_.c_str(); }
	const char *file() const { return record_->file; }
	u32 line() const { return static_cast<u32>(record_->line); }
	oriel_marker *record() const { return record_; }

private:
	oriel_marker *record_;
	okb_module *module_; /* identity only */
	name<OKB_MODULE_NAME> module_name_;
};

/* What a record says of itself, checked: views into the client's data. */
struct site_description {
	text subsystem;
	text event;
	text format;
};

/*
 * Checks a record of which only the magic number has been seen: sizes, version, and that every string lies inside the module.  A forged or
 * damaged record fails with errc::invalid, and `why` says how.
 */
result<site_description> read_site(okb_module *module, const oriel_marker *record, const char *&why);

} // namespace oriel
