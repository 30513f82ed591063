// SPDX-License-Identifier: GPL-2.0
// The reader of /proc/self/mountinfo, whose paths anybody may have chosen.
#include "fs_mounts.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	const auto table = oriel::parse_mount_table({reinterpret_cast<const char *>(data), size});
	for (const oriel::mount_point &one : table)
		if (one.options.empty() || oriel::shown_path(one.path).size() < one.path.size())
			std::abort();
	return 0;
}
