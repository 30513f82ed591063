// SPDX-License-Identifier: GPL-2.0
// Any bytes as a signature's message, a certificate, a list of the firmware's, compressed data, or BTF.
#include "compress.hpp"
#include "elf_note.hpp"
#include "module_btf.hpp"
#include "signature.hpp"
#include "signature_efi.hpp"

#include <cstdlib>

namespace {

// The fuzzer would hardly find the trailer by itself: it is put behind the message.
oriel::bytes with_trailer(oriel::byte_view message)
{
	oriel::bytes file(16);
	file.insert(file.end(), message.begin(), message.end());
	oriel::bytes trailer(12);
	trailer[2] = std::byte{2}; // PKCS#7
	for (int i = 0; i < 4; i++)
		trailer[8 + i] = static_cast<std::byte>(message.size() >> (24 - 8 * i));
	file.insert(file.end(), trailer.begin(), trailer.end());
	for (const char letter : std::string_view("~Module signature appended~\n"))
		file.push_back(static_cast<std::byte>(letter));
	return file;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	using namespace oriel;
	const byte_view content(reinterpret_cast<const std::byte *>(data), size);
	const bytes file = with_trailer(content);
	for (const byte_view each : {byte_view(file), content}) {
		const signature sig = read_signature(each);
		if (sig.content_size > each.size() || (sig.state == signature_state::parsed && sig.signers.empty()))
			std::abort();
	}
	parse_certificate(content, "c");
	parse_signature_lists(content, "db");
	constexpr std::size_t limit = 1u << 16;
	if (const auto unpacked = decompress(content, "m", limit);
	    unpacked && compression_of(content) != compression::none && unpacked->size() > limit)
		std::abort();
	read_btf_base(content);
	read_module_btf(content);
	build_id_of(content, true);
	return 0;
}
