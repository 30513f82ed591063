// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "daemon_protocol.hpp"
#include "error.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace oriel {

// What /etc/oriel/orield.conf may set (TOML); these are the defaults.
struct settings {
	std::chrono::seconds interval{10};
	double budget_percent = 1; // of one processor, that the daemon and its BPF programs may take
	std::string socket = "/run/oriel/orield.sock";

	bool collect_vma = true;
	bool vma_policies = false;
	bool vma_processes = true; // record each process, else each control group
	bool collect_locks = true;
	bool collect_cgroups = true;
	bool collect_markers = true;
	bool collect_modules = true;

	std::string listen = "127.0.0.1:19735"; // empty: no exporter
	std::uint32_t series = 2000;            // at most so many in all

	std::string recording = usual_recording; // empty: none
	std::chrono::minutes recording_time{60};
	std::uint64_t recording_mib = 32;

	bool operator==(const settings &) const = default;
};

// Errors name `path` and the line. What is not known is an error as well.
result<settings> parse_settings(std::string_view text, const std::string &path);
// The defaults where there is no such file and `must_exist` is false.
result<settings> read_settings(const std::string &path, bool must_exist);

} // namespace oriel
