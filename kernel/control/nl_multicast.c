// SPDX-License-Identifier: GPL-2.0
/* nl_multicast.c - the groups of the family, and datagrams to their members */
#include "control/nl.h"

const struct genl_multicast_group nat64_mcgrps[] = {
	[NAT64_NL_INSTANCE] = { .name = NAT64_MCGRP_INSTANCE },
	[NAT64_NL_POOL6] = { .name = NAT64_MCGRP_POOL6 },
	[NAT64_NL_POOL4] = { .name = NAT64_MCGRP_POOL4 },
	[NAT64_NL_CONFIG] = { .name = NAT64_MCGRP_CONFIG },
	/* Listening costs every packet time, so it takes CAP_NET_ADMIN. */
	[NAT64_NL_BIB] = {
		.name = NAT64_MCGRP_BIB,
		.flags = NAT64_MCAST_ADMIN,
	},
	[NAT64_NL_SESSION] = {
		.name = NAT64_MCGRP_SESSION,
		.flags = NAT64_MCAST_ADMIN,
	},
	[NAT64_NL_ALARM] = { .name = NAT64_MCGRP_ALARM },
	[NAT64_NL_EAM] = { .name = NAT64_MCGRP_EAM },
	[NAT64_NL_DENYLIST] = { .name = NAT64_MCGRP_DENYLIST },
};

/**
 * nat64_nl_listens - check whether a group has members
 * @inst: the instance, whose network namespace they are in
 * @group: the group
 *
 * Context: any.
 *
 * Return: true if it has.
 */
bool nat64_nl_listens(const struct nat64_instance *inst,
		      enum nat64_nl_group group)
{
	return genl_has_listeners(&nat64_family, inst->net, group);
}

/**
 * nat64_nl_event_begin - begin a notification
 * @skb: where to put it; it stays the caller's
 * @inst: the instance that it is about
 * @cmd: command
 * @time: when it happened, in nanoseconds of CLOCK_REALTIME
 *
 * Context: any.
 *
 * Return: its header for genlmsg_end(), or NULL if there is no room.
 */
void *nat64_nl_event_begin(struct sk_buff *skb,
			   const struct nat64_instance *inst, u8 cmd, u64 time)
{
	void *hdr = genlmsg_put(skb, 0, 0, &nat64_family, 0, cmd);

	if (!hdr)
		return NULL;
	if (nla_put_string(skb, NAT64_A_INSTANCE, inst->name) ||
	    nla_put_u64_64bit(skb, NAT64_A_TIME, time, NAT64_A_PAD)) {
		genlmsg_cancel(skb, hdr);
		return NULL;
	}
	return hdr;
}

/**
 * nat64_nl_event_new - allocate a datagram with one notification
 * @inst: the instance that it is about
 * @cmd: command
 * @hdr: where to put its header
 *
 * Context: process.
 *
 * Return: the datagram for nat64_nl_event_send(), or NULL.
 */
struct sk_buff *nat64_nl_event_new(const struct nat64_instance *inst, u8 cmd,
				   void **hdr)
{
	struct sk_buff *skb = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	*hdr = nat64_nl_event_begin(skb, inst, cmd, ktime_get_real_ns());
	if (*hdr)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

/**
 * nat64_nl_multicast - send a datagram to a group
 * @inst: the instance, whose network namespace the members are in
 * @group: the group
 * @skb: the datagram, consumed
 *
 * Context: process.
 *
 * Return: 0; -ESRCH if the group has no member; or another negative errno if a
 * member has not received it.
 */
int nat64_nl_multicast(const struct nat64_instance *inst,
		       enum nat64_nl_group group, struct sk_buff *skb)
{
	return genlmsg_multicast_netns(&nat64_family, inst->net, skb, 0, group,
				       GFP_KERNEL);
}

/**
 * nat64_nl_event_send - send the datagram of one notification
 * @inst: the instance that it is about
 * @group: the group
 * @skb: the datagram, from nat64_nl_event_new(); consumed
 * @hdr: its header
 * @err: not 0 if its attributes had no room: it is not sent
 *
 * Context: process.
 */
void nat64_nl_event_send(const struct nat64_instance *inst,
			 enum nat64_nl_group group, struct sk_buff *skb,
			 void *hdr, int err)
{
	if (err) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, hdr);
	nat64_nl_multicast(inst, group, skb);
}
