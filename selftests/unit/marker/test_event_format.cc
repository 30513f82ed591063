// SPDX-License-Identifier: GPL-2.0
#include "event_format.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace oriel::test {
namespace {

constexpr const char *format = R"(name: tick
ID: 1342
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:int count;	offset:8;	size:4;	signed:1;
	field:__data_loc char[] name;	offset:12;	size:4;	signed:0;
	field:unsigned short parts[2];	offset:16;	size:4;	signed:0;
	field:char label[4];	offset:20;	size:4;	signed:0;

print fmt: "count=%d name=%s", REC->count, __get_str(name)
)";

struct raw_tick {
	std::uint16_t type = 1342;
	std::uint16_t flags = 0;
	std::int32_t pid = 77;
	std::int32_t count = -5;
	std::uint32_t name = 6u << 16 | 24u; // six bytes at 24
	std::uint16_t parts[2] = {1, 2};
	char label[4] = {'f', 'u', 'l', 'l'}; // without an end
	char text[8] = "item0";
};

class event_format : public ::testing::Test {
protected:
	event_decoder decoder_;
	raw_tick tick_;

	event_format() { EXPECT_TRUE(decoder_.add_format("om", format)); }
	byte_view view(std::size_t size = sizeof(raw_tick)) const { return {reinterpret_cast<const std::byte *>(&tick_), size}; }
};

TEST_F(event_format, says_which_event_and_who)
{
	decoder_.add_names("76 other\n77 a thread\nnonsense\n");
	const auto head = decoder_.head(view());
	ASSERT_TRUE(head);
	EXPECT_EQ(head->system + ":" + head->event, "om:tick");
	EXPECT_EQ(head->pid, 77);
	EXPECT_EQ(head->comm, "a thread");
}

TEST_F(event_format, gives_the_names_as_it_took_them)
{
	decoder_.add_names("77 a thread\n76 other\n");
	decoder_.add_name(78, "told");
	EXPECT_EQ(decoder_.names(), "76 other\n77 a thread\n78 told\n");
}

TEST_F(event_format, a_thread_may_have_no_name)
{
	EXPECT_EQ(decoder_.head(view())->comm, "<...>");
	tick_.pid = 0;
	EXPECT_EQ(decoder_.head(view())->comm, "<idle>");
}

TEST_F(event_format, fields_are_typed)
{
	EXPECT_EQ(decoder_.fields(view()),
		  (nlohmann::ordered_json{{"count", -5}, {"name", "item0"}, {"parts", {1, 2}}, {"label", "full"}}));
}

TEST_F(event_format, prints_as_the_author_does)
{
	EXPECT_EQ(decoder_.text(view(), 0, 1), "count=-5 name=item0");
}

TEST_F(event_format, a_string_that_would_lie_outside_is_empty)
{
	for (const std::uint32_t location : {6u << 16 | 27u, 0xffff0000u | 24u, 1u << 16 | 0xffffu}) {
		tick_.name = location;
		EXPECT_EQ(decoder_.fields(view())["name"], "") << location;
	}
}

TEST_F(event_format, a_record_may_be_cut_off_anywhere)
{
	for (std::size_t size = 0; size < sizeof(raw_tick); size++) {
		const bytes part(view(size).begin(), view(size).end());
		EXPECT_EQ(decoder_.head(part).has_value(), size >= 2) << size;
		EXPECT_LE(decoder_.fields(part).size(), 4u);
	}
}

TEST_F(event_format, an_event_may_be_unknown)
{
	tick_.type = 1;
	EXPECT_FALSE(decoder_.head(view()));
	EXPECT_TRUE(decoder_.fields(view()).empty());
}

TEST_F(event_format, a_format_may_be_damaged)
{
	EXPECT_FALSE(event_decoder().add_format("om", ""));
	EXPECT_FALSE(event_decoder().add_format("om", "name: x\nID: y\n"));
	EXPECT_FALSE(event_decoder().add_format("om", std::string(format).substr(0, 60)));
}

} // namespace
} // namespace oriel::test
