// SPDX-License-Identifier: GPL-2.0
// Any bytes as a module: they are taken apart, judged and shown, or refused with a reason.
#include "json_verdict.hpp"
#include "verdict.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	using namespace oriel;
	const byte_view content(reinterpret_cast<const std::byte *>(data), size);
	const auto module = parse_module(content, "m.ko");
	if (!module)
		return module.failure().message.empty() ? std::abort(), 0 : 0;
	kernel_facts kernel;
	kernel.vermagic = "6.1.0 SMP preempt mod_unload modversions ";
	kernel.config = kernel_config{};
	kernel.btf = btf_base{100, 100};
	const auto judged = judge_file(*module, kernel);
	if (to_json(*module).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).empty() || judged.summary.empty())
		std::abort();
	return 0;
}
