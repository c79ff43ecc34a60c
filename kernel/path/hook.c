// SPDX-License-Identifier: GPL-2.0
/*
 * hook.c - the netfilter hooks: receive packets and act on their verdicts
 *
 * The hooks are in PREROUTING after mangling and destination NAT, so that marks
 * select a pool4 entry and rules may redirect packets before us; and in OUTPUT
 * after filtering, for packets of local programs, so that rules see them as they
 * were sent; ICMP errors of our own are marked before.
 *
 * What is sent into a device of ours (device.c) takes the same steps, at the end of
 * this file.
 */
#include "path/path.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip6_fib.h>
#include <net/route.h>
#include "compat.h"
#include "path/tracepoint.h"

/**
 * struct nat64_hook_ctx - how a packet was received
 */
struct nat64_hook_ctx {
	/** @inst: the instance */
	struct nat64_instance *inst;
	/** @cfg: its configuration */
	const struct nat64_config *cfg;
	/** @state: netfilter's view of it */
	const struct nf_hook_state *state;
	/** @trace: where to record a dry run, or NULL */
	struct nat64_trace *trace;
	/** @siit: its addresses, for a stateless translator; else NULL */
	const struct nat64_siit *siit;
	/** @pool6: index of the prefix of its IPv6 destination */
	u8 pool6;
	/** @is6: it is an IPv6 packet */
	bool is6;
	/** @device: it was sent into the device of the instance */
	bool device;
};

static void nat64_hook_begin(const struct nat64_hook_ctx *ctx,
			     struct sk_buff *skb, struct nat64_pkt *pkt)
{
	nat64_pkt_begin(pkt, skb, ctx->pool6, nat64_is_output(ctx->state));
	pkt->sk = ctx->state->sk;
	pkt->trace = ctx->trace;
	pkt->stateless = ctx->siit;
	pkt->device = ctx->device;
}

/* Check whether a packet may be parsed, without reading any of its octets. */
static enum nat64_verdict nat64_hook_check(const struct nat64_hook_ctx *ctx,
					   struct nat64_pkt *pkt)
{
	if (unlikely(!ctx->cfg->keys.manually_enabled))
		return nat64_accept(pkt, NAT64_STAT_PASS_DISABLED);
	if (unlikely(skb_warn_if_lro(pkt->skb)))
		return nat64_drop(pkt, NAT64_STAT_DROP_LRO);
	if (unlikely(nat64_is_too_deep()))
		return nat64_drop(pkt, NAT64_STAT_DROP_LOOP);
	return NAT64_CONTINUE;
}

static enum nat64_verdict nat64_hook_steps(const struct nat64_hook_ctx *ctx,
					   struct nat64_pkt *pkt)
{
	if (unlikely(ctx->siit))
		return ctx->is6 ?
		       nat64_siit64(ctx->inst, ctx->cfg, pkt, ctx->siit) :
		       nat64_siit46(ctx->inst, ctx->cfg, pkt, ctx->siit);
	return ctx->is6 ? nat64_translate64(ctx->inst, ctx->cfg, pkt) :
			  nat64_translate46(ctx->inst, ctx->cfg, pkt);
}

/*
 * Translate a packet; if it is the fragment that completes a datagram, parse
 * that datagram.
 */
static enum nat64_verdict nat64_hook_translate(const struct nat64_hook_ctx *ctx,
					       struct sk_buff *skb,
					       struct nat64_pkt *pkt)
{
	enum nat64_verdict verdict;
	int tries;

