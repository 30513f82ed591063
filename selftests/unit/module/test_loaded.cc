// SPDX-License-Identifier: GPL-2.0
#include "module_builder.hpp"
#include "module_loaded.hpp"
#include "scratch.hpp"

#include <cstring>
#include <gtest/gtest.h>

namespace oriel::test {
namespace {

struct loaded_tree {
	scratch_dir dir;
	kernel_source source{dir / "root", dir / "proc", dir / "sys"};
};

bytes note_of(const char *id)
{
	const Elf64_Nhdr head{4, 2, NT_GNU_BUILD_ID};
	bytes note(sizeof(head));
	std::memcpy(note.data(), &head, sizeof(head));
	const bytes rest = to_bytes(std::string_view("GNU\0", 4));
	note.insert(note.end(), rest.begin(), rest.end());
	const bytes content = to_bytes(id);
	note.insert(note.end(), content.begin(), content.end());
	return note;
}

TEST(loaded_module, is_read_from_sysfs)
{
	const loaded_tree tree;
	tree.dir.write("sys/module/snd_dummy/initstate", "live\n");
	tree.dir.write("sys/module/snd_dummy/taint", "OE\n");
	tree.dir.write("sys/module/snd_dummy/notes/.note.gnu.build-id", note_of("ab"));
	const auto loaded = read_loaded_module("snd-dummy", tree.source);
	ASSERT_TRUE(loaded);
	EXPECT_EQ(loaded->name, "snd_dummy");
	EXPECT_FALSE(loaded->built_in);
	EXPECT_EQ(loaded->taints->letters(), "OE");
	EXPECT_EQ(loaded->build_id, "6162");
}

TEST(loaded_module, may_be_built_in_or_absent)
{
	const loaded_tree tree;
	tree.dir.write("sys/module/kernel/parameters/panic", "0\n");
	EXPECT_TRUE(read_loaded_module("kernel", tree.source)->built_in);
	EXPECT_FALSE(read_loaded_module("nonesuch", tree.source));
	EXPECT_FALSE(read_loaded_module("", tree.source));
	EXPECT_FALSE(read_loaded_module("../module/kernel", tree.source));
}

TEST(loaded_module, names_are_listed)
{
	const loaded_tree tree;
	tree.dir.write("proc/modules", "xfs 16384 0 - Live 0x0\nfat 4096 1 vfat, Live 0x0\n");
	EXPECT_EQ(loaded_module_names(tree.source), (std::vector<std::string>{"fat", "xfs"}));
}

TEST(loaded_module, is_matched_by_build_id_only)
{
	loaded_module loaded;
	loaded.build_id = "abcd";
	auto file = *parse_module(module_builder().build(), "m.ko");
	EXPECT_EQ(match_file(loaded, &file), file_match::same);
	file.build_id = "abce";
	EXPECT_EQ(match_file(loaded, &file), file_match::different);
	file.build_id.clear();
	EXPECT_EQ(match_file(loaded, &file), file_match::unprovable);
	EXPECT_EQ(match_file({}, &file), file_match::unprovable) << "two that have none are not the same";
	EXPECT_EQ(match_file(loaded, nullptr), file_match::no_file);
}

TEST(loaded_module, events_are_looked_for_in_tracefs)
{
	const loaded_tree tree;
	const std::vector<trace_event> events{{"sys", "there"}, {"sys", "gone"}, {"", ""}};
	EXPECT_EQ(observe_events(events, tree.source), std::nullopt) << "no tracefs is not an absence of events";
	tree.dir.write("sys/kernel/tracing/events/sys/there/id", "1\n");
	EXPECT_EQ(observe_events(events, tree.source), (std::vector<bool>{true, false, false}));
}

TEST(loaded_module, file_is_found_as_modprobe_finds_it)
{
	const scratch_dir dir;
	dir.write("modules.dep", "kernel/fs/xfs/xfs.ko.xz: kernel/lib/libcrc32c.ko.xz\nupdates/snd-dummy.ko:\n");
	EXPECT_EQ(find_module_file("xfs", dir.path()), "") << "depmod does not know yet that it is gone";
	dir.write("kernel/fs/xfs/xfs.ko.xz", "x");
	dir.write("updates/snd-dummy.ko", "x");
	EXPECT_EQ(find_module_file("xfs", dir.path()), dir / "kernel/fs/xfs/xfs.ko.xz");
	EXPECT_EQ(find_module_file("snd_dummy", dir.path()), dir / "updates/snd-dummy.ko");
	EXPECT_EQ(find_module_file("libcrc32c", dir.path()), "") << "it is a dependency there, not a module";
	dir.write("extra/later.ko", "x");
	EXPECT_EQ(find_module_file("later", dir.path()), dir / "extra/later.ko") << "before depmod knows it";
	EXPECT_EQ(find_module_file("xfs", ""), "");
}

} // namespace
} // namespace oriel::test
