// SPDX-License-Identifier: GPL-2.0
#include "running.h"

using report = running;

TEST_F(report, status_and_capabilities)
{
	auto status = dump(ORIEL_CMD_STATUS);
	ASSERT_EQ(status.size(), 1u);
	EXPECT_EQ(status[0].get(ORIEL_A_STATUS_ABI), std::to_string(ORIEL_ABI_VERSION));
	EXPECT_EQ(status[0].get(ORIEL_A_STATUS_VERSION), "1.2.3");
	EXPECT_EQ(status[0].get(ORIEL_A_STATUS_POLICY), "not-proprietary");
	EXPECT_EQ(dump(ORIEL_CMD_CAPABILITY).size(), 1u);
}

TEST_F(report, unknown_command)
{
	okb_cursor cursor{};
	fake::message m;
	EXPECT_EQ(oriel_netlink_row(999, nullptr, &cursor, m.handle()), -95);
}

TEST_F(report, a_full_message_is_written_again_and_nothing_is_skipped)
{
	fake::module m;
	std::vector<oriel_marker> records;
	records.reserve(3);
	for (const char *name : {"a", "b", "c"}) {
		records.push_back(fake::record_in(m, "om", name, "n=%d", 1));
		m.add(records.back());
	}
	load(m);
	std::string seen;
	okb_cursor cursor{};
	for (std::size_t room = 1;; room++) {
		fake::message message{.room = room};
		int status = oriel_netlink_row(ORIEL_CMD_MARKER, nullptr, &cursor, message.handle());
		if (!status)
			break;
		if (status < 0) {
			EXPECT_EQ(status, -90);
			continue;
		}
		seen += message.get(ORIEL_A_MARKER_EVENT);
		room = 0;
	}
	EXPECT_EQ(seen, "abc");
	unload(m);
}

TEST_F(report, a_module_by_name)
{
	fake::module a{.name = "a"}, b{.name = "b"};
	load(a);
	load(b);
	EXPECT_EQ(dump(ORIEL_CMD_MODULE).size(), 2u);
	auto row = dump(ORIEL_CMD_MODULE, "b");
	ASSERT_EQ(row.size(), 1u);
	EXPECT_EQ(row[0].get(ORIEL_A_MODULE_NAME), "b");
	okb_cursor cursor{};
	fake::message m;
	EXPECT_EQ(oriel_netlink_row(ORIEL_CMD_MODULE, "c", &cursor, m.handle()), -2);
	unload(a);
	unload(b);
}

TEST_F(running, arms_are_told_with_what_they_arm)
{
	fake::module m{.name = "m"};
	oriel_marker record = fake::record_in(m, "om", "tick", "n=%d", 1);
	m.add(record);
	load(m);
	ASSERT_EQ(arm("om:*", "n > 3", 7, ORIEL_ARM_KEEP), 0);
	ASSERT_EQ(arm("nobody:*"), 0);
	const auto rows = dump(ORIEL_CMD_ARM);
	ASSERT_EQ(rows.size(), 2u);
	EXPECT_EQ(rows[0].get(ORIEL_A_ARM_PATTERN), "om:*");
	EXPECT_EQ(rows[0].get(ORIEL_A_ARM_FILTER), "n > 3");
	EXPECT_EQ(rows[0].get(ORIEL_A_ARM_PER_SECOND), "7");
	EXPECT_EQ(rows[0].get(ORIEL_A_ARM_KEPT), "1");
	EXPECT_EQ(rows[0].get(ORIEL_A_ARM_MARKERS), "1");
	EXPECT_EQ(rows[1].get(ORIEL_A_ARM_KEPT), "0");
	EXPECT_EQ(rows[1].get(ORIEL_A_ARM_MARKERS), "0");
	unload(m);
}
