// SPDX-License-Identifier: GPL-2.0
#include "compress.hpp"
#include "elf_builder.hpp"
#include "scratch.hpp"

#include <gtest/gtest.h>
#include <lzma.h>
#include <sys/stat.h>
#include <zstd.h>

namespace oriel::test {
namespace {

bytes xz(const bytes &data)
{
	bytes out(lzma_stream_buffer_bound(data.size()));
	std::size_t used = 0;
	EXPECT_EQ(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, nullptr, reinterpret_cast<const std::uint8_t *>(data.data()), data.size(),
					  reinterpret_cast<std::uint8_t *>(out.data()), &used, out.size()),
		  LZMA_OK);
	out.resize(used);
	return out;
}

bytes zstd(const bytes &data)
{
	bytes out(ZSTD_compressBound(data.size()));
	out.resize(ZSTD_compress(out.data(), out.size(), data.data(), data.size(), 3));
	return out;
}

class each_format : public ::testing::TestWithParam<bytes (*)(const bytes &)> {};
INSTANTIATE_TEST_SUITE_P(compress, each_format, ::testing::Values(xz, zstd));

TEST_P(each_format, unpacks_what_was_packed)
{
	bytes data(3'000'000);
	for (std::size_t i = 0; i < data.size(); i++)
		data[i] = static_cast<std::byte>(i * i >> 7);
	const auto back = decompress(GetParam()(data), "m");
	ASSERT_TRUE(back) << back.failure().message;
	EXPECT_EQ(*back, data);
	EXPECT_TRUE(decompress(GetParam()({}), "m")->empty());
}

TEST_P(each_format, says_so_where_the_data_ends_too_early)
{
	const bytes packed = GetParam()(to_bytes(std::string(10'000, 'x') + "end"));
	for (std::size_t size = 8; size < packed.size(); size++) {
		const auto back = decompress(byte_view(packed).first(size), "m");
		ASSERT_FALSE(back) << "at " << size;
		EXPECT_NE(back.failure().message.find("data is broken"), std::string::npos) << back.failure().message;
	}
}

TEST_P(each_format, says_so_where_the_data_is_corrupt)
{
	bytes packed = GetParam()(to_bytes(std::string(10'000, 'x') + "end"));
	for (std::size_t i = 6; i < packed.size(); i++)
		packed[i] ^= std::byte{0xff};
	EXPECT_FALSE(decompress(packed, "m"));
}

TEST_P(each_format, refuses_what_would_become_too_large)
{
	const bytes bomb = GetParam()(bytes(20 << 20));
	ASSERT_LT(bomb.size(), 100'000u);
	const auto back = decompress(bomb, "m", 10 << 20);
	ASSERT_FALSE(back);
	EXPECT_EQ(back.failure().message, "m: unpacks to more than 10 MiB");
}

TEST(compress, leaves_other_data_alone)
{
	EXPECT_EQ(*decompress(to_bytes("plain"), "m"), to_bytes("plain"));
	EXPECT_EQ(compression_of({}), compression::none);
}

TEST(compress, goes_by_content_and_not_by_name)
{
	const scratch_dir dir;
	const auto image = read_module_image(dir.write("m.ko", zstd(to_bytes("content"))));
	ASSERT_TRUE(image);
	EXPECT_EQ(image->content, to_bytes("content"));
	EXPECT_EQ(image->packed, compression::zstd);
}

TEST(compress, reads_regular_files_only)
{
	const scratch_dir dir;
	EXPECT_NE(read_module_image(dir.path()).failure().message.find("is not a regular file"), std::string::npos);
	ASSERT_EQ(::mkfifo((dir / "pipe").c_str(), 0600), 0);
	EXPECT_NE(read_module_image(dir / "pipe").failure().message.find("is not a regular file"), std::string::npos);
	EXPECT_NE(read_module_image(dir / "none").failure().message.find("No such file"), std::string::npos);
}

} // namespace
} // namespace oriel::test
