// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "fake_kernel.h"
#include "kcore/memory.h"

using namespace oriel;

namespace {

struct counted {
	explicit counted(int &live) : live_(&live) { ++*live_; }
	counted(counted &&other) noexcept : live_(std::exchange(other.live_, nullptr)) {}
	~counted()
	{
		if (live_)
			--*live_;
	}
	int *live_;
};

result<int> half(int n)
{
	if (n % 2)
		return errc::invalid;
	return n / 2;
}

result<int> quarter(int n)
{
	return ORIEL_TRY(half(ORIEL_TRY(half(n))));
}

} // namespace

TEST(result, holds_a_value_or_an_error)
{
	EXPECT_EQ(half(4).value(), 2);
	EXPECT_FALSE(half(3));
	EXPECT_EQ(half(3).failure().negative(), -22);
	EXPECT_TRUE(half(3).failure() == errc::invalid);
}

TEST(result, try_returns_the_first_error)
{
	EXPECT_EQ(quarter(8).value(), 2);
	EXPECT_EQ(quarter(6).failure().negative(), -22);
}

TEST(result, destroys_its_value_once)
{
	int live = 0;
	{
		result<counted> r{counted{live}};
		result<counted> moved{std::move(r)};
		EXPECT_EQ(live, 1);
	}
	EXPECT_EQ(live, 0);
}

TEST(result, takes_errnos_of_the_kernel_and_no_other_numbers)
{
	EXPECT_EQ(errno_of(result<void>::from_kernel(0)), 0);
	EXPECT_EQ(errno_of(result<void>::from_kernel(-16)), -16);
	EXPECT_EQ(error::from_kernel(5).negative(), -22);
	EXPECT_EQ(error::from_kernel(-100000).negative(), -22);
}

TEST(memory, make_fails_instead_of_returning_null)
{
	fake::reset();
	const auto ctx = mint::process();
	int live = 0;
	fake::now.fail_allocation_in = 0;
	EXPECT_TRUE(make<counted>(ctx, live).failure() == errc::no_memory);
	EXPECT_EQ(live, 0);
	{
		auto made = make<counted>(ctx, live);
		ASSERT_TRUE(made);
		EXPECT_EQ(live, 1);
	}
	EXPECT_EQ(live, 0);
	EXPECT_EQ(fake::now.allocations, 0);
}
