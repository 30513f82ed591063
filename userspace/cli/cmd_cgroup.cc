// SPDX-License-Identifier: GPL-2.0
#include "cgroup_print.hpp"
#include "command.hpp"
#include "file_read.hpp"
#include "option_check.hpp"
#include "output.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

struct options {
	bool by_set = false;
	bool by_cgroup = false;
	pid_t process = 0;
};

void show_links(context &ctx, const options &opts)
{
	const auto links = cgroup_links::open_for_all(opts.process);
	if (!links)
		return report(ctx, links.failure());
	// The process first: a set that it has by then is still there, or it has left it.
	std::vector<oriel_cgroup_task> tasks;
	if (opts.process != 0) {
		auto read = links->tasks();
		if (!read)
			return report(ctx, read.failure());
		tasks = std::move(*read);
		if (tasks.empty())
			return report(ctx, {fmt::format("there is no process {}", opts.process)});
	}
	auto linkage = links->read();
	if (!linkage)
		return report(ctx, linkage.failure());
	// Walking the tree takes longer than all the rest where there are many groups.
	const bool names_groups = opts.by_set || opts.by_cgroup || opts.process != 0;
	const cgroup_view view{std::move(*linkage),
			       hierarchy_names(read_text("/proc/self/cgroup").value_or("")),
			       names_groups ? cgroup_tree::read() : cgroup_tree(),
			       std::move(tasks),
			       opts.by_set,
			       opts.by_cgroup,
			       opts.process};
	if (ctx.json)
		print_json(to_json(view));
	else
		print(view);
}

} // namespace

void add_cgroup_commands(CLI::App &app, context &ctx)
{
	CLI::App *noun = app.add_subcommand("cgroup", "See what the kernel keeps to join tasks and control groups");
	noun->require_subcommand(1);
	noun->fallthrough();
	auto opts = std::make_shared<options>();
	CLI::App *verb = noun->add_subcommand("links", "Count css_sets and their links to control groups");
	CLI::Option *by_set = verb->add_flag("--by-set", opts->by_set, "Show each css_set");
	CLI::Option *by_cgroup = verb->add_flag("--by-cgroup", opts->by_cgroup, "Show each control group that has a link");
	verb->add_option("--of", opts->process, "Show the css_sets of this process")
		->type_name("PID")
		->check(positive_integer(std::numeric_limits<pid_t>::max()))
		->excludes(by_set)
		->excludes(by_cgroup);
	by_cgroup->excludes(by_set);
	verb->callback([opts, &ctx] { show_links(ctx, *opts); });
}

} // namespace oriel
