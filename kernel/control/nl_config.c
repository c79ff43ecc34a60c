// SPDX-License-Identifier: GPL-2.0
/* nl_config.c - the object "config" */
#include "control/netlink.h"

/* Lifetimes are kept in 32-bit jiffies, of which half may lie in the past. */
#define NAT64_SECONDS_MAX 1000000

/**
 * struct nat64_nl_key - a configuration key
 */
struct nat64_nl_key {
	/** @offset: of its member of struct nat64_keys */
	u16 offset;
	/** @size: of that member, in bytes: 1 or 4; 0: no such key */
	u8 size;
	/** @min: least value */
	u32 min;
	/** @max: greatest value */
	u32 max;
	/** @why: what is said if a value is out of range */
	const char *why;
};

#define NAT64_KEY(member, bytes, least, most, text) {		\
	.offset = offsetof(struct nat64_keys, member),		\
	.size = bytes, .min = least, .max = most, .why = text,	\
}

#define NAT64_SWITCH(member) \
	NAT64_KEY(member, 1, 0, 1, "the value of this key must be on or off")

static const struct nat64_nl_key keys[NAT64_CONFIG_A_MAX + 1] = {
	[NAT64_CONFIG_A_MANUALLY_ENABLED] = NAT64_SWITCH(manually_enabled),
	[NAT64_CONFIG_A_LOWEST_IPV6_MTU] =
		NAT64_KEY(lowest_ipv6_mtu, 4, 1280, 65535,
			  "lowest-ipv6-mtu must be 1280 to 65535"),
	[NAT64_CONFIG_A_ZEROIZE_TRAFFIC_CLASS] =
		NAT64_SWITCH(zeroize_traffic_class),
	[NAT64_CONFIG_A_OVERRIDE_TOS] = NAT64_SWITCH(override_tos),
	[NAT64_CONFIG_A_TOS] =
		NAT64_KEY(tos, 1, 0, 255, "tos must be 0 to 255"),
	[NAT64_CONFIG_A_ADDRESS_DEPENDENT_FILTERING] =
		NAT64_SWITCH(address_dependent_filtering),
	[NAT64_CONFIG_A_DROP_EXTERNALLY_INITIATED_TCP] =
		NAT64_SWITCH(drop_externally_initiated_tcp),
	[NAT64_CONFIG_A_DROP_ICMPV6_INFO] = NAT64_SWITCH(drop_icmpv6_info),
	[NAT64_CONFIG_A_SOURCE_ICMPV6_ERRORS_BETTER] =
		NAT64_SWITCH(source_icmpv6_errors_better),
	[NAT64_CONFIG_A_HANDLE_RST_DURING_FIN_RCV] =
		NAT64_SWITCH(handle_rst_during_fin_rcv),
	[NAT64_CONFIG_A_TCP_EST_TIMEOUT] =
		NAT64_KEY(tcp_est_timeout, 4, 7200, NAT64_SECONDS_MAX,
			  "tcp-est-timeout must be 7200 (RFC 6146 s4) to 1000000 seconds"),
	[NAT64_CONFIG_A_TCP_TRANS_TIMEOUT] =
		NAT64_KEY(tcp_trans_timeout, 4, 240, NAT64_SECONDS_MAX,
			  "tcp-trans-timeout must be 240 (RFC 6146 s4) to 1000000 seconds"),
	[NAT64_CONFIG_A_UDP_TIMEOUT] =
		NAT64_KEY(udp_timeout, 4, 120, NAT64_SECONDS_MAX,
			  "udp-timeout must be 120 (RFC 6146 s4) to 1000000 seconds"),
	[NAT64_CONFIG_A_ICMP_TIMEOUT] =
		NAT64_KEY(icmp_timeout, 4, 1, NAT64_SECONDS_MAX,
			  "icmp-timeout must be 1 to 1000000 seconds"),
	[NAT64_CONFIG_A_FORWARD_CHAIN] = NAT64_SWITCH(forward_chain),
	[NAT64_CONFIG_A_MAXIMUM_SESSIONS] =
		NAT64_KEY(maximum_sessions, 4, 1, 0x7fffffff,
			  "maximum-sessions must be 1 to 2147483647"),
	[NAT64_CONFIG_A_MAXIMUM_SESSIONS_PER_BIB] =
		NAT64_KEY(maximum_sessions_per_bib, 4, 1, 0x7fffffff,
			  "maximum-sessions-per-bib must be 1 to 2147483647"),
};

