// SPDX-License-Identifier: GPL-2.0
/*
 * netlink.c - the commands of the generic netlink family
 *
 * Each command has a policy of its own, so that an attribute which it does not
 * know is refused and not ignored. Configuration and statistics may be read by
 * all users in the network namespace. Changes, reading BIB entries and sessions
 * (which reveal communication partners), and requests that visit all of them
 * require CAP_NET_ADMIN in its user namespace.
 */
#include "control/netlink.h"

#include "control/nl.h"

#define NAT64_POLICY_INSTANCE \
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX }

static const struct nla_policy policy_instance[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
};

static const struct nla_policy policy_instance_add[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_POOL6] = NLA_POLICY_NESTED(nat64_pool6_policy),
	[NAT64_A_POOL4] = NLA_POLICY_NESTED(nat64_pool4_policy),
	[NAT64_A_TYPE] = { .type = NLA_U8 },
	[NAT64_A_DEVICE] = { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 },
};

static const struct nla_policy policy_pool6[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_POOL6] = NLA_POLICY_NESTED(nat64_pool6_policy),
};

static const struct nla_policy policy_pool6_add[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_POOL6] = NLA_POLICY_NESTED(nat64_pool6_policy),
	[NAT64_A_EXCL] = { .type = NLA_FLAG },
};

static const struct nla_policy policy_pool4[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_POOL4] = NLA_POLICY_NESTED(nat64_pool4_policy),
};

static const struct nla_policy policy_pool4_add[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_POOL4] = NLA_POLICY_NESTED(nat64_pool4_policy),
	[NAT64_A_EXCL] = { .type = NLA_FLAG },
};

static const struct nla_policy policy_usage[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_USAGE] = { .type = NLA_FLAG },
};

static const struct nla_policy policy_bib[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_BIB] = NLA_POLICY_NESTED(nat64_bib_policy),
};

static const struct nla_policy policy_bib_add[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_BIB] = NLA_POLICY_NESTED(nat64_bib_policy),
	[NAT64_A_EXCL] = { .type = NLA_FLAG },
};

static const struct nla_policy policy_filter[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_FILTER] = NLA_POLICY_NESTED(nat64_filter_policy),
};

static const struct nla_policy policy_config[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_FORCE] = { .type = NLA_FLAG },
	[NAT64_A_CONFIG] = NLA_POLICY_NESTED(nat64_config_policy),
};

static const struct nla_policy policy_replace[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_POOL6] = NLA_POLICY_NESTED(nat64_pool6_policy),
	[NAT64_A_POOL4] = NLA_POLICY_NESTED(nat64_pool4_policy),
	[NAT64_A_BIB] = NLA_POLICY_NESTED(nat64_bib_policy),
	[NAT64_A_CONFIG] = NLA_POLICY_NESTED(nat64_config_policy),
	[NAT64_A_FORCE] = { .type = NLA_FLAG },
	[NAT64_A_CHECK] = { .type = NLA_FLAG },
	[NAT64_A_TYPE] = { .type = NLA_U8 },
	[NAT64_A_EAM] = NLA_POLICY_NESTED(nat64_eam_policy),
	[NAT64_A_DENYLIST] = NLA_POLICY_NESTED(nat64_prefix4_policy),
	[NAT64_A_DEVICE] = { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 },
};

static const struct nla_policy policy_eam[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_EAM] = NLA_POLICY_NESTED(nat64_eam_policy),
};

static const struct nla_policy policy_eam_add[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_EAM] = NLA_POLICY_NESTED(nat64_eam_policy),
	[NAT64_A_EXCL] = { .type = NLA_FLAG },
};

static const struct nla_policy policy_denylist[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_DENYLIST] = NLA_POLICY_NESTED(nat64_prefix4_policy),
};

static const struct nla_policy policy_denylist_add[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_DENYLIST] = NLA_POLICY_NESTED(nat64_prefix4_policy),
	[NAT64_A_EXCL] = { .type = NLA_FLAG },
};

static const struct nla_policy policy_trace[NAT64_A_MAX + 1] = {
	[NAT64_A_TRACE] = NLA_POLICY_NESTED(nat64_trace_policy),
};

#define NAT64_OP(op, perm, attrs, call, func) {	\
	.cmd = NAT64_CMD_##op,			\
	.flags = perm,				\
	.policy = attrs,			\
	.maxattr = NAT64_A_MAX,			\
	.call = func,				\
}

#define NAT64_OP_DO(op, attrs, func) \
	NAT64_OP(op, GENL_UNS_ADMIN_PERM, attrs, doit, func)
