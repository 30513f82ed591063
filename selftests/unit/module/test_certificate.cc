// SPDX-License-Identifier: GPL-2.0
#include "elf_builder.hpp"
#include "file_read.hpp"
#include "scratch.hpp"
#include "signature_efi.hpp"
#include "signing.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <openssl/x509.h>

namespace oriel::test {
namespace {

std::string name_of(const char *common, const char *organization, const char *email)
{
	const std::unique_ptr<X509_NAME, decltype(&X509_NAME_free)> name(X509_NAME_new(), X509_NAME_free);
	const auto add = [&](int nid, const char *text) {
		if (text)
			X509_NAME_add_entry_by_NID(name.get(), nid, MBSTRING_UTF8, reinterpret_cast<const unsigned char *>(text), -1, -1,
						   0);
	};
	add(NID_organizationName, organization);
	add(NID_commonName, common);
	add(NID_pkcs9_emailAddress, email);
	return kernel_name(name.get());
}

// An EFI_SIGNATURE_LIST with entries of one size.
bytes signature_list(const std::vector<bytes> &entries, bool x509 = true)
{
	bytes list = to_bytes(x509 ? std::string_view("\xa1\x59\xc0\xa5\xe4\x94\xa7\x4a\x87\xb5\xab\x15\x5c\x2b\xf0\x72", 16)
				   : std::string_view("0123456789abcdef", 16));
	const auto entry_bytes = static_cast<std::uint32_t>(16 + entries.at(0).size());
	const std::uint32_t sizes[]{static_cast<std::uint32_t>(28 + entry_bytes * entries.size()), 0, entry_bytes};
	list.resize(28);
	std::memcpy(list.data() + 16, sizes, sizeof(sizes));
	for (const bytes &entry : entries) {
		list.resize(list.size() + 16);
		list.insert(list.end(), entry.begin(), entry.end());
	}
	return list;
}

bytes der_of(const signing_key &key)
{
	return *read_file(key.certificate, 1 << 20);
}

TEST(certificate, is_named_as_the_kernel_names_keys)
{
	EXPECT_EQ(name_of("Signer", nullptr, nullptr), "Signer");
	EXPECT_EQ(name_of("Signer", "Company", "a@b"), "Company: Signer");
	EXPECT_EQ(name_of("Company Signer", "Company", nullptr), "Company Signer") << "the name begins with the organization";
	EXPECT_EQ(name_of("Organism", "Organization", nullptr), "Organization: Organism");
	EXPECT_EQ(name_of("Organizer", "Organization", nullptr), "Organizer") << "the first seven characters are the same";
	EXPECT_EQ(name_of(nullptr, "Company", nullptr), "Company");
	EXPECT_EQ(name_of(nullptr, nullptr, "a@b"), "a@b");
	EXPECT_EQ(name_of(nullptr, nullptr, nullptr), "");
}

TEST(certificate, keeps_the_zero_before_a_high_serial_number)
{
	const std::unique_ptr<ASN1_INTEGER, decltype(&ASN1_INTEGER_free)> number(ASN1_INTEGER_new(), ASN1_INTEGER_free);
	ASN1_INTEGER_set_uint64(number.get(), 0x80ff);
	EXPECT_EQ(serial_number(number.get()), "0080ff");
	ASN1_INTEGER_set_uint64(number.get(), 0x7f);
	EXPECT_EQ(serial_number(number.get()), "7f");
}

TEST(certificate, is_no_certificate)
{
	const scratch_dir dir;
	EXPECT_FALSE(read_certificate(dir.write("a", "text")));
	EXPECT_FALSE(read_certificate(dir.write("b", "")));
	bytes cut = der_of(throwaway_key());
	cut.resize(cut.size() / 2);
	EXPECT_FALSE(read_certificate(dir.write("c", cut)));
	EXPECT_TRUE(read_certificates({dir / "a", throwaway_key().certificate, dir / "none"}).size() == 1);
}

TEST(efi, certificates_are_found_among_other_lists)
{
	bytes lists = signature_list({bytes(32), bytes(32)}, false);
	const bytes ours = signature_list({der_of(throwaway_key())});
	lists.insert(lists.end(), ours.begin(), ours.end());
	const auto found = parse_signature_lists(lists, "db");
	ASSERT_EQ(found.size(), 1u);
	EXPECT_EQ(found[0].serial, certificate_of(throwaway_key()).serial);
	EXPECT_EQ(found[0].origin, "db");
}

TEST(efi, survives_every_truncation_and_lies_about_sizes)
{
	const bytes whole = signature_list({der_of(throwaway_key())});
	for (std::size_t size = 0; size < whole.size(); size++)
		EXPECT_TRUE(parse_signature_lists(byte_view(whole).first(size), "db").empty());
	for (const std::size_t field : {16, 20, 24})
		for (const std::uint32_t lie : {0u, 1u, 27u, 1u << 31, ~0u}) {
			bytes forged = whole;
			if (std::memcmp(forged.data() + field, &lie, sizeof(lie)) == 0)
				continue; // the truth
			std::memcpy(forged.data() + field, &lie, sizeof(lie));
			EXPECT_TRUE(parse_signature_lists(forged, "db").empty()) << field << " " << lie;
		}
}

TEST(efi, variables_are_read_where_the_kernel_shows_them)
{
	const scratch_dir efi;
	bytes variable = to_bytes("attr");
	const bytes list = signature_list({der_of(throwaway_key())});
	variable.insert(variable.end(), list.begin(), list.end());
	efi.write("efivars/db-d719b2cb-3d3a-4596-a3bc-dad00e67656f", variable);
	efi.write("mok-variables/MokListRT", signature_list({der_of(other_key())}));
	const auto found = read_efi_certificates(efi.path());
	ASSERT_EQ(found.size(), 2u);
	EXPECT_EQ(found[1].serial, certificate_of(other_key()).serial);
	EXPECT_TRUE(read_efi_certificates(efi / "nonesuch").empty());
}

} // namespace
} // namespace oriel::test
