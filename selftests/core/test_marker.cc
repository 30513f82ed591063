// SPDX-License-Identifier: GPL-2.0
#include "running.h"

namespace {

struct one_marker : running {
	one_marker() : record(fake::record_in(module, "om", "tick", "n=%d s=%s", 2))
	{
		module.add(record);
		load(module);
	}
	~one_marker() override
	{
		if (!fake::now.loaded.empty())
			unload(module);
	}

	void tick(int n, const char *s = "x")
	{
		fire(record, {static_cast<unsigned long long>(n), reinterpret_cast<unsigned long long>(s)});
	}
	std::string last() { return fake::print(record.owner, fake::now.emitted.back()); }
	std::string counts()
	{
		return marker_attribute(ORIEL_A_MARKER_HITS) + "/" + marker_attribute(ORIEL_A_MARKER_FILTERED) + "/" +
		       marker_attribute(ORIEL_A_MARKER_LIMITED) + "/" + marker_attribute(ORIEL_A_MARKER_LOST);
	}

	fake::module module;
	oriel_marker record;
};

} // namespace

TEST_F(one_marker, is_off_and_silent)
{
	tick(1);
	EXPECT_EQ(counts(), "0/0/0/0");
	EXPECT_TRUE(fake::now.events.empty()) << "nothing is made until somebody asks";
}

TEST_F(one_marker, counts_while_armed_and_writes_when_wanted)
{
	ASSERT_EQ(arm("om:tick"), 0);
	tick(1);
	EXPECT_EQ(counts(), "1/0/0/0");
	EXPECT_TRUE(fake::now.emitted.empty());
	fake::use_event("om:tick", true);
	tick(-7, "hello");
	ASSERT_EQ(fake::now.emitted.size(), 1u);
	EXPECT_EQ(last(), "n=-7 s=hello");
	EXPECT_EQ(counts(), "2/0/0/0");
	fake::use_event("om:tick", false);
}

TEST_F(one_marker, enabling_the_event_alone_switches_it_on)
{
	ASSERT_EQ(arm("om:tick"), 0);
	EXPECT_EQ(disarm("om:tick"), 1);
	EXPECT_EQ(record.key.enabled, 0);
	fake::use_event("om:tick", true);
	EXPECT_EQ(record.key.enabled, 1);
	EXPECT_EQ(marker_attribute(ORIEL_A_MARKER_EVENT_USERS), "1");
	tick(3);
	EXPECT_EQ(last(), "n=3 s=x");
	/* Arming and disarming beside it changes nothing for it. */
	ASSERT_EQ(arm("om:*"), 0);
	EXPECT_EQ(disarm(""), 1);
	EXPECT_EQ(record.key.enabled, 1);
	fake::use_event("om:tick", false);
	EXPECT_EQ(record.key.enabled, 0);
}

TEST_F(one_marker, filters_before_it_writes)
{
	ASSERT_EQ(arm("om:tick", "n > 2 && s ~ \"e*\""), 0);
	fake::use_event("om:tick", true);
	tick(3, "no");
	tick(1, "eth0");
	EXPECT_TRUE(fake::now.emitted.empty());
	tick(3, "eth0");
	EXPECT_EQ(fake::now.emitted.size(), 1u);
	EXPECT_EQ(counts(), "3/2/0/0");
	/* A second arm lets through what the first does not. */
	ASSERT_EQ(arm("om:*", "n == 1", 0, 0, "other"), 0);
	tick(1);
	EXPECT_EQ(fake::now.emitted.size(), 2u);
	EXPECT_EQ(disarm("", 0, "other"), 1);
	tick(1);
	EXPECT_EQ(fake::now.emitted.size(), 2u);
	fake::use_event("om:tick", false);
}

/* Others wait for the registry meanwhile: who loads a module, and who lists markers. */
TEST_F(one_marker, waits_for_probes_only_where_they_read_a_filter)
{
	long before = fake::now.synchronized;
	ASSERT_EQ(arm("om:tick"), 0);
	ASSERT_EQ(arm("om:*"), 0);
	EXPECT_EQ(disarm("om:*"), 1);
	EXPECT_EQ(disarm("om:tick"), 1);
	EXPECT_EQ(fake::now.synchronized, before);
	ASSERT_EQ(arm("om:tick", "n > 3"), 0);
	before = fake::now.synchronized;
	EXPECT_EQ(disarm("om:tick"), 1);
	EXPECT_GT(fake::now.synchronized, before);
}

TEST_F(one_marker, a_bad_filter_arms_nothing)
{
	EXPECT_EQ(arm("om:*", "m > 2"), -22);
	EXPECT_EQ(std::string(request.why).find("om:tick: "), 0u) << request.why;
	EXPECT_NE(std::string(request.why).find("key"), std::string::npos);
	EXPECT_EQ(fake::now.loans, 0) << "nothing was made for it";
	EXPECT_EQ(record.key.enabled, 0);
	EXPECT_EQ(marker_attribute(ORIEL_A_MARKER_ARMED), "0");
}

