// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "module_sign.hpp"

namespace oriel::test {

// A key made once for the whole run, and another one.
const signing_key &throwaway_key();
const signing_key &other_key();
certificate certificate_of(const signing_key &key);

// Appends a signature to a module as the kernel's sign-file does. `by_key_id` names the key by its
// identifier instead of issuer and serial number.
bytes sign(const bytes &module, const signing_key &key, bool by_key_id = false);

// Appends a trailer around any message.
bytes with_trailer(const bytes &module, const bytes &message, std::byte id_type = std::byte{2}, std::byte first = std::byte{0});

} // namespace oriel::test
