// SPDX-License-Identifier: GPL-2.0
#include "running.h"

namespace {

struct dropped : running {
	int wake(const std::string &module, const std::string &pattern)
	{
		w = {};
		w.abi = ORIEL_ABI_VERSION;
		module.copy(w.module, sizeof(w.module) - 1);
		pattern.copy(w.pattern, sizeof(w.pattern) - 1);
		return oriel_control_wake("me", &w);
	}
	void allow(const std::string &module)
	{
		oriel_allow l{};
		l.abi = ORIEL_ABI_VERSION;
		module.copy(l.module, sizeof(l.module) - 1);
		EXPECT_EQ(oriel_control_allow("me", &l), 0);
	}

	fake::module victim{.name = "victim",
			    .taints = okb_taint_forced | okb_taint_out_of_tree,
			    .events = {{okb_layout_all, 0, "victim", "request"}, {okb_layout_all, 0, "victim", "done"}}};
	oriel_wake w;
};

} // namespace

TEST_F(dropped, are_reported)
{
	load(victim);
	auto rows = dump(ORIEL_CMD_MODULE_EVENT, "victim");
	ASSERT_EQ(rows.size(), 2u);
	EXPECT_EQ(rows[0].get(ORIEL_A_MODULE_EVENT_STATE), "1");
	EXPECT_EQ(rows[1].get(ORIEL_A_MODULE_EVENT_EVENT), "done");
	auto module = dump(ORIEL_CMD_MODULE, "victim");
	ASSERT_EQ(module.size(), 1u);
	EXPECT_EQ(module[0].get(ORIEL_A_MODULE_DROPPED), "2");
	EXPECT_EQ(module[0].get(ORIEL_A_MODULE_LIVE), "0");
	EXPECT_EQ(module[0].get(ORIEL_A_MODULE_DROPPED_SYSTEMS), "victim");
	EXPECT_EQ(module[0].get(ORIEL_A_MODULE_COMING), "0");
	unload(victim);
}

TEST_F(dropped, are_told_as_the_module_comes_and_when_it_can_be_asked_about)
{
	load(victim);
	ASSERT_EQ(fake::now.told.size(), 2u);
	EXPECT_EQ(fake::now.told[0].get(ORIEL_A_MODULE_DROPPED_SYSTEMS), "victim");
	EXPECT_EQ(fake::now.told[0].get(ORIEL_A_MODULE_COMING), "1");
	EXPECT_EQ(fake::now.told[1].get(ORIEL_A_MODULE_COMING), "0");
	unload(victim);
}

TEST_F(dropped, are_told_once_where_init_fails)
{
	oriel_module_event(victim.handle(), okb_module_before_coming);
	oriel_module_event(victim.handle(), okb_module_coming);
	oriel_module_event(victim.handle(), okb_module_going);
	EXPECT_EQ(fake::now.told.size(), 1u);
}

TEST_F(dropped, of_many_systems_name_those_that_have_room)
{
	const std::string long_one(250, 'x');
	victim.events = {{okb_layout_all, 0, "a", "one"},
			 {okb_layout_all, 0, "a", "two"},
			 {okb_layout_all, 0, long_one.c_str(), "three"},
			 {okb_layout_all, 0, "bcd", "four"},
			 {okb_layout_all, 0, "e", "five"}};
	load(victim);
	EXPECT_EQ(dump(ORIEL_CMD_MODULE, "victim")[0].get(ORIEL_A_MODULE_DROPPED_SYSTEMS), "a " + long_one + " e");
	unload(victim);
}

TEST_F(dropped, are_woken_by_pattern)
{
	load(victim);
	EXPECT_EQ(wake("victim", "victim:req*"), 0);
	EXPECT_EQ(w.woken, 1u);
	EXPECT_EQ(wake("victim", "victim:*"), 0);
	EXPECT_EQ(w.woken, 1u);
	EXPECT_EQ(w.live, 1u);
	EXPECT_EQ(wake("nobody", "*"), -2);
	unload(victim);
}