TEST_F(one_marker, limits_its_rate)
{
	fake::now.clock_ns = 9'000'000'000;
	ASSERT_EQ(arm("om:tick", "n > 0", 2), 0);
	fake::use_event("om:tick", true);
	for (int n = 0; n < 6; n++)
		tick(n);
	EXPECT_EQ(fake::now.emitted.size(), 2u);
	EXPECT_EQ(counts(), "6/1/3/0");
	fake::use_event("om:tick", false);
}

TEST_F(one_marker, counts_what_is_lost)
{
	ASSERT_EQ(arm("om:tick"), 0);
	fake::use_event("om:tick", true);
	fake::now.no_room = true;
	tick(1);
	tick(2);
	EXPECT_EQ(counts(), "2/0/0/2");
	fake::use_event("om:tick", false);
}

TEST_F(one_marker, a_descriptor_that_closes_takes_its_arms_along)
{
	ASSERT_EQ(arm("om:tick"), 0);
	ASSERT_EQ(arm("om:tick", "", 0, ORIEL_ARM_KEEP), 0);
	oriel_control_close("me");
	EXPECT_EQ(record.key.enabled, 1) << "the kept one stands";
	EXPECT_EQ(disarm("om:tick"), 0);
	EXPECT_EQ(disarm("om:tick", ORIEL_DISARM_KEPT), 1);
	EXPECT_EQ(record.key.enabled, 0);
}

TEST_F(one_marker, a_name_that_the_kernel_has_cannot_be_armed)
{
	fake::now.taken_names.push_back("om:tick");
	EXPECT_EQ(arm("om:tick"), -17);
	EXPECT_NE(std::string(request.why).find("already"), std::string::npos);
	EXPECT_EQ(record.key.enabled, 0);
}

TEST_F(one_marker, without_the_mutex_nothing_is_armed)
{
	fake::now.lends_nothing = true;
	EXPECT_EQ(arm("om:tick"), -19);
	EXPECT_NE(std::string(request.why).find("oriel status says why"), std::string::npos) << request.why;
	EXPECT_EQ(record.key.enabled, 0);
	fake::now.lends_nothing = false;
	EXPECT_EQ(arm("om:tick"), 0);
}

TEST_F(one_marker, memory_that_runs_out_while_arming_leaves_nothing)
{
	int failures = 0;
	for (int n = 0; n < 50; n++) {
		fake::module other{.name = "other"};
		oriel_marker fresh = fake::record_in(other, "om", "fresh", "n=%d", 1);
		other.add(fresh);
		load(other);
		const long live = fake::now.allocations;
		fake::now.fail_allocation_in = n;
		const int status = arm("om:fresh", "n > 2");
		const bool ran_out = fake::now.fail_allocation_in < 0;
		fake::now.fail_allocation_in = -1;
		EXPECT_EQ(status, ran_out ? -12 : 0) << n;
		EXPECT_EQ(disarm(""), ran_out ? 0 : 1);
		EXPECT_EQ(fresh.key.enabled, 0);
		if (ran_out && fake::now.events.empty()) {
			EXPECT_EQ(fake::now.allocations, live) << n;
		}
		unload(other);
		failures += ran_out;
	}
	EXPECT_GE(failures, 4);
}

TEST_F(one_marker, a_client_may_go_while_armed_and_used)
{
	ASSERT_EQ(arm("om:tick"), 0);
	fake::use_event("om:tick", true);
	unload(module);
	EXPECT_EQ(dump(ORIEL_CMD_MARKER).size(), 1u) << "the event is still enabled by somebody";
	EXPECT_EQ(disarm(""), 1);
	EXPECT_EQ(dump(ORIEL_CMD_MARKER).size(), 1u);
	fake::use_event("om:tick", false);
	/* The next chance to tidy up takes it away. */
	disarm("");
	EXPECT_TRUE(dump(ORIEL_CMD_MARKER).empty());
}

TEST_F(one_marker, is_armed_sixteen_times_at_most)
{
	for (int i = 0; i < 16; i++)
		ASSERT_EQ(arm("om:tick"), 0);
	EXPECT_EQ(arm("om:tick"), -16);
	EXPECT_NE(std::string(request.why).find("16"), std::string::npos);
	EXPECT_EQ(disarm(""), 16);
}

TEST_F(one_marker, without_arguments_has_its_line)
{
	fake::module other{.name = "other"};
	oriel_marker bare = fake::record_in(other, "om", "bare", "", 0);
	other.add(bare);
	load(other);
	ASSERT_EQ(arm("om:bare"), 0);
	fake::use_event("om:bare", true);
	fire(bare, {0});
	EXPECT_EQ(fake::print(bare.owner, fake::now.emitted.back()), "line=7");
	fake::use_event("om:bare", false);
	unload(other);
}

namespace {

struct many_markers : running {
	static constexpr std::size_t count = 40;

	many_markers()
	{
		records.reserve(count);
		for (std::size_t i = 0; i < count; i++)
			module.add(records.emplace_back(fake::record_in(module, "om", "tick" + std::to_string(i), "n=%d", 1)));
		load(module);
	}
	~many_markers() override { unload(module); }

