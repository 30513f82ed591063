// SPDX-License-Identifier: GPL-2.0
#include "command.hpp"
#include "companion_abi.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

namespace {

// `oriel marker arm` and `oriel marker record` run what stands behind "--"; for all others "--" only says
// that no options follow.
bool runs_a_command(const std::vector<std::string> &words)
{
	const auto noun = std::find(words.begin(), words.end(), "marker");
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

} // namespace

int main(int argc, char **argv)
{
	CLI::App app("Oriel shows what a stock kernel hides, and says why it hides it.", "oriel");
	oriel::context ctx;
	app.add_flag("--json", ctx.json, "Print JSON for programs instead of text");
	app.set_version_flag("--version", fmt::format("oriel {}", oriel::companion_version()));
	app.require_subcommand(1);
	app.fallthrough();

	oriel::add_marker_commands(app, ctx);
	oriel::add_module_commands(app, ctx);
	oriel::add_status_command(app, ctx);
	oriel::add_load_commands(app, ctx);
	oriel::add_completion_command(app, ctx);

	try {
		std::vector<std::string> words(argv + 1, argv + argc);
		ctx.command = split_command(words);
		std::reverse(words.begin(), words.end()); // as the parser wants them
		app.parse(words);
	} catch (const CLI::ParseError &reason) {
		// Help is an answer; anything else is a wrong call.
		if (app.exit(reason) == 0)
			return 0;
		ctx.fail(oriel::exit_code::usage);
	}
	return ctx.status;
}
