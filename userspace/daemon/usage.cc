// SPDX-License-Identifier: GPL-2.0
#include "usage.hpp"

#include "file_read.hpp"

#include <bpf/bpf.h>
#include <charconv>
#include <sys/resource.h>
#include <unistd.h>

namespace oriel {
namespace {

double seconds(const timeval &time)
{
	return double(time.tv_sec) + double(time.tv_usec) / 1e6;
}

} // namespace

usage::usage(bool programs) : stats_(programs ? bpf_enable_stats(BPF_STATS_RUN_TIME) : -1)
{
	forget({});
}

double usage::own_seconds() const
{
	rusage used{};
	::getrusage(RUSAGE_SELF, &used);
	return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double usage::program_seconds() const
{
	return double(programs_ns_) / 1e9;
}

// A program that was attached anew counts from 0.
std::uint64_t usage::new_program_ns(const std::vector<program_state> &programs)
{
	std::map<std::string, std::uint64_t> now;
	std::uint64_t sum = 0;
	for (const program_state &program : programs) {
		const auto before = programs_before_.find(program.name);
		const bool goes_on = before != programs_before_.end() && before->second <= program.run_time_ns;
		sum += program.run_time_ns - (goes_on ? before->second : 0);
		now[program.name] = program.run_time_ns;
	}
	programs_before_ = std::move(now);
	programs_ns_ += sum;
	return sum;
}

double usage::measure(const std::vector<program_state> &programs)
{
	const auto now = std::chrono::steady_clock::now();
	const double own = own_seconds(), elapsed = std::chrono::duration<double>(now - at_).count();
	const double taken = own - own_before_ + double(new_program_ns(programs)) / 1e9;
	at_ = now;
	own_before_ = own;
	return elapsed > 0 ? 100 * taken / elapsed : 0;
}

void usage::forget(const std::vector<program_state> &programs)
{
	measure(programs);
}

std::uint64_t usage::resident_bytes() const
{
	const std::string text = read_text("/proc/self/statm").value_or("");
	const auto space = text.find(' ');
	std::uint64_t pages = 0;
	if (space != text.npos)
		std::from_chars(text.data() + space + 1, text.data() + text.size(), pages);
	return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace oriel
