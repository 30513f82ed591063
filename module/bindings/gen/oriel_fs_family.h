/* SPDX-License-Identifier: GPL-2.0 */
/* made by scripts/netlink-gen from Documentation/netlink/oriel.yaml; do not edit; included by okb_netlink.c */
/* clang-format off */

/* For commands whose requests carry nothing: every attribute is refused. */
static const struct nla_policy no_attributes[2] = {[1] = {.type = NLA_REJECT}};

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
		.cmd = ORIEL_CMD_MOUNT,
		.dumpit = okb_netlink_dump,
		.flags = GENL_ADMIN_PERM,
		.policy = no_attributes,
		.maxattr = 1,
	},
};

static struct genl_family family = {
	.name = ORIEL_FAMILY_ORIEL_FS,
	.version = ORIEL_NETLINK_VERSION,
	.module = THIS_MODULE,
	.parallel_ops = true,
	.ops = operations,
	.n_ops = ARRAY_SIZE(operations),
};
