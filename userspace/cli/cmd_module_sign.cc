// SPDX-License-Identifier: GPL-2.0
#include "cmd_module.hpp"
#include "module_sign.hpp"
#include "output.hpp"
#include "verdict_remedy.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

struct options {
	std::string module;
	std::string kernel;
	std::string key;
	std::string certificate;
};

// What is still missing for this kernel to trust the signature; empty where nothing is.
std::vector<remedy> enrolment(const kernel_facts &kernel, const signing_key &key)
{
	const signing_place place = describe_signing_place(key, kernel);
	module_file any;
	auto steps = sign_and_enrol(any, kernel, place);
	steps.erase(steps.begin()); // signing itself is done
	return steps;
}

void print_result(context &ctx, const options &opts, const signing_key &key, bool made, const std::vector<remedy> &steps)
{
	if (ctx.json) {
		auto list = nlohmann::ordered_json::array();
		for (const remedy &step : steps)
			list.push_back({{"text", step.text}, {"commands", step.commands}});
		print_json({{"version", 1},
			    {"module", opts.module},
			    {"key", key.key.string()},
			    {"certificate", key.certificate.string()},
			    {"key_made", made},
			    {"enrolment", list}});
		return;
	}
	if (made)
		fmt::print("made a key: {}, its certificate: {}\n", key.key.string(), key.certificate.string());
	fmt::print("signed {} with {}\n", opts.module, key.key.string());
	if (steps.empty())
		fmt::print("this kernel trusts the key: nothing is missing\n");
	for (const remedy &step : steps) {
		fmt::print("still missing: {}\n", step.text);
		for (const std::string &command : step.commands)
			fmt::print("  {}\n", command);
	}
}

void sign(context &ctx, const options &opts)
{
	const std::string release = opts.kernel.empty() ? running_release() : opts.kernel;
	const kernel_facts kernel = read_kernel_facts(release, release == running_release());
	const auto sign_file = find_sign_file(kernel);
	if (!sign_file)
		return report(ctx, sign_file.failure());
	signing_key key = default_signing_key();
	if (!opts.key.empty())
		key = {opts.key, opts.certificate};
	const bool make = !key.exists();
	if (make)
		if (const auto made = make_signing_key(key); !made)
			return report(ctx, made.failure());
	if (const auto done = sign_module(opts.module, key, *sign_file); !done)
		return report(ctx, done.failure());
	print_result(ctx, opts, key, make, enrolment(kernel, key));
}

} // namespace

void add_module_sign(CLI::App &noun, context &ctx)
{
	auto opts = std::make_shared<options>();
	CLI::App *verb = noun.add_subcommand(
		"sign", "Sign a module, with a key made for it where there is none, and say how the kernel comes to trust it");
	verb->add_option("FILE", opts->module, "The module, uncompressed")->required();
	verb->add_option("--kernel", opts->kernel, "Use the sign-file program of this kernel release")->type_name("RELEASE");
	CLI::Option *key = verb->add_option("--key", opts->key, "The private key (PEM); made where it does not exist")->type_name("FILE");
	CLI::Option *cert = verb->add_option("--cert", opts->certificate, "Its certificate (DER or PEM)")->type_name("FILE");
	key->needs(cert);
	cert->needs(key);
	verb->callback([opts, &ctx] { sign(ctx, *opts); });
}

} // namespace oriel
