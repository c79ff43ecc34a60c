// SPDX-License-Identifier: GPL-2.0
/*
 * handle.c - translate one received packet and act on the verdict
 *
 * The hooks (hook.c) and the devices (device.c) have found its instance. A fragment
 * may complete a datagram here, and a GSO packet may be segmented.
 */
#include "path/path.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netdevice.h>
#include "compat.h"
#include "path/tracepoint.h"

static void nat64_handle_begin(const struct nat64_received *rx,
			       struct sk_buff *skb, struct nat64_pkt *pkt)
{
	nat64_pkt_begin(pkt, skb, rx->pool6, nat64_is_output(rx->state));
	pkt->sk = rx->state->sk;
	pkt->trace = rx->trace;
	pkt->stateless = rx->siit;
	pkt->device = rx->device;
}

/* Check whether a packet may be parsed, without reading any of its octets. */
static enum nat64_verdict nat64_handle_check(const struct nat64_received *rx,
					     struct nat64_pkt *pkt)
{
	if (unlikely(!rx->cfg->keys.manually_enabled))
		return nat64_accept(pkt, NAT64_STAT_PASS_DISABLED);
	if (unlikely(skb_warn_if_lro(pkt->skb)))
		return nat64_drop(pkt, NAT64_STAT_DROP_LRO);
	if (unlikely(nat64_is_too_deep()))
		return nat64_drop(pkt, NAT64_STAT_DROP_LOOP);
	return NAT64_CONTINUE;
}

static enum nat64_verdict nat64_handle_steps(const struct nat64_received *rx,
					     struct nat64_pkt *pkt)
{
	if (unlikely(rx->siit))
		return rx->is6 ?
		       nat64_siit64(rx->inst, rx->cfg, pkt, rx->siit) :
		       nat64_siit46(rx->inst, rx->cfg, pkt, rx->siit);
	return rx->is6 ? nat64_translate64(rx->inst, rx->cfg, pkt) :
			  nat64_translate46(rx->inst, rx->cfg, pkt);
}

/*
 * Translate a packet; if it is the fragment that completes a datagram, parse
 * that datagram.
 */
static enum nat64_verdict nat64_handle_translate(const struct nat64_received *rx,
						 struct sk_buff *skb,
						 struct nat64_pkt *pkt)
{
	enum nat64_verdict verdict;
	int tries;

	for (tries = 0; tries < 2; tries++) {
		nat64_handle_begin(rx, skb, pkt);
		verdict = nat64_handle_check(rx, pkt);
		if (unlikely(verdict != NAT64_CONTINUE))
			return verdict;
		verdict = nat64_handle_steps(rx, pkt);
		if (verdict != NAT64_DEFRAG || nat64_is_dry_run(pkt))
			return verdict;
		/*
		 * A virtual machine may send a GSO packet with a fragment
		 * header.
		 */
		if (unlikely(skb_is_gso(skb)))
			return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
		verdict = rx->is6 ? nat64_defrag6(pkt, rx->state->net) :
				     nat64_defrag4(pkt, rx->state->net);
		if (verdict != NAT64_CONTINUE)
			return verdict;
	}
	return nat64_drop(pkt, NAT64_STAT_DROP_FRAGMENT);
}

static void nat64_handle_count_drop(const struct nat64_received *rx,
				    const struct sk_buff *skb,
				    enum nat64_stat stat)
{
	nat64_count_drop(rx->inst, rx->is6, skb, stat);
	if (unlikely(rx->device))
		dev_core_stats_tx_dropped_inc(rx->state->in);
}

static void nat64_handle_count(const struct nat64_received *rx,
			       const struct nat64_pkt *pkt,
			       enum nat64_verdict verdict)
{
	/* A fragment counts with its datagram, a segment by itself. */
	if (verdict == NAT64_STOLEN || verdict == NAT64_SEGMENT)
		return;
	if (verdict == NAT64_ACCEPT) {
		nat64_count(rx->inst, rx->is6, pkt->stat);
		return;
	}
	if (verdict != NAT64_CONTINUE) {
		nat64_handle_count_drop(rx, pkt->skb, pkt->stat);
		return;
	}
	nat64_count_translated(rx->inst, rx->is6, pkt, false);
	if (unlikely(rx->device))
		dev_sw_netstats_tx_add(rx->state->in, 1, pkt->len);
	trace_nat64_translate(rx->inst, pkt, rx->is6);
	if (pkt->hairpin)
		nat64_stats_inc(rx->inst->stats, NAT64_STAT_HAIRPINNED);
}

/* Dry run: record the verdict, release the route, send nothing. */
static unsigned int nat64_handle_traced(const struct nat64_received *rx,
					struct nat64_pkt *pkt,
					enum nat64_verdict verdict)
{
	nat64_note_verdict(rx->inst, rx->cfg, pkt, verdict);
	nat64_route_set(pkt, NULL, false);
	return verdict == NAT64_ACCEPT ? NF_ACCEPT : NF_DROP;
}

static unsigned int nat64_handle_segments(const struct nat64_received *rx,
					  struct sk_buff *skb);

/* Drop a packet in a device, with an error as of a router without a route. */
static enum nat64_verdict nat64_handle_unreachable(struct nat64_pkt *pkt,
						   enum nat64_stat stat)
{
	bool is6 = pkt->skb->protocol == htons(ETH_P_IPV6);

	return nat64_drop_reply(pkt, stat,
				is6 ? ICMPV6_DEST_UNREACH : ICMP_DEST_UNREACH,
				is6 ? ICMPV6_NOROUTE : ICMP_HOST_UNREACH, 0);
}

