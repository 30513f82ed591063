// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "recording.hpp"
#include "vma_counters.hpp"

// What was counted in each sample of a recording, in one query for all of them.
namespace oriel {

// By the sample's number; a sample in which nothing was counted is not there.
result<std::map<std::uint64_t, oriel_vma_counters>> sum_vma_by_sample(recording_reader &reader);

// Time waited by class of lock, ns.
using lock_class_times = std::map<std::string, std::uint64_t>;
result<std::map<std::uint64_t, lock_class_times>> sum_lock_by_sample(recording_reader &reader);

void add(lock_class_times &to, const lock_class_times &from);

} // namespace oriel
