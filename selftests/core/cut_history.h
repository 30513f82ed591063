/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cut file beside what it ought to be: each state since the last one that is durable, byte by byte.  After a power failure it has to be one
 * of these.  Entered through the trampolines, as the bindings do.
 */
#pragma once

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "fake_kernel.h"
#include "fake_lower.h"
#include "fs/cut_file.h"
#include "kcore/mint.h"

class cut_history {
public:
	/* `limit`: extents that the file may have.  Where they are made fewer, a power failure before the next sync is not for this model. */
	explicit cut_history(std::vector<u8> content, u32 seed, u32 limit = oriel::max_extents)
	    : random(seed), limit_(limit), lower_(std::make_unique<okb_lower>(content))
	{
		values_.emplace_back(1, 0); /* of holes */
		states_.emplace_back();
		for (u8 byte : content)
			states_.back().push_back(fresh(byte));
	}
	cut_history(const cut_history &) = delete;
	cut_history &operator=(const cut_history &) = delete;
	~cut_history() { oriel_cut_close(cut_); }

	std::mt19937 random;
	std::string complaint; /* what is wrong; empty if nothing is */

	okb_lower &lower() { return *lower_; }
	oriel_cut *cut() { return cut_; }
	u64 size() const { return live().size(); }
	u64 states() const { return states_.size(); }
	u64 operations = 0; /* that went well */
	u64 failures = 0;

	/* ---- operations: as the calls of the same name; 0 or a negative errno, and then nothing has changed ---- */

	int first()
	{
		const int status = limit_ == oriel::max_extents
					   ? oriel_cut_first(&lower(), &cut_)
					   : take(oriel::cut_file::first(oriel::mint::nofs(), oriel::lower_file{&lower()}, limit_));
		if (!status && !lower().dead) /* it flushes */
			forget_older(states_.size() - 1, values_.size());
		return note(status);
	}
	int collapse(u64 offset, u64 length)
	{
		const int status = oriel_cut_collapse(cut_, offset, length);
		if (!status)
			push([&](state &s) { s.erase(at(s, offset), at(s, offset + length)); });
		return note(status);
	}
	int insert(u64 offset, u64 length)
	{
		const int status = oriel_cut_insert(cut_, offset, length);
		if (!status)
			push([&](state &s) { s.insert(at(s, offset), length, 0); });
		return note(status);
	}
	int punch(u64 offset, u64 length)
	{
		const int status = oriel_cut_punch(cut_, offset, length);
		if (!status && offset < size())
			push([&](state &s) { std::fill(at(s, offset), at(s, std::min(offset + length, size())), 0); });
		return note(status);
	}
	int zero(u64 offset, u64 length, bool may_grow)
	{
		const u64 end = may_grow ? offset + length : std::min(offset + length, size());
		const std::map<u64, u32> before = places(offset, end);
		const int status = oriel_cut_zero(cut_, offset, length, may_grow);
		if (!status && offset < end) {
			grow(offset);
			push([&](state &s) {
				s.resize(std::max<u64>(end, s.size()));
				std::fill(at(s, offset), at(s, end), 0);
			});
			expect_allocated(offset, end);
			zeroed_.insert(before.begin(), before.end());
		}
		return note(status);
	}
	int allocate(u64 offset, u64 length, bool may_grow)
	{
		const int status = oriel_cut_allocate(cut_, offset, length, may_grow);
		/* Having failed, it may have gone a part of the way. */
		grow(may_grow && !status ? offset : 0);
		grow(may_grow && !status ? offset + length : oriel_cut_size(cut_));
		if (!status)
			expect_allocated(offset, std::min(offset + length, size()));
		return note(status);
	}
	int resize(u64 length)
	{
		const int status = oriel_cut_resize(cut_, length);
		if (!status)
			push([&](state &s) { s.resize(length); });
		return note(status);
	}
	/* Some parts are abandoned. */
	int write(u64 offset, u64 length, u32 abandon_of_16 = 0)
	{
		oriel_cut_part parts[4];
		for (u64 end = offset + length; offset < end;) {
			const int n = oriel_cut_prepare(cut_, offset, end - offset, parts, 1 + random() % 4);
			if (n <= 0)
				return note(n);
			note_moved();
			for (int i = 0; i < n; i++) {
				if (parts[i].offset != offset)
					complain("parts with a gap");
				offset += parts[i].length;
				if (const int status = write_part(parts[i], random() % 16 < abandon_of_16))
					return give_up(parts + i + 1, parts + n, status);
			}
		}
		return note(0);
	}
	int compact()
	{
		u64 offset = random() % (size() + 1);
		const int status = oriel_cut_compact(cut_, &offset);
		push([&](state &s) { own_zeros(s); });
		return note(std::min(status, 0));
	}
	/* `between()` is called where the bindings do not hold the lock of the map. */
	template <class F>
	int sync(F between)
	{
		if (const int status = oriel_cut_begin_sync(cut_))
			return note(status);
		const u64 known = states_.size() - 1, cells = values_.size();
		std::vector<u32> had(cells);
		for (u64 i = 0; i < cells; i++)
			had[i] = static_cast<u32>(values_[i].size());
		between();
		const int status = oriel_cut_commit(cut_);
		between();
		oriel_cut_end_sync(cut_, status);
		if (!status && !lower().dead) {
			for (u64 i = 0; i < cells; i++)
				values_[i].erase(0, had[i] - 1);
			states_.erase(states_.begin(), states_.begin() + static_cast<long>(known));
		}
		return note(status);
	}
	int sync()
	{
		return sync([] {});
	}

