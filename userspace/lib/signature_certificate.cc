// SPDX-License-Identifier: GPL-2.0
#include "signature_certificate.hpp"

#include "file_read.hpp"

#include <cstdint>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace oriel {
namespace {

// No certificate of a signing key is near this size, in bytes.
constexpr std::size_t max_certificate_size = 1u << 20;

byte_view view_of(const ASN1_STRING *text)
{
	return {reinterpret_cast<const std::byte *>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string part(const X509_NAME *name, int nid)
{
	const int at = X509_NAME_get_index_by_NID(name, nid, -1);
	if (at < 0)
		return {};
	const byte_view text = view_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	return {reinterpret_cast<const char *>(text.data()), text.size()};
}

bytes der_of(const X509_NAME *name)
{
	const unsigned char *der = nullptr;
	std::size_t size = 0;
	if (X509_NAME_get0_der(name, &der, &size) != 1)
		return {};
	const auto *start = reinterpret_cast<const std::byte *>(der);
	return {start, start + size};
}

std::shared_ptr<X509> parse_x509(byte_view data)
{
	const auto *der = reinterpret_cast<const unsigned char *>(data.data());
	X509 *found = d2i_X509(nullptr, &der, static_cast<long>(data.size()));
	if (!found) {
		const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(data.data(), static_cast<int>(data.size())), BIO_free);
		found = bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr;
	}
	return {found, X509_free};
}

} // namespace

std::string kernel_name(const X509_NAME *name)
{
	const std::string common = part(name, NID_commonName);
	const std::string organization = part(name, NID_organizationName);
	const std::string email = part(name, NID_pkcs9_emailAddress);
	if (common.empty() && email.empty())
		return organization;
	if (common.empty())
		return email;
	if (organization.empty())
		return common;
	// The organization is left out where the common name begins with it, or as good as.
	const bool repeats = common.size() >= organization.size() ? common.starts_with(organization) : false;
	const bool same_start = common.size() >= 7 && organization.size() >= 7 && common.compare(0, 7, organization, 0, 7) == 0;
	return repeats || same_start ? common : organization + ": " + common;
}

std::string serial_number(const ASN1_INTEGER *serial)
{
	const byte_view digits = view_of(serial);
	const bool needs_zero = !digits.empty() && (digits.front() & std::byte{0x80}) != std::byte{0};
	return (needs_zero ? "00" : "") + to_hex(digits);
}

std::optional<certificate> parse_certificate(byte_view data, const std::string &origin)
{
	if (data.empty() || data.size() > max_certificate_size)
		return std::nullopt;
	auto x509 = parse_x509(data);
	if (!x509)
		return std::nullopt;
	certificate found;
	const X509_NAME *issuer = X509_get_issuer_name(x509.get());
	found.subject = kernel_name(X509_get_subject_name(x509.get()));
	found.issuer = kernel_name(issuer);
	found.issuer_der = der_of(issuer);
	found.serial = serial_number(X509_get0_serialNumber(x509.get()));
	if (const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(x509.get()))
		found.key_id = to_hex(view_of(id));
	found.origin = origin;
	found.x509 = std::move(x509);
	return found;
}

result<certificate> read_certificate(const std::filesystem::path &path)
{
	const auto data = read_file(path, max_certificate_size);
	if (!data)
		return data.failure();
	if (auto found = parse_certificate(*data, path.string()))
		return *found;
	return error{fmt::format("{}: is not a certificate in DER or PEM form", path.string())};
}

std::vector<certificate> read_certificates(const std::vector<std::filesystem::path> &paths)
{
	std::vector<certificate> all;
	for (const auto &path : paths)
		if (auto found = read_certificate(path))
			all.push_back(std::move(*found));
	return all;
}

} // namespace oriel
