// SPDX-License-Identifier: GPL-2.0
/* nl_bib.c - the object "bib" */
#include "control/nl.h"

#include "table/acct.h"
#include "table/bib_end.h"
#include "table/walk.h"

const struct nla_policy nat64_bib_policy[NAT64_BIB_A_MAX + 1] = {
	[NAT64_BIB_A_PROTO] = { .type = NLA_U8 },
	[NAT64_BIB_A_ADDR6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[NAT64_BIB_A_PORT6] = { .type = NLA_BE16, .len = sizeof(__be16) },
	[NAT64_BIB_A_ADDR4] = { .type = NLA_BE32, .len = sizeof(__be32) },
	[NAT64_BIB_A_PORT4] = { .type = NLA_BE16, .len = sizeof(__be16) },
};

/* Check that a side has both an address and a port, or neither. */
static int nat64_nl_check_side(struct netlink_ext_ack *extack,
			       const struct nlattr *nest, struct nlattr **tb,
			       int addr, int port)
{
	if (!tb[addr] == !tb[port])
		return 0;
	return nat64_nl_lacks(extack, nest, tb[addr] ? port : addr,
			      "an address of a BIB entry needs a port, and a port an address");
}

/**
 * nat64_nl_get_bib - read a BIB entry
 * @attr: NAT64_A_BIB, or NULL
 * @bib: where to put it
 * @extack: where to explain a refusal
 *
 * Context: any.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_get_bib(const struct nlattr *attr, struct nat64_nl_bib *bib,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_BIB_A_MAX + 1];
	int err, proto;

	if (!attr)
		return nat64_nl_lacks(extack, NULL, NAT64_A_BIB,
				      "the request names no BIB entry");
	err = nla_parse_nested(tb, NAT64_BIB_A_MAX, attr, nat64_bib_policy,
			       extack);
	if (err)
		return err;
	if (!tb[NAT64_BIB_A_PROTO])
		return nat64_nl_lacks(extack, attr, NAT64_BIB_A_PROTO,
				      "a BIB entry needs a protocol: tcp, udp or icmp");
	proto = nat64_nl_get_proto(nla_get_u8(tb[NAT64_BIB_A_PROTO]));
	if (proto < 0)
		return nat64_nl_refuse(extack, tb[NAT64_BIB_A_PROTO],
				       "the protocol must be tcp, udp or icmp",
				       -EINVAL);
	err = nat64_nl_check_side(extack, attr, tb, NAT64_BIB_A_ADDR6,
				  NAT64_BIB_A_PORT6) ?:
	      nat64_nl_check_side(extack, attr, tb, NAT64_BIB_A_ADDR4,
				  NAT64_BIB_A_PORT4);
	if (err)
		return err;

	memset(bib, 0, sizeof(*bib));
	bib->key.proto = proto;
	bib->has6 = tb[NAT64_BIB_A_ADDR6];
	if (bib->has6) {
		bib->key.addr6 = nla_get_in6_addr(tb[NAT64_BIB_A_ADDR6]);
		bib->key.port6 = nla_get_be16(tb[NAT64_BIB_A_PORT6]);
	}
	bib->has4 = tb[NAT64_BIB_A_ADDR4];
	if (bib->has4) {
		bib->addr4 = nla_get_in_addr(tb[NAT64_BIB_A_ADDR4]);
		bib->port4 = nla_get_be16(tb[NAT64_BIB_A_PORT4]);
	}
	return 0;
}

static bool nat64_nl_bib_is(const struct nat64_bib *bib,
			    const struct nat64_nl_bib *want)
{
	return (!want->has6 || (ipv6_addr_equal(&bib->key.addr6,
						&want->key.addr6) &&
				bib->key.port6 == want->key.port6)) &&
	       (!want->has4 || (bib->addr4 == want->addr4 &&
				bib->port4 == want->port4));
}

/**
 * nat64_nl_bib_del - NAT64_CMD_BIB_DEL
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_bib_del(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[NAT64_A_BIB];
	struct nat64_instance *inst;
	struct nat64_nl_bib want;
	struct nat64_bib *bib;
	bool done = false;
	int err;

	err = nat64_nl_get_bib(attr, &want, info->extack);
	if (err)
		return err;
	if (!want.has6 && !want.has4)
		return nat64_nl_refuse(info->extack, attr,
				       "the BIB entry has no side: name its IPv6 or its IPv4 transport address",
				       -EINVAL);
	inst = nat64_nl_lock_nat64(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	local_bh_disable();
	rcu_read_lock();
	bib = want.has6 ? nat64_bib_find6(inst, &want.key) :
			  nat64_pool4_find(inst, want.key.proto, want.addr4,
					   want.port4);
	if (bib && nat64_nl_bib_is(bib, &want))
		done = nat64_bib_kill(bib, true);
	rcu_read_unlock();
	local_bh_enable();
	if (done)
		nat64_bib_remove_dead(inst, bib);
	nat64_nl_unlock(info);
	return done ? 0 : nat64_nl_refuse(info->extack, attr,
					  "there is no such BIB entry: see 'bib show'",
					  -ENOENT);
}

static bool nat64_nl_bib_match(const struct nat64_bib *bib,
			       const struct nat64_filter *f)
{
	return (!f->is_static || nat64_bib_is_static(bib)) &&
	       (!f->has_proto || bib->key.proto == f->proto) &&
	       (!f->has_addr6 || ipv6_prefix_equal(&bib->key.addr6, &f->addr6,
						   f->len6)) &&
	       (!f->has_addr4 || !((bib->addr4 ^ f->addr4) & f->mask4)) &&
	       (!f->has_port || bib->key.port6 == f->port ||
		bib->port4 == f->port);
}

static int nat64_nl_bib_put(struct sk_buff *skb, struct netlink_callback *cb,
			    struct nat64_instance *inst, struct nat64_bib *bib,
			    const struct nat64_filter *filter)
{
	u64 began = nat64_acct_began(bib);
	struct nlattr *nest;
	void *hdr;

	if (!nat64_nl_bib_match(bib, filter))
		return 0;
	hdr = nat64_nl_put(skb, cb, NAT64_CMD_BIB_GET, inst);
	if (!hdr)
		return -EMSGSIZE;
	nest = nla_nest_start(skb, NAT64_A_BIB);
	if (!nest ||
	    nla_put_u8(skb, NAT64_BIB_A_PROTO,
		       nat64_proto_number(bib->key.proto)) ||
	    nla_put_in6_addr(skb, NAT64_BIB_A_ADDR6, &bib->key.addr6) ||
	    nla_put_be16(skb, NAT64_BIB_A_PORT6, bib->key.port6) ||
	    nla_put_in_addr(skb, NAT64_BIB_A_ADDR4, bib->addr4) ||
	    nla_put_be16(skb, NAT64_BIB_A_PORT4, bib->port4) ||
	    (nat64_bib_is_static(bib) && nla_put_flag(skb, NAT64_BIB_A_STATIC)) ||
	    nla_put_u32(skb, NAT64_BIB_A_SESSIONS,
			READ_ONCE(bib->n_sessions)) ||
	    (began && nla_put_u64_64bit(skb, NAT64_BIB_A_BEGAN, began,
					NAT64_BIB_A_PAD))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * nat64_nl_bib_dump - NAT64_CMD_BIB_GET
 * @skb: where to put messages; netlink sends it
 * @cb: the dump
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: length of @skb, or a negative errno.
 */
int nat64_nl_bib_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nat64_nl_walk_dump(skb, cb, nat64_nl_bib_put, false);
}

/**
 * struct nat64_nl_bib_tally - number of the entries that match
 */
struct nat64_nl_bib_tally {
	/** @filter: what the request means */
	struct nat64_filter filter;
	/** @n: the number */
	u64 n;
};

static void nat64_nl_bib_tally(struct nat64_instance *inst,
			       struct nat64_bib *bib,
			       struct nat64_walk_budget *budget, void *arg)
{
	struct nat64_nl_bib_tally *tally = arg;

	tally->n += nat64_nl_bib_match(bib, &tally->filter);
}

/**
 * nat64_nl_bib_count - NAT64_CMD_BIB_COUNT
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_bib_count(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_nl_bib_tally tally = {};
	struct nat64_instance *inst;
	int err;

	err = nat64_nl_get_filter(info->attrs, false, &tally.filter,
				  info->extack);
	if (err)
		return err;
	inst = nat64_nl_lock_nat64(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	nat64_walk(inst, nat64_nl_bib_tally, &tally);
	err = nat64_nl_number(info, inst, NAT64_A_BIB_COUNT, tally.n);
	nat64_nl_unlock(info);
	return err;
}