	/* ---- looking ---- */

	/* Compares what can be read with the last state. */
	void check()
	{
		if (!matches(live(), read()))
			complain("the file reads differently");
	}
	/* The power fails in the middle of what `act` does, at a call from now on; false: it does so much later. */
	template <class F>
	bool lose_power_during(long calls, F act)
	{
		lower().dies_in = calls;
		act();
		lower().dies_in = -1;
		if (!lower().dead)
			return false;
		lose_power();
		return true;
	}
	/* Closes without a sync and opens what a power failure leaves; the file has to be one of the states. */
	void lose_power()
	{
		oriel_cut_close(cut_);
		cut_ = nullptr;
		fake::now.fail_allocation_in = -1; /* who starts again has memory */
		const u32 kept[] = {0, 64, 128, 230, 256};
		const okb_lower &last = lower().dead ? *lower().dead : lower();
		auto next = std::make_unique<okb_lower>(last.after_power_failure(random, random() % 2 ? 512 : 4096, kept[random() % 5]));
		next->note = last.note;
		next->capacity = lower().capacity;
		lower_ = std::move(next);
		open();
	}
	/* A lower file that is cut already: whatever can be read there is what ought to be. */
	void open_image()
	{
		const int status = open_lower();
		if (status || !cut_)
			return complain("is no cut file: " + std::to_string(status));
		const std::vector<u8> content = read();
		states_.back().assign(content.size(), 0);
		for (u64 i = 0; i < content.size(); i++)
			states_.back()[i] = fresh(content[i]);
		adopt(0, content);
	}
	/* As it lies there now, with everything still in the page cache. */
	void open()
	{
		const std::vector<u8> found = lower().bytes;
		const bool noted = lower().note.has_value();
		const int status = open_lower();
		if (status)
			return complain("does not open: " + std::to_string(status));
		const std::vector<u8> content = read();
		if (!noted) /* else the file itself need not tell */
			keep(found, content);
		for (u64 k = states_.size(); k--;)
			if (matches(states_[k], content))
				return adopt(k, content);
		complain("is none of the " + std::to_string(states_.size()) + " states");
	}
	std::vector<u8> read()
	{
		if (!cut_)
			return lower().bytes;
		std::vector<u8> content(oriel_cut_size(cut_));
		u64 offset = 0;
		oriel_cut_part parts[8];
		while (const u32 n = oriel_cut_look(cut_, offset, ~0ULL, parts, 8))
			for (u32 i = 0; i < n; i++) {
				if (parts[i].kind == oriel_cut_data)
					memcpy(&content[offset], &lower().bytes.at(parts[i].physical), parts[i].length);
				offset += parts[i].length;
			}
		if (offset != content.size())
			complain("look() does not reach the end");
		return content;
	}
	void complain(const std::string &what)
	{
		if (complaint.empty())
			complaint = what;
	}

private:
	int open_lower()
	{
		return limit_ == oriel::max_extents ? oriel_cut_open(&lower(), &cut_)
						    : take(oriel::cut_file::open(oriel::mint::nofs(), oriel::lower_file{&lower()}, limit_));
	}
	/* The trampolines know one limit only. */
	int take(oriel::result<oriel::owned<oriel::cut_file>> made)
	{
		cut_ = made ? reinterpret_cast<oriel_cut *>(made.value().release()) : nullptr;
		return made ? 0 : made.failure().negative();
	}

