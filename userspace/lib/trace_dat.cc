// SPDX-License-Identifier: GPL-2.0
#include "trace_dat.hpp"

#include "companion_abi.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <system_error>

namespace oriel {
namespace {

// Of trace-cmd's list of options.
constexpr std::uint16_t option_cpustat = 2, option_traceclock = 4, option_uname = 5, option_version = 9;

template <class Number>
void put(std::string &out, Number value)
{
	out.append(reinterpret_cast<const char *>(&value), sizeof(value));
}

void put_text(std::string &out, const std::string &text)
{
	out += text;
	out += '\0';
}

// A text with its size in front.
template <class Size>
void put_sized(std::string &out, const std::string &text)
{
	put(out, static_cast<Size>(text.size()));
	out += text;
}

void put_option(std::string &out, std::uint16_t number, const std::string &text)
{
	put(out, number);
	put_sized<std::uint32_t>(out, text + '\0');
}

void put_formats(std::string &out, const std::vector<std::pair<std::string, std::string>> &formats)
{
	std::map<std::string, std::vector<const std::string *>> systems;
	for (const auto &[system, text] : formats)
		systems[system].push_back(&text);
	put(out, static_cast<std::uint32_t>(systems.size()));
	for (const auto &[system, texts] : systems) {
		put_text(out, system);
		put(out, static_cast<std::uint32_t>(texts.size()));
		for (const std::string *text : texts)
			put_sized<std::uint64_t>(out, *text);
	}
}

void put_options(std::string &out, const trace_dat_head &head)
{
	out.append("options  ", 10);
	for (const auto &[processor, text] : head.stats)
		put_option(out, option_cpustat, fmt::format("CPU: {}\n{}\n", processor, text));
	put_option(out, option_traceclock, head.trace_clock);
	put_option(out, option_uname, head.uname);
	put_option(out, option_version, fmt::format("oriel {}", companion_version()));
	put(out, std::uint16_t{0});
}

std::uint64_t round_up(std::uint64_t value, std::uint64_t unit)
{
	return (value + unit - 1) / unit * unit;
}

error file_error(const std::filesystem::path &file, int number)
{
	const bool denied = number == EACCES || number == EPERM;
	return {fmt::format("{}: {}", file.string(), std::generic_category().message(number)), "",
		denied ? exit_code::permission : exit_code::failure};
}

bool write_all(int fd, const void *data, std::size_t size, std::uint64_t offset)
{
	const char *at = static_cast<const char *>(data);
	while (size != 0) {
		const ssize_t done = ::pwrite(fd, at, size, static_cast<off_t>(offset));
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		at += done;
		size -= static_cast<std::size_t>(done);
		offset += static_cast<std::uint64_t>(done);
	}
	return true;
}

} // namespace

std::vector<std::uint64_t> data_offsets(std::uint64_t head_bytes, const std::vector<std::uint64_t> &sizes, std::size_t page_bytes)
{
	std::vector<std::uint64_t> offsets;
	std::uint64_t next = round_up(head_bytes, page_bytes);
	for (const std::uint64_t size : sizes) {
		offsets.push_back(next);
		next = round_up(next + size, page_bytes);
	}
	return offsets;
}

std::string encode_head(const trace_dat_head &head, const std::vector<std::uint64_t> &sizes, std::size_t page_bytes)
{
	std::string out("\x17\x08\x44tracing6\0", 12);
	put(out, std::uint8_t{0}); // little endian
	put(out, static_cast<std::uint8_t>(sizeof(long)));
	put(out, static_cast<std::uint32_t>(page_bytes));
	put_text(out, "header_page");
	put_sized<std::uint64_t>(out, head.header_page);
	put_text(out, "header_event");
	put_sized<std::uint64_t>(out, head.header_event);
	put(out, std::uint32_t{0}); // no events of ftrace's own are recorded
	put_formats(out, head.formats);
	put_sized<std::uint32_t>(out, head.kallsyms);
	put_sized<std::uint32_t>(out, std::string()); // nor formats of trace_printk()
	put_sized<std::uint64_t>(out, head.saved_cmdlines);
	put(out, static_cast<std::uint32_t>(sizes.size()));
	put_options(out, head);
	out.append("flyrecord", 10);
	const std::size_t index_bytes = 2 * sizeof(std::uint64_t) * sizes.size();
	const auto offsets = data_offsets(out.size() + index_bytes, sizes, page_bytes);
	for (std::size_t i = 0; i < sizes.size(); i++) {
		put(out, offsets[i]);
		put(out, sizes[i]);
	}
	return out;
}

result<trace_dat_writer> trace_dat_writer::create(const std::filesystem::path &file, std::size_t page_bytes)
{
	constexpr mode_t for_owner_only = 0600;
	unique_fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, for_owner_only));
	if (!fd)
		return file_error(file, errno);
	return trace_dat_writer(file, std::move(fd), page_bytes);
}

trace_dat_writer::~trace_dat_writer()
{
	if (!fd_) // moved from
		return;
	remove_spools();
	if (!finished_)
		::unlink(file_.c_str());
}

std::filesystem::path trace_dat_writer::spool_path(unsigned processor) const
{
	return file_.string() + ".cpu" + std::to_string(processor);
}

void trace_dat_writer::remove_spools()
{
	for (const auto &[processor, kept] : spools_)
		::unlink(spool_path(processor).c_str());
	spools_.clear();
}

result<std::monostate> trace_dat_writer::add_page(unsigned processor, byte_view page)
{
	spool &to = spools_[processor];
	const auto path = spool_path(processor);
	constexpr mode_t for_owner_only = 0600;
	if (!to.fd)
		to.fd = unique_fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, for_owner_only));
	if (!to.fd || !write_all(to.fd.get(), page.data(), page.size(), to.bytes))
		return file_error(path, errno);
	to.bytes += page.size();
	return std::monostate{};
}

result<std::monostate> trace_dat_writer::append_spool(const spool &from, std::uint64_t offset)
{
	constexpr std::size_t chunk_bytes = 1 << 20;
	bytes chunk(chunk_bytes);
	for (std::uint64_t at = 0; at < from.bytes;) {
		const ssize_t got = ::pread(from.fd.get(), chunk.data(), chunk.size(), static_cast<off_t>(at));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || !write_all(fd_.get(), chunk.data(), static_cast<std::size_t>(got), offset + at))
			return file_error(file_, errno);
		at += static_cast<std::uint64_t>(got);
	}
	return std::monostate{};
}

result<std::monostate> trace_dat_writer::finish(const trace_dat_head &head, unsigned processors)
{
	std::vector<std::uint64_t> sizes(processors, 0);
	for (const auto &[processor, kept] : spools_) {
		sizes.resize(std::max<std::size_t>(sizes.size(), processor + 1), 0);
		sizes[processor] = kept.bytes;
	}
	const std::string encoded = encode_head(head, sizes, page_bytes_);
	const auto offsets = data_offsets(encoded.size(), sizes, page_bytes_);
	if (!write_all(fd_.get(), encoded.data(), encoded.size(), 0))
		return file_error(file_, errno);
	for (const auto &[processor, kept] : spools_)
		if (const auto done = append_spool(kept, offsets[processor]); !done)
			return done.failure();
	finished_ = true;
	return std::monostate{};
}

} // namespace oriel
