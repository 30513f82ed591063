// SPDX-License-Identifier: GPL-2.0
#include "verdict_remedy.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace oriel {
namespace {

std::string make_command(const kernel_facts &kernel, const std::string &source_dir)
{
	const std::string build = kernel.build_dir.empty() ? "/lib/modules/" + kernel.release + "/build" : kernel.build_dir;
	const std::string where = source_dir.empty() ? "\"$PWD\"" : shell_quote(source_dir);
	return fmt::format("make -C {} M={} modules", shell_quote(build), where);
}

// The commands that change a module in place need it uncompressed.
bool can_be_edited(const module_file &module)
{
	return module.packed == compression::none;
}

} // namespace

std::string shell_quote(const std::string &word)
{
	const auto is_plain = [](char c) {
		return std::isalnum(static_cast<unsigned char>(c)) || std::string_view("/._+-:=@%,").find(c) != std::string_view::npos;
	};
	if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain))
		return word;
	std::string quoted = "'";
	for (const char c : word)
		quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
	return quoted + "'";
}

std::vector<remedy> rebuild(const module_file &module, const kernel_facts &kernel)
{
	std::vector<remedy> list;
	if (kernel.build_dir.empty())
		list.push_back({"install what modules are built with for this kernel",
				{"apt-get install " + shell_quote("linux-headers-" + kernel.release)}});
	list.push_back(
		{module.source_dir.empty() ? "rebuild it for this kernel, in the directory of its sources" : "rebuild it for this kernel",
		 {make_command(kernel, module.source_dir)}});
	return list;
}

std::vector<remedy> drop_livepatch_mark(const module_file &module, const kernel_facts &kernel)
{
	if (!module.source_dir.empty()) {
		const std::string sources = shell_quote(module.source_dir) + "/*.c";
		return {{"it patches nothing: take MODULE_INFO(livepatch, ...) out of its sources and rebuild it",
			 {fmt::format("sed -i '/MODULE_INFO(livepatch,/d' {}", sources), make_command(kernel, module.source_dir)}}};
	}
	if (!can_be_edited(module))
		return {{"it patches nothing: take MODULE_INFO(livepatch, ...) out of its sources and rebuild it", {}}};
	const std::string file = shell_quote(module.path);
	const std::string section = shell_quote(module.path + ".modinfo");
	return {{"it patches nothing: take the mark out of the file (a signature of it is lost)",
		 {fmt::format("objcopy -O binary --only-section=.modinfo {} {}", file, section),
		  fmt::format("sed -z -i '/^livepatch=/d' {}", section),
		  fmt::format("objcopy --update-section .modinfo={} {}", section, file)}}};
}

std::vector<remedy> sign_and_enrol(const module_file &module, const kernel_facts &kernel, const signing_place &signing)
{
	if (!can_be_edited(module))
		return {{"unpack it, then ask again how to sign it",
			 {fmt::format("{} -d {}", module.packed == compression::xz ? "xz" : "zstd", shell_quote(module.path))}}};
	std::vector<remedy> list{{"sign it with your key", {"oriel module sign " + shell_quote(module.path)}}};
	if (signing.trust.state == trust::trusted)
		return list;
	if (kernel.running && !kernel.has_uefi) {
		list.push_back({"this machine was not started by UEFI, so the kernel cannot be given a key: start it without "
				"module.sig_enforce and lockdown, or build a kernel that trusts yours",
				{}});
		return list;
	}
	list.push_back({"have the firmware trust the key: choose a password, restart, and confirm it in the menu that appears",
			{"mokutil --import " + shell_quote(signing.certificate_path), "reboot"}});
	return list;
}

std::vector<remedy> drop_btf(const module_file &module)
{
	return {{"take its BTF out, which is for tools only (a signature of it is lost)",
		 {"objcopy --remove-section .BTF --remove-section .BTF.base " + shell_quote(module.path)}}};
}

std::vector<remedy> drop_signature(const module_file &module)
{
	if (!can_be_edited(module))
		return {};
	return {{"take the broken signature off", {"strip --strip-debug " + shell_quote(module.path)}}};
}

std::vector<remedy> load_again(const std::string &name, const std::string &path)
{
	return {{"unload it, and load it without force", {"rmmod " + shell_quote(name), "insmod " + shell_quote(path)}}};
}

std::vector<remedy> let_markers_in(const std::string &name, const std::string &path)
{
	std::vector<std::string> commands{"echo any >/sys/module/oriel/parameters/marker_policy"};
	if (!path.empty())
		commands.insert(commands.end(), {"rmmod " + shell_quote(name), "insmod " + shell_quote(path)});
	return {{"let any module have markers, and load it again (or sign it by a key that the kernel trusts: oriel module sign)",
		 commands}};
}

std::vector<remedy> look_as_root(const std::string &argument)
{
	return {{"look as root", {"sudo oriel module explain " + shell_quote(argument)}}};
}

} // namespace oriel
