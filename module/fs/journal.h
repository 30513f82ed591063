/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a cut file has changed and is not durable yet, and how it becomes so: as records behind the last checkpoint, or as a new one.
 *
 * An operation makes room, changes the map, telling free() what that frees, and adds its record.  A sync is in three steps, so that nobody
 * waits for the disk with the map locked: begin() takes what is pending, and a copy of the map if it becomes a checkpoint; commit() does
 * the I/O; end() says which bytes may be used again.  Operations go on meanwhile and belong to the next sync.
 *
 * A checkpoint becomes due when the log has no room for what is pending; after each opening, as nobody knows what of the log had been
 * written when it was interrupted; and after an error.  Its records go on with numbers that no older record can have.  From the moment that
 * it is due no records are kept.
 *
 * Locking: begin(), commit() and end() under a mutex; all but commit() and looking under the lock that guards the map, too.
 */
#pragma once

#include "fs/chunk_queue.h"
#include "fs/extent_map.h"
#include "fs/lower_file.h"
#include "fs/space_allocator.h"

namespace oriel {

class journal {
public:
	explicit journal(lower_file lower) : lower_(lower) {}

	/* The checkpoint that counts; its ranges are in use. */
	void start(const root &r, const file_identity &identity);

	/* ---- for operations ---- */

	/* Room for `count` records; then add() cannot fail. */
	result<void> reserve(const sleeping_context &ctx, u32 count = 1) { return records_.reserve(ctx, count); }
	/* Bytes of the file were written to the lower: they have to be durable before the next records are, as a larger size of it has to be. */
	void note_data() { has_data_ = true; }
	/* `r.physical` is told of convert, too: records that go on from each other become one.  The sequence number is of no meaning. */
	void add(const log_record &r);
	/* Bytes that the map is about to name no longer; undo() takes back what was told since now(). */
	result<void> free(const sleeping_context &ctx, const byte_range &r);
	struct mark {
		u32 count;
		u64 bytes;
	};
	mark now() const { return {freed_.count(), freed_bytes_}; }
	void undo(const mark &to);

	/* Extents that the next checkpoint has room for. */
	u32 extent_room() const;
	const root &layout() const { return next_; }
	/* From the next sync on, which will be a checkpoint, the map and the log lie elsewhere; the old places are freed by it. */
	result<void> move(const sleeping_context &ctx, const byte_range (&areas)[2], u64 log_offset, u32 log_slots);

	/* ---- looking ---- */

	u64 pending() const { return pending_ + sealed_pending_; }
	bool is_long() const { return due_changes_ > long_after || freed_.count() > long_after || freed_bytes_ > much_freed; }
	u64 memory() const;

	/* ---- making durable ---- */

	result<void> begin(const sleeping_context &ctx, const extent_map &map, space_allocator &space);
	result<void> commit(const sleeping_context &ctx);
	void end(const sleeping_context &ctx, bool durable, space_allocator &space);

private:
	using record_queue = chunk_queue<log_record>;
	using range_queue = chunk_queue<byte_range>;
	using extent_queue = chunk_queue<disk_extent, block_bytes>;

	static constexpr u32 long_after = 4096;
	static constexpr u64 much_freed = 64 << 20;

	u32 free_slots() const { return root_.log_slots - static_cast<u32>(next_sequence_ - root_.log_sequence); }
	void make_due();
	result<void> begin_checkpoint(const sleeping_context &ctx, const extent_map &map, u64 physical_end);
	result<void> write_sealed(const sleeping_context &ctx);
	result<void> write_checkpoint(const sleeping_context &ctx);
	result<void> write_records(const sleeping_context &ctx);
	void punch_freed(const sleeping_context &ctx) const;
	result<void> seal_freed(const sleeping_context &ctx, space_allocator &space);

	lower_file lower_;
	file_identity identity_{};

	/* Pending. */
	record_queue records_;
	range_queue freed_;
	u64 pending_ = 0;
	u64 freed_bytes_ = 0;
	bool has_data_ = false;
	u64 told_end_ = 0;    /* the lower's size, by the last record */
	u32 due_changes_ = 0; /* since the checkpoint is due */
	bool due_ = false;    /* the next sync is a checkpoint */
	root next_{};         /* layout of the next checkpoint; the rest of it is set by begin() */

	/* Durable, but that a root with the next number may be there, too, after an error. */
	root root_{};
	u64 next_sequence_ = 0;
	bool spoilt_ = false;

	/* Of the sync that has begun. */
	record_queue sealed_records_;
	range_queue sealed_freed_;
	u64 sealed_pending_ = 0;
	u64 sealed_freed_bytes_ = 0;
	bool sealed_data_ = false;
	bool checkpoint_ = false;
	root fresh_{};
	extent_queue extents_;
	owned<block_buffer> buffer_;
};

} // namespace oriel
