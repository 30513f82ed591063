// SPDX-License-Identifier: GPL-2.0
#include "file_read.hpp"
#include "module_builder.hpp"
#include "module_sign.hpp"
#include "scratch.hpp"
#include "signing.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace oriel::test {
namespace {

// In the place of the kernel's program: appends its arguments, so that the test sees them.
std::filesystem::path fake_sign_file(const scratch_dir &dir)
{
	const auto path = dir.write("scripts/sign-file", "#!/bin/sh\nprintf 'signed with %s' \"$1 $2 $3\" >>\"$4\"\n");
	std::filesystem::permissions(path, std::filesystem::perms::owner_all);
	return path;
}

std::string tail_of(const std::filesystem::path &path, std::size_t from)
{
	const auto content = *read_file(path, 1 << 20);
	return {reinterpret_cast<const char *>(content.data()) + from, content.size() - from};
}

TEST(sign, makes_a_key_for_its_owner_only)
{
	const scratch_dir dir;
	const signing_key where{dir / "new/k.key", dir / "new/k.der"};
	EXPECT_FALSE(where.exists());
	ASSERT_TRUE(make_signing_key(where));
	EXPECT_TRUE(where.exists());
	struct stat info = {};
	ASSERT_EQ(::stat(where.key.c_str(), &info), 0);
	EXPECT_EQ(info.st_mode & 0777, 0600u);
	const auto cert = read_certificate(where.certificate);
	ASSERT_TRUE(cert);
	EXPECT_EQ(cert->subject, cert->issuer);
	EXPECT_EQ(cert->key_id.size(), 40u);
}

TEST(sign, never_overwrites_either_half_of_a_key)
{
	for (const char *half : {"k.key", "k.der"}) {
		const scratch_dir dir;
		dir.write(half, "precious");
		const auto made = make_signing_key({dir / "k.key", dir / "k.der"});
		ASSERT_FALSE(made);
		EXPECT_NE(made.failure().message.find("is not overwritten"), std::string::npos);
		EXPECT_EQ(tail_of(dir / half, 0), "precious");
		EXPECT_FALSE(signing_key({dir / "k.key", dir / "k.der"}).exists());
	}
}

TEST(sign, does_not_follow_a_dangling_link_to_make_a_key)
{
	const scratch_dir dir;
	std::filesystem::create_symlink(dir / "target", dir / "k.key");
	EXPECT_FALSE(make_signing_key({dir / "k.key", dir / "k.der"}));
	EXPECT_FALSE(std::filesystem::exists(dir / "target"));
}

TEST(sign, prefers_the_key_of_the_distribution)
{
	const scratch_dir root;
	EXPECT_EQ(default_signing_key(root.path()).key.filename(), "module-signing.key");
	root.write("var/lib/dkms/mok.key", "k");
	EXPECT_EQ(default_signing_key(root.path()).key.filename(), "module-signing.key") << "a half of a pair is none";
	root.write("var/lib/dkms/mok.pub", "c");
	EXPECT_EQ(default_signing_key(root.path()).key, root / "var/lib/dkms/mok.key");
}

TEST(sign, replaces_an_older_signature_and_keeps_the_mode)
{
	const scratch_dir dir;
	const bytes content = module_builder().build();
	const auto module = dir.write("m.ko", sign(content, other_key()));
	std::filesystem::permissions(module, std::filesystem::perms(0640));
	const auto done = sign_module(module, throwaway_key(), fake_sign_file(dir));
	ASSERT_TRUE(done) << done.failure().message;
	EXPECT_EQ(tail_of(module, content.size()),
		  "signed with sha256 " + throwaway_key().key.string() + " " + throwaway_key().certificate.string());
	struct stat info = {};
	ASSERT_EQ(::stat(module.c_str(), &info), 0);
	EXPECT_EQ(info.st_mode & 0777, 0640u);
	EXPECT_FALSE(std::filesystem::exists(dir / "m.ko.signing"));
}

TEST(sign, leaves_the_module_alone_where_it_fails)
{
	const scratch_dir dir;
	const auto module = dir.write("m.ko", module_builder().build());
	const auto failing = dir.write("fail", "#!/bin/sh\nexit 1\n");
	std::filesystem::permissions(failing, std::filesystem::perms::owner_all);
	EXPECT_FALSE(sign_module(module, throwaway_key(), failing));
	EXPECT_FALSE(sign_module(module, throwaway_key(), dir / "nonesuch"));
	EXPECT_EQ(*read_file(module, 1 << 20), module_builder().build());
	EXPECT_FALSE(std::filesystem::exists(dir / "m.ko.signing"));
	EXPECT_FALSE(sign_module(dir.write("text", "no module"), throwaway_key(), failing));
}

TEST(sign, finds_the_kernels_program)
{
	const scratch_dir root;
	kernel_facts kernel;
	kernel.release = "6.1";
	const auto missing = find_sign_file(kernel, root.path());
	ASSERT_FALSE(missing);
	EXPECT_EQ(missing.failure().remedy, "apt-get install linux-headers-6.1");
	const auto any = root.write("usr/lib/linux-kbuild-6.12/scripts/sign-file", "");
	std::filesystem::permissions(any, std::filesystem::perms::owner_all);
	EXPECT_EQ(*find_sign_file(kernel, root.path()), any);
	kernel.build_dir = root.path();
	EXPECT_EQ(*find_sign_file(kernel, root.path()), any) << "one that is not there does not hide the other";
	const auto own = fake_sign_file(root);
	EXPECT_EQ(*find_sign_file(kernel, root.path()), own);
}

} // namespace
} // namespace oriel::test
