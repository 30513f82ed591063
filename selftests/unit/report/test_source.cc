// SPDX-License-Identifier: GPL-2.0
#include "report_source.hpp"
#include "scratch.hpp"
#include "synthetic.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

std::string written(const scratch_dir &dir, const std::string &name, const synthetic &what)
{
	const std::string path = dir / name;
	write_synthetic(path, what);
	return path;
}

TEST(report_source, joins_parts_and_compares_what_is_there_twice)
{
	scratch_dir dir;
	synthetic what;
	what.samples = 2;
	const std::string both = written(dir, "both", what);
	what.lock = false;
	const std::string vma = written(dir, "vma", what);
	what.lock = true;
	what.vma = false;
	const std::string lock = written(dir, "lock", what);
	EXPECT_EQ(read_report_sides({both})->size(), 1u);
	const auto joined = read_report_sides({vma, lock});
	ASSERT_EQ(joined->size(), 1u);
	EXPECT_EQ(joined->front().recordings.size(), 2u);
	EXPECT_TRUE(joined->front().vma && joined->front().lock);
	const auto four = read_report_sides({vma, lock, vma, lock});
	ASSERT_EQ(four->size(), 2u);
	EXPECT_EQ(four->back().recordings.size(), 2u);
	EXPECT_EQ(read_report_sides({both, vma})->size(), 2u);
	const auto many = read_report_sides({vma, both, vma});
	ASSERT_FALSE(many);
	EXPECT_EQ(many.failure().code, exit_code::usage);
}

TEST(report_source, tells_what_was_counted_when)
{
	scratch_dir dir;
	synthetic what;
	what.samples = 5;
	const auto few = read_report_sides({written(dir, "few", what)});
	ASSERT_EQ(few->front().vma->moments.size(), 5u);
	EXPECT_EQ(few->front().vma->moments[3].begin_s, 30);
	EXPECT_EQ(few->front().lock->moments[0].counters.at("page_table"), 160u * (3 << 12) / 2);
	what.samples = 250;
	what.lock = false;
	const auto many = read_report_sides({written(dir, "many", what)});
	const auto &moments = many->front().vma->moments;
	EXPECT_EQ(moments.size(), 125u) << "no more than a chart can show";
	EXPECT_EQ(moments[0].length_s, 20);
	EXPECT_EQ(moments.back().length_s, 20);
	std::uint64_t faults = 0;
	for (const auto &moment : moments)
		faults += moment.counters.faults;
	EXPECT_EQ(faults, many->front().vma->counted.sum().faults);
}

TEST(report_source, can_tell_of_the_end_alone)
{
	scratch_dir dir;
	synthetic what;
	what.samples = 5;
	const std::string path = written(dir, "r", what);
	const auto all = read_report_sides({path}), end = read_report_sides({path}, std::chrono::seconds(15));
	ASSERT_TRUE(all && end);
	const report_side &seen = end->front();
	EXPECT_EQ(seen.recordings[0].samples, 2u);
	EXPECT_EQ(seen.recordings[0].seconds, 20);
	EXPECT_EQ(seen.recordings[0].begin_ns, all->front().recordings[0].begin_ns + 30'000'000'000);
	ASSERT_EQ(seen.vma->moments.size(), 2u);
	EXPECT_EQ(seen.vma->counted.sum().faults, seen.vma->moments[0].counters.faults + seen.vma->moments[1].counters.faults);
	std::uint64_t waits = 0;
	for (const lock_row &row : seen.lock->counted.rows)
		waits += row.kind == oriel_lock_spin ? row.counters.waits : 0;
	EXPECT_EQ(seen.lock->counted.coverage[oriel_lock_spin].seen, waits) << "both of the end";
}

TEST(report_source, refuses_what_holds_nothing)
{
	scratch_dir dir;
	synthetic what;
	what.vma = what.lock = false;
	EXPECT_FALSE(read_report_sides({written(dir, "none", what)}));
	EXPECT_FALSE(read_report_sides({dir.write("text", "no recording").string()}));
	EXPECT_FALSE(read_report_sides({dir / "absent"}));
}

} // namespace
} // namespace oriel::test
