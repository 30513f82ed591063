// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"
#include "error.hpp"

#include <cstdio>
#include <functional>
#include <memory>
#include <vma_cache.h>

namespace oriel {

// A file of oriel_vma_record: a header of 16 bytes ("ORIELVMA", the version and the size of a record, each 32 bits of this machine), then the
// records.
class vma_stream_writer {
public:
	static result<vma_stream_writer> create(const std::string &path);

	// Failures, a full disk for one, are told by finish().
	void add(const oriel_vma_record &record);
	result<std::monostate> finish();

private:
	struct close_file {
		void operator()(std::FILE *file) const { std::fclose(file); }
	};
	vma_stream_writer(std::unique_ptr<std::FILE, close_file> file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

	std::unique_ptr<std::FILE, close_file> file_;
	std::string path_;
	bool failed_ = false;
};

// Calls `visit` for each record of what such a file holds. Fails where it is none, is of another version, or ends within a record: then the
// whole ones before were visited.
result<std::monostate> read_vma_stream(byte_view content, const std::function<void(const oriel_vma_record &)> &visit);

} // namespace oriel
