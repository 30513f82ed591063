// SPDX-License-Identifier: GPL-2.0
#include "kcore/crc32c.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "kcore/little_endian.h"

using namespace oriel;

/* RFC 3720, B.4, and the catalogue's check value. */
TEST(crc32c, gives_the_known_values)
{
	EXPECT_EQ(crc32c{}.value(), 0u);
	EXPECT_EQ(crc32c{}.add("123456789", 9).value(), 0xe3069283);
	std::vector<u8> bytes(32, 0);
	EXPECT_EQ(crc32c{}.add(bytes.data(), 32).value(), 0x8a9136aa);
	bytes.assign(32, 0xff);
	EXPECT_EQ(crc32c{}.add(bytes.data(), 32).value(), 0x62a8ab43);
	std::iota(bytes.begin(), bytes.end(), u8{0});
	EXPECT_EQ(crc32c{}.add(bytes.data(), 32).value(), 0x46dd794e);
	EXPECT_EQ(crc32c{}.add(bytes.data(), 13).add(&bytes[13], 19).value(), 0x46dd794e) << "in parts";
	std::iota(bytes.rbegin(), bytes.rend(), u8{0});
	EXPECT_EQ(crc32c{}.add(bytes.data(), 32).value(), 0x113fdb5c);
}

TEST(little_endian, lies_with_its_low_byte_first)
{
	const le64 n = 0x0123456789abcdefULL;
	EXPECT_EQ(*reinterpret_cast<const u8 *>(&n), 0xef);
	EXPECT_EQ(n, 0x0123456789abcdefULL);
	const le32 m = 0xfedcba98;
	EXPECT_EQ(reinterpret_cast<const u8 *>(&m)[3], 0xfe);
	EXPECT_EQ(m, 0xfedcba98);
}
