// SPDX-License-Identifier: GPL-2.0
// made by scripts/netlink-gen from Documentation/netlink/oriel.yaml; do not edit
// clang-format off
#pragma once

#include <linux/oriel_netlink.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

namespace oriel {

// Where an attribute goes in a message, and its name in JSON.
template <class Message, class Value>
struct attribute_of {
	int number;
	const char *name;
	Value Message::*member;
};
// clang 14 does not deduce the arguments of an aggregate's template by itself.
template <class Message, class Value> attribute_of(int, const char *, Value Message::*) -> attribute_of<Message, Value>;

// The attributes of a message as a tuple.
template <class Message> inline constexpr std::tuple<> attributes_of{};

struct status_message {
	std::uint32_t abi{}; // Version of this interface.
	std::string module; // Module that answers.
	std::string version; // Version of the module.
	std::string policy; // Which modules may register markers (parameter marker_policy).
};

template <>
inline constexpr auto attributes_of<status_message> = std::tuple{
	attribute_of{ORIEL_A_STATUS_ABI, "abi", &status_message::abi},
	attribute_of{ORIEL_A_STATUS_MODULE, "module", &status_message::module},
	attribute_of{ORIEL_A_STATUS_VERSION, "version", &status_message::version},
	attribute_of{ORIEL_A_STATUS_POLICY, "policy", &status_message::policy},
};

struct capability_message {
	std::string name; // Capability, a stable name.
	bool available{}; // 1 if it can be used here.
	std::string reason; // Why not, or what it rests on.
};

template <>
inline constexpr auto attributes_of<capability_message> = std::tuple{
	attribute_of{ORIEL_A_CAPABILITY_NAME, "name", &capability_message::name},
	attribute_of{ORIEL_A_CAPABILITY_AVAILABLE, "available", &capability_message::available},
	attribute_of{ORIEL_A_CAPABILITY_REASON, "reason", &capability_message::reason},
};

struct site_message {
	std::string module; // Module.
	std::string file; // Source file.
	std::uint32_t line{}; // Line.
};

template <>
inline constexpr auto attributes_of<site_message> = std::tuple{
	attribute_of{ORIEL_A_SITE_MODULE, "module", &site_message::module},
	attribute_of{ORIEL_A_SITE_FILE, "file", &site_message::file},
	attribute_of{ORIEL_A_SITE_LINE, "line", &site_message::line},
};

struct module_message {
	std::string name; // Name, also what a request selects.
	std::uint64_t taints{}; // The module's own taint, bits as in /proc/sys/kernel/tainted.
	bool trusted_signature{}; // 1 if signed by a key that the kernel trusts.
	std::uint32_t tracepoints{}; // Tracepoints that it defines.
	std::uint32_t trace_events{}; // Trace events that it defines.
	std::uint32_t live{}; // Of these, in tracefs.
	std::uint32_t dropped{}; // Of these, not in tracefs, and can be woken.
	std::uint32_t untrusted{}; // Of these, not in tracefs, and of a layout that cannot be trusted.
	std::uint32_t marker_sites{}; // Marker sites in it.
	bool allowed{}; // 1 if its taint is hidden when it loads.
	bool coming{}; // 1 until its init function has succeeded.
	std::string dropped_systems; // Systems of those that can be woken, separated by spaces; as many as have room in 255 bytes.
};

template <>
inline constexpr auto attributes_of<module_message> = std::tuple{
	attribute_of{ORIEL_A_MODULE_NAME, "name", &module_message::name},
	attribute_of{ORIEL_A_MODULE_TAINTS, "taints", &module_message::taints},
	attribute_of{ORIEL_A_MODULE_TRUSTED_SIGNATURE, "trusted_signature", &module_message::trusted_signature},
	attribute_of{ORIEL_A_MODULE_TRACEPOINTS, "tracepoints", &module_message::tracepoints},
	attribute_of{ORIEL_A_MODULE_TRACE_EVENTS, "trace_events", &module_message::trace_events},
	attribute_of{ORIEL_A_MODULE_LIVE, "live", &module_message::live},
	attribute_of{ORIEL_A_MODULE_DROPPED, "dropped", &module_message::dropped},
	attribute_of{ORIEL_A_MODULE_UNTRUSTED, "untrusted", &module_message::untrusted},
	attribute_of{ORIEL_A_MODULE_MARKER_SITES, "marker_sites", &module_message::marker_sites},
	attribute_of{ORIEL_A_MODULE_ALLOWED, "allowed", &module_message::allowed},
	attribute_of{ORIEL_A_MODULE_COMING, "coming", &module_message::coming},
	attribute_of{ORIEL_A_MODULE_DROPPED_SYSTEMS, "dropped_systems", &module_message::dropped_systems},
};

enum class module_event_state : std::uint8_t { live, dropped, untrusted };
inline constexpr const char *module_event_state_names[] = {"live", "dropped", "untrusted"};
constexpr const char *to_string(module_event_state value)
{
	const auto index = static_cast<std::size_t>(value);
	return index < std::size(module_event_state_names) ? module_event_state_names[index] : "unknown";
}

struct module_event_message {
	std::string module; // Module, also what a request selects.
	std::string system; // System, empty if it cannot be trusted.
	std::string event; // Event, empty if it cannot be trusted.
	module_event_state state{}; // 0 live, 1 dropped, 2 untrusted.
	std::string reason; // What does not fit, for untrusted.
};

template <>
inline constexpr auto attributes_of<module_event_message> = std::tuple{
	attribute_of{ORIEL_A_MODULE_EVENT_MODULE, "module", &module_event_message::module},
	attribute_of{ORIEL_A_MODULE_EVENT_SYSTEM, "system", &module_event_message::system},
	attribute_of{ORIEL_A_MODULE_EVENT_EVENT, "event", &module_event_message::event},
	attribute_of{ORIEL_A_MODULE_EVENT_STATE, "state", &module_event_message::state},
	attribute_of{ORIEL_A_MODULE_EVENT_REASON, "reason", &module_event_message::reason},
};

struct refusal_message {
	std::string module; // Module.
	std::string marker; // Marker, as subsystem:event; empty if all are meant or its name cannot be trusted.
	std::string reason; // Why.
};

template <>
inline constexpr auto attributes_of<refusal_message> = std::tuple{
	attribute_of{ORIEL_A_REFUSAL_MODULE, "module", &refusal_message::module},
	attribute_of{ORIEL_A_REFUSAL_MARKER, "marker", &refusal_message::marker},
	attribute_of{ORIEL_A_REFUSAL_REASON, "reason", &refusal_message::reason},
};

struct arm_message {
	std::string pattern; // Shell pattern over subsystem:event.
	std::string filter; // Filter, or empty.
	std::uint32_t per_second{}; // Rate limit for each marker, 0 if there is none.
	bool kept{}; // 1 if it stands until it is disarmed, else it ends with the descriptor that made it.
	std::uint32_t markers{}; // Markers that it arms now.
};

template <>
inline constexpr auto attributes_of<arm_message> = std::tuple{
	attribute_of{ORIEL_A_ARM_PATTERN, "pattern", &arm_message::pattern},
	attribute_of{ORIEL_A_ARM_FILTER, "filter", &arm_message::filter},
	attribute_of{ORIEL_A_ARM_PER_SECOND, "per_second", &arm_message::per_second},
	attribute_of{ORIEL_A_ARM_KEPT, "kept", &arm_message::kept},
	attribute_of{ORIEL_A_ARM_MARKERS, "markers", &arm_message::markers},
};

struct mount_message {
	std::uint64_t id{}; // Number of the file system, counted up from 1 and never given again.
	std::uint32_t major{}; // Its device number, as in st_dev and /proc/self/mountinfo.
	std::uint32_t minor{}; // The rest of it.
	std::string source; // Lower directory as it was named when mounting, cut at 255 bytes.
	std::string type; // Type of the lower file system.
	std::uint64_t reads{}; // Reads of files handed to the lower, without those of pages.
	std::uint64_t writes{}; // Writes of files handed to the lower, without those of pages.
	std::uint64_t read_bytes{}; // Bytes that these read.
	std::uint64_t written_bytes{}; // Bytes that these wrote.
	std::uint64_t direct{}; // Of reads and writes, those with O_DIRECT.
	std::uint64_t queued{}; // Of reads and writes, those that the lower finished after the call had returned.
	std::uint64_t in_flight{}; // Direct ones that the lower works on now.
	std::uint64_t deepest{}; // The most of these at once: the depth achieved.
	std::uint64_t retried{}; // Calls repeated, because the caller's memory was not there.
	std::uint64_t bounced{}; // Calls that went through a buffer of the kernel in the end.
	std::uint64_t cached_reads{}; // Calls that read through pages of orielfs.
	std::uint64_t cached_writes{}; // Calls that wrote through pages of orielfs.
	std::uint64_t inodes{}; // Inodes in memory.
	std::uint64_t cached_inodes{}; // Of these, files with pages of orielfs, as they are mapped into memory (cached mode).
	std::uint64_t entered{}; // Times that a file entered cached mode.
	std::uint64_t stale{}; // Files in cached mode that were found changed behind the back of orielfs.
	std::uint64_t cuts{}; // Ranges that orielfs took out of files; not those that the lower took out by itself.
	std::uint64_t inserts{}; // Ranges that orielfs put into files; not those that the lower put in by itself.
	std::uint64_t punches{}; // Ranges of cut files that were made holes, zeroed or set aside.
	std::uint64_t piecewise_changes{}; // Of cuts, inserts and punches, those of files without pages of orielfs (piecewise mode).
	std::uint64_t cached_changes{}; // The others, of files in cached mode: their time depends on the pages of orielfs behind them.
	std::uint64_t dropped_pages{}; // Pages of orielfs, of 4096 bytes, that these dropped, and ranges that the lower took out, put in or punched by itself.
	std::uint64_t first_cuts{}; // Files that were cut for the first time.
	std::uint64_t commits{}; // Times that changes of a cut file became durable.
	std::uint64_t checkpoints{}; // Of these, those that wrote the whole map, not only what changed.
	std::uint64_t compactions{}; // Times that small extents of a cut file were copied together.
	std::uint64_t compacted_bytes{}; // Bytes that these copied.
	std::uint64_t freed_bytes{}; // Bytes of lower files that were given back to the lower.
	std::uint64_t cut_inodes{}; // Cut files in memory now.
	std::uint64_t cut_extents{}; // Extents that these have now.
};

template <>
inline constexpr auto attributes_of<mount_message> = std::tuple{
	attribute_of{ORIEL_A_MOUNT_ID, "id", &mount_message::id},
	attribute_of{ORIEL_A_MOUNT_MAJOR, "major", &mount_message::major},
	attribute_of{ORIEL_A_MOUNT_MINOR, "minor", &mount_message::minor},
	attribute_of{ORIEL_A_MOUNT_SOURCE, "source", &mount_message::source},
	attribute_of{ORIEL_A_MOUNT_TYPE, "type", &mount_message::type},
	attribute_of{ORIEL_A_MOUNT_READS, "reads", &mount_message::reads},
	attribute_of{ORIEL_A_MOUNT_WRITES, "writes", &mount_message::writes},
	attribute_of{ORIEL_A_MOUNT_READ_BYTES, "read_bytes", &mount_message::read_bytes},
	attribute_of{ORIEL_A_MOUNT_WRITTEN_BYTES, "written_bytes", &mount_message::written_bytes},
	attribute_of{ORIEL_A_MOUNT_DIRECT, "direct", &mount_message::direct},
	attribute_of{ORIEL_A_MOUNT_QUEUED, "queued", &mount_message::queued},
	attribute_of{ORIEL_A_MOUNT_IN_FLIGHT, "in_flight", &mount_message::in_flight},
	attribute_of{ORIEL_A_MOUNT_DEEPEST, "deepest", &mount_message::deepest},
	attribute_of{ORIEL_A_MOUNT_RETRIED, "retried", &mount_message::retried},
	attribute_of{ORIEL_A_MOUNT_BOUNCED, "bounced", &mount_message::bounced},
	attribute_of{ORIEL_A_MOUNT_CACHED_READS, "cached_reads", &mount_message::cached_reads},
	attribute_of{ORIEL_A_MOUNT_CACHED_WRITES, "cached_writes", &mount_message::cached_writes},
	attribute_of{ORIEL_A_MOUNT_INODES, "inodes", &mount_message::inodes},
	attribute_of{ORIEL_A_MOUNT_CACHED_INODES, "cached_inodes", &mount_message::cached_inodes},
	attribute_of{ORIEL_A_MOUNT_ENTERED, "entered", &mount_message::entered},
	attribute_of{ORIEL_A_MOUNT_STALE, "stale", &mount_message::stale},
	attribute_of{ORIEL_A_MOUNT_CUTS, "cuts", &mount_message::cuts},
	attribute_of{ORIEL_A_MOUNT_INSERTS, "inserts", &mount_message::inserts},
	attribute_of{ORIEL_A_MOUNT_PUNCHES, "punches", &mount_message::punches},
	attribute_of{ORIEL_A_MOUNT_PIECEWISE_CHANGES, "piecewise_changes", &mount_message::piecewise_changes},
	attribute_of{ORIEL_A_MOUNT_CACHED_CHANGES, "cached_changes", &mount_message::cached_changes},
	attribute_of{ORIEL_A_MOUNT_DROPPED_PAGES, "dropped_pages", &mount_message::dropped_pages},
	attribute_of{ORIEL_A_MOUNT_FIRST_CUTS, "first_cuts", &mount_message::first_cuts},
	attribute_of{ORIEL_A_MOUNT_COMMITS, "commits", &mount_message::commits},
	attribute_of{ORIEL_A_MOUNT_CHECKPOINTS, "checkpoints", &mount_message::checkpoints},
	attribute_of{ORIEL_A_MOUNT_COMPACTIONS, "compactions", &mount_message::compactions},
	attribute_of{ORIEL_A_MOUNT_COMPACTED_BYTES, "compacted_bytes", &mount_message::compacted_bytes},
	attribute_of{ORIEL_A_MOUNT_FREED_BYTES, "freed_bytes", &mount_message::freed_bytes},
	attribute_of{ORIEL_A_MOUNT_CUT_INODES, "cut_inodes", &mount_message::cut_inodes},
	attribute_of{ORIEL_A_MOUNT_CUT_EXTENTS, "cut_extents", &mount_message::cut_extents},
};

struct marker_message {
	std::string subsystem; // Subsystem.
	std::string event; // Event.
	std::string format; // Format as its author wrote it.
	bool armed{}; // 1 while an arm stands on it.
	bool event_users{}; // 1 while tracefs, perf or BPF has its event enabled.
	bool has_event{}; // 1 while its event is in tracefs.
	std::uint64_t hits{}; // Times it fired while on.
	std::uint64_t filtered{}; // Of these, turned away by a filter.
	std::uint64_t limited{}; // Of these, turned away by a rate limit.
	std::uint64_t lost{}; // Records for which a buffer had no room, or was switched off (tracing_on).
	std::vector<site_message> sites; // One place in the code, repeated; those that the message has room for.
	std::uint32_t site_count{}; // Places in the code in all.
};

template <>
inline constexpr auto attributes_of<marker_message> = std::tuple{
	attribute_of{ORIEL_A_MARKER_SUBSYSTEM, "subsystem", &marker_message::subsystem},
	attribute_of{ORIEL_A_MARKER_EVENT, "event", &marker_message::event},
	attribute_of{ORIEL_A_MARKER_FORMAT, "format", &marker_message::format},
	attribute_of{ORIEL_A_MARKER_ARMED, "armed", &marker_message::armed},
	attribute_of{ORIEL_A_MARKER_EVENT_USERS, "event_users", &marker_message::event_users},
	attribute_of{ORIEL_A_MARKER_HAS_EVENT, "has_event", &marker_message::has_event},
	attribute_of{ORIEL_A_MARKER_HITS, "hits", &marker_message::hits},
	attribute_of{ORIEL_A_MARKER_FILTERED, "filtered", &marker_message::filtered},
	attribute_of{ORIEL_A_MARKER_LIMITED, "limited", &marker_message::limited},
	attribute_of{ORIEL_A_MARKER_LOST, "lost", &marker_message::lost},
	attribute_of{ORIEL_A_MARKER_SITE, "sites", &marker_message::sites},
	attribute_of{ORIEL_A_MARKER_SITE_COUNT, "site_count", &marker_message::site_count},
};

} // namespace oriel
