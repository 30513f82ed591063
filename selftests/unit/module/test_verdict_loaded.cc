// SPDX-License-Identifier: GPL-2.0
#include "module_builder.hpp"
#include "verdict.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

class loaded_verdict : public ::testing::Test {
protected:
	module_file file_ = *parse_module(module_builder().build(), "/m/sample.ko");
	loaded_facts loaded_;
	kernel_facts kernel_;

	loaded_verdict()
	{
		loaded_.module.name = "sample";
		loaded_.module.taints = taint_set::from_letters("OE");
		loaded_.module.build_id = file_.build_id;
		loaded_.events_present = std::vector<bool>{true};
		kernel_.release = "6.1.0-1-amd64";
		kernel_.running = true;
		kernel_.vermagic = stable_magic;
		kernel_.config = kernel_config{};
		kernel_.config->module_signatures = kernel_.config->force_load = true;
		kernel_.signatures_enforced = false;
		kernel_.lockdown_mode = lockdown::none;
	}

	verdict judge() const { return judge_loaded(loaded_, &file_, kernel_); }

	std::vector<std::string> commands() const
	{
		std::vector<std::string> all;
		for (const finding &found : judge().findings)
			for (const remedy &way : found.remedies)
				all.insert(all.end(), way.commands.begin(), way.commands.end());
		return all;
	}
};

TEST_F(loaded_verdict, is_good_where_its_events_are_there)
{
	const auto judged = judge();
	EXPECT_EQ(judged.overall, severity::good);
	EXPECT_EQ(judged.plain.tracepoints, liveness::live);
	EXPECT_EQ(judged.summary, "sample is loaded, and its trace event works");
	EXPECT_TRUE(judged.has("file-same"));
}

TEST_F(loaded_verdict, is_bad_where_force_dropped_them)
{
	loaded_.module.taints = taint_set::from_letters("FOE");
	loaded_.events_present = std::vector<bool>{false};
	const auto judged = judge();
	EXPECT_EQ(judged.overall, severity::bad);
	EXPECT_EQ(judged.plain.tracepoints, liveness::dropped);
	EXPECT_TRUE(judged.has("forced-taint"));
	EXPECT_TRUE(judged.has("show-anyway"));
	EXPECT_EQ(commands(), (std::vector<std::string>{"rmmod sample", "insmod /m/sample.ko"})) << "the file itself is good";
}

TEST_F(loaded_verdict, mends_the_file_first_where_it_is_bad)
{
	loaded_.module.taints = taint_set::from_letters("FOE");
	loaded_.events_present = std::vector<bool>{false};
	kernel_.vermagic = "6.1.0-1-amd64 SMP preempt_rt mod_unload modversions ";
	const auto list = commands();
	ASSERT_EQ(list.size(), 4u);
	EXPECT_EQ(list[1], "make -C /lib/modules/6.1.0-1-amd64/build M=\"$PWD\" modules");
	EXPECT_EQ(list[3], "insmod /m/sample.ko");
}

TEST_F(loaded_verdict, believes_its_eyes_more_than_the_rule)
{
	loaded_.module.taints = taint_set::from_letters("FOE");
	const auto woken = judge();
	EXPECT_EQ(woken.overall, severity::good);
	EXPECT_TRUE(woken.has("tracepoints-woken"));
	loaded_.module.taints = taint_set::from_letters("OE");
	loaded_.events_present = std::vector<bool>{false};
	EXPECT_EQ(judge().overall, severity::bad);
}

TEST_F(loaded_verdict, without_root_is_bad_or_unknown_but_not_good)
{
	loaded_.events_present.reset();
	EXPECT_EQ(judge().overall, severity::unknown);
	EXPECT_EQ(commands(), std::vector<std::string>{"sudo oriel module explain sample"});
	loaded_.module.taints = taint_set::from_letters("FOE");
	EXPECT_EQ(judge().overall, severity::bad) << "the kernel's rule is sure of that";
}

TEST_F(loaded_verdict, does_not_take_events_from_another_file)
{
	loaded_.module.build_id = "0102";
	const auto judged = judge();
	EXPECT_EQ(judged.plain.tracepoints, liveness::unknown);
	EXPECT_TRUE(judged.has("file-different"));
	EXPECT_EQ(judge_loaded(loaded_, nullptr, kernel_).overall, severity::unknown);
}