TEST_F(dropped, stay_so_where_any_part_of_the_layout_is_wrong)
{
	load(victim);
	for (u32 bit = 1; bit < okb_layout_all; bit <<= 1) {
		victim.events = {{okb_layout_all & ~bit, 0, bit == okb_layout_names ? nullptr : "victim",
				  bit == okb_layout_names ? nullptr : "request"}};
		EXPECT_EQ(wake("victim", "victim:*"), -74) << bit;
		EXPECT_NE(std::string(w.why).find("built for another kernel"), std::string::npos) << bit;
		EXPECT_EQ(dump(ORIEL_CMD_MODULE_EVENT, "victim")[0].get(ORIEL_A_MODULE_EVENT_STATE), "2");
	}
	EXPECT_TRUE(fake::now.woken.empty());
	unload(victim);
}

TEST_F(dropped, the_taint_of_an_allowed_module_is_hidden_while_it_comes)
{
	allow("victim");
	oriel_module_event(victim.handle(), okb_module_before_coming);
	EXPECT_EQ(victim.taints, static_cast<u64>(okb_taint_out_of_tree));
	oriel_module_event(victim.handle(), okb_module_coming);
	EXPECT_EQ(victim.taints, static_cast<u64>(okb_taint_forced | okb_taint_out_of_tree));
	oriel_module_event(victim.handle(), okb_module_going);
}

TEST_F(dropped, that_of_others_is_not)
{
	allow("another");
	oriel_module_event(victim.handle(), okb_module_before_coming);
	EXPECT_EQ(victim.taints, static_cast<u64>(okb_taint_forced | okb_taint_out_of_tree));
	oriel_module_event(victim.handle(), okb_module_coming);
	oriel_module_event(victim.handle(), okb_module_going);
}

TEST_F(dropped, nor_where_the_layout_is_wrong)
{
	allow("victim");
	victim.events[1].layout = okb_layout_call;
	oriel_module_event(victim.handle(), okb_module_before_coming);
	EXPECT_EQ(victim.taints, static_cast<u64>(okb_taint_forced | okb_taint_out_of_tree));
	EXPECT_NE(fake::now.log.back().find("stay dropped"), std::string::npos);
	oriel_module_event(victim.handle(), okb_module_coming);
	oriel_module_event(victim.handle(), okb_module_going);
}

/* Nothing of it can be in tracefs yet: what looks so are bytes of something else. */
TEST_F(dropped, nor_where_an_event_seems_to_be_registered_already)
{
	allow("victim");
	victim.events[1] = {okb_layout_call, 1, nullptr, nullptr};
	oriel_module_event(victim.handle(), okb_module_before_coming);
	EXPECT_EQ(victim.taints, static_cast<u64>(okb_taint_forced | okb_taint_out_of_tree));
	EXPECT_NE(fake::now.log.back().find("stay dropped"), std::string::npos);
	oriel_module_event(victim.handle(), okb_module_coming);
	oriel_module_event(victim.handle(), okb_module_going);
}

TEST_F(dropped, nor_where_the_table_of_events_leaves_the_module)
{
	allow("victim");
	victim.unreadable_events = 1;
	oriel_module_event(victim.handle(), okb_module_before_coming);
	EXPECT_EQ(victim.taints, static_cast<u64>(okb_taint_forced | okb_taint_out_of_tree));
	oriel_module_event(victim.handle(), okb_module_coming);
	oriel_module_event(victim.handle(), okb_module_going);
}

/* The notifier that closes the window goes before the one that opens it. */
TEST_F(dropped, nor_while_oriel_goes)
{
	allow("victim");
	fake::now.unwatched = [&] {
		oriel_module_event(victim.handle(), okb_module_before_coming);
		EXPECT_EQ(victim.taints, static_cast<u64>(okb_taint_forced | okb_taint_out_of_tree));
	};
	oriel_marker_stop();
	fake::now.unwatched = nullptr;
	ASSERT_EQ(oriel_marker_start(), 0);
}
