// SPDX-License-Identifier: GPL-2.0
/* nl_pool4.c - the object "pool4" */
#include "control/nl.h"

#include <linux/sort.h>
#include "control/instance.h"
#include "control/overlap.h"
#include "control/replace.h"
#include "rfc/address.h"
#include "table/usage.h"

static const struct nla_policy ports_policy[NAT64_PORTS_A_COUNT + 1] = {
	[NAT64_PORTS_A_MIN] = { .type = NLA_U16 },
	[NAT64_PORTS_A_MAX] = { .type = NLA_U16 },
};

const struct nla_policy nat64_pool4_policy[NAT64_POOL4_A_MAX + 1] = {
	[NAT64_POOL4_A_ADDR] = { .type = NLA_BE32, .len = sizeof(__be32) },
	[NAT64_POOL4_A_LEN] = { .type = NLA_U8 },
	[NAT64_POOL4_A_PROTO] = { .type = NLA_U8 },
	[NAT64_POOL4_A_PORTS] = NLA_POLICY_NESTED(ports_policy),
	[NAT64_POOL4_A_MARK] = { .type = NLA_U32 },
};

static int nat64_nl_range_cmp(const void *a, const void *b)
{
	const struct nat64_ports_range *x = a, *y = b;

	return (int)x->min - (int)y->min;
}

/* Sort the ranges, merge adjacent ones and refuse those that overlap. */
static const char *nat64_nl_ranges_settle(struct nat64_pool4_entry *row)
{
	struct nat64_ports_range *r = row->ranges;
	int i, n = 0;

	sort(r, row->n_ranges, sizeof(*r), nat64_nl_range_cmp, NULL);
	for (i = 1; i < row->n_ranges; i++) {
		if (r[i].min <= r[n].max)
			return "port ranges of the pool4 entry overlap";
		if (r[i].min == r[n].max + 1)
			r[n].max = r[i].max;
		else
			r[++n] = r[i];
	}
	row->n_ranges = n + 1;
	return NULL;
}

static int nat64_nl_get_range(const struct nlattr *attr,
			      struct nat64_pool4_entry *row,
			      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_PORTS_A_COUNT + 1];
	struct nat64_ports_range *r;
	int err;

	err = nla_parse_nested(tb, NAT64_PORTS_A_COUNT, attr, ports_policy,
			       extack);
	if (err)
		return err;
	if (!tb[NAT64_PORTS_A_MIN] || !tb[NAT64_PORTS_A_MAX])
		return nat64_nl_lacks(extack, attr, tb[NAT64_PORTS_A_MIN] ?
				      NAT64_PORTS_A_MAX : NAT64_PORTS_A_MIN,
				      "a port range needs a first and a last port");
	if (row->n_ranges == NAT64_PORTS_MAX)
		return nat64_nl_refuse(extack, attr,
				       "a pool4 entry holds 32 port ranges at most: use several entries",
				       -EINVAL);
	r = &row->ranges[row->n_ranges++];
	r->min = nla_get_u16(tb[NAT64_PORTS_A_MIN]);
	r->max = nla_get_u16(tb[NAT64_PORTS_A_MAX]);
	if (!r->min)
		return nat64_nl_refuse(extack, attr,
				       "port 0 is reserved: ports of pool4 are 1 to 65535",
				       -EINVAL);
	if (r->min > r->max)
		return nat64_nl_refuse(extack, attr,
				       "the first port of the range is greater than its last",
				       -EINVAL);
	return 0;
}

static int nat64_nl_get_ranges(const struct nlattr *pool4,
			       struct nat64_pool4_entry *row,
			       struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	const char *why;
	int err, rem;

	nla_for_each_nested(attr, pool4, rem) {
		if (nla_type(attr) != NAT64_POOL4_A_PORTS)
			continue;
		err = nat64_nl_get_range(attr, row, extack);
		if (err)
			return err;
	}
	if (!row->n_ranges) {
		row->all_ports = true;
		row->n_ranges = 1;
		row->ranges[0].max = 65535;
		return 0;
	}
	why = nat64_nl_ranges_settle(row);
	return why ? nat64_nl_refuse(extack, pool4, why, -EINVAL) : 0;
}

