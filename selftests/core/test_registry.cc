// SPDX-License-Identifier: GPL-2.0
#include "running.h"

namespace {

struct registry : running {
	bool logged(const std::string &part)
	{
		for (const std::string &line : fake::now.log)
			if (line.find(part) != std::string::npos)
				return true;
		return false;
	}
};

} // namespace

TEST_F(registry, finds_markers_of_modules_that_come)
{
	fake::module m;
	oriel_marker r = fake::record_in(m, "om", "tick", "n=%d", 1);
	m.add(r);
	load(m);
	ASSERT_EQ(dump(ORIEL_CMD_MARKER).size(), 1u);
	EXPECT_EQ(marker_attribute(ORIEL_A_MARKER_SUBSYSTEM), "om");
	EXPECT_EQ(r.key.enabled, 0);
	EXPECT_NE(r.probe, nullptr);
	unload(m);
	EXPECT_TRUE(dump(ORIEL_CMD_MARKER).empty());
}

TEST_F(registry, finds_markers_of_modules_that_were_there_first)
{
	oriel_marker_stop();
	fake::module m;
	oriel_marker r = fake::record_in(m, "om", "tick", "n=%d", 1);
	m.add(r);
	fake::now.loaded.push_back(&m);
	ASSERT_EQ(oriel_marker_start(), 0);
	EXPECT_EQ(dump(ORIEL_CMD_MARKER).size(), 1u);
	unload(m);
}

/* It came before we listened and was not yet listed when we walked: only its going live tells. */
TEST_F(registry, finds_markers_at_live)
{
	fake::module m;
	oriel_marker r = fake::record_in(m, "om", "tick", "n=%d", 1);
	m.add(r);
	oriel_module_event(m.handle(), okb_module_live);
	EXPECT_EQ(dump(ORIEL_CMD_MARKER).size(), 1u);
	unload(m);
}

/* Its init has failed while we walked, and we have been told already. */
TEST_F(registry, a_module_on_its_way_out_is_not_taken_in)
{
	oriel_marker_stop();
	fake::module m{.going = true};
	oriel_marker r = fake::record_in(m, "om", "tick", "n=%d", 1);
	m.add(r);
	fake::now.loaded.push_back(&m);
	ASSERT_EQ(oriel_marker_start(), 0);
	EXPECT_EQ(r.probe, nullptr);
	EXPECT_TRUE(dump(ORIEL_CMD_MARKER).empty());
	fake::now.loaded.clear();
}

TEST_F(registry, keys_that_are_no_markers_are_left_alone)
{
	fake::module m;
	oriel_marker r = fake::record_in(m, "om", "tick", "n=%d", 1);
	r.magic++;
	m.add(r);
	/* A key at the very end of the module: there is no room for a record behind it. */
	alignas(8) char small[sizeof(oriel_marker_key)] = {};
	m.ranges.emplace_back(small, sizeof(small));
	m.keys.push_back(small);
	load(m);
	EXPECT_TRUE(dump(ORIEL_CMD_MARKER).empty());
	EXPECT_TRUE(fake::now.log.empty());
	EXPECT_EQ(r.probe, nullptr);
	unload(m);
}

TEST_F(registry, one_name_at_two_sites_is_one_marker)
{
	fake::module m;
	oriel_marker a = fake::record_in(m, "om", "tick", "n=%d", 1), b = a;
	m.add(a);
	m.add(b);
	load(m);
	ASSERT_EQ(dump(ORIEL_CMD_MARKER).size(), 1u);
	ASSERT_EQ(arm("om:tick"), 0);
	EXPECT_EQ(request.matched, 1u);
	EXPECT_TRUE(a.key.enabled && b.key.enabled);
	unload(m);
}

