// SPDX-License-Identifier: GPL-2.0
#include "module_loaded.hpp"

#include "elf_note.hpp"
#include "file_read.hpp"

#include <algorithm>
#include <bit>
#include <sstream>

namespace oriel {
namespace {

namespace fs = std::filesystem;

// Names of modules are written with '-' or '_' alike; the kernel knows only the latter.
std::string canonical(std::string name)
{
	std::replace(name.begin(), name.end(), '-', '_');
	return name;
}

std::string stem_of(const fs::path &file)
{
	const std::string name = file.filename().string();
	return canonical(name.substr(0, name.find(".ko")));
}

// Each line of modules.dep begins with a module's path below the folder, up to a colon.
fs::path find_in_index(const std::string &name, const fs::path &module_dir)
{
	std::istringstream lines(read_text(module_dir / "modules.dep").value_or(""));
	for (std::string line; std::getline(lines, line);) {
		const fs::path file = line.substr(0, line.find(':'));
		if (stem_of(file) == name)
			return module_dir / file;
	}
	return {};
}

std::optional<fs::path> events_dir(const fs::path &sys)
{
	std::error_code failed;
	for (const char *place : {"kernel/tracing/events", "kernel/debug/tracing/events"}) {
		const fs::path dir = sys / place;
		if (fs::directory_iterator at(dir, failed); !failed && at != fs::directory_iterator())
			return dir;
	}
	return std::nullopt;
}

} // namespace

std::optional<loaded_module> read_loaded_module(const std::string &name, const kernel_source &source)
{
	const fs::path dir = source.sys / "module" / canonical(name);
	std::error_code failed;
	if (name.empty() || name.find('/') != std::string::npos || !fs::is_directory(dir, failed))
		return std::nullopt;
	loaded_module loaded;
	loaded.name = canonical(name);
	loaded.built_in = !fs::exists(dir / "initstate", failed);
	if (loaded.built_in)
		return loaded;
	if (const auto letters = read_text(dir / "taint"))
		loaded.taints = taint_set::from_letters(*letters);
	constexpr std::size_t most_note_bytes = 1u << 16;
	if (const auto note = read_file(dir / "notes/.note.gnu.build-id", most_note_bytes))
		loaded.build_id = build_id_of(*note, std::endian::native == std::endian::little);
	return loaded;
}

std::vector<std::string> loaded_module_names(const kernel_source &source)
{
	std::vector<std::string> names;
	std::istringstream lines(read_text(source.proc / "modules").value_or(""));
	for (std::string line; std::getline(lines, line);)
		names.push_back(line.substr(0, line.find(' ')));
	std::sort(names.begin(), names.end());
	return names;
}

file_match match_file(const loaded_module &loaded, const module_file *file)
{
	if (!file)
		return file_match::no_file;
	if (loaded.build_id.empty() || file->build_id.empty())
		return file_match::unprovable;
	return loaded.build_id == file->build_id ? file_match::same : file_match::different;
}

std::optional<std::vector<bool>> observe_events(const std::vector<trace_event> &events, const kernel_source &source)
{
	const auto dir = events_dir(source.sys);
	if (!dir)
		return std::nullopt;
	std::vector<bool> present;
	std::error_code failed;
	for (const trace_event &event : events)
		present.push_back(event.is_named() && fs::is_directory(*dir / event.system / event.name, failed));
	return present;
}

std::filesystem::path find_module_file(const std::string &name, const std::filesystem::path &module_dir)
{
	if (module_dir.empty())
		return {};
	const std::string wanted = canonical(name);
	std::error_code failed;
	if (auto indexed = find_in_index(wanted, module_dir); fs::exists(indexed, failed))
		return indexed;
	// A module that was put there, or elsewhere, since depmod ran last.
	for (fs::recursive_directory_iterator at(module_dir, failed), end; !failed && at != end; at.increment(failed))
		if (at->path().filename().string().find(".ko") != std::string::npos && stem_of(at->path()) == wanted)
			return at->path();
	return {};
}

} // namespace oriel
