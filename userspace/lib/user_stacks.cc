// SPDX-License-Identifier: GPL-2.0
#include "user_stacks.hpp"

#include <algorithm>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cerrno>
#include <charconv>
#include <cinttypes>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <linux/perf_event.h>
#include <system_error>

namespace oriel {
namespace {

constexpr std::size_t ring_pages = 64; // for each processor

// As the kernel writes them; behind each stands when it was, as sample_id_all asks for.
struct mapped {
	std::uint32_t process, thread;
	std::uint64_t start, length, offset;
	std::uint32_t major, minor;
	std::uint64_t inode, generation;
	std::uint32_t protection, flags;
	char path[];
};

struct forked {
	std::uint32_t process, parent, thread, parent_thread;
};

struct named {
	std::uint32_t process, thread;
};

std::uint64_t time_of(const std::vector<std::byte> &record)
{
	std::uint64_t time = 0;
	std::memcpy(&time, record.data() + record.size() - sizeof(time), sizeof(time));
	return time;
}

} // namespace

struct user_stacks::source {
	struct free_buffer {
		void operator()(perf_buffer *buffer) const { perf_buffer__free(buffer); }
	};

	unique_fd map; // libbpf wants one, for programs to write to; none does
	std::unique_ptr<perf_buffer, free_buffer> buffer;
	std::vector<std::vector<std::byte>> records;
	std::uint64_t lost = 0;

	bpf_perf_event_ret take(perf_event_header *event)
	{
		const auto *start = reinterpret_cast<const std::byte *>(event);
		if (event->type == PERF_RECORD_LOST && event->size >= sizeof(*event) + 2 * sizeof(std::uint64_t)) {
			std::uint64_t count = 0;
			std::memcpy(&count, start + sizeof(*event) + sizeof(std::uint64_t), sizeof(count));
			lost += count;
		} else if (event->size >= sizeof(*event) + sizeof(std::uint64_t)) {
			records.emplace_back(start, start + event->size);
		}
		return LIBBPF_PERF_EVENT_CONT;
	}
};

user_stacks::user_stacks(std::unique_ptr<source> from) : source_(std::move(from)) {}

user_stacks::user_stacks(user_stacks &&) noexcept = default;

user_stacks::~user_stacks() = default;

result<user_stacks> user_stacks::open(pid_t process)
{
	auto from = std::make_unique<source>();
	from->map = unique_fd(bpf_map_create(BPF_MAP_TYPE_PERF_EVENT_ARRAY, "oriel_mappings", sizeof(int), sizeof(int),
					     static_cast<std::uint32_t>(std::max(libbpf_num_possible_cpus(), 1)), nullptr));
	perf_event_attr wanted{};
	wanted.size = sizeof(wanted);
	wanted.type = PERF_TYPE_SOFTWARE;
	wanted.config = PERF_COUNT_SW_DUMMY;
	wanted.mmap = wanted.mmap2 = wanted.comm = wanted.comm_exec = wanted.task = 1;
	wanted.sample_id_all = 1;
	wanted.sample_type = PERF_SAMPLE_TIME;
	wanted.watermark = 1;
	wanted.wakeup_watermark = ring_pages * 4096 / 4;
	const auto take = [](void *at, int, perf_event_header *event) { return static_cast<source *>(at)->take(event); };
	if (from->map)
		from->buffer.reset(perf_buffer__new_raw(from->map.get(), ring_pages, &wanted, take, from.get(), nullptr));
	if (!from->buffer)
		return error{fmt::format("the kernel does not tell of mappings: {}", std::generic_category().message(errno)),
			     "leave out --user-stacks", exit_code::unsupported};
	user_stacks made(std::move(from));
	if (process != 0) {
		made.read_mappings(static_cast<std::uint32_t>(process));
		return made;
	}
	std::error_code failed;
	for (const auto &entry : std::filesystem::directory_iterator("/proc", failed)) {
		const std::string name = entry.path().filename();
		std::uint32_t number = 0;
		if (std::from_chars(name.data(), name.data() + name.size(), number).ptr == name.data() + name.size())
			made.read_mappings(number);
	}
	return made;
}

int user_stacks::descriptor() const
{
	return perf_buffer__epoll_fd(source_->buffer.get());
}

std::uint64_t user_stacks::lost() const
{
	return source_->lost;
}

// Of a process that was there before.
void user_stacks::read_mappings(std::uint32_t number)
{
	std::ifstream file(fmt::format("/proc/{}/maps", number));
	std::vector<mapping> found;
	for (std::string line; std::getline(file, line);) {
		mapping one{};
		char rights[5] = "";
		int path = 0;
		if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %" SCNu64 " %n", &one.start, &one.end, rights,
				&one.offset, &one.inode, &path) != 5 ||
		    rights[2] != 'x')
			continue;
		one.path = line.substr(static_cast<std::size_t>(path));
		found.push_back(std::move(one));
	}
	if (!found.empty())
		processes_[number].mappings = std::move(found);
}

