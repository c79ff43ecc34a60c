// SPDX-License-Identifier: GPL-2.0
/* nl_keys.c - the configuration keys of a request or a reply */
#include "control/nl.h"

#include <linux/netdevice.h>
#include "control/userns.h"
#include "rfc/address.h"

/* Lifetimes are in 32-bit jiffies, of which half may lie in the past. */
#define NAT64_SECONDS_MAX 1000000

/**
 * struct nat64_nl_key - a configuration key
 */
struct nat64_nl_key {
	/** @offset: of its member of struct nat64_keys */
	u16 offset;
	/** @size: of that member, in bytes: 1 or 4; 0: not a number */
	u8 size;
	/** @forced: least value with NAT64_A_FORCE; 0: as without it */
	u8 forced;
	/** @min: least value */
	u32 min;
	/** @max: greatest value */
	u32 max;
	/** @why: the refusal of a value that is out of range */
	const char *why;
};

#define NAT64_KEY(member, bytes, least, most, text) {		\
	.offset = offsetof(struct nat64_keys, member),		\
	.size = bytes, .min = least, .max = most, .why = text,	\
}

/* A timeout may be shorter than the RFC allows if the operator insists. */
#define NAT64_LIFETIME(member, name, least, rfc) {			\
	.offset = offsetof(struct nat64_keys, member), .size = 4,	\
	.forced = 1, .min = least, .max = NAT64_SECONDS_MAX,		\
	.why = name " must be " #least " (" rfc ") to 1000000 seconds; --force allows 1 and more", \
}

#define NAT64_SWITCH(member) \
	NAT64_KEY(member, 1, 0, 1, "the value of this key must be on or off")

