// SPDX-License-Identifier: GPL-2.0
#include "bpf_programs.hpp"

#include "file_read.hpp"
#include "unique_fd.hpp"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>

namespace oriel {
namespace {

std::string text_of(int number)
{
	// Of the kernel alone: a function that cannot be attached to.
	constexpr int not_supported_inside = 524;
	return number == not_supported_inside ? "not supported" : std::generic_category().message(number);
}

// What libbpf says while a set of programs is loaded: only there the program is named that was refused.
thread_local std::string said;

int keep_said(libbpf_print_level, const char *format, va_list arguments)
{
	char line[512];
	std::vsnprintf(line, sizeof(line), format, arguments);
	said += line;
	return 0;
}

// The program that made loading fail: "prog 'NAME': failed to load".
std::string refused_program(const std::string &text)
{
	const auto end = text.find("': failed to load");
	const auto start = end == std::string::npos ? end : text.rfind('\'', end - 1);
	return start == std::string::npos ? "" : text.substr(start + 1, end - start - 1);
}

// By the program's section, "fentry/NAME" or "fexit/NAME".
bool is_function_hook(std::string_view section)
{
	return section.starts_with("fentry/") || section.starts_with("fexit/") || section.starts_with("kprobe/");
}

} // namespace

void bpf_programs::free_object::operator()(bpf_object *object) const
{
	bpf_object__close(object);
}

void bpf_programs::free_link::operator()(bpf_link *link) const
{
	bpf_link__destroy(link);
}

bpf_programs::~bpf_programs() = default;

result<bpf_programs> bpf_programs::open(byte_view object)
{
	if (object.empty())
		return error{"this oriel was built without its BPF programs", "apt-get install clang-14, then build it again",
			     exit_code::unsupported};
	bpf_programs programs(object);
	if (const auto opened = programs.open_file(); !opened)
		return opened.failure();
	return programs;
}

result<std::monostate> bpf_programs::open_file()
{
	libbpf_set_print(nullptr);
	object_.reset(bpf_object__open_mem(file_.data(), file_.size(), nullptr));
	if (!object_)
		return error{fmt::format("the BPF programs cannot be opened: {}", text_of(errno)), "", exit_code::failure};
	return std::monostate{};
}

void bpf_programs::leave_out(const std::string &program, const std::string &reason)
{
	left_out_.emplace(program, reason);
}

void bpf_programs::resize(const std::string &map, std::uint32_t entries)
{
	entries_[map] = entries;
}

// Then such programs are attached without an error, and never run.
constexpr const char *functions_are_off = "tracing of functions is switched off: sysctl kernel.ftrace_enabled=1";

void bpf_programs::look_for_hooks(const kernel_btf &kernel)
{
	const bool has_functions = read_text("/proc/sys/kernel/ftrace_enabled").value_or("1") != "0";
	bpf_program *program;
	bpf_object__for_each_program(program, object_.get()) {
		const std::string hook = bpf_program__section_name(program);
		const auto slash = hook.find('/');
		const std::string kind = hook.substr(0, slash), target = hook.substr(slash + 1);
		if (is_function_hook(hook) && !kernel.has_function(target))
			leave_out(bpf_program__name(program), fmt::format("this kernel has no function {}", target));
		if (kind == "tp_btf" && !kernel.has_tracepoint(target))
			leave_out(bpf_program__name(program), fmt::format("this kernel has no tracepoint {}", target));
	}
	if (!has_functions)
		leave_out_functions(functions_are_off);
}

// Variables lie in the read-only section; where, its type says.
result<std::monostate> bpf_programs::apply_variables()
{
	const btf *types = bpf_object__btf(object_.get());
	const int number = btf__find_by_name_kind(types, ".rodata", BTF_KIND_DATASEC);
	bpf_map *map = bpf_object__find_map_by_name(object_.get(), ".rodata");
	std::size_t size = 0;
	auto *content = map ? static_cast<char *>(const_cast<void *>(bpf_map__initial_value(map, &size))) : nullptr;
	if (number <= 0 || !content)
		return error{"the BPF programs have no variables"};
	const btf_type *section = btf__type_by_id(types, static_cast<__u32>(number));
	for (const auto &[name, entries] : entries_)
		if (bpf_map *sized = bpf_object__find_map_by_name(object_.get(), name.c_str()))
			bpf_map__set_max_entries(sized, entries);
	for (const auto &[name, value] : variables_) {
		bool found = false;
		for (unsigned i = 0; i < btf_vlen(section); i++) {
			const btf_var_secinfo &at = btf_var_secinfos(section)[i];
			if (name != btf__name_by_offset(types, btf__type_by_id(types, at.type)->name_off))
				continue;
			found = at.size == value.size() && at.offset + at.size <= size;
			if (found)
				std::memcpy(content + at.offset, value.data(), value.size());
		}
		if (!found)
			return error{fmt::format("the BPF programs have no variable {} of {} bytes", name, value.size())};
	}
	return std::monostate{};
}

bool bpf_programs::is_at_function(const std::string &name) const
{
	const bpf_program *program = bpf_object__find_program_by_name(object_.get(), name.c_str());
	return program && is_function_hook(bpf_program__section_name(program));
}

void bpf_programs::leave_out_functions(const std::string &reason)
{
	bpf_program *program;
	bpf_object__for_each_program(program, object_.get())
		if (is_function_hook(bpf_program__section_name(program)))
			leave_out(bpf_program__name(program), reason);
}

error bpf_programs::load_error(int number) const
{
	const std::string message = fmt::format("the BPF programs cannot be loaded: {}", text_of(number));
	const bool denied = number == EPERM || number == EACCES;
	if (denied && ::geteuid() == 0)
		return {message, "root is refused as well: by lockdown (/sys/kernel/security/lockdown), or by the limits of a container",
			exit_code::unsupported};
	if (denied)
		return {message, "run as root, or from 6.1 on with CAP_BPF and CAP_PERFMON", exit_code::permission};
	return {message, "", exit_code::unsupported};
}

result<std::monostate> bpf_programs::load(const kernel_btf &kernel)
{
	look_for_hooks(kernel);
	return load();
}

result<std::monostate> bpf_programs::load()
{
	// Loading is all or nothing: what the kernel refuses is left out, and the rest tried again.
	for (;;) {
		if (const auto applied = apply_variables(); !applied)
			return applied.failure();
		bpf_program *program;
		bool any = false;
		bpf_object__for_each_program(program, object_.get()) {
			const bool wanted = !left_out_.contains(bpf_program__name(program));
			bpf_program__set_autoload(program, wanted);
			any = any || wanted;
		}
		if (!any)
			return load_error(EOPNOTSUPP);
		said.clear();
		libbpf_set_print(keep_said);
		const int status = bpf_object__load(object_.get());
		libbpf_set_print(nullptr);
		if (status == 0)
			return std::monostate{};
		const std::string refused = refused_program(said);
		if (refused.empty() || left_out_.contains(refused) || (status == -EPERM && !is_at_function(refused)))
			return load_error(-status);
		if (status == -EPERM)
			leave_out_functions(fmt::format("the kernel refuses programs at functions: {}", text_of(EPERM)));
		else
			leave_out(refused, fmt::format("the kernel refuses it: {}", text_of(-status)));
		if (const auto opened = open_file(); !opened)
			return opened.failure();
	}
}

void bpf_programs::attach()
{
	bpf_program *program;
	bpf_object__for_each_program(program, object_.get()) {
		const std::string name = bpf_program__name(program);
		if (left_out_.contains(name) || std::string_view(bpf_program__section_name(program)).starts_with("iter/"))
			continue;
		const auto other = instead_of_.find(name);
		if (other != instead_of_.end() && links_.contains(other->second))
			leave_out(name, fmt::format("{} sees the same, and more", other->second));
		else if (bpf_link *link = bpf_program__attach(program))
			links_[name].reset(link);
		else
			leave_out(name, fmt::format("it cannot be attached: {}", text_of(errno)));
	}
}

int bpf_programs::map(const std::string &name) const
{
	return bpf_object__find_map_fd_by_name(object_.get(), name.c_str());
}

result<std::vector<std::uint64_t>> bpf_programs::read_counts(const std::string &name, std::uint32_t count) const
{
	std::vector<std::uint64_t> sums(count), of_processors(static_cast<std::size_t>(std::max(libbpf_num_possible_cpus(), 1)));
	for (std::uint32_t i = 0; i < count; i++) {
		if (bpf_map_lookup_elem(map(name), &i, of_processors.data()) != 0)
			return error{"the counters of the BPF programs cannot be read"};
		for (const std::uint64_t part : of_processors)
			sums[i] += part;
	}
	return sums;
}

result<bytes> bpf_programs::read_iterator(const std::string &name) const
{
	const bpf_program *program = bpf_object__find_program_by_name(object_.get(), name.c_str());
	if (const auto out = left_out_.find(name); !program || out != left_out_.end())
		return error{fmt::format("{}: {}", name, program ? out->second : "no such program"), "", exit_code::unsupported};
	bpf_iter_link_info root_alone{};
	root_alone.cgroup.order = BPF_CGROUP_ITER_SELF_ONLY;
	LIBBPF_OPTS(bpf_iter_attach_opts, options);
	if (std::string_view(bpf_program__section_name(program)) == "iter/cgroup") {
		options.link_info = &root_alone;
		options.link_info_len = sizeof(root_alone);
	}
	const std::unique_ptr<bpf_link, free_link> link(bpf_program__attach_iter(program, &options));
	const unique_fd fd(link ? bpf_iter_create(bpf_link__fd(link.get())) : -1);
	if (!fd)
		return error{fmt::format("{} cannot be read: {}", name, text_of(errno)), "", exit_code::unsupported};
	bytes content;
	std::byte part[65536];
	for (;;) {
		const ssize_t length = ::read(fd.get(), part, sizeof(part));
		if (length > 0)
			content.insert(content.end(), part, part + length);
		else if (length == 0)
			return content;
		else if (errno != EINTR && errno != EAGAIN)
			return error{fmt::format("{} cannot be read: {}", name, text_of(errno))};
	}
}

result<int> bpf_programs::run(const std::string &name) const
{
	const bpf_program *program = bpf_object__find_program_by_name(object_.get(), name.c_str());
	if (const auto out = left_out_.find(name); !program || out != left_out_.end())
		return error{fmt::format("{}: {}", name, program ? out->second : "no such program"), "", exit_code::unsupported};
	LIBBPF_OPTS(bpf_test_run_opts, options);
	if (bpf_prog_test_run_opts(bpf_program__fd(program), &options) != 0)
		return error{fmt::format("{} cannot be run: {}", name, text_of(errno)), "", exit_code::unsupported};
	return static_cast<int>(options.retval);
}

std::vector<program_state> bpf_programs::states() const
{
	std::vector<program_state> list;
	const bpf_program *program = nullptr;
	while ((program = bpf_object__next_program(object_.get(), const_cast<bpf_program *>(program)))) {
		program_state state{bpf_program__name(program), bpf_program__section_name(program), false, "", 0};
		if (const auto out = left_out_.find(state.name); out != left_out_.end())
			state.reason = out->second;
		else
			state.attached = true;
		bpf_prog_info info{};
		__u32 size = sizeof(info);
		if (state.attached && bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) == 0) {
			state.misses = info.recursion_misses;
			state.runs = info.run_cnt;
			state.run_time_ns = info.run_time_ns;
		}
		list.push_back(std::move(state));
	}
	return list;
}

std::uint64_t growth(std::uint64_t &before, std::uint64_t now)
{
	const std::uint64_t largest = std::max(before, now);
	return largest - std::exchange(before, largest);
}

// The kernel waits for programs that may still see what stood in a map of maps. membarrier(2) fails with nohz_full=, and does nothing while one
// processor is online, on which a program may have been preempted.
result<std::monostate> wait_for_programs()
{
	const auto failure = [] { return error{fmt::format("the BPF programs that run cannot be waited for: {}", text_of(errno))}; };
	const std::uint32_t zero = 0;
	const unique_fd inner(bpf_map_create(BPF_MAP_TYPE_ARRAY, nullptr, sizeof(zero), sizeof(zero), 1, nullptr));
	if (!inner)
		return failure();
	LIBBPF_OPTS(bpf_map_create_opts, options, .inner_map_fd = static_cast<__u32>(inner.get()));
	const unique_fd outer(bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, nullptr, sizeof(zero), sizeof(zero), 1, &options));
	const int value = inner.get();
	if (!outer || bpf_map_update_elem(outer.get(), &zero, &value, BPF_ANY) != 0)
		return failure();
	return std::monostate{};
}

} // namespace oriel