	for (tries = 0; tries < 2; tries++) {
		nat64_hook_begin(ctx, skb, pkt);
		verdict = nat64_hook_check(ctx, pkt);
		if (unlikely(verdict != NAT64_CONTINUE))
			return verdict;
		verdict = nat64_hook_steps(ctx, pkt);
		if (verdict != NAT64_DEFRAG || nat64_is_dry_run(pkt))
			return verdict;
		/*
		 * A virtual machine may send a GSO packet with a fragment
		 * header.
		 */
		if (unlikely(skb_is_gso(skb)))
			return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
		verdict = ctx->is6 ? nat64_defrag6(pkt, ctx->state->net) :
				     nat64_defrag4(pkt, ctx->state->net);
		if (verdict != NAT64_CONTINUE)
			return verdict;
	}
	return nat64_drop(pkt, NAT64_STAT_DROP_FRAGMENT);
}

static void nat64_hook_count_drop(const struct nat64_hook_ctx *ctx,
				  const struct sk_buff *skb,
				  enum nat64_stat stat)
{
	nat64_count_drop(ctx->inst, ctx->is6, skb, stat);
	if (unlikely(ctx->device))
		dev_core_stats_tx_dropped_inc(ctx->state->in);
}

static void nat64_hook_count(const struct nat64_hook_ctx *ctx,
			     const struct nat64_pkt *pkt,
			     enum nat64_verdict verdict)
{
	/* A fragment counts with its datagram, a segment by itself. */
	if (verdict == NAT64_STOLEN || verdict == NAT64_SEGMENT)
		return;
	if (verdict == NAT64_ACCEPT) {
		nat64_count(ctx->inst, ctx->is6, pkt->stat);
		return;
	}
	if (verdict != NAT64_CONTINUE) {
		nat64_hook_count_drop(ctx, pkt->skb, pkt->stat);
		return;
	}
	nat64_count_translated(ctx->inst, ctx->is6, pkt, false);
	if (unlikely(ctx->device))
		dev_sw_netstats_tx_add(ctx->state->in, 1, pkt->len);
	trace_nat64_translate(ctx->inst, pkt, ctx->is6);
	if (pkt->hairpin)
		nat64_stats_inc(ctx->inst->stats, NAT64_STAT_HAIRPINNED);
}

/* Dry run: record the verdict, release the route, send nothing. */
static unsigned int nat64_hook_traced(const struct nat64_hook_ctx *ctx,
				      struct nat64_pkt *pkt,
				      enum nat64_verdict verdict)
{
	nat64_note_verdict(ctx->inst, ctx->cfg, pkt, verdict);
	nat64_route_set(pkt, NULL, false);
	return verdict == NAT64_ACCEPT ? NF_ACCEPT : NF_DROP;
}

static unsigned int nat64_hook_segments(const struct nat64_hook_ctx *ctx,
					struct sk_buff *skb);

