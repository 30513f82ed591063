// SPDX-License-Identifier: GPL-2.0
#include "vma_stream.hpp"

#include "file_write.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <system_error>

namespace oriel {
namespace {

struct header {
	char magic[8];
	std::uint32_t version;
	std::uint32_t record_bytes;
};

constexpr header ours{{'O', 'R', 'I', 'E', 'L', 'V', 'M', 'A'}, 1, sizeof(oriel_vma_record)};

} // namespace

result<vma_stream_writer> vma_stream_writer::create(const std::string &path)
{
	std::unique_ptr<std::FILE, close_file> file(std::fopen(path.c_str(), "we"));
	if (!file)
		return cannot_write(path, errno);
	vma_stream_writer writer(std::move(file), path);
	writer.failed_ = std::fwrite(&ours, sizeof(ours), 1, writer.file_.get()) != 1;
	return writer;
}

void vma_stream_writer::add(const oriel_vma_record &record)
{
	failed_ = std::fwrite(&record, sizeof(record), 1, file_.get()) != 1 || failed_;
}

result<std::monostate> vma_stream_writer::finish()
{
	if (std::fflush(file_.get()) != 0 || failed_)
		return cannot_write(path_, errno);
	return std::monostate{};
}

result<std::monostate> read_vma_stream(byte_view content, const std::function<void(const oriel_vma_record &)> &visit)
{
	header head;
	if (content.size() < sizeof(head))
		return error{"it is no stream of lookups"};
	std::memcpy(&head, content.data(), sizeof(head));
	if (std::memcmp(head.magic, ours.magic, sizeof(head.magic)) != 0)
		return error{"it is no stream of lookups"};
	if (head.version != ours.version || head.record_bytes != ours.record_bytes)
		return error{fmt::format("it is a stream of version {}, and this oriel reads version {}", head.version, ours.version)};
	content = content.subspan(sizeof(head));
	std::uint64_t count = 0;
	for (; content.size() >= sizeof(oriel_vma_record); count++) {
		oriel_vma_record record;
		std::memcpy(&record, content.data(), sizeof(record));
		content = content.subspan(sizeof(record));
		visit(record);
	}
	if (!content.empty())
		return error{fmt::format("it is cut off behind record {}", count)};
	return std::monostate{};
}

} // namespace oriel
