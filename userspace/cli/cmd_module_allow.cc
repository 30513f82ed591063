// SPDX-License-Identifier: GPL-2.0
#include "cmd_module.hpp"
#include "device.hpp"
#include "marker_inventory.hpp"
#include "output.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

// The kernel knows a module by its name with '_'.
std::string kernel_name(std::string name)
{
	std::replace(name.begin(), name.end(), '-', '_');
	return name;
}

void tell(const std::string &module, bool revoke)
{
	if (revoke) {
		fmt::print("{}: no longer allowed; what is in tracefs already stays there\n", module);
		return;
	}
	fmt::print("{}: when it loads, its taint will be hidden from the kernel while that sets up trace events\n", module);
	fmt::print(
		"  this overrides a safety check of the kernel, and is logged; it ends with Oriel, or by: oriel module allow {} --revoke\n",
		module);
	auto client = netlink_client::connect();
	if (!client)
		return;
	const auto loaded = ask_module(*client, module);
	if (loaded && *loaded)
		fmt::print("  it is loaded now: this counts from the next time on, and what was dropped is woken by oriel marker arm\n");
}

void allow(context &ctx, const std::string &name, bool revoke)
{
	auto control = device::open();
	if (!control)
		return report(ctx, control.failure());
	const std::string module = kernel_name(name);
	if (const auto done = control->allow(module, revoke); !done)
		return report(ctx, done.failure());
	if (ctx.json)
		print_json({{"version", 1}, {"module", module}, {"allowed", !revoke}});
	else
		tell(module, revoke);
}

} // namespace

void add_module_allow(CLI::App &noun, context &ctx)
{
	auto name = std::make_shared<std::string>();
	auto revoke = std::make_shared<bool>(false);
	CLI::App *verb =
		noun.add_subcommand("allow", "Have a module's trace events created although its taint forbids them, when it loads");
	verb->add_option("NAME", *name, "The module's name")->required();
	verb->add_flag("--revoke", *revoke, "Take it back");
	verb->callback([name, revoke, &ctx] { allow(ctx, *name, *revoke); });
}

} // namespace oriel
