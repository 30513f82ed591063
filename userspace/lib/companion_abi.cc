// SPDX-License-Identifier: GPL-2.0
#include "companion_abi.hpp"

#include "kernel_facts.hpp"

#include <fmt/format.h>

namespace oriel {

const char *companion_version()
{
	return ORIEL_VERSION;
}

error not_loaded(const std::string &module)
{
	return {fmt::format("{}.ko is not loaded", module),
		running_kernel_loads_modules() ? "oriel load" : "another kernel: this one was built without CONFIG_MODULES",
		exit_code::module_absent};
}

std::optional<error> check_abi(std::uint32_t spoken, const std::string &module, const std::string &version)
{
	if (spoken == companion_abi())
		return std::nullopt;
	const std::string module_version = version.empty() ? "" : fmt::format(" ({})", version);
	return error{fmt::format("this oriel ({}) speaks version {} of the interface, {}.ko{} speaks version {}", companion_version(),
				 companion_abi(), module, module_version, spoken),
		     spoken > companion_abi() ? "install the oriel that belongs to the module"
					      : "load the module that belongs to this oriel: oriel unload, then oriel load",
		     exit_code::unsupported};
}

} // namespace oriel
