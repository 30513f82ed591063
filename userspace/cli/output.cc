// SPDX-License-Identifier: GPL-2.0
#include "output.hpp"

#include "print_line.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

void print_findings(const std::vector<finding> &findings, severity weight, const char *title)
{
	bool first = true;
	for (const finding &found : findings) {
		if (found.weight != weight)
			continue;
		if (first)
			fmt::print("{}\n", title);
		first = false;
		fmt::print("  - {}\n", found.text);
	}
}

// The same remedy may serve several findings: it is printed once.
std::vector<remedy> distinct_remedies(const std::vector<finding> &findings)
{
	std::vector<remedy> list;
	for (const finding &found : findings)
		for (const remedy &way : found.remedies)
			if (std::none_of(list.begin(), list.end(),
					 [&](const remedy &r) { return r.text == way.text && r.commands == way.commands; }))
				list.push_back(way);
	return list;
}

} // namespace

void report(context &ctx, const error &why)
{
	fmt::print(stderr, "oriel: {}\n", why.message);
	if (!why.remedy.empty())
		fmt::print(stderr, "  remedy: {}\n", why.remedy);
	if (ctx.json)
		print_json({{"version", 1}, {"error", {{"message", why.message}, {"remedy", why.remedy}}}});
	ctx.fail(why.code);
}

error no_modules()
{
	return {"this kernel loads no modules", "it was built without CONFIG_MODULES: take another kernel", exit_code::unsupported};
}

void print_json(const nlohmann::ordered_json &json)
{
	// Names in a file may be anything; what is no UTF-8 is shown as such.
	print_line(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

void print_verdict(const verdict &judged)
{
	fmt::print("{}: {}\n", to_string(judged.overall), judged.summary);
	print_findings(judged.findings, severity::bad, "why:");
	print_findings(judged.findings, severity::unknown, "not known:");
	print_findings(judged.findings, severity::note, "noted:");
	const auto remedies = distinct_remedies(judged.findings);
	if (!remedies.empty())
		fmt::print("remedy:\n");
	for (const remedy &way : remedies) {
		fmt::print("  # {}\n", way.text);
		for (const std::string &command : way.commands)
			fmt::print("  {}\n", command);
	}
}

exit_code exit_code_of(const verdict &judged)
{
	return judged.overall == severity::bad ? exit_code::bad_verdict : exit_code::ok;
}

} // namespace oriel
