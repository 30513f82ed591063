// SPDX-License-Identifier: GPL-2.0
#include "file_read.hpp"
#include "marker_drain.hpp"
#include "scratch.hpp"

#include <fstream>
#include <gtest/gtest.h>

namespace oriel::test {
namespace {

namespace fs = std::filesystem;

TEST(drain, triggers_are_taken_back_as_they_are_listed)
{
	EXPECT_EQ(trigger_removals("hist:keys=name:vals=hitcount:sort=hitcount:size=2048 [active]\ntraceoff:unlimited\n"),
		  (std::vector<std::string>{"!hist:keys=name:vals=hitcount:sort=hitcount:size=2048", "!traceoff:unlimited"}));
	EXPECT_TRUE(trigger_removals("# Available triggers:\n# traceon traceoff\n").empty());
	EXPECT_TRUE(trigger_removals("").empty());
}

TEST(drain, holders_are_found_by_their_descriptors)
{
	const scratch_dir proc;
	const auto process = [&](const std::string &pid, const std::string &link) {
		fs::create_directories(proc.path() / pid / "fd");
		std::ofstream(proc.path() / pid / "comm") << "name" << pid << '\n';
		fs::create_symlink("/dev/null", proc.path() / pid / "fd/0");
		fs::create_symlink(link, proc.path() / pid / "fd/5");
	};
	process("12", "/dev/oriel");
	process("9", "/dev/oriel (deleted)");
	process("13", "/dev/other");
	process("self", "/dev/oriel");
	process(std::to_string(::getpid()), "/dev/oriel");
	const auto holders = find_holders("/dev/oriel", proc.path());
	ASSERT_EQ(holders.size(), 2u);
	EXPECT_EQ(holders[0].pid, 9);
	EXPECT_EQ(holders[1].pid, 12);
	EXPECT_EQ(holders[1].comm, "name12");
}

TEST(drain, an_event_is_disabled_in_every_instance)
{
	const scratch_dir tracefs;
	for (const char *instance : {"", "instances/one", "instances/two"}) {
		const fs::path dir = tracefs.path() / instance / "events/om/tick";
		fs::create_directories(dir);
		std::ofstream(dir / "enable") << "1\n";
		std::ofstream(dir / "trigger") << "hist:keys=name [active]\n";
	}
	disable_everywhere(tracefs.path(), "om", "tick");
	for (const char *instance : {"", "instances/one", "instances/two"}) {
		EXPECT_EQ(read_text(tracefs.path() / instance / "events/om/tick/enable"), "0");
		EXPECT_EQ(read_text(tracefs.path() / instance / "events/om/tick/trigger"), "!hist:keys=name");
	}
}

} // namespace
} // namespace oriel::test
