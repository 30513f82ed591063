// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "signature_certificate.hpp"

namespace oriel {

// How the kernel takes what stands behind a module.
enum class signature_state {
	absent,      // no trailer: an unsigned module
	parsed,      // a PKCS#7 message with at least one signer
	unsupported, // a kind of signature that the kernel passes over: like unsigned
	malformed,   // the kernel refuses the module, whether signatures are required or not
};

// Whoever signed, as the signature names them: by issuer and serial number, or by key identifier.
struct signer {
	std::string issuer; // as the kernel would name it
	bytes issuer_der;
	std::string serial; // hex
	std::string key_id; // hex; only where the signature names the key so
	std::string digest; // "sha256" and the like

	bool is_same_key(const signer &other) const;
	bool is_key_of(const certificate &candidate) const;
};

struct signature {
	signature_state state = signature_state::absent;
	std::string cause;            // why it is malformed or unsupported
	std::size_t content_size = 0; // bytes of the module without the signature
	bytes message;                // the PKCS#7 message
	std::vector<signer> signers;
};

// Looks behind a module for a signature and takes it apart.
signature read_signature(byte_view module);

// Whether the signature is one of this content by this certificate's key. Nothing where OpenSSL does not
// know the algorithm.
std::optional<bool> verify_signature(const signature &sig, byte_view content, const certificate &with);

} // namespace oriel
