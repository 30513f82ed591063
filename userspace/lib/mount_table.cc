// SPDX-License-Identifier: GPL-2.0
#include "mount_table.hpp"

#include "file_read.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/stat.h>
#include <system_error>

namespace oriel {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator)
{
	std::vector<std::string_view> parts;
	while (!text.empty()) {
		const auto end = std::min(text.find(separator), text.size());
		if (end != 0)
			parts.push_back(text.substr(0, end));
		text.remove_prefix(std::min(end + 1, text.size()));
	}
	return parts;
}

template <class Number>
bool read_number(std::string_view word, Number &out)
{
	const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), out);
	return failed == std::errc() && end == word.data() + word.size();
}

// "0:42".
bool read_device(std::string_view word, mount_point &out)
{
	const auto colon = word.find(':');
	return colon != std::string_view::npos && read_number(word.substr(0, colon), out.major) &&
	       read_number(word.substr(colon + 1), out.minor);
}

bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

// The kernel writes white space and the backslash as \ and three octal digits.
std::string unescape(std::string_view word)
{
	std::string plain;
	for (std::size_t i = 0; i < word.size(); i++) {
		const bool escaped =
			word[i] == '\\' && i + 3 < word.size() && word[i + 1] <= '3' && std::all_of(&word[i + 1], &word[i + 4], is_octal);
		if (!escaped) {
			plain += word[i];
			continue;
		}
		plain += static_cast<char>((word[i + 1] - '0') * 64 + (word[i + 2] - '0') * 8 + (word[i + 3] - '0'));
		i += 3;
	}
	return plain;
}

// Of "rw" and "ro" the stricter, then the others, of the file system first: so does /proc/mounts.
std::string join_options(std::string_view mount, std::string_view file_system)
{
	std::string access = "rw", rest;
	for (const std::string_view list : {file_system, mount})
		for (const std::string_view option : split(list, ','))
			if (option == "ro")
				access = "ro";
			else if (option != "rw")
				rest += fmt::format(",{}", option);
	return access + rest;
}

// "25 1 0:42 / /mnt rw,relatime shared:1 - orielfs /srv/data rw": between the sixth and "-" stand any number.
std::optional<mount_point> parse_line(std::string_view line)
{
	const auto words = split(line, ' ');
	const auto mark = std::find(words.begin(), words.end(), "-");
	mount_point found;
	if (mark - words.begin() < 6 || words.end() - mark != 4 || !read_number(words[0], found.id) || !read_device(words[2], found))
		return std::nullopt;
	found.root = unescape(words[3]);
	found.path = unescape(words[4]);
	found.options = join_options(words[5], mark[3]);
	found.type = unescape(mark[1]);
	found.source = unescape(mark[2]);
	return found;
}

} // namespace

std::vector<mount_point> parse_mount_table(std::string_view text)
{
	std::vector<mount_point> table;
	for (const std::string_view line : split(text, '\n'))
		if (auto found = parse_line(line))
			table.push_back(std::move(*found));
	return table;
}

result<std::vector<mount_point>> read_mount_table()
{
	const auto text = read_text("/proc/self/mountinfo");
	if (!text)
		return error{"/proc/self/mountinfo cannot be read", "mount -t proc proc /proc"};
	return parse_mount_table(*text);
}

result<std::uint64_t> mount_id_of(const std::string &path)
{
	struct statx facts;
	if (::statx(AT_FDCWD, path.c_str(), AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_MNT_ID, &facts) != 0) {
		const int number = errno;
		const std::string message = fmt::format("{}: {}", path, std::generic_category().message(number));
		return number == EACCES ? error{message, "run as root", exit_code::permission} : error{message};
	}
	if (!(facts.stx_mask & STATX_MNT_ID))
		return error{"this kernel does not tell which mount a file is on", "name no file", exit_code::unsupported};
	return facts.stx_mnt_id;
}

} // namespace oriel
