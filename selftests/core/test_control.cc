// SPDX-License-Identifier: GPL-2.0
#include "running.h"

using control = running;

TEST_F(control, another_version_is_told_ours)
{
	oriel_arm a{};
	a.abi = ORIEL_ABI_VERSION + 1;
	a.flags = ~0u;
	EXPECT_EQ(oriel_control_arm("me", &a), -71);
	EXPECT_EQ(a.abi, static_cast<u32>(ORIEL_ABI_VERSION));
	oriel_disarm d{};
	EXPECT_EQ(oriel_control_disarm("me", &d), -71);
	oriel_wake w{};
	EXPECT_EQ(oriel_control_wake("me", &w), -71);
	oriel_allow l{};
	EXPECT_EQ(oriel_control_allow("me", &l), -71);
	EXPECT_EQ(l.abi, static_cast<u32>(ORIEL_ABI_VERSION));
}

TEST_F(control, unknown_flags_and_padding)
{
	EXPECT_EQ(arm("x", "", 0, 2), -22);
	oriel_disarm d{};
	d.abi = ORIEL_ABI_VERSION;
	d.pad = 1;
	EXPECT_EQ(oriel_control_disarm("me", &d), -22);
	d.pad = 0;
	d.flags = 2;
	EXPECT_EQ(oriel_control_disarm("me", &d), -22);
	oriel_wake w{};
	w.abi = ORIEL_ABI_VERSION;
	w.flags = 1;
	EXPECT_EQ(oriel_control_wake("me", &w), -22);
	oriel_allow l{};
	l.abi = ORIEL_ABI_VERSION;
	l.flags = 2;
	EXPECT_EQ(oriel_control_allow("me", &l), -22);
}

TEST_F(control, strings_without_end)
{
	oriel_arm a{};
	a.abi = ORIEL_ABI_VERSION;
	memset(a.pattern, 'x', sizeof(a.pattern));
	EXPECT_EQ(oriel_control_arm("me", &a), -22);
	a.pattern[5] = '\0';
	memset(a.filter, 'x', sizeof(a.filter));
	EXPECT_EQ(oriel_control_arm("me", &a), -22);
	oriel_wake w{};
	w.abi = ORIEL_ABI_VERSION;
	memset(w.module, 'x', sizeof(w.module));
	EXPECT_EQ(oriel_control_wake("me", &w), -22);
	oriel_allow l{};
	l.abi = ORIEL_ABI_VERSION;
	memset(l.module, 'x', sizeof(l.module));
	EXPECT_EQ(oriel_control_allow("me", &l), -22);
}

TEST_F(control, empty_pattern)
{
	EXPECT_EQ(arm(""), -22);
	EXPECT_NE(std::string(request.why), "");
}

TEST_F(control, arms_are_bounded)
{
	for (int i = 0; i < 256; i++)
		ASSERT_EQ(arm("x"), 0);
	EXPECT_EQ(arm("x"), -28);
	EXPECT_EQ(disarm(""), 256);
}

TEST_F(control, allow_and_revoke)
{
	oriel_allow l{};
	l.abi = ORIEL_ABI_VERSION;
	EXPECT_EQ(oriel_control_allow("me", &l), -22) << "no name";
	strcpy(l.module, "victim");
	EXPECT_EQ(oriel_control_allow("me", &l), 0);
	EXPECT_EQ(oriel_control_allow("me", &l), 0);
	EXPECT_EQ(fake::now.log.size(), 1u) << "logged once";
	l.flags = ORIEL_ALLOW_REVOKE;
	EXPECT_EQ(oriel_control_allow("me", &l), 0);
	EXPECT_EQ(oriel_control_allow("me", &l), -2);
}
