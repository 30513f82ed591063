// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "verdict.hpp"
#include "verdict_remedy.hpp"

#include <utility>

namespace oriel {

// What the kernel demands of modules that it cannot verify. Of a kernel that is not running only what is
// built in is known; it may still be started with more.
enum class demand { nothing, signature, lockdown, unknown_signature, unknown_lockdown };

// The checks follow the kernel's load_module() in its order, so that the first refusal is the one that
// insmod reports. Each looks at one thing and adds what it means for insmod and for modprobe -f.
class file_judge {
public:
	file_judge(const module_file &module, const kernel_facts &kernel, const signing_place &signing)
	    : module_(module), kernel_(kernel), signing_(signing)
	{
	}

	verdict judge();

private:
	void check_loading_allowed();
	void check_signature();
	void check_machine();
	void check_layout();
	void check_versions_present();
	void check_layout_version();
	void check_vermagic();
	void check_livepatch();
	void check_imports();
	void check_versions();
	void check_btf();
	void judge_tracepoints();
	void describe_tracepoints();
	void describe_taint();

	void check_unverified_force();
	void weigh_untrusted(const std::string &what);
	void report_demand(const std::string &what, demand demanded, severity weight);
	void add_origin_taints();
	void force(const std::string &code, const std::string &why);
	void compare_vermagic(bool by_checksums);
	void report_missing(const std::vector<std::string> &missing);

	finding &add(std::string code, severity weight, std::string text, std::vector<remedy> remedies = {})
	{
		verdict_.findings.push_back({std::move(code), weight, std::move(text), std::move(remedies)});
		return verdict_.findings.back();
	}
	static void refuse(prediction &outcome, const char *refusal)
	{
		if (outcome.load == acceptance::refused)
			return;
		outcome.load = acceptance::refused;
		outcome.refusal = refusal;
	}
	static void doubt(prediction &outcome)
	{
		if (outcome.load == acceptance::accepted)
			outcome.load = acceptance::unknown;
	}
	void refuse_both(const char *refusal)
	{
		refuse(verdict_.plain, refusal);
		refuse(verdict_.forced, refusal);
	}
	bool is_same_release() const
	{
		const std::string magic = module_.vermagic();
		return magic.substr(0, magic.find(' ')) == kernel_.release;
	}
	std::vector<remedy> rebuilding() const { return rebuild(module_, kernel_); }

	const module_file &module_;
	const kernel_facts &kernel_;
	const signing_place &signing_;
	verdict verdict_;
};

} // namespace oriel
