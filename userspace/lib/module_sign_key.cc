// SPDX-License-Identifier: GPL-2.0
#include "module_sign.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

namespace oriel {
namespace {

namespace fs = std::filesystem;

using private_key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using x509_ptr = std::unique_ptr<X509, decltype(&X509_free)>;

// What shims of all ages can verify.
constexpr int key_bits = 2048;
constexpr long valid_days = 3650;

bool add_extension(X509 *cert, int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, cert, cert, nullptr, nullptr, 0);
	const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value),
											X509_EXTENSION_free);
	return extension && X509_add_ext(cert, extension.get(), -1) == 1;
}

bool set_random_serial(X509 *cert)
{
	unsigned char random[16];
	if (RAND_bytes(random, sizeof(random)) != 1)
		return false;
	random[0] &= 0x7f;
	random[0] |= 0x40;
	const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(BN_bin2bn(random, sizeof(random), nullptr), BN_free);
	return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(cert));
}

bool set_name(X509 *cert)
{
	char host[256] = {};
	if (::gethostname(host, sizeof(host) - 1) != 0)
		host[0] = '\0';
	// X.520 allows 64 characters.
	const std::string common = fmt::format("Oriel module signing key of {}", host).substr(0, 64);
	X509_NAME *name = X509_get_subject_name(cert);
	const auto *text = reinterpret_cast<const unsigned char *>(common.c_str());
	return X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, text, -1, -1, 0) == 1 &&
	       X509_set_issuer_name(cert, name) == 1;
}

x509_ptr make_certificate(EVP_PKEY *key)
{
	x509_ptr cert(X509_new(), X509_free);
	const bool good = cert && X509_set_version(cert.get(), X509_VERSION_3) == 1 && set_random_serial(cert.get()) &&
			  set_name(cert.get()) && X509_gmtime_adj(X509_getm_notBefore(cert.get()), 0) &&
			  X509_time_adj_ex(X509_getm_notAfter(cert.get()), valid_days, 0, nullptr) &&
			  X509_set_pubkey(cert.get(), key) == 1 && add_extension(cert.get(), NID_basic_constraints, "critical,CA:FALSE") &&
			  add_extension(cert.get(), NID_key_usage, "digitalSignature") &&
			  // 1.3.6.1.4.1.2312.16.1.2: shim lets such a key vouch for modules, not for boot loaders.
			  add_extension(cert.get(), NID_ext_key_usage, "codeSigning,1.3.6.1.4.1.2312.16.1.2") &&
			  add_extension(cert.get(), NID_subject_key_identifier, "hash") && X509_sign(cert.get(), key, EVP_sha256()) > 0;
	if (!good)
		cert.reset();
	return cert;
}

// Opens a file that must not exist yet.
std::unique_ptr<FILE, int (*)(FILE *)> create(const fs::path &path, mode_t mode)
{
	const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	return {fd >= 0 ? ::fdopen(fd, "w") : nullptr, std::fclose};
}

error cannot_write(const fs::path &path)
{
	return {fmt::format("{}: cannot be made: {}", path.string(), std::generic_category().message(errno))};
}

} // namespace

result<signing_key> make_signing_key(const signing_key &where)
{
	std::error_code failed;
	for (const fs::path &path : {where.key, where.certificate}) {
		if (fs::exists(fs::symlink_status(path, failed)))
			return error{fmt::format("{}: exists, and is not overwritten", path.string()),
				     "give both files of a pair with --key and --cert, or move the odd one away"};
		fs::create_directories(path.parent_path(), failed);
	}
	const private_key key(EVP_RSA_gen(key_bits), EVP_PKEY_free);
	const x509_ptr cert = key ? make_certificate(key.get()) : x509_ptr(nullptr, X509_free);
	if (!cert)
		return error{"OpenSSL could not make a key"};

	const auto key_file = create(where.key, 0600);
	if (!key_file)
		return cannot_write(where.key);
	const auto cert_file = create(where.certificate, 0644);
	if (!cert_file)
		return cannot_write(where.certificate);
	if (PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
	    i2d_X509_fp(cert_file.get(), cert.get()) != 1 || std::fflush(key_file.get()) != 0 || std::fflush(cert_file.get()) != 0)
		return cannot_write(where.key);
	return where;
}

} // namespace oriel
