// SPDX-License-Identifier: GPL-2.0
#include "marker_record.hpp"

#include "file_read.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <sys/utsname.h>
#include <system_error>

namespace oriel {
namespace {

std::uint64_t now_ns()
{
	timespec now{};
	::clock_gettime(CLOCK_MONOTONIC, &now);
	constexpr std::uint64_t second_ns = 1'000'000'000;
	return static_cast<std::uint64_t>(now.tv_sec) * second_ns + static_cast<std::uint64_t>(now.tv_nsec);
}

std::string uname_text()
{
	utsname name{};
	::uname(&name);
	return fmt::format("{} {} {} {}", name.sysname, name.nodename, name.release, name.machine);
}

// Whether an event prints addresses as names.
bool prints_symbols(std::string_view format)
{
	for (const std::string_view conversion : {"%pS", "%ps", "%pF", "%pf", "%pB"})
		if (format.find(conversion) != std::string_view::npos)
			return true;
	return false;
}

} // namespace

/* ---- start ---- */

result<marker_recorder> marker_recorder::start(const record_request &request, record_sink &sink)
{
	auto client = netlink_client::connect();
	if (!client)
		return client.failure();
	auto news = netlink_client::connect();
	if (!news)
		return news.failure();
	auto control = device::open();
	if (!control)
		return control.failure();
	auto tracefs = find_tracefs();
	if (!tracefs)
		return tracefs.failure();
	auto instance = trace_instance::create(*tracefs, request.buffer_kib);
	if (!instance)
		return instance.failure();
	marker_recorder recorder(request, *tracefs, std::move(*client), std::move(*news), std::move(*control), std::move(*instance));
	if (const auto opened = recorder.open_sources(); !opened)
		return opened.failure();
	// Before anything is looked at: what loads from here on is heard of.
	if (const auto joined = recorder.news_.join(ORIEL_GROUP_MODULES); !joined)
		return joined.failure();
	if (const auto told = recorder.tell_who_else_arms(sink); !told)
		return told.failure();
	for (const std::string &pattern : request.patterns) {
		const auto armed = arm_markers(recorder.control_, recorder.client_, {pattern, request.filter, request.per_second, false});
		if (!armed)
			return armed.failure();
		if (armed->passed_over)
			sink.notice(not_all_armed(*armed));
	}
	const auto counters = recorder.read_counters();
	if (!counters)
		return counters.failure();
	recorder.before_ = *counters;
	if (const auto attached = recorder.attach(sink); !attached)
		return attached.failure();
	return recorder;
}

// An event that any arm lets through is written to all who record it.
result<std::monostate> marker_recorder::tell_who_else_arms(record_sink &sink)
{
	if (request_.per_second == 0)
		return std::monostate{};
	const auto found = read_inventory(client_, request_.patterns);
	if (!found)
		return found.failure();
	for (const marker_message &marker : found->markers)
		if (marker.armed)
			sink.notice(fmt::format("{} is armed already: what that arm lets through comes as well, whatever the rate limit",
						full_name(marker)));
	return std::monostate{};
}

result<std::monostate> marker_recorder::open_sources()
{
	page_bytes_ = parse_page_bytes(read_text(tracefs_ / "events/header_page").value_or("")).value_or(0);
	if (page_bytes_ == 0)
		return error{"the kernel's description of its trace pages cannot be read", "", exit_code::unsupported};
	for (const unsigned processor : instance_.processors()) {
		const auto path = instance_.dir() / "per_cpu" / fmt::format("cpu{}", processor) / "trace_pipe_raw";
		unique_fd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
		if (!fd)
			return error{fmt::format("{}: {}", path.string(), std::generic_category().message(errno))};
		sources_.push_back({processor, std::move(fd)});
	}
	if (request_.trace_dat.empty())
		return std::monostate{};
	auto file = trace_dat_writer::create(request_.trace_dat, page_bytes_);
	if (!file)
		return file.failure();
	file_.emplace(std::move(*file));
	return std::monostate{};
}

/* ---- taking in what there is ---- */

result<std::monostate> marker_recorder::attach(record_sink &sink)
{
	const auto found = read_inventory(client_, request_.patterns);
	if (!found)
		return found.failure();
	for (const marker_message &marker : found->markers)
		if (marker.has_event)
			if (const auto done = enable(marker.subsystem, marker.event); !done)
				return done.failure();
	for (const tainted_event &event : found->events) {
		if (event.standing == event_standing::dropped && !wake(event, sink))
			continue;
		if (event.standing == event_standing::untrusted && told_.insert(event.module).second)
			sink.notice(fmt::format("{}: a trace event stays dropped: {}; --bpf shows its arguments all the same", event.module,
						event.reason));
		if (event.standing == event_standing::untrusted)
			continue;
		if (const auto done = enable(event.system, event.event); !done)
			return done.failure();
		if (request_.per_second != 0 && told_.insert("rate").second)
			sink.notice(fmt::format("the rate limit holds for markers, not for trace events of modules such as {}",
						event.full_name()));
	}
	return std::monostate{};
}

// False, and said once, if it stays dropped. Its module may come again, and then it may not.
bool marker_recorder::wake(const tainted_event &event, record_sink &sink)
{
	const auto woken = control_.wake(event.module, event.full_name());
	if (!woken && told_.insert(event.full_name()).second)
		sink.notice(fmt::format("{} stays dropped: {}", event.full_name(), woken.failure().message));
	return static_cast<bool>(woken);
}

result<std::monostate> marker_recorder::enable(const std::string &system, const std::string &event)
{
	if (instance_.is_enabled(system, event))
		return std::monostate{};
	const auto text = read_text(instance_.event_dir(system, event) / "format");
	if (!text) // its module has gone meanwhile
		return std::monostate{};
	if (formats_.emplace(*text, system).second)
		if (const auto added = decoder_.add_format(system, *text + '\n'); !added)
			return added.failure();
	if (const auto done = instance_.enable(system, event, request_.filter); !done)
		return done.failure();
	enabled_.insert(system + ":" + event);
	return std::monostate{};
}

/* ---- reading ---- */

std::vector<int> marker_recorder::descriptors() const
{
	std::vector<int> list{news_.descriptor()};
	for (const source &from : sources_)
		list.push_back(from.fd.get());
	return list;
}

result<std::monostate> marker_recorder::pump(record_sink &sink)
{
	std::uint64_t unheard = 0;
	const auto loaded = news_.receive<module_message>(unheard);
	if (!loaded)
		return loaded.failure();
	if (!loaded->empty() || unheard != 0)
		// A module that comes while others are recorded must not end the recording.
		if (const auto attached = attach(sink); !attached && told_.insert(attached.failure().message).second)
			sink.notice(attached.failure().message);
	// What was written before this moment is in the buffers; what is younger waits, so that the order of
	// time holds across processors.
	std::uint64_t horizon_ns = now_ns();
	constexpr unsigned most_pages = 1024; // bounds what is held in memory
	for (source &from : sources_) {
		const auto emptied = read_pages(from, most_pages, sink);
		if (!emptied)
			return emptied.failure();
		if (!*emptied)
			horizon_ns = std::min(horizon_ns, from.last_ns);
	}
	hand_on(horizon_ns, sink);
	return std::monostate{};
}

// True if nothing is left.
result<bool> marker_recorder::read_pages(source &from, unsigned most_pages, record_sink &sink)
{
	bytes page(page_bytes_);
	while (most_pages != 0) {
		const ssize_t got = ::read(from.fd.get(), page.data(), page.size());
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return true;
		if (const auto taken = take_page(from, page, sink); !taken)
			return taken.failure();
		most_pages--;
	}
	return false;
}

result<std::monostate> marker_recorder::take_page(source &from, byte_view page, record_sink &sink)
{
	missed_events missed;
	const bool sound = read_ring_page(
		page,
		[&](std::uint64_t time_ns, byte_view record) {
			held_.push_back({time_ns, from.processor, bytes(record.begin(), record.end())});
			from.last_ns = time_ns;
			summary_.in_file += file_.has_value();
		},
		missed);
	if (missed.any)
		sink.missed(from.processor, missed);
	if (!sound)
		return error{fmt::format("a page of processor {} cannot be read", from.processor)};
	return file_ ? file_->add_page(from.processor, page) : std::monostate{};
}

// Names come late: the kernel saves them when an event is written, and the thread may have gone since.
void marker_recorder::learn_names(const std::vector<held_record> &records)
{
	decoder_.add_names(read_text(tracefs_ / "saved_cmdlines").value_or(""));
	for (const held_record &held : records) {
		const auto head = decoder_.head(held.record);
		if (!head || head->pid <= 0 || decoder_.knows_name(head->pid))
			continue;
		if (const auto name = read_text(fmt::format("/proc/{}/comm", head->pid)))
			decoder_.add_name(head->pid, *name);
	}
}

void marker_recorder::name_process(pid_t process, const std::string &name)
{
	if (!name.empty())
		decoder_.add_name(process, name);
}

void marker_recorder::hand_on(std::uint64_t before_ns, record_sink &sink)
{
	const auto by_time = [](const held_record &a, const held_record &b) { return a.time_ns < b.time_ns; };
	std::stable_sort(held_.begin(), held_.end(), by_time);
	const auto end =
		std::partition_point(held_.begin(), held_.end(), [&](const held_record &held) { return held.time_ns < before_ns; });
	std::vector<held_record> ready(std::make_move_iterator(held_.begin()), std::make_move_iterator(end));
	held_.erase(held_.begin(), end);
	if (!ready.empty())
		learn_names(ready);
	for (const held_record &held : ready) {
		const auto head = decoder_.head(held.record);
		if (!head || sink.is_full())
			continue;
		summary_.events++;
		sink.event(decoder_, {held.time_ns, held.processor, *head, held.record});
	}
}

/* ---- end ---- */

result<record_summary> marker_recorder::finish(record_sink &sink)
{
	instance_.disable_all();
	for (source &from : sources_)
		if (const auto emptied = read_pages(from, std::numeric_limits<unsigned>::max(), sink); !emptied)
			return emptied.failure();
	hand_on(std::numeric_limits<std::uint64_t>::max(), sink);
	std::uint64_t overrun = 0, refused = 0;
	for (const source &from : sources_) {
		const buffer_counts counts = parse_buffer_stats(instance_.stats_text(from.processor));
		overrun += counts.overrun;
		refused += counts.commit_overrun + counts.dropped;
	}
	if (const auto after = read_counters()) {
		summary_.filtered = after->filtered - before_.filtered;
		summary_.limited = after->limited - before_.limited;
		// What the buffer refused, the marker has counted too.
		refused = std::max(refused, after->lost - before_.lost);
	}
	summary_.lost = overrun + refused;
	if (file_)
		if (const auto written = write_trace_dat(); !written)
			return written.failure();
	return summary_;
}

result<marker_recorder::turned_away> marker_recorder::read_counters()
{
	const auto found = read_inventory(client_, request_.patterns);
	if (!found)
		return found.failure();
	turned_away sum;
	for (const marker_message &marker : found->markers) {
		sum.filtered += marker.filtered;
		sum.limited += marker.limited;
		sum.lost += marker.lost;
	}
	return sum;
}

result<std::monostate> marker_recorder::write_trace_dat()
{
	trace_dat_head head;
	head.header_page = read_text(tracefs_ / "events/header_page").value_or("") + '\n';
	head.header_event = read_text(tracefs_ / "events/header_event").value_or("") + '\n';
	bool wants_symbols = false;
	for (const auto &[text, system] : formats_) {
		head.formats.emplace_back(system, text + '\n');
		wants_symbols = wants_symbols || prints_symbols(text);
	}
	if (wants_symbols)
		head.kallsyms = read_text("/proc/kallsyms").value_or("") + '\n';
	head.saved_cmdlines = decoder_.names() + '\n';
	head.trace_clock = read_text(instance_.dir() / "trace_clock").value_or("");
	head.uname = uname_text();
	unsigned processors = 0;
	for (const source &from : sources_) {
		head.stats[from.processor] = instance_.stats_text(from.processor);
		processors = std::max(processors, from.processor + 1);
	}
	return file_->finish(head, processors);
}

} // namespace oriel
