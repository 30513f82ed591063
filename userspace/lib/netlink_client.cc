// SPDX-License-Identifier: GPL-2.0
#include "netlink_client.hpp"

#include "companion_abi.hpp"
#include "module_family.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/socket.h>
#include <system_error>
#include <unistd.h>

namespace oriel {
namespace {

static_assert(NLM_F_DUMP == 0x300);

// What the callbacks of one exchange share.
struct exchange {
	const std::function<bool(byte_view)> &take;
	bool ended = false;
	bool damaged = false;
	int error_number = 0; // as errno; from the kernel

	int take_message(nl_msg *message);
	int take_end(nl_msg *message);
};

int exchange::take_message(nl_msg *message)
{
	const nlmsghdr *header = nlmsg_hdr(message);
	if (!genlmsg_valid_hdr(const_cast<nlmsghdr *>(header), 0)) {
		damaged = true;
		return NL_STOP;
	}
	const auto *generic = static_cast<const genlmsghdr *>(nlmsg_data(header));
	const byte_view payload(reinterpret_cast<const std::byte *>(genlmsg_attrdata(generic, 0)),
				static_cast<std::size_t>(genlmsg_attrlen(generic, 0)));
	if (!take(payload))
		damaged = true;
	if (!(header->nlmsg_flags & NLM_F_MULTI))
		ended = true;
	return NL_OK;
}

// A dump that failed on its way says so in its last message.
int exchange::take_end(nl_msg *message)
{
	const nlmsghdr *header = nlmsg_hdr(message);
	if (nlmsg_datalen(header) >= static_cast<int>(sizeof(int)))
		error_number = -*static_cast<const int *>(nlmsg_data(header));
	ended = true;
	return NL_STOP;
}

struct free_callbacks {
	void operator()(nl_cb *callbacks) const { nl_cb_put(callbacks); }
};
using callbacks = std::unique_ptr<nl_cb, free_callbacks>;

callbacks callbacks_for(exchange &state)
{
	callbacks set(nl_cb_alloc(NL_CB_CUSTOM));
	nl_cb_set(
		set.get(), NL_CB_VALID, NL_CB_CUSTOM,
		[](nl_msg *message, void *at) { return static_cast<exchange *>(at)->take_message(message); }, &state);
	nl_cb_set(
		set.get(), NL_CB_FINISH, NL_CB_CUSTOM,
		[](nl_msg *message, void *at) { return static_cast<exchange *>(at)->take_end(message); }, &state);
	nl_cb_err(
		set.get(), NL_CB_CUSTOM,
		[](sockaddr_nl *, nlmsgerr *told, void *at) {
			static_cast<exchange *>(at)->error_number = -told->error;
			static_cast<exchange *>(at)->ended = true;
			return static_cast<int>(NL_STOP);
		},
		&state);
	return set;
}

error refused(int number, const std::string &what)
{
	const std::string message = fmt::format("{}: {}", what, std::generic_category().message(number));
	if (number == EPERM || number == EACCES)
		return {message, "run as root", exit_code::permission};
	if (number == EOPNOTSUPP)
		return {message, "", exit_code::unsupported};
	return {message};
}

} // namespace

void netlink_client::free_socket::operator()(nl_sock *socket) const
{
	nl_socket_free(socket);
}

result<netlink_client> netlink_client::connect(const std::string &family)
{
	// Asked for a family that is not there, the kernel starts modprobe for it.
	if (::access("/sys/module", F_OK) == 0 && ::access(fmt::format("/sys/module/{}", module_of(family)).c_str(), F_OK) != 0)
		return not_loaded(module_of(family));
	std::unique_ptr<nl_sock, free_socket> socket(nl_socket_alloc());
	if (!socket || genl_connect(socket.get()) < 0)
		return error{"no generic netlink socket could be made", "", exit_code::unsupported};
	nl_socket_disable_auto_ack(socket.get());
	const int number = genl_ctrl_resolve(socket.get(), family.c_str());
	if (number < 0)
		return not_loaded(module_of(family));
	netlink_client client(std::move(socket), family, number);
	const auto asked = client.ask(ORIEL_CMD_STATUS, 0, nullptr, [&](byte_view payload) { return decode(payload, client.status_); });
	if (!asked)
		return asked.failure();
	if (auto mismatch = check_abi(client.status_.abi, module_of(family), client.status_.version))
		return std::move(*mismatch);
	return client;
}

result<std::monostate> netlink_client::ask(int command, int flags, const selection *select, const take_payload &take)
{
	struct free_message {
		void operator()(nl_msg *message) const { nlmsg_free(message); }
	};
	const std::unique_ptr<nl_msg, free_message> request(nlmsg_alloc());
	const bool made = request &&
			  genlmsg_put(request.get(), NL_AUTO_PORT, NL_AUTO_SEQ, number_, 0, flags | NLM_F_REQUEST,
				      static_cast<std::uint8_t>(command), ORIEL_NETLINK_VERSION) &&
			  (!select || nla_put_string(request.get(), select->attribute, select->value.c_str()) == 0);
	if (!made)
		return error{"the request does not fit into a netlink message"};
	if (const int status = nl_send_auto(socket_.get(), request.get()); status < 0)
		return error{fmt::format("netlink: {}", nl_geterror(status))};
	exchange state{take};
	const callbacks set = callbacks_for(state);
	while (!state.ended && !state.damaged)
		if (const int status = nl_recvmsgs(socket_.get(), set.get()); status < 0 && !state.ended)
			return error{fmt::format("netlink: {}", nl_geterror(status))};
	if (state.damaged)
		return error{fmt::format("{}.ko sent a message that cannot be read", module_of(family_))};
	const bool nothing_selected = select && state.error_number == ENOENT;
	if (state.error_number && !nothing_selected)
		return refused(state.error_number, select ? select->value : fmt::format("{}.ko", module_of(family_)));
	return std::monostate{};
}

result<std::monostate> netlink_client::join(const std::string &group)
{
	const int number = genl_ctrl_resolve_grp(socket_.get(), family_.c_str(), group.c_str());
	if (number < 0)
		return error{fmt::format("{}.ko has no netlink group {}", module_of(family_), group), "", exit_code::unsupported};
	nl_socket_disable_seq_check(socket_.get());
	nl_socket_set_nonblocking(socket_.get());
	errno = 0;
	if (nl_socket_add_memberships(socket_.get(), number, 0) < 0)
		return refused(errno ? errno : EPERM, fmt::format("listening to {}", group));
	return std::monostate{};
}

int netlink_client::descriptor() const
{
	return nl_socket_get_fd(socket_.get());
}

result<std::monostate> netlink_client::hear(const take_payload &take, std::uint64_t &lost)
{
	exchange state{take};
	const callbacks set = callbacks_for(state);
	for (;;) {
		const int status = nl_recvmsgs(socket_.get(), set.get());
		if (state.damaged)
			return error{fmt::format("{}.ko sent a message that cannot be read", module_of(family_))};
		if (status == -NLE_AGAIN)
			return std::monostate{};
		if (status == -NLE_NOMEM)
			lost++;
		else if (status < 0 && status != -NLE_INTR)
			return error{fmt::format("netlink: {}", nl_geterror(status))};
	}
}

} // namespace oriel
