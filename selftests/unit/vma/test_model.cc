// SPDX-License-Identifier: GPL-2.0
#include "vma_model.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

constexpr std::uint64_t mm = 0xffff888000001000;

// A lookup of the n-th mapping, which are 1 MiB apart and as many pages long as their number says.
oriel_vma_record lookup(unsigned n, std::uint64_t sequence = 1, std::uint32_t tid = 5)
{
	oriel_vma_record r{};
	r.mm = mm;
	r.vma = 0x1000 + n;
	r.start = r.address = std::uint64_t{n} << 20;
	r.end = r.start + n * 4096;
	r.sequence = r.space_sequence = sequence;
	r.tid = tid;
	return r;
}

bool hit(std::uint16_t bits, oriel_vma_policy policy)
{
	return bits >> policy & 1;
}

TEST(vma_model, the_same_mapping_hits_everywhere)
{
	vma_model model;
	EXPECT_EQ(model.take(lookup(1)), 0);
	EXPECT_EQ(model.take(lookup(1)), (1 << oriel_vma_policies) - 1);
	EXPECT_EQ(model.lookups(), 2u);
	EXPECT_EQ(model.hits()[oriel_vma_last], 1u);
}

TEST(vma_model, the_last_of_two_in_turn_never_hits)
{
	vma_model model;
	for (int i = 0; i < 6; i++)
		model.take(lookup(static_cast<unsigned>(i % 2 + 1)));
	EXPECT_EQ(model.hits()[oriel_vma_last], 0u);
	EXPECT_EQ(model.hits()[oriel_vma_thread1], 0u);
	EXPECT_EQ(model.hits()[oriel_vma_thread4_lru], 4u);
	EXPECT_EQ(model.hits()[oriel_vma_last_or_largest], 2u) << "the longer of the two, from the second time";
}

TEST(vma_model, true_lru_of_four_holds_four)
{
	vma_model model;
	for (const unsigned n : {1u, 2u, 3u, 4u})
		model.take(lookup(n));
	EXPECT_TRUE(hit(model.take(lookup(1)), oriel_vma_thread4_lru));
	EXPECT_FALSE(hit(model.take(lookup(5)), oriel_vma_thread4_lru));
	EXPECT_FALSE(hit(model.take(lookup(2)), oriel_vma_thread4_lru)) << "it was the oldest";
	EXPECT_TRUE(hit(model.take(lookup(1)), oriel_vma_thread4_lru));
}

TEST(vma_model, a_true_lru_holds_as_many_as_its_size)
{
	const std::pair<oriel_vma_policy, unsigned> sizes[] = {
		{oriel_vma_thread2_lru, 2}, {oriel_vma_thread4_lru, 4}, {oriel_vma_thread8_lru, 8}, {oriel_vma_thread16_lru, 16}};
	for (const auto &[policy, size] : sizes) {
		for (const unsigned count : {size, size + 1}) {
			vma_model model;
			for (unsigned i = 0; i < 3 * count; i++)
				model.take(lookup(i % count + 1));
			EXPECT_EQ(model.hits()[policy], count == size ? 2 * count : 0) << size << ' ' << count;
		}
	}
}

TEST(vma_model, a_mapping_that_goes_empties_the_caches)
{
	vma_model model;
	model.take(lookup(1));
	EXPECT_EQ(model.take(lookup(1, 2)), 1 << oriel_vma_last_or_largest) << "but the largest is another one's";
	oriel_vma_record freed{};
	freed.mm = mm;
	freed.vma = lookup(1).vma;
	freed.kind = oriel_vma_record_freed;
	EXPECT_EQ(model.take(freed), 0);
	EXPECT_EQ(model.take(lookup(1, 3)), 0);
	EXPECT_EQ(model.lookups(), 3u);
}

TEST(vma_model, an_address_in_no_mapping_hits_nothing)
{
	vma_model model;
	model.take(lookup(1));
	oriel_vma_record below = lookup(1);
	below.address = below.start - 1;
	EXPECT_EQ(model.take(below), 0) << "find_vma() gives the next one";
	oriel_vma_record none = lookup(1);
	none.vma = 0;
	EXPECT_EQ(model.take(none), 0);
	EXPECT_EQ(model.lookups(), 3u);
}

TEST(vma_model, threads_have_their_own)
{
	vma_model model;
	model.take(lookup(1, 1, 5));
	const std::uint16_t other = model.take(lookup(1, 1, 6));
	EXPECT_TRUE(hit(other, oriel_vma_last));
	EXPECT_FALSE(hit(other, oriel_vma_thread1));
}

} // namespace
} // namespace oriel::test
