// SPDX-License-Identifier: GPL-2.0
#include "json_verdict.hpp"
#include "module_builder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace oriel::test {
namespace {

TEST(json, says_null_where_nothing_is_known)
{
	const auto json = to_json(kernel_facts{});
	for (const char *key : {"vermagic", "symbol_versions", "signatures_enforced", "lockdown", "loading_disabled", "taint", "keyrings"})
		EXPECT_TRUE(json.at(key).is_null()) << key;
}

TEST(json, of_a_file_names_its_events)
{
	const auto json = to_json(*parse_module(module_builder().build(), "m.ko"));
	EXPECT_EQ(json.at("trace_events").at(0).at("name"), "sample_tick");
	EXPECT_EQ(json.at("signature").at("signed"), false);
	EXPECT_EQ(json.at("build_id"), "abcd");
}

TEST(json, of_a_verdict_holds_all_that_is_printed)
{
	verdict judged;
	judged.overall = severity::bad;
	judged.summary = "summary";
	judged.plain.load = acceptance::refused;
	judged.plain.refusal = "ENOEXEC";
	judged.findings.push_back({"code", severity::bad, "text", {{"way", {"command"}}}});
	const auto json = to_json(judged);
	EXPECT_EQ(json.at("overall"), "bad");
	EXPECT_EQ(json.at("plain").at("refusal"), "ENOEXEC");
	EXPECT_TRUE(json.at("forced").at("refusal").is_null());
	EXPECT_EQ(json.at("findings").at(0).at("remedies").at(0).at("commands").at(0), "command");
}

} // namespace
} // namespace oriel::test
