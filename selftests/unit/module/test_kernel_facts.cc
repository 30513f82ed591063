// SPDX-License-Identifier: GPL-2.0
#include "kernel_facts.hpp"
#include "kernel_facts_build.hpp"
#include "module_builder.hpp"
#include "scratch.hpp"
#include "signing.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

constexpr const char *release = "6.1.0-1-amd64";

// A machine in a folder.
struct kernel_tree {
	scratch_dir dir;
	kernel_source source{dir / "root", dir / "proc", dir / "sys"};

	kernel_facts read(bool running = true) const
	{
		return read_kernel_facts(release, running, source, [](std::uint32_t) { return std::vector<std::uint32_t>{}; });
	}
};

TEST(kernel_facts, are_unknown_where_nothing_can_be_read)
{
	const kernel_tree tree;
	const auto kernel = tree.read();
	EXPECT_FALSE(kernel.vermagic || kernel.config || kernel.symbols || kernel.btf);
	EXPECT_FALSE(kernel.signatures_enforced || kernel.lockdown_mode || kernel.taints || kernel.rings || kernel.loading_disabled);
	EXPECT_EQ(kernel.build_dir, "");
}

TEST(kernel_facts, come_from_the_running_kernel)
{
	const kernel_tree tree;
	tree.dir.write("sys/module/module/parameters/sig_enforce", "N\n");
	tree.dir.write("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	tree.dir.write("proc/sys/kernel/modules_disabled", "1\n");
	tree.dir.write("proc/sys/kernel/tainted", "4097\n");
	tree.dir.write("proc/version", "Linux version 6.1 (debian-kernel@lists.debian.org)\n");
	tree.dir.write("proc/keys", "1173f8c9 I------ 1 perm 1f0b0000 0 0 keyring .platform: empty\n");
	const auto kernel = tree.read();
	EXPECT_EQ(kernel.signatures_enforced, false);
	EXPECT_EQ(kernel.lockdown_mode, lockdown::integrity);
	EXPECT_EQ(kernel.loading_disabled, true);
	EXPECT_EQ(kernel.taints->letters(), "PO");
	EXPECT_EQ(kernel.platform_keys_count, true);
	EXPECT_TRUE(kernel.rings);
	EXPECT_FALSE(kernel.has_uefi);
	EXPECT_FALSE(tree.read(false).signatures_enforced) << "of a kernel that is not running, nothing of this is known";
}

TEST(kernel_facts, come_from_one_of_its_own_modules)
{
	const kernel_tree tree;
	tree.dir.write(std::string("root/lib/modules/") + release + "/kernel/fs/broken.ko", "not a module");
	tree.dir.write(std::string("root/lib/modules/") + release + "/kernel/fs/sample.ko",
		       sign(module_builder().build(), throwaway_key()));
	const auto kernel = tree.read(false);
	EXPECT_EQ(kernel.vermagic, stable_magic);
	EXPECT_TRUE(kernel.has_symbol_versions());
	EXPECT_EQ(kernel.this_module_bytes, this_module_bytes);
	EXPECT_EQ(kernel.machine, EM_X86_64);
	EXPECT_EQ(kernel.module_layout, 0x11u);
	ASSERT_TRUE(kernel.own_signer);
	EXPECT_TRUE(kernel.own_signer->is_key_of(certificate_of(throwaway_key())));
}

TEST(kernel_facts, do_not_come_from_somebody_elses_modules)
{
	const kernel_tree tree;
	tree.dir.write(std::string("root/lib/modules/") + release + "/updates/sample.ko", module_builder().build());
	EXPECT_FALSE(tree.read(false).vermagic);
}

TEST(kernel_facts, come_from_the_headers)
{
	const kernel_tree tree;
	const std::string headers = std::string("root/usr/src/linux-headers-") + release;
	tree.dir.write(headers + "/Makefile", "");
	tree.dir.write(headers + "/.config", "CONFIG_MODULE_SIG=y\nCONFIG_MODULE_FORCE_LOAD=y\n");
	tree.dir.write(headers + "/Module.symvers", "0x00000011\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n");
	const auto kernel = tree.read(false);
	EXPECT_EQ(kernel.build_dir, tree.dir / headers);
	EXPECT_TRUE(kernel.config->force_load);
	ASSERT_TRUE(kernel.symbols);
	EXPECT_EQ(kernel.symbols->at("module_layout").checksum, 0x11u);
}

TEST(kernel_facts, are_found_in_usr_lib_too)
{
	const kernel_tree tree;
	tree.dir.write(std::string("root/usr/lib/modules/") + release + "/config", "CONFIG_LIVEPATCH=y\n");
	EXPECT_TRUE(tree.read(false).config->livepatch);
	EXPECT_EQ(module_dir("9.9", tree.source.sysroot), "");
}

TEST(kernel_facts, say_whether_it_loads_modules)
{
	const kernel_tree tree;
	EXPECT_TRUE(tree.read().loads_modules) << "without /proc nobody knows";
	tree.dir.write("proc/version", "Linux version 6.1\n");
	EXPECT_FALSE(tree.read().loads_modules);
	EXPECT_TRUE(tree.read(false).is_absent());
	tree.dir.write("proc/modules", "");
	EXPECT_TRUE(tree.read().loads_modules);
	tree.dir.write(std::string("root/boot/config-") + release, "CONFIG_SMP=y\n");
	EXPECT_FALSE(tree.read(false).loads_modules);
	EXPECT_FALSE(tree.read(false).is_absent());
}

TEST(kernel_config, knows_what_matters_for_modules)
{
	const auto config = parse_kernel_config("CONFIG_MODULE_SIG=y\n# CONFIG_MODULE_SIG_FORCE is not set\nCONFIG_LIVEPATCH=m\n"
						"CONFIG_DEBUG_INFO_BTF_MODULES=y\nCONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY=y");
	EXPECT_TRUE(config.module_signatures);
	EXPECT_FALSE(config.signatures_forced || config.livepatch || config.btf_mismatch_allowed || config.force_load);
	EXPECT_EQ(config.lockdown_forced, "integrity");
	EXPECT_TRUE(parse_kernel_config("").btf_mismatch_allowed) << "without BTF nothing can mismatch";
}

TEST(symvers, are_parsed)
{
	const auto table = parse_symvers("0xc9e2b6f6\tplain\tvmlinux\tEXPORT_SYMBOL\t\n"
					 "0x00000000\tspaced\tdrivers/x\tEXPORT_SYMBOL_GPL\tNS\n"
					 "garbage\n0x1\n\n0x2\tlast\tvmlinux\tEXPORT_SYMBOL");
	EXPECT_EQ(table.size(), 3u);
	EXPECT_EQ(table.at("plain").checksum, 0xc9e2b6f6u);
	EXPECT_FALSE(table.at("plain").gpl_only);
	EXPECT_TRUE(table.at("spaced").gpl_only);
	EXPECT_EQ(table.at("spaced").name_space, "NS");
}

} // namespace
} // namespace oriel::test
