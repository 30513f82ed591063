// SPDX-License-Identifier: GPL-2.0
#include "module_builder.hpp"
#include "signing.hpp"
#include "verdict.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

module_file file_of(const module_builder &builder)
{
	return *parse_module(builder.build(), "/m/sample.ko");
}

// A running kernel like Debian's 6.1, for which the sample was built, seen by root.
kernel_facts stable_kernel()
{
	kernel_facts kernel;
	kernel.release = "6.1.0-1-amd64";
	kernel.running = true;
	kernel.machine = EM_X86_64;
	kernel.vermagic = stable_magic;
	kernel.this_module_bytes = this_module_bytes;
	kernel.config = kernel_config{};
	kernel.config->module_signatures = kernel.config->force_load = kernel.config->livepatch = true;
	kernel.symbols = std::make_shared<symbol_table>(symbol_table{{"module_layout", {0x11, false, ""}},
								     {"_printk", {0x22, false, ""}},
								     {"gpl_only", {0x33, true, ""}},
								     {"spaced", {0x44, false, "NS"}}});
	kernel.signatures_enforced = false;
	kernel.lockdown_mode = lockdown::none;
	kernel.rings.emplace();
	return kernel;
}

// One without symbol versions, like Debian's 7.2.
kernel_facts newest_kernel()
{
	auto kernel = stable_kernel();
	kernel.release = "7.2.1-amd64";
	kernel.vermagic = "7.2.1-amd64 SMP preempt mod_unload ";
	return kernel;
}

module_builder newest_module()
{
	module_builder module;
	module.info = {"license=GPL", "name=sample", "vermagic=7.2.1-amd64 SMP preempt mod_unload "};
	module.versions.reset();
	return module;
}

// "load taint tracepoints" of a prediction.
std::string told(const prediction &outcome)
{
	const std::string load = outcome.load == acceptance::refused ? outcome.refusal : to_string(outcome.load);
	return load + " " + outcome.taints.letters() + " " + to_string(outcome.tracepoints);
}

std::vector<std::string> commands_of(const verdict &judged)
{
	std::vector<std::string> all;
	for (const finding &found : judged.findings)
		for (const remedy &way : found.remedies)
			all.insert(all.end(), way.commands.begin(), way.commands.end());
	return all;
}

TEST(verdict, of_an_ordinary_module_is_good)
{
	const auto judged = judge_file(file_of({}), stable_kernel());
	EXPECT_EQ(judged.overall, severity::good);
	EXPECT_EQ(told(judged.plain), "accepted OE live");
	EXPECT_EQ(told(judged.forced), "accepted FOE dropped");
	EXPECT_EQ(judged.summary, "6.1.0-1-amd64 takes sample, and its trace event will work");
	EXPECT_TRUE(commands_of(judged).empty());
}

TEST(verdict, follows_what_the_module_says_of_itself)
{
	module_builder module;
	module.info.push_back("intree=Y");
	EXPECT_EQ(told(judge_file(file_of(module), stable_kernel()).plain), "accepted E live");
	module.info.push_back("staging=Y");
	EXPECT_EQ(told(judge_file(file_of(module), stable_kernel()).plain), "accepted CE live");
	module.info.push_back("test=Y");
	EXPECT_EQ(told(judge_file(file_of(module), stable_kernel()).plain), "accepted CEN live");
}

TEST(verdict, on_a_live_patch_depends_on_the_kernel)
{
	module_builder module;
	module.info.push_back("livepatch=Y");
	const auto judged = judge_file(file_of(module), stable_kernel());
	EXPECT_EQ(judged.overall, severity::bad);
	EXPECT_EQ(told(judged.plain), "accepted OEK dropped");
	EXPECT_TRUE(judged.has("livepatch-taint"));
	EXPECT_EQ(commands_of(judged).size(), 3u);
	auto between = stable_kernel();
	between.release = "6.6.0";
	EXPECT_EQ(judge_file(file_of(module), between).overall, severity::unknown);
	auto without = stable_kernel();
	without.config->livepatch = false;
	EXPECT_EQ(told(judge_file(file_of(module), without).plain), "ENOEXEC OEK not-loaded");
	module.imports.push_back("klp_enable_patch");
	auto kernel = stable_kernel();
	kernel.symbols = nullptr;
	EXPECT_TRUE(commands_of(judge_file(file_of(module), kernel)).empty()) << "a real live patch needs its mark";
}

