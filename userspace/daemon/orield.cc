// SPDX-License-Identifier: GPL-2.0
#include "companion_abi.hpp"
#include "daemon.hpp"
#include "journal.hpp"
#include "only_one.hpp"
#include "server.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <time.h>

namespace oriel {
namespace {

using clock = std::chrono::steady_clock;

struct arguments {
	std::string settings_file = "/etc/oriel/orield.conf";
	bool settings_named = false;
	bool check_only = false;
};

unique_fd listen_for_signals()
{
	sigset_t signals;
	sigemptyset(&signals);
	for (const int one : {SIGHUP, SIGINT, SIGTERM})
		sigaddset(&signals, one);
	::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
	std::signal(SIGPIPE, SIG_IGN);
	return unique_fd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

int fail(const error &why)
{
	journal(weight::error, why);
	::sd_notifyf(0, "STATUS=%s", why.message.c_str());
	return static_cast<int>(why.code);
}

// The settings as they are in the file now; the old ones where it is wrong.
settings reload(const arguments &given, const settings &old)
{
	timespec now{};
	::clock_gettime(CLOCK_MONOTONIC, &now);
	::sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", now.tv_sec * 1000000LL + now.tv_nsec / 1000);
	auto read = read_settings(given.settings_file, given.settings_named);
	if (!read) {
		journal(weight::error, {"the settings stay as they are: " + read.failure().message, read.failure().remedy});
		return old;
	}
	if (read->socket != old.socket) {
		journal(weight::warning, "the socket stays where it is until orield is started again");
		read->socket = old.socket;
	}
	journal(weight::info, *read == old ? "the settings have not changed" : "the settings were read again");
	return *read;
}

// How long to wait: until there is something to observe, but the watchdog wants to hear of us before.
int wait_ms(clock::time_point next, std::chrono::milliseconds most)
{
	const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - clock::now());
	return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, most.count()));
}

int run(const arguments &given)
{
	const auto read = read_settings(given.settings_file, given.settings_named);
	if (!read)
		return fail(read.failure());
	if (given.check_only)
		return 0;
	const auto alone = only_one::claim(read->socket + ".lock");
	if (!alone)
		return fail(alone.failure());
	const unique_fd signals = listen_for_signals();
	journal(weight::info, std::filesystem::exists(given.settings_file)
				      ? "the settings are those of " + given.settings_file
				      : fmt::format("there is no {}: the settings are the usual ones", given.settings_file));
	auto working = std::make_unique<daemon>(*read);
	auto clients = server::open(read->socket, [&working](daemon_request what) {
		if (what == daemon_request::status)
			return working->status();
		const std::string file = working->recording();
		return nlohmann::ordered_json{{"version", daemon_protocol_version},
					      {"recording", file.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(file)},
					      {"reason", file.empty() ? working->status()["recording"]["reason"] : ""}};
	});
	if (!clients)
		return fail(clients.failure());
	journal(weight::info, fmt::format("orield {}: {}", companion_version(), working->summary()));
	::sd_notifyf(0, "READY=1\nSTATUS=%s", working->summary().c_str());
	std::uint64_t watchdog_us = 0;
	::sd_watchdog_enabled(0, &watchdog_us);
	const std::chrono::milliseconds most(watchdog_us ? std::max<std::uint64_t>(watchdog_us / 3000, 1) : 10000);
	for (;;) {
		std::vector<pollfd> list{{signals.get(), POLLIN, 0}};
		clients->add_to(list);
		::poll(list.data(), list.size(), std::min(wait_ms(working->next(), most), clients->is_busy() ? 1000 : 1 << 30));
		::sd_notify(0, "WATCHDOG=1");
		signalfd_siginfo signal{};
		while (::read(signals.get(), &signal, sizeof(signal)) == sizeof(signal)) {
			if (signal.ssi_signo != SIGHUP) {
				::sd_notify(0, "STOPPING=1");
				working->observe(); // what was counted since the last time
				return 0;
			}
			const settings now = reload(given, working->chosen());
			if (now != working->chosen()) {
				working->observe();
				working.reset(); // first, for the port and the recording are its own
				working = std::make_unique<daemon>(now);
			}
			::sd_notifyf(0, "READY=1\nSTATUS=%s", working->summary().c_str());
		}
		clients->handle(list);
		if (clock::now() >= working->next()) {
			working->observe();
			::sd_notifyf(0, "STATUS=%s", working->summary().c_str());
		}
	}
}

} // namespace
} // namespace oriel

int main(int argc, char **argv)
{
	CLI::App app("Collects what Oriel sees, all the time, and exports it to Prometheus.", "orield");
	oriel::arguments given;
	const CLI::Option *file = app.add_option("--config", given.settings_file, "The settings")->type_name("FILE");
	app.add_flag("--check", given.check_only, "Only say whether the settings are good");
	app.set_version_flag("--version", fmt::format("orield {}", oriel::companion_version()));
	try {
		app.parse(argc, argv);
	} catch (const CLI::ParseError &reason) {
		if (reason.get_exit_code() == 0)
			return app.exit(reason);
		return oriel::fail({reason.what(), "orield --help", oriel::exit_code::usage});
	}
	::umask(0027); // the recording is for root and the group
	given.settings_named = file->count() > 0;
	return oriel::run(given);
}
