/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A lower file on a disk that can lose its power: what was written since the last flush may be there or not, in any order, sector by
 * sector.  A size is the old one or the new one; bytes that a file gained and nobody wrote are zeros.
 */
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "bindings/fs/okb_cut.h"

struct okb_lower {
	okb_lower() = default;
	explicit okb_lower(std::vector<u8> content) : bytes(content), durable(std::move(content)) {}

	std::vector<u8> bytes; /* as it is read */
	u64 capacity = 1ULL << 40;
	long fail_in = -1;     /* the n-th call from now that can fails, -1: none */
	bool for_good = false; /* and all behind that, too: as if the power had failed in the middle of the operation */
	int failure = -5;
	u32 calls = 0;   /* that can fail */
	u64 punched = 0; /* bytes */
	u64 commits = 0; /* that were told */
	okb_commit last_commit{};
	u64 copied_extents = 0, copied_bytes = 0; /* that were told */
	std::optional<std::pair<u64, u64>> note;
	int note_failure = 0; /* of reading it */

	/* The power fails before the n-th call from now, -1: not; `dead` is what the disk is from then on. */
	long dies_in = -1;
	std::unique_ptr<okb_lower> dead;

	/* Whether this call is the one that fails. */
	bool fails()
	{
		calls++;
		if (dies_in >= 0 && dies_in-- == 0) {
			dead = std::make_unique<okb_lower>(durable);
			dead->events = events;
			dead->note = note;
		}
		if (for_good && fail_in == 0)
			return true;
		return fail_in >= 0 && fail_in-- == 0;
	}
	void write(u64 at, const void *from, u64 length)
	{
		const u8 *first = static_cast<const u8 *>(from);
		events.push_back({at, {first, first + length}, false});
		std::copy(first, first + length, bytes.begin() + static_cast<long>(at));
	}
	void resize(u64 size)
	{
		events.push_back({size, {}, true});
		bytes.resize(size);
	}
	void flush() { flush(events.size()); }
	/* Of a flush that fails half may be durable. */
	void flush_half() { flush(events.size() / 2); }

	/* The disk after a power failure.  Of the sectors that were not flushed, `kept` of 256 are there. */
	std::vector<u8> after_power_failure(std::mt19937 &random, u32 sector, u32 kept) const
	{
		std::vector<u8> disk = durable;
		const auto keep = [&] { return random() % 256 < kept; };
		bool sizes = true; /* are written one after the other */
		for (const event &e : events) {
			if (e.is_resize) {
				sizes = sizes && keep();
				if (sizes)
					disk.resize(e.at);
				continue;
			}
			for (u64 at = e.at, n; at < e.at + e.data.size(); at += n) {
				n = std::min<u64>(sector - at % sector, e.at + e.data.size() - at);
				if (keep() && at + n <= disk.size())
					memcpy(&disk[at], &e.data[at - e.at], n);
			}
		}
		return disk;
	}

private:
	void flush(std::size_t count)
	{
		for (std::size_t i = 0; i < count; i++) {
			const event &e = events[i];
			if (e.is_resize)
				durable.resize(e.at);
			else
				std::copy(e.data.begin(), e.data.end(), durable.begin() + static_cast<long>(e.at));
		}
		events.erase(events.begin(), events.begin() + static_cast<long>(count));
	}

	struct event {
		u64 at; /* or the size */
		std::vector<u8> data;
		bool is_resize;
	};
	std::vector<u8> durable;
	std::vector<event> events; /* since the last flush */
};
