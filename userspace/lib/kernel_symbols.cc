// SPDX-License-Identifier: GPL-2.0
#include "kernel_symbols.hpp"

#include "file_read.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <unistd.h>

namespace oriel {
namespace {

// The next word of a line, which is taken off it.
std::string_view next_word(std::string_view &line)
{
	line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
	const std::string_view word = line.substr(0, line.find_first_of(" \t"));
	line.remove_prefix(word.size());
	return word;
}

} // namespace

error hidden_addresses(const std::string &message)
{
	const bool is_root = ::geteuid() == 0;
	return {message,
		is_root ? "root is refused as well: sysctl kernel.kptr_restrict=1; a container may lack CAP_SYSLOG" : "run as root",
		exit_code::permission};
}

result<kernel_symbols> kernel_symbols::load(const std::filesystem::path &file)
{
	const auto text = read_text(file);
	if (!text)
		return error{fmt::format("{} cannot be read", file.string()), "", exit_code::unsupported};
	kernel_symbols symbols = parse(*text);
	if (symbols.symbols_.empty())
		return hidden_addresses(fmt::format("{} hides the addresses of the kernel's symbols", file.string()));
	return symbols;
}

// Lines "ADDRESS TYPE NAME [MODULE]"; hidden addresses are 0.
kernel_symbols kernel_symbols::parse(const std::string &text)
{
	kernel_symbols found;
	found.names_.assign(1, '\0');
	std::string_view module;
	std::uint32_t module_at = 0;
	for (std::string_view rest = text; !rest.empty();) {
		std::string_view line = rest.substr(0, rest.find('\n'));
		rest.remove_prefix(std::min(line.size() + 1, rest.size()));
		const std::string_view number = next_word(line);
		const std::string_view type = next_word(line);
		const std::string_view name = next_word(line);
		std::string_view in = next_word(line);
		std::uint64_t address = 0;
		constexpr int hexadecimal = 16;
		const auto parsed = std::from_chars(number.data(), number.data() + number.size(), address, hexadecimal);
		if (parsed.ec != std::errc{} || address == 0 || name.empty())
			continue;
		if (in.size() > 2)
			in = in.substr(1, in.size() - 2);
		if (in != module) {
			module = in;
			module_at = in.empty() ? 0 : static_cast<std::uint32_t>(found.names_.size());
			if (!in.empty())
				found.names_.append(in).push_back('\0');
		}
		const bool is_code = type.size() == 1 && std::string_view("tTwW").find(type[0]) != std::string_view::npos;
		found.symbols_.push_back({address, static_cast<std::uint32_t>(found.names_.size()), module_at, is_code});
		found.names_.append(name).push_back('\0');
	}
	std::stable_sort(found.symbols_.begin(), found.symbols_.end(),
			 [](const symbol &a, const symbol &b) { return a.address < b.address; });
	return found;
}

std::uint64_t kernel_symbols::address_of(std::string_view name) const
{
	const auto found = std::find_if(symbols_.begin(), symbols_.end(), [&](const symbol &s) { return names_.c_str() + s.name == name; });
	return found == symbols_.end() ? 0 : found->address;
}

kernel_symbols::place kernel_symbols::find(std::uint64_t address) const
{
	auto after = std::upper_bound(symbols_.begin(), symbols_.end(), address,
				      [](std::uint64_t value, const symbol &s) { return value < s.address; });
	if (after == symbols_.begin())
		return {};
	--after;
	// Of several names the first that the kernel tells.
	while (after != symbols_.begin() && std::prev(after)->address == after->address)
		--after;
	return {names_.c_str() + after->name, names_.c_str() + after->module, address - after->address, after->is_code};
}

std::string kernel_symbols::name_of(std::uint64_t address, std::uint64_t within) const
{
	const place at = find(address);
	if (at.name.empty() || at.offset >= within)
		return fmt::format("{:#x}", address);
	return at.module.empty() || at.module == "bpf" ? std::string(at.name) : fmt::format("{} [{}]", at.name, at.module);
}

} // namespace oriel
