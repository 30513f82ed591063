// SPDX-License-Identifier: GPL-2.0
#include "signature_efi.hpp"

#include "file_read.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace oriel {
namespace {

// EFI_SIGNATURE_LIST of the UEFI specification; little endian on every machine that has it. `header_bytes`
// bytes follow, then entries of `entry_bytes` bytes, each of which begins with the GUID of its owner.
struct signature_list {
	std::array<std::uint8_t, 16> type;
	std::uint32_t list_bytes; // with this head
	std::uint32_t header_bytes;
	std::uint32_t entry_bytes;
};

constexpr std::array<std::uint8_t, 16> x509_type{0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a,
						 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72};
constexpr std::size_t owner_bytes = 16;
constexpr std::size_t attribute_bytes = 4; // what efivarfs puts before each variable
constexpr std::size_t max_variable_bytes = 1u << 20;

void parse_entries(std::vector<certificate> &found, byte_view entries, std::size_t entry_bytes, const std::string &origin)
{
	for (; entries.size() >= entry_bytes; entries = entries.subspan(entry_bytes))
		if (auto cert = parse_certificate(entries.first(entry_bytes).subspan(owner_bytes), origin))
			found.push_back(std::move(*cert));
}

} // namespace

std::vector<certificate> parse_signature_lists(byte_view lists, const std::string &origin)
{
	std::vector<certificate> found;
	signature_list head;
	while (lists.size() >= sizeof(head)) {
		std::memcpy(&head, lists.data(), sizeof(head));
		if (head.list_bytes < sizeof(head) || head.list_bytes > lists.size() ||
		    head.header_bytes > head.list_bytes - sizeof(head) || head.entry_bytes <= owner_bytes)
			break;
		const byte_view body = lists.first(head.list_bytes).subspan(sizeof(head) + head.header_bytes);
		if (head.type == x509_type)
			parse_entries(found, body, head.entry_bytes, origin);
		lists = lists.subspan(head.list_bytes);
	}
	return found;
}

std::vector<certificate> read_efi_certificates(const std::filesystem::path &efi)
{
	struct place {
		const char *path;
		std::size_t skip;
	};
	static constexpr std::array<place, 3> places{{
		{"efivars/db-d719b2cb-3d3a-4596-a3bc-dad00e67656f", attribute_bytes},
		{"efivars/MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23", attribute_bytes},
		{"mok-variables/MokListRT", 0}, // the same without efivarfs, for root
	}};
	std::vector<certificate> found;
	for (const place &from : places) {
		const auto content = read_file(efi / from.path, max_variable_bytes);
		if (!content || content->size() < from.skip)
			continue;
		for (auto &cert : parse_signature_lists(byte_view(*content).subspan(from.skip), (efi / from.path).string()))
			found.push_back(std::move(cert));
	}
	return found;
}

} // namespace oriel
