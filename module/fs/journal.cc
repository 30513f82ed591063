// SPDX-License-Identifier: GPL-2.0
#include "fs/journal.h"

namespace oriel {
namespace {

constexpr u32 records_a_block = block_bytes / sizeof(disk_record);

constexpr u64 root_offset(u64 sequence)
{
	return block_bytes * (1 + sequence % 2);
}

/* Whether `next` goes on where `last` ended, so that one record says both. */
bool goes_on(const log_record &last, const log_record &next)
{
	return last.operation == next.operation && last.kind == next.kind && next.offset == last.offset + last.length &&
	       next.physical == last.physical + last.length &&
	       (next.operation == log_operation::convert || (next.operation == log_operation::map && next.kind != extent_kind::hole));
}

} // namespace

void journal::start(const root &r, const file_identity &identity)
{
	root_ = next_ = r;
	identity_ = identity;
	next_sequence_ = r.log_sequence;
	told_end_ = r.physical_end;
	due_ = spoilt_ = true;
}

void journal::make_due()
{
	due_ = true;
	records_.clear();
}

void journal::add(const log_record &r)
{
	pending_++;
	if (r.physical_end != told_end_)
		note_data();
	told_end_ = r.physical_end;
	if (due_) {
		due_changes_++;
		return;
	}
	if (records_.count() && goes_on(records_.last(), r)) {
		log_record &last = records_.last();
		last.length += r.length;
		last.logical_size = r.logical_size;
		last.physical_end = r.physical_end;
		return;
	}
	records_.push(r);
	if (records_.count() > root_.log_slots)
		make_due();
}

result<void> journal::free(const sleeping_context &ctx, const byte_range &r)
{
	ORIEL_TRY(freed_.reserve(ctx));
	freed_.push(r);
	freed_bytes_ += r.bytes;
	return {};
}

void journal::undo(const mark &to)
{
	freed_.shrink(to.count);
	freed_bytes_ = to.bytes;
}

u32 journal::extent_room() const
{
	const u64 bytes = next_.area[0].bytes < next_.area[1].bytes ? next_.area[0].bytes : next_.area[1].bytes;
	const u64 room = bytes / sizeof(disk_extent);
	return room < max_extents ? static_cast<u32>(room) : max_extents;
}

result<void> journal::move(const sleeping_context &ctx, const byte_range (&areas)[2], u64 log_offset, u32 log_slots)
{
	const byte_range log{next_.log_offset, u64{next_.log_slots} * sizeof(disk_record)};
	ORIEL_TRY(freed_.reserve(ctx, 3));
	for (const byte_range &old : {next_.area[0], next_.area[1], log})
		freed_.push(old);
	next_.area[0] = areas[0];
	next_.area[1] = areas[1];
	next_.log_offset = log_offset;
	next_.log_slots = log_slots;
	make_due();
	pending_++;
	return {};
}

u64 journal::memory() const
{
	return records_.memory() + freed_.memory() + sealed_records_.memory() + sealed_freed_.memory() + extents_.memory() +
	       (buffer_ ? sizeof(block_buffer) : 0);
}

result<void> journal::begin(const sleeping_context &ctx, const extent_map &map, space_allocator &space)
{
	checkpoint_ = pending_ && (due_ || records_.count() > free_slots());
	buffer_ = ORIEL_TRY(make<block_buffer>(ctx));
	if (checkpoint_) {
		const result<void> done = begin_checkpoint(ctx, map, space.end());
		if (!done) {
			extents_.clear();
			buffer_.reset();
			return done.failure();
		}
		records_.clear();
		due_ = false;
		due_changes_ = 0;
	}
	sealed_records_.swap(records_);
	if (!seal_freed(ctx, space))
		sealed_freed_.swap(freed_);
	sealed_pending_ = std::exchange(pending_, 0);
	sealed_freed_bytes_ = std::exchange(freed_bytes_, 0);
	sealed_data_ = std::exchange(has_data_, false);
	return {};
}

/*
 * Takes what was freed, neighbours as one.  The lower gets whole blocks back only: what was free of the first and last one before is taken
 * along, or a block would stay there for each cut that ends within one.  Having failed, nothing has changed.
 */
result<void> journal::seal_freed(const sleeping_context &ctx, space_allocator &space)
{
	ORIEL_TRY(sealed_freed_.reserve(ctx, freed_.count()));
	byte_range whole{0, 0};
	const auto seal = [&] {
		if (whole.bytes)
			sealed_freed_.push(space.widen(ctx, whole));
	};
	static_cast<void>(freed_.for_runs([&](const byte_range *run, u32 count) -> result<void> {
		for (const byte_range *r = run; r != run + count; r++) {
			if (whole.bytes && space.join(ctx, whole, *r))
				continue;
			seal();
			whole = *r;
		}
		return {};
	}));
	seal();
	freed_.clear();
	return {};
}

result<void> journal::begin_checkpoint(const sleeping_context &ctx, const extent_map &map, u64 physical_end)
{
	if (map.count() > extent_room())
		return errc::no_space;
	fresh_ = next_;
	fresh_.sequence = root_.sequence + 1;
	fresh_.logical_size = map.size();
	fresh_.physical_end = physical_end;
	fresh_.extent_count = map.count();
	fresh_.log_sequence = root_.log_sequence + root_.log_slots;
	fresh_.log_first = static_cast<u32>((root_.log_first + (next_sequence_ - root_.log_sequence)) % fresh_.log_slots);
	if (fresh_.sequence > max_sequence || fresh_.log_sequence > max_sequence)
		return errc::unclean;
	return map.for_each(0, map.size(), [&](u64, const extent &e) -> result<void> {
		ORIEL_TRY(extents_.reserve(ctx));
		extents_.push(pack(e));
		return {};
	});
}

result<void> journal::commit(const sleeping_context &ctx)
{
	const result<void> done = write_sealed(ctx);
	if (sealed_pending_)
		lower_.tell({.changes = sealed_pending_,
			     .written = checkpoint_ ? fresh_.extent_count : sealed_records_.count(),
			     .checkpoint = checkpoint_,
			     .status = done ? 0 : done.failure().negative()});
	if (done)
		punch_freed(ctx);
	return done ? result<void>{} : result<void>{done.failure()};
}

/* Data, and the lower's size, before what names them.  A checkpoint's map is flushed with them, and its root names all. */
result<void> journal::write_sealed(const sleeping_context &ctx)
{
	if (!checkpoint_ && (sealed_data_ || !sealed_records_.count()))
		ORIEL_TRY(lower_.flush(ctx));
	if (checkpoint_) {
		const result<void> done = write_checkpoint(ctx);
		if (!done) {
			/* Whoever opens the file anew is not to take for durable what may not be. */
			buffer_->as<disk_root>() = {};
			static_cast<void>(lower_.write(ctx, root_offset(fresh_.sequence), buffer_->bytes, block_bytes));
			return done.failure();
		}
	} else if (sealed_records_.count()) {
		ORIEL_TRY(write_records(ctx));
		ORIEL_TRY(lower_.flush(ctx));
	}
	return {};
}

result<void> journal::write_checkpoint(const sleeping_context &ctx)
{
	if (spoilt_) {
		buffer_->as<disk_root>() = {};
		ORIEL_TRY(lower_.write(ctx, root_offset(fresh_.sequence), buffer_->bytes, block_bytes));
		ORIEL_TRY(lower_.flush(ctx));
	}
	u64 at = fresh_.map_area().offset;
	crc32c crc = begin_map_crc(identity_);
	ORIEL_TRY(extents_.for_runs([&](const disk_extent *run, u32 count) -> result<void> {
		crc.add(run, count * sizeof(*run));
		ORIEL_TRY(lower_.write(ctx, at, run, count * sizeof(*run)));
		at += count * sizeof(*run);
		return {};
	}));
	ORIEL_TRY(lower_.flush(ctx));
	fresh_.map_crc = crc.value();
	pack(fresh_, identity_, buffer_->as<disk_root>());
	ORIEL_TRY(lower_.write(ctx, root_offset(fresh_.sequence), buffer_->bytes, block_bytes));
	return lower_.flush(ctx);
}

/* A block of records at a time, or what is left of the ring. */
result<void> journal::write_records(const sleeping_context &ctx)
{
	auto *const slots = &buffer_->as<disk_record>();
	u64 sequence = next_sequence_, start = sequence;
	const auto write = [&]() -> result<void> {
		const u64 count = sequence - start;
		if (count)
			ORIEL_TRY(lower_.write(ctx, slot_offset(root_, start), slots, count * sizeof(*slots)));
		start = sequence;
		return {};
	};
	ORIEL_TRY(sealed_records_.for_runs([&](const log_record *run, u32 count) -> result<void> {
		for (const log_record *r = run; r != run + count; r++) {
			log_record copy = *r;
			copy.sequence = sequence;
			if (copy.operation != log_operation::map)
				copy.physical = 0;
			if (sequence - start == records_a_block || slot_offset(root_, sequence) == root_.log_offset)
				ORIEL_TRY(write());
			pack(copy, identity_, slots[sequence - start]);
			sequence++;
		}
		return {};
	}));
	return write();
}

void journal::punch_freed(const sleeping_context &ctx) const
{
	static_cast<void>(sealed_freed_.for_runs([&](const byte_range *run, u32 count) -> result<void> {
		for (const byte_range *r = run; r != run + count; r++)
			lower_.punch(ctx, *r);
		return {};
	}));
}

void journal::end(const sleeping_context &ctx, bool durable, space_allocator &space)
{
	if (durable) {
		if (checkpoint_) {
			root_ = fresh_;
			next_sequence_ = fresh_.log_sequence;
			spoilt_ = false;
		} else {
			next_sequence_ += sealed_records_.count();
		}
		static_cast<void>(sealed_freed_.for_runs([&](const byte_range *run, u32 count) -> result<void> {
			/* What memory does not suffice for stays in use until the file is opened again. */
			for (const byte_range *r = run; r != run + count; r++)
				static_cast<void>(space.release(ctx, *r));
			return {};
		}));
		sealed_freed_.clear();
	} else {
		spoilt_ = spoilt_ || checkpoint_;
		make_due();
		freed_.prepend(sealed_freed_);
		freed_bytes_ += sealed_freed_bytes_;
		has_data_ = has_data_ || sealed_data_;
		pending_ += sealed_pending_;
	}
	sealed_records_.clear();
	sealed_pending_ = sealed_freed_bytes_ = 0;
	extents_.clear();
	buffer_.reset();
}

} // namespace oriel
