// SPDX-License-Identifier: GPL-2.0
#include "companion_abi.hpp"

#include "kernel_facts.hpp"
#include "module_family.hpp"

#include <fmt/format.h>

namespace oriel {
namespace {

// What has to stand behind "oriel load": a name, for what is not loaded without one.
std::string load_argument(const std::string &name)
{
	for (const family_module &module : family_modules)
		if (name == module.name && module.by_name)
			return " " + name;
	return "";
}

} // namespace

const char *companion_version()
{
	return ORIEL_VERSION;
}

error not_loaded(const std::string &module)
{
	return {fmt::format("{}.ko is not loaded", module),
		running_kernel_loads_modules() ? "oriel load" + load_argument(module)
					       : "another kernel: this one was built without CONFIG_MODULES",
		exit_code::module_absent};
}

std::optional<error> check_abi(std::uint32_t spoken, const std::string &module, const std::string &version)
{
	if (spoken == companion_abi())
		return std::nullopt;
	const std::string module_version = version.empty() ? "" : fmt::format(" ({})", version);
	return error{fmt::format("this oriel ({}) speaks version {} of the interface, {}.ko{} speaks version {}", companion_version(),
				 companion_abi(), module, module_version, spoken),
		     spoken > companion_abi()
			     ? "install the oriel that belongs to the module"
			     : fmt::format("load the module that belongs to this oriel: oriel unload{0}, then oriel load{0}",
					   load_argument(module)),
		     exit_code::unsupported};
}

} // namespace oriel
