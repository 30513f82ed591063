// SPDX-License-Identifier: GPL-2.0
#include "kernel_facts.hpp"

#include "elf_file.hpp"
#include "file_read.hpp"
#include "kernel_facts_build.hpp"
#include "module_file.hpp"
#include "signature_efi.hpp"
#include "verdict_rules.hpp"

#include <charconv>
#include <elf.h>
#include <sys/utsname.h>

namespace oriel {
namespace {

namespace fs = std::filesystem;

// "/usr/src/..." below another root. An absolute symbolic link there still points into this root, so the
// places that distributions link to are tried by their own names.
fs::path below(const fs::path &root, const fs::path &path)
{
	return root / path.relative_path();
}

bool is_dir(const fs::path &path)
{
	std::error_code ignored;
	return fs::is_directory(path, ignored);
}

bool is_file(const fs::path &path)
{
	std::error_code ignored;
	return fs::is_regular_file(path, ignored);
}

std::string find_build_dir(const std::string &release, const fs::path &modules, const fs::path &sysroot)
{
	for (const fs::path &dir : {below(sysroot, "/usr/src/linux-headers-" + release), modules / "build"})
		if (is_file(dir / "Makefile"))
			return dir.string();
	return {};
}

std::optional<kernel_config> read_config(const std::string &release, const fs::path &modules, const fs::path &sysroot,
					 const std::string &build_dir)
{
	std::vector<fs::path> places{below(sysroot, "/boot/config-" + release)};
	if (!modules.empty())
		places.push_back(modules / "config");
	if (!build_dir.empty())
		places.push_back(fs::path(build_dir) / ".config");
	for (const fs::path &place : places)
		if (const auto text = read_text(place))
			return parse_kernel_config(*text);
	return std::nullopt;
}

// Everything that one of the kernel's own modules tells of it. A few are tried, as one may be broken.
void read_own_module(kernel_facts &kernel, const fs::path &modules)
{
	std::error_code failed;
	int tries = 8;
	for (fs::recursive_directory_iterator at(modules / "kernel", failed), end; !failed && at != end && tries > 0;
	     at.increment(failed)) {
		if (at->path().filename().string().find(".ko") == std::string::npos || !is_file(at->path()))
			continue;
		tries--;
		const auto own = read_module_file(at->path());
		if (!own || own->vermagic().empty())
			continue;
		kernel.vermagic = own->vermagic();
		kernel.this_module_bytes = own->this_module_bytes;
		kernel.machine = own->machine;
		kernel.module_layout = own->version_of("module_layout");
		if (own->sig.state == signature_state::parsed)
			kernel.own_signer = own->sig.signers.front();
		return;
	}
}

// Megabytes of BTF are read only for a kernel that may refuse a module for it.
bool minds_btf(const kernel_facts &kernel)
{
	return !kernel.config || !kernel.config->btf_mismatch_allowed;
}

std::optional<btf_base> read_btf_of_vmlinux(const fs::path &vmlinux)
{
	const auto content = read_file(vmlinux, max_module_size);
	if (!content)
		return std::nullopt;
	const auto file = elf_file::parse(*content, vmlinux.string());
	const elf_section *btf = file ? file->section(".BTF") : nullptr;
	return btf ? read_btf_base(btf->data) : std::nullopt;
}

std::optional<bool> yes_or_no(const std::optional<std::string> &text)
{
	if (!text || text->empty())
		return std::nullopt;
	return *text == "Y" || *text == "1";
}

// "[none] integrity confidentiality": the mode in force is in brackets.
std::optional<lockdown> parse_lockdown(const std::optional<std::string> &text)
{
	if (!text)
		return std::nullopt;
	for (const lockdown mode : {lockdown::none, lockdown::integrity, lockdown::confidentiality})
		if (text->find("[" + std::string(to_string(mode)) + "]") != std::string::npos)
			return mode;
	return std::nullopt;
}

std::optional<taint_set> parse_taints(const std::optional<std::string> &text)
{
	std::uint64_t bits = 0;
	if (!text || std::from_chars(text->data(), text->data() + text->size(), bits).ec != std::errc{})
		return std::nullopt;
	return taint_set(bits);
}

void read_running(kernel_facts &kernel, const kernel_source &source, const keyring_reader &read)
{
	kernel.signatures_enforced = yes_or_no(read_text(source.sys / "module/module/parameters/sig_enforce"));
	kernel.lockdown_mode = parse_lockdown(read_text(source.sys / "kernel/security/lockdown"));
	kernel.loading_disabled = yes_or_no(read_text(source.proc / "sys/kernel/modules_disabled"));
	kernel.taints = parse_taints(read_text(source.proc / "sys/kernel/tainted"));
	kernel.platform_keys_count = platform_keys_count(read_text(source.proc / "version").value_or(""));
	kernel.has_uefi = is_dir(source.sys / "firmware/efi");
	kernel.certificates = read_efi_certificates(source.sys / "firmware/efi");
	if (const auto keys = read_text(source.proc / "keys"))
		kernel.rings = parse_keyrings(*keys, read);
	if (!minds_btf(kernel))
		return;
	if (const auto btf = read_file(source.sys / "kernel/btf/vmlinux", max_module_size))
		kernel.btf = read_btf_base(*btf);
}

} // namespace

const char *to_string(lockdown mode)
{
	switch (mode) {
	case lockdown::integrity:
		return "integrity";
	case lockdown::confidentiality:
		return "confidentiality";
	case lockdown::none:
		break;
	}
	return "none";
}

bool kernel_facts::has_symbol_versions() const
{
	return vermagic && vermagic->find(" modversions") != std::string::npos;
}

std::string running_release()
{
	struct utsname name = {};
	return ::uname(&name) == 0 ? name.release : "";
}

std::uint16_t running_machine()
{
	struct utsname name = {};
	if (::uname(&name) != 0)
		return EM_NONE;
	const std::string_view machine = name.machine;
	if (machine == "x86_64")
		return EM_X86_64;
	if (machine == "aarch64")
		return EM_AARCH64;
	return EM_NONE;
}

bool running_kernel_loads_modules(const kernel_source &source)
{
	// Without /proc at all nothing is known.
	return !is_file(source.proc / "version") || is_file(source.proc / "modules");
}

std::filesystem::path module_dir(const std::string &release, const std::filesystem::path &sysroot)
{
	for (const char *parent : {"/lib/modules", "/usr/lib/modules"})
		if (auto dir = below(sysroot, fs::path(parent) / release); is_dir(dir))
			return dir;
	return {};
}

kernel_facts read_kernel_facts(const std::string &release, bool running, const kernel_source &source, const keyring_reader &read)
{
	kernel_facts kernel;
	kernel.release = release;
	kernel.running = running;
	kernel.machine = running ? running_machine() : EM_NONE;
	const fs::path modules = module_dir(release, source.sysroot);
	if (!modules.empty())
		read_own_module(kernel, modules);
	kernel.build_dir = find_build_dir(release, modules, source.sysroot);
	kernel.config = read_config(release, modules, source.sysroot, kernel.build_dir);
	if (!kernel.build_dir.empty()) {
		const fs::path build = kernel.build_dir;
		if (const auto text = read_text(build / "Module.symvers"))
			kernel.symbols = std::make_shared<symbol_table>(parse_symvers(*text));
		if (minds_btf(kernel))
			kernel.btf = read_btf_of_vmlinux(build / "vmlinux");
	}
	kernel.loads_modules = running ? running_kernel_loads_modules(source) : !kernel.config || kernel.config->modules;
	if (running)
		read_running(kernel, source, read);
	return kernel;
}

} // namespace oriel
