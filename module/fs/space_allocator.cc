// SPDX-License-Identifier: GPL-2.0
#include "fs/space_allocator.h"

namespace oriel {
namespace {

/* Free runs that a search looks at, before it lets the file grow instead. */
constexpr u32 most_runs = 16;
/* The lower file grows by an eighth, within these bounds. */
constexpr u64 least_step = 64 << 10, most_step = 64 << 20;
/* A run behind the bytes before it is worth taking if it has so many bytes, or all that are wanted. */
constexpr u64 worth_splitting = 64 << 10;

/* The part of a free run that starts like `w.phase`, if it is large enough; else from the run's start. */
byte_range fit(const byte_range &run, const space_allocator::wish &w)
{
	const u64 skip = w.length < block_bytes ? 0 : (w.phase - run.offset) % block_bytes;
	return run.bytes >= skip + w.length ? byte_range{run.offset + skip, w.length} : byte_range{run.offset, w.length};
}

} // namespace

result<void> space_allocator::start(const sleeping_context &ctx)
{
	const u64 end = lower_.size() - size_mark;
	return end > space_.end() ? space_.grow(ctx, end) : result<void>{};
}

byte_range space_allocator::find_behind(const wish &w) const
{
	const byte_range run = w.behind ? space_.free_at(w.behind) : byte_range{0, 0};
	if (run.bytes >= w.length)
		return {run.offset, w.length};
	return w.whole || run.bytes < worth_splitting ? byte_range{0, 0} : run;
}

/* Of no bytes if there is none at hand. */
byte_range space_allocator::find(const wish &w)
{
	for (u32 i = 0; i < most_runs; i++) {
		const byte_range run = space_.next_free(cursor_);
		if (!run.bytes || run.end() == space_.end()) {
			cursor_ = 0;
			break;
		}
		if (run.bytes >= w.length)
			return fit(run, w);
		cursor_ = run.end();
	}
	return {0, 0};
}

byte_range space_allocator::find_largest() const
{
	byte_range largest{0, 0};
	for (byte_range run = space_.next_free(0); run.bytes; run = space_.next_free(run.end()))
		if (run.bytes > largest.bytes)
			largest = run;
	return largest;
}

/* Lets all bytes before `end` be there, and some more if the lower has room for them. */
result<void> space_allocator::grow(const sleeping_context &ctx, u64 end)
{
	if (end <= space_.end())
		return {};
	if (end > max_file_bytes - most_step - 2 * block_bytes)
		return errc::file_too_big;
	u64 step = space_.end() / 8;
	step = step < least_step ? least_step : step > most_step ? most_step : step;
	const u64 exact = lower_file::round_up(end), old = space_.end(), old_size = lower_.size();
	u64 fresh = lower_file::round_up(end + step);
	ORIEL_TRY(space_.grow(ctx, fresh));
	if (lower_.resize(ctx, fresh + size_mark))
		return {};
	fresh = exact;
	const result<void> done = fresh + size_mark > old_size ? lower_.resize(ctx, fresh + size_mark) : result<void>{};
	space_.give_up(ctx, done ? fresh : old);
	return done ? result<void>{} : result<void>{done.failure()};
}

result<byte_range> space_allocator::claim(const sleeping_context &ctx, const wish &w)
{
	if (!w.length || w.length > max_file_bytes)
		return errc::file_too_big;
	const byte_range last = space_.last_free();
	byte_range r = find_behind(w);
	if (!r.bytes && !(w.behind && w.behind == last.offset))
		r = find(w);
	if (!r.bytes) {
		const u64 skip = w.behind == last.offset || w.length < block_bytes ? 0 : (w.phase - last.offset) % block_bytes;
		r = {last.offset + skip, w.length};
		const result<void> grown = within_file(r.offset, r.bytes) ? grow(ctx, r.end()) : result<void>{errc::file_too_big};
		if (!grown) {
			r = find_largest();
			if (!r.bytes || (w.whole && r.bytes < w.length))
				return grown.failure();
			r.bytes = r.bytes < w.length ? r.bytes : w.length;
		}
	}
	ORIEL_TRY(space_.claim(ctx, r.offset, r.bytes));
	return r;
}

result<byte_range> space_allocator::claim_blocks(const sleeping_context &ctx, u64 bytes)
{
	/* A run of one block more holds whole blocks wherever it starts. */
	const byte_range run = ORIEL_TRY(claim(ctx, {.length = bytes + block_bytes, .behind = 0}));
	const u64 start = lower_file::round_up(run.offset);
	const byte_range r{start, bytes};
	result<void> done;
	if (start > run.offset)
		done = space_.release(ctx, run.offset, start - run.offset);
	if (done && run.end() > r.end())
		done = space_.release(ctx, r.end(), run.end() - r.end());
	if (done)
		done = lower_.reserve(ctx, r);
	if (!done) {
		static_cast<void>(release(ctx, r)); /* what this cannot give back stays claimed until the file is opened again */
		return done.failure();
	}
	return r;
}

result<void> space_allocator::release(const sleeping_context &ctx, const byte_range &r)
{
	return space_.release(ctx, r.offset, r.bytes);
}

bool space_allocator::join(const sleeping_context &ctx, byte_range &r, const byte_range &other)
{
	const byte_range &low = r.offset < other.offset ? r : other, &high = r.offset < other.offset ? other : r;
	if (high.offset > low.end() &&
	    (high.offset >= lower_file::round_up(low.end()) || !space_.claim(ctx, low.end(), high.offset - low.end())))
		return false;
	r = {low.offset, high.end() - low.offset};
	return true;
}

byte_range space_allocator::widen(const sleeping_context &ctx, const byte_range &r)
{
	const u64 first = lower_file::round_down(r.offset), last = lower_file::round_up(r.end());
	const u64 start = first < r.offset && space_.claim(ctx, first, r.offset - first) ? first : r.offset;
	const u64 end = r.end() < last && space_.claim(ctx, r.end(), last - r.end()) ? last : r.end();
	return {start, end - start};
}

} // namespace oriel
