// SPDX-License-Identifier: GPL-2.0
#include "compress.hpp"

#include "file_read.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <lzma.h>
#include <memory>
#include <zstd.h>

namespace oriel {
namespace {

constexpr std::array<std::uint8_t, 6> xz_magic{0xfd, '7', 'z', 'X', 'Z', 0};
constexpr std::array<std::uint8_t, 4> zstd_magic{0x28, 0xb5, 0x2f, 0xfd};
constexpr std::size_t chunk_size = std::size_t{1} << 20;
// A dictionary of modules is at most some MiB; a file that wants more is not a module.
constexpr std::uint64_t xz_memory_limit = std::uint64_t{256} << 20;

template <std::size_t N>
bool starts_with(byte_view data, const std::array<std::uint8_t, N> &magic)
{
	return data.size() >= N &&
	       std::equal(magic.begin(), magic.end(), data.begin(), [](std::uint8_t a, std::byte b) { return std::byte{a} == b; });
}

error too_large(const std::string &name, std::size_t limit)
{
	return {fmt::format("{}: unpacks to more than {} MiB", name, limit >> 20)};
}

error broken(const std::string &name, const char *format, const char *why)
{
	return {fmt::format("{}: the {} data is broken: {}", name, format, why)};
}

const char *describe(lzma_ret code)
{
	switch (code) {
	case LZMA_BUF_ERROR:
		return "it ends too early";
	case LZMA_MEMLIMIT_ERROR:
		return "it needs more memory than any module does";
	case LZMA_FORMAT_ERROR:
		return "unknown format";
	case LZMA_OPTIONS_ERROR:
		return "unsupported options";
	default:
		return "corrupt data";
	}
}

result<bytes> unpack_xz(byte_view data, const std::string &name, std::size_t limit)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	if (lzma_stream_decoder(&stream, xz_memory_limit, 0) != LZMA_OK)
		return error{name + ": no memory for the xz decoder"};
	const std::unique_ptr<lzma_stream, void (*)(lzma_stream *)> end(&stream, lzma_end);

	bytes out;
	stream.next_in = reinterpret_cast<const std::uint8_t *>(data.data());
	stream.avail_in = data.size();
	for (lzma_ret code = LZMA_OK; code != LZMA_STREAM_END;) {
		if (out.size() >= limit)
			return too_large(name, limit);
		const std::size_t before = out.size();
		out.resize(std::min(limit, before + chunk_size));
		stream.next_out = reinterpret_cast<std::uint8_t *>(out.data() + before);
		stream.avail_out = out.size() - before;
		code = lzma_code(&stream, LZMA_FINISH);
		out.resize(out.size() - stream.avail_out);
		if (code != LZMA_OK && code != LZMA_STREAM_END)
			return broken(name, "xz", describe(code));
	}
	return out;
}

result<bytes> unpack_zstd(byte_view data, const std::string &name, std::size_t limit)
{
	const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(), ZSTD_freeDStream);
	if (!stream)
		return error{name + ": no memory for the zstd decoder"};

	bytes out;
	ZSTD_inBuffer in{data.data(), data.size(), 0};
	for (std::size_t wanted = 1; wanted != 0;) {
		if (out.size() >= limit)
			return too_large(name, limit);
		const std::size_t before = out.size();
		out.resize(std::min(limit, before + chunk_size));
		ZSTD_outBuffer chunk{out.data() + before, out.size() - before, 0};
		wanted = ZSTD_decompressStream(stream.get(), &chunk, &in);
		if (ZSTD_isError(wanted))
			return broken(name, "zstd", ZSTD_getErrorName(wanted));
		out.resize(before + chunk.pos);
		if (wanted != 0 && chunk.pos < chunk.size && in.pos == in.size)
			return broken(name, "zstd", "it ends too early");
	}
	return out;
}

} // namespace

const char *to_string(compression kind)
{
	switch (kind) {
	case compression::xz:
		return "xz";
	case compression::zstd:
		return "zstd";
	case compression::none:
		break;
	}
	return "none";
}

compression compression_of(byte_view data)
{
	if (starts_with(data, xz_magic))
		return compression::xz;
	if (starts_with(data, zstd_magic))
		return compression::zstd;
	return compression::none;
}

result<bytes> decompress(byte_view data, const std::string &name, std::size_t limit)
{
	switch (compression_of(data)) {
	case compression::xz:
		return unpack_xz(data, name, limit);
	case compression::zstd:
		return unpack_zstd(data, name, limit);
	case compression::none:
		break;
	}
	return bytes(data.begin(), data.end());
}

result<module_image> read_module_image(const std::filesystem::path &path)
{
	auto raw = read_file(path, max_module_size);
	if (!raw)
		return raw.failure();
	const compression packed = compression_of(*raw);
	if (packed == compression::none)
		return module_image{std::move(*raw), packed};
	auto content = decompress(*raw, path.string());
	if (!content)
		return content.failure();
	return module_image{std::move(*content), packed};
}

} // namespace oriel