/* Drop a packet in a device, with an error as of a router without a route. */
static enum nat64_verdict nat64_hook_unreachable(struct nat64_pkt *pkt,
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
static unsigned int nat64_hook_emerge(const struct nat64_hook_ctx *ctx,
				      struct nat64_pkt *pkt)
{
	struct net_device *dev = ctx->state->in;

	if (!pkt->dst)
		return nat64_output_device(ctx->cfg, pkt);
	dev_sw_netstats_rx_add(dev, pkt->skb->len);
	skb_orphan(pkt->skb);
	pkt->skb->skb_iif = dev->ifindex;
	pkt->skb->pkt_type = PACKET_HOST;
	pkt->local = true;
	return nat64_output(ctx->inst, ctx->cfg, pkt);
}

/* Translate one packet and act on the verdict. */
static unsigned int nat64_hook_packet(const struct nat64_hook_ctx *ctx,
				      struct sk_buff *skb)
{
	enum nat64_verdict verdict;
	struct nat64_pkt pkt NAT64_UNINITIALIZED;

	verdict = nat64_hook_translate(ctx, skb, &pkt);
	if (unlikely(ctx->device && verdict == NAT64_ACCEPT))
		verdict = nat64_hook_unreachable(&pkt, NAT64_STAT_DROP_NOT_TRANSLATABLE);
	if (unlikely(nat64_is_dry_run(&pkt)))
		return nat64_hook_traced(ctx, &pkt, verdict);
	nat64_hook_count(ctx, &pkt, verdict);
	switch (verdict) {
	case NAT64_CONTINUE:
		return ctx->device ? nat64_hook_emerge(ctx, &pkt) :
				     nat64_output(ctx->inst, ctx->cfg, &pkt);
	case NAT64_STOLEN:
	case NAT64_HELD:
		nat64_route_set(&pkt, NULL, false);
		return NF_STOLEN;
	case NAT64_ACCEPT:
		nat64_route_set(&pkt, NULL, false);
		return NF_ACCEPT;
	case NAT64_SEGMENT:
		nat64_route_set(&pkt, NULL, false);
		return nat64_hook_segments(ctx, skb);
	default:
		nat64_route_set(&pkt, NULL, false);
		nat64_icmp_error(ctx->inst, ctx->cfg, &pkt);
		return nat64_discard(pkt.skb, pkt.stat, pkt.local);
	}
}

/* Drop a packet that is not parsed. */
static unsigned int nat64_hook_refuse(const struct nat64_hook_ctx *ctx,
				      struct sk_buff *skb, enum nat64_stat stat)
{
	struct nat64_pkt pkt = { .skb = skb, .trace = ctx->trace };

	nat64_drop(&pkt, stat);
	if (unlikely(nat64_is_dry_run(&pkt)))
		return nat64_hook_traced(ctx, &pkt, NAT64_DROP);
	nat64_hook_count_drop(ctx, skb, stat);
	return nat64_discard(skb, stat, nat64_is_output(ctx->state));
}

/*
 * Segment a GSO packet that cannot be translated as one: IPv4 has no header for
 * more than 65535 octets. The packet is known to be ours, and so are its
 * segments: one whose session has ended meanwhile is dropped. No segment is a
 * GSO packet, so this does not nest.
 */
static unsigned int nat64_hook_segments(const struct nat64_hook_ctx *ctx,
					struct sk_buff *skb)
{
	struct sock *sk = skb->sk == ctx->state->sk ? skb->sk : NULL;
	struct sk_buff *segs, *next;
	unsigned int verdict;
	bool owned;

	segs = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(segs))
		return nat64_hook_refuse(ctx, skb, NAT64_STAT_DROP_NO_MEMORY);
	consume_skb(skb);
	skb_list_walk_safe(segs, skb, next) {
		skb_mark_not_on_list(skb);
		/*
		 * Egress filters find the cgroup by the socket that owns the
		 * skb.
		 */
		owned = !sk || skb->sk || skb_set_owner_sk_safe(skb, sk);
		verdict = !owned || skb_is_gso(skb) ?
			  nat64_hook_refuse(ctx, skb,
					    NAT64_STAT_DROP_NO_MEMORY) :
			  nat64_hook_packet(ctx, skb);
		if ((verdict & NF_VERDICT_MASK) != NF_STOLEN)
			kfree_skb(skb);
	}
	return NF_STOLEN;
}

/*
 * A local packet has no input device: use the device of its route. Its skb->dev
 * may be a stale tunnel device, perhaps of another VRF or namespace.
 */
static void nat64_hook_prepare(struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	if (nat64_is_output(state))
		skb->dev = skb_dst(skb)->dev;
}

/*
 * The stack would fragment a large local packet after us: mark it as
 * reassembled from fragments of the size that they would have.
 */
static void nat64_hook_prepare6(struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	nat64_hook_prepare(skb, state);
	if (nat64_is_output(state) && !skb_is_gso(skb) &&
	    skb->len > dst_mtu(skb_dst(skb)))
		IP6CB(skb)->frag_max_size = min_t(u32, U16_MAX,
						  dst_mtu(skb_dst(skb)));
}

/*
 * Check for a packet of the router itself, from an address that does not translate,
 * to a node that it reaches without translation: by IPv6 one with an EAM entry, by
 * IPv4 one that pool6 translates.
 */
