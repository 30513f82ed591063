// SPDX-License-Identifier: GPL-2.0
/*
 * The trampolines of cut files.  Callers that hold the lock of the map are under memalloc_nofs_save(), so all tokens are nofs ones.
 * An oriel_cut is a cut_file.
 */
#include "fs/cut_file.h"
#include "kcore/mint.h"

using namespace oriel;

static_assert(max_extents == ORIEL_CUT_MOST_EXTENTS);

namespace {

cut_file &file_of(oriel_cut *cut)
{
	return *reinterpret_cast<cut_file *>(cut);
}

const cut_file &file_of(const oriel_cut *cut)
{
	return *reinterpret_cast<const cut_file *>(cut);
}

int give(result<owned<cut_file>> made, oriel_cut **cut)
{
	*cut = made ? reinterpret_cast<oriel_cut *>(made.value().release()) : nullptr;
	return made ? 0 : made.failure().negative();
}

} // namespace

extern "C" int oriel_cut_is_size(u64 lower_size)
{
	return is_cut_size(lower_size);
}

extern "C" int oriel_cut_open(okb_lower *lower, oriel_cut **cut)
{
	const nofs_context ctx = mint::nofs();
	return give(cut_file::open(ctx, lower_file{lower}), cut);
}

extern "C" int oriel_cut_first(okb_lower *lower, oriel_cut **cut)
{
	const nofs_context ctx = mint::nofs();
	return give(cut_file::first(ctx, lower_file{lower}), cut);
}

extern "C" void oriel_cut_close(oriel_cut *cut)
{
	owned<cut_file>::adopt(reinterpret_cast<cut_file *>(cut)).reset();
}

extern "C" u64 oriel_cut_size(const oriel_cut *cut)
{
	return file_of(cut).map().size();
}

extern "C" u64 oriel_cut_allocated(const oriel_cut *cut)
{
	return file_of(cut).map().allocated();
}

extern "C" u32 oriel_cut_count(const oriel_cut *cut)
{
	return file_of(cut).map().count();
}

extern "C" u64 oriel_cut_memory(const oriel_cut *cut)
{
	return file_of(cut).memory();
}

extern "C" u64 oriel_cut_pending(const oriel_cut *cut)
{
	return file_of(cut).pending();
}

extern "C" u64 oriel_cut_moved(const oriel_cut *cut)
{
	return file_of(cut).moved();
}

extern "C" int oriel_cut_wants_sync(const oriel_cut *cut)
{
	return file_of(cut).wants_sync();
}

extern "C" u32 oriel_cut_look(const oriel_cut *cut, u64 offset, u64 length, oriel_cut_part *parts, u32 most)
{
	return file_of(cut).look(offset, length, parts, most);
}

extern "C" int oriel_cut_prepare(oriel_cut *cut, u64 offset, u64 length, oriel_cut_part *parts, u32 most)
{
	const nofs_context ctx = mint::nofs();
	const result<u32> n = file_of(cut).prepare(ctx, offset, length, parts, most);
	return n ? static_cast<int>(n.value()) : n.failure().negative();
}

extern "C" int oriel_cut_written(oriel_cut *cut, const oriel_cut_part *part)
{
	const nofs_context ctx = mint::nofs();
	return errno_of(file_of(cut).written(ctx, *part));
}

extern "C" void oriel_cut_abandon(oriel_cut *cut, const oriel_cut_part *part)
{
	const nofs_context ctx = mint::nofs();
	file_of(cut).abandon(ctx, *part);
}

extern "C" int oriel_cut_collapse(oriel_cut *cut, u64 offset, u64 length)
{
	const nofs_context ctx = mint::nofs();
	return errno_of(file_of(cut).collapse(ctx, offset, length));
}

extern "C" int oriel_cut_insert(oriel_cut *cut, u64 offset, u64 length)
{
	const nofs_context ctx = mint::nofs();
	return errno_of(file_of(cut).insert(ctx, offset, length));
}

extern "C" int oriel_cut_punch(oriel_cut *cut, u64 offset, u64 length)
{
	const nofs_context ctx = mint::nofs();
	return errno_of(file_of(cut).punch(ctx, offset, length));
}

extern "C" int oriel_cut_zero(oriel_cut *cut, u64 offset, u64 length, int may_grow)
{
	const nofs_context ctx = mint::nofs();
	return errno_of(file_of(cut).zero(ctx, offset, length, may_grow));
}

extern "C" int oriel_cut_allocate(oriel_cut *cut, u64 offset, u64 length, int may_grow)
{
	const nofs_context ctx = mint::nofs();
	return errno_of(file_of(cut).allocate(ctx, offset, length, may_grow));
}

extern "C" int oriel_cut_resize(oriel_cut *cut, u64 size)
{
	const nofs_context ctx = mint::nofs();
	return errno_of(file_of(cut).resize(ctx, size));
}

extern "C" int oriel_cut_compact(oriel_cut *cut, u64 *offset)
{
	const nofs_context ctx = mint::nofs();
	const result<bool> more = file_of(cut).compact(ctx, *offset);
	return more ? more.value() : more.failure().negative();
}

extern "C" int oriel_cut_begin_sync(oriel_cut *cut)
{
	const nofs_context ctx = mint::nofs();
	return errno_of(file_of(cut).begin_sync(ctx));
}

extern "C" int oriel_cut_commit(oriel_cut *cut)
{
	const nofs_context ctx = mint::nofs();
	return errno_of(file_of(cut).commit(ctx));
}

extern "C" void oriel_cut_end_sync(oriel_cut *cut, int status)
{
	const nofs_context ctx = mint::nofs();
	file_of(cut).end_sync(ctx, status == 0);
}

extern "C" int oriel_cut_sync(oriel_cut *cut)
{
	const nofs_context ctx = mint::nofs();
	return errno_of(file_of(cut).sync(ctx));
}
