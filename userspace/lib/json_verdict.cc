// SPDX-License-Identifier: GPL-2.0
#include "json_verdict.hpp"

#include "netlink_json.hpp"

#include <nlohmann/json.hpp>

namespace oriel {
namespace {

using nlohmann::ordered_json;

// What is not known is null, never a default.
template <typename T>
ordered_json or_null(const std::optional<T> &value)
{
	return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json taint_json(const taint_set &taints)
{
	return {{"letters", taints.letters()}, {"words", taints.words()}};
}

ordered_json signature_json(const module_file &module)
{
	const signature &sig = module.sig;
	ordered_json json{{"signed", sig.state == signature_state::parsed}};
	if (!sig.cause.empty())
		json["cause"] = sig.cause;
	if (sig.signers.empty())
		return json;
	const signer &who = sig.signers.front();
	json["issuer"] = who.issuer;
	json["serial"] = who.serial;
	json["key_id"] = who.key_id;
	json["digest"] = who.digest;
	json["certificate"] = module.signed_by ? ordered_json(module.signed_by->origin) : ordered_json(nullptr);
	json["content_matches"] = or_null(module.content_is_signed);
	return json;
}

ordered_json events_json(const std::vector<trace_event> &events)
{
	auto list = ordered_json::array();
	for (const trace_event &event : events)
		list.push_back({{"system", event.system}, {"name", event.name}});
	return list;
}

ordered_json markers_json(const std::vector<marker_place> &markers)
{
	auto list = ordered_json::array();
	for (const marker_place &marker : markers)
		list.push_back({{"subsystem", marker.subsystem},
				{"event", marker.event},
				{"format", marker.format},
				{"file", marker.file},
				{"line", marker.line}});
	return list;
}

ordered_json prediction_json(const prediction &outcome)
{
	return {{"load", to_string(outcome.load)},
		{"refusal", outcome.refusal.empty() ? ordered_json(nullptr) : ordered_json(outcome.refusal)},
		{"taint", taint_json(outcome.taints)},
		{"perhaps", taint_json(outcome.perhaps)},
		{"tracepoints", to_string(outcome.tracepoints)}};
}

ordered_json finding_json(const finding &found)
{
	auto remedies = ordered_json::array();
	for (const remedy &way : found.remedies)
		remedies.push_back({{"text", way.text}, {"commands", way.commands}});
	return {{"code", found.code}, {"severity", to_string(found.weight)}, {"text", found.text}, {"remedies", remedies}};
}

} // namespace

ordered_json to_json(const module_file &module)
{
	return {{"path", module.path},
		{"name", module.name},
		{"compression", to_string(module.packed)},
		{"vermagic", or_null(module.info.get("vermagic"))},
		{"license", or_null(module.info.get("license"))},
		{"srcversion", or_null(module.info.get("srcversion"))},
		{"depends", module.info.get("depends").value_or("")},
		{"intree", module.is_intree()},
		{"livepatch", module.is_marked_livepatch()},
		{"build_id", module.build_id},
		{"signature", signature_json(module)},
		{"symbol_versions", module.versions ? ordered_json(module.versions->size()) : ordered_json(nullptr)},
		{"btf", module.has_btf},
		{"tracepoints", module.tracepoints.tracepoints},
		{"trace_events", events_json(module.tracepoints.events)},
		{"markers", markers_json(module.markers)}};
}

ordered_json to_json(const kernel_facts &kernel)
{
	ordered_json json{{"release", kernel.release},
			  {"running", kernel.running},
			  {"vermagic", or_null(kernel.vermagic)},
			  {"symbol_versions", kernel.vermagic ? ordered_json(kernel.has_symbol_versions()) : ordered_json(nullptr)},
			  {"signatures_enforced", or_null(kernel.signatures_enforced)},
			  {"lockdown", kernel.lockdown_mode ? ordered_json(to_string(*kernel.lockdown_mode)) : ordered_json(nullptr)},
			  {"loading_disabled", or_null(kernel.loading_disabled)},
			  {"taint", kernel.taints ? taint_json(*kernel.taints) : ordered_json(nullptr)},
			  {"keyrings", nullptr}};
	if (kernel.rings)
		json["keyrings"] = kernel.rings->keys;
	return json;
}

ordered_json to_json(const loaded_facts &loaded, file_match match)
{
	ordered_json json{{"name", loaded.module.name},
			  {"built_in", loaded.module.built_in},
			  {"taint", loaded.module.taints ? taint_json(*loaded.module.taints) : ordered_json(nullptr)},
			  {"build_id", loaded.module.build_id},
			  {"file", to_string(match)},
			  {"told", nullptr}};
	if (loaded.told) {
		json["told"] = message_to_json(loaded.told->counts);
		json["told"]["events"] = value_to_json(loaded.told->events);
		json["told"]["refusals"] = loaded.told->refusals ? value_to_json(*loaded.told->refusals) : ordered_json(nullptr);
	}
	return json;
}

ordered_json to_json(const verdict &judged)
{
	auto findings = ordered_json::array();
	for (const finding &found : judged.findings)
		findings.push_back(finding_json(found));
	return {{"overall", to_string(judged.overall)},
		{"summary", judged.summary},
		{"plain", prediction_json(judged.plain)},
		{"forced", prediction_json(judged.forced)},
		{"trust",
		 {{"state", to_string(judged.trust.state)},
		  {"certainty", to_string(judged.trust.sure)},
		  {"keyring", judged.trust.keyring},
		  {"reason", judged.trust.reason}}},
		{"findings", findings}};
}

} // namespace oriel
