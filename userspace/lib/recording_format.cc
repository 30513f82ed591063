// SPDX-License-Identifier: GPL-2.0
#include "recording_format.hpp"

#include <algorithm>
#include <string_view>

namespace oriel {

std::map<std::string, std::string> tables_in(const char *statements)
{
	constexpr std::string_view begin = "CREATE TABLE ", end = ";\n";
	std::map<std::string, std::string> tables;
	for (std::string_view rest = statements; !rest.empty();) {
		const std::string_view statement = rest.substr(0, rest.find(end));
		const std::string_view name = statement.substr(begin.size(), statement.find('(') - begin.size());
		tables.emplace(name, statement);
		rest.remove_prefix(std::min(statement.size() + end.size(), rest.size()));
	}
	return tables;
}

std::vector<std::string> checks_in(const std::string &statement)
{
	constexpr std::string_view begin = "CHECK(";
	std::vector<std::string> checks;
	for (std::size_t at = 0; (at = statement.find(begin, at)) != std::string::npos;) {
		at += begin.size();
		std::size_t end = at;
		for (int depth = 1; end < statement.size(); end++) {
			depth += statement[end] == '(' ? 1 : statement[end] == ')' ? -1 : 0;
			if (depth == 0)
				break;
		}
		checks.push_back(statement.substr(at, end - at));
		at = end;
	}
	return checks;
}

} // namespace oriel