	/* As it comes from its file. */
	void load_again()
	{
		for (oriel_marker &r : records) {
			r.owner = nullptr;
			r.probe = nullptr;
			r.key.enabled = 0;
		}
		load(module);
	}

	std::size_t on() const
	{
		std::size_t n = 0;
		for (const oriel_marker &r : records)
			n += r.key.enabled == 1;
		return n;
	}

	fake::module module;
	std::vector<oriel_marker> records;
};

} // namespace

/* Everybody who traces waits for a loan, and everybody who loads a module for us. */
TEST_F(many_markers, are_armed_in_one_loan_and_disarmed_in_another)
{
	ASSERT_EQ(arm("om:*", "n > 3"), 0);
	EXPECT_EQ(request.matched, count);
	EXPECT_EQ(on(), count);
	EXPECT_EQ(fake::now.loans, 1);
	unload(module);
	const long synchronized = fake::now.synchronized;
	EXPECT_EQ(disarm(""), 1);
	EXPECT_EQ(fake::now.loans, 2);
	EXPECT_LE(fake::now.synchronized - synchronized, 2);
	EXPECT_TRUE(fake::now.events.empty());
	load_again();
}

TEST_F(many_markers, that_come_while_an_arm_stands_are_armed_in_one_loan)
{
	unload(module);
	ASSERT_EQ(arm("om:*"), 0);
	ASSERT_EQ(arm("om:tick1*"), 0);
	load_again();
	EXPECT_EQ(on(), count);
	EXPECT_EQ(fake::now.loans, 1);
	EXPECT_EQ(disarm(""), 2);
	EXPECT_EQ(on(), 0u);
}

TEST_F(many_markers, that_come_wait_once_however_many_arms_stand)
{
	unload(module);
	for (int i = 0; i < 14; i++)
		ASSERT_EQ(arm("om:*", "n > " + std::to_string(i)), 0);
	const long synchronized = fake::now.synchronized;
	load_again();
	EXPECT_EQ(on(), count);
	EXPECT_EQ(fake::now.loans, 1);
	EXPECT_EQ(fake::now.synchronized, synchronized + 1);
	EXPECT_EQ(disarm(""), 14);
}

TEST_F(many_markers, that_could_not_be_armed_are_armed_later)
{
	unload(module);
	ASSERT_EQ(arm("om:*"), 0);
	fake::now.taken_names = {"om:tick7", "om:tick9"};
	const std::size_t lines = fake::now.log.size();
	load_again();
	EXPECT_EQ(on(), count - 2);
	EXPECT_EQ(fake::now.log.size(), lines + 2) << "each is named, once";
	fake::now.taken_names = {"om:tick9"};
	fake::module other{.name = "other"};
	load(other);
	EXPECT_EQ(on(), count - 1);
	EXPECT_EQ(fake::now.log.size(), lines + 2);
	EXPECT_EQ(disarm(""), 1);
	EXPECT_EQ(on(), 0u);
	unload(other);
}

/* Else every descriptor that closes, and every module that goes, would wait for nothing. */
/* What was wrong with somebody's request is told to him, and takes nothing from the log. */
TEST_F(many_markers, that_were_asked_for_wrongly_are_still_named_in_the_log)
{
	fake::now.taken_names = {"om:tick7"};
	ASSERT_EQ(arm("om:*", "nosuch > 3"), -22);
	ASSERT_EQ(arm("om:*"), 0);
	const std::size_t lines = fake::now.log.size();
	fake::module other{.name = "other"};
	load(other);
	ASSERT_EQ(fake::now.log.size(), lines + 1);
	EXPECT_EQ(fake::now.log.back(), "om:tick7: not armed: the kernel already has a trace event of that name");
	unload(other);
	EXPECT_EQ(disarm(""), 1);
}

TEST_F(many_markers, one_in_use_without_sites_costs_nobody_anything)
{
	ASSERT_EQ(arm("om:tick3"), 0);
	fake::use_event("om:tick3", true);
	unload(module);
	EXPECT_EQ(disarm(""), 1);
	const long loans = fake::now.loans, synchronized = fake::now.synchronized;
	oriel_control_close("other");
	EXPECT_EQ(fake::now.loans, loans);
	EXPECT_EQ(fake::now.synchronized, synchronized);
	fake::use_event("om:tick3", false);
	oriel_control_close("other");
	EXPECT_TRUE(fake::now.events.empty());
	load_again();
}

TEST_F(many_markers, one_whose_name_is_taken_is_passed_over_and_named)
{
	fake::now.taken_names = {"om:tick7"};
	ASSERT_EQ(arm("om:*"), 0);
	EXPECT_EQ(request.matched, count - 1);
	EXPECT_EQ(request.passed_over, 1u);
	EXPECT_EQ(std::string(request.why), "om:tick7: the kernel already has a trace event of that name");
	EXPECT_EQ(on(), count - 1);
	EXPECT_EQ(disarm(""), 1);
	EXPECT_EQ(on(), 0u);
	EXPECT_EQ(arm("om:tick7"), -17);
}
