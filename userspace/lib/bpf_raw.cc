// SPDX-License-Identifier: GPL-2.0
#include "bpf_raw.hpp"

#include "bpf_raw_program.hpp"
#include "file_read.hpp"
#include "tracefs.hpp"

#include <bit>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <system_error>

namespace oriel {
namespace {

constexpr std::string_view tracepoint_prefix = "__tracepoint_", system_prefix = "str__", system_suffix = "__trace_system_name";

// One line of /proc/kallsyms that is a module's: "address type name\t[module]".
struct module_symbol {
	std::string_view name;
	std::string_view module;
};

std::optional<module_symbol> parse_line(std::string_view line)
{
	const auto tab = line.find("\t[");
	const auto space = line.substr(0, tab).rfind(' ');
	if (tab == std::string_view::npos || space == std::string_view::npos || line.back() != ']')
		return std::nullopt;
	return module_symbol{line.substr(space + 1, tab - space - 1), line.substr(tab + 2, line.size() - tab - 3)};
}

error bpf_error(const std::string &what, int number)
{
	const bool denied = number == EPERM || number == EACCES;
	const std::string message = fmt::format("BPF: {}: {}", what, std::generic_category().message(number));
	if (denied)
		return {message, "run as root; a kernel locked down to confidentiality refuses root as well", exit_code::permission};
	return {message, "", number == EINVAL || number == ENOSYS ? exit_code::unsupported : exit_code::failure};
}

} // namespace

std::vector<raw_tracepoint> find_raw_tracepoints(std::string_view kallsyms, const std::function<bool(const raw_tracepoint &)> &has_event)
{
	std::map<std::string, std::set<std::string>> events, systems; // by module
	while (!kallsyms.empty()) {
		const auto end = std::min(kallsyms.find('\n'), kallsyms.size());
		const auto symbol = parse_line(kallsyms.substr(0, end));
		kallsyms.remove_prefix(std::min(end + 1, kallsyms.size()));
		if (!symbol)
			continue;
		std::string_view name = symbol->name;
		if (name.starts_with(tracepoint_prefix))
			events[std::string(symbol->module)].emplace(name.substr(tracepoint_prefix.size()));
		else if (name.starts_with(system_prefix) && name.ends_with(system_suffix) &&
			 name.size() > system_prefix.size() + system_suffix.size())
			systems[std::string(symbol->module)].emplace(
				name.substr(system_prefix.size(), name.size() - system_prefix.size() - system_suffix.size()));
	}
	std::vector<raw_tracepoint> found;
	for (const auto &[module, names] : events) {
		const auto &named = systems[module];
		for (const std::string &event : names) {
			raw_tracepoint point{module, named.size() == 1 ? *named.begin() : module, event};
			if (!has_event(point))
				found.push_back(std::move(point));
		}
	}
	return found;
}

result<std::vector<raw_tracepoint>> find_dropped_tracepoints()
{
	const auto tracefs = find_tracefs();
	if (!tracefs)
		return tracefs.failure();
	const auto symbols = read_text("/proc/kallsyms");
	if (!symbols || symbols->empty())
		return error{"/proc/kallsyms cannot be read", "run as root", exit_code::permission};
	return find_raw_tracepoints(*symbols, [&](const raw_tracepoint &point) {
		std::error_code failed;
		return std::filesystem::exists(*tracefs / "events" / point.system / point.event, failed);
	});
}

struct bpf_raw_recorder::state {
	struct free_ring {
		void operator()(ring_buffer *ring) const { ring_buffer__free(ring); }
	};

	std::vector<raw_tracepoint> points;
	unique_fd ring_fd;
	unique_fd lost_fd;
	std::vector<unique_fd> programs;
	std::vector<unique_fd> links;
	std::unique_ptr<ring_buffer, free_ring> ring;
	const std::function<void(const raw_event &)> *visit = nullptr;