	/* For another reader, if a directory is named: the lower file, and what it stands for. */
	static void keep(const std::vector<u8> &found, const std::vector<u8> &content)
	{
		static constexpr u32 most_kept = 1000;
		static u32 number;
		const char *directory = getenv("ORIEL_KEEP_LOWER");
		if (!directory || number == most_kept)
			return;
		const std::string name = std::string(directory) + "/" + std::to_string(number++);
		std::ofstream(name + ".lower").write(reinterpret_cast<const char *>(found.data()), static_cast<long>(found.size()));
		std::ofstream(name + ".content").write(reinterpret_cast<const char *>(content.data()), static_cast<long>(content.size()));
	}

	using state = std::vector<u32>; /* for each byte of the file one of values_ */

	const state &live() const { return states_.back(); }
	static state::iterator at(state &s, u64 offset) { return s.begin() + static_cast<long>(offset); }

	u32 fresh(u8 byte)
	{
		values_.emplace_back(1, byte);
		return static_cast<u32>(values_.size() - 1);
	}
	template <class F>
	void push(F change)
	{
		state s = live();
		change(s);
		states_.push_back(std::move(s));
	}
	/* A hole at the end, if it is not as large already. */
	void grow(u64 length)
	{
		if (length > size())
			push([&](state &s) { s.resize(length); });
	}
	int note(int status)
	{
		status ? failures++ : operations++;
		if (cut_ && oriel_cut_size(cut_) != size())
			complain("the size is " + std::to_string(oriel_cut_size(cut_)) + " instead of " + std::to_string(size()));
		if (cut_ && oriel::is_cut_size(lower().bytes.size()) == false)
			complain("the lower file has lost its mark");
		note_moved();
		return status;
	}
	/* Where there are too many extents, any operation copies some together first. */
	void note_moved()
	{
		if (!cut_ || oriel_cut_moved(cut_) == moved_ || oriel_cut_size(cut_) != size())
			return;
		moved_ = oriel_cut_moved(cut_);
		push([&](state &s) { own_zeros(s); });
	}
	int write_part(const oriel_cut_part &part, bool abandon)
	{
		std::vector<u8> bytes(part.length);
		for (u8 &byte : bytes)
			byte = static_cast<u8>(random());
		int status = 0;
		if (!abandon) {
			/* In place it is seen in every state, at once. */
			if (part.kind == oriel_cut_data)
				for (u64 i = 0; i < part.length; i++)
					values_[live()[part.offset + i]].push_back(bytes[i]);
			/* Where bytes were zeroed, the states before that see what is written over them. */
			for (u64 i = 0; part.kind != oriel_cut_hole && i < part.length; i++)
				for (auto [from, to] = zeroed_.equal_range(part.physical + i); from != to; ++from)
					values_[from->second].push_back(bytes[i]);
			lower().write(part.physical, bytes.data(), part.length);
			status = oriel_cut_written(cut_, &part);
		}
		if (abandon || status) {
			oriel_cut_abandon(cut_, &part);
			return status;
		}
		if (part.kind == oriel_cut_data)
			return 0;
		grow(part.offset);
		push([&](state &s) {
			s.resize(std::max<u64>(s.size(), part.offset + part.length));
			for (u64 i = 0; i < part.length; i++)
				s[part.offset + i] = fresh(bytes[i]);
		});
		return 0;
	}
	int give_up(const oriel_cut_part *from, const oriel_cut_part *to, int status)
	{
		for (; from != to; from++)
			oriel_cut_abandon(cut_, from);
		return note(status);
	}
	/* Zeros that were a hole and have been copied are bytes of their own now. */
	void own_zeros(state &s)
	{
		oriel_cut_part part;
		for (u64 offset = 0; oriel_cut_look(cut_, offset, ~0ULL, &part, 1); offset += part.length)
			for (u64 i = offset; part.kind == oriel_cut_data && i < offset + part.length; i++)
				if (!s[i])
					s[i] = fresh(0);
	}
	/* The bytes of a range that are data, by where they lie. */
	std::map<u64, u32> places(u64 offset, u64 end)
	{
		std::map<u64, u32> all;
		oriel_cut_part part;
		for (; offset < end && oriel_cut_look(cut_, offset, end - offset, &part, 1); offset += part.length)
			for (u64 i = 0; part.kind == oriel_cut_data && i < part.length; i++)
				all[part.physical + i] = live()[offset + i];
		return all;
	}
	void expect_allocated(u64 offset, u64 end)
	{
		oriel_cut_part part;
		for (; offset < end && oriel_cut_look(cut_, offset, end - offset, &part, 1); offset += part.length)
			if (part.kind == oriel_cut_hole)
				return complain("bytes are not allocated");
	}
	bool matches(const state &s, const std::vector<u8> &content) const
	{
		if (s.size() != content.size())
			return false;
		for (u64 i = 0; i < s.size(); i++)
			if (values_[s[i]].find(content[i]) == std::basic_string<u8>::npos)
				return false;
		return true;
	}
	void forget_older(u64 known, u64 cells)
	{
		for (u64 i = 0; i < cells; i++)
			values_[i].erase(0, values_[i].size() - 1);
		states_.erase(states_.begin(), states_.begin() + static_cast<long>(known));
	}
	/* From now on the file is that state, with those of the possible bytes. */
	void adopt(u64 k, const std::vector<u8> &content)
	{
		state s;
		values_.resize(1);
		zeroed_.clear();
		for (u64 i = 0; i < content.size(); i++)
			s.push_back(states_[k][i] ? fresh(content[i]) : 0);
		if (cut_)
			own_zeros(s);
		states_ = {std::move(s)};
		moved_ = cut_ ? oriel_cut_moved(cut_) : 0;
	}

