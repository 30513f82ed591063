// SPDX-License-Identifier: GPL-2.0
#include "settings.hpp"

#include "file_read.hpp"

#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <toml++/toml.h>

namespace oriel {
namespace {

// Says what a value must be where it is not; empty if it was taken.
using take_value = std::function<std::string(const toml::node &)>;

take_value flag(bool &to)
{
	return [&to](const toml::node &node) -> std::string {
		const auto value = node.value_exact<bool>();
		if (!value)
			return "true or false";
		to = *value;
		return "";
	};
}

template <class Set>
take_value number(double least, double most, Set set)
{
	return [=](const toml::node &node) -> std::string {
		const auto value = node.is_number() ? node.value<double>() : std::nullopt;
		const bool fits = value && *value >= least && *value <= most;
		if (!fits || !set(*value))
			return fmt::format("a number from {} to {}", least, most);
		return "";
	};
}

template <class To>
take_value whole_number(double least, double most, To &to)
{
	return number(least, most, [&to](double value) {
		to = To(static_cast<std::int64_t>(value));
		return std::floor(value) == value;
	});
}

take_value file_name(std::string &to, bool may_be_empty)
{
	return [&to, may_be_empty](const toml::node &node) -> std::string {
		const auto value = node.value_exact<std::string>();
		if (!value || (value->empty() ? !may_be_empty : value->front() != '/'))
			return may_be_empty ? "an absolute path, or \"\" for none" : "an absolute path";
		to = *value;
		return "";
	};
}

take_value address(std::string &to)
{
	return [&to](const toml::node &node) -> std::string {
		const auto value = node.value_exact<std::string>();
		const auto colon = value ? value->rfind(':') : std::string::npos;
		const std::string port = colon == std::string::npos ? "" : value->substr(colon + 1);
		const bool is_number = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
		const bool is_clean = value && value->find_first_of(" ,+\t") == std::string::npos; // which would add further addresses
		if (!value || (!value->empty() && (!is_number || !is_clean || colon == 0 || std::stoi(port) > 65535)))
			return "ADDRESS:PORT, or \"\" for none";
		to = *value;
		return "";
	};
}

using keys = std::map<std::string, take_value>;

// By table; the first has no name.
std::map<std::string, keys> known(settings &to)
{
	return {{"",
		 {{"interval_seconds", whole_number(1, 3600, to.interval)},
		  {"budget_percent", number(0.01, 100,
					    [&to](double value) {
						    to.budget_percent = value;
						    return true;
					    })},
		  {"socket", file_name(to.socket, false)}}},
		{"collect",
		 {{"vma", flag(to.collect_vma)},
		  {"vma_policies", flag(to.vma_policies)},
		  {"vma_processes", flag(to.vma_processes)},
		  {"locks", flag(to.collect_locks)},
		  {"cgroups", flag(to.collect_cgroups)},
		  {"markers", flag(to.collect_markers)},
		  {"modules", flag(to.collect_modules)}}},
		{"exporter", {{"listen", address(to.listen)}, {"series", whole_number(100, 2000, to.series)}}},
		{"recording",
		 {{"file", file_name(to.recording, true)},
		  {"minutes", whole_number(1, 100000, to.recording_time)},
		  {"mebibytes", whole_number(1, 100000, to.recording_mib)}}}};
}

error at_line(const std::string &path, const toml::source_region &where, const std::string &what)
{
	return {fmt::format("{}:{}: {}", path, where.begin.line, what), "mend the line; man orield names what may stand there",
		exit_code::usage};
}

// Nothing if all was taken.
std::optional<error> take_table(const toml::table &table, const std::string &name, const std::map<std::string, keys> &all,
				const std::string &path)
{
	for (const auto &[key, node] : table) {
		const std::string word(key.str());
		if (const toml::table *inner = node.as_table(); inner && name.empty() && !word.empty() && all.contains(word)) {
			if (const auto wrong = take_table(*inner, word, all, path))
				return wrong;
			continue;
		}
		const auto found = all.at(name).find(word);
		if (found == all.at(name).end())
			return at_line(path, node.source(), fmt::format("{}{} is not known", name.empty() ? "" : name + ".", word));
		if (const std::string wanted = found->second(node); !wanted.empty())
			return at_line(path, node.source(), fmt::format("{} is not {}", word, wanted));
	}
	return std::nullopt;
}

} // namespace

result<settings> parse_settings(std::string_view text, const std::string &path)
{
	try {
		const toml::table table = toml::parse(text, path);
		settings taken;
		if (const auto wrong = take_table(table, "", known(taken), path))
			return *wrong;
		return taken;
	} catch (const toml::parse_error &why) {
		return at_line(path, why.source(), std::string(why.description()));
	}
}

result<settings> read_settings(const std::string &path, bool must_exist)
{
	std::error_code failed;
	if (!must_exist && !std::filesystem::exists(path, failed) && !failed)
		return settings{};
	const auto content = read_file(path, 1 << 20);
	if (!content) {
		const error &why = content.failure();
		const bool denied = why.code == exit_code::permission;
		return error{why.message, denied ? why.remedy : "name settings that are there: orield --config FILE",
			     denied ? why.code : exit_code::usage};
	}
	return parse_settings({reinterpret_cast<const char *>(content->data()), content->size()}, path);
}

} // namespace oriel