static const struct nat64_nl_key keys[NAT64_CONFIG_A_MAX + 1] = {
	[NAT64_CONFIG_A_MANUALLY_ENABLED] = NAT64_SWITCH(manually_enabled),
	[NAT64_CONFIG_A_LOWEST_IPV6_MTU] =
		NAT64_KEY(xlat.lowest_ipv6_mtu, 4, 1280, 65535,
			  "lowest-ipv6-mtu must be 1280 to 65535"),
	[NAT64_CONFIG_A_ZEROIZE_TRAFFIC_CLASS] =
		NAT64_SWITCH(xlat.zeroize_traffic_class),
	[NAT64_CONFIG_A_OVERRIDE_TOS] = NAT64_SWITCH(xlat.override_tos),
	[NAT64_CONFIG_A_TOS] =
		NAT64_KEY(xlat.tos, 1, 0, 255, "tos must be 0 to 255"),
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
		NAT64_LIFETIME(tcp_est_timeout, "tcp-est-timeout", 7200,
			       "RFC 6146 s4"),
	[NAT64_CONFIG_A_TCP_TRANS_TIMEOUT] =
		NAT64_LIFETIME(tcp_trans_timeout, "tcp-trans-timeout", 240,
			       "RFC 5382 REQ-5"),
	[NAT64_CONFIG_A_UDP_TIMEOUT] =
		NAT64_LIFETIME(udp_timeout, "udp-timeout", 120,
			       "RFC 4787 REQ-5"),
	[NAT64_CONFIG_A_ICMP_TIMEOUT] =
		NAT64_LIFETIME(icmp_timeout, "icmp-timeout", 60,
			       "RFC 5508 REQ-2"),
	[NAT64_CONFIG_A_FORWARD_CHAIN] = NAT64_SWITCH(forward_chain),
	[NAT64_CONFIG_A_MAXIMUM_SESSIONS] =
		NAT64_KEY(maximum_sessions, 4, 1, 0x7fffffff,
			  "maximum-sessions must be 1 to 2147483647"),
	[NAT64_CONFIG_A_MAXIMUM_SESSIONS_PER_BIB] =
		NAT64_KEY(maximum_sessions_per_bib, 4, 1, 0x7fffffff,
			  "maximum-sessions-per-bib must be 1 to 2147483647"),
	[NAT64_CONFIG_A_TCP_OPEN_TIMEOUT] =
		NAT64_KEY(tcp_open_timeout, 4, 1, NAT64_SECONDS_MAX,
			  "tcp-open-timeout must be 1 to 1000000 seconds"),
	[NAT64_CONFIG_A_TCP_PROBE] = NAT64_SWITCH(tcp_probe),
	[NAT64_CONFIG_A_MAXIMUM_SIMULTANEOUS_OPENS] =
		NAT64_KEY(maximum_simultaneous_opens, 4, 0, 65535,
			  "maximum-simultaneous-opens must be 0 to 65535"),
	[NAT64_CONFIG_A_HOLD_DOWN_TIME] =
		NAT64_KEY(hold_down_time, 4, 0, 86400,
			  "hold-down-time must be 0 to 86400 seconds"),
	[NAT64_CONFIG_A_HOLD_DOWN_PORTS] =
		NAT64_KEY(hold_down_ports, 4, 0, 0x7fffffff,
			  "hold-down-ports must be 0 to 2147483647"),
	[NAT64_CONFIG_A_INBOUND_REFRESH] = NAT64_SWITCH(inbound_refresh),
	[NAT64_CONFIG_A_PORT_DEPENDENT_FILTERING] =
		NAT64_SWITCH(port_dependent_filtering),
	[NAT64_CONFIG_A_PRESERVE_PORT_PARITY] =
		NAT64_SWITCH(preserve_port_parity),
	[NAT64_CONFIG_A_WKP_STRICT] = NAT64_SWITCH(wkp_strict),
	[NAT64_CONFIG_A_UDP6_ZERO_CHECKSUM] = NAT64_SWITCH(xlat.udp6_zero_checksum),
	[NAT64_CONFIG_A_DROP_UDP4_ZERO_CHECKSUM] =
		NAT64_SWITCH(xlat.drop_udp4_zero_checksum),
	[NAT64_CONFIG_A_MSS_CLAMP] =
		NAT64_KEY(xlat.mss_clamp, 4, 88, 65495,
			  "mss-clamp must be off, pmtu or 88 to 65495 bytes"),
	[NAT64_CONFIG_A_SEND_ICMP_ERRORS] = NAT64_SWITCH(send_icmp_errors),
	[NAT64_CONFIG_A_ANSWER_UNMAPPED] = NAT64_SWITCH(answer_unmapped),
	[NAT64_CONFIG_A_LOGGING_BIB] = NAT64_SWITCH(logging_bib),
	[NAT64_CONFIG_A_LOGGING_SESSION] = NAT64_SWITCH(logging_session),
	[NAT64_CONFIG_A_ACCOUNTING] = NAT64_SWITCH(accounting),
	[NAT64_CONFIG_A_AMEND_UDP_CHECKSUM_ZERO] =
		NAT64_SWITCH(amend_udp_checksum_zero),
	[NAT64_CONFIG_A_EAM_HAIRPIN_MODE] =
		NAT64_KEY(eam_hairpin_mode, 1, 0, NAT64_EAM_HAIRPIN_MAX,
			  "eam-hairpin-mode must be off, simple or intrinsic"),
};

static const struct nla_policy prefix6_policy[NAT64_PREFIX6_A_MAX + 1] = {
	[NAT64_PREFIX6_A_ADDR] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[NAT64_PREFIX6_A_LEN] = { .type = NLA_U8 },
};

