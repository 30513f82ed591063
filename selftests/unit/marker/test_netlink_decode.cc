// SPDX-License-Identifier: GPL-2.0
#include "netlink_decode.hpp"
#include "netlink_json.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <linux/netlink.h>

namespace oriel::test {
namespace {

// Writes attributes as the kernel does.
class attribute_writer {
public:
	attribute_writer &put(int number, const void *data, std::size_t size)
	{
		const nlattr header{static_cast<std::uint16_t>(sizeof(nlattr) + size), static_cast<std::uint16_t>(number)};
		append(&header, sizeof(header));
		append(data, size);
		bytes_.resize(NLA_ALIGN(bytes_.size()));
		return *this;
	}
	attribute_writer &put(int number, const std::string &text) { return put(number, text.c_str(), text.size() + 1); }
	attribute_writer &put(int number, const attribute_writer &nest)
	{
		return put(number | NLA_F_NESTED, nest.bytes_.data(), nest.bytes_.size());
	}
	template <class Number>
	requires std::is_arithmetic_v<Number> attribute_writer &put(int number, Number value) { return put(number, &value, sizeof(value)); }
	byte_view view() const { return bytes_; }
	byte_view first(std::size_t size) const { return byte_view(bytes_).first(size); }

private:
	void append(const void *data, std::size_t size)
	{
		const auto *at = static_cast<const std::byte *>(data);
		bytes_.insert(bytes_.end(), at, at + size);
	}

	bytes bytes_;
};

attribute_writer whole_marker()
{
	attribute_writer site;
	site.put(ORIEL_A_SITE_MODULE, std::string("mod"))
		.put(ORIEL_A_SITE_FILE, std::string("a.c"))
		.put(ORIEL_A_SITE_LINE, std::uint32_t{7});
	attribute_writer marker;
	marker.put(ORIEL_A_MARKER_SUBSYSTEM, std::string("om")).put(ORIEL_A_MARKER_EVENT, std::string("tick"));
	marker.put(ORIEL_A_MARKER_ARMED, std::uint8_t{1}).put(ORIEL_A_MARKER_HITS, std::uint64_t{1} << 40);
	return marker.put(ORIEL_A_MARKER_SITE, site).put(ORIEL_A_MARKER_SITE, site).put(ORIEL_A_MARKER_SITE_COUNT, std::uint32_t{2});
}

TEST(netlink_decode, fills_a_message)
{
	marker_message marker;
	ASSERT_TRUE(decode(whole_marker().view(), marker));
	EXPECT_EQ(marker.subsystem, "om");
	EXPECT_EQ(marker.event, "tick");
	EXPECT_TRUE(marker.armed);
	EXPECT_FALSE(marker.has_event); // not sent
	EXPECT_EQ(marker.hits, std::uint64_t{1} << 40);
	ASSERT_EQ(marker.sites.size(), 2u);
	EXPECT_EQ(marker.sites[1].file, "a.c");
	EXPECT_EQ(marker.sites[1].line, 7u);
}

TEST(netlink_decode, passes_over_what_it_does_not_know)
{
	marker_message marker;
	EXPECT_TRUE(decode(whole_marker().put(999, std::string("from the future")).view(), marker));
	EXPECT_EQ(marker.event, "tick");
}

TEST(netlink_decode, refuses_what_is_cut_off_anywhere)
{
	const attribute_writer whole = whole_marker();
	unsigned good = 0;
	for (std::size_t size = 0; size < whole.view().size(); size++) {
		marker_message marker;
		good += decode(whole.first(size), marker);
	}
	// Cut between two attributes, or within the padding of one, it is a shorter message.
	EXPECT_LT(good, whole.view().size() / 3);
}

TEST(netlink_decode, refuses_wrong_sizes)
{
	marker_message marker;
	EXPECT_FALSE(decode(attribute_writer().put(ORIEL_A_MARKER_HITS, std::uint32_t{1}).view(), marker));
	EXPECT_FALSE(decode(attribute_writer().put(ORIEL_A_MARKER_ARMED, std::uint64_t{1}).view(), marker));
	EXPECT_FALSE(decode(attribute_writer().put(ORIEL_A_MARKER_EVENT, "open", 4).view(), marker)) << "a string without its end";
	EXPECT_FALSE(decode(attribute_writer().put(ORIEL_A_MARKER_EVENT, "", 0).view(), marker));
	attribute_writer bad_site;
	bad_site.put(ORIEL_A_SITE_LINE, std::uint8_t{1});
	EXPECT_FALSE(decode(attribute_writer().put(ORIEL_A_MARKER_SITE, bad_site).view(), marker));
	const nlattr endless{2, 1}; // shorter than its own header
	EXPECT_FALSE(decode(byte_view(reinterpret_cast<const std::byte *>(&endless), sizeof(endless)), marker));
}

TEST(netlink_decode, states_have_names)
{
	module_event_message event;
	ASSERT_TRUE(decode(attribute_writer().put(ORIEL_A_MODULE_EVENT_STATE, std::uint8_t{1}).view(), event));
	EXPECT_STREQ(to_string(event.state), "dropped");
	ASSERT_TRUE(decode(attribute_writer().put(ORIEL_A_MODULE_EVENT_STATE, std::uint8_t{77}).view(), event));
	EXPECT_STREQ(to_string(event.state), "unknown");
}

TEST(netlink_json, has_the_names_of_the_description)
{
	marker_message marker;
	ASSERT_TRUE(decode(whole_marker().view(), marker));
	const auto json = message_to_json(marker);
	EXPECT_EQ(json["subsystem"], "om");
	EXPECT_EQ(json["armed"], true);
	EXPECT_EQ(json["hits"], std::uint64_t{1} << 40);
	EXPECT_EQ(json["sites"].size(), 2u);
	EXPECT_EQ(json["sites"][0]["line"], 7);
	EXPECT_EQ(json.size(), std::tuple_size_v<std::remove_const_t<decltype(attributes_of<marker_message>)>>);
}

} // namespace
} // namespace oriel::test
