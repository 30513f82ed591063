// SPDX-License-Identifier: GPL-2.0
#include "fs_mounts.hpp"
#include "kernel_facts.hpp"
#include "marker_drain.hpp"
#include "module_family.hpp"
#include "output.hpp"
#include "supervisor.hpp"
#include "tracefs.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

using nlohmann::ordered_json;

struct options {
	std::string policy;
	std::vector<std::string> names; // of modules; none: those that go without saying

	bool names_it(const family_module &module) const { return std::find(names.begin(), names.end(), module.name) != names.end(); }
};

bool is_loaded(const std::string &name)
{
	std::error_code failed;
	return std::filesystem::exists(std::filesystem::path("/sys/module") / name / "initstate", failed);
}

// modprobe says itself, on stderr, what it does not like.
result<std::monostate> run_modprobe(const std::vector<std::string> &arguments)
{
	std::vector<std::string> command{"modprobe"};
	command.insert(command.end(), arguments.begin(), arguments.end());
	supervisor waiter;
	if (const auto started = waiter.start(command); !started)
		return error{started.failure().message, "run as root, with /sbin in PATH"};
	while (!waiter.has_ended())
		waiter.wait({}, std::chrono::seconds(1));
	if (waiter.child_status() == 0)
		return std::monostate{};
	const std::string message = fmt::format("{}.ko could not be loaded", arguments[0]);
	if (::geteuid() != 0)
		return error{message, "run as root", exit_code::permission};
	return error{message, fmt::format("oriel module explain {}, and the last lines of dmesg; {}", arguments[0], put_module_there)};
}

result<std::monostate> load_one(const family_module &module, const std::string &policy)
{
	const bool takes_policy = std::string_view(module.name) == "oriel" && !policy.empty();
	if (!is_loaded(module.name))
		return run_modprobe(takes_policy ? std::vector<std::string>{module.name, "marker_policy=" + policy}
						 : std::vector<std::string>{module.name});
	return takes_policy ? write_control("/sys/module/oriel/parameters/marker_policy", policy) : std::monostate{};
}

void load(context &ctx, const options &opts)
{
	if (!opts.policy.empty() && !opts.names.empty() && !opts.names_it(family_modules.front()))
		return report(ctx, {"the policy is that of oriel.ko, which is not to be loaded", "oriel load --help", exit_code::usage});
	if (!running_kernel_loads_modules())
		return report(ctx, no_modules());
	auto modules = ordered_json::array();
	for (const family_module &module : family_modules) {
		if (opts.names.empty() ? module.by_name : !opts.names_it(module))
			continue;
		if (const auto loaded = load_one(module, opts.policy); !loaded)
			return report(ctx, loaded.failure());
		const auto client = netlink_client::connect(module.family);
		if (!client)
			return report(ctx, client.failure());
		const status_message &told = client->status();
		modules.push_back({{"name", module.name},
				   {"version", told.version},
				   {"policy", told.policy.empty() ? ordered_json(nullptr) : ordered_json(told.policy)}});
		if (!ctx.json)
			fmt::print("{}.ko {} is loaded{}\n", module.name, told.version,
				   told.policy.empty() ? "" : "; markers: " + told.policy);
	}
	if (ctx.json)
		print_json({{"version", 1}, {"modules", modules}});
}

// Nothing is unmounted: files may be open.
result<std::monostate> refuse_mounts(netlink_client &client)
{
	const auto mounts = read_fs_mounts(client);
	if (!mounts)
		return mounts.failure();
	return mounts->empty() ? result<std::monostate>(std::monostate{}) : still_mounted(*mounts);
}

// A module of another version cannot be asked; it may be unloaded if nobody uses it.
result<std::monostate> drain(const family_module &module)
{
	auto client = netlink_client::connect(module.family);
	if (!client && client.failure().code == exit_code::unsupported)
		return std::monostate{};
	if (!client)
		return client.failure();
	const std::string_view name = module.name;
	return name == "oriel" ? drain_markers(*client) : name == "orielfs" ? refuse_mounts(*client) : std::monostate{};
}

void unload(context &ctx, const options &opts)
{
	const auto goes = [&](const family_module &module) {
		return is_loaded(module.name) && (opts.names.empty() || opts.names_it(module));
	};
	// First whatever may be refused, so that all go or none; markers last, as what keeps them is taken away.
	for (auto module = family_modules.rbegin(); module != family_modules.rend(); ++module)
		if (goes(*module))
			if (const auto drained = drain(*module); !drained)
				return report(ctx, drained.failure());
	auto modules = ordered_json::array();
	for (auto module = family_modules.rbegin(); module != family_modules.rend(); ++module) {
		if (!goes(*module))
			continue;
		if (const auto unloaded = unload_module(module->name); !unloaded)
			return report(ctx, unloaded.failure());
		modules.push_back(module->name);
		if (!ctx.json)
			fmt::print("{}.ko is unloaded\n", module->name);
	}
	if (ctx.json)
		print_json({{"version", 1}, {"unloaded", modules}});
	else if (modules.empty())
		fmt::print("{} was loaded\n", opts.names.empty() ? "no module of Oriel" : "no such module");
}

} // namespace

void add_load_commands(CLI::App &app, context &ctx)
{
	auto opts = std::make_shared<options>();
	const auto add_names = [&](CLI::App *command, const std::string &what) {
		std::vector<std::string> known;
		for (const family_module &module : family_modules)
			known.emplace_back(module.name);
		command->add_option("MODULE", opts->names, what)->check(CLI::IsMember(known));
	};
	CLI::App *loading = app.add_subcommand("load", "Load Oriel's modules, those that are not loaded yet");
	add_names(loading, "Which; without, all but orielfs, which mounting loads");
	loading->add_option("--policy", opts->policy, "Which modules may register markers; may be changed later")
		->check(CLI::IsMember({"any", "not-proprietary", "not-forced", "signed"}));
	loading->callback([opts, &ctx] { load(ctx, *opts); });
	CLI::App *unloading = app.add_subcommand("unload", "Unload Oriel's modules; modules with markers stay, and lose nothing");
	add_names(unloading, "Which; without, all");
	unloading->callback([opts, &ctx] { unload(ctx, *opts); });
}

} // namespace oriel
