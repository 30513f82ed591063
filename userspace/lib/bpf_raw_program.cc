// SPDX-License-Identifier: GPL-2.0
#include "bpf_raw_program.hpp"

#include <cstddef>

namespace oriel {
namespace {

// Written by hand, for it is short, differs by a few numbers for each tracepoint, and so needs no compiler
// for BPF where Oriel is built.
class assembler {
public:
	void move(std::uint8_t to, std::uint8_t from) { add(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0); }
	void set(std::uint8_t to, std::int32_t value) { add(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value); }
	void increase(std::uint8_t to, std::int32_t value) { add(BPF_ALU64 | BPF_ADD | BPF_K, to, 0, 0, value); }
	void load(std::uint8_t to, std::uint8_t from, std::size_t offset) { add(BPF_LDX | BPF_MEM | BPF_DW, to, from, offset, 0); }
	void store(std::uint8_t size, std::uint8_t to, std::size_t offset, std::uint8_t from)
	{
		add(BPF_STX | BPF_MEM | size, to, from, offset, 0);
	}
	void add_atomically(std::uint8_t to, std::uint8_t from) { add(BPF_STX | BPF_ATOMIC | BPF_DW, to, from, 0, BPF_ADD); }
	void call(bpf_func_id helper) { add(BPF_JMP | BPF_CALL, 0, 0, 0, helper); }
	void exit() { add(BPF_JMP | BPF_EXIT, 0, 0, 0, 0); }
	void set_map(std::uint8_t to, int fd)
	{
		add(BPF_LD | BPF_DW | BPF_IMM, to, BPF_PSEUDO_MAP_FD, 0, fd);
		add(0, 0, 0, 0, 0); // its second half
	}

	// A jump forward over what is added until land(): taken if the register is 0, or if it is not.
	std::size_t jump_if_zero(std::uint8_t what) { return add(BPF_JMP | BPF_JEQ | BPF_K, what, 0, 0, 0); }
	std::size_t jump_unless_zero(std::uint8_t what) { return add(BPF_JMP | BPF_JNE | BPF_K, what, 0, 0, 0); }
	void land(std::size_t jump) { code_[jump].off = static_cast<std::int16_t>(code_.size() - jump - 1); }

	std::vector<bpf_insn> take() { return std::move(code_); }

private:
	std::size_t add(int code, std::uint8_t to, std::uint8_t from, std::size_t offset, std::int32_t value)
	{
		bpf_insn instruction{};
		instruction.code = static_cast<std::uint8_t>(code);
		instruction.dst_reg = to & 15;
		instruction.src_reg = from & 15;
		instruction.off = static_cast<std::int16_t>(offset);
		instruction.imm = value;
		code_.push_back(instruction);
		return code_.size() - 1;
	}

	std::vector<bpf_insn> code_;
};

constexpr std::uint8_t r0 = 0, r1 = 1, r2 = 2, r3 = 3, context = 6, record = 7, frame = 10;

void count_lost(assembler &as, int lost_fd)
{
	constexpr std::int32_t key = -8; // on the stack
	as.set(r1, 0);
	as.store(BPF_DW, frame, static_cast<std::size_t>(key), r1);
	as.set_map(r1, lost_fd);
	as.move(r2, frame);
	as.increase(r2, key);
	as.call(BPF_FUNC_map_lookup_elem);
	const auto absent = as.jump_if_zero(r0);
	as.set(r1, 1);
	as.add_atomically(r0, r1);
	as.land(absent);
	as.set(r0, 0);
	as.exit();
}

} // namespace

std::vector<bpf_insn> make_raw_program(int ring_fd, int lost_fd, std::uint32_t index, unsigned arguments)
{
	assembler as;
	as.move(context, r1);
	as.set_map(r1, ring_fd);
	as.set(r2, static_cast<std::int32_t>(offsetof(raw_record, arguments) + arguments * sizeof(std::uint64_t)));
	as.set(r3, 0);
	as.call(BPF_FUNC_ringbuf_reserve);
	const auto reserved = as.jump_unless_zero(r0);
	count_lost(as, lost_fd);
	as.land(reserved);
	as.move(record, r0);
	as.call(BPF_FUNC_ktime_get_ns);
	as.store(BPF_DW, record, offsetof(raw_record, time_ns), r0);
	as.call(BPF_FUNC_get_current_pid_tgid);
	as.store(BPF_DW, record, offsetof(raw_record, pid_tgid), r0);
	as.call(BPF_FUNC_get_smp_processor_id);
	as.store(BPF_W, record, offsetof(raw_record, processor), r0);
	as.set(r1, static_cast<std::int32_t>(index));
	as.store(BPF_W, record, offsetof(raw_record, index), r1);
	as.move(r1, record);
	as.increase(r1, offsetof(raw_record, comm));
	as.set(r2, sizeof(raw_record::comm));
	as.call(BPF_FUNC_get_current_comm);
	for (unsigned i = 0; i < arguments; i++) {
		as.load(r1, context, i * sizeof(std::uint64_t));
		as.store(BPF_DW, record, offsetof(raw_record, arguments) + i * sizeof(std::uint64_t), r1);
	}
	as.move(r1, record);
	as.set(r2, 0);
	as.call(BPF_FUNC_ringbuf_submit);
	as.set(r0, 0);
	as.exit();
	return as.take();
}

} // namespace oriel
