// SPDX-License-Identifier: GPL-2.0
#include "elf_builder.hpp"
#include "signature.hpp"
#include "signing.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

const bytes content = to_bytes("the module's content");

TEST(signature, is_absent_without_the_trailer)
{
	EXPECT_EQ(read_signature(content).state, signature_state::absent);
	EXPECT_EQ(read_signature({}).state, signature_state::absent);
	EXPECT_EQ(read_signature(content).content_size, content.size());
}

TEST(signature, names_who_signed)
{
	const certificate cert = certificate_of(throwaway_key());
	const signature sig = read_signature(sign(content, throwaway_key()));
	ASSERT_EQ(sig.state, signature_state::parsed) << sig.cause;
	EXPECT_EQ(sig.content_size, content.size());
	ASSERT_EQ(sig.signers.size(), 1u);
	EXPECT_EQ(sig.signers[0].issuer, cert.issuer);
	EXPECT_EQ(sig.signers[0].serial, cert.serial);
	EXPECT_EQ(sig.signers[0].digest, "sha256");
	EXPECT_TRUE(sig.signers[0].is_key_of(cert));
	EXPECT_FALSE(sig.signers[0].is_key_of(certificate_of(other_key())));
}

TEST(signature, may_name_the_key_by_its_identifier)
{
	const certificate cert = certificate_of(throwaway_key());
	const signature sig = read_signature(sign(content, throwaway_key(), true));
	ASSERT_EQ(sig.state, signature_state::parsed) << sig.cause;
	EXPECT_EQ(sig.signers[0].key_id, cert.key_id);
	EXPECT_TRUE(sig.signers[0].is_key_of(cert));
	EXPECT_FALSE(sig.signers[0].is_key_of(certificate_of(other_key())));
}

TEST(signature, tells_the_same_key_from_another)
{
	const auto mine = read_signature(sign(content, throwaway_key())).signers[0];
	const auto again = read_signature(sign(to_bytes("else"), throwaway_key())).signers[0];
	const auto other = read_signature(sign(content, other_key())).signers[0];
	EXPECT_TRUE(mine.is_same_key(again));
	EXPECT_FALSE(mine.is_same_key(other));
	EXPECT_FALSE(signer{}.is_same_key(signer{})) << "nothing known is not the same";
}

TEST(signature, is_verified_against_the_content)
{
	const signature sig = read_signature(sign(content, throwaway_key()));
	EXPECT_EQ(verify_signature(sig, content, certificate_of(throwaway_key())), true);
	EXPECT_EQ(verify_signature(sig, to_bytes("the module's c0ntent"), certificate_of(throwaway_key())), false);
}

TEST(signature, of_another_kind_is_like_none)
{
	const signature sig = read_signature(with_trailer(content, bytes(64), std::byte{1}));
	EXPECT_EQ(sig.state, signature_state::unsupported);
	EXPECT_EQ(sig.content_size, content.size());
}

TEST(signature, is_malformed_where_the_kernel_says_so)
{
	EXPECT_EQ(read_signature(with_trailer(content, bytes(64))).state, signature_state::malformed) << "no PKCS#7";
	EXPECT_EQ(read_signature(with_trailer(content, bytes(64), std::byte{2}, std::byte{1})).state, signature_state::malformed)
		<< "not zero";
	EXPECT_EQ(read_signature(with_trailer({}, bytes(8))).state, signature_state::malformed) << "nothing but a signature";
	EXPECT_EQ(read_signature(to_bytes("~Module signature appended~\n")).state, signature_state::malformed) << "nothing but the line";
}

TEST(signature, claiming_more_than_the_file_has_is_malformed)
{
	bytes file = sign(content, throwaway_key());
	const std::size_t length_at = file.size() - 28 - 4;
	file[length_at] = std::byte{0xff};
	const signature sig = read_signature(file);
	EXPECT_EQ(sig.state, signature_state::malformed);
	EXPECT_NE(sig.cause.find("more than the file has"), std::string::npos);
	EXPECT_EQ(sig.content_size, file.size()) << "nothing is cut off by a length that is a lie";
}

TEST(signature, survives_any_byte_of_it_changed)
{
	const bytes good = sign(content, throwaway_key());
	std::size_t changed = 0;
	for (std::size_t i = content.size(); i < good.size(); i++) {
		bytes file = good;
		file[i] ^= std::byte{0x55};
		const signature sig = read_signature(file);
		const bool same =
			sig.state == signature_state::parsed && verify_signature(sig, content, certificate_of(throwaway_key())) == true;
		changed += !same;
	}
	EXPECT_GT(changed, 256u) << "at the least, each byte of the RSA signature counts";
}

} // namespace
} // namespace oriel::test
