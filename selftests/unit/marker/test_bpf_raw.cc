// SPDX-License-Identifier: GPL-2.0
#include "bpf_raw.hpp"
#include "bpf_raw_program.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

constexpr const char *kallsyms = "ffffffff81000000 T _text\n"
				 "ffffffff81000010 d __tracepoint_sched_switch\n"
				 "ffffffffc0a3b040 d __tracepoint_om_request\t[om_victim]\n"
				 "ffffffffc0a3b080 d __tracepoint_om_done\t[om_victim]\n"
				 "ffffffffc0a3c000 r str__om_sys__trace_system_name\t[om_victim]\n"
				 "ffffffffc0b00000 d __tracepoint_two\t[second]\n"
				 "ffffffffc0b00010 r str__a__trace_system_name\t[second]\n"
				 "ffffffffc0b00020 r str__b__trace_system_name\t[second]\n"
				 "ffffffffc0b00030 r str____trace_system_name\t[third]\n"
				 "ffffffffc0b00040 d __tracepoint_live\t[third]\n"
				 "nonsense\n\t[\n]\n __tracepoint_\t[x]";

TEST(bpf_raw, finds_tracepoints_of_modules_by_symbols)
{
	const auto found = find_raw_tracepoints(kallsyms, [](const raw_tracepoint &point) { return point.full_name() == "third:live"; });
	std::vector<std::string> names;
	for (const raw_tracepoint &point : found)
		names.push_back(point.module + " " + point.full_name());
	EXPECT_EQ(names,
		  (std::vector<std::string>{"om_victim om_sys:om_done", "om_victim om_sys:om_request", "second second:two", "x x:"}));
	EXPECT_TRUE(find_raw_tracepoints("", [](const raw_tracepoint &) { return false; }).empty());
}

TEST(bpf_raw, a_program_reads_as_many_arguments_as_it_should)
{
	const auto none = make_raw_program(3, 4, 0, 0);
	for (unsigned count = 0; count <= max_raw_arguments; count++) {
		const auto code = make_raw_program(3, 4, 0, count);
		EXPECT_EQ(code.size(), none.size() + 2 * count);
		EXPECT_EQ(code.back().code, BPF_JMP | BPF_EXIT);
		EXPECT_EQ(code[3].imm, static_cast<int>(40 + 8 * count)) << "the room that it asks for";
	}
}

TEST(bpf_raw, jumps_land_inside_the_program)
{
	const auto code = make_raw_program(3, 4, 7, 12);
	unsigned jumps = 0;
	for (std::size_t i = 0; i < code.size(); i++) {
		const auto kind = BPF_OP(code[i].code);
		if (BPF_CLASS(code[i].code) != BPF_JMP || kind == BPF_CALL || kind == BPF_EXIT)
			continue;
		jumps++;
		EXPECT_GT(code[i].off, 0);
		EXPECT_LT(i + 1 + static_cast<std::size_t>(code[i].off), code.size());
	}
	EXPECT_EQ(jumps, 2u);
}

} // namespace
} // namespace oriel::test