TEST_F(registry, one_name_with_two_formats_is_refused)
{
	fake::module m, other{.name = "other"};
	oriel_marker a = fake::record_in(m, "om", "tick", "n=%d", 1);
	oriel_marker b = fake::record_in(other, "om", "tick", "m=%d", 1);
	m.add(a);
	other.add(b);
	load(m);
	load(other);
	EXPECT_TRUE(logged("other: om:tick: another marker has this name"));
	ASSERT_EQ(dump(ORIEL_CMD_REFUSAL).size(), 1u);
	EXPECT_EQ(dump(ORIEL_CMD_REFUSAL)[0].get(ORIEL_A_REFUSAL_MODULE), "other");
	EXPECT_EQ(b.probe, nullptr);
	unload(other);
	EXPECT_TRUE(dump(ORIEL_CMD_REFUSAL).empty());
	unload(m);
}

TEST_F(registry, a_refusal_is_logged_once)
{
	fake::module m;
	oriel_marker a = fake::record_in(m, "om", "a", "what is this", 0), b = fake::record_in(m, "om", "b", "n=%d", 2);
	m.add(a);
	m.add(b);
	load(m);
	EXPECT_EQ(fake::now.log.size(), 2u);
	EXPECT_TRUE(logged("om:b: the record passes another number"));
	unload(m);
}

TEST_F(registry, policies)
{
	struct {
		const char *policy;
		u64 taints;
		bool trusted;
		bool admitted;
	} rows[] = {
		{"any", okb_taint_proprietary, false, true},
		{"not-proprietary", okb_taint_proprietary, false, false},
		{"not-proprietary\n", okb_taint_forced, false, true},
		{"not-forced", okb_taint_forced, false, false},
		{"not-forced", okb_taint_proprietary, false, false},
		{"not-forced", okb_taint_out_of_tree, false, true},
		{"signed", 0, false, false},
		{"signed", okb_taint_out_of_tree, true, true},
	};
	for (const auto &row : rows) {
		ASSERT_EQ(oriel_marker_policy_set(row.policy), 0);
		fake::module m{.taints = row.taints, .trusted_signature = row.trusted};
		oriel_marker r = fake::record_in(m, "om", "tick", "n=%d", 1);
		m.add(r);
		load(m);
		EXPECT_EQ(dump(ORIEL_CMD_MARKER).size(), row.admitted) << row.policy << row.taints;
		EXPECT_EQ(logged("markers refused"), !row.admitted);
		fake::now.log.clear();
		unload(m);
	}
	EXPECT_EQ(oriel_marker_policy_set("some"), -22);
	EXPECT_STREQ(oriel_marker_policy_get(), "signed");
}

TEST_F(registry, an_arm_stands_for_markers_to_come)
{
	ASSERT_EQ(arm("om:*"), 0);
	EXPECT_EQ(request.matched, 0u);
	fake::module m;
	oriel_marker r = fake::record_in(m, "om", "tick", "n=%d", 1), other = fake::record_in(m, "no", "tick", "n=%d", 1);
	m.add(r);
	m.add(other);
	load(m);
	EXPECT_EQ(r.key.enabled, 1);
	EXPECT_EQ(other.key.enabled, 0);
	/* And over its going and coming back. */
	unload(m);
	r.key.enabled = 0;
	r.probe = nullptr;
	r.owner = nullptr;
	load(m);
	EXPECT_EQ(r.key.enabled, 1);
	EXPECT_EQ(disarm(""), 1);
	EXPECT_EQ(r.key.enabled, 0);
	unload(m);
}