static bool nat64_hook_is_native(const struct nat64_hook_ctx *ctx,
				 const struct sk_buff *skb)
{
	if (!nat64_is_output(ctx->state))
		return false;
	return ctx->is6 ? !ctx->siit->dprefix :
	       !nat64_eam_find4(ctx->cfg->eamt, ip_hdr(skb)->daddr);
}

/*
 * Check whether a packet whose destination translates is passed because its source
 * does not: an ICMP error is translated nevertheless (RFC 6791).
 */
static bool nat64_hook_passes(const struct nat64_hook_ctx *ctx,
			      const struct sk_buff *skb, u8 protocol)
{
	if (ctx->siit->has_source ||
	    (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP &&
	     !nat64_hook_is_native(ctx, skb)))
		return false;
	if (!ctx->trace)
		nat64_count(ctx->inst, ctx->is6,
			    NAT64_STAT_PASS_NOT_TRANSLATABLE);
	return true;
}

/*
 * Check for a packet that a stateless translator must let pass: one that we have
 * translated, or one of the router to itself, as from 192.0.0.1 at a CLAT.
 */
static bool nat64_hook_is_ours(const struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	if (nat64_is_returning(skb, state))
		return true;
	if (!nat64_is_output(state))
		return false;
	return state->pf == NFPROTO_IPV6 ?
	       ((struct rt6_info *)skb_dst(skb))->rt6i_flags & RTF_LOCAL :
	       skb_rtable(skb)->rt_flags & RTCF_LOCAL;
}

/* Find the stateless translator for a packet that no NAT64 has translated. */
static unsigned int nat64_stateless6(struct sk_buff *skb,
				     const struct nf_hook_state *state,
				     struct nat64_trace *trace)
{
	struct nat64_net *nn = nat64_net(state->net);
	struct nat64_siit siit;
	struct nat64_hook_ctx ctx = {
		.state = state, .trace = trace, .siit = &siit, .is6 = true,
	};
	unsigned int verdict;

	if (nat64_hook_is_ours(skb, state) || nat64_is_ndisc(skb))
		return NF_ACCEPT;
	list_for_each_entry_rcu(ctx.inst, &nn->instances, node) {
		ctx.cfg = rcu_dereference(ctx.inst->config);
		if (!nat64_config_is_siit(ctx.cfg) || ctx.inst->by_device ||
		    !nat64_siit_match6(ctx.cfg, ipv6_hdr(skb), &siit))
			continue;
		if (nat64_is_bridged(skb))
			return NF_ACCEPT;
		if (siit.dprefix && nat64_is_to_own6(skb, state))
			continue;
		nat64_trace_instance(trace, ctx.inst, siit.dprefix);
		nat64_trace_siit6(trace, ctx.cfg, ipv6_hdr(skb), &siit);
		if (nat64_hook_passes(&ctx, skb, ipv6_hdr(skb)->nexthdr))
			continue;
		nat64_hook_prepare6(skb, state);
		verdict = nat64_hook_packet(&ctx, skb);
		if (verdict != NF_ACCEPT)
			return verdict;
	}
	return NF_ACCEPT;
}

static unsigned int nat64_stateless4(struct sk_buff *skb,
				     const struct nf_hook_state *state,
				     struct nat64_trace *trace)
{
	struct nat64_net *nn = nat64_net(state->net);
	struct nat64_siit siit;
	struct nat64_hook_ctx ctx = {
		.state = state, .trace = trace, .siit = &siit,
	};
	unsigned int verdict;