	int take(const void *data, std::size_t size);
};

int bpf_raw_recorder::state::take(const void *data, std::size_t size)
{
	raw_record record{};
	constexpr std::size_t head = offsetof(raw_record, arguments);
	if (size < head || size > sizeof(record))
		return 0;
	std::memcpy(&record, data, size);
	if (record.index >= points.size() || !visit)
		return 0;
	raw_event event{record.time_ns,
			record.processor,
			static_cast<int>(record.pid_tgid & 0xffffffff),
			std::string(record.comm, ::strnlen(record.comm, sizeof(record.comm))),
			&points[record.index],
			{}};
	event.arguments.assign(record.arguments, record.arguments + (size - head) / sizeof(std::uint64_t));
	(*visit)(event);
	return 0;
}

bpf_raw_recorder::bpf_raw_recorder(std::unique_ptr<state> made) : state_(std::move(made)) {}

bpf_raw_recorder::~bpf_raw_recorder() = default;

// How many arguments a tracepoint has, the kernel says only by refusing a program that reads more.
result<std::monostate> bpf_raw_recorder::attach(std::uint32_t index)
{
	const std::string &name = state_->points[index].event;
	int number = EINVAL;
	for (unsigned count = max_raw_arguments + 1; count-- > 0 && number == EINVAL;) {
		const auto code = make_raw_program(state_->ring_fd.get(), state_->lost_fd.get(), index, count);
		unique_fd program(bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "oriel_raw", "GPL", code.data(), code.size(), nullptr));
		if (!program)
			return bpf_error("loading a program", errno);
		unique_fd link(bpf_raw_tracepoint_open(name.c_str(), program.get()));
		number = link ? 0 : errno;
		if (link) {
			state_->programs.push_back(std::move(program));
			state_->links.push_back(std::move(link));
		}
	}
	return number == 0 ? result<std::monostate>(std::monostate{}) : bpf_error(name, number);
}

result<bpf_raw_recorder> bpf_raw_recorder::start(std::vector<raw_tracepoint> points, std::uint32_t buffer_kib)
{
	libbpf_set_print(nullptr);
	constexpr std::uint32_t default_kib = 1024, most_kib = 1u << 20;
	const std::uint32_t bytes = std::bit_ceil(std::min(buffer_kib == 0 ? default_kib : std::max(buffer_kib, 4u), most_kib)) * 1024;
	auto made = std::make_unique<state>();
	made->points = std::move(points);
	made->ring_fd = unique_fd(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "oriel_raw", 0, 0, bytes, nullptr));
	if (!made->ring_fd)
		return bpf_error("making a ring buffer", errno);
	made->lost_fd =
		unique_fd(bpf_map_create(BPF_MAP_TYPE_ARRAY, "oriel_lost", sizeof(std::uint32_t), sizeof(std::uint64_t), 1, nullptr));
	if (!made->lost_fd)
		return bpf_error("making a map", errno);
	made->ring.reset(ring_buffer__new(
		made->ring_fd.get(), [](void *at, void *data, std::size_t size) { return static_cast<state *>(at)->take(data, size); },
		made.get(), nullptr));
	if (!made->ring)
		return bpf_error("mapping a ring buffer", errno);
	bpf_raw_recorder recorder(std::move(made));
	for (std::uint32_t i = 0; i < recorder.state_->points.size(); i++)
		if (const auto attached = recorder.attach(i); !attached)
			return attached.failure();
	return recorder;
}

int bpf_raw_recorder::descriptor() const
{
	return ring_buffer__epoll_fd(state_->ring.get());
}

void bpf_raw_recorder::pump(const std::function<void(const raw_event &)> &visit)
{
	state_->visit = &visit;
	ring_buffer__consume(state_->ring.get());
	state_->visit = nullptr;
}

std::uint64_t bpf_raw_recorder::lost() const
{
	const std::uint32_t key = 0;
	std::uint64_t count = 0;
	bpf_map_lookup_elem(state_->lost_fd.get(), &key, &count);
	return count;
}

} // namespace oriel
