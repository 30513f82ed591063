// SPDX-License-Identifier: GPL-2.0
#include "report.hpp"
#include "report_section.hpp"
#include "scratch.hpp"
#include "synthetic.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

using nlohmann::ordered_json;

ordered_json report_on(const std::vector<synthetic> &recordings)
{
	scratch_dir dir;
	std::vector<std::string> paths;
	for (const synthetic &what : recordings) {
		paths.push_back(dir / std::to_string(paths.size()));
		write_synthetic(paths.back(), what);
	}
	const auto sides = read_report_sides(paths);
	EXPECT_TRUE(sides);
	return make_report(*sides, {{}, "not looked at"}, 0);
}

std::string story_of(const ordered_json &section)
{
	std::string text;
	for (const auto &sentence : section["story"])
		text += sentence["text"].get<std::string>() + "\n";
	return text;
}

bool holds(const std::string &text, const std::string &part)
{
	return text.find(part) != std::string::npos;
}

module_states modules_with(std::initializer_list<std::pair<const char *, liveness>> list)
{
	module_states states;
	for (const auto &[name, tracing] : list)
		states.add({name, "", 3, tracing, tracing == liveness::dropped ? severity::bad : severity::good, "what is said of it"});
	return states;
}

TEST(report, tells_of_one_recording)
{
	const ordered_json made = report_on({{}});
	EXPECT_EQ(made["version"], 1);
	ASSERT_EQ(made["sections"].size(), 3u);
	const std::string vma = story_of(made["sections"][0]), lock = story_of(made["sections"][1]);
	EXPECT_TRUE(holds(vma, "321,390 page faults (536 per second)")) << vma;
	EXPECT_TRUE(holds(vma, "would have answered 60.5 %")) << vma;
	EXPECT_TRUE(holds(lock, "76.7 % of that time was for mmap_lock of the waiter's own address space: 2,817 waits")) << lock;
	EXPECT_TRUE(holds(lock, "Who waited most: cc1 (120); where: do_user_addr_fault; who held it, where that is known: ld (101)."))
		<< lock;
	EXPECT_TRUE(holds(lock, "ext4_inode_cache (inode)")) << lock;
	EXPECT_EQ(made["sections"][0]["charts"].size(), 3u);
	EXPECT_EQ(made["sections"][1]["charts"].size(), 3u);
	EXPECT_EQ(made["sections"][1]["tables"][0]["rows"].size(), 5u);
	EXPECT_TRUE(holds(made["sections"][1]["unseen"].dump(), "lost: 2 times")) << made["sections"][1]["unseen"];
	EXPECT_TRUE(holds(made["sections"][1]["unseen"].dump(), "unknown of: rwlock, write")) << made["sections"][1]["unseen"];
}

TEST(report, compares_two)
{
	synthetic other;
	other.load = 3;
	other.samples = 30;
	const ordered_json made = report_on({{}, other});
	const std::string vma = story_of(made["sections"][0]), lock = story_of(made["sections"][1]);
	EXPECT_TRUE(holds(vma, "Page faults: 536 per second in A, ")) << "half the time, but compared by the second\n" << vma;
	EXPECT_TRUE(holds(vma, "(-20.3 points)")) << vma;
	EXPECT_TRUE(holds(lock, "It rose most for mmap_lock of the waiter's own address space: ")) << lock;
	EXPECT_FALSE(holds(lock, "It fell most")) << lock;
	EXPECT_EQ(made["sides"][1]["name"], "B");
	EXPECT_EQ(made["sections"][0]["tables"][0]["columns"].size(), 4u);
}

TEST(report, says_what_only_one_of_two_has)
{
	synthetic both, other;
	both.samples = other.samples = 2;
	other.lock = false;
	EXPECT_TRUE(holds(story_of(report_on({both, other})["sections"][1]), "Only A has this."));
}

TEST(report, of_nothing_is_one_as_well)
{
	synthetic none;
	none.samples = 0;
	const ordered_json made = report_on({none, none});
	EXPECT_TRUE(holds(story_of(made["sections"][1]), "Waits for locks took 0 ns of each second in A"));
	EXPECT_TRUE(holds(story_of(report_on({none})["sections"][1]), "nobody was seen to wait"));
	EXPECT_TRUE(made["sections"][1]["charts"].empty());
}

