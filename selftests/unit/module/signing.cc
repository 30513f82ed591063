// SPDX-License-Identifier: GPL-2.0
#include "signing.hpp"

#include "elf_builder.hpp"
#include "scratch.hpp"

#include <cstdio>
#include <memory>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/pem.h>

namespace oriel::test {
namespace {

const scratch_dir &key_dir()
{
	static const scratch_dir dir;
	return dir;
}

signing_key make(const std::string &name)
{
	return *make_signing_key({key_dir() / (name + ".key"), key_dir() / (name + ".der")});
}

std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> read_key(const signing_key &key)
{
	const std::unique_ptr<FILE, decltype(&std::fclose)> file(std::fopen(key.key.c_str(), "r"), std::fclose);
	return {PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
}

} // namespace

const signing_key &throwaway_key()
{
	static const signing_key key = make("throwaway");
	return key;
}

const signing_key &other_key()
{
	static const signing_key key = make("other");
	return key;
}

certificate certificate_of(const signing_key &key)
{
	return *read_certificate(key.certificate);
}

bytes sign(const bytes &module, const signing_key &key, bool by_key_id)
{
	const auto private_key = read_key(key);
	const certificate cert = certificate_of(key);
	const std::unique_ptr<BIO, decltype(&BIO_free)> data(BIO_new_mem_buf(module.data(), static_cast<int>(module.size())), BIO_free);
	const unsigned flags = CMS_NOCERTS | CMS_BINARY | CMS_DETACHED | CMS_STREAM;
	const std::unique_ptr<CMS_ContentInfo, decltype(&CMS_ContentInfo_free)> message(
		CMS_sign(nullptr, nullptr, nullptr, nullptr, flags | CMS_PARTIAL), CMS_ContentInfo_free);
	CMS_add1_signer(message.get(), cert.x509.get(), private_key.get(), EVP_sha256(),
			flags | CMS_NOSMIMECAP | CMS_NOATTR | (by_key_id ? CMS_USE_KEYID : 0));
	CMS_final(message.get(), data.get(), nullptr, flags);
	unsigned char *der = nullptr;
	const int size = i2d_CMS_ContentInfo(message.get(), &der);
	const bytes text(reinterpret_cast<std::byte *>(der), reinterpret_cast<std::byte *>(der) + size);
	OPENSSL_free(der);
	return with_trailer(module, text);
}

bytes with_trailer(const bytes &module, const bytes &message, std::byte id_type, std::byte first)
{
	bytes file = module;
	file.insert(file.end(), message.begin(), message.end());
	bytes trailer(12);
	trailer[0] = first;
	trailer[2] = id_type;
	for (int i = 0; i < 4; i++)
		trailer[8 + i] = static_cast<std::byte>(message.size() >> (24 - 8 * i));
	file.insert(file.end(), trailer.begin(), trailer.end());
	const bytes line = to_bytes("~Module signature appended~\n");
	file.insert(file.end(), line.begin(), line.end());
	return file;
}

} // namespace oriel::test
