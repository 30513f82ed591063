// SPDX-License-Identifier: GPL-2.0
#include "verdict.hpp"

#include <algorithm>

namespace oriel {

bool verdict::has(std::string_view code) const
{
	return std::any_of(findings.begin(), findings.end(), [&](const finding &f) { return f.code == code; });
}

const char *to_string(severity weight)
{
	switch (weight) {
	case severity::good:
		return "good";
	case severity::note:
		return "note";
	case severity::bad:
		return "bad";
	case severity::unknown:
		break;
	}
	return "unknown";
}

const char *to_string(acceptance load)
{
	switch (load) {
	case acceptance::accepted:
		return "accepted";
	case acceptance::refused:
		return "refused";
	case acceptance::unknown:
		break;
	}
	return "unknown";
}

const char *to_string(liveness state)
{
	switch (state) {
	case liveness::none:
		return "none";
	case liveness::live:
		return "live";
	case liveness::dropped:
		return "dropped";
	case liveness::not_loaded:
		return "not-loaded";
	case liveness::unknown:
		break;
	}
	return "unknown";
}

const char *to_string(trust state)
{
	switch (state) {
	case trust::trusted:
		return "trusted";
	case trust::untrusted:
		return "untrusted";
	case trust::forbidden:
		return "forbidden";
	case trust::unknown:
		break;
	}
	return "unknown";
}

const char *to_string(certainty sure)
{
	switch (sure) {
	case certainty::exact:
		return "exact";
	case certainty::likely:
		return "likely";
	case certainty::none:
		break;
	}
	return "none";
}

const char *to_string(file_match match)
{
	switch (match) {
	case file_match::same:
		return "same";
	case file_match::different:
		return "different";
	case file_match::unprovable:
		return "unprovable";
	case file_match::no_file:
		break;
	}
	return "no-file";
}

} // namespace oriel
