// SPDX-License-Identifier: GPL-2.0
#include "fake_lower.h"

namespace {

constexpr int no_space = -28, no_data = -61, unclean = -117;

bool lies_in(const okb_lower &lower, u64 at, u64 length)
{
	return at <= lower.bytes.size() && length <= lower.bytes.size() - at;
}

} // namespace

u64 okb_lower_size(okb_lower *lower)
{
	return lower->bytes.size();
}

int okb_lower_read(okb_lower *lower, u64 at, void *buffer, u32 length)
{
	if (lower->fails())
		return lower->failure;
	if (!lies_in(*lower, at, length))
		return unclean;
	if (length)
		memcpy(buffer, &lower->bytes[at], length);
	return 0;
}

/* One that fails has written half of it. */
int okb_lower_write(okb_lower *lower, u64 at, const void *buffer, u32 length)
{
	if (!lies_in(*lower, at, length))
		abort();
	const bool fails = lower->fails();
	lower->write(at, buffer, fails ? length / 2 : length);
	return fails ? lower->failure : 0;
}

int okb_lower_flush(okb_lower *lower)
{
	if (lower->fails()) {
		lower->flush_half();
		return lower->failure;
	}
	lower->flush();
	return 0;
}

int okb_lower_resize(okb_lower *lower, u64 size)
{
	if (lower->fails())
		return lower->failure;
	if (size > lower->capacity && size > lower->bytes.size())
		return no_space;
	lower->resize(size);
	return 0;
}

int okb_lower_reserve(okb_lower *lower, u64 at, u64 length)
{
	if (!lies_in(*lower, at, length))
		abort();
	return lower->fails() ? lower->failure : 0;
}

/* Whoever reads it nevertheless shall notice. */
void okb_lower_punch(okb_lower *lower, u64 at, u64 length)
{
	if (at % 4096 || length % 4096 || !length || !lies_in(*lower, at, length))
		abort();
	const std::vector<u8> junk(length, 0xdd);
	lower->write(at, junk.data(), length);
	lower->punched += length;
}

int okb_lower_note(okb_lower *lower, u64 old_size, u64 new_size)
{
	lower->note = {old_size, new_size};
	return lower->fails() ? lower->failure : 0; /* then it is not durable, perhaps */
}

int okb_lower_read_note(okb_lower *lower, u64 *old_size, u64 *new_size)
{
	if (lower->note_failure)
		return lower->note_failure;
	if (!lower->note)
		return no_data;
	*old_size = lower->note->first;
	*new_size = lower->note->second;
	return 0;
}

void okb_lower_forget_note(okb_lower *lower)
{
	lower->note.reset();
}

void okb_lower_tell_commit(okb_lower *lower, const okb_commit *commit)
{
	lower->commits++;
	lower->last_commit = *commit;
}

void okb_lower_tell_copied(okb_lower *lower, u64, u64 length, u32 extents)
{
	lower->copied_extents += extents;
	lower->copied_bytes += length;
}

void okb_fs_random(void *buffer, u32 length)
{
	static std::mt19937 random{1};
	u8 *const bytes = static_cast<u8 *>(buffer);
	for (u32 i = 0; i < length; i++)
		bytes[i] = static_cast<u8>(random());
}
