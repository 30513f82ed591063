// SPDX-License-Identifier: GPL-2.0
#include "marker_glob.hpp"
#include "marker_inventory.hpp"
#include "marker_json.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

TEST(marker_glob, a_word_without_colon_is_a_subsystem)
{
	EXPECT_EQ(full_pattern("om"), "om:*");
	EXPECT_EQ(full_pattern("o*"), "o*:*");
	EXPECT_EQ(full_pattern("om:t*"), "om:t*");
}

TEST(marker_glob, matches_as_the_kernels_side_does)
{
	EXPECT_TRUE(matches_pattern("om:*", "om:tick"));
	EXPECT_TRUE(matches_pattern("*:t?ck", "om:tick"));
	EXPECT_FALSE(matches_pattern("om:*", "om_other:tick"));
	EXPECT_FALSE(matches_pattern("om:tic", "om:tick"));
	EXPECT_FALSE(matches_pattern("[o]m:tick", "om:tick")) << "brackets are not special there either";
}

TEST(marker_inventory, what_is_there_against_the_rules_was_woken)
{
	const taint_set forced = taint_set::from_letters("FOE"), harmless = taint_set::from_letters("OE");
	EXPECT_EQ(standing_of(module_event_state::live, harmless, "6.1.0"), event_standing::live);
	EXPECT_EQ(standing_of(module_event_state::live, forced, "6.1.0"), event_standing::woken);
	EXPECT_EQ(standing_of(module_event_state::dropped, forced, "6.1.0"), event_standing::dropped);
	EXPECT_EQ(standing_of(module_event_state::untrusted, forced, "6.1.0"), event_standing::untrusted);
	EXPECT_EQ(standing_of(static_cast<module_event_state>(9), forced, "6.1.0"), event_standing::untrusted) << "a state from the future";
}

TEST(marker_inventory, only_bad_taints_are_blamed)
{
	EXPECT_EQ(bad_taints(taint_set::from_letters("FOE"), "6.1.0").letters(), "F");
	EXPECT_TRUE(bad_taints(taint_set::from_letters("OE"), "6.1.0").empty());
}

TEST(marker_inventory, states_of_a_marker)
{
	marker_message marker;
	EXPECT_STREQ(state_of(marker), "off");
	marker.armed = true;
	EXPECT_STREQ(state_of(marker), "armed");
	marker.event_users = true;
	EXPECT_STREQ(state_of(marker), "armed+enabled");
	marker.armed = false;
	EXPECT_STREQ(state_of(marker), "enabled");
}

} // namespace
} // namespace oriel::test
