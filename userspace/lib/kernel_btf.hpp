// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"

#include <memory>
#include <string>

struct btf;

namespace oriel {

// The types and functions of the running kernel, as it tells them (/sys/kernel/btf/vmlinux).
class kernel_btf {
public:
	// Fails with unsupported where the kernel has no BTF.
	static result<kernel_btf> load();

	bool has_function(const std::string &name) const;
	// A tracepoint that BPF programs see with its types.
	bool has_tracepoint(const std::string &name) const;
	// The struct that the function's first argument points to; empty if it is none.
	std::string first_argument(const std::string &function) const;
	bool has_member(const std::string &structure, const std::string &member) const;

private:
	struct free_btf {
		void operator()(btf *types) const;
	};
	explicit kernel_btf(std::unique_ptr<btf, free_btf> types) : types_(std::move(types)) {}

	std::unique_ptr<btf, free_btf> types_;
};

} // namespace oriel