	if (nat64_hook_is_ours(skb, state))
		return NF_ACCEPT;
	nat64_hook_prepare(skb, state);
	list_for_each_entry_rcu(ctx.inst, &nn->instances, node) {
		ctx.cfg = rcu_dereference(ctx.inst->config);
		if (!nat64_config_is_siit(ctx.cfg) || ctx.inst->by_device ||
		    !nat64_siit_match4(ctx.cfg, state->net, skb, &siit))
			continue;
		if (nat64_is_bridged(skb))
			return NF_ACCEPT;
		nat64_trace_instance(trace, ctx.inst, NULL);
		nat64_trace_siit4(trace, ctx.cfg, ip_hdr(skb), &siit);
		if (nat64_hook_passes(&ctx, skb, ip_hdr(skb)->protocol))
			continue;
		verdict = nat64_hook_packet(&ctx, skb);
		if (verdict != NF_ACCEPT)
			return verdict;
	}
	return NF_ACCEPT;
}

static unsigned int nat64_receive6(struct sk_buff *skb,
				   const struct nf_hook_state *state,
				   struct nat64_trace *trace)
{
	struct nat64_hook_ctx ctx = {
		.state = state, .trace = trace, .is6 = true,
	};
	enum nat64_verdict verdict;
	struct nat64_match match;

	if (unlikely(skb->pkt_type != PACKET_HOST))
		return NF_ACCEPT;
	verdict = nat64_match6(skb, state, &match);
	if (verdict == NAT64_ACCEPT)
		return nat64_has_stateless(state->net) ?
		       nat64_stateless6(skb, state, trace) : NF_ACCEPT;
	ctx.inst = match.inst;
	ctx.cfg = match.cfg;
	ctx.pool6 = match.pool6;
	if (unlikely(verdict == NAT64_DROP))
		return nat64_hook_refuse(&ctx, skb,
					 NAT64_STAT_DROP_SOURCE_IN_POOL6);
	nat64_trace_instance(trace, ctx.inst, &ctx.cfg->pool6[ctx.pool6]);
	nat64_hook_prepare6(skb, state);
	return nat64_hook_packet(&ctx, skb);
}

/*
 * Check whether an address is in pool4, or has, or recently had, BIB entries.
 */
static bool nat64_hook_is_pool4(struct nat64_instance *inst,
				const struct nat64_config *cfg, u32 host)
{
	return nat64_pool4_set_covers(&cfg->pool4, host) ||
	       xa_load(&inst->addrs, host);
}

static unsigned int nat64_receive4(struct sk_buff *skb,
				   const struct nf_hook_state *state,
				   struct nat64_trace *trace)
{
	struct nat64_hook_ctx ctx = { .state = state, .trace = trace };
	struct nat64_net *nn = nat64_net(state->net);
	u32 host = ntohl(ip_hdr(skb)->daddr);
	struct nat64_instance *inst;
	unsigned int verdict;

	if (unlikely(skb->pkt_type != PACKET_HOST))
		return NF_ACCEPT;
	list_for_each_entry_rcu(inst, &nn->instances, node) {
		ctx.inst = inst;
		ctx.cfg = rcu_dereference(inst->config);
		if (inst->by_device ||
		    !nat64_hook_is_pool4(inst, ctx.cfg, host))
			continue;
		if (unlikely(nat64_is_bridged(skb)))
			return NF_ACCEPT;
		nat64_trace_instance(trace, inst, NULL);
		nat64_hook_prepare(skb, state);
		/* Another instance may have other ports of the address. */
		verdict = nat64_hook_packet(&ctx, skb);
		if (verdict != NF_ACCEPT)
			return verdict;
	}
	return nat64_has_stateless(state->net) ?
	       nat64_stateless4(skb, state, trace) : NF_ACCEPT;
}

/*
 * Hooks run with softirqs on for packets of local programs and for those
 * reinjected by nfqueue, but the packet path requires them off. Returns what
 * nat64_hook_leave() needs.
 */
static bool nat64_hook_enter(void)
{
	bool softirq = in_softirq();

	if (unlikely(!softirq))
		local_bh_disable();
	return softirq;
}

static void nat64_hook_leave(bool softirq)
{
	if (unlikely(!softirq))
		local_bh_enable();
}

