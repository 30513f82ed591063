// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "signature_certificate.hpp"

namespace oriel {

// The X.509 certificates in a chain of EFI_SIGNATURE_LISTs, as the firmware and shim keep them.
std::vector<certificate> parse_signature_lists(byte_view lists, const std::string &origin);

// The certificates that the firmware (db) and shim (MokListRT) hand to the kernel. `efi` is
// /sys/firmware/efi. Those that cannot be read are left out.
std::vector<certificate> read_efi_certificates(const std::filesystem::path &efi);

} // namespace oriel