TEST(verdict, on_vermagic_ignores_the_release_where_symbols_have_versions)
{
	module_builder module;
	module.info[2] = "vermagic=6.1.0-99-amd64 SMP preempt mod_unload modversions ";
	const auto judged = judge_file(file_of(module), stable_kernel());
	EXPECT_EQ(told(judged.plain), "accepted OE live");
	EXPECT_TRUE(judged.has("other-release"));
	module.versions.reset();
	EXPECT_EQ(told(judge_file(file_of(module), stable_kernel()).plain), "ENOEXEC FOE not-loaded") << "without them it counts";
	auto newer = newest_module();
	newer.info[2] = "vermagic=7.2.2-amd64 SMP preempt mod_unload ";
	EXPECT_EQ(told(judge_file(file_of(newer), newest_kernel()).plain), "ENOEXEC OE not-loaded");
}

TEST(verdict, on_a_wrong_vermagic_is_bad_and_says_what_force_does)
{
	module_builder module;
	module.info[2] = "vermagic=6.1.0-1-amd64 SMP preempt_rt mod_unload modversions ";
	const auto judged = judge_file(file_of(module), stable_kernel());
	EXPECT_EQ(told(judged.plain), "ENOEXEC OE not-loaded");
	EXPECT_EQ(told(judged.forced), "accepted FOE dropped");
	EXPECT_NE(judged.summary.find("by force it loads, but then its trace event is dropped"), std::string::npos) << judged.summary;
	EXPECT_EQ(commands_of(judged), (std::vector<std::string>{"apt-get install linux-headers-6.1.0-1-amd64",
								 "make -C /lib/modules/6.1.0-1-amd64/build M=\"$PWD\" modules"}));
	auto strict = stable_kernel();
	strict.config->force_load = false;
	EXPECT_EQ(told(judge_file(file_of(module), strict).forced), "ENOEXEC FOE not-loaded");
}

TEST(verdict, without_vermagic_or_versions_is_like_force)
{
	module_builder module;
	module.info.pop_back();
	EXPECT_EQ(told(judge_file(file_of(module), stable_kernel()).plain), "accepted FOE dropped");
	module_builder unversioned;
	unversioned.versions.reset();
	const auto judged = judge_file(file_of(unversioned), stable_kernel());
	EXPECT_EQ(told(judged.plain), "accepted FOE dropped");
	EXPECT_TRUE(judged.has("no-symbol-versions"));
	unversioned.events.clear();
	EXPECT_EQ(judge_file(file_of(unversioned), stable_kernel()).overall, severity::good) << "nothing is lost without trace events";
	EXPECT_EQ(told(judge_file(file_of(newest_module()), newest_kernel()).plain), "accepted OE live") << "nobody has versions there";
}

TEST(verdict, on_symbol_versions)
{
	module_builder module;
	(*module.versions)[1].second = 0x99;
	const auto judged = judge_file(file_of(module), stable_kernel());
	EXPECT_EQ(told(judged.plain), "EINVAL OE not-loaded");
	EXPECT_EQ(told(judged.forced), "accepted FOE dropped");
	EXPECT_TRUE(judged.has("symbol-versions"));
	(*module.versions)[0].second = 0x99;
	EXPECT_EQ(judge_file(file_of(module), stable_kernel()).plain.refusal, "ENOEXEC") << "module_layout is checked first";
}

