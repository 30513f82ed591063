// SPDX-License-Identifier: GPL-2.0
#include "report_page.hpp"

#include "bytes.hpp"
#include "companion_abi.hpp"
#include "unique_fd.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

extern "C" {
extern const char oriel_page_html[], oriel_page_html_end[];
extern const char oriel_page_style[], oriel_page_style_end[];
extern const char oriel_page_script[], oriel_page_script_end[];
#ifdef ORIEL_CHART_JS
extern const char oriel_page_chart[], oriel_page_chart_end[];
#endif
}

namespace oriel {
namespace {

namespace fs = std::filesystem;

std::string_view between(const char *begin, const char *end)
{
	return {begin, static_cast<std::size_t>(end - begin)};
}

std::string_view chart_library()
{
#ifdef ORIEL_CHART_JS
	return between(oriel_page_chart, oriel_page_chart_end);
#else
	return {};
#endif
}

// JSON that cannot end the script element it stands in: there, only what begins with '<' means anything.
std::string as_script_data(const nlohmann::ordered_json &json)
{
	std::string text;
	for (const char letter : json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)) {
		if (letter == '<')
			text += "\\u003c";
		else
			text += letter;
	}
	return text;
}

// What only this page's own scripts know, so that the browser runs no others.
std::string make_nonce()
{
	std::random_device random;
	return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

error failed_to_write(const std::string &path)
{
	return {fmt::format("{}: cannot be written: {}", path, std::generic_category().message(errno)),
		"is the folder writable, and is there space? -o FILE names another file",
		errno == EACCES || errno == EPERM ? exit_code::permission : exit_code::failure};
}

bool write_all(int fd, std::string_view text)
{
	while (!text.empty()) {
		const ssize_t written = ::write(fd, text.data(), text.size());
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		text.remove_prefix(static_cast<std::size_t>(written));
	}
	return true;
}

// What cannot be replaced by renaming.
result<std::monostate> write_in_place(const std::string &path, const std::string &page)
{
	const unique_fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
	if (!file || !write_all(file.get(), page))
		return failed_to_write(path);
	return std::monostate{};
}

bool is_report_page(const std::string &path)
{
	std::ifstream file(path, std::ios::binary);
	std::string begin(std::string_view(report_page_begin).size(), '\0');
	file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
	return file && begin == report_page_begin;
}

} // namespace

const char *const report_page_begin = "<!doctype html>\n<!-- Written by oriel report ";

result<std::string> report_page(const nlohmann::ordered_json &report)
{
	if (chart_library().empty())
		return error{"this oriel was built without Chart.js",
			     "apt-get install libjs-chart.js, then build it again; --json needs none", exit_code::unsupported};
	const std::string data = as_script_data(report), nonce = make_nonce();
	const std::pair<std::string_view, std::string_view> parts[] = {
		{"@version@", companion_version()},
		{"@nonce@", nonce},
		{"@style@", between(oriel_page_style, oriel_page_style_end)},
		{"@report@", data},
		{"@chart@", chart_library()},
		{"@script@", between(oriel_page_script, oriel_page_script_end)},
	};
	std::string page;
	std::string_view rest = between(oriel_page_html, oriel_page_html_end);
	// In one pass, so that what is put in is not looked at.
	while (!rest.empty()) {
		const auto at = std::min(rest.find('@'), rest.size());
		page += rest.substr(0, at);
		rest.remove_prefix(at);
		const auto part =
			std::find_if(std::begin(parts), std::end(parts), [&](const auto &p) { return rest.starts_with(p.first); });
		if (part != std::end(parts)) {
			page += part->second;
			rest.remove_prefix(part->first.size());
		} else if (!rest.empty()) {
			page += rest.front();
			rest.remove_prefix(1);
		}
	}
	return page;
}

result<std::monostate> write_report_page(const std::string &path, const std::string &page)
{
	std::error_code failed;
	const auto status = fs::status(path, failed);
	if (fs::is_directory(status))
		return error{fmt::format("{}: is a folder", path), "-o FILE names a file"};
	if (fs::exists(status) && !fs::is_regular_file(status))
		return write_in_place(path, page);
	if (fs::exists(status) && fs::file_size(path, failed) != 0 && !is_report_page(path))
		return error{fmt::format("{}: is there already, and is no report", path), "remove it, or name another file by -o FILE"};
	const std::string target = fs::exists(status) ? fs::canonical(path, failed).string() : path; // a link stays one
	std::string scratch = target + ".XXXXXX";
	const unique_fd file(::mkostemp(scratch.data(), O_CLOEXEC));
	if (!file)
		return failed_to_write(path);
	const mode_t mask = ::umask(0);
	::umask(mask);
	if (write_all(file.get(), page) && ::fchmod(file.get(), 0666 & ~mask) == 0 && ::fsync(file.get()) == 0 &&
	    ::rename(scratch.c_str(), target.c_str()) == 0)
		return std::monostate{};
	const error why = failed_to_write(path);
	::unlink(scratch.c_str());
	return why;
}

} // namespace oriel
