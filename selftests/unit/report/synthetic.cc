// SPDX-License-Identifier: GPL-2.0
#include "synthetic.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace oriel::test {
namespace {

constexpr std::uint64_t second = 1'000'000'000, began = 1'790'000'000 * second;

template <class Result>
void must(const Result &done)
{
	if (done)
		return;
	std::fprintf(stderr, "%s\n", done.failure().message.c_str());
	std::exit(1);
}

oriel_vma_row vma_row(std::uint32_t tgid, const std::string &command, std::uint64_t faults, unsigned hit_percent)
{
	oriel_vma_row row{};
	row.process = {tgid * second, tgid, 0};
	row.thread_id = tgid;
	row.cgroup = tgid % 2 + 1;
	command.copy(row.comm, sizeof(row.comm) - 1);
	std::memcpy(row.thread, row.comm, sizeof(row.comm));
	oriel_vma_counters &c = row.counters;
	c.faults = faults;
	c.faults_write = faults / 2;
	c.faults_anonymous = faults * 2 / 3;
	c.faults_major = faults / 100;
	c.faults_vma_lock = faults * 9 / 10;
	c.lookups = faults * 3 / 2;
	c.gaps = faults / 50;
	c.vma_lock_taken = faults * 9 / 10;
	c.vma_lock_missed = faults / 10;
	for (unsigned i = 0; i < oriel_vma_policies; i++)
		c.hits[i] = c.lookups * (hit_percent + 2 * i) / 100;
	return row;
}

vma_snapshot vma_of(const synthetic &what, unsigned sample)
{
	const std::uint64_t wave = 1000 + 400 * (sample % 12); // as a build has phases
	const auto percent = static_cast<unsigned>(70 - 10 * what.load);
	vma_snapshot counted;
	counted.threads = {vma_row(100, what.first, wave * what.load, percent), vma_row(101, "ld", wave / 3, percent + 5),
			   vma_row(102, "make", wave / 9, percent - 5)};
	for (std::uint32_t i = 0; i < 30; i++)
		counted.threads.push_back(vma_row(200 + i, "sh-" + std::to_string(i), 10 + i, percent));
	return counted;
}

lock_row lock_row_of(const char *lock_class, const char *lock, oriel_lock_kind kind, const std::string &waiter, const char *stack,
		     unsigned slot, std::uint64_t waits)
{
	lock_row row{};
	row.lock_class = lock_class;
	row.lock = lock;
	row.kind = kind;
	const auto tgid = static_cast<std::uint32_t>(100 + slot);
	row.waiter = {tgid, tgid * second, waiter};
	row.space = tgid;
	row.cgroup = 1;
	row.stack = stack;
	row.counters.waits = waits;
	row.counters.total_ns = waits * (std::uint64_t{3} << slot) / 2;
	row.counters.max_ns = (std::uint64_t{2} << slot) - 1;
	row.counters.histogram[slot] = static_cast<std::uint32_t>(waits);
	return row;
}

lock_snapshot locks_of(const synthetic &what, unsigned sample)
{
	const std::uint64_t waits = what.load * (20 + 7 * (sample % 9));
	lock_snapshot counted;
	counted.rows = {
		lock_row_of("page_table", "", oriel_lock_spin, what.first, "asm_exc_page_fault;handle_mm_fault;_raw_spin_lock", 12,
			    waits * 8),
		lock_row_of("mmap_lock", "", oriel_lock_rwsem_read, what.first, "asm_exc_page_fault;do_user_addr_fault;down_read", 20,
			    waits),
		lock_row_of("inode", "ext4_inode_cache", oriel_lock_rwsem_write, "ld", "do_syscall_64;ext4_file_write_iter;down_write", 18,
			    50),
		lock_row_of("static", "pcpu_alloc_mutex", oriel_lock_mutex, "make", "do_syscall_64;pcpu_alloc;mutex_lock", 15, 9),
		lock_row_of("tasklist_lock", "", oriel_lock_rwlock_write, "sh", "do_syscall_64;release_task;_raw_write_lock_irq", 9, 30),
	};
	counted.rows[1].owner = {101, 101 * second, "ld"};
	counted.rows[2].space = counted.rows[3].space = counted.rows[4].space = 0;
	for (const lock_row &row : counted.rows)
		counted.coverage[row.kind].seen += row.counters.waits;
	for (const auto kind : {oriel_lock_spin, oriel_lock_rwsem_read, oriel_lock_rwsem_write, oriel_lock_mutex})
		counted.coverage[kind].entered = counted.coverage[kind].seen * 51 / 50;
	counted.refused[oriel_lock_nested] = sample == 3 ? 2 : 0;
	return counted;
}

} // namespace

void write_synthetic(const std::string &path, const synthetic &what)
{
	const cgroup_tree cgroups({{1, "/system.slice/build.service"}, {2, "/user.slice/user-1000.slice"}});
	const std::vector<program_state> programs{
		{"find_vma_seen", "fexit/find_vma", true, "", 0},
		{"vma_lock_seen", "fexit/lock_vma_under_rcu", false, "this kernel has no such function", 0}};
	auto writer = recording_writer::create(path);
	must(writer);
	recording_facts facts = what.facts;
	facts.insert({{"oriel", "0"}, {"began_by", "oriel record"}, {"command", what.command}, {"policies", "1"}, {"has_real_cache", "0"}});
	must(writer->set_facts(facts));
	if (what.vma) {
		must(writer->add_part(vma_recording_part()));
		must(writer->set_programs(vma_recording_part(), programs, {"lookups by inlined code, from 6.1 on"}));
	}
	if (what.lock) {
		must(writer->add_part(lock_recording_part()));
		must(writer->set_programs(lock_recording_part(), {}, {"time that spinlocks of the scheduler take"}));
	}
	if (what.modules) {
		must(writer->add_part(module_recording_part()));
		must(write_modules(*writer, *what.modules));
	}
	for (unsigned i = 0; i < what.samples; i++) {
		must(writer->begin_sample(began + i * 10 * second, 10 * second));
		if (what.vma)
			must(write_vma(*writer, vma_of(what, i), cgroups));
		if (what.lock)
			must(write_lock(*writer, locks_of(what, i), cgroups));
		must(writer->commit());
	}
}

} // namespace oriel::test
