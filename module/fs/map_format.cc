// SPDX-License-Identifier: GPL-2.0
#include "fs/map_format.h"

namespace oriel {
namespace {

/* The first byte is no text and no UTF-8; the second is the letter by which the kinds of blocks differ. */
constexpr u8 header_magic[8] = {0x89, 'H', 'o', 'r', 'i', 'e', 'l', '\n'};
constexpr u8 root_magic[8] = {0x89, 'R', 'o', 'r', 'i', 'e', 'l', '\n'};
constexpr u8 intent_magic[8] = {0x89, 'I', 'o', 'r', 'i', 'e', 'l', '\n'};

bool equal(const u8 (&a)[8], const u8 (&b)[8])
{
	u8 difference = 0;
	for (u32 i = 0; i < 8; i++)
		difference |= a[i] ^ b[i];
	return !difference;
}

template <std::size_t N>
bool is_zero(const u8 (&bytes)[N])
{
	u8 any = 0;
	for (u8 byte : bytes)
		any |= byte;
	return !any;
}

crc32c begin(const file_identity &identity)
{
	crc32c crc;
	crc.add(identity.bytes, sizeof(identity.bytes));
	return crc;
}

/* Over all of a block but its last word, where it is kept. */
template <class Block>
u32 crc_of(const Block &block, crc32c begun = {})
{
	return begun.add(&block, offsetof(Block, crc)).value();
}

u32 crc_of_record(const disk_record &record, const file_identity &identity)
{
	const auto *bytes = reinterpret_cast<const u8 *>(&record);
	return begin(identity).add(bytes + sizeof(record.crc), sizeof(record) - sizeof(record.crc)).value();
}

/* Magic, checksum and version of the two kinds of blocks that have a version. */
template <class Block>
result<void> check_block(const Block &block, const u8 (&magic)[8])
{
	if (!equal(block.magic, magic))
		return errc::no_data;
	if (block.crc != crc_of(block))
		return errc::unclean;
	if (block.version != format_version || block.features & ~feature_experimental)
		return errc::not_supported;
	if (!(block.features & feature_experimental) || !is_zero(block.zero))
		return errc::unclean;
	return {};
}

/* Magic and checksum. */
template <class Block>
bool is_checked(const Block &block, const u8 (&magic)[8])
{
	return equal(block.magic, magic) && block.crc == crc_of(block);
}

template <class Block>
void begin_block(Block &block, const u8 (&magic)[8])
{
	block = {};
	__builtin_memcpy(block.magic, magic, sizeof(magic));
}

/* Whole blocks, at least one, behind the front and before `end`. */
bool is_blocks(const byte_range &r, u64 end)
{
	return r.bytes && r.offset % block_bytes == 0 && r.bytes % block_bytes == 0 && r.offset >= front_bytes && r.offset <= end &&
	       r.bytes <= end - r.offset;
}

bool is_sound(const root &r, u64 lower_size)
{
	constexpr u32 slots_a_block = block_bytes / sizeof(disk_record);
	if (!r.sequence || r.sequence > max_sequence || r.logical_size > max_file_bytes || r.physical_end > lower_size)
		return false;
	if (!is_blocks(r.area[0], r.physical_end) || !is_blocks(r.area[1], r.physical_end))
		return false;
	if (r.extent_count > max_extents || r.extent_count > r.map_area().bytes / sizeof(disk_extent))
		return false;
	if (r.log_slots > max_log_slots || r.log_slots % slots_a_block || r.log_first >= r.log_slots)
		return false;
	if (!r.log_sequence || r.log_sequence > max_sequence)
		return false;
	return is_blocks({r.log_offset, u64{r.log_slots} * sizeof(disk_record)}, r.physical_end);
}

byte_range unpack(const disk_range &r)
{
	return {r.offset, r.bytes};
}

} // namespace

result<file_identity> parse_header(const disk_header &block)
{
	ORIEL_TRY(check_block(block, header_magic));
	file_identity identity;
	__builtin_memcpy(identity.bytes, block.identity, sizeof(identity.bytes));
	return identity;
}

bool checks_out(const disk_header &block)
{
	return is_checked(block, header_magic);
}

bool checks_out(const disk_intent &block)
{
	return is_checked(block, intent_magic);
}

result<root> parse_root(const disk_root &block, u32 index, const file_identity &identity, u64 lower_size)
{
	if (!equal(block.magic, root_magic))
		return errc::no_data;
	if (block.crc != crc_of(block, begin(identity)))
		return errc::unclean;
	root r;
	r.sequence = block.sequence;
	r.logical_size = block.logical_size;
	r.physical_end = block.physical_end;
	r.area[0] = unpack(block.area[0]);
	r.area[1] = unpack(block.area[1]);
	r.extent_count = block.extent_count;
	r.map_crc = block.map_crc;
	r.log_offset = block.log_offset;
	r.log_slots = block.log_slots;
	r.log_first = block.log_first;
	r.log_sequence = block.log_sequence;
	if (r.sequence % 2 != index || !is_sound(r, lower_size))
		return errc::unclean;
	return r;
}

result<root> choose_root(const disk_root (&blocks)[2], const file_identity &identity, u64 lower_size)
{
	result<root> even = parse_root(blocks[0], 0, identity, lower_size), odd = parse_root(blocks[1], 1, identity, lower_size);
	if (!even && !odd)
		return errc::unclean;
	const bool even_is_newer = even && (!odd || even.value().sequence > odd.value().sequence);
	if (!is_zero(blocks[even_is_newer ? 0 : 1].zero))
		return errc::unclean;
	return even_is_newer ? std::move(even) : std::move(odd);
}

result<intent> parse_intent(const disk_intent &block, u64 lower_size)
{
	ORIEL_TRY(check_block(block, intent_magic));
	const intent i{block.old_size, block.copy_offset, block.copy_bytes, block.copy_crc};
	if (!is_cut_size(lower_size) || i.copy_bytes != (i.old_size < front_bytes ? i.old_size : front_bytes))
		return errc::unclean;
	if (i.copy_offset % block_bytes || i.copy_offset < front_bytes || i.copy_offset < i.old_size)
		return errc::unclean;
	const u64 end = intent_offset(lower_size);
	if (i.copy_offset > end || i.copy_bytes > end - i.copy_offset)
		return errc::unclean;
	return i;
}

result<log_record> parse_record(const disk_record &record, const file_identity &identity)
{
	if (record.crc != crc_of_record(record, identity))
		return errc::no_data;
	if (!is_zero(record.zero) || !is_zero(record.zero_too))
		return errc::unclean;
	if (record.operation < static_cast<u8>(log_operation::collapse) || record.operation > static_cast<u8>(log_operation::convert))
		return errc::unclean;
	if (record.kind > static_cast<u8>(extent_kind::data))
		return errc::unclean;
	return log_record{.sequence = record.sequence,
			  .operation = static_cast<log_operation>(record.operation),
			  .kind = static_cast<extent_kind>(record.kind),
			  .offset = record.offset,
			  .length = record.length,
			  .physical = record.physical,
			  .logical_size = record.logical_size,
			  .physical_end = record.physical_end};
}

crc32c begin_map_crc(const file_identity &identity)
{
	return begin(identity);
}

void pack(const file_identity &identity, disk_header &block)
{
	begin_block(block, header_magic);
	block.version = format_version;
	block.features = feature_experimental;
	__builtin_memcpy(block.identity, identity.bytes, sizeof(identity.bytes));
	block.crc = crc_of(block);
}

void pack(const root &r, const file_identity &identity, disk_root &block)
{
	begin_block(block, root_magic);
	block.sequence = r.sequence;
	block.logical_size = r.logical_size;
	block.physical_end = r.physical_end;
	for (u32 i = 0; i < 2; i++)
		block.area[i] = {r.area[i].offset, r.area[i].bytes};
	block.extent_count = r.extent_count;
	block.map_crc = r.map_crc;
	block.log_offset = r.log_offset;
	block.log_slots = r.log_slots;
	block.log_first = r.log_first;
	block.log_sequence = r.log_sequence;
	block.crc = crc_of(block, begin(identity));
}

void pack(const intent &i, disk_intent &block)
{
	begin_block(block, intent_magic);
	block.version = format_version;
	block.features = feature_experimental;
	block.old_size = i.old_size;
	block.copy_offset = i.copy_offset;
	block.copy_bytes = i.copy_bytes;
	block.copy_crc = i.copy_crc;
	block.crc = crc_of(block);
}

void pack(const log_record &r, const file_identity &identity, disk_record &record)
{
	record = {};
	record.operation = static_cast<u8>(r.operation);
	record.kind = static_cast<u8>(r.kind);
	record.sequence = r.sequence;
	record.offset = r.offset;
	record.length = r.length;
	record.physical = r.physical;
	record.logical_size = r.logical_size;
	record.physical_end = r.physical_end;
	record.crc = crc_of_record(record, identity);
}

} // namespace oriel