/* nat64_nl_add_device() refuses longer names with a sentence. */
static const struct nla_policy fastpath_policy[NAT64_FASTPATH_A_MAX + 1] = {
	[NAT64_FASTPATH_A_DEV] = { .type = NLA_NUL_STRING },
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
	[NAT64_CONFIG_A_TCP_OPEN_TIMEOUT] = { .type = NLA_U32 },
	[NAT64_CONFIG_A_TCP_PROBE] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_MAXIMUM_SIMULTANEOUS_OPENS] = { .type = NLA_U32 },
	[NAT64_CONFIG_A_HOLD_DOWN_TIME] = { .type = NLA_U32 },
	[NAT64_CONFIG_A_HOLD_DOWN_PORTS] = { .type = NLA_U32 },
	[NAT64_CONFIG_A_INBOUND_REFRESH] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_PORT_DEPENDENT_FILTERING] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_PRESERVE_PORT_PARITY] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_WKP_STRICT] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_UDP6_ZERO_CHECKSUM] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_DROP_UDP4_ZERO_CHECKSUM] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_MSS_CLAMP] = { .type = NLA_U32 },
	[NAT64_CONFIG_A_RFC6791V4_PREFIX] = NLA_POLICY_NESTED(nat64_prefix4_policy),
	[NAT64_CONFIG_A_SEND_ICMP_ERRORS] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_ANSWER_UNMAPPED] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_FASTPATH] = NLA_POLICY_NESTED(fastpath_policy),
	[NAT64_CONFIG_A_LOGGING_BIB] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_LOGGING_SESSION] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_ACCOUNTING] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_AMEND_UDP_CHECKSUM_ZERO] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_EAM_HAIRPIN_MODE] = { .type = NLA_U8 },
	[NAT64_CONFIG_A_RFC6791V6_PREFIX] = NLA_POLICY_NESTED(prefix6_policy),
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
	memset(to->xlat.mtu_plateaus, 0, sizeof(to->xlat.mtu_plateaus));
	memcpy(to->xlat.mtu_plateaus, plateaus, n * sizeof(u16));
	to->xlat.n_plateaus = n;
	return 0;
}

/* A prefix around 127.0.0.0/8 ends in it, one around multicast after it. */
static const char *nat64_nl_check_prefix4(u32 addr, u8 len)
{
	u32 host;

	if (!len || len > 32)
		return "the length of rfc6791v4-prefix must be 1 to 32";
	host = 0xffffffffULL >> len;
	if (addr & host)
		return "rfc6791v4-prefix has bits set after its length: set them to zero";
	if (!nat64_address4_forwardable(htonl(addr)) ||
	    !nat64_address4_forwardable(htonl(addr | host)))
		return "rfc6791v4-prefix must be of unicast addresses that can be forwarded";
	return NULL;
}

static const char *nat64_nl_get_prefix4(struct nlattr **tb,
					struct nat64_keys *to)
{
	const char *why;
	u32 addr;
	u8 len = 32;

	if (!tb[NAT64_PREFIX4_A_ADDR])
		return "rfc6791v4-prefix needs an address as well as a length";
	addr = ntohl(nla_get_in_addr(tb[NAT64_PREFIX4_A_ADDR]));
	if (tb[NAT64_PREFIX4_A_LEN])
		len = nla_get_u8(tb[NAT64_PREFIX4_A_LEN]);
	why = nat64_nl_check_prefix4(addr, len);
	if (why)
		return why;
	to->rfc6791_addr = addr;
	to->rfc6791_len = len;
	return NULL;
}

static int nat64_nl_set_prefix4(struct nat64_keys *to,
				const struct nlattr *attr,
				struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_PREFIX4_A_MAX + 1];
	const char *why;
	int err;

	err = nla_parse_nested(tb, NAT64_PREFIX4_A_MAX, attr,
			       nat64_prefix4_policy, extack);
	if (err)
		return err;
	if (!nla_len(attr)) {
		to->rfc6791_addr = 0;
		to->rfc6791_len = 0;
		return 0;
	}
	why = nat64_nl_get_prefix4(tb, to);
	return why ? nat64_nl_refuse(extack, attr, why, -EINVAL) : 0;
}

static const char *nat64_nl_check_prefix6(const struct in6_addr *addr, u8 len)
{
	struct in6_addr masked;

	if (!len || len > 128)
		return "the length of rfc6791v6-prefix must be 1 to 128";
	ipv6_addr_prefix(&masked, addr, len);
	if (!ipv6_addr_equal(&masked, addr))
		return "rfc6791v6-prefix has bits set after its length: set them to zero";
	if (!nat64_address6_forwardable(addr))
		return "rfc6791v6-prefix must be of unicast addresses that can be forwarded";
	return NULL;
}