/* @priv: NULL, or where to record a dry run. */
static unsigned int nat64_hook6(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	bool softirq = nat64_hook_enter();
	unsigned int verdict = nat64_receive6(skb, state, priv);

	nat64_hook_leave(softirq);
	return verdict;
}

static unsigned int nat64_hook4(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	bool softirq = nat64_hook_enter();
	unsigned int verdict = nat64_receive4(skb, state, priv);

	nat64_hook_leave(softirq);
	return verdict;
}

/* Before hooks that may hold a packet */
static unsigned int nat64_hook_mark(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	nat64_icmp_mark(skb, state);
	return NF_ACCEPT;
}

static const struct nf_hook_ops nat64_hooks[] = {
	{
		.hook = nat64_hook_mark,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_FIRST,
	},
	{
		.hook = nat64_hook_mark,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_FIRST,
	},
	{
		.hook = nat64_hook6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_NAT_DST + 25,
	},
	{
		.hook = nat64_hook4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_NAT_DST + 25,
	},
	{
		.hook = nat64_hook6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_NAT_SRC - 1,
	},
	{
		.hook = nat64_hook4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_NAT_SRC - 1,
	},
};

/* Check whether an instance translates the destination of an IPv6 packet. */
static bool nat64_hook_into6(struct nat64_hook_ctx *ctx,
			     const struct sk_buff *skb,
			     struct nat64_siit *siit)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	int idx;

	if (nat64_config_is_siit(ctx->cfg)) {
		if (!nat64_siit_match6(ctx->cfg, ip6h, siit))
			return false;
		ctx->siit = siit;
		nat64_trace_instance(ctx->trace, ctx->inst, siit->dprefix);
		nat64_trace_siit6(ctx->trace, ctx->cfg, ip6h, siit);
		return true;
	}
	idx = nat64_config_pool6(ctx->cfg, &ip6h->daddr);
	if (idx < 0)
		return false;
	ctx->pool6 = idx;
	nat64_trace_instance(ctx->trace, ctx->inst, &ctx->cfg->pool6[idx]);
	return true;
}

/* Likewise of an IPv4 packet. */
static bool nat64_hook_into4(struct nat64_hook_ctx *ctx,
			     const struct sk_buff *skb,
			     struct nat64_siit *siit)
{
	if (nat64_config_is_siit(ctx->cfg)) {
		if (!nat64_siit_match4(ctx->cfg, ctx->state->net, skb, siit))
			return false;
		ctx->siit = siit;
		nat64_trace_instance(ctx->trace, ctx->inst, NULL);
		nat64_trace_siit4(ctx->trace, ctx->cfg, ip_hdr(skb), siit);
		return true;
	}
	nat64_trace_instance(ctx->trace, ctx->inst, NULL);
	return nat64_hook_is_pool4(ctx->inst, ctx->cfg, ntohl(ip_hdr(skb)->daddr));
}

/* Refuse a packet in a device with an error; it is not parsed. */
static void nat64_hook_turn_back(const struct nat64_hook_ctx *ctx,
				 struct sk_buff *skb, enum nat64_stat stat)
{
	struct nat64_pkt pkt = {
		.skb = skb, .trace = ctx->trace, .device = true,
	};

	nat64_hook_unreachable(&pkt, stat);
	if (unlikely(nat64_is_dry_run(&pkt))) {
		nat64_hook_traced(ctx, &pkt, NAT64_DROP);
		return;
	}
	nat64_hook_count_drop(ctx, skb, stat);
	nat64_icmp_error(ctx->inst, ctx->cfg, &pkt);
	nat64_discard(skb, stat, false);
}

