/* SPDX-License-Identifier: GPL-2.0 */
/* A test with the marker part started, entered as its module enters it: through the trampolines. */
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "bindings/okb_device.h"
#include "bindings/okb_netlink.h"
#include "bindings/okb_param.h"
#include "fake_kernel.h"
#include "marker/entry.h"
#include "uapi/linux/oriel.h"
#include "uapi/linux/oriel_netlink.h"

struct running : testing::Test {
	running()
	{
		fake::reset();
		EXPECT_EQ(oriel_marker_policy_set("not-proprietary"), 0);
		EXPECT_EQ(oriel_marker_start(), 0);
	}
	~running() override
	{
		oriel_marker_stop();
		EXPECT_EQ(fake::now.allocations, 0) << "leaked";
		EXPECT_TRUE(fake::now.events.empty());
	}

	void load(fake::module &m)
	{
		m.coming = true;
		oriel_module_event(m.handle(), okb_module_before_coming);
		oriel_module_event(m.handle(), okb_module_coming);
		m.coming = false;
		oriel_module_event(m.handle(), okb_module_live);
		fake::now.loaded.push_back(&m);
	}
	void unload(fake::module &m)
	{
		std::erase(fake::now.loaded, &m);
		oriel_module_event(m.handle(), okb_module_going);
	}

	/* What a client does where its key is on. */
	void fire(oriel_marker &record, std::vector<unsigned long long> args)
	{
		if (record.key.enabled && record.probe)
			record.probe(&record, args.data());
	}

	int arm(const std::string &pattern, const std::string &filter = "", u32 per_second = 0, u32 flags = 0, const void *owner = "me")
	{
		request = {};
		request.abi = ORIEL_ABI_VERSION;
		request.flags = flags;
		request.per_second = per_second;
		pattern.copy(request.pattern, sizeof(request.pattern) - 1);
		filter.copy(request.filter, sizeof(request.filter) - 1);
		return oriel_control_arm(owner, &request);
	}
	int disarm(const std::string &pattern, u32 flags = 0, const void *owner = "me")
	{
		oriel_disarm d{};
		d.abi = ORIEL_ABI_VERSION;
		d.flags = flags;
		pattern.copy(d.pattern, sizeof(d.pattern) - 1);
		EXPECT_EQ(oriel_control_disarm(owner, &d), 0);
		return static_cast<int>(d.dropped);
	}

	/* The rows that a dump of `command` gives. */
	std::vector<fake::message> dump(u32 command, const char *selected = nullptr)
	{
		std::vector<fake::message> rows;
		okb_cursor cursor{};
		for (;;) {
			fake::message m;
			if (oriel_netlink_row(command, selected, &cursor, m.handle()) <= 0)
				return rows;
			rows.push_back(m);
		}
	}
	std::string marker_attribute(int attribute) { return dump(ORIEL_CMD_MARKER).at(0).get(attribute); }

	oriel_arm request;
};
