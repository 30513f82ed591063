// SPDX-License-Identifier: GPL-2.0
#include "marker/record.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kcore/mint.h"

struct okb_seq {
	std::string text;
};

using namespace oriel;

namespace {

std::vector<u8> pack(const format &f, const u64 *args)
{
	record r{mint::nmi(), f, args};
	std::vector<u8> entry(r.size());
	r.pack(entry.data());
	return entry;
}

std::string print(const format &f, const std::vector<u8> &entry)
{
	okb_seq seq;
	print_record(f, &seq, entry.data(), static_cast<u32>(entry.size()));
	return seq.text;
}

format layout(const char *source)
{
	format f;
	const char *why;
	EXPECT_TRUE(format::parse(source, f, why)) << why;
	return f;
}

u64 word(const char *s)
{
	return reinterpret_cast<u64>(s);
}

} // namespace

TEST(record, what_goes_in_comes_out)
{
	const u64 args[] = {static_cast<u64>(-5), 0xab, word("hello"), ~0ULL, 'q', word("")};
	format f = layout("n=%d x=%#04hhx s=%s big=%lld c=%c e=%s");
	EXPECT_EQ(print(f, pack(f, args)), "n=-5 x=0xab s=hello big=-1 c=q e=");
}

TEST(record, strings_that_are_none)
{
	const u64 args[] = {0, 12, static_cast<u64>(-14)};
	format f = layout("a=%s b=%s c=%s");
	EXPECT_EQ(print(f, pack(f, args)), "a=(null) b=(efault) c=(efault)");
}

TEST(record, long_strings_are_cut_and_the_whole_is_bounded)
{
	std::string long_one(5000, 'x');
	std::vector<u64> args(12, word(long_one.c_str()));
	format f = layout("a=%s b=%s c=%s d=%s e=%s f=%s g=%s h=%s i=%s j=%s k=%s l=%s");
	std::vector<u8> entry = pack(f, args.data());
	EXPECT_LE(entry.size(), static_cast<std::size_t>(OKB_EVENT_MAX_RECORD));
	EXPECT_EQ(print(f, entry).substr(0, 257), "a=" + std::string(255, 'x'));
}

TEST(record, printing_never_reads_past_a_damaged_record)
{
	const u64 args[] = {word("hello"), 7};
	format f = layout("s=%s n=%d");
	std::vector<u8> entry = pack(f, args);
	for (std::size_t size = 0; size < entry.size(); size++) {
		std::vector<u8> cut(entry.begin(), entry.begin() + size);
		EXPECT_NE(print(f, cut).find(size < f.fixed_size() ? "(truncated)" : "(damaged)"), std::string::npos) << size;
	}
	entry[f[0].offset] = 0xff;
	EXPECT_EQ(print(f, entry), "s=(damaged) n=7");
}

TEST(record, narrow_is_a_cast)
{
	EXPECT_EQ(narrow(0x1ff, 1, true), ~0ULL);
	EXPECT_EQ(narrow(0x1ff, 1, false), 0xffULL);
	EXPECT_EQ(narrow(0x18000, 2, true), static_cast<u64>(-32768));
	EXPECT_EQ(narrow(~0ULL, 4, false), 0xffffffffULL);
	EXPECT_EQ(narrow(~0ULL, 8, true), ~0ULL);
}
