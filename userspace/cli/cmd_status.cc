// SPDX-License-Identifier: GPL-2.0
#include "companion_abi.hpp"
#include "daemon_client.hpp"
#include "kernel_facts.hpp"
#include "module_family.hpp"
#include "netlink_client.hpp"
#include "netlink_json.hpp"
#include "output.hpp"
#include "status_daemon.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace oriel {
namespace {

using nlohmann::ordered_json;

struct answer {
	const family_module *module;
	status_message status;
	std::vector<capability_message> capabilities;
};

// Nothing where the module is not loaded.
result<std::optional<answer>> ask(const family_module &module)
{
	auto client = netlink_client::connect(module.family);
	if (!client && client.failure().code == exit_code::module_absent)
		return std::optional<answer>();
	if (!client)
		return client.failure();
	auto capabilities = client->dump<capability_message>(ORIEL_CMD_CAPABILITY);
	if (!capabilities)
		return capabilities.failure();
	return std::optional(answer{&module, client->status(), std::move(*capabilities)});
}

void print(const family_module &module, const std::optional<answer> &told)
{
	if (!told) {
		fmt::print("{}.ko is not loaded ({}{})\n", module.name, module.purpose, module.by_name ? "; mounting loads it" : "");
		return;
	}
	const std::string policy = told->status.policy.empty() ? "" : "; markers: " + told->status.policy;
	fmt::print("{}.ko {} is loaded ({}){}\n", module.name, told->status.version, module.purpose, policy);
	for (const capability_message &one : told->capabilities)
		fmt::print("  {:<3}  {:<16} {}\n", one.available ? "yes" : "no", one.name, one.reason);
}

ordered_json module_json(const family_module &module, const std::optional<answer> &told)
{
	ordered_json json{{"name", module.name}, {"purpose", module.purpose}, {"loaded", told.has_value()}};
	if (!told)
		return json;
	json["version"] = told->status.version;
	json["abi"] = told->status.abi;
	json["policy"] = told->status.policy.empty() ? ordered_json(nullptr) : ordered_json(told->status.policy);
	json["capabilities"] = value_to_json(told->capabilities);
	return json;
}

void show_status(context &ctx)
{
	auto modules = ordered_json::array();
	if (!ctx.json)
		fmt::print("oriel {} (interface version {}) on Linux {}\n", companion_version(), companion_abi(), running_release());
	bool any_absent = false;
	for (const family_module &module : family_modules) {
		const auto told = ask(module);
		if (!told)
			return report(ctx, told.failure());
		any_absent = any_absent || (!*told && !module.by_name);
		if (ctx.json)
			modules.push_back(module_json(module, *told));
		else
			print(module, *told);
	}
	// Who may not ask it sees the rest.
	const auto working = ask_daemon("status");
	const auto daemon = working ? *working : std::nullopt;
	if (ctx.json)
		print_json({{"version", 1},
			    {"companion", {{"version", companion_version()}, {"abi", companion_abi()}}},
			    {"kernel", running_release()},
			    {"modules", modules},
			    {"daemon", daemon ? *daemon : ordered_json(nullptr)},
			    {"daemon_reason", working ? "" : working.failure().message}});
	else if (any_absent && running_kernel_loads_modules())
		fmt::print("to load what is not: oriel load\n");
	if (working && !ctx.json)
		print_daemon(daemon);
	else if (!working && working.failure().code != exit_code::permission)
		report(ctx, working.failure());
	else if (!working && !ctx.json)
		fmt::print("orield runs; you may not speak with it: {}\n", working.failure().remedy);
}

} // namespace

void add_status_command(CLI::App &app, context &ctx)
{
	CLI::App *noun = app.add_subcommand("status", "Say which modules of Oriel are loaded, and what each can do on this kernel");
	noun->callback([&ctx] { show_status(ctx); });
}

} // namespace oriel