/**
 * nat64_hook_device - translate a packet that is sent into a device of ours
 * @skb: the packet, with a valid IP header in its linear part; consumed, unless it
 *	is a dry run
 * @inst: the instance of the device, skb->dev
 * @trace: where to record a dry run, or NULL
 *
 * What has come out of the device does not go into it again.
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_hook_device(struct sk_buff *skb, struct nat64_instance *inst,
		       struct nat64_trace *trace)
{
	bool is6 = skb->protocol == htons(ETH_P_IPV6);
	const struct nf_hook_state state = {
		.hook = NF_INET_PRE_ROUTING,
		.pf = is6 ? NFPROTO_IPV6 : NFPROTO_IPV4,
		.in = skb->dev,
		.net = inst->net,
	};
	struct nat64_hook_ctx ctx = {
		.inst = inst, .cfg = rcu_dereference(inst->config),
		.state = &state, .trace = trace, .is6 = is6, .device = true,
	};
	struct nat64_siit siit;

	if (skb->skb_iif == skb->dev->ifindex)
		nat64_hook_turn_back(&ctx, skb, NAT64_STAT_DROP_LOOP);
	else if (is6 ? !nat64_hook_into6(&ctx, skb, &siit) :
		       !nat64_hook_into4(&ctx, skb, &siit))
		nat64_hook_turn_back(&ctx, skb,
				     NAT64_STAT_DROP_NOT_TRANSLATABLE);
	else if (is6 && !ctx.siit &&
		 nat64_is_translated6(inst->net, &ipv6_hdr(skb)->saddr))
		nat64_hook_refuse(&ctx, skb, NAT64_STAT_DROP_SOURCE_IN_POOL6);
	else
		nat64_hook_packet(&ctx, skb);
}

/**
 * nat64_hook_trace - record what would be done with a received packet
 * @skb: the packet, as at PREROUTING; stays the caller's
 * @net: its network namespace
 * @trace: where to record it
 *
 * Context: RCU read lock.
 */
void nat64_hook_trace(struct sk_buff *skb, struct net *net,
		      struct nat64_trace *trace)
{
	bool is6 = skb->protocol == htons(ETH_P_IPV6);
	const struct nf_hook_state state = {
		.hook = NF_INET_PRE_ROUTING,
		.pf = is6 ? NFPROTO_IPV6 : NFPROTO_IPV4,
		.in = skb->dev,
		.net = net,
	};
	unsigned int last = trace->n;

	if (is6)
		nat64_hook6(trace, skb, &state);
	else
		nat64_hook4(trace, skb, &state);
	if (trace->n == last)
		nat64_trace_add(trace, NAT64_STEP_PASSED);
}

/**
 * nat64_hook_register - start receiving the packets of a network namespace
 * @net: the namespace
 *
 * Return: 0 or a negative errno.
 */
int nat64_hook_register(struct net *net)
{
	return nf_register_net_hooks(net, nat64_hooks, ARRAY_SIZE(nat64_hooks));
}

/**
 * nat64_hook_unregister - stop receiving packets
 * @net: the namespace
 *
 * Packets may still be in a hook until synchronize_net() returns.
 */
void nat64_hook_unregister(struct net *net)
{
	nf_unregister_net_hooks(net, nat64_hooks, ARRAY_SIZE(nat64_hooks));
}

static unsigned int nat64_hook_none(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

static const struct nf_hook_ops nat64_hook_last = {
	.hook = nat64_hook_none,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_IN,
	.priority = NF_IP_PRI_LAST,
};

/**
 * nat64_hook_drain - drop the packets that wait for a verdict of user space
 * @net: the namespace; no packet enters a hook of ours any longer
 *
 * A translated packet in an nfqueue of FORWARD continues in a function of ours.
 * Netfilter drops all queued packets when a hook is unregistered, but packets
 * that were in a hook at that time may have been queued since: register and
 * unregister one more hook, to flush the queues again.
 */
void nat64_hook_drain(struct net *net)
{
	if (!nf_register_net_hook(net, &nat64_hook_last))
		nf_unregister_net_hook(net, &nat64_hook_last);
}
