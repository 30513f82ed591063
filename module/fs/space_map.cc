// SPDX-License-Identifier: GPL-2.0
#include "fs/space_map.h"

namespace oriel {
namespace {

result<void> forget(u64, u64)
{
	return {};
}

} // namespace

result<void> space_map::grow(const sleeping_context &ctx, u64 end)
{
	if (end < map_.size())
		return errc::invalid;
	return map_.resize(ctx, end, forget);
}

void space_map::give_up(const sleeping_context &ctx, u64 end)
{
	static_cast<void>(map_.resize(ctx, end, forget));
}

/* Bytes alike are one extent, so one look tells. */
bool space_map::is_all(u64 offset, u64 length, extent_kind kind) const
{
	const result<extent_map::found> f = map_.find(offset);
	return f && f.value().whole.where.kind() == kind && length <= f.value().whole.length - (offset - f.value().start);
}

result<void> space_map::claim(const sleeping_context &ctx, u64 offset, u64 length)
{
	if (!length || !within_file(offset, length) || offset + length > end())
		return errc::invalid;
	if (!is_all(offset, length, extent_kind::hole))
		return errc::exists;
	return map_.map(ctx, offset, {length, place::at(offset, extent_kind::data)}, forget);
}

result<void> space_map::release(const sleeping_context &ctx, u64 offset, u64 length)
{
	if (!is_all(offset, length, extent_kind::data))
		return errc::invalid;
	return map_.punch(ctx, offset, length, forget);
}

byte_range space_map::free_at(u64 offset) const
{
	const result<extent_map::found> f = map_.find(offset);
	if (!f || !f.value().whole.where.is_hole())
		return {offset, 0};
	return {offset, f.value().start + f.value().whole.length - offset};
}

byte_range space_map::next_free(u64 offset) const
{
	const result<extent_map::found> f = map_.find(offset);
	if (!f)
		return {end(), 0};
	return f.value().whole.where.is_hole() ? free_at(offset) : free_at(f.value().start + f.value().whole.length);
}

byte_range space_map::last_free() const
{
	const result<extent_map::found> f = map_.find(end() - 1);
	if (!f || !f.value().whole.where.is_hole())
		return {end(), 0};
	return {f.value().start, f.value().whole.length};
}

} // namespace oriel
