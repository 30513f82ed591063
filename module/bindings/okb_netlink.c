// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <uapi/linux/oriel_netlink.h>

#include "bindings/okb_netlink.h"
#include "compat/genetlink.h"

static int okb_netlink_do(struct sk_buff *request, struct genl_info *info);
static int okb_netlink_dump(struct sk_buff *answer, struct netlink_callback *callback);

#ifndef OKB_FAMILY_HEADER
#define OKB_FAMILY_HEADER "bindings/gen/oriel_family.h"
#endif
#include OKB_FAMILY_HEADER

/* Modules are heard of before the family is there and after it: its numbers are then nobody's, or those of another family. */
static bool registered;

static struct sk_buff *buffer_of(struct okb_message *message)
{
	return (struct sk_buff *)message;
}

int okb_put_u8(struct okb_message *message, int attribute, u8 value)
{
	return nla_put_u8(buffer_of(message), attribute, value);
}

int okb_put_u32(struct okb_message *message, int attribute, u32 value)
{
	return nla_put_u32(buffer_of(message), attribute, value);
}

int okb_put_u64(struct okb_message *message, int attribute, u64 value)
{
	return nla_put(buffer_of(message), attribute, sizeof(value), &value);
}

int okb_put_text(struct okb_message *message, int attribute, const char *text)
{
	return nla_put_string(buffer_of(message), attribute, text);
}

void *okb_nest_begin(struct okb_message *message, int attribute)
{
	return nla_nest_start(buffer_of(message), attribute);
}

void okb_nest_end(struct okb_message *message, void *nest)
{
	nla_nest_end(buffer_of(message), nest);
}

static int okb_netlink_do(struct sk_buff *request, struct genl_info *info)
{
	struct okb_cursor cursor = {};
	struct sk_buff *answer = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	void *header;
	int status;

	if (!answer)
		return -ENOMEM;
	header = genlmsg_put_reply(answer, info, &family, 0, info->genlhdr->cmd);
	status = header ? oriel_netlink_row(info->genlhdr->cmd, NULL, &cursor, (struct okb_message *)answer) : -EMSGSIZE;
	if (status <= 0) {
		nlmsg_free(answer);
		return status ?: -ENODATA;
	}
	genlmsg_end(answer, header);
	return genlmsg_reply(answer, info);
}

/* The only attribute that a request may carry is a string; its policy has checked it. */
static const char *selected_string(struct nlattr **attributes, unsigned int last)
{
	unsigned int i;

	for (i = 1; attributes && i <= last; i++)
		if (attributes[i])
			return nla_data(attributes[i]);
	return NULL;
}

static int okb_netlink_dump(struct sk_buff *answer, struct netlink_callback *callback)
{
	const struct genl_dumpit_info *info = genl_dumpit_info(callback);
	const u32 command = info->op.cmd;
	struct okb_cursor cursor = {callback->args[0], callback->args[1]};
	const char *selected = selected_string(oriel_dump_attributes(callback), info->op.maxattr);
	int status;

	do {
		void *header =
			genlmsg_put(answer, NETLINK_CB(callback->skb).portid, callback->nlh->nlmsg_seq, &family, NLM_F_MULTI, command);

		status = header ? oriel_netlink_row(command, selected, &cursor, (struct okb_message *)answer) : -EMSGSIZE;
		if (status > 0)
			genlmsg_end(answer, header);
		else if (header)
			genlmsg_cancel(answer, header);
	} while (status > 0);
	callback->args[0] = cursor.major;
	callback->args[1] = cursor.minor;
	/* A full message is sent and the dump goes on; a row that does not even fit into an empty one is an error. */
	return status == -EMSGSIZE && answer->len ? answer->len : status;
}

void okb_netlink_notify(u32 group, u32 command, void *argument)
{
	struct sk_buff *message;
	void *header;

	if (!READ_ONCE(registered) || !genl_has_listeners(&family, &init_net, group))
		return;
	message = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!message)
		return;
	header = genlmsg_put(message, 0, 0, &family, 0, command);
	if (!header || oriel_netlink_event(command, argument, (struct okb_message *)message)) {
		nlmsg_free(message);
		return;
	}
	genlmsg_end(message, header);
	genlmsg_multicast(&family, message, 0, group, GFP_KERNEL);
}

int okb_netlink_start(void)
{
	int status = genl_register_family(&family);

	WRITE_ONCE(registered, !status);
	return status;
}

void okb_netlink_stop(void)
{
	WRITE_ONCE(registered, false);
	genl_unregister_family(&family);
}
