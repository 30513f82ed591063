// SPDX-License-Identifier: GPL-2.0
#include "companion_abi.hpp"
#include "recording.hpp"

#include <sys/utsname.h>
#include <unistd.h>

namespace oriel {

recording_facts facts_of_this_machine()
{
	utsname name{};
	::uname(&name);
	return {{"machine", name.nodename},
		{"processors", std::to_string(::sysconf(_SC_NPROCESSORS_ONLN))},
		{"kernel", name.release},
		{"oriel", std::string(companion_version())}};
}

} // namespace oriel
