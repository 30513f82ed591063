// SPDX-License-Identifier: GPL-2.0
#include "marker/site.h"

#include "marker/format.h"

namespace oriel {
namespace {

/* The low bits of static_key.entries are flags that a fresh, default-false key has clear once the kernel has filled in the rest. */
constexpr unsigned long key_flags = 3;

bool read_text(okb_module *module, const char *string, std::size_t limit, text &out)
{
	long length = okb_module_string(module, string, limit);
	if (length < 0)
		return false;
	out = text{string, static_cast<std::size_t>(length)};
	return true;
}

/* Files of the kernel's beside the directories of subsystems, and in them beside those of events: a directory could not be made. */
bool is_a_file_of_tracefs(const site_description &d)
{
	return d.subsystem == "enable" || d.subsystem == "header_event" || d.subsystem == "header_page" || d.event == "enable" ||
	       d.event == "filter";
}

} // namespace

result<site_description> read_site(okb_module *module, const oriel_marker *record, const char *&why)
{
	site_description d;
	if (!okb_module_contains(module, record, sizeof(*record)) || record->size != sizeof(*record)) {
		why = "a marker record has another size than this Oriel knows";
		return errc::invalid;
	}
	if (record->abi != ORIEL_MARKER_ABI || record->pad) {
		why = "a marker record has another version than this Oriel knows: rebuild the module with its marker.h";
		return errc::invalid;
	}
	if (record->key.enabled || (record->key.entries & key_flags) || record->probe || record->owner) {
		why = "a marker record is not in its initial state: forged, or in use by another tool";
		return errc::invalid;
	}
	text file;
	if (!read_text(module, record->subsystem, max_name, d.subsystem) || !read_text(module, record->event, max_name, d.event) ||
	    !read_text(module, record->format, max_format, d.format) || !read_text(module, record->file, max_format, file)) {
		why = "a marker record points outside its module, or to a string that is too long";
		return errc::invalid;
	}
	if (!is_identifier(d.subsystem) || !is_identifier(d.event)) {
		why = "a marker's subsystem or event is not an identifier";
		return errc::invalid;
	}
	if (is_a_file_of_tracefs(d)) {
		why = "a marker's subsystem or event has the name of a file that tracefs keeps there";
		return errc::invalid;
	}
	/* Of events named alike, the lender among them, all would be switched. */
	if (d.subsystem == "oriel" || d.subsystem == "ftrace") {
		why = "the subsystems oriel and ftrace belong to Oriel and to the kernel";
		return errc::invalid;
	}
	return d;
}

} // namespace oriel