void user_stacks::apply(const perf_event_header &record)
{
	const auto *body = reinterpret_cast<const std::byte *>(&record + 1);
	const std::size_t size = record.size - sizeof(record);
	if (record.type == PERF_RECORD_MMAP2 && size > sizeof(mapped) + sizeof(std::uint64_t)) {
		mapped map{};
		std::memcpy(&map, body, sizeof(map));
		const char *path = reinterpret_cast<const char *>(body) + sizeof(map);
		const std::string text(path, ::strnlen(path, size - sizeof(map) - sizeof(std::uint64_t)));
		mapping made{map.start, map.start + map.length, map.offset, map.inode, text};
		auto &mappings = processes_[map.process].mappings;
		std::erase_if(mappings, [&](const mapping &old) { return old.start >= made.start && old.end <= made.end; });
		mappings.push_back(std::move(made));
	} else if (record.type == PERF_RECORD_COMM && size >= sizeof(named) && record.misc & PERF_RECORD_MISC_COMM_EXEC) {
		named who{};
		std::memcpy(&who, body, sizeof(who));
		processes_[who.process] = {};
	} else if ((record.type == PERF_RECORD_FORK || record.type == PERF_RECORD_EXIT) && size >= sizeof(forked)) {
		forked who{};
		std::memcpy(&who, body, sizeof(who));
		if (record.type == PERF_RECORD_FORK && who.process != who.parent)
			processes_[who.process] = {processes_[who.parent].mappings, 0};
		else if (record.type == PERF_RECORD_EXIT && who.process == who.thread)
			processes_[who.process].ended = 1;
	}
}

void user_stacks::pump()
{
	perf_buffer__consume(source_->buffer.get());
	// Each processor has told in order.
	auto records = std::exchange(source_->records, {});
	std::stable_sort(records.begin(), records.end(), [](const auto &a, const auto &b) { return time_of(a) < time_of(b); });
	for (const auto &record : records)
		apply(*reinterpret_cast<const perf_event_header *>(record.data()));
}

void user_stacks::forget_ended()
{
	// The first thread may end before the others: then the number is still there.
	std::erase_if(processes_, [](const auto &one) {
		return one.second.ended > 2 && ::kill(static_cast<pid_t>(one.first), 0) != 0 && errno == ESRCH;
	});
	for (auto &[number, one] : processes_)
		if (one.ended != 0 && one.ended <= 2)
			one.ended++;
}

std::string user_stacks::name_of(const process &in, std::uint32_t number, std::uint64_t address)
{
	const auto at = std::find_if(in.mappings.rbegin(), in.mappings.rend(),
				     [&](const mapping &m) { return address >= m.start && address < m.end; });
	if (at == in.mappings.rend())
		return "[unknown]";
	const std::uint64_t offset = address - at->start + at->offset;
	auto file = files_.find({at->path, at->inode});
	if (file == files_.end()) {
		constexpr std::size_t most_files = 1024; // what is used is read again
		if (files_.size() >= most_files)
			files_.clear();
		// As the process sees it, while it lives.
		user_symbols found = user_symbols::load(fmt::format("/proc/{}/root{}", number, at->path), at->inode);
		if (found.is_empty())
			found = user_symbols::load(at->path, at->inode);
		file = files_.emplace(std::pair(at->path, at->inode), std::move(found)).first;
	}
	const std::string name = file->second.name_at(offset);
	const auto slash = at->path.rfind('/');
	const std::string base = slash == std::string::npos ? at->path : at->path.substr(slash + 1);
	return name.empty() ? fmt::format("{}+{:#x}", base.empty() ? "[anonymous]" : base, offset) : name;
}

std::string user_stacks::name(std::uint32_t number, std::span<const std::uint64_t> frames)
{
	const auto in = processes_.find(number);
	std::string stack;
	for (const std::uint64_t frame : frames) {
		if (frame == 0)
			break;
		// All but the innermost are where a call returns to, which may be behind the end of its function.
		const std::uint64_t address = stack.empty() ? frame : frame - 1;
		std::string name = in == processes_.end() ? "[unknown]" : name_of(in->second, number, address);
		std::replace_if(
			name.begin(), name.end(), [](char c) { return c == ';' || c == '\n'; }, ':');
		stack.insert(0, name + (stack.empty() ? "" : ";"));
	}
	return stack;
}

} // namespace oriel
