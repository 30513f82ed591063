// SPDX-License-Identifier: GPL-2.0
#include "vma_model.hpp"

#include <algorithm>

namespace oriel {
namespace {

constexpr unsigned page_shift = 12, pmd_shift = 21;

} // namespace

bool vma_model::cache::look(std::uint64_t vma, std::uint64_t number, bool inside)
{
	const bool hit = inside && std::find(slots.begin(), slots.end(), vma) != slots.end();
	if (!hit)
		slots[number % slots.size()] = vma;
	return hit;
}

bool vma_model::cache::look_recent(std::uint64_t vma, bool inside)
{
	const auto found = std::find(slots.begin(), slots.end(), vma);
	const bool hit = inside && found != slots.end();
	// To the front; where it was not there, the oldest goes.
	std::rotate(slots.begin(), found == slots.end() ? slots.end() - 1 : found, found == slots.end() ? slots.end() : found + 1);
	slots.front() = vma;
	return hit;
}

void vma_model::thread::empty()
{
	static constexpr std::array<std::size_t, oriel_vma_policies> sizes = [] {
		std::array<std::size_t, oriel_vma_policies> s{};
		s[oriel_vma_thread1] = 1;
		s[oriel_vma_thread2_page] = 2;
		s[oriel_vma_thread2_lru] = 2;
		s[oriel_vma_thread4_page] = s[oriel_vma_thread4_pmd] = s[oriel_vma_thread4_lru] = 4;
		s[oriel_vma_thread8_page] = s[oriel_vma_thread8_lru] = 8;
		s[oriel_vma_thread16_page] = s[oriel_vma_thread16_lru] = 16;
		return s;
	}();
	for (std::size_t i = 0; i < caches.size(); i++)
		caches[i].slots.assign(sizes[i], 0);
}

std::uint16_t vma_model::look_up(const oriel_vma_record &record)
{
	space &of_space = spaces_[record.mm];
	if (of_space.sequence != record.space_sequence) {
		of_space.sequence = record.space_sequence;
		of_space.last = 0;
	}
	if (record.vma == 0)
		return 0;
	const auto [at, is_new] = threads_.try_emplace(record.tid);
	thread &of_thread = at->second;
	if (is_new || of_thread.mm != record.mm || of_thread.sequence != record.sequence) {
		of_thread.mm = record.mm;
		of_thread.sequence = record.sequence;
		of_thread.empty();
	}
	const bool inside = record.start <= record.address;
	const std::uint64_t page = record.address >> page_shift, pmd = record.address >> pmd_shift;
	std::array<bool, oriel_vma_policies> hit{};
	hit[oriel_vma_last] = inside && of_space.last == record.vma;
	hit[oriel_vma_last_or_largest] = inside && (of_space.last == record.vma || of_space.largest == record.vma);
	of_space.last = record.vma;
	if (of_space.largest != record.vma && record.end - record.start > of_space.largest_bytes) {
		of_space.largest = record.vma;
		of_space.largest_bytes = record.end - record.start;
	}
	auto &caches = of_thread.caches;
	// One slot takes whatever was looked up last, hit or not.
	hit[oriel_vma_thread1] = inside && caches[oriel_vma_thread1].slots[0] == record.vma;
	caches[oriel_vma_thread1].slots[0] = record.vma;
	for (const auto policy : {oriel_vma_thread2_page, oriel_vma_thread4_page, oriel_vma_thread8_page, oriel_vma_thread16_page})
		hit[policy] = caches[policy].look(record.vma, page, inside);
	hit[oriel_vma_thread4_pmd] = caches[oriel_vma_thread4_pmd].look(record.vma, pmd, inside);
	for (const auto policy : {oriel_vma_thread2_lru, oriel_vma_thread4_lru, oriel_vma_thread8_lru, oriel_vma_thread16_lru})
		hit[policy] = caches[policy].look_recent(record.vma, inside);
	std::uint16_t bits = 0;
	for (std::size_t i = 0; i < hit.size(); i++)
		bits = static_cast<std::uint16_t>(bits | hit[i] << i);
	return bits;
}

std::uint16_t vma_model::take(const oriel_vma_record &record)
{
	switch (record.kind) {
	case oriel_vma_record_lookup: {
		const std::uint16_t bits = look_up(record);
		lookups_++;
		for (std::size_t i = 0; i < hits_.size(); i++)
			hits_[i] += bits >> i & 1;
		return bits;
	}
	case oriel_vma_record_freed: {
		space &of_space = spaces_[record.mm];
		if (of_space.largest == record.vma)
			of_space.largest = of_space.largest_bytes = 0;
		return 0;
	}
	case oriel_vma_record_space:
		spaces_.erase(record.mm);
		return 0;
	default:
		return 0;
	}
}

} // namespace oriel
