// SPDX-License-Identifier: GPL-2.0
#include "vma_counters.hpp"

#include <algorithm>

namespace oriel {

const std::array<vma_name, oriel_vma_policies> vma_policy_names{{
	{"last", "last lookup of the address space (before 3.15)"},
	{"last_or_largest", "last lookup, else the largest VMA"},
	{"thread1", "last lookup of the thread"},
	{"thread2_page", "2 for each thread, by page"},
	{"thread4_page", "4 for each thread, by page (3.15)"},
	{"thread8_page", "8 for each thread, by page"},
	{"thread16_page", "16 for each thread, by page"},
	{"thread4_pmd", "4 for each thread, by 2 MiB (4.19 to 6.0)"},
	{"thread2_lru", "2 for each thread, true LRU"},
	{"thread4_lru", "4 for each thread, true LRU"},
	{"thread8_lru", "8 for each thread, true LRU"},
	{"thread16_lru", "16 for each thread, true LRU"},
}};

const std::array<vma_name, oriel_vma_refusals> vma_refusal_names{{
	{"no_thread", "a thread, of which nothing is counted"},
	{"no_space", "an address space, whose lookups no cache saw"},
	{"no_process", "a thread that ended, of which nothing is counted"},
	{"no_record", "a record of the stream"},
	{"ending", "what a thread did while it ended"},
}};

const std::vector<vma_counter> &vma_counters()
{
	using c = oriel_vma_counters;
	static const std::vector<vma_counter> list{
		{"lookups", &c::lookups},
		{"gaps", &c::gaps},
		{"unsimulated", &c::unsimulated},
		{"foreign_lookups", &c::foreign},
		{"flushes", &c::flushes},
		{"find_vma", &c::find_vma},
		{"vma_lock_taken", &c::vma_lock_taken},
		{"vma_lock_missed", &c::vma_lock_missed},
		{"faults", &c::faults},
		{"faults_write", &c::faults_write},
		{"faults_instruction", &c::faults_instruction},
		{"faults_remote", &c::faults_remote},
		{"faults_anonymous", &c::faults_anonymous},
		{"faults_major", &c::faults_major},
		{"faults_vma_lock", &c::faults_vma_lock},
		{"faults_retried", &c::faults_retried},
		{"faults_vma_lock_retried", &c::faults_vma_lock_retried},
		{"faults_vma_lock_retried_anonymous", &c::faults_vma_lock_retried_anonymous},
		{"faults_completed", &c::faults_completed},
		{"faults_failed", &c::faults_failed},
		{"real_lookups", &c::real_lookups},
		{"real_hits", &c::real_hits},
		{"real_agreed_pmd", &c::real_agreed_pmd},
		{"real_agreed_page", &c::real_agreed_page},
	};
	return list;
}

std::vector<std::string> vma_number_names()
{
	std::vector<std::string> names;
	for (const vma_counter &counter : vma_counters())
		names.emplace_back(counter.name);
	for (const vma_name &policy : vma_policy_names)
		names.push_back(std::string("hits_") + policy.name);
	return names;
}

std::array<__u64, vma_number_count> to_numbers(const oriel_vma_counters &counters)
{
	std::array<__u64, vma_number_count> numbers;
	auto at = numbers.begin();
	for (const vma_counter &counter : vma_counters())
		*at++ = counters.*counter.member;
	std::copy(std::begin(counters.hits), std::end(counters.hits), at);
	return numbers;
}

oriel_vma_counters from_numbers(const std::array<__u64, vma_number_count> &numbers)
{
	oriel_vma_counters counters;
	auto at = numbers.begin();
	for (const vma_counter &counter : vma_counters())
		counters.*counter.member = *at++;
	std::copy(at, numbers.end(), std::begin(counters.hits));
	return counters;
}

std::uint64_t simulated(const oriel_vma_counters &counters)
{
	return counters.lookups - std::min(counters.lookups, counters.unsimulated);
}

void add(oriel_vma_counters &to, const oriel_vma_counters &from)
{
	auto sum = to_numbers(to);
	const auto numbers = to_numbers(from);
	for (std::size_t i = 0; i < sum.size(); i++)
		sum[i] += numbers[i];
	to = from_numbers(sum);
}

void subtract(oriel_vma_counters &from, const oriel_vma_counters &what)
{
	auto rest = to_numbers(from);
	const auto numbers = to_numbers(what);
	for (std::size_t i = 0; i < rest.size(); i++)
		rest[i] -= std::min(rest[i], numbers[i]);
	from = from_numbers(rest);
}

} // namespace oriel
