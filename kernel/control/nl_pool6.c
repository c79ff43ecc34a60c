// SPDX-License-Identifier: GPL-2.0
/* nl_pool6.c - the object "pool6" */
#include "control/nl.h"

#include "control/instance.h"
#include "control/overlap.h"
#include "control/replace.h"

const struct nla_policy nat64_pool6_policy[NAT64_POOL6_A_MAX + 1] = {
	[NAT64_POOL6_A_ADDR] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[NAT64_POOL6_A_LEN] = { .type = NLA_U8 },
};

/**
 * nat64_nl_get_pool6 - read a prefix
 * @attr: NAT64_A_POOL6
 * @prefix: where to put it
 * @extack: where to explain a refusal
 *
 * Context: any.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_get_pool6(const struct nlattr *attr, struct nat64_prefix6 *prefix,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_POOL6_A_MAX + 1];
	const char *why;
	int err;

	err = nla_parse_nested(tb, NAT64_POOL6_A_MAX, attr, nat64_pool6_policy,
			       extack);
	if (err)
		return err;
	if (!tb[NAT64_POOL6_A_ADDR] || !tb[NAT64_POOL6_A_LEN])
		return nat64_nl_lacks(extack, attr, tb[NAT64_POOL6_A_ADDR] ?
				      NAT64_POOL6_A_LEN : NAT64_POOL6_A_ADDR,
				      "a pool6 prefix needs an address and a length");
	memset(prefix, 0, sizeof(*prefix));
	prefix->addr = nla_get_in6_addr(tb[NAT64_POOL6_A_ADDR]);
	prefix->len = nla_get_u8(tb[NAT64_POOL6_A_LEN]);
	why = nat64_rfc6052_check(prefix);
	return why ? nat64_nl_refuse(extack, attr, why, -EINVAL) : 0;
}

/**
 * nat64_nl_put_pool6 - write a prefix
 * @skb: the message, which stays the caller's
 * @type: the attribute, a nest of enum nat64_pool6_attr
 * @prefix: the prefix
 *
 * Context: any.
 *
 * Return: 0 or -EMSGSIZE.
 */
int nat64_nl_put_pool6(struct sk_buff *skb, int type,
		       const struct nat64_prefix6 *prefix)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest ||
	    nla_put_in6_addr(skb, NAT64_POOL6_A_ADDR, &prefix->addr) ||
	    nla_put_u8(skb, NAT64_POOL6_A_LEN, prefix->len))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static const char *nat64_nl_pool6_remove(struct nat64_config *cfg,
					 const struct nat64_prefix6 *prefix)
{
	int idx = nat64_config_find_pool6(cfg, prefix);
	int i, n = 0;

	for (i = 0; i < cfg->n_pool6; i++)
		n += !!cfg->pool6[i].len;
	if (idx < 0)
		return "the instance has no such pool6 prefix: see 'pool6 show'";
	if (n == 1 && !nat64_config_is_siit(cfg))
		return "the only pool6 prefix cannot be removed: add another one first";
	memset(&cfg->pool6[idx], 0, sizeof(cfg->pool6[idx]));
	return NULL;
}

static bool nat64_nl_pool6_overlaps(const struct nat64_config *cfg,
				    const struct nat64_prefix6 *prefix)
{
	int i;

	for (i = 0; i < cfg->n_pool6; i++)
		if (cfg->pool6[i].len &&
		    nat64_rfc6052_overlap(&cfg->pool6[i], prefix))
			return true;
	return false;
}

/**
 * nat64_nl_pool6_change - NAT64_CMD_POOL6_ADD, NAT64_CMD_POOL6_DEL
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_pool6_change(struct sk_buff *skb, struct genl_info *info)
{
	bool add = info->genlhdr->cmd == NAT64_CMD_POOL6_ADD;
	struct nlattr *attr = info->attrs[NAT64_A_POOL6];
	const struct nat64_config *old;
	struct nat64_instance *inst;
	struct nat64_prefix6 prefix;
	struct nat64_config *cfg;
	const char *why;
	const void *bad;
	int err;

	if (!attr)
		return nat64_nl_lacks(info->extack, NULL, NAT64_A_POOL6,
				      "the request names no pool6 prefix");
	err = nat64_nl_get_pool6(attr, &prefix, info->extack);
	if (err)
		return err;
	inst = nat64_nl_lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);

	old = nat64_instance_config(inst);
	if (add && nat64_config_find_pool6(old, &prefix) >= 0) {
		err = nat64_nl_present(info, attr,
				       "the instance has the pool6 prefix already");
		goto out;
	}
	cfg = nat64_config_copy(old, old->pool4.n);
	if (!cfg) {
		err = -ENOMEM;
		goto out;
	}
	why = add ? nat64_config_add_pool6(cfg, &prefix) :
		    nat64_nl_pool6_remove(cfg, &prefix);
	if (why) {
		err = add && nat64_nl_pool6_overlaps(old, &prefix) ? -EEXIST :
								     -EINVAL;
	} else {
		why = nat64_overlap_instances(inst->net, inst, cfg, &bad);
		err = why ? -EEXIST : 0;
	}
	if (!why && add) {
		why = nat64_overlap_hosts(nat64_net(inst->net), NULL, cfg,
					  info->extack, &bad);
		err = why ? -EINVAL : 0;
	}
	if (why) {
		nat64_nl_refuse(info->extack, attr, why, err);
		kvfree(cfg);
		goto out;
	}
	nat64_instance_replace(inst, cfg, NULL);
	if (add)
		nat64_overlap_warn(inst->net, &prefix, 1, info->extack);
out:
	nat64_nl_unlock(info);
	return err;
}

static int nat64_nl_pool6_fill(struct sk_buff *skb, struct netlink_callback *cb,
			       struct nat64_instance *inst)
{
	const struct nat64_config *cfg = nat64_instance_config(inst);
	struct nat64_dump *dump = (struct nat64_dump *)cb->ctx;

	for (; dump->item < cfg->n_pool6; dump->item++) {
		void *hdr;

		if (!cfg->pool6[dump->item].len)
			continue;
		hdr = nat64_nl_put(skb, cb, NAT64_CMD_POOL6_GET, inst);
		if (!hdr)
			return -EMSGSIZE;
		if (nat64_nl_put_pool6(skb, NAT64_A_POOL6,
				       &cfg->pool6[dump->item])) {
			genlmsg_cancel(skb, hdr);
			return -EMSGSIZE;
		}
		genlmsg_end(skb, hdr);
	}
	dump->item = 0;
	return 0;
}

/**
 * nat64_nl_pool6_dump - NAT64_CMD_POOL6_GET
 * @skb: where to put messages; netlink sends it
 * @cb: the dump
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: length of @skb, or a negative errno.
 */
int nat64_nl_pool6_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nat64_nl_dump(skb, cb, nat64_nl_pool6_fill);
}
