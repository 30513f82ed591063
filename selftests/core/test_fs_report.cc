// SPDX-License-Identifier: GPL-2.0
/* What oriel-fs answers about mounts, which come and go while they are told. */
#include <cstdio>
#include <gtest/gtest.h>
#include <map>

#include "bindings/fs/okb_fs_stat.h"
#include "fake_kernel.h"
#include "fs/report.h"
#include "uapi/linux/oriel_netlink.h"

using namespace oriel;

namespace {

std::map<u64, okb_fs_mount> mounts;
int failure;

struct fs_report : testing::Test {
	fs_report()
	{
		mounts.clear();
		failure = 0;
	}

	void add(u64 id)
	{
		okb_fs_mount &mount = mounts[id];
		mount.id = id;
		mount.minor = 7;
		mount.stat.deepest = id + 1;
		mount.stat.stale = id + 2;
		std::snprintf(mount.source, sizeof(mount.source), "/srv/%llu", id);
	}
	int row(std::size_t room = 1000)
	{
		last = fake::message{.room = room};
		return report_mount(mint::process(), cursor, last.handle());
	}

	okb_cursor cursor{};
	fake::message last{};
};

} // namespace

extern "C" int okb_fs_next_mount(u64 after, okb_fs_mount *mount)
{
	auto next = mounts.upper_bound(after);
	if (failure || next == mounts.end())
		return failure ?: -2;
	*mount = next->second;
	return 0;
}

TEST_F(fs_report, no_mount)
{
	EXPECT_EQ(row(), 0);
}

TEST_F(fs_report, every_attribute)
{
	add(1);
	EXPECT_EQ(row(), 1);
	EXPECT_EQ(last.attributes.size(), static_cast<std::size_t>(ORIEL_A_MOUNT_MAX));
	EXPECT_EQ(last.get(ORIEL_A_MOUNT_SOURCE), "/srv/1");
	EXPECT_EQ(last.get(ORIEL_A_MOUNT_MINOR), "7");
	EXPECT_EQ(last.get(ORIEL_A_MOUNT_DEEPEST), "2");
	EXPECT_EQ(last.get(ORIEL_A_MOUNT_STALE), "3");
	EXPECT_EQ(row(), 0);
}

TEST_F(fs_report, ids_of_more_than_32_bits)
{
	const u64 large = (1ull << 40) + 0xffffffff;
	for (u64 id : {1ull, 0xffffffffull, 1ull << 32, large, large + 1}) {
		add(id);
		EXPECT_EQ(row(), 1);
		EXPECT_EQ(last.get(ORIEL_A_MOUNT_ID), std::to_string(id));
	}
	EXPECT_EQ(row(), 0);
}

TEST_F(fs_report, mounts_that_come_and_go_between_rows)
{
	for (u64 id : {1, 2, 3})
		add(id);
	EXPECT_EQ(row(), 1);
	mounts.erase(1);
	mounts.erase(2);
	EXPECT_EQ(row(), 1);
	EXPECT_EQ(last.get(ORIEL_A_MOUNT_ID), "3");
	add(4);
	EXPECT_EQ(row(), 1);
	EXPECT_EQ(last.get(ORIEL_A_MOUNT_ID), "4");
	EXPECT_EQ(row(), 0);
}

TEST_F(fs_report, a_full_message_is_written_again)
{
	add(1);
	for (std::size_t room = 0; room < ORIEL_A_MOUNT_MAX; room++)
		EXPECT_EQ(row(room), -90);
	EXPECT_EQ(row(), 1);
	EXPECT_EQ(last.get(ORIEL_A_MOUNT_ID), "1");
}

TEST_F(fs_report, another_failure_is_passed_on)
{
	failure = -4;
	EXPECT_EQ(row(), -4);
}
