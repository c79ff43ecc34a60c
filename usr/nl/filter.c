// SPDX-License-Identifier: GPL-2.0
/* filter.c - the options that choose BIB entries or sessions */
#include <arpa/inet.h>

#include "nl/filter.h"

static int put_proto(struct nl_msg *msg, const char *word)
{
	__u8 proto;

	if (!word)
		return 0;
	return args_proto(word, &proto) ?:
	       nla_put_u8(msg, NAT64_FILTER_A_PROTO, proto);
}

static int put_v6(struct nl_msg *msg, const char *word)
{
	struct prefix6 prefix;

	if (!word)
		return 0;
	return args_prefix6(word, false, &prefix) ?:
	       nla_put(msg, NAT64_FILTER_A_ADDR6, 16, &prefix.addr) ?:
	       nla_put_u8(msg, NAT64_FILTER_A_LEN6, prefix.len);
}

static int put_v4(struct nl_msg *msg, const char *word)
{
	struct prefix4 prefix;

	if (!word)
		return 0;
	return args_prefix4(word, &prefix) ?:
	       nla_put_u32(msg, NAT64_FILTER_A_ADDR4, prefix.addr.s_addr) ?:
	       nla_put_u8(msg, NAT64_FILTER_A_LEN4, prefix.len);
}

static int put_port(struct nl_msg *msg, const char *word)
{
	__u32 port;

	if (!word)
		return 0;
	return args_number(word, "a port", 0, UINT16_MAX, &port) ?:
	       nla_put_u16(msg, NAT64_FILTER_A_PORT, htons(port));
}

static int put_state(struct nl_msg *msg, const char *word)
{
	__u8 state;

	if (!word)
		return 0;
	return args_state(word, &state) ?:
	       nla_put_u8(msg, NAT64_FILTER_A_STATE, state);
}

/**
 * filter_put() - put the filter of the options into a request
 * @msg: the request
 * @opts: the options
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int filter_put(struct nl_msg *msg, const struct opts *opts)
{
	struct nlattr *nest;
	int err;

	/* A request is large enough for one filter, so nla_put() succeeds. */
	nest = nla_nest_start(msg, NAT64_A_FILTER | NLA_F_NESTED);
	err = put_proto(msg, opts_value(opts, OPT_PROTO)) ?:
	      put_v6(msg, opts_value(opts, OPT_V6)) ?:
	      put_v4(msg, opts_value(opts, OPT_V4)) ?:
	      put_port(msg, opts_value(opts, OPT_PORT)) ?:
	      put_state(msg, opts_value(opts, OPT_STATE));
	/* Without options the nest is empty, and libnl takes it out again. */
	nla_nest_end(msg, nest);
	return err;
}
