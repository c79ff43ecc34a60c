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
#include <net/route.h>

/* This CPU is sending an error of ours; read by LOCAL_OUT, which it passes. */
static DEFINE_PER_CPU(bool, nat64_answering);

/**
 * nat64_is_answer - check for an ICMP error of our own
 * @skb: a packet at LOCAL_OUT
 * @is6: it is an IPv6 packet
 *
 * Its destination has sent a packet of this family, so it needs no translation,
 * whatever its addresses are. An error may leave by a tunnel, whose packets are none.
 *
 * Context: softirqs off.
 *
 * Return: true if it is.
 */
bool nat64_is_answer(const struct sk_buff *skb, bool is6)
{
	return __this_cpu_read(nat64_answering) &&
	       (is6 ? ipv6_hdr(skb)->nexthdr == IPPROTO_ICMPV6 :
		      ip_hdr(skb)->protocol == IPPROTO_ICMP);
}

static bool nat64_icmp_error4(struct nat64_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;
	const struct iphdr *iph = ip_hdr(skb);

	/* The kernel needs the route by which the packet was received. */
	if (!skb_valid_dst(skb) &&
	    ip_route_input(skb, iph->daddr, iph->saddr,
			   inet_dsfield_to_dscp(iph->tos), skb->dev))
		return false;
	icmp_ndo_send(skb, pkt->reply_type, pkt->reply_code,
		      htonl(pkt->reply_info));
	return true;
}

/**
 * nat64_icmp_answers - check whether the source of a packet receives an error
 * @cfg: the configuration
 * @pkt: the packet
 *
 * Return: true if it is marked with one that the configuration lets out.
 */
bool nat64_icmp_answers(const struct nat64_config *cfg,
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
	bool nested;

	if (!nat64_icmp_answers(cfg, pkt))
		return;
	nested = __this_cpu_read(nat64_answering);
	__this_cpu_write(nat64_answering, true);
	if (pkt->skb->protocol == htons(ETH_P_IP)) {
		if (nat64_icmp_error4(pkt))
			nat64_stats_inc(inst->stats, NAT64_STAT_ICMP4_SENT);
	} else {
		icmpv6_ndo_send(pkt->skb, pkt->reply_type, pkt->reply_code,
				pkt->reply_info);
		nat64_stats_inc(inst->stats, NAT64_STAT_ICMP6_SENT);
	}
	__this_cpu_write(nat64_answering, nested);
}
