// SPDX-License-Identifier: GPL-2.0
/*
 * discard.c - drop a packet, with a reason
 *
 * The kernel numbers the drop reasons of its own subsystems, and has none for an
 * out-of-tree module. So skb:kfree_skb reports the nearest of its common reasons;
 * nat64:nat64_drop reports the exact one, with the same address of the packet.
 */
#include "path/path.h"

#include "compat.h"
#include "path/tracepoint.h"

static enum skb_drop_reason nat64_discard_reason(enum nat64_stat stat)
{
	switch (stat) {
	case NAT64_STAT_DROP_SOURCE_IN_POOL6:
		return SKB_DROP_REASON_IP_RPFILTER;
	case NAT64_STAT_DROP_ADDRESS6:
	case NAT64_STAT_DROP_ADDRESS4:
	case NAT64_STAT_DROP_WKP_PRIVATE:
		return SKB_DROP_REASON_IP_INADDRERRORS;
	case NAT64_STAT_DROP_TRUNCATED:
		return SKB_DROP_REASON_PKT_TOO_SMALL;
	case NAT64_STAT_DROP_HEADER:
	case NAT64_STAT_DROP_EXTENSION:
	case NAT64_STAT_DROP_SOURCE_ROUTE:
	case NAT64_STAT_DROP_HOP_LIMIT:
	case NAT64_STAT_DROP_LOOP:
		return SKB_DROP_REASON_IP_INHDR;
	case NAT64_STAT_DROP_PROTOCOL:
		return SKB_DROP_REASON_IP_NOPROTO;
	case NAT64_STAT_DROP_ICMP_TYPE:
		return SKB_DROP_REASON_UNHANDLED_PROTO;
	case NAT64_STAT_DROP_ICMP_CHECKSUM:
		return SKB_DROP_REASON_ICMP_CSUM;
	case NAT64_STAT_DROP_CHECKSUM:
		return SKB_DROP_REASON_UDP_CSUM;
	case NAT64_STAT_DROP_NO_ROUTE:
	case NAT64_STAT_DROP_ADDRESS_GONE:
	case NAT64_STAT_DROP_NOT_TRANSLATABLE:
		return SKB_DROP_REASON_IP_OUTNOROUTES;
	case NAT64_STAT_DROP_TOO_BIG:
		return SKB_DROP_REASON_PKT_TOO_BIG;
	case NAT64_STAT_DROP_NO_MEMORY:
		return SKB_DROP_REASON_NOMEM;
	case NAT64_STAT_DROP_POLICY:
		return SKB_DROP_REASON_XFRM_POLICY;
	default:
		return SKB_DROP_REASON_NETFILTER_DROP;
	}
}

/* The error that a local program receives for a packet that is dropped. */
static int nat64_discard_errno(enum nat64_stat stat)
{
	switch (stat) {
	case NAT64_STAT_DROP_TOO_BIG:
		return -EMSGSIZE;
	case NAT64_STAT_DROP_NO_ROUTE:
	case NAT64_STAT_DROP_ADDRESS_GONE:
		return -ENETUNREACH;
	default:
		return -EPERM;
	}
}

/**
 * nat64_discard - drop a packet
 * @skb: the packet
 * @stat: the reason
 * @local: sent by a local program
 *
 * Frees the skb, or leaves that to netfilter, according to the verdict.
 *
 * Return: a verdict for netfilter.
 */
unsigned int nat64_discard(struct sk_buff *skb, enum nat64_stat stat,
			   bool local)
{
	return nat64_nf_drop(skb, nat64_discard_reason(stat),
			     -nat64_discard_errno(stat), local);
}

/**
 * nat64_count_drop - count a dropped packet
 * @inst: the instance
 * @is6: it is an IPv6 packet
 * @skb: the packet; only its address is used
 * @stat: the reason
 *
 * Context: softirqs off.
 */
void nat64_count_drop(struct nat64_instance *inst, bool is6,
		      const struct sk_buff *skb, enum nat64_stat stat)
{
	nat64_count(inst, is6, stat);
	trace_nat64_drop(inst, skb, is6, stat);
}
