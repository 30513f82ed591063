// SPDX-License-Identifier: GPL-2.0
#include "settings.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

TEST(settings, defaults_are_those_of_an_empty_file)
{
	const auto read = parse_settings("", "f");
	ASSERT_TRUE(read);
	EXPECT_EQ(*read, settings{});
	EXPECT_EQ(*read_settings("/nowhere/orield.conf", false), settings{});
	EXPECT_FALSE(read_settings("/nowhere/orield.conf", true)) << "one that was named must be there";
}

TEST(settings, all_can_be_set)
{
	const auto read = parse_settings(R"(
interval_seconds = 3
budget_percent = 0.5
socket = "/tmp/s"
[collect]
vma = false
vma_policies = true
vma_processes = false
locks = false
cgroups = false
markers = false
modules = false
[exporter]
listen = "[::1]:9"
series = 100
[recording]
file = ""
minutes = 5
mebibytes = 1
)",
					 "f");
	ASSERT_TRUE(read);
	settings wanted;
	wanted.interval = std::chrono::seconds(3);
	wanted.budget_percent = 0.5;
	wanted.socket = "/tmp/s";
	wanted.collect_vma = wanted.vma_processes = wanted.collect_locks = wanted.collect_cgroups = wanted.collect_markers =
		wanted.collect_modules = false;
	wanted.vma_policies = true;
	wanted.listen = "[::1]:9";
	wanted.series = 100;
	wanted.recording = "";
	wanted.recording_time = std::chrono::minutes(5);
	wanted.recording_mib = 1;
	EXPECT_EQ(*read, wanted);
}

TEST(settings, what_is_wrong_is_refused_with_its_line)
{
	const std::pair<const char *, const char *> wrong[] = {
		{"\ninterval_seconds = 0", "f:2: interval_seconds is not a number from 1 to 3600"},
		{"interval_seconds = 1.5", "f:1: interval_seconds is not a number from 1 to 3600"},
		{"interval_seconds = \"10\"", "f:1: interval_seconds is not a number from 1 to 3600"},
		{"budget_percent = -1", "f:1: budget_percent is not a number from 0.01 to 100"},
		{"budget_percent = nan", "f:1: budget_percent is not a number from 0.01 to 100"},
		{"socket = \"\"", "f:1: socket is not an absolute path"},
		{"socket = \"run\"", "f:1: socket is not an absolute path"},
		{"colour = 1", "f:1: colour is not known"},
		{"[colect]\nvma = true", "f:1: colect is not known"},
		{"[collect]\nvma = 1", "f:2: vma is not true or false"},
		{"[collect]\nvmas = true", "f:2: collect.vmas is not known"},
		{"collect = 1", "f:1: collect is not known"},
		{"[exporter]\nlisten = \"19735\"", "f:2: listen is not ADDRESS:PORT, or \"\" for none"},
		{"[exporter]\nlisten = \"a:99999\"", "f:2: listen is not ADDRESS:PORT, or \"\" for none"},
		{"[exporter]\nlisten = \"a:1,b:2\"", "f:2: listen is not ADDRESS:PORT, or \"\" for none"},
		{"[exporter]\nseries = 5000", "f:2: series is not a number from 100 to 2000"},
		{"[recording]\nminutes = 0", "f:2: minutes is not a number from 1 to 100000"},
	};
	for (const auto &[text, message] : wrong) {
		const auto read = parse_settings(text, "f");
		ASSERT_FALSE(read) << text;
		EXPECT_EQ(read.failure().message, message);
		EXPECT_EQ(read.failure().code, exit_code::usage);
	}
	const auto broken = parse_settings("a = 1\nb = = 2", "f");
	ASSERT_FALSE(broken);
	EXPECT_EQ(broken.failure().message.substr(0, 5), "f:2: ");
	EXPECT_FALSE(parse_settings("a = 1\na = 2", "f"));
	EXPECT_FALSE(parse_settings(std::string("\0\xff", 2), "f"));
}

} // namespace
} // namespace oriel::test
