// SPDX-License-Identifier: GPL-2.0
/*
 * icmp_error.c - send ICMP errors of our own (RFC 6146 s3.5, RFC 7915 s4.4, s5.4)
 *
 * The kernel's functions are used: they never answer an error with an error, and
 * obey the kernel's rate limits.
 */
#include "path/path.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/percpu.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/l3mdev.h>
#include <net/route.h>

/* The namespace in which this CPU is sending an error of ours, or NULL */
static DEFINE_PER_CPU(const struct net *, nat64_sending_error);

/**
 * nat64_icmp_mark - mark an ICMP error of our own like a translated packet
 * @skb: a packet at LOCAL_OUT, before other hooks
 * @state: the hook
 *
 * The error goes to the sender of a packet of the same family, so a stateless
 * translator must let it pass, whatever its addresses are: see nat64_is_returning().
 * The mark is in the skb, since NFQUEUE may hold it until this CPU does something
 * else.
 *
 * Context: any; this CPU has softirqs off while it sends an error of ours.
 */
void nat64_icmp_mark(struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (likely(this_cpu_read(nat64_sending_error) != state->net))
		return;
	/*
	 * If the error leaves by a tunnel, the outer packet also passes LOCAL_OUT:
	 * do not mark that one.
	 */
	if (state->pf == NFPROTO_IPV6) {
		if (ipv6_hdr(skb)->nexthdr == IPPROTO_ICMPV6)
			IP6CB(skb)->flags |= IP6SKB_FORWARDED;
	} else if (ip_hdr(skb)->protocol == IPPROTO_ICMP) {
		IPCB(skb)->flags |= IPSKB_FORWARDED;
	}
}

/*
 * icmp_ndo_send() needs a route in the skb. A packet that was routed into a device of
 * ours usually still has it. If not, look one up as for output: an input lookup on
 * that device would fail the reverse path filter.
 */
static bool nat64_icmp_route4(const struct nat64_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;
	const struct iphdr *iph = ip_hdr(skb);
	struct flowi4 fl4 = {
		.flowi4_oif = l3mdev_master_ifindex_rcu(skb->dev),
		.daddr = iph->daddr,
		.flowi4_mark = skb->mark,
	};
	struct rtable *rt;

	if (skb_valid_dst(skb))
		return true;
	if (!pkt->device)
		return !ip_route_input(skb, iph->daddr, iph->saddr,
				       inet_dsfield_to_dscp(iph->tos),
				       skb->dev);
	rt = ip_route_output_key(dev_net(skb->dev), &fl4);
	if (IS_ERR(rt))
		return false;
	/* A packet redirected from a tunnel has that tunnel's metadata here. */
	skb_dst_drop(skb);
	skb_dst_set(skb, &rt->dst);
	return true;
}

static bool nat64_icmp_error4(struct nat64_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;

	if (!nat64_icmp_route4(pkt))
		return false;
	icmp_ndo_send(skb, pkt->reply_type, pkt->reply_code,
		      htonl(pkt->reply_info));
	return true;
}

/**
 * nat64_icmp_error_allowed - check whether the source of a packet receives an error
 * @cfg: the configuration
 * @pkt: the packet
 *
 * Return: true if an error is noted for it, and send-icmp-errors is on.
 */
bool nat64_icmp_error_allowed(const struct nat64_config *cfg,
			      const struct nat64_pkt *pkt)
{
	/* On its second pass, a packet is no longer as its source sent it. */
	return pkt->reply_type && !pkt->hairpin && cfg->keys.send_icmp_errors;
}

/**
 * nat64_icmp_error - send the error that a packet is marked with
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet, as it was received; stays the caller's
 *
 * Warning: may reallocate the data of the skb.
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_icmp_error(struct nat64_instance *inst,
		      const struct nat64_config *cfg, struct nat64_pkt *pkt)
{
	const struct net *outer = __this_cpu_read(nat64_sending_error);

	if (!nat64_icmp_error_allowed(cfg, pkt))
		return;
	/*
	 * A packet from loopback or in a device of ours may be the translation of one
	 * of the other family; then the error has to be translated back, so do not
	 * mark it.
	 */
	if (!pkt->device &&
	    (pkt->local || !(pkt->skb->dev->flags & IFF_LOOPBACK)))
		__this_cpu_write(nat64_sending_error, inst->net);
	if (pkt->skb->protocol == htons(ETH_P_IP)) {
		if (nat64_icmp_error4(pkt))
			nat64_stats_inc(inst->stats, NAT64_STAT_ICMP4_SENT);
	} else {
		icmpv6_ndo_send(pkt->skb, pkt->reply_type, pkt->reply_code,
				pkt->reply_info);
		nat64_stats_inc(inst->stats, NAT64_STAT_ICMP6_SENT);
	}
	__this_cpu_write(nat64_sending_error, outer);
}
