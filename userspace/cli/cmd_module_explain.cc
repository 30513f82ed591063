// SPDX-License-Identifier: GPL-2.0
#include "cmd_module.hpp"
#include "json_verdict.hpp"
#include "module_family.hpp"
#include "module_sign.hpp"
#include "output.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

struct options {
	std::string module;
	std::string kernel;
	std::string sysroot = "/";
	std::string file;
	std::vector<std::string> certificates;
};

// Anything with a slash or a module's ending is a file, all else a name.
bool names_a_file(const std::string &word)
{
	return word.find('/') != std::string::npos || word.find(".ko") != std::string::npos;
}

// The facts of the kernel that was asked for, with all certificates that are at hand. One that was named
// must be readable.
result<kernel_facts> kernel_for(const options &opts)
{
	std::error_code failed;
	if (!std::filesystem::is_directory(opts.sysroot, failed))
		return error{fmt::format("{}: is not a folder", opts.sysroot),
			     "name the folder that holds the kernel's /lib/modules by --sysroot"};
	const std::string release = opts.kernel.empty() ? running_release() : opts.kernel;
	const bool running = release == running_release() && opts.sysroot == "/";
	kernel_facts kernel = read_kernel_facts(release, running, {.sysroot = opts.sysroot});
	for (auto &cert : read_certificates(known_certificates(opts.sysroot)))
		kernel.certificates.push_back(std::move(cert));
	for (const std::string &path : opts.certificates) {
		auto cert = read_certificate(path);
		if (!cert)
			return cert.failure();
		kernel.certificates.push_back(std::move(*cert));
	}
	return kernel;
}

void print(context &ctx, const verdict &judged, const module_file *file, const loaded_facts *loaded, const kernel_facts &kernel)
{
	ctx.finish(exit_code_of(judged));
	if (!ctx.json) {
		print_verdict(judged);
		return;
	}
	nlohmann::ordered_json json{{"version", 1}, {"verdict", to_json(judged)}};
	json["file"] = file ? to_json(*file) : nlohmann::ordered_json(nullptr);
	json["loaded"] = loaded ? to_json(*loaded, judged.match) : nlohmann::ordered_json(nullptr);
	json["kernel"] = to_json(kernel);
	print_json(json);
}

void explain_file(context &ctx, const options &opts, const kernel_facts &kernel, const std::filesystem::path &path)
{
	const auto module = read_module_file(path, kernel.certificates);
	if (!module) {
		report(ctx, module.failure());
		return;
	}
	const signing_place signing = describe_signing_place(default_signing_key(opts.sysroot), kernel);
	print(ctx, judge_file(*module, kernel, signing), &*module, nullptr, kernel);
}

void explain_loaded(context &ctx, const options &opts, const kernel_facts &kernel, loaded_module loaded)
{
	std::filesystem::path path = opts.file;
	if (path.empty() && !loaded.built_in)
		path = find_module_file(loaded.name, module_dir(kernel.release, opts.sysroot));
	std::optional<module_file> file;
	if (!path.empty()) {
		auto read = read_module_file(path, kernel.certificates);
		if (!read) {
			report(ctx, read.failure());
			return;
		}
		file = std::move(*read);
	}
	const module_file *at = file ? &*file : nullptr;
	loaded_facts facts{std::move(loaded), std::nullopt, std::nullopt};
	facts.told = ask_told_facts(facts.module.name);
	if (file)
		facts.events_present = observe_events(file->tracepoints.events);
	const signing_place signing = describe_signing_place(default_signing_key(opts.sysroot), kernel);
	print(ctx, judge_loaded(facts, at, kernel, signing), at, &facts, kernel);
}

void explain(context &ctx, const options &opts)
{
	const auto kernel = kernel_for(opts);
	if (!kernel)
		return report(ctx, kernel.failure());
	if (names_a_file(opts.module))
		return explain_file(ctx, opts, *kernel, opts.module);
	if (auto loaded = kernel->running ? read_loaded_module(opts.module) : std::nullopt)
		return explain_loaded(ctx, opts, *kernel, std::move(*loaded));
	if (!kernel->loads_modules)
		return report(ctx, no_modules());
	const auto path = find_module_file(opts.module, module_dir(kernel->release, opts.sysroot));
	if (!path.empty())
		return explain_file(ctx, opts, *kernel, path);
	const std::string none = fmt::format("{}: no module of this name is loaded or among those of {}", opts.module, kernel->release);
	const std::string path_of_it = "give the path of its file, for example ./" + opts.module + ".ko";
	report(ctx, {kernel->is_absent() ? fmt::format("{}: there is no folder /lib/modules/{}", none, kernel->release) : none,
		     is_of_family(opts.module) ? fmt::format("{}; or {}", put_module_there, path_of_it) : path_of_it});
}

} // namespace

void add_module_explain(CLI::App &noun, context &ctx)
{
	auto opts = std::make_shared<options>();
	CLI::App *verb = noun.add_subcommand("explain", "Explain one module: will it load, are its tracepoints live, and why not");
	verb->add_option("MODULE", opts->module, "The name of a module, or the path of a .ko, .ko.xz or .ko.zst file")->required();
	verb->add_option("--kernel", opts->kernel, "Judge for this kernel release instead of the running one")->type_name("RELEASE");
	verb->add_option("--sysroot", opts->sysroot, "Look for kernels below this folder")->type_name("DIR");
	verb->add_option("--file", opts->file, "The file that a loaded module came from")->type_name("FILE");
	verb->add_option("--cert", opts->certificates, "A certificate that may have signed the module (DER or PEM)")
		->type_name("FILE")
		->allow_extra_args(false);
	verb->callback([opts, &ctx] { explain(ctx, *opts); });
}

} // namespace oriel
