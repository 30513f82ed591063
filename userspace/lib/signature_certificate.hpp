// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"
#include "error.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct asn1_string_st;
struct x509_st;
struct X509_name_st;

namespace oriel {

// An X.509 certificate of a key that may have signed a module. Numbers are lower-case hex.
struct certificate {
	std::string subject; // as the kernel names its keys
	std::string issuer;  // the same for the issuer
	bytes issuer_der;    // for exact comparison
	std::string serial;
	std::string key_id; // the subject key identifier; empty where it has none
	std::string origin; // the file that it came from
	std::shared_ptr<x509_st> x509;

	// What stands behind the subject in the description of the kernel's key.
	const std::string &described_by() const { return key_id.empty() ? serial : key_id; }
};

// Reads a certificate in DER or PEM form.
std::optional<certificate> parse_certificate(byte_view data, const std::string &origin);
result<certificate> read_certificate(const std::filesystem::path &path);

// The certificates among `paths` that exist and can be read; the others are passed over.
std::vector<certificate> read_certificates(const std::vector<std::filesystem::path> &paths);

// The name that the kernel makes of a distinguished name (x509_fabricate_name() in
// crypto/asymmetric_keys/x509_cert_parser.c).
std::string kernel_name(const X509_name_st *name);

// A serial number as it stands in the certificate, with the zero that keeps it positive.
std::string serial_number(const asn1_string_st *serial);

} // namespace oriel
