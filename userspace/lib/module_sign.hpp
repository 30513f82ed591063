// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "kernel_facts.hpp"
#include "verdict.hpp"

namespace oriel {

// A private key and its certificate, as files.
struct signing_key {
	std::filesystem::path key;
	std::filesystem::path certificate;

	bool exists() const;
};

// The key that modules are signed with: the one that DKMS or the distribution's shim package made where
// there is one, else Oriel's own, which may not exist yet.
signing_key default_signing_key(const std::filesystem::path &sysroot = "/");

// Where certificates of signing keys are to be expected on this machine.
std::vector<std::filesystem::path> known_certificates(const std::filesystem::path &sysroot = "/");

// What a verdict wants to know of the key; its certificate is looked up in the kernel's keyrings.
signing_place describe_signing_place(const signing_key &key, const kernel_facts &kernel);

// Makes a key and a self-signed certificate for signing modules. Never overwrites a file.
result<signing_key> make_signing_key(const signing_key &where);

// The kernel's sign-file program: the one that belongs to `kernel`, or any other (the format is the same).
result<std::filesystem::path> find_sign_file(const kernel_facts &kernel, const std::filesystem::path &sysroot = "/");

// Signs an uncompressed module in place, an older signature replaced. It is changed in one step: an
// interruption leaves the old file or the new one.
result<bool> sign_module(const std::filesystem::path &module, const signing_key &key, const std::filesystem::path &sign_file);

} // namespace oriel