	u32 limit_;
	std::unique_ptr<okb_lower> lower_;
	oriel_cut *cut_ = nullptr;
	u64 moved_ = 0;
	std::vector<std::basic_string<u8>> values_; /* that a byte may have, of late, the last one now */
	std::multimap<u64, u32> zeroed_; /* by their place in the lower; which of values_ lay there before, since a power failure */
	std::vector<state> states_;      /* from the last durable one to that of now */
};

/* A change at random, of any kind, from `random`'s numbers. */
inline int change_at_random(cut_history &file, u32 what)
{
	std::mt19937 &random = file.random;
	const u64 size = file.size(), offset = size ? random() % size : 0;
	const u64 length = 1 + random() % (random() % 8 ? 300 : 5000);
	switch (what % 16) {
	case 0:
	case 1:
	case 2:
		return file.collapse(offset, length);
	case 3:
	case 4:
		return size > 16000 ? file.collapse(offset, length) : file.insert(offset, length);
	case 5:
		return file.punch(offset, length);
	case 6:
		return file.zero(offset, length, random() % 2);
	case 7:
		return file.allocate(offset, length, random() % 2);
	case 8:
		return file.resize(size > 16000 ? size / 2 : size - size / 8 + random() % 1000);
	case 9:
		return file.compact();
	case 10:
		return file.write(size, length);
	case 11:
		return file.write(size + random() % 3000, length);
	default:
		return file.write(offset, length, 2);
	}
}