TEST(verdict, on_a_module_of_another_kernel_is_the_one_that_the_kernel_gives)
{
	module_builder module;
	module.info[2] = "vermagic=6.12.0-1-amd64 SMP preempt mod_unload modversions ";
	module.imports.push_back("nowhere");
	(*module.versions)[0].second = 0x99;
	const auto judged = judge_file(file_of(module), stable_kernel());
	EXPECT_EQ(told(judged.plain), "ENOEXEC OE not-loaded") << "the kernel compares module_layout before it looks for symbols";
	EXPECT_EQ(judged.forced.refusal, "ENOENT") << "by force it compares nothing";
	for (const finding &found : judged.findings)
		EXPECT_EQ(found.text.find("takes it"), std::string::npos) << found.text;
}

TEST(verdict, on_symbol_versions_that_cannot_be_compared)
{
	auto kernel = stable_kernel();
	kernel.symbols = nullptr;
	EXPECT_EQ(judge_file(file_of({}), kernel).overall, severity::good) << "of the very release that it was built for";
	module_builder other;
	other.info[2] = "vermagic=6.1.0-99-amd64 SMP preempt mod_unload modversions ";
	EXPECT_EQ(judge_file(file_of(other), kernel).overall, severity::unknown);
	kernel.module_layout = 0x11;
	EXPECT_EQ(judge_file(file_of(other), kernel).overall, severity::unknown) << "other symbols may differ";
	kernel.module_layout = 0x12;
	const auto judged = judge_file(file_of(other), kernel);
	EXPECT_EQ(told(judged.plain), "ENOEXEC OE not-loaded") << "one that differs is enough";
	EXPECT_EQ(told(judged.forced), "accepted FOE dropped");
	EXPECT_FALSE(judged.has("versions-unchecked"));
}

TEST(verdict, on_symbols_that_are_not_there)
{
	module_builder module;
	module.imports.push_back("nowhere");
	EXPECT_EQ(told(judge_file(file_of(module), stable_kernel()).plain), "ENOENT OE not-loaded");
	module.info.push_back("depends=other");
	EXPECT_EQ(judge_file(file_of(module), stable_kernel()).plain.load, acceptance::unknown);
}

TEST(verdict, on_a_licence_and_on_a_name_space)
{
	module_builder module;
	module.imports.push_back("gpl_only");
	EXPECT_EQ(judge_file(file_of(module), stable_kernel()).overall, severity::good);
	module.info[0] = "license=Proprietary";
	const auto judged = judge_file(file_of(module), stable_kernel());
	EXPECT_EQ(judged.plain.refusal, "ENOENT");
	EXPECT_TRUE(judged.has("license"));
	module_builder spaced;
	spaced.imports.push_back("spaced");
	EXPECT_EQ(judge_file(file_of(spaced), stable_kernel()).plain.refusal, "EINVAL");
	spaced.info.push_back("import_ns=NS");
	EXPECT_EQ(judge_file(file_of(spaced), stable_kernel()).overall, severity::good);
}

TEST(verdict, on_what_was_built_for_another_machine_or_layout)
{
	module_builder module;
	module.machine = EM_AARCH64;
	const auto judged = judge_file(file_of(module), stable_kernel());
	EXPECT_EQ(judged.plain.refusal, "ENOEXEC");
	EXPECT_EQ(judged.forced.load, acceptance::refused);
	auto kernel = newest_kernel();
	kernel.this_module_bytes = this_module_bytes + 64;
	EXPECT_EQ(judge_file(file_of(newest_module()), kernel).plain.refusal, "ENOEXEC");
	auto old = stable_kernel();
	old.this_module_bytes = this_module_bytes + 64;
	EXPECT_TRUE(judge_file(file_of({}), old).has("layout"));
	EXPECT_EQ(judge_file(file_of({}), old).plain.load, acceptance::accepted) << "6.1 does not look";
}