/*
 * Send a translated packet out of its device. An ICMP error that has an address of
 * this router as its source is sent by the router, as it sends its own: input would
 * refuse the source, and connection tracking relates it to the flow at OUTPUT.
 */
static unsigned int nat64_handle_emerge(const struct nat64_received *rx,
					struct nat64_pkt *pkt)
{
	struct net_device *dev = rx->state->in;

	if (!pkt->dst)
		return nat64_output_device(rx->cfg, pkt);
	skb_orphan(pkt->skb);
	pkt->skb->skb_iif = dev->ifindex;
	pkt->skb->pkt_type = PACKET_HOST;
	pkt->local = true;
	return nat64_output(rx->inst, rx->cfg, pkt);
}

/**
 * nat64_handle - translate one packet and act on the verdict
 * @rx: what is known of it
 * @skb: the packet
 *
 * Warning: may reallocate the data of the skb.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: a verdict of netfilter: NF_STOLEN if the skb was consumed; NF_ACCEPT, or
 * NF_DROP, perhaps with an errno (NF_VERDICT_MASK), with which it stays the
 * caller's. In a device, NF_STOLEN, but for a dry run.
 */
unsigned int nat64_handle(const struct nat64_received *rx,
			  struct sk_buff *skb)
{
	enum nat64_verdict verdict;
	struct nat64_pkt pkt NAT64_UNINITIALIZED;

	verdict = nat64_handle_translate(rx, skb, &pkt);
	if (unlikely(rx->device && verdict == NAT64_ACCEPT))
		verdict = nat64_handle_unreachable(&pkt, NAT64_STAT_DROP_NOT_TRANSLATABLE);
	if (unlikely(nat64_is_dry_run(&pkt)))
		return nat64_handle_traced(rx, &pkt, verdict);
	nat64_handle_count(rx, &pkt, verdict);
	switch (verdict) {
	case NAT64_CONTINUE:
		return rx->device ? nat64_handle_emerge(rx, &pkt) :
				     nat64_output(rx->inst, rx->cfg, &pkt);
	case NAT64_STOLEN:
	case NAT64_HELD:
		nat64_route_set(&pkt, NULL, false);
		return NF_STOLEN;
	case NAT64_ACCEPT:
		nat64_route_set(&pkt, NULL, false);
		return NF_ACCEPT;
	case NAT64_SEGMENT:
		nat64_route_set(&pkt, NULL, false);
		return nat64_handle_segments(rx, skb);
	default:
		nat64_route_set(&pkt, NULL, false);
		nat64_icmp_error(rx->inst, rx->cfg, &pkt);
		return nat64_discard(pkt.skb, pkt.stat, pkt.local);
	}
}

/**
 * nat64_handle_refuse - drop a packet that is not parsed
 * @rx: how it was received
 * @skb: the packet
 * @stat: why
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: as nat64_handle().
 */
unsigned int nat64_handle_refuse(const struct nat64_received *rx,
				 struct sk_buff *skb, enum nat64_stat stat)
{
	struct nat64_pkt pkt = { .skb = skb, .trace = rx->trace };

	nat64_drop(&pkt, stat);
	if (unlikely(nat64_is_dry_run(&pkt)))
		return nat64_handle_traced(rx, &pkt, NAT64_DROP);
	nat64_handle_count_drop(rx, skb, stat);
	return nat64_discard(skb, stat, nat64_is_output(rx->state));
}

/*
 * Segment a GSO packet that cannot be translated as one: IPv4 has no header for
 * more than 65535 octets. The packet is known to be ours, and so are its
 * segments: one whose session has ended meanwhile is dropped. No segment is a
 * GSO packet, so this does not nest.
 */
static unsigned int nat64_handle_segments(const struct nat64_received *rx,
					  struct sk_buff *skb)
{
	struct sock *sk = skb->sk == rx->state->sk ? skb->sk : NULL;
	struct sk_buff *segs, *next;
	unsigned int verdict;
	bool owned;

	segs = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(segs))
		return nat64_handle_refuse(rx, skb, NAT64_STAT_DROP_NO_MEMORY);
	consume_skb(skb);
	skb_list_walk_safe(segs, skb, next) {
		skb_mark_not_on_list(skb);
		/*
		 * Egress filters find the cgroup by the socket that owns the
		 * skb.
		 */
		owned = !sk || skb->sk || skb_set_owner_sk_safe(skb, sk);
		verdict = !owned || skb_is_gso(skb) ?
			  nat64_handle_refuse(rx, skb,
					      NAT64_STAT_DROP_NO_MEMORY) :
			  nat64_handle(rx, skb);
		if ((verdict & NF_VERDICT_MASK) != NF_STOLEN)
			kfree_skb(skb);
	}
	return NF_STOLEN;
}

/**
 * nat64_handle_turn_back - drop a packet in a device with an error
 * @rx: how it was received
 * @skb: the packet, which is not parsed; consumed, unless it is a dry run
 * @stat: why
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_handle_turn_back(const struct nat64_received *rx,
			    struct sk_buff *skb, enum nat64_stat stat)
{
	struct nat64_pkt pkt = {
		.skb = skb, .trace = rx->trace, .device = true,
	};

	nat64_handle_unreachable(&pkt, stat);
	if (unlikely(nat64_is_dry_run(&pkt))) {
		nat64_handle_traced(rx, &pkt, NAT64_DROP);
		return;
	}
	nat64_handle_count_drop(rx, skb, stat);
	nat64_icmp_error(rx->inst, rx->cfg, &pkt);
	nat64_discard(skb, stat, false);
}
