// SPDX-License-Identifier: GPL-2.0
#include "keyring.hpp"
#include "keyring_trust.hpp"
#include "signing.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace oriel::test {
namespace {

constexpr const char *proc_keys = R"(048243a2 I------     1 perm 0f0b0000     0     0 keyring   .blacklist: 1
04824400 I------     1 perm 0f0b0000     0     0 blacklist bin:00112233
1173f8c9 I------     1 perm 1f0b0000     0     0 keyring   .platform: empty
2e0c281a I------     1 perm 1f030000     0     0 asymmetri Company: CA: 8963f707: X509.rsa 371a5bb8 []
361e6232 I------     1 perm 1f0f0000     0     0 keyring   .secondary_trusted_keys: 1
39e5f928 I------     2 perm 1f0b0000     0     0 keyring   .builtin_trusted_keys: 1
3a424dd1 I------     1 perm 082f0000     0     0 keyring   .fs-verity: empty
damaged line
)";

std::optional<std::vector<std::uint32_t>> read_all(std::uint32_t serial)
{
	switch (serial) {
	case 0x048243a2:
		return {{0x04824400}};
	case 0x361e6232:
		return {{0x39e5f928}};
	case 0x39e5f928:
		return {{0x2e0c281a, 0x99}}; // the last may not be seen
	default:
		return {{}};
	}
}

// A kernel that trusts the given descriptions.
kernel_facts kernel_with(const std::string &ring, const std::vector<std::string> &keys)
{
	kernel_facts kernel;
	kernel.running = true;
	kernel.rings.emplace();
	kernel.rings->keys[ring] = keys;
	return kernel;
}

std::string described(const certificate &cert)
{
	return cert.subject + ": " + cert.key_id;
}

signer signer_of(const signing_key &key)
{
	return read_signature(sign(bytes(10), key)).signers.at(0);
}

TEST(keyring, is_read_from_what_root_sees)
{
	const auto rings = parse_keyrings(proc_keys, read_all);
	ASSERT_TRUE(rings);
	EXPECT_EQ(rings->keys.size(), 4u) << ".fs-verity is not about modules";
	EXPECT_EQ(rings->keys.at(".builtin_trusted_keys"), std::vector<std::string>{"Company: CA: 8963f707"});
	EXPECT_EQ(rings->keys.at(".blacklist"), std::vector<std::string>{"bin:00112233"});
	EXPECT_TRUE(rings->keys.at(".platform").empty());
}

TEST(keyring, is_unknown_and_not_empty_without_root)
{
	EXPECT_FALSE(parse_keyrings("", read_all));
	EXPECT_FALSE(parse_keyrings("3558e842 I--Q---  1 perm 1f3f0000  0 65534 keyring   _uid_ses.0: 1\n", read_all));
	EXPECT_FALSE(parse_keyrings(proc_keys, [](std::uint32_t) { return std::nullopt; }));
	kernel_facts kernel;
	EXPECT_EQ(look_up(signer_of(throwaway_key()), std::nullopt, kernel).state, trust::unknown);
}

TEST(trust, is_exact_with_the_certificate)
{
	const certificate cert = certificate_of(throwaway_key());
	const auto kernel = kernel_with(".machine", {"Other: 00", described(cert)});
	const auto facts = look_up(signer_of(throwaway_key()), cert, kernel);
	EXPECT_EQ(facts.state, trust::trusted);
	EXPECT_EQ(facts.sure, certainty::exact);
	EXPECT_EQ(facts.keyring, ".machine");
	const auto other = look_up(signer_of(other_key()), certificate_of(other_key()), kernel);
	EXPECT_EQ(other.state, trust::untrusted);
	EXPECT_EQ(other.sure, certainty::exact);
}

TEST(trust, goes_by_names_only_without_it)
{
	const certificate cert = certificate_of(throwaway_key());
	const auto found = look_up(signer_of(throwaway_key()), std::nullopt, kernel_with(".machine", {described(cert)}));
	EXPECT_EQ(found.state, trust::trusted);
	EXPECT_EQ(found.sure, certainty::likely);
	const auto missing = look_up(signer_of(throwaway_key()), std::nullopt, kernel_with(".machine", {"Other: 00"}));
	EXPECT_EQ(missing.state, trust::untrusted);
	EXPECT_EQ(missing.sure, certainty::likely);
}

TEST(trust, is_denied_for_sure_where_every_key_is_known)
{
	const certificate cert = certificate_of(other_key());
	auto kernel = kernel_with(".builtin_trusted_keys", {"Builder: 8963f707"});
	kernel.rings->keys[".secondary_trusted_keys"] = {".builtin_trusted_keys"};
	kernel.rings->keys[".platform"] = {described(cert)};
	kernel.own_signer = signer{};
	kernel.own_signer->issuer = "Builder";
	kernel.own_signer->serial = "01";
	EXPECT_EQ(look_up(signer_of(throwaway_key()), std::nullopt, kernel).sure, certainty::likely) << "one key is not known yet";
	kernel.certificates = {cert};
	const auto facts = look_up(signer_of(throwaway_key()), std::nullopt, kernel);
	EXPECT_EQ(facts.state, trust::untrusted);
	EXPECT_EQ(facts.sure, certainty::exact);
}

TEST(trust, of_the_builder_needs_no_keyring)
{
	kernel_facts kernel;
	kernel.own_signer = signer_of(throwaway_key());
	EXPECT_EQ(look_up(signer_of(throwaway_key()), std::nullopt, kernel).state, trust::trusted);
	EXPECT_EQ(look_up(signer_of(other_key()), std::nullopt, kernel).state, trust::unknown);
}

TEST(trust, in_the_firmwares_keys_depends_on_the_kernel)
{
	const certificate cert = certificate_of(throwaway_key());
	auto kernel = kernel_with(".platform", {described(cert)});
	EXPECT_EQ(look_up(signer_of(throwaway_key()), cert, kernel).state, trust::unknown);
	kernel.platform_keys_count = true;
	EXPECT_EQ(look_up(signer_of(throwaway_key()), cert, kernel).state, trust::trusted);
	kernel.platform_keys_count = false;
	EXPECT_EQ(look_up(signer_of(throwaway_key()), cert, kernel).state, trust::untrusted);
}

TEST(trust, ends_where_the_key_is_forbidden)
{
	const certificate cert = certificate_of(throwaway_key());
	auto kernel = kernel_with(".builtin_trusted_keys", {described(cert)});
	kernel.rings->keys[".blacklist"] = {"bin:00112233", described(cert)};
	EXPECT_EQ(look_up(signer_of(throwaway_key()), cert, kernel).state, trust::forbidden);
}

TEST(trust, is_exact_by_key_identifier)
{
	const certificate cert = certificate_of(throwaway_key());
	signer who;
	who.key_id = cert.key_id;
	EXPECT_EQ(look_up(who, std::nullopt, kernel_with(".machine", {described(cert)})).state, trust::trusted);
	const auto missing = look_up(who, std::nullopt, kernel_with(".machine", {"Other: 00"}));
	EXPECT_EQ(missing.state, trust::untrusted);
	EXPECT_EQ(missing.sure, certainty::exact);
}

} // namespace
} // namespace oriel::test
