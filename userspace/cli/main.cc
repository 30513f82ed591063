// SPDX-License-Identifier: GPL-2.0
#include "command.hpp"
#include "companion_abi.hpp"
#include "output.hpp"
#include "print_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <system_error>

namespace {

// `oriel marker arm`, `oriel marker record`, `oriel vma record` and `oriel lock record` run what stands behind "--"; for all others "--" only says
// that no options follow.
bool runs_a_command(const std::vector<std::string> &words)
{
	const auto noun = std::find_if(words.begin(), words.end(),
				       [](const auto &word) { return word == "marker" || word == "vma" || word == "lock"; });
	const auto verb =
		std::find_if(noun == words.end() ? noun : noun + 1, words.end(), [](const auto &word) { return !word.starts_with('-'); });
	return verb != words.end() && (*verb == "arm" || *verb == "record");
}

// Takes the command of the user's off the arguments.
std::vector<std::string> split_command(std::vector<std::string> &words)
{
	const auto mark = std::find(words.begin(), words.end(), "--");
	if (mark == words.end() || !runs_a_command({words.begin(), mark}))
		return {};
	std::vector<std::string> command(mark + 1, words.end());
	words.erase(mark, words.end());
	return command;
}

// The command that the words have come to, and what it is called.
struct reached_command {
	const CLI::App *command;
	std::string path;
};

reached_command find_reached(const CLI::App &app)
{
	reached_command reached{&app, app.get_name()};
	for (auto below = reached.command->get_subcommands(); !below.empty(); below = reached.command->get_subcommands())
		reached = {below.front(), reached.path + " " + below.front()->get_name()};
	return reached;
}

// What is wrong with a call. The parser looks for what is missing first; what it does not know says more.
oriel::error describe_usage(const CLI::App &app, const CLI::ParseError &reason)
{
	const auto [command, path] = find_reached(app);
	const oriel::error plain{reason.what(), path + " --help", oriel::exit_code::usage};
	const auto unknown = app.remaining(true);
	const auto is_option = [](const std::string &word) { return word.starts_with('-'); };
	if (const auto option = std::find_if(unknown.begin(), unknown.end(), is_option); option != unknown.end())
		return {fmt::format("{} has no option {}", path, *option), plain.remedy, plain.code};
	if (command->get_subcommands([](const CLI::App *) { return true; }).empty())
		return unknown.empty() ? plain
				       : oriel::error{fmt::format("{} does not expect the word {}", path, unknown.front()), plain.remedy,
						      plain.code};
	if (!unknown.empty())
		return {fmt::format("{} has no command {}", path, unknown.front()), plain.remedy, plain.code};
	return {fmt::format("{} needs a command", path), plain.remedy, plain.code};
}

// An answer that did not arrive is none. The status of the user's command stays.
int status_with_output(const oriel::context &ctx, const std::string &known_reason)
{
	auto lost = oriel::why_output_is_lost();
	if (!lost)
		return ctx.status;
	if (lost->empty())
		lost = known_reason;
	fmt::print(stderr, "oriel: stdout cannot be written{}\n", lost->empty() ? "" : ": " + *lost);
	const bool is_answer =
		ctx.status == static_cast<int>(oriel::exit_code::ok) || ctx.status == static_cast<int>(oriel::exit_code::bad_verdict);
	return ctx.command.empty() && is_answer ? static_cast<int>(oriel::exit_code::failure) : ctx.status;
}

} // namespace

int main(int argc, char **argv)
{
	CLI::App app("Oriel shows what a stock kernel hides, and says why it hides it.", "oriel");
	oriel::context ctx;
	app.add_flag("--json", ctx.json, "Print JSON for programs instead of text");
	app.set_version_flag("--version", fmt::format("oriel {}", oriel::companion_version()));
	app.require_subcommand(1);
	app.fallthrough();

	oriel::add_cgroup_commands(app, ctx);
	oriel::add_marker_commands(app, ctx);
	oriel::add_module_commands(app, ctx);
	oriel::add_status_command(app, ctx);
	oriel::add_vma_commands(app, ctx);
	oriel::add_lock_commands(app, ctx);
	oriel::add_fs_commands(app, ctx);
	oriel::add_report_command(app, ctx);
	oriel::add_load_commands(app, ctx);
	oriel::add_completion_command(app, ctx);

	std::vector<std::string> words(argv + 1, argv + argc);
	ctx.command = split_command(words);
	const bool wants_json = std::find(words.begin(), words.end(), "--json") != words.end();
	std::string reason_of_print;
	try {
		std::reverse(words.begin(), words.end()); // as the parser wants them
		app.parse(words);
	} catch (const CLI::ParseError &reason) {
		// Help is an answer; anything else is a wrong call.
		if (reason.get_exit_code() == 0) {
			app.exit(reason);
			return status_with_output(ctx, "");
		}
		ctx.json = wants_json;
		report(ctx, describe_usage(app, reason));
		if (const auto own = ctx.usage_status.find(find_reached(app).command); own != ctx.usage_status.end())
			ctx.status = own->second;
	} catch (const std::system_error &why) { // of fmt::print()
		if (!oriel::output_is_gone())
			throw;
		reason_of_print = why.code().message();
	}
	return status_with_output(ctx, reason_of_print);
}
