// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"
#include "error.hpp"
#include "unique_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <utility>

namespace oriel {

// What stands in front of the buffers in a trace.dat: texts of the kernel, as tracefs gives them.
struct trace_dat_head {
	std::string header_page;
	std::string header_event;
	std::vector<std::pair<std::string, std::string>> formats; // system, `format` file
	std::string kallsyms;                                     // may be empty
	std::string saved_cmdlines;
	std::string trace_clock;
	std::string uname;
	std::map<unsigned, std::string> stats; // by processor
};

// The head as bytes: version 6 of the format, see trace-cmd.dat.v6(5). `sizes`: bytes of buffer data for
// each processor, which follow in this order, each from a page boundary on.
std::string encode_head(const trace_dat_head &head, const std::vector<std::uint64_t> &sizes, std::size_t page_bytes);

// Where each processor's data starts, behind a head of so many bytes.
std::vector<std::uint64_t> data_offsets(std::uint64_t head_bytes, const std::vector<std::uint64_t> &sizes, std::size_t page_bytes);

// Writes a trace.dat as the pages come. The file's head tells how much there is of everything, so the
// pages wait in FILE.cpuN until the end; a recorder that was killed leaves these, and trace-cmd-restore(1)
// makes a file of them.
class trace_dat_writer {
public:
	static result<trace_dat_writer> create(const std::filesystem::path &file, std::size_t page_bytes);
	trace_dat_writer(trace_dat_writer &&) = default;
	trace_dat_writer &operator=(trace_dat_writer &&) = delete;
	// Unfinished, it leaves nothing behind.
	~trace_dat_writer();

	result<std::monostate> add_page(unsigned processor, byte_view page);
	// `processors`: how many the machine has, with data or without.
	result<std::monostate> finish(const trace_dat_head &head, unsigned processors);

private:
	struct spool {
		unique_fd fd;
		std::uint64_t bytes = 0;
	};

	trace_dat_writer(std::filesystem::path file, unique_fd fd, std::size_t page_bytes)
	    : file_(std::move(file)), fd_(std::move(fd)), page_bytes_(page_bytes)
	{
	}
	std::filesystem::path spool_path(unsigned processor) const;
	result<std::monostate> append_spool(const spool &from, std::uint64_t offset);
	void remove_spools();

	std::filesystem::path file_;
	unique_fd fd_;
	std::size_t page_bytes_;
	std::map<unsigned, spool> spools_;
	bool finished_ = false;
};

} // namespace oriel
