// SPDX-License-Identifier: GPL-2.0
#include "marker/site.h"

#include <gtest/gtest.h>

#include <string>

#include "fake_kernel.h"

using namespace oriel;

namespace {

struct sites : testing::Test {
	sites() : record(fake::record_in(module, "om", "tick", "n=%d", 1)) { module.add(record); }

	std::string refusal()
	{
		const char *why = "";
		return read_site(module.handle(), &record, why) ? "" : why;
	}

	fake::module module;
	oriel_marker record;
};

} // namespace

TEST_F(sites, a_true_record_is_read)
{
	const char *why = "";
	auto d = read_site(module.handle(), &record, why);
	ASSERT_TRUE(d);
	EXPECT_TRUE(d.value().subsystem == "om");
	EXPECT_TRUE(d.value().event == "tick");
	EXPECT_TRUE(d.value().format == "n=%d");
}

TEST_F(sites, a_record_that_leaves_the_module_is_not_read)
{
	fake::module other;
	const char *why = "";
	EXPECT_FALSE(read_site(other.handle(), &record, why));
}

TEST_F(sites, forged_numbers)
{
	record.size--;
	EXPECT_NE(refusal().find("size"), std::string::npos);
	record.size++;
	record.abi++;
	EXPECT_NE(refusal().find("version"), std::string::npos);
	record.abi--;
	record.pad = 1;
	EXPECT_NE(refusal(), "");
}

TEST_F(sites, a_key_or_probe_that_is_not_fresh)
{
	record.key.enabled = 1;
	EXPECT_NE(refusal().find("initial"), std::string::npos);
	record.key = {0, 2};
	EXPECT_NE(refusal().find("initial"), std::string::npos);
	record.key = {0, 0x1000};
	EXPECT_EQ(refusal(), "");
	record.probe = [](oriel_marker *, const unsigned long long *) {};
	EXPECT_NE(refusal().find("initial"), std::string::npos);
	record.probe = nullptr;
	record.owner = &record;
	EXPECT_NE(refusal().find("initial"), std::string::npos);
}

TEST_F(sites, forged_strings)
{
	auto *outside = reinterpret_cast<const char *>(0xdead000000000000);
	for (const char **field : {&record.subsystem, &record.event, &record.format, &record.file}) {
		const char *kept = *field;
		*field = outside;
		EXPECT_NE(refusal().find("outside"), std::string::npos);
		*field = nullptr;
		EXPECT_NE(refusal().find("outside"), std::string::npos);
		*field = module.keep(std::string(600, 'x'));
		EXPECT_NE(refusal().find("too long"), std::string::npos);
		*field = kept;
	}
	record.event = module.keep("../../etc");
	EXPECT_NE(refusal().find("identifier"), std::string::npos);
	record.event = module.keep("");
	EXPECT_NE(refusal().find("identifier"), std::string::npos);
}

TEST_F(sites, names_that_are_taken)
{
	for (const char *file : {"enable", "filter"}) {
		record.event = module.keep(file);
		EXPECT_NE(refusal().find("tracefs"), std::string::npos) << file;
	}
	record.event = module.keep("tick");
	for (const char *file : {"enable", "header_event", "header_page"}) {
		record.subsystem = module.keep(file);
		EXPECT_NE(refusal().find("tracefs"), std::string::npos) << file;
	}
	for (const char *taken : {"oriel", "ftrace"}) {
		record.subsystem = module.keep(taken);
		EXPECT_NE(refusal().find("belong to Oriel"), std::string::npos) << taken;
	}
}