TEST(report, without_policies_says_how_to_have_them)
{
	scratch_dir dir;
	synthetic few;
	few.samples = 2;
	write_synthetic(dir / "r", few);
	auto sides = read_report_sides({dir / "r"});
	sides->front().vma->policies = false;
	const ordered_json section = make_report(*sides, {{}, ""}, 0)["sections"][0];
	EXPECT_TRUE(holds(story_of(section), "oriel vma record --policies"));
	EXPECT_EQ(section["charts"].size(), 1u) << "none of caches";
}

TEST(report, gives_hit_rates_of_what_the_caches_saw)
{
	report_vma side;
	side.policies = true;
	oriel_vma_row row{};
	row.counters.lookups = 10;
	row.counters.unsimulated = 5;
	row.counters.hits[oriel_vma_last] = 4;
	side.counted.threads = {row};
	const report_section section = report_of(std::vector<const report_vma *>{&side});
	EXPECT_EQ(section.tables[0]["rows"][0][1], 80.0) << section.tables[0];
	EXPECT_TRUE(holds(section.story[1].text, "Of 5 lookups, those that caches saw, "));
}

TEST(report, names_modules_that_cannot_be_traced)
{
	const auto some = modules_with({{"fine", liveness::live}, {"ticker", liveness::dropped}, {"odd", liveness::unknown}});
	const report_section bad = report_of({&some});
	EXPECT_TRUE(holds(bad.story[0].text, "1 of 3 loaded modules cannot be traced, and the kernel told nobody: ticker."));
	EXPECT_EQ(bad.story[0].weight, severity::bad);
	EXPECT_TRUE(holds(bad.story[1].text, "Of 1 of 3 loaded modules it is not known")) << bad.story[1].text;
	ASSERT_EQ(bad.tables[0]["rows"].size(), 1u);
	EXPECT_EQ(bad.tables[0]["rows"][0][0], "ticker");
	const auto none = modules_with({{"fine", liveness::live}});
	const report_section good = report_of({&none});
	EXPECT_EQ(good.story[0].weight, severity::good);
	EXPECT_TRUE(good.tables.empty());
	const report_section two = report_of(std::vector<const module_states *>{&none, &some});
	EXPECT_EQ(two.story[0].text, "A: No trace event of the 1 loaded modules was dropped.");
	EXPECT_TRUE(holds(two.story[1].text, "B: 1 of 3 loaded")) << two.story[1].text;
	EXPECT_EQ(two.tables[0]["rows"][0][0], "B");
}

TEST(report, tells_of_modules_from_recordings)
{
	synthetic with, without;
	with.samples = without.samples = 2;
	with.modules = modules_with({{"ticker", liveness::dropped}, {"fine", liveness::live}});
	const ordered_json one = report_on({with})["sections"];
	ASSERT_EQ(one.size(), 3u);
	EXPECT_TRUE(holds(story_of(one[2]), "1 of 2 loaded modules cannot be traced, and the kernel told nobody: ticker.")) << one[2];
	EXPECT_TRUE(holds(story_of(report_on({without, with})["sections"][2]), "Only B has this."));
	EXPECT_TRUE(holds(story_of(report_on({without})["sections"][2]), "not looked at"));
	synthetic lock = with;
	lock.vma = with.lock = false;
	lock.modules = modules_with({{"later", liveness::dropped}, {"other", liveness::live}, {"fine", liveness::live}});
	const std::string both = story_of(report_on({with, lock})["sections"][2]);
	EXPECT_TRUE(holds(both, "2 of 3 loaded modules cannot be traced, and the kernel told nobody: ticker, later.")) << both;
	synthetic alone = with;
	alone.vma = alone.lock = false;
	EXPECT_EQ(report_on({alone})["sections"].size(), 1u) << "they are worth a report by themselves";
}

TEST(report, looks_at_modules_only_where_the_recording_was_made)
{
	report_side side;
	side.recordings.push_back({"r", {{"machine", "here"}, {"kernel", "6.1"}}, 0, 0, 0, {}});
	EXPECT_EQ(why_no_modules({side}, {{"machine", "here"}, {"kernel", "6.1"}}, true), "");
	EXPECT_TRUE(holds(why_no_modules({side}, {{"machine", "there"}, {"kernel", "6.1"}}, true), "recorded on here"));
	EXPECT_TRUE(holds(why_no_modules({side}, {{"machine", "here"}, {"kernel", "6.2"}}, true), "with kernel 6.2"));
	EXPECT_TRUE(holds(why_no_modules({side}, {{"machine", "here"}, {"kernel", "6.1"}}, false), "loads no modules"));
}

} // namespace
} // namespace oriel::test
