// SPDX-License-Identifier: GPL-2.0
#include "kernel_btf.hpp"

#include <bpf/btf.h>
#include <bpf/libbpf.h>

namespace oriel {

void kernel_btf::free_btf::operator()(btf *types) const
{
	btf__free(types);
}

result<kernel_btf> kernel_btf::load()
{
	libbpf_set_print(nullptr);
	std::unique_ptr<btf, free_btf> types(btf__load_vmlinux_btf());
	if (!types)
		return error{"the kernel does not describe its types (/sys/kernel/btf/vmlinux)",
			     "Oriel's BPF programs need a kernel with CONFIG_DEBUG_INFO_BTF, as Debian's are", exit_code::unsupported};
	return kernel_btf(std::move(types));
}

bool kernel_btf::has_function(const std::string &name) const
{
	return btf__find_by_name_kind(types_.get(), name.c_str(), BTF_KIND_FUNC) > 0;
}

bool kernel_btf::has_tracepoint(const std::string &name) const
{
	return btf__find_by_name_kind(types_.get(), ("btf_trace_" + name).c_str(), BTF_KIND_TYPEDEF) > 0;
}

std::string kernel_btf::first_argument(const std::string &function) const
{
	const btf *types = types_.get();
	const int number = btf__find_by_name_kind(types, function.c_str(), BTF_KIND_FUNC);
	const btf_type *type = number > 0 ? btf__type_by_id(types, btf__type_by_id(types, static_cast<__u32>(number))->type) : nullptr;
	if (!type || btf_vlen(type) == 0)
		return {};
	type = btf__type_by_id(types, btf_params(type)[0].type);
	if (!btf_is_ptr(type))
		return {};
	type = btf__type_by_id(types, type->type);
	while (btf_is_mod(type))
		type = btf__type_by_id(types, type->type);
	return btf_is_struct(type) ? btf__name_by_offset(types, type->name_off) : "";
}

bool kernel_btf::has_member(const std::string &structure, const std::string &member) const
{
	const btf *types = types_.get();
	const int number = btf__find_by_name_kind(types, structure.c_str(), BTF_KIND_STRUCT);
	if (number <= 0)
		return false;
	// A member may lie in a struct or union without a name.
	const auto is_in = [&](const btf_type *type, const auto &self) -> bool {
		for (unsigned i = 0; i < btf_vlen(type); i++) {
			const btf_member &m = btf_members(type)[i];
			const std::string name = btf__name_by_offset(types, m.name_off);
			const btf_type *inner = btf__type_by_id(types, m.type);
			if (name == member || (name.empty() && btf_is_composite(inner) && self(inner, self)))
				return true;
		}
		return false;
	};
	return is_in(btf__type_by_id(types, static_cast<__u32>(number)), is_in);
}

} // namespace oriel
