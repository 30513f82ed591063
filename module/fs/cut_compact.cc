// SPDX-License-Identifier: GPL-2.0
/* Fewer extents: small ones that are neighbours in the file are copied to one place. */
#include "fs/cut_file.h"

namespace oriel {
namespace {

constexpr u64 step_bytes = 1 << 20;
constexpr u32 step_extents = 4096;

struct copy_buffer {
	u8 bytes[32 << 10];
};

} // namespace

/* Bytes of the file that are to become one extent: from an extent with bytes to one with bytes. */
struct cut_file::window {
	u64 offset = 0, length = 0;
	u32 count = 0; /* of extents; one or none: there is nothing to do */
	u64 next = 0;  /* where to look on */
};

/* The first in which there are two extents at least.  Small holes between them become zeros. */
cut_file::window cut_file::find_window(u64 offset, u64 small) const
{
	window w;
	u64 at = offset, count = 0;
	for (u32 looked = 0; looked < step_extents && at < map_.size(); looked++) {
		const result<extent_map::found> f = map_.find(at);
		const extent &e = f.value().whole;
		const bool is_hole = e.where.is_hole();
		const bool fits = e.length < (is_hole ? small / 16 : small) && (!count || at + e.length - w.offset <= 4 * small);
		if (!fits && w.count > 1)
			break;
		if (!fits)
			count = w.count = 0;
		if (e.length < small && !is_hole) {
			if (!count)
				w.offset = f.value().start;
			w.count = static_cast<u32>(++count);
			w.length = f.value().start + e.length - w.offset;
		} else if (fits && count) {
			count++;
		}
		at = f.value().start + e.length;
	}
	w.next = w.count > 1 ? w.offset + w.length : at;
	return w;
}

result<void> cut_file::gather(const sleeping_context &ctx, const window &w)
{
	const owned<copy_buffer> buffer = ORIEL_TRY(make<copy_buffer>(ctx));
	const byte_range to = ORIEL_TRY(claim(ctx, w.offset, w.length, true));
	const auto copy = [&](u64 at, const extent &e) -> result<void> {
		for (u64 done = 0, n; done < e.length; done += n) {
			n = e.length - done < sizeof(buffer->bytes) ? e.length - done : sizeof(buffer->bytes);
			if (e.where.kind() == extent_kind::data)
				ORIEL_TRY(lower_.read(ctx, e.where.physical() + done, buffer->bytes, n));
			else
				__builtin_memset(buffer->bytes, 0, n);
			ORIEL_TRY(lower_.write(ctx, to.offset + (at + done - w.offset), buffer->bytes, n));
		}
		return {};
	};
	result<void> done = map_.for_each(w.offset, w.length, copy);
	journal_.note_data();
	if (done)
		done = map_at(ctx, w.offset, {w.length, place::at(to.offset, extent_kind::data)});
	if (done) {
		moved_++;
		lower_.tell_copied({w.offset, w.length}, w.count);
	} else {
		static_cast<void>(space_.release(ctx, to));
	}
	return done ? result<void>{} : result<void>{done.failure()};
}

result<bool> cut_file::compact(const sleeping_context &ctx, u64 &offset, u64 small)
{
	if (unfinished_)
		return errc::busy;
	for (u64 copied = 0; copied < step_bytes && offset < map_.size();) {
		const window w = find_window(offset, small);
		if (w.count > 1)
			ORIEL_TRY(gather(ctx, w));
		offset = w.next;
		copied += w.count > 1 ? w.length : step_bytes;
	}
	return offset < map_.size();
}

/* Down to three quarters of what there may be, so that it is not soon done again; the larger the extents, the more is copied for it. */
result<void> cut_file::thin_out(const sleeping_context &ctx)
{
	for (u64 small = small_extent; small <= u64{1} << 30; small *= 16)
		for (u64 offset = 0; map_.count() > limit_ - limit_ / 4;) {
			const result<bool> more = compact(ctx, offset, small);
			if (!more)
				return more.failure();
			if (!more.value())
				break;
		}
	return {};
}

} // namespace oriel
