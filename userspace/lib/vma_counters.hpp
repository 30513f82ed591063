// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>
#include <vma_cache.h>

namespace oriel {

// The caches that are simulated, by their names in JSON and in words; in the order of enum oriel_vma_policy.
struct vma_name {
	const char *name;
	const char *words;
};
extern const std::array<vma_name, oriel_vma_policies> vma_policy_names;

// In the order of enum oriel_vma_refusal: in JSON and recordings, and what there was no room for.
extern const std::array<vma_name, oriel_vma_refusals> vma_refusal_names;

// The counters, but for the hits, by their names in JSON and in recordings.
struct vma_counter {
	const char *name;
	__u64 oriel_vma_counters::*member;
};
const std::vector<vma_counter> &vma_counters();

// All of them as numbers, the hits last.
constexpr std::size_t vma_number_count = sizeof(oriel_vma_counters) / sizeof(__u64);
std::vector<std::string> vma_number_names();
std::array<__u64, vma_number_count> to_numbers(const oriel_vma_counters &counters);
oriel_vma_counters from_numbers(const std::array<__u64, vma_number_count> &numbers);

// The lookups that the simulated caches saw: what hit rates are of.
std::uint64_t simulated(const oriel_vma_counters &counters);

void add(oriel_vma_counters &to, const oriel_vma_counters &from);
// No number falls below 0.
void subtract(oriel_vma_counters &from, const oriel_vma_counters &what);

} // namespace oriel
