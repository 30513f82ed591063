/* SPDX-License-Identifier: GPL-2.0 */
/* made by scripts/netlink-gen from Documentation/netlink/oriel.yaml; do not edit; included by okb_netlink.c */
/* clang-format off */

/* For commands whose requests carry nothing: every attribute is refused. */
static const struct nla_policy no_attributes[2] = {[1] = {.type = NLA_REJECT}};

static const struct nla_policy module_policy[ORIEL_A_MODULE_END] = {
	[ORIEL_A_MODULE_NAME] = {.type = NLA_NUL_STRING, .len = 63},
};

static const struct nla_policy module_event_policy[ORIEL_A_MODULE_EVENT_END] = {
	[ORIEL_A_MODULE_EVENT_MODULE] = {.type = NLA_NUL_STRING, .len = 63},
};

static const struct genl_ops operations[] = {
	{
		.cmd = ORIEL_CMD_STATUS,
		.doit = okb_netlink_do,
		.policy = no_attributes,
		.maxattr = 1,
	},
	{
		.cmd = ORIEL_CMD_CAPABILITY,
		.dumpit = okb_netlink_dump,
		.policy = no_attributes,
		.maxattr = 1,
	},
	{
		.cmd = ORIEL_CMD_MARKER,
		.dumpit = okb_netlink_dump,
		.flags = GENL_ADMIN_PERM,
		.policy = no_attributes,
		.maxattr = 1,
	},
	{
		.cmd = ORIEL_CMD_MODULE,
		.dumpit = okb_netlink_dump,
		.policy = module_policy,
		.maxattr = ORIEL_A_MODULE_MAX,
	},
	{
		.cmd = ORIEL_CMD_MODULE_EVENT,
		.dumpit = okb_netlink_dump,
		.policy = module_event_policy,
		.maxattr = ORIEL_A_MODULE_EVENT_MAX,
	},
	{
		.cmd = ORIEL_CMD_REFUSAL,
		.dumpit = okb_netlink_dump,
		.flags = GENL_ADMIN_PERM,
		.policy = no_attributes,
		.maxattr = 1,
	},
	{
		.cmd = ORIEL_CMD_ARM,
		.dumpit = okb_netlink_dump,
		.flags = GENL_ADMIN_PERM,
		.policy = no_attributes,
		.maxattr = 1,
	},
};

static const struct genl_multicast_group groups[] = {
	{.name = ORIEL_GROUP_MODULES, .flags = GENL_MCAST_CAP_SYS_ADMIN},
};

static struct genl_family family = {
	.name = ORIEL_FAMILY_ORIEL,
	.version = ORIEL_NETLINK_VERSION,
	.module = THIS_MODULE,
	.parallel_ops = true,
	.ops = operations,
	.n_ops = ARRAY_SIZE(operations),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};