static int nat64_nl_set_prefix6(struct nat64_keys *to,
				const struct nlattr *attr,
				struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_PREFIX6_A_MAX + 1];
	const char *why;
	int err;

	err = nla_parse_nested(tb, NAT64_PREFIX6_A_MAX, attr, prefix6_policy,
			       extack);
	if (err)
		return err;
	memset(&to->rfc6791v6_addr, 0, sizeof(to->rfc6791v6_addr));
	to->rfc6791v6_len = 0;
	if (!nla_len(attr))
		return 0;
	if (!tb[NAT64_PREFIX6_A_ADDR])
		return nat64_nl_refuse(extack, attr,
				       "rfc6791v6-prefix needs an address as well as a length",
				       -EINVAL);
	to->rfc6791v6_addr = nla_get_in6_addr(tb[NAT64_PREFIX6_A_ADDR]);
	to->rfc6791v6_len = tb[NAT64_PREFIX6_A_LEN] ?
			    nla_get_u8(tb[NAT64_PREFIX6_A_LEN]) : 128;
	why = nat64_nl_check_prefix6(&to->rfc6791v6_addr, to->rfc6791v6_len);
	return why ? nat64_nl_refuse(extack, attr, why, -EINVAL) : 0;
}

static const char *nat64_nl_add_device(struct nat64_keys *to, const char *name)
{
	int i;

	if (!dev_valid_name(name))
		return "fastpath must be names of network devices, of 1 to 15 characters";
	for (i = 0; i < to->n_fastpath; i++)
		if (!strcmp(to->fastpath[i], name))
			return "fastpath has a device twice: leave one out";
	if (to->n_fastpath == NAT64_FASTPATH_MAX)
		return "fastpath must be 8 devices at most";
	strscpy(to->fastpath[to->n_fastpath++], name, IFNAMSIZ);
	return NULL;
}

/* A device need not exist; the policy guarantees that these are strings. */
static int nat64_nl_set_fastpath(struct nat64_keys *to,
				 const struct nlattr *attr,
				 struct netlink_ext_ack *extack)
{
	const struct nlattr *dev;
	const char *why;
	int rest;

	to->n_fastpath = 0;
	memset(to->fastpath, 0, sizeof(to->fastpath));
	nla_for_each_nested(dev, attr, rest) {
		why = nat64_nl_add_device(to, nla_data(dev));
		if (why)
			return nat64_nl_refuse(extack, dev, why, -EINVAL);
	}
	return 0;
}

static bool nat64_nl_fits(int type, u32 value, bool force)
{
	const struct nat64_nl_key *key = &keys[type];

	if (type == NAT64_CONFIG_A_MSS_CLAMP && value <= NAT64_MSS_CLAMP_PMTU)
		return true;
	return value >= (force && key->forced ? key->forced : key->min) &&
	       value <= key->max;
}

static int nat64_nl_set_number(struct nat64_keys *to, int type,
			       const struct nlattr *attr, bool force,
			       struct netlink_ext_ack *extack)
{
	const struct nat64_nl_key *key = &keys[type];
	void *member = (u8 *)to + key->offset;
	u32 value;

	value = key->size == sizeof(u8) ? nla_get_u8(attr) : nla_get_u32(attr);
	if (!nat64_nl_fits(type, value, force))
		return nat64_nl_refuse(extack, attr, key->why, -EINVAL);
	if (key->size == sizeof(u8))
		*(u8 *)member = value;
	else
		*(u32 *)member = value;
	return 0;
}

static int nat64_nl_set_key(struct nat64_keys *to, int type,
			    const struct nlattr *attr, bool force,
			    struct netlink_ext_ack *extack)
{
	switch (type) {
	case NAT64_CONFIG_A_MTU_PLATEAUS:
		return nat64_nl_set_plateaus(to, attr, extack);
	case NAT64_CONFIG_A_RFC6791V4_PREFIX:
		return nat64_nl_set_prefix4(to, attr, extack);
	case NAT64_CONFIG_A_RFC6791V6_PREFIX:
		return nat64_nl_set_prefix6(to, attr, extack);
	case NAT64_CONFIG_A_FASTPATH:
		return nat64_nl_set_fastpath(to, attr, extack);
	}
	return nat64_nl_set_number(to, type, attr, force, extack);
}

