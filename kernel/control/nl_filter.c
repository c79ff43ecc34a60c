// SPDX-License-Identifier: GPL-2.0
/* nl_filter.c - parse the filter of a request */
#include "control/nl.h"

const struct nla_policy nat64_filter_policy[NAT64_FILTER_A_MAX + 1] = {
	[NAT64_FILTER_A_PROTO] = { .type = NLA_U8 },
	[NAT64_FILTER_A_ADDR6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[NAT64_FILTER_A_LEN6] = NLA_POLICY_MAX(NLA_U8, 128),
	[NAT64_FILTER_A_ADDR4] = { .type = NLA_BE32, .len = sizeof(__be32) },
	[NAT64_FILTER_A_LEN4] = NLA_POLICY_MAX(NLA_U8, 32),
	[NAT64_FILTER_A_PORT] = { .type = NLA_BE16, .len = sizeof(__be16) },
	[NAT64_FILTER_A_STATE] = NLA_POLICY_RANGE(NLA_U8, NAT64_STATE_V4_INIT,
						  NAT64_STATE_MAX),
	[NAT64_FILTER_A_STATIC] = { .type = NLA_FLAG },
};

/**
 * nat64_nl_get_filter - read the filter of a request
 * @attrs: attributes of the request
 * @of_sessions: it is one of sessions, not of BIB entries
 * @filter: where to put it; it matches everything if the request has none
 * @extack: where to explain a refusal
 *
 * Context: any.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_get_filter(struct nlattr **attrs, bool of_sessions,
			struct nat64_filter *filter,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_FILTER_A_MAX + 1] = {};
	int err, proto, len4 = 32;

	memset(filter, 0, sizeof(*filter));
	if (!attrs[NAT64_A_FILTER])
		return 0;
	err = nla_parse_nested(tb, NAT64_FILTER_A_MAX, attrs[NAT64_A_FILTER],
			       nat64_filter_policy, extack);
	if (err)
		return err;
	/* An ignored attribute would let a flush end too much. */
	if (of_sessions && tb[NAT64_FILTER_A_STATIC])
		return nat64_nl_refuse(extack, tb[NAT64_FILTER_A_STATIC],
				       "sessions are not static: only BIB entries can be filtered by it",
				       -EINVAL);
	if (!of_sessions && tb[NAT64_FILTER_A_STATE])
		return nat64_nl_refuse(extack, tb[NAT64_FILTER_A_STATE],
				       "BIB entries have no state: only sessions can be filtered by it",
				       -EINVAL);

	if (tb[NAT64_FILTER_A_PROTO]) {
		proto = nat64_nl_get_proto(nla_get_u8(tb[NAT64_FILTER_A_PROTO]));
		if (proto < 0)
			return nat64_nl_refuse(extack, tb[NAT64_FILTER_A_PROTO],
					       "the protocol must be tcp, udp or icmp",
					       -EINVAL);
		filter->proto = proto;
		filter->has_proto = true;
	}
	filter->has_addr6 = tb[NAT64_FILTER_A_ADDR6];
	if (filter->has_addr6)
		filter->addr6 = nla_get_in6_addr(tb[NAT64_FILTER_A_ADDR6]);
	filter->len6 = 128;
	if (tb[NAT64_FILTER_A_LEN6])
		filter->len6 = nla_get_u8(tb[NAT64_FILTER_A_LEN6]);
	filter->has_addr4 = tb[NAT64_FILTER_A_ADDR4];
	if (filter->has_addr4)
		filter->addr4 = nla_get_in_addr(tb[NAT64_FILTER_A_ADDR4]);
	if (tb[NAT64_FILTER_A_LEN4])
		len4 = nla_get_u8(tb[NAT64_FILTER_A_LEN4]);
	filter->mask4 = len4 ? htonl(~0U << (32 - len4)) : 0;
	filter->has_port = tb[NAT64_FILTER_A_PORT];
	if (filter->has_port)
		filter->port = nla_get_be16(tb[NAT64_FILTER_A_PORT]);
	filter->is_static = tb[NAT64_FILTER_A_STATIC];
	filter->has_state = tb[NAT64_FILTER_A_STATE];
	if (filter->has_state)
		filter->state = nla_get_u8(tb[NAT64_FILTER_A_STATE]);
	return 0;
}
