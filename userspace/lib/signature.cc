// SPDX-License-Identifier: GPL-2.0
#include "signature.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <string_view>

namespace oriel {
namespace {

// The file ends with the PKCS#7 message, a struct module_signature and this line.
constexpr std::string_view trailer_line = "~Module signature appended~\n";

// struct module_signature (include/linux/module_signature.h); every field but these two must be zero.
constexpr std::size_t trailer_size = 12;
constexpr std::size_t id_type_offset = 2;
constexpr std::size_t length_offset = 8; // of the message, big endian
constexpr std::byte id_type_pkcs7{2};

using cms_message = std::unique_ptr<CMS_ContentInfo, decltype(&CMS_ContentInfo_free)>;

cms_message parse_message(byte_view message)
{
	const auto *start = reinterpret_cast<const unsigned char *>(message.data());
	cms_message parsed(d2i_CMS_ContentInfo(nullptr, &start, static_cast<long>(message.size())), CMS_ContentInfo_free);
	ERR_clear_error();
	return parsed;
}

byte_view view_of(const ASN1_STRING *text)
{
	return {reinterpret_cast<const std::byte *>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string digest_of(CMS_SignerInfo *info)
{
	X509_ALGOR *digest = nullptr;
	CMS_SignerInfo_get0_algs(info, nullptr, nullptr, &digest, nullptr);
	const ASN1_OBJECT *object = nullptr;
	if (digest)
		X509_ALGOR_get0(&object, nullptr, nullptr, digest);
	const int nid = object ? OBJ_obj2nid(object) : NID_undef;
	std::string name = nid == NID_undef ? "unknown" : OBJ_nid2sn(nid);
	std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
	return name;
}

std::optional<signer> describe(CMS_SignerInfo *info)
{
	ASN1_OCTET_STRING *key_id = nullptr;
	X509_NAME *issuer = nullptr;
	ASN1_INTEGER *serial = nullptr;
	if (CMS_SignerInfo_get0_signer_id(info, &key_id, &issuer, &serial) != 1)
		return std::nullopt;
	signer who;
	who.digest = digest_of(info);
	if (key_id)
		who.key_id = to_hex(view_of(key_id));
	if (issuer && serial) {
		who.issuer = kernel_name(issuer);
		who.serial = serial_number(serial);
		const unsigned char *der = nullptr;
		std::size_t size = 0;
		if (X509_NAME_get0_der(issuer, &der, &size) == 1)
			who.issuer_der.assign(reinterpret_cast<const std::byte *>(der), reinterpret_cast<const std::byte *>(der) + size);
	}
	return who;
}

void read_message(signature &sig)
{
	const cms_message message = parse_message(sig.message);
	STACK_OF(CMS_SignerInfo) *infos = message ? CMS_get0_SignerInfos(message.get()) : nullptr;
	for (int i = 0; infos && i < sk_CMS_SignerInfo_num(infos); i++)
		if (auto who = describe(sk_CMS_SignerInfo_value(infos, i)))
			sig.signers.push_back(std::move(*who));
	ERR_clear_error();
	sig.state = sig.signers.empty() ? signature_state::malformed : signature_state::parsed;
	if (sig.signers.empty())
		sig.cause = message ? "the PKCS#7 message names no signer" : "the PKCS#7 message is corrupt";
}

signature malformed(signature sig, std::string cause)
{
	sig.state = signature_state::malformed;
	sig.cause = std::move(cause);
	return sig;
}

} // namespace

bool signer::is_same_key(const signer &other) const
{
	if (!key_id.empty() || !other.key_id.empty())
		return key_id == other.key_id;
	return !serial.empty() && serial == other.serial && issuer_der == other.issuer_der;
}

bool signer::is_key_of(const certificate &candidate) const
{
	if (!key_id.empty())
		return key_id == candidate.key_id;
	return !serial.empty() && serial == candidate.serial && issuer_der == candidate.issuer_der;
}

signature read_signature(byte_view module)
{
	signature sig;
	sig.content_size = module.size();
	if (module.size() < trailer_line.size() ||
	    std::memcmp(module.last(trailer_line.size()).data(), trailer_line.data(), trailer_line.size()) != 0)
		return sig;
	byte_view rest = module.first(module.size() - trailer_line.size());
	if (rest.size() <= trailer_size)
		return malformed(std::move(sig), "the file ends before its trailer");
	const byte_view trailer = rest.last(trailer_size);
	rest = rest.first(rest.size() - trailer_size);
	std::size_t length = 0;
	for (std::size_t i = length_offset; i < trailer_size; i++)
		length = length << 8 | std::to_integer<std::size_t>(trailer[i]);
	if (length >= rest.size())
		return malformed(std::move(sig), fmt::format("its trailer claims {} bytes, more than the file has", length));
	sig.content_size = rest.size() - length;
	if (trailer[id_type_offset] != id_type_pkcs7) {
		sig.state = signature_state::unsupported;
		sig.cause = "it is not a PKCS#7 message";
		return sig;
	}
	for (std::size_t i = 0; i < length_offset; i++)
		if (i != id_type_offset && trailer[i] != std::byte{0})
			return malformed(std::move(sig), "its trailer has fields that must be zero and are not");
	const byte_view message = rest.last(length);
	sig.message.assign(message.begin(), message.end());
	read_message(sig);
	return sig;
}

std::optional<bool> verify_signature(const signature &sig, byte_view content, const certificate &with)
{
	const cms_message message = parse_message(sig.message);
	const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509) *)> certs(sk_X509_new_null(),
										[](STACK_OF(X509) * stack) { sk_X509_free(stack); });
	const std::unique_ptr<BIO, decltype(&BIO_free)> data(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())), BIO_free);
	// In front of memory: CMS_verify() makes itself a copy of a BIO that is memory, and leaks it where the message has no digest that it knows.
	const std::unique_ptr<BIO, decltype(&BIO_free)> front(BIO_new(BIO_f_null()), BIO_free);
	if (!message || !certs || !data || !front || sk_X509_push(certs.get(), with.x509.get()) <= 0)
		return std::nullopt;
	BIO_push(front.get(), data.get());
	constexpr unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_NO_SIGNER_CERT_VERIFY;
	const int valid = CMS_verify(message.get(), certs.get(), nullptr, front.get(), nullptr, flags);
	const unsigned long why = ERR_peek_last_error();
	ERR_clear_error();
	if (valid == 1)
		return true;
	const int reason = ERR_GET_REASON(why);
	const bool mismatch =
		ERR_GET_LIB(why) == ERR_LIB_CMS && (reason == CMS_R_VERIFICATION_FAILURE || reason == CMS_R_CONTENT_VERIFY_ERROR);
	return mismatch ? std::optional(false) : std::nullopt;
}

} // namespace oriel
