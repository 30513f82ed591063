// SPDX-License-Identifier: GPL-2.0
#include "device.hpp"

#include "companion_abi.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/oriel.h>
#include <sys/ioctl.h>
#include <system_error>

namespace oriel {
namespace {

// Copies a string with its NUL; false where it does not fit.
template <std::size_t Size>
bool assign(char (&field)[Size], const std::string &value)
{
	if (value.size() >= Size || value.find('\0') != std::string::npos)
		return false;
	std::memcpy(field, value.c_str(), value.size() + 1);
	return true;
}

error too_long(const std::string &what, std::size_t limit)
{
	return {fmt::format("{} is longer than {} characters", what, limit - 1), "", exit_code::usage};
}

template <class Request>
std::string reason_in(const Request &request)
{
	if constexpr (requires { request.why; })
		return {request.why, ::strnlen(request.why, sizeof(request.why))};
	else
		return {};
}

error refused(int number, const std::string &what, const std::string &why)
{
	// The reason may begin with the name of the marker that was asked for.
	const bool is_named = why.starts_with(what + ": ");
	const std::string message =
		is_named ? why : fmt::format("{}: {}", what, why.empty() ? std::generic_category().message(number) : why);
	switch (number) {
	case EPERM:
	case EACCES:
		return {message, "run as root", exit_code::permission};
	case EBADMSG:
		return {message, "build it against the headers of this kernel: /lib/modules/$(uname -r)/build", exit_code::unsupported};
	case ENODEV:
	case EOPNOTSUPP:
		return {message, "oriel status says what this kernel lacks", exit_code::unsupported};
	default:
		return {message};
	}
}

} // namespace

result<device> device::open()
{
	unique_fd fd(::open(ORIEL_DEVICE, O_RDWR | O_CLOEXEC));
	if (fd)
		return device(std::move(fd));
	const int number = errno;
	if (number == ENOENT || number == ENXIO || number == ENODEV)
		return not_loaded("oriel");
	return refused(number, ORIEL_DEVICE, "");
}

template <class Request>
result<std::monostate> device::call(unsigned long command, Request &request, const std::string &what, const char *absent)
{
	request.abi = companion_abi();
	if (::ioctl(fd_.get(), command, &request) == 0)
		return std::monostate{};
	const int number = errno;
	if (number == EPROTO)
		if (auto mismatch = check_abi(request.abi, "oriel", ""))
			return std::move(*mismatch);
	if (number == ENOTTY)
		return error{fmt::format("{}: oriel.ko does not know this request", what), "oriel unload, then oriel load",
			     exit_code::unsupported};
	return refused(number, what, number == ENOENT ? absent : reason_in(request));
}

result<device::arm_answer> device::arm(const arm_request &wanted)
{
	oriel_arm request{};
	if (!assign(request.pattern, wanted.pattern))
		return too_long("the pattern", sizeof(request.pattern));
	if (!assign(request.filter, wanted.filter))
		return too_long("the filter", sizeof(request.filter));
	request.flags = wanted.keep ? ORIEL_ARM_KEEP : 0;
	request.per_second = wanted.per_second;
	const auto done = call(ORIEL_IOC_ARM, request, wanted.pattern);
	if (!done)
		return done.failure();
	return arm_answer{request.matched, request.passed_over, reason_in(request)};
}

result<std::uint32_t> device::disarm_kept(const std::string &pattern)
{
	oriel_disarm request{};
	if (!assign(request.pattern, pattern))
		return too_long("the pattern", sizeof(request.pattern));
	request.flags = ORIEL_DISARM_KEPT;
	const auto done = call(ORIEL_IOC_DISARM, request, pattern);
	if (!done)
		return done.failure();
	return request.dropped;
}

result<device::wake_answer> device::wake(const std::string &module, const std::string &pattern)
{
	oriel_wake request{};
	if (!assign(request.module, module))
		return too_long("the module's name", sizeof(request.module));
	if (!assign(request.pattern, pattern))
		return too_long("the pattern", sizeof(request.pattern));
	const auto done = call(ORIEL_IOC_WAKE, request, module, "no module of this name is loaded");
	if (!done)
		return done.failure();
	return wake_answer{request.woken, request.live};
}

result<std::monostate> device::allow(const std::string &module, bool revoke)
{
	oriel_allow request{};
	if (!assign(request.module, module))
		return too_long("the module's name", sizeof(request.module));
	request.flags = revoke ? ORIEL_ALLOW_REVOKE : 0;
	return call(ORIEL_IOC_ALLOW, request, module, "it was not allowed");
}

std::string not_all_armed(const device::arm_answer &answer)
{
	const std::uint32_t others = answer.passed_over - 1;
	return others ? fmt::format("not armed: {}; nor {} more", answer.notice, others) : fmt::format("not armed: {}", answer.notice);
}

} // namespace oriel