TEST_F(loaded_verdict, says_where_a_file_is_not_proved)
{
	loaded_.module.build_id.clear();
	EXPECT_TRUE(judge().has("file-unprovable"));
	EXPECT_EQ(judge().plain.tracepoints, liveness::live);
}

TEST_F(loaded_verdict, of_what_brings_no_events_is_good)
{
	file_.tracepoints.events.clear();
	loaded_.module.taints = taint_set::from_letters("FOE");
	EXPECT_EQ(judge().overall, severity::good);
	EXPECT_EQ(judge().plain.tracepoints, liveness::none);
}

TEST_F(loaded_verdict, reads_the_trust_from_the_taint)
{
	EXPECT_EQ(judge().trust.state, trust::untrusted);
	loaded_.module.taints = taint_set::from_letters("O");
	EXPECT_EQ(judge().trust.state, trust::trusted);
}

TEST_F(loaded_verdict, of_what_is_built_in_is_good)
{
	loaded_.module.built_in = true;
	EXPECT_EQ(judge_loaded(loaded_, nullptr, kernel_).overall, severity::good);
}

module_message told_of(std::uint32_t events, std::uint32_t live, std::uint32_t untrusted = 0)
{
	module_message told;
	told.trace_events = events;
	told.live = live;
	told.untrusted = untrusted;
	told.dropped = events - live - untrusted;
	return told;
}

TEST_F(loaded_verdict, what_is_told_from_inside_counts_more_than_what_is_seen)
{
	loaded_.told = told_facts{told_of(3, 1, 1), {{"sample", "sys", "one", module_event_state::dropped, ""}}};
	const auto judged = judge();
	EXPECT_EQ(judged.overall, severity::bad);
	EXPECT_EQ(judged.plain.tracepoints, liveness::dropped);
	EXPECT_EQ(judged.summary, "sample is loaded, but the kernel dropped its 3 trace events");
	EXPECT_TRUE(judged.has("tracepoints-untrusted"));
	EXPECT_TRUE(judged.has("show-anyway"));
}

TEST_F(loaded_verdict, what_is_told_needs_no_file)
{
	loaded_.module.taints = taint_set::from_letters("FOE");
	loaded_.told = told_facts{told_of(2, 2), {}};
	loaded_.told->counts.marker_sites = 4;
	const auto judged = judge_loaded(loaded_, nullptr, kernel_);
	EXPECT_EQ(judged.overall, severity::good);
	EXPECT_EQ(judged.plain.tracepoints, liveness::live);
	EXPECT_TRUE(judged.has("tracepoints-woken"));
	EXPECT_TRUE(judged.has("markers"));
	EXPECT_FALSE(judged.has("allowed"));
	loaded_.told = told_facts{told_of(0, 0), {}};
	EXPECT_EQ(judge_loaded(loaded_, nullptr, kernel_).plain.tracepoints, liveness::none);
}

TEST_F(loaded_verdict, is_bad_where_its_markers_are_refused)
{
	loaded_.told = told_facts{told_of(1, 1), {}, std::vector<refusal_message>{}};
	EXPECT_EQ(judge().overall, severity::good);
	loaded_.told->refusals->push_back({"sample", "", "markers refused: not signed by a trusted key, and marker_policy=signed"});
	const auto judged = judge();
	EXPECT_EQ(judged.overall, severity::bad);
	EXPECT_TRUE(judged.has("markers-refused"));
	EXPECT_EQ(judged.summary, "sample is loaded, and its trace event works; Oriel refused markers of it");
	EXPECT_EQ(commands(), (std::vector<std::string>{"echo any >/sys/module/oriel/parameters/marker_policy", "rmmod sample",
							"insmod /m/sample.ko"}));
	loaded_.told->refusals->front() = {"sample", "sample:hit", "a marker record has another size"};
	EXPECT_TRUE(commands().empty()) << "no policy helps there";
}

TEST_F(loaded_verdict, without_root_does_not_know_what_was_refused)
{
	loaded_.told = told_facts{told_of(1, 1), {}};
	EXPECT_EQ(judge().overall, severity::good);
	EXPECT_FALSE(judge().has("markers-unknown"));
	file_.markers.push_back({"sample", "hit", "", "sample.c", 1});
	EXPECT_TRUE(judge().has("markers-unknown"));
	EXPECT_EQ(judge().overall, severity::good);
}

} // namespace
} // namespace oriel::test
