// SPDX-License-Identifier: GPL-2.0
#include "output.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

using nlohmann::ordered_json;

struct described_option {
	std::vector<std::string> names; // with their dashes
	bool takes_value;
	std::vector<std::string> values; // those that it takes, where they are few
};

// A noun or a verb as the parser knows it.
struct described_command {
	std::string path; // "oriel marker list"
	std::vector<std::string> below;
	std::vector<described_option> options;
	std::vector<std::string> arguments; // names of what stands without an option
	std::vector<std::string> values;    // those that these take, where they are few
};

// The parser tells the values that an option takes as "TEXT:{text,json}".
std::vector<std::string> values_of(const std::string &type)
{
	const auto open = type.find('{'), close = type.find('}');
	if (open == std::string::npos || close == std::string::npos)
		return {};
	return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

described_option describe(const CLI::Option &option)
{
	described_option described{{}, option.get_items_expected_max() > 0, values_of(option.get_type_name())};
	for (const std::string &name : option.get_snames())
		described.names.push_back("-" + name);
	for (const std::string &name : option.get_lnames())
		described.names.push_back("--" + name);
	return described;
}

void describe(const CLI::App &app, const std::string &path, std::vector<described_command> &out)
{
	described_command command{path, {}, {}, {}, {}};
	for (const CLI::Option *option : app.get_options()) {
		if (!option->get_positional()) {
			command.options.push_back(describe(*option));
			continue;
		}
		command.arguments.push_back(option->get_name(true));
		command.values = values_of(option->get_type_name());
	}
	const auto subcommands = app.get_subcommands([](const CLI::App *) { return true; });
	for (const CLI::App *below : subcommands)
		command.below.push_back(below->get_name());
	out.push_back(std::move(command));
	for (const CLI::App *below : subcommands)
		describe(*below, path + " " + below->get_name(), out);
}

ordered_json to_json(const std::vector<described_command> &commands)
{
	auto list = ordered_json::array();
	for (const described_command &command : commands) {
		auto options = ordered_json::array();
		for (const described_option &option : command.options)
			options.push_back({{"names", option.names}, {"takes_value", option.takes_value}, {"values", option.values}});
		list.push_back(
			{{"path", command.path}, {"commands", command.below}, {"options", options}, {"arguments", command.arguments}});
	}
	return {{"version", 1}, {"commands", list}};
}

// --json is an option of the program, and may stand behind any command.
std::string words_of(const described_command &command)
{
	std::vector<std::string> words = command.below;
	words.insert(words.end(), command.values.begin(), command.values.end());
	for (const described_option &option : command.options)
		words.insert(words.end(), option.names.begin(), option.names.end());
	if (command.path != "oriel")
		words.emplace_back("--json");
	return fmt::format("{}", fmt::join(words, " "));
}

// What the arguments of a command may be, as words of bash.
const char *candidates_for(const described_command &command)
{
	const bool has_marker = command.path.starts_with("oriel marker") && !command.arguments.empty();
	const bool has_module = command.path == "oriel module explain" || command.path == "oriel module allow";
	return has_marker ? " $(_oriel_subsystems)" : has_module ? " $(cut -d ' ' -f 1 /proc/modules)" : "";
}

constexpr const char *script_head = R"(# SPDX-License-Identifier: GPL-2.0
# Completion of oriel(1) in bash. Printed by `oriel completion`; do not edit.

# Names with a colon are taken apart by readline, and a subsystem is a pattern of its own.
_oriel_subsystems()
{
	oriel marker list 2>/dev/null | awk '$2 == "marker" || $2 == "event" { sub(":.*", "", $1); print $1 }' | sort -u
}

_oriel()
{
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} path=oriel words='' i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case "$path ${COMP_WORDS[i]}" in
)";

constexpr const char *script_tail = R"(	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _oriel oriel
)";

// What the word behind an option may be. Where that is not one of a few, bash offers files.
void print_values(const std::vector<described_command> &commands)
{
	std::vector<std::string> free_values;
	fmt::print("\tcase \"$path $previous\" in\n");
	for (const described_command &command : commands) {
		for (const described_option &option : command.options) {
			for (const std::string &name : option.names) {
				const std::string pattern = fmt::format("\"{} {}\"", command.path, name);
				if (option.takes_value && option.values.empty())
					free_values.push_back(pattern);
				else if (option.takes_value)
					fmt::print("\t{})\n\t\tmapfile -t COMPREPLY < <(compgen -W '{}' -- "
						   "\"$current\")\n\t\treturn\n\t\t;;\n",
						   pattern, fmt::join(option.values, " "));
			}
		}
	}
	fmt::print("\t{}) return ;;\n\tesac\n", fmt::join(free_values, " | "));
}

void print_script(const std::vector<described_command> &commands)
{
	fmt::print("{}", script_head);
	std::vector<std::string> paths;
	for (const described_command &command : commands)
		if (command.path != "oriel")
			paths.push_back(fmt::format("\"{}\"", command.path));
	fmt::print("\t\t{}) path+=\" ${{COMP_WORDS[i]}}\" ;;\n\t\tesac\n\tdone\n", fmt::join(paths, " | "));
	print_values(commands);
	fmt::print("\tcase $path in\n");
	for (const described_command &command : commands)
		fmt::print("\t\"{}\") words=\"{}{}\" ;;\n", command.path, words_of(command), candidates_for(command));
	fmt::print("{}", script_tail);
}

} // namespace

void add_completion_command(CLI::App &app, context &ctx)
{
	CLI::App *noun = app.add_subcommand("completion", "Print the completion script for bash; as JSON, the commands and their options");
	noun->callback([&app, &ctx] {
		std::vector<described_command> commands;
		describe(app, "oriel", commands);
		if (ctx.json)
			print_json(to_json(commands));
		else
			print_script(commands);
	});
}

} // namespace oriel
