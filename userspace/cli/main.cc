// SPDX-License-Identifier: GPL-2.0
#include "command.hpp"

#include <CLI/CLI.hpp>

int main(int argc, char **argv)
{
	CLI::App app("Oriel shows what a stock kernel hides, and says why it hides it.", "oriel");
	oriel::context ctx;
	app.add_flag("--json", ctx.json, "Print JSON for programs instead of text");
	app.require_subcommand(1);
	app.fallthrough();

	oriel::add_marker_commands(app, ctx);
	oriel::add_module_commands(app, ctx);
	oriel::add_status_command(app, ctx);

	try {
		app.parse(argc, argv);
	} catch (const CLI::ParseError &reason) {
		// Help is an answer; anything else is a wrong call.
		return app.exit(reason) == 0 ? 0 : static_cast<int>(oriel::exit_code::usage);
	}
	return ctx.status;
}