#define NAT64_OP_READ(op, attrs, func) \
	NAT64_OP(op, 0, attrs, doit, func)
#define NAT64_OP_DUMP(op, attrs, func) \
	NAT64_OP(op, 0, attrs, dumpit, func)
#define NAT64_OP_DUMP_ADMIN(op, attrs, func) \
	NAT64_OP(op, GENL_UNS_ADMIN_PERM, attrs, dumpit, func)

static const struct genl_ops ops[] = {
	NAT64_OP_DO(INSTANCE_ADD, policy_instance_add, nat64_nl_instance_add),
	NAT64_OP_DO(INSTANCE_DEL, policy_instance, nat64_nl_instance_del),
	NAT64_OP_DO(INSTANCE_FLUSH, policy_instance, nat64_nl_instance_flush),
	NAT64_OP_DUMP(INSTANCE_GET, policy_instance, nat64_nl_instance_dump),
	NAT64_OP_DO(POOL6_ADD, policy_pool6_add, nat64_nl_pool6_change),
	NAT64_OP_DO(POOL6_DEL, policy_pool6, nat64_nl_pool6_change),
	NAT64_OP_DUMP(POOL6_GET, policy_instance, nat64_nl_pool6_dump),
	NAT64_OP_DO(POOL4_ADD, policy_pool4_add, nat64_nl_pool4_change),
	NAT64_OP_DO(POOL4_DEL, policy_pool4, nat64_nl_pool4_change),
	NAT64_OP_DO(POOL4_FLUSH, policy_instance, nat64_nl_pool4_change),
	NAT64_OP_DUMP(POOL4_GET, policy_usage, nat64_nl_pool4_dump),
	NAT64_OP_DO(BIB_ADD, policy_bib_add, nat64_nl_bib_add),
	NAT64_OP_DO(BIB_DEL, policy_bib, nat64_nl_bib_del),
	NAT64_OP_DUMP_ADMIN(BIB_GET, policy_filter, nat64_nl_bib_dump),
	NAT64_OP_DO(SESSION_FLUSH, policy_filter, nat64_nl_session_walk),
	NAT64_OP_DUMP_ADMIN(SESSION_GET, policy_filter, nat64_nl_session_dump),
	NAT64_OP_DO(SESSION_COUNT, policy_filter, nat64_nl_session_walk),
	NAT64_OP_DO(CONFIG_SET, policy_config, nat64_nl_config_set),
	NAT64_OP_READ(CONFIG_GET, policy_instance, nat64_nl_config_get),
	NAT64_OP_DUMP(STATS_GET, policy_instance, nat64_nl_stats_dump),
	NAT64_OP_DO(INSTANCE_REPLACE, policy_replace, nat64_nl_instance_replace),
	NAT64_OP_DO(TRACE, policy_trace, nat64_nl_trace),
	NAT64_OP_DO(BIB_COUNT, policy_filter, nat64_nl_bib_count),
	NAT64_OP_DO(INSTANCE_CHECK, policy_instance, nat64_nl_instance_check),
	NAT64_OP_DO(EAM_ADD, policy_eam_add, nat64_nl_eam_add),
	NAT64_OP_DO(EAM_DEL, policy_eam, nat64_nl_eam_del),
	NAT64_OP_DO(EAM_FLUSH, policy_instance, nat64_nl_eam_flush),
	NAT64_OP_DUMP(EAM_GET, policy_instance, nat64_nl_eam_dump),
	NAT64_OP_DO(DENYLIST_ADD, policy_denylist_add, nat64_nl_denylist_add),
	NAT64_OP_DO(DENYLIST_DEL, policy_denylist, nat64_nl_denylist_del),
	NAT64_OP_DO(DENYLIST_FLUSH, policy_instance, nat64_nl_denylist_flush),
	NAT64_OP_DUMP(DENYLIST_GET, policy_instance, nat64_nl_denylist_dump),
};

/**
 * nat64_netlink_init - register the family
 *
 * Context: process.
 *
 * Return: 0 or a negative errno.
 */
int __init nat64_netlink_init(void)
{
	nat64_family.ops = ops;
	nat64_family.n_ops = ARRAY_SIZE(ops);
	nat64_family.mcgrps = nat64_mcgrps;
	nat64_family.n_mcgrps = NAT64_NL_GROUPS;
	return genl_register_family(&nat64_family);
}

/**
 * nat64_netlink_exit - unregister the family; no request is pending afterwards
 *
 * Context: process, without nat64_net.mutex, as it waits for requests.
 */
void nat64_netlink_exit(void)
{
	genl_unregister_family(&nat64_family);
}
