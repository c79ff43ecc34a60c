// SPDX-License-Identifier: GPL-2.0
/* nl_stats.c - the object "stats" */
#include "control/nl.h"

static int nat64_nl_put_stats(struct sk_buff *skb, struct nat64_instance *inst)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_STATS);
	const struct nat64_eamt *eamt = nat64_nl_eamt(inst);
	u64 sum[__NAT64_STAT_MAX];
	int i;

	if (!nest)
		return -EMSGSIZE;
	nat64_stats_sum(inst->stats, sum);
	for (i = 1; i <= NAT64_STAT_MAX; i++)
		if (nla_put_u64_64bit(skb, i, sum[i], NAT64_STAT_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	if (eamt)
		return nla_put_u64_64bit(skb, NAT64_A_EAM_COUNT,
					 eamt->n_entries, NAT64_A_PAD);
	if (nla_put_u64_64bit(skb, NAT64_A_SUBSCRIBER_COUNT,
			      atomic_read(&inst->hosts6.nelems), NAT64_A_PAD))
		return -EMSGSIZE;
	return nat64_nl_put_counts(skb, inst);
}

static int nat64_nl_stats_fill(struct sk_buff *skb, struct netlink_callback *cb,
			       struct nat64_instance *inst)
{
	void *hdr = nat64_nl_put(skb, cb, NAT64_CMD_STATS_GET, inst);

	if (!hdr)
		return -EMSGSIZE;
	if (nat64_nl_put_stats(skb, inst)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * nat64_nl_stats_dump - NAT64_CMD_STATS_GET
 * @skb: where to put messages; netlink sends it
 * @cb: the dump
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: length of @skb, or a negative errno.
 */
int nat64_nl_stats_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nat64_nl_dump(skb, cb, nat64_nl_stats_fill);
}