/* Users of a machine may not take as much as its administrator. */
static int nat64_nl_check_userns(const struct net *net,
				 const struct nat64_keys *to,
				 struct nlattr **tb,
				 struct netlink_ext_ack *extack)
{
	if (to->maximum_sessions >
	    nat64_userns_limit(net, U32_MAX, NAT64_USERNS_SESSIONS_MAX))
		return nat64_nl_refuse(extack,
				       tb[NAT64_CONFIG_A_MAXIMUM_SESSIONS],
				       "in a user namespace, maximum-sessions must be 1 to 65536",
				       -EINVAL);
	if (to->maximum_simultaneous_opens >
	    nat64_userns_limit(net, U32_MAX, NAT64_USERNS_OPENS_MAX))
		return nat64_nl_refuse(extack,
				       tb[NAT64_CONFIG_A_MAXIMUM_SIMULTANEOUS_OPENS],
				       "in a user namespace, maximum-simultaneous-opens must be 0 to 256",
				       -EINVAL);
	return 0;
}

/* Check whether a type of instance has a key. */
static bool nat64_nl_has_key(enum nat64_type type, int key)
{
	switch (key) {
	case NAT64_CONFIG_A_MANUALLY_ENABLED:
	case NAT64_CONFIG_A_LOWEST_IPV6_MTU:
	case NAT64_CONFIG_A_ZEROIZE_TRAFFIC_CLASS:
	case NAT64_CONFIG_A_OVERRIDE_TOS:
	case NAT64_CONFIG_A_TOS:
	case NAT64_CONFIG_A_MTU_PLATEAUS:
	case NAT64_CONFIG_A_FORWARD_CHAIN:
	case NAT64_CONFIG_A_WKP_STRICT:
	case NAT64_CONFIG_A_UDP6_ZERO_CHECKSUM:
	case NAT64_CONFIG_A_MSS_CLAMP:
	case NAT64_CONFIG_A_RFC6791V4_PREFIX:
	case NAT64_CONFIG_A_SEND_ICMP_ERRORS:
		return true;
	case NAT64_CONFIG_A_AMEND_UDP_CHECKSUM_ZERO:
	case NAT64_CONFIG_A_EAM_HAIRPIN_MODE:
	case NAT64_CONFIG_A_RFC6791V6_PREFIX:
		return type == NAT64_TYPE_SIIT;
	}
	return type == NAT64_TYPE_NAT64;
}

static int nat64_nl_get_key(struct genl_info *info, struct nat64_config *cfg,
			    int key, const struct nlattr *attr)
{
	const char *why = "a stateful NAT64 does not have this key: see 'config show'";

	if (nat64_config_is_siit(cfg))
		why = "a stateless instance does not have this key: see 'config show'";
	if (!nat64_nl_has_key(cfg->type, key))
		return nat64_nl_refuse(info->extack, attr, why, -EINVAL);
	return nat64_nl_set_key(&cfg->keys, key, attr,
				info->attrs[NAT64_A_FORCE], info->extack);
}

/**
 * nat64_nl_get_keys - read the keys of a request
 * @info: the request, with NAT64_A_CONFIG
 * @cfg: the configuration to put them in; the others are unchanged
 *
 * Context: process; with nat64_net.mutex held, if an instance has @cfg.
 *
 * Return: 0, or a negative errno, and the keys of @cfg are invalid.
 */
int nat64_nl_get_keys(struct genl_info *info, struct nat64_config *cfg)
{
	struct nlattr *tb[NAT64_CONFIG_A_MAX + 1];
	int err, i;

	err = nla_parse_nested(tb, NAT64_CONFIG_A_MAX,
			       info->attrs[NAT64_A_CONFIG],
			       nat64_config_policy, info->extack);
	for (i = 1; !err && i <= NAT64_CONFIG_A_MAX; i++)
		if (tb[i])
			err = nat64_nl_get_key(info, cfg, i, tb[i]);
	return err ?: nat64_nl_check_userns(genl_info_net(info), &cfg->keys, tb,
					    info->extack);
}

