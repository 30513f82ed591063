// SPDX-License-Identifier: GPL-2.0
#include "report_page.hpp"
#include "scratch.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace oriel::test {
namespace {

using nlohmann::ordered_json;

std::string between(const std::string &text, const std::string &begin, const std::string &end)
{
	const auto from = text.find(begin) + begin.size();
	return text.substr(from, text.find(end, from) - from);
}

std::string content(const std::filesystem::path &path)
{
	std::ifstream file(path);
	return {std::istreambuf_iterator<char>(file), {}};
}

TEST(report_page, holds_any_text_as_data)
{
	const ordered_json report{{"name", "</script><!-- <script> @chart@ @nonce@ & \xe2\x80\xa8"},
				  {"bad", "a\xff"
					  "b"}};
	const auto page = report_page(report);
	ASSERT_TRUE(page) << page.failure().message;
	EXPECT_TRUE(page->starts_with(report_page_begin));
	const std::string data = between(*page, R"(<script type="application/json" id="report">)", "</script>");
	EXPECT_EQ(data.find('<'), std::string::npos);
	EXPECT_EQ(ordered_json::parse(data)["name"], report["name"]);
	EXPECT_EQ(ordered_json::parse(data)["bad"], "a\xef\xbf\xbd"
						    "b");
	const std::string nonce = between(*page, "script-src 'nonce-", "'");
	EXPECT_EQ(nonce.size(), 32u);
	EXPECT_EQ(data.find(nonce), std::string::npos);
	EXPECT_NE(between(*report_page(report), "script-src 'nonce-", "'"), nonce) << "nobody can know it before";
	EXPECT_NE(page->find("Chart.js v"), std::string::npos);
}

TEST(report_page, replaces_a_page_and_nothing_else)
{
	scratch_dir dir;
	const std::string page = std::string(report_page_begin) + "1", other = std::string(report_page_begin) + "2";
	ASSERT_TRUE(write_report_page(dir / "r", page));
	ASSERT_TRUE(write_report_page(dir / "r", other));
	EXPECT_EQ(content(dir / "r"), other);
	dir.write("mine", "my own");
	const auto refused = write_report_page(dir / "mine", page);
	ASSERT_FALSE(refused);
	EXPECT_NE(refused.failure().message.find("is there already, and is no report"), std::string::npos);
	EXPECT_EQ(content(dir / "mine"), "my own");
	std::filesystem::create_symlink(dir / "r", dir / "link");
	ASSERT_TRUE(write_report_page(dir / "link", page));
	EXPECT_TRUE(std::filesystem::is_symlink(dir / "link"));
	EXPECT_EQ(content(dir / "r"), page);
	EXPECT_FALSE(write_report_page(dir.path(), page));
	EXPECT_FALSE(write_report_page(dir / "no/such", page));
	const auto full = write_report_page("/dev/full", page);
	ASSERT_FALSE(full);
	EXPECT_NE(full.failure().message.find("No space left"), std::string::npos);
	std::size_t files = 0;
	for ([[maybe_unused]] const auto &file : std::filesystem::directory_iterator(dir.path()))
		files++;
	EXPECT_EQ(files, 3u) << "nothing half written is left";
}

} // namespace
} // namespace oriel::test