const struct nla_policy nat64_config_policy[NAT64_CONFIG_A_MAX + 1] = {
	[NAT64_CONFIG_A_MANUALLY_ENABLED] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_LOWEST_IPV6_MTU] = { .type = NLA_U32 },
	[NAT64_CONFIG_A_ZEROIZE_TRAFFIC_CLASS] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_OVERRIDE_TOS] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_TOS] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_MTU_PLATEAUS] = { .type = NLA_BINARY },
	[NAT64_CONFIG_A_ADDRESS_DEPENDENT_FILTERING] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_DROP_EXTERNALLY_INITIATED_TCP] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_DROP_ICMPV6_INFO] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_SOURCE_ICMPV6_ERRORS_BETTER] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_HANDLE_RST_DURING_FIN_RCV] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_TCP_EST_TIMEOUT] = { .type = NLA_U32 },
	[NAT64_CONFIG_A_TCP_TRANS_TIMEOUT] = { .type = NLA_U32 },
	[NAT64_CONFIG_A_UDP_TIMEOUT] = { .type = NLA_U32 },
	[NAT64_CONFIG_A_ICMP_TIMEOUT] = { .type = NLA_U32 },
	[NAT64_CONFIG_A_FORWARD_CHAIN] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_MAXIMUM_SESSIONS] = { .type = NLA_U32 },
	[NAT64_CONFIG_A_MAXIMUM_SESSIONS_PER_BIB] = { .type = NLA_U32 },
};

static int nat64_nl_set_plateaus(struct nat64_keys *to,
				 const struct nlattr *attr,
				 struct netlink_ext_ack *extack)
{
	unsigned int n = nla_len(attr) / sizeof(u16), i;
	u16 plateaus[NAT64_PLATEAUS_MAX];

	if (!n || n > NAT64_PLATEAUS_MAX || nla_len(attr) % sizeof(u16))
		return nat64_nl_refuse(extack, attr,
				       "mtu-plateaus must be 1 to 32 numbers",
				       -EINVAL);
	nla_memcpy(plateaus, attr, sizeof(plateaus));
	for (i = 0; i < n; i++)
		if (plateaus[i] < 68 || (i && plateaus[i] >= plateaus[i - 1]))
			return nat64_nl_refuse(extack, attr,
					       "mtu-plateaus must be falling numbers of 68 to 65535",
					       -EINVAL);
	memset(to->mtu_plateaus, 0, sizeof(to->mtu_plateaus));
	memcpy(to->mtu_plateaus, plateaus, n * sizeof(u16));
	to->n_plateaus = n;
	return 0;
}

static int nat64_nl_set_key(struct nat64_keys *to, int type,
			    const struct nlattr *attr,
			    struct netlink_ext_ack *extack)
{
	const struct nat64_nl_key *key = &keys[type];
	void *member = (u8 *)to + key->offset;
	u32 value;

	if (type == NAT64_CONFIG_A_MTU_PLATEAUS)
		return nat64_nl_set_plateaus(to, attr, extack);
	value = key->size == sizeof(u8) ? nla_get_u8(attr) : nla_get_u32(attr);
	if (value < key->min || value > key->max)
		return nat64_nl_refuse(extack, attr, key->why, -EINVAL);
	if (key->size == sizeof(u8))
		*(u8 *)member = value;
	else
		*(u32 *)member = value;
	return 0;
}

/**
 * nat64_nl_config_set - NAT64_CMD_CONFIG_SET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_config_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[NAT64_CONFIG_A_MAX + 1];
	const struct nat64_config *old;
	struct nat64_instance *inst;
	struct nat64_config *cfg;
	int err, i;

	if (!info->attrs[NAT64_A_CONFIG])
		return nat64_nl_refuse(info->extack, NULL,
				       "the request sets no key", -EINVAL);
	err = nla_parse_nested(tb, NAT64_CONFIG_A_MAX,
			       info->attrs[NAT64_A_CONFIG],
			       nat64_config_policy, info->extack);
	if (err)
		return err;
	inst = nat64_nl_lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);

	old = nat64_instance_config(inst);
	cfg = nat64_config_copy(old, old->n_pool4);
	err = cfg ? 0 : -ENOMEM;
	for (i = 1; !err && i <= NAT64_CONFIG_A_MAX; i++)
		if (tb[i])
			err = nat64_nl_set_key(&cfg->keys, i, tb[i],
					       info->extack);
	if (err)
		kvfree(cfg);
	else
		nat64_instance_swap(inst, cfg);
	nat64_nl_unlock(info);
	return err;
}

static int nat64_nl_put_keys(struct sk_buff *skb,
			     const struct nat64_keys *from)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_CONFIG);
	int err, i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i <= NAT64_CONFIG_A_MAX; i++) {
		const void *member = (const u8 *)from + keys[i].offset;

		if (i == NAT64_CONFIG_A_MTU_PLATEAUS)
			err = nla_put(skb, i, from->n_plateaus * sizeof(u16),
				      from->mtu_plateaus);
		else if (keys[i].size == sizeof(u8))
			err = nla_put_u8(skb, i, *(const u8 *)member);
		else
			err = nla_put_u32(skb, i, *(const u32 *)member);
		if (err)
			return err;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * nat64_nl_config_get - NAT64_CMD_CONFIG_GET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_config_get(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_instance *inst = nat64_nl_lock(info);
	struct sk_buff *msg;
	int err = -ENOMEM;
	void *hdr;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	msg = nat64_nl_reply(info, NAT64_CMD_CONFIG_GET, inst,
			     NLMSG_DEFAULT_SIZE, &hdr);
	if (msg)
		err = nat64_nl_put_keys(msg,
					&nat64_instance_config(inst)->keys);
	nat64_nl_unlock(info);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}
