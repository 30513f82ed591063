// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"
#include "error.hpp"
#include "kernel_btf.hpp"
#include "program_state.hpp"

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

struct bpf_link;
struct bpf_object;
struct bpf_program;

namespace oriel {

// Programs that were compiled together (ebpf/NAME.bpf.c) and their maps. Each is loaded and attached by
// itself: one that this kernel has nothing for, or refuses, leaves the others as they are.
class bpf_programs {
public:
	// `object`: the compiled file, which must outlive this.
	static result<bpf_programs> open(byte_view object);
	bpf_programs(bpf_programs &&) = default;
	~bpf_programs();

	// Before load(): sets a variable of the programs, of exactly that size.
	template <class Value>
	void set(const std::string &variable, Value value)
	{
		bytes &content = variables_[variable];
		content.resize(sizeof(value));
		std::memcpy(content.data(), &value, sizeof(value));
	}
	void leave_out(const std::string &program, const std::string &reason);
	// Before attach(): `program` only where `of`, which stands before it in the source, is not attached.
	void take_instead(const std::string &program, const std::string &of) { instead_of_[program] = of; }
	// Before load(): so many entries for a map.
	void resize(const std::string &map, std::uint32_t entries);

	// Fails where not even one program can be loaded.
	result<std::monostate> load(const kernel_btf &kernel);
	// The same for programs whose hooks every kernel has that has BPF: iterators, and what run() runs. The kernel's types are not read for it.
	result<std::monostate> load();
	// Iterators are not attached: they are read.
	void attach();

	// A map's descriptor; -1 if there is none of that name.
	int map(const std::string &name) const;
	// The first `count` numbers of a map with one for each processor: their sums.
	result<std::vector<std::uint64_t>> read_counts(const std::string &map, std::uint32_t count) const;
	// Everything that an iterator writes. One over control groups (iter/cgroup) runs for the root alone.
	result<bytes> read_iterator(const std::string &program) const;
	// Runs a program that waits for no event (SEC("syscall")); what it returns.
	result<int> run(const std::string &program) const;
	// In the order of the source.
	std::vector<program_state> states() const;

private:
	struct free_object {
		void operator()(bpf_object *object) const;
	};
	struct free_link {
		void operator()(bpf_link *link) const;
	};

	explicit bpf_programs(byte_view object) : file_(object) {}
	result<std::monostate> open_file();
	void look_for_hooks(const kernel_btf &kernel);
	result<std::monostate> apply_variables();
	bool is_at_function(const std::string &program) const;
	void leave_out_functions(const std::string &reason);
	error load_error(int number) const;

	byte_view file_;
	std::map<std::string, bytes> variables_;
	std::map<std::string, std::string> left_out_;  // program, reason
	std::map<std::string, std::uint32_t> entries_; // of maps
	std::map<std::string, std::string> instead_of_;
	std::unique_ptr<bpf_object, free_object> object_;
	std::map<std::string, std::unique_ptr<bpf_link, free_link>> links_;
};

// What has come to a count since it was taken the last time. One that went back, as a wait that had been counted as an entry turned out to be
// none, adds nothing until it is as large again.
std::uint64_t growth(std::uint64_t &before, std::uint64_t now);

// Until each program that runs at the call has ended, on any processor: what user space has written before, all see that run behind this.
result<std::monostate> wait_for_programs();

} // namespace oriel