static int nat64_nl_put_prefix6(struct sk_buff *skb, int type,
				const struct nat64_keys *from)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest)
		return -EMSGSIZE;
	if (from->rfc6791v6_len &&
	    (nla_put_in6_addr(skb, NAT64_PREFIX6_A_ADDR,
			      &from->rfc6791v6_addr) ||
	     nla_put_u8(skb, NAT64_PREFIX6_A_LEN, from->rfc6791v6_len)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nat64_nl_put_prefix4(struct sk_buff *skb, int type,
				const struct nat64_keys *from)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest)
		return -EMSGSIZE;
	if (from->rfc6791_len &&
	    (nla_put_in_addr(skb, NAT64_PREFIX4_A_ADDR,
			     htonl(from->rfc6791_addr)) ||
	     nla_put_u8(skb, NAT64_PREFIX4_A_LEN, from->rfc6791_len)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nat64_nl_put_fastpath(struct sk_buff *skb, int type,
				 const struct nat64_keys *from)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < from->n_fastpath; i++)
		if (nla_put_string(skb, NAT64_FASTPATH_A_DEV,
				   from->fastpath[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nat64_nl_put_key(struct sk_buff *skb, int type,
			    const struct nat64_keys *from)
{
	const void *member = (const u8 *)from + keys[type].offset;

	switch (type) {
	case NAT64_CONFIG_A_MTU_PLATEAUS:
		return nla_put(skb, type, from->xlat.n_plateaus * sizeof(u16),
			       from->xlat.mtu_plateaus);
	case NAT64_CONFIG_A_RFC6791V4_PREFIX:
		return nat64_nl_put_prefix4(skb, type, from);
	case NAT64_CONFIG_A_RFC6791V6_PREFIX:
		return nat64_nl_put_prefix6(skb, type, from);
	case NAT64_CONFIG_A_FASTPATH:
		return nat64_nl_put_fastpath(skb, type, from);
	}
	if (keys[type].size == sizeof(u8))
		return nla_put_u8(skb, type, *(const u8 *)member);
	return nla_put_u32(skb, type, *(const u32 *)member);
}

static bool nat64_nl_same_key(int type, const struct nat64_keys *a,
			      const struct nat64_keys *b)
{
	unsigned int offset = keys[type].offset;

	switch (type) {
	case NAT64_CONFIG_A_MTU_PLATEAUS:
		return a->xlat.n_plateaus == b->xlat.n_plateaus &&
		       !memcmp(a->xlat.mtu_plateaus, b->xlat.mtu_plateaus,
			       sizeof(a->xlat.mtu_plateaus));
	case NAT64_CONFIG_A_RFC6791V4_PREFIX:
		return a->rfc6791_len == b->rfc6791_len &&
		       a->rfc6791_addr == b->rfc6791_addr;
	case NAT64_CONFIG_A_RFC6791V6_PREFIX:
		return a->rfc6791v6_len == b->rfc6791v6_len &&
		       ipv6_addr_equal(&a->rfc6791v6_addr, &b->rfc6791v6_addr);
	case NAT64_CONFIG_A_FASTPATH:
		return a->n_fastpath == b->n_fastpath &&
		       !memcmp(a->fastpath, b->fastpath, sizeof(a->fastpath));
	}
	return !memcmp((const u8 *)a + offset, (const u8 *)b + offset,
		       keys[type].size);
}

/**
 * nat64_nl_put_keys - write keys
 * @skb: the message, which stays the caller's
 * @cfg: their values; those that its type of instance has are written
 * @unless: keys with the same value here are omitted; NULL: none is
 *
 * Context: any.
 *
 * Return: 0 or -EMSGSIZE.
 */
int nat64_nl_put_keys(struct sk_buff *skb, const struct nat64_config *cfg,
		      const struct nat64_config *unless)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_CONFIG);
	int err, i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i <= NAT64_CONFIG_A_MAX; i++) {
		if (!nat64_nl_has_key(cfg->type, i) ||
		    (unless && nat64_nl_same_key(i, &cfg->keys, &unless->keys)))
			continue;
		err = nat64_nl_put_key(skb, i, &cfg->keys);
		if (err)
			return err;
	}
	nla_nest_end(skb, nest);
	return 0;
}