TEST(verdict, where_signatures_are_required)
{
	auto enforced = stable_kernel();
	enforced.signatures_enforced = true;
	auto locked = stable_kernel();
	locked.lockdown_mode = lockdown::confidentiality;
	for (const auto &[kernel, refusal] : {std::pair{enforced, "EKEYREJECTED"}, std::pair{locked, "EPERM"}}) {
		const auto judged = judge_file(file_of({}), kernel);
		EXPECT_EQ(judged.plain.refusal, refusal);
		EXPECT_EQ(judged.forced.refusal, refusal);
		EXPECT_EQ(commands_of(judged).at(0), "oriel module sign /m/sample.ko");
	}
	locked.signatures_enforced = true;
	EXPECT_EQ(judge_file(file_of({}), locked).plain.refusal, "EKEYREJECTED") << "the kernel asks for it first";
}

TEST(verdict, where_it_cannot_be_read_what_is_required)
{
	auto kernel = stable_kernel();
	kernel.lockdown_mode.reset();
	const auto judged = judge_file(file_of({}), kernel);
	EXPECT_EQ(judged.overall, severity::unknown);
	EXPECT_EQ(commands_of(judged), std::vector<std::string>{"mount -t securityfs securityfs /sys/kernel/security"});
	kernel.signatures_enforced.reset();
	EXPECT_TRUE(judge_file(file_of({}), kernel).has("enforcement-unknown"));
	kernel.config->module_signatures = false;
	EXPECT_EQ(judge_file(file_of({}), kernel).overall, severity::good) << "it never looks at signatures";
}

class signed_verdict : public ::testing::Test {
protected:
	const certificate cert_ = certificate_of(throwaway_key());
	module_file module_ = *parse_module(sign(module_builder().build(), throwaway_key()), "/m/sample.ko", {cert_});
	kernel_facts kernel_ = stable_kernel();

	void put_key_in(const std::string &ring) { kernel_.rings->keys[ring] = {cert_.subject + ": " + cert_.key_id}; }
};

TEST_F(signed_verdict, with_a_trusted_key_is_good_everywhere)
{
	put_key_in(".machine");
	kernel_.signatures_enforced = true;
	kernel_.lockdown_mode = lockdown::integrity;
	const auto judged = judge_file(module_, kernel_);
	EXPECT_EQ(judged.overall, severity::good);
	EXPECT_EQ(told(judged.plain), "accepted O live");
	EXPECT_EQ(judged.forced.refusal, "EKEYREJECTED") << "by force the signature is not looked at";
}

TEST_F(signed_verdict, with_an_unknown_key_is_as_unsigned)
{
	EXPECT_EQ(told(judge_file(module_, kernel_).plain), "accepted OE live");
	kernel_.signatures_enforced = true;
	EXPECT_EQ(told(judge_file(module_, kernel_).plain), "EKEYREJECTED OE not-loaded");
}

TEST_F(signed_verdict, without_root_is_never_guessed)
{
	kernel_.rings.reset();
	const auto judged = judge_file(module_, kernel_);
	EXPECT_EQ(judged.trust.state, trust::unknown);
	EXPECT_EQ(told(judged.plain), "accepted O live");
	EXPECT_EQ(judged.plain.perhaps.letters(), "E");
	kernel_.signatures_enforced = true;
	EXPECT_EQ(judge_file(module_, kernel_).overall, severity::unknown);
}

TEST_F(signed_verdict, by_name_alone_is_not_trusted)
{
	module_.signed_by.reset();
	put_key_in(".machine");
	kernel_.signatures_enforced = true;
	const auto judged = judge_file(module_, kernel_);
	EXPECT_EQ(judged.trust.sure, certainty::likely);
	EXPECT_EQ(judged.plain.load, acceptance::unknown);
}

TEST_F(signed_verdict, that_no_longer_fits_the_content)
{
	module_.content_is_signed = false;
	EXPECT_EQ(told(judge_file(module_, kernel_).plain), "accepted OE live") << "nobody checks the signature of an unknown key";
	put_key_in(".machine");
	const auto judged = judge_file(module_, kernel_);
	EXPECT_EQ(judged.plain.refusal, "EKEYREJECTED") << "even where signatures are not required";
	EXPECT_TRUE(judged.has("signature-mismatch"));
}

