// SPDX-License-Identifier: GPL-2.0
#include "companion_abi.hpp"

#include <gtest/gtest.h>
#include <linux/oriel.h>

namespace oriel::test {
namespace {

TEST(abi, its_own_version_passes)
{
	EXPECT_FALSE(check_abi(ORIEL_ABI_VERSION, "oriel", "1.2.3"));
}

TEST(abi, another_is_refused_by_naming_both)
{
	const auto newer = check_abi(ORIEL_ABI_VERSION + 41, "oriel_ns", "1.2.3");
	ASSERT_TRUE(newer);
	EXPECT_EQ(newer->code, exit_code::unsupported);
	EXPECT_NE(newer->message.find("speaks version " + std::to_string(ORIEL_ABI_VERSION) + " of"), std::string::npos) << newer->message;
	EXPECT_NE(newer->message.find("oriel_ns.ko (1.2.3) speaks version " + std::to_string(ORIEL_ABI_VERSION + 41)), std::string::npos)
		<< newer->message;
	EXPECT_NE(newer->message.find(companion_version()), std::string::npos);
	EXPECT_NE(newer->remedy.find("install"), std::string::npos);
	EXPECT_NE(check_abi(0, "oriel", "")->remedy.find("oriel load"), std::string::npos);
}

} // namespace
} // namespace oriel::test
