/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a cut file carries its own map: the blocks and records of Documentation/reference/orielfs-format.md, and what takes them apart and
 * puts them together.  Pure: no allocation, no kernel; buffers in, values out.  EXPERIMENTAL: the format may change without notice.
 *
 * Whatever is read is hostile.  Errors of the readers: no_data, it is none of ours (another magic number); unclean, it is damaged or
 * forged; not_supported, it is whole, and of a version or with a feature that this code does not know.
 */
#pragma once

#include "fs/extent.h"
#include "kcore/crc32c.h"
#include "kcore/little_endian.h"
#include "kcore/result.h"

namespace oriel {

inline constexpr u32 format_version = 1;
inline constexpr u32 feature_experimental = 1U << 31; /* goes when the format is frozen */

inline constexpr u64 block_bytes = 4096;
inline constexpr u64 front_bytes = 3 * block_bytes; /* the header and two roots: what is copied away at the first cut */
inline constexpr u64 size_mark = 0x5ab;             /* the size of a cut file in the lower, modulo block_bytes */
inline constexpr u64 max_sequence = ~0ULL >> 1;     /* of roots and records; leaves room for what is added to it */

/* ---- as it lies in the lower file ---- */

struct disk_header {
	u8 magic[8];
	le32 version;
	le32 features; /* a reader refuses what it does not know */
	u8 identity[16];
	u8 zero[4060];
	le32 crc;
};

struct disk_range {
	le64 offset;
	le64 bytes;
};

struct disk_root {
	u8 magic[8];
	le64 sequence;
	le64 logical_size;
	le64 physical_end;
	disk_range area[2];
	le32 extent_count;
	le32 map_crc;
	le64 log_offset;
	le32 log_slots;
	le32 log_first;
	le64 log_sequence;
	u8 zero[3996];
	le32 crc;
};

struct disk_intent {
	u8 magic[8];
	le32 version;
	le32 features;
	le64 old_size;
	le64 copy_offset;
	le32 copy_bytes;
	le32 copy_crc;
	u8 zero[4052];
	le32 crc;
};

struct disk_extent {
	le64 length;
	le64 where; /* place::word() */
};

struct disk_record {
	le32 crc;
	u8 operation;
	u8 kind;
	u8 zero[2];
	le64 sequence;
	le64 offset;
	le64 length;
	le64 physical;
	le64 logical_size;
	le64 physical_end;
	u8 zero_too[8];
};

static_assert(sizeof(disk_header) == block_bytes && offsetof(disk_header, identity) == 16 && offsetof(disk_header, crc) == 4092);
static_assert(sizeof(disk_root) == block_bytes && offsetof(disk_root, area) == 32 && offsetof(disk_root, extent_count) == 64);
static_assert(offsetof(disk_root, log_offset) == 72 && offsetof(disk_root, log_sequence) == 88 && offsetof(disk_root, crc) == 4092);
static_assert(sizeof(disk_intent) == block_bytes && offsetof(disk_intent, copy_offset) == 24 && offsetof(disk_intent, crc) == 4092);
static_assert(sizeof(disk_extent) == 16 && offsetof(disk_extent, where) == 8);
static_assert(sizeof(disk_record) == 64 && offsetof(disk_record, sequence) == 8 && offsetof(disk_record, physical_end) == 48);

/* ---- as the core keeps it ---- */

/* Random bytes that a file gets at its first cut: they go into every checksum, so that no block of another file is taken for one of it. */
struct file_identity {
	u8 bytes[16];
};

/* One checkpoint. */
struct root {
	u64 sequence;     /* from 1; the root lies in block 1 + sequence % 2, its map in area[sequence % 2] */
	u64 logical_size; /* bytes of the file */
	u64 physical_end; /* bytes of the lower file that may be in use */
	byte_range area[2];
	u32 extent_count;
	u32 map_crc;
	u64 log_offset;
	u32 log_slots;    /* of 64 bytes */
	u32 log_first;    /* the slot of the first record behind the checkpoint */
	u64 log_sequence; /* the sequence number which that record has */

	const byte_range &map_area() const { return area[sequence % 2]; }
};

enum class log_operation : u8 { collapse = 1, insert, map, punch, resize, convert };

/* One change behind a checkpoint: an operation of extent_map. */
struct log_record {
	u64 sequence;
	log_operation operation;
	extent_kind kind; /* map, convert; else hole */
	u64 offset;       /* resize: the new size */
	u64 length;       /* resize: 0 */
	u64 physical;     /* map, unless of a hole; else 0 */
	u64 logical_size; /* after the operation */
	u64 physical_end; /* after the operation */
};

/* What an unfinished first cut meant to do; until the header and a root are whole, the file is the old one. */
struct intent {
	u64 old_size;
	u64 copy_offset; /* where the bytes that the front overwrites were copied */
	u32 copy_bytes;
	u32 copy_crc; /* CRC-32C of the copy */
};

/* ---- reading ---- */

/* Whether a lower file of that size may be a cut one; any other size is none, and nothing need be read. */
constexpr bool is_cut_size(u64 lower_size)
{
	return lower_size % block_bytes == size_mark && lower_size >= front_bytes && lower_size <= max_file_bytes;
}
/* Where the intent lies in a file of such a size. */
constexpr u64 intent_offset(u64 lower_size)
{
	return lower_size - size_mark - block_bytes;
}

/* Whether magic number and checksum are right: what is unclean nevertheless was not torn by a power failure. */
bool checks_out(const disk_header &block);
bool checks_out(const disk_intent &block);
result<file_identity> parse_header(const disk_header &block);
/* `index`: 0 or 1, which of the two.  All ranges lie within the lower file then, and within physical_end; they may overlap. */
result<root> parse_root(const disk_root &block, u32 index, const file_identity &identity, u64 lower_size);
/* The newer of those that are whole, and only then looked at further. */
result<root> choose_root(const disk_root (&blocks)[2], const file_identity &identity, u64 lower_size);
result<intent> parse_intent(const disk_intent &block, u64 lower_size);
/* no_data if it is not whole: then the log ends before it. */
result<log_record> parse_record(const disk_record &record, const file_identity &identity);

/* The checksum over a packed map, begun; disk_extents are added to it. */
crc32c begin_map_crc(const file_identity &identity);

/* ---- writing; what is written parses, if the values are right ---- */

void pack(const file_identity &identity, disk_header &block);
void pack(const root &r, const file_identity &identity, disk_root &block);
void pack(const intent &i, disk_intent &block);
void pack(const log_record &r, const file_identity &identity, disk_record &record);
constexpr disk_extent pack(const extent &e)
{
	return {e.length, e.where.word()};
}

/* Byte offset in the lower file of the slot for that record; its sequence is log_sequence at least. */
constexpr u64 slot_offset(const root &r, u64 sequence)
{
	return r.log_offset + sizeof(disk_record) * ((r.log_first + (sequence - r.log_sequence)) % r.log_slots);
}

} // namespace oriel