TEST_F(signed_verdict, with_a_forbidden_key_is_refused)
{
	put_key_in(".blacklist");
	const auto judged = judge_file(module_, kernel_);
	EXPECT_EQ(judged.plain.refusal, "EKEYREJECTED");
	EXPECT_TRUE(judged.has("key-forbidden"));
}

TEST_F(signed_verdict, of_a_corrupt_signature_is_refused_in_any_case)
{
	const auto module = *parse_module(with_trailer(module_builder().build(), bytes(100)), "/m/sample.ko");
	const auto judged = judge_file(module, kernel_);
	EXPECT_EQ(judged.plain.refusal, "EBADMSG");
	EXPECT_EQ(judged.forced.load, acceptance::accepted) << "by force it is not looked at";
	EXPECT_EQ(commands_of(judged), std::vector<std::string>{"strip --strip-debug /m/sample.ko"});
}

TEST(verdict, for_a_kernel_that_is_not_running)
{
	auto kernel = stable_kernel();
	kernel.running = false;
	kernel.signatures_enforced.reset();
	kernel.lockdown_mode.reset();
	kernel.rings.reset();
	EXPECT_EQ(judge_file(file_of({}), kernel).overall, severity::good);
	kernel.config->lockdown_forced = "integrity";
	EXPECT_EQ(judge_file(file_of({}), kernel).plain.refusal, "EPERM");
	kernel.config->signatures_forced = true;
	EXPECT_EQ(judge_file(file_of({}), kernel).plain.refusal, "EKEYREJECTED");
	kernel.config.reset();
	EXPECT_EQ(judge_file(file_of({}), kernel).overall, severity::unknown);
}

TEST(verdict, where_nothing_is_known_is_unknown)
{
	const auto judged = judge_file(file_of({}), kernel_facts{});
	EXPECT_EQ(judged.overall, severity::unknown);
	EXPECT_EQ(judged.plain.load, acceptance::unknown);
}

TEST(verdict, where_loading_is_switched_off)
{
	auto kernel = stable_kernel();
	kernel.loading_disabled = true;
	EXPECT_EQ(judge_file(file_of({}), kernel).plain.refusal, "EPERM");
}

TEST(verdict, where_the_kernel_has_no_modules)
{
	auto kernel = stable_kernel();
	kernel.loads_modules = false;
	const auto judged = judge_file(file_of({}), kernel);
	EXPECT_EQ(judged.plain.refusal, "ENOSYS");
	EXPECT_EQ(judged.forced.refusal, "ENOSYS");
}

TEST(verdict, for_a_kernel_that_is_not_here_says_what_was_looked_for)
{
	kernel_facts kernel;
	kernel.release = "9.9";
	const auto judged = judge_file(file_of({}), kernel);
	EXPECT_EQ(judged.overall, severity::unknown);
	ASSERT_TRUE(judged.has("kernel-absent"));
	EXPECT_NE(judged.findings.front().text.find("/lib/modules/9.9"), std::string::npos);
}

TEST(verdict, on_btf)
{
	auto kernel = newest_kernel();
	auto module = file_of(newest_module());
	module.has_btf = true;
	module.btf = btf_facts{std::nullopt, 1, 10, 100};
	kernel.btf = btf_base{100, 50};
	EXPECT_EQ(judge_file(module, kernel).overall, severity::good);
	kernel.btf = btf_base{101, 50};
	const auto judged = judge_file(module, kernel);
	EXPECT_EQ(judged.plain.refusal, "EINVAL");
	EXPECT_EQ(judged.forced.refusal, "EINVAL");
	EXPECT_EQ(commands_of(judged), std::vector<std::string>{"objcopy --remove-section .BTF --remove-section .BTF.base /m/sample.ko"});
	kernel.config->btf_mismatch_allowed = true;
	EXPECT_EQ(judge_file(module, kernel).overall, severity::good);
}

} // namespace
} // namespace oriel::test
