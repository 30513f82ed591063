// SPDX-License-Identifier: GPL-2.0
#include "fs/first_cut.h"

namespace oriel {
namespace {

/* What a file with few extents needs; both grow. */
constexpr u64 first_area_bytes = 4 * block_bytes;
constexpr u32 first_log_slots = 256;

} // namespace

result<void> first_cut::begin(const sleeping_context &)
{
	const u64 old = lower_.size();
	if (old > max_file_bytes - (1 << 20))
		return errc::file_too_big;
	okb_fs_random(identity_.bytes, sizeof(identity_.bytes));
	intent_.old_size = old;
	intent_.copy_offset = lower_file::round_up(old < front_bytes ? front_bytes : old);
	intent_.copy_bytes = static_cast<u32>(old < front_bytes ? old : front_bytes);
	const u64 areas = intent_.copy_offset + lower_file::round_up(intent_.copy_bytes);
	root_.sequence = root_.log_sequence = 1;
	root_.logical_size = old;
	root_.area[0] = {areas, first_area_bytes};
	root_.area[1] = {areas + first_area_bytes, first_area_bytes};
	root_.log_offset = root_.area[1].end();
	root_.log_slots = first_log_slots;
	/* The last block is the intent's. */
	root_.physical_end = root_.log_offset + u64{first_log_slots} * sizeof(disk_record) + block_bytes;
	extents_[0] = {intent_.copy_bytes, place::at(intent_.copy_offset, extent_kind::data)};
	extents_[1] = {old - intent_.copy_bytes, place::at(front_bytes, extent_kind::data)};
	root_.extent_count = old > front_bytes ? 2 : old ? 1 : 0;
	return {};
}

/* The front to where it is kept. */
result<void> first_cut::copy(const sleeping_context &ctx, block_buffer &buffer, u32 &crc)
{
	crc32c sum;
	for (u64 at = 0, n; at < intent_.copy_bytes; at += n) {
		n = intent_.copy_bytes - at < block_bytes ? intent_.copy_bytes - at : block_bytes;
		ORIEL_TRY(lower_.read(ctx, at, buffer.bytes, n));
		sum.add(buffer.bytes, n);
		ORIEL_TRY(lower_.write(ctx, intent_.copy_offset + at, buffer.bytes, n));
	}
	crc = sum.value();
	return {};
}

result<void> first_cut::write_zeros(const sleeping_context &ctx, block_buffer &buffer, const byte_range &r)
{
	buffer = {};
	for (u64 at = r.offset; at < r.end(); at += block_bytes)
		ORIEL_TRY(lower_.write(ctx, at, buffer.bytes, block_bytes));
	return {};
}

/* The note comes first: between the old size and the whole intent the file does not tell that it was shorter. */
result<void> first_cut::write_behind(const sleeping_context &ctx)
{
	const owned<block_buffer> buffer = ORIEL_TRY(make<block_buffer>(ctx));
	noted_ = true;
	ORIEL_TRY(lower_.note(ctx, intent_.old_size, new_size()));
	grown_ = true;
	ORIEL_TRY(lower_.resize(ctx, new_size()));
	ORIEL_TRY(lower_.reserve(ctx, {intent_.copy_offset, root_.physical_end - intent_.copy_offset}));
	ORIEL_TRY(copy(ctx, *buffer, intent_.copy_crc));
	for (const byte_range &r : {root_.area[0], root_.area[1], byte_range{root_.log_offset, u64{root_.log_slots} * sizeof(disk_record)}})
		ORIEL_TRY(write_zeros(ctx, *buffer, r));
	disk_extent packed[2];
	crc32c crc = begin_map_crc(identity_);
	for (u32 i = 0; i < root_.extent_count; i++)
		packed[i] = pack(extents_[i]);
	root_.map_crc = crc.add(packed, root_.extent_count * sizeof(*packed)).value();
	ORIEL_TRY(lower_.write(ctx, root_.map_area().offset, packed, sizeof(packed)));
	pack(intent_, buffer->as<disk_intent>());
	ORIEL_TRY(lower_.write(ctx, intent_offset(new_size()), buffer->bytes, block_bytes));
	ORIEL_TRY(lower_.flush(ctx));
	lower_.forget_note(ctx);
	return {};
}

result<void> first_cut::write_front(const sleeping_context &ctx)
{
	const owned<block_buffer> buffer = ORIEL_TRY(make<block_buffer>(ctx));
	front_written_ = true;
	ORIEL_TRY(write_zeros(ctx, *buffer, {block_bytes, block_bytes}));
	pack(root_, identity_, buffer->as<disk_root>());
	ORIEL_TRY(lower_.write(ctx, block_bytes * (1 + root_.sequence % 2), buffer->bytes, block_bytes));
	pack(identity_, buffer->as<disk_header>());
	ORIEL_TRY(lower_.write(ctx, 0, buffer->bytes, block_bytes));
	ORIEL_TRY(lower_.flush(ctx));
	/* The file is cut, whatever becomes of this: the front is whole, so nobody looks at the intent. */
	static_cast<void>(write_zeros(ctx, *buffer, {intent_offset(new_size()), block_bytes}));
	return {};
}

/* Writes the copy to the front, and cuts off what was added. */
result<void> first_cut::restore(const sleeping_context &ctx, lower_file lower, const intent &i, block_buffer &buffer)
{
	for (u64 at = 0, n; at < i.copy_bytes; at += n) {
		n = i.copy_bytes - at < block_bytes ? i.copy_bytes - at : block_bytes;
		ORIEL_TRY(lower.read(ctx, i.copy_offset + at, buffer.bytes, n));
		ORIEL_TRY(lower.write(ctx, at, buffer.bytes, n));
	}
	ORIEL_TRY(lower.flush(ctx));
	return shorten(ctx, lower, i.old_size);
}

result<void> first_cut::shorten(const sleeping_context &ctx, lower_file lower, u64 size)
{
	ORIEL_TRY(lower.resize(ctx, size));
	ORIEL_TRY(lower.flush(ctx));
	lower.forget_note(ctx);
	return {};
}

result<void> first_cut::put_back(const sleeping_context &ctx)
{
	result<void> done;
	if (front_written_) {
		const result<owned<block_buffer>> buffer = make<block_buffer>(ctx);
		done = buffer ? restore(ctx, lower_, intent_, *buffer.value()) : result<void>{buffer.failure()};
	} else if (grown_) {
		done = lower_.size() == intent_.old_size ? result<void>{} : lower_.resize(ctx, intent_.old_size);
		/* The note stays until the old size is durable. */
		if (done && lower_.flush(ctx))
			lower_.forget_note(ctx);
	} else if (noted_) {
		lower_.forget_note(ctx); /* perhaps it was not made durable, but it is there */
	}
	return done ? result<void>{} : result<void>{errc::unclean};
}

/* Whether the bytes at that offset have the checksum that the intent says of the copy. */
result<bool> first_cut::is_copy(const sleeping_context &ctx, lower_file lower, u64 offset, const intent &i, block_buffer &buffer)
{
	crc32c crc;
	for (u64 at = 0, n; at < i.copy_bytes; at += n) {
		n = i.copy_bytes - at < block_bytes ? i.copy_bytes - at : block_bytes;
		ORIEL_TRY(lower.read(ctx, offset + at, buffer.bytes, n));
		crc.add(buffer.bytes, n);
	}
	return crc.value() == i.copy_crc;
}

/* What is behind the old end may be of somebody who has made the file as long since the note was left: a first cut leaves zeros in the log. */
result<bool> first_cut::has_empty_log(const sleeping_context &ctx, lower_file lower, u64 old_size, block_buffer &buffer)
{
	constexpr u64 bytes = u64{first_log_slots} * sizeof(disk_record);
	const u64 end = intent_offset(lower.size());
	if (end < bytes || end - bytes < old_size)
		return false;
	for (u64 at = end - bytes; at < end; at += block_bytes) {
		ORIEL_TRY(lower.read(ctx, at, buffer.bytes, block_bytes));
		for (const u8 byte : buffer.bytes)
			if (byte)
				return false;
	}
	return true;
}

result<bool> first_cut::recover(const sleeping_context &ctx, lower_file lower, bool magic)
{
	const u64 size = lower.size();
	const owned<block_buffer> buffer = ORIEL_TRY(make<block_buffer>(ctx));
	ORIEL_TRY(lower.read(ctx, intent_offset(size), buffer->bytes, block_bytes));
	const result<intent> i = parse_intent(buffer->as<disk_intent>(), size);
	if (!i && checks_out(buffer->as<disk_intent>()))
		return i.failure();
	if (i) {
		if (ORIEL_TRY(is_copy(ctx, lower, i.value().copy_offset, i.value(), *buffer)))
			ORIEL_TRY(restore(ctx, lower, i.value(), *buffer));
		else if (ORIEL_TRY(is_copy(ctx, lower, 0, i.value(), *buffer)))
			ORIEL_TRY(shorten(ctx, lower, i.value().old_size));
		else
			return errc::unclean;
		return true;
	}
	u64 old_size, new_size;
	if (magic || !ORIEL_TRY(lower.read_note(ctx, old_size, new_size)) || new_size != size)
		return false;
	if (!ORIEL_TRY(has_empty_log(ctx, lower, old_size, *buffer)))
		return false;
	ORIEL_TRY(shorten(ctx, lower, old_size));
	return true;
}

} // namespace oriel