static const char *nat64_nl_check_pool4(const struct nat64_pool4_entry *row)
{
	if (row->len < NAT64_POOL4_LEN_MIN || row->len > 32)
		return "the length of a pool4 prefix must be 12 to 32";
	if (row->len < 32 && row->addr << row->len)
		return "the pool4 prefix has bits set after its length: set them to zero";
	if (!nat64_address4_forwardable(htonl(row->addr)))
		return "the pool4 address is not a unicast address that can be forwarded";
	return NULL;
}

/**
 * nat64_nl_get_pool4 - read a pool4 entry
 * @attr: NAT64_A_POOL4
 * @row: where to put it
 * @extack: where to explain a refusal
 *
 * Context: any.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_get_pool4(const struct nlattr *attr, struct nat64_pool4_entry *row,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_POOL4_A_MAX + 1];
	const char *why;
	int err, proto;

	err = nla_parse_nested(tb, NAT64_POOL4_A_MAX, attr, nat64_pool4_policy,
			       extack);
	if (err)
		return err;
	if (!tb[NAT64_POOL4_A_ADDR])
		return nat64_nl_lacks(extack, attr, NAT64_POOL4_A_ADDR,
				      "a pool4 entry needs an address");
	memset(row, 0, sizeof(*row));
	row->addr = ntohl(nla_get_in_addr(tb[NAT64_POOL4_A_ADDR]));
	row->len = 32;
	if (tb[NAT64_POOL4_A_LEN])
		row->len = nla_get_u8(tb[NAT64_POOL4_A_LEN]);
	if (tb[NAT64_POOL4_A_MARK])
		row->mark = nla_get_u32(tb[NAT64_POOL4_A_MARK]);
	row->protos = BIT(NAT64_PROTOS) - 1;
	if (tb[NAT64_POOL4_A_PROTO]) {
		proto = nat64_nl_get_proto(nla_get_u8(tb[NAT64_POOL4_A_PROTO]));
		if (proto < 0)
			return nat64_nl_refuse(extack, tb[NAT64_POOL4_A_PROTO],
					       "the protocol must be tcp, udp or icmp",
					       -EINVAL);
		row->protos = BIT(proto);
	}
	why = nat64_nl_check_pool4(row);
	if (why)
		return nat64_nl_refuse(extack, attr, why, -EINVAL);
	return nat64_nl_get_ranges(attr, row, extack);
}

static int nat64_nl_put_ranges(struct sk_buff *skb,
			       const struct nat64_pool4_entry *row)
{
	int i;

	/* Absent as in the request: all ports include port 0. */
	if (row->all_ports)
		return 0;
	for (i = 0; i < row->n_ranges; i++) {
		struct nlattr *nest = nla_nest_start(skb, NAT64_POOL4_A_PORTS);

		if (!nest ||
		    nla_put_u16(skb, NAT64_PORTS_A_MIN,
				max_t(u16, row->ranges[i].min, 1)) ||
		    nla_put_u16(skb, NAT64_PORTS_A_MAX, row->ranges[i].max))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int nat64_nl_put_usage_of(struct sk_buff *skb,
				 const struct nat64_usage *usage, int proto)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_POOL4_A_USAGE);

	if (!nest ||
	    nla_put_u8(skb, NAT64_USAGE_A_PROTO, nat64_proto_number(proto)) ||
	    nla_put_u64_64bit(skb, NAT64_USAGE_A_PORTS, usage->ports[proto],
			      NAT64_USAGE_A_PAD) ||
	    nla_put_u64_64bit(skb, NAT64_USAGE_A_USED, usage->used[proto],
			      NAT64_USAGE_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Put the usage of a protocol, or of all that the entry has (-1). */
static int nat64_nl_put_usage(struct sk_buff *skb, struct nat64_instance *inst,
			      const struct nat64_pool4_entry *row, int proto)
{
	struct nat64_usage usage;
	int i;

	nat64_pool4_usage(inst, row, &usage);
	for (i = 0; i < NAT64_PROTOS; i++)
		if ((proto < 0 || proto == i) &&
		    nat64_nl_put_usage_of(skb, &usage, i))
			return -EMSGSIZE;
	return nla_put_u64_64bit(skb, NAT64_POOL4_A_SUBSCRIBERS, usage.hosts6,
				 NAT64_POOL4_A_PAD);
}

/*
 * Put one attribute for a protocol, or for all three (@proto is -1), with its
 * usage if @inst is not NULL.
 */
static int nat64_nl_put_row(struct sk_buff *skb, struct nat64_instance *inst,
			    const struct nat64_pool4_entry *row, int proto)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_POOL4);

	if (!nest ||
	    nla_put_in_addr(skb, NAT64_POOL4_A_ADDR, htonl(row->addr)) ||
	    nla_put_u8(skb, NAT64_POOL4_A_LEN, row->len) ||
	    (proto >= 0 && nla_put_u8(skb, NAT64_POOL4_A_PROTO,
				      nat64_proto_number(proto))) ||
	    nat64_nl_put_ranges(skb, row) ||
	    nla_put_u32(skb, NAT64_POOL4_A_MARK, row->mark) ||
	    (inst && nat64_nl_put_usage(skb, inst, row, proto)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * nat64_nl_put_pool4 - write a pool4 entry
 * @skb: the message, which stays the caller's
 * @row: the entry; if it is not for all protocols, each has an attribute
 *
 * Context: any.
 *
 * Return: 0 or -EMSGSIZE.
 */
int nat64_nl_put_pool4(struct sk_buff *skb, const struct nat64_pool4_entry *row)
{
	int proto;

	if (row->protos == BIT(NAT64_PROTOS) - 1)
		return nat64_nl_put_row(skb, NULL, row, -1);
	for (proto = 0; proto < NAT64_PROTOS; proto++)
		if ((row->protos & BIT(proto)) &&
		    nat64_nl_put_row(skb, NULL, row, proto))
			return -EMSGSIZE;
	return 0;
}

/* Check whether every range of an entry is inside one of another. */
static bool nat64_nl_ranges_inside(const struct nat64_pool4_entry *row,
				   const struct nat64_pool4_entry *other)
{
	int i, j;

	for (i = 0; i < row->n_ranges; i++) {
		for (j = 0; j < other->n_ranges; j++)
			if (other->ranges[j].min <= row->ranges[i].min &&
			    other->ranges[j].max >= row->ranges[i].max)
				break;
		if (j == other->n_ranges)
			return false;
	}
	return true;
}

/* Check whether an entry of the same prefix and mark has all of it. */
static bool nat64_nl_pool4_has(const struct nat64_config *cfg,
			       const struct nat64_pool4_entry *row)
{
	int i;

	for (i = 0; i < cfg->pool4.n; i++)
		if (cfg->pool4.entry[i].addr == row->addr &&
		    cfg->pool4.entry[i].len == row->len &&
		    cfg->pool4.entry[i].mark == row->mark &&
		    !(row->protos & ~cfg->pool4.entry[i].protos) &&
		    nat64_nl_ranges_inside(row, &cfg->pool4.entry[i]))
			return true;
	return false;
}

static bool nat64_nl_pool4_overlaps(const struct nat64_config *cfg,
				    const struct nat64_pool4_entry *row)
{
	int i;

	for (i = 0; i < cfg->pool4.n; i++)
		if (nat64_pool4_entries_overlap(&cfg->pool4.entry[i], row))
			return true;
	return false;
}

static const char *nat64_nl_pool4_apply(struct nat64_config *cfg, u8 cmd,
					const struct nat64_pool4_entry *row)
{
	switch (cmd) {
	case NAT64_CMD_POOL4_ADD:
		return nat64_pool4_set_add(&cfg->pool4, row);
	case NAT64_CMD_POOL4_DEL:
		return nat64_pool4_set_del(&cfg->pool4, row);
	}
	cfg->pool4.n = 0;
	return NULL;
}

/* Change the configuration as the command of a request says. */
static int nat64_nl_pool4_commit(struct genl_info *info,
				 const struct nat64_pool4_entry *row)
{
	bool add = info->genlhdr->cmd == NAT64_CMD_POOL4_ADD;
	struct nlattr *attr = info->attrs[NAT64_A_POOL4];
	const struct nat64_config *old;
	struct nat64_instance *inst;
	struct nat64_config *cfg;
	const char *why;
	const void *bad;
	int err = 0;

	inst = nat64_nl_lock_nat64(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);

	old = nat64_instance_config(inst);
	if (add && nat64_nl_pool4_has(old, row)) {
		err = nat64_nl_present(info, attr,
				       "the instance has the pool4 entry already");
		goto out;
	}
	/* A removal may split each entry in two. */
	cfg = nat64_config_copy(old, 2 * old->pool4.n + 1);
	if (!cfg) {
		err = -ENOMEM;
		goto out;
	}
	why = nat64_nl_pool4_apply(cfg, info->genlhdr->cmd, row);
	if (why) {
		err = add && nat64_nl_pool4_overlaps(old, row) ? -EEXIST :
								 -EINVAL;
	} else if (inst->by_device && !cfg->pool4.n) {
		why = "a NAT64 with a device needs pool4: add another entry first";
		err = -EINVAL;
	} else {
		why = nat64_overlap_instances(inst->net, inst, cfg, &bad);
		err = why ? -EEXIST : 0;
	}
	if (why) {
		nat64_nl_refuse(info->extack, attr, why, err);
		kvfree(cfg);
		goto out;
	}
	nat64_instance_replace(inst, cfg, NULL);
out:
	nat64_nl_unlock(info);
	return err;
}

/**
 * nat64_nl_pool4_change - NAT64_CMD_POOL4_ADD, _DEL and _FLUSH
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_pool4_change(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[NAT64_A_POOL4];
	struct nat64_pool4_entry row = {};
	int err = 0;

	if (info->genlhdr->cmd != NAT64_CMD_POOL4_FLUSH)
		err = attr ? nat64_nl_get_pool4(attr, &row, info->extack) :
			     nat64_nl_lacks(info->extack, NULL, NAT64_A_POOL4,
					    "the request names no pool4 entry");
	return err ?: nat64_nl_pool4_commit(info, &row);
}

static int nat64_nl_pool4_fill(struct sk_buff *skb, struct netlink_callback *cb,
			       struct nat64_instance *inst)
{
	const struct nat64_config *cfg = nat64_instance_config(inst);
	bool usage = nat64_dump_attrs(cb)[NAT64_A_USAGE];
	struct nat64_dump *dump = (struct nat64_dump *)cb->ctx;

	/* An item is an entry and a protocol; 0 stands for all three. */
	for (; dump->item < cfg->pool4.n * (NAT64_PROTOS + 1); dump->item++) {
		const struct nat64_pool4_entry *row =
			&cfg->pool4.entry[dump->item / (NAT64_PROTOS + 1)];
		int proto = (int)(dump->item % (NAT64_PROTOS + 1)) - 1;
		bool all = row->protos == BIT(NAT64_PROTOS) - 1;
		void *hdr;

		if (proto < 0 ? !all : all || !(row->protos & BIT(proto)))
			continue;
		hdr = nat64_nl_put(skb, cb, NAT64_CMD_POOL4_GET, inst);
		if (!hdr)
			return -EMSGSIZE;
		if (nat64_nl_put_row(skb, usage ? inst : NULL, row, proto)) {
			genlmsg_cancel(skb, hdr);
			return -EMSGSIZE;
		}
		genlmsg_end(skb, hdr);
	}
	dump->item = 0;
	return 0;
}

/**
 * nat64_nl_pool4_dump - NAT64_CMD_POOL4_GET
 * @skb: where to put messages; netlink sends it
 * @cb: the dump
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: length of @skb, or a negative errno.
 */
int nat64_nl_pool4_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nlattr *usage = nat64_dump_attrs(cb)[NAT64_A_USAGE];
	const struct nat64_dump *dump = (struct nat64_dump *)cb->ctx;
	bool begins = !dump->instance && !dump->item;

	/* Usage takes a walk over all ports that were ever used. */
	if (usage && begins &&
	    !netlink_ns_capable(cb->skb, sock_net(skb->sk)->user_ns,
				CAP_NET_ADMIN))
		return nat64_nl_refuse(cb->extack, usage,
				       "the usage of pool4 takes CAP_NET_ADMIN in this network namespace: try as root",
				       -EPERM);
	return nat64_nl_dump(skb, cb, nat64_nl_pool4_fill);
}
