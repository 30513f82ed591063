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

}  // namespace

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
	return d;
}

}  // namespace oriel