/* Its author has changed the format and loads it again. */
TEST_F(registry, a_marker_comes_back_with_another_format)
{
	fake::module m, again;
	oriel_marker r = fake::record_in(m, "om", "tick", "n=%d", 1), changed = fake::record_in(again, "om", "tick", "size=%lu", 1);
	m.add(r);
	again.add(changed);
	load(m);
	ASSERT_EQ(arm("om:*", "", 0, ORIEL_ARM_KEEP), 0);
	unload(m);
	load(again);
	EXPECT_EQ(marker_attribute(ORIEL_A_MARKER_FORMAT), "size=%lu");
	EXPECT_EQ(changed.key.enabled, 1);
	unload(again);
	/* But not while somebody has the old event enabled. */
	fake::use_event("om:tick", true);
	r.key.enabled = 0;
	r.probe = nullptr;
	r.owner = nullptr;
	load(m);
	EXPECT_TRUE(logged("client: om:tick: another marker has this name"));
	fake::use_event("om:tick", false);
	unload(m);
}

TEST_F(registry, an_arm_that_does_not_fit_a_marker_to_come_is_logged)
{
	ASSERT_EQ(arm("om:*", "size > 3"), 0);
	fake::module m;
	oriel_marker r = fake::record_in(m, "om", "tick", "n=%d", 1);
	m.add(r);
	load(m);
	EXPECT_TRUE(logged("om:tick: not armed"));
	EXPECT_EQ(r.key.enabled, 0);
	unload(m);
}

TEST_F(registry, memory_may_run_out_anywhere)
{
	for (int n = 0; n < 40; n++) {
		fake::module m;
		oriel_marker r = fake::record_in(m, "om", "tick", "n=%d s=%s", 2), r2 = fake::record_in(m, "om", "tock", "n=%d", 1);
		m.add(r);
		m.add(r2);
		fake::now.fail_allocation_in = n;
		load(m);
		static_cast<void>(arm("om:*", "n > 1"));
		static_cast<void>(arm("om:tick"));
		disarm("om:*");
		disarm("");
		fake::now.fail_allocation_in = -1;
		EXPECT_EQ(r.key.enabled, 0) << n;
		unload(m);
	}
}

TEST_F(registry, stopping_leaves_nothing_in_a_client)
{
	fake::module m;
	oriel_marker r = fake::record_in(m, "om", "tick", "n=%d", 1);
	m.add(r);
	load(m);
	ASSERT_EQ(arm("*", "", 0, ORIEL_ARM_KEEP), 0);
	EXPECT_EQ(r.key.enabled, 1);
	long before = fake::now.synchronized;
	oriel_marker_stop();
	EXPECT_EQ(r.key.enabled, 0);
	EXPECT_EQ(r.probe, nullptr);
	EXPECT_EQ(r.owner, nullptr);
	EXPECT_GT(fake::now.synchronized, before);
	EXPECT_EQ(fake::now.allocations, 0);
	/* And the client comes alive again with the next one. */
	ASSERT_EQ(oriel_marker_start(), 0);
	EXPECT_NE(r.probe, nullptr);
	unload(m);
}

/* From then on a client may go unheard, and its records with it. */
TEST_F(registry, stopping_leaves_clients_while_they_are_still_heard_of)
{
	fake::module m, late{.name = "late"};
	oriel_marker r = fake::record_in(m, "om", "tick", "n=%d", 1), r2 = fake::record_in(late, "om", "tick", "n=%d", 1);
	m.add(r);
	late.add(r2);
	load(m);
	ASSERT_EQ(arm("*", "n > 1", 0, ORIEL_ARM_KEEP), 0);
	int asked = 0;
	fake::now.unwatched = [&] {
		asked++;
		EXPECT_EQ(r.key.enabled, 0);
		EXPECT_EQ(r.probe, nullptr);
		r.magic = 0;
		std::erase(fake::now.loaded, &m);
		/* One that comes while the two notifiers are taken away one after the other. */
		oriel_module_event(late.handle(), okb_module_before_coming);
		oriel_module_event(late.handle(), okb_module_coming);
		EXPECT_EQ(r2.probe, nullptr);
	};
	oriel_marker_stop();
	EXPECT_EQ(asked, 1);
	EXPECT_EQ(fake::now.allocations, 0);
	fake::now.unwatched = nullptr;
	ASSERT_EQ(oriel_marker_start(), 0);
}
