// SPDX-License-Identifier: GPL-2.0
#include "kcore/list.h"

#include <gtest/gtest.h>

#include <string>

using namespace oriel;

namespace {

struct item : list_node<item> {
	explicit item(char c) : letter(c) {}
	char letter;
};

std::string letters(const list<item> &l)
{
	std::string s;
	for (item &i : l)
		s += i.letter;
	return s;
}

} // namespace

TEST(list, keeps_order_and_lets_go)
{
	list<item> l;
	item a{'a'}, b{'b'}, c{'c'};
	EXPECT_TRUE(l.empty());
	EXPECT_EQ(l.first(), nullptr);
	l.push_back(a);
	l.push_back(b);
	l.push_back(c);
	EXPECT_EQ(letters(l), "abc");
	b.unlink();
	b.unlink();
	EXPECT_FALSE(b.linked());
	EXPECT_EQ(letters(l), "ac");
	l.push_back(b);
	EXPECT_EQ(letters(l), "acb");
	EXPECT_EQ(l.first(), &a);
}

TEST(list, the_current_element_may_go_inside_a_loop)
{
	list<item> l;
	item a{'a'}, b{'b'};
	l.push_back(a);
	l.push_back(b);
	for (item &i : l)
		i.unlink();
	EXPECT_TRUE(l.empty());
}
