// SPDX-License-Identifier: GPL-2.0
/*
 * hook.c - where packets come from netfilter and go back to it
 *
 * The hooks are in PREROUTING behind mangling and destination NAT, so that
 * marks choose a pool4 entry and rules may redirect packets before us; and in
 * OUTPUT behind filtering, for what programs on the router send, so that rules
 * see it as it was sent, too.
 */
#include "path/path.h"

#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include "compat.h"
#include "path/tracepoint.h"

/**
 * struct nat64_hook_ctx - what the steps from hook to output share
 */
struct nat64_hook_ctx {
	/** @inst: the instance */
	struct nat64_instance *inst;
	/** @cfg: its configuration */
	const struct nat64_config *cfg;
	/** @state: of netfilter */
	const struct nf_hook_state *state;
	/** @trace: where it is written down what would be done, or NULL */
	struct nat64_trace *trace;
	/** @pool6: place of the prefix, of an IPv6 packet */
	u8 pool6;
	/** @is6: it is an IPv6 packet */
	bool is6;
};

/* Translate; a fragment that completes its packet is begun with again. */
static enum nat64_verdict nat64_hook_translate(const struct nat64_hook_ctx *ctx,
					       struct sk_buff *skb,
					       struct nat64_pkt *pkt)
{
	enum nat64_verdict verdict;
	int tries;

	for (tries = 0; tries < 2; tries++) {
		nat64_pkt_begin(pkt, skb, ctx->pool6,
				nat64_is_output(ctx->state));
		pkt->sk = ctx->state->sk;
		pkt->trace = ctx->trace;
		verdict = ctx->is6 ?
			nat64_translate64(ctx->inst, ctx->cfg, pkt) :
			nat64_translate46(ctx->inst, ctx->cfg, pkt);
		if (verdict != NAT64_DEFRAG || pkt->trace)
			return verdict;
		/* A fragment is not to be cut, whatever a virtual machine says. */
		if (unlikely(skb_is_gso(skb)))
			return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
		verdict = ctx->is6 ? nat64_defrag6(pkt, ctx->state->net) :
				     nat64_defrag4(pkt, ctx->state->net);
		if (verdict != NAT64_CONTINUE)
			return verdict;
	}
	return nat64_drop(pkt, NAT64_STAT_DROP_FRAGMENT);
}

static void nat64_hook_count(const struct nat64_hook_ctx *ctx,
			     const struct nat64_pkt *pkt,
			     enum nat64_verdict verdict)
{
	/* A fragment is counted with its packet, a segment by itself. */
	if (verdict == NAT64_STOLEN || verdict == NAT64_SEGMENT)
		return;
	if (verdict == NAT64_ACCEPT) {
		nat64_count(ctx->inst, ctx->is6, pkt->stat);
		return;
	}
	if (verdict != NAT64_CONTINUE) {
		nat64_count_drop(ctx->inst, ctx->is6, pkt->skb, pkt->stat);
		return;
	}
	nat64_count_translated(ctx->inst, ctx->is6, pkt, false);
	trace_nat64_translate(ctx->inst, pkt, ctx->is6);
	if (pkt->hairpin)
		nat64_stats_inc(ctx->inst->stats, NAT64_STAT_HAIRPINNED);
}

/* What would have become of the packet is all that is done with it. */
static unsigned int nat64_hook_traced(const struct nat64_hook_ctx *ctx,
				      struct nat64_pkt *pkt,
				      enum nat64_verdict verdict)
{
	nat64_trace_verdict(ctx->inst, ctx->cfg, pkt, verdict);
	nat64_route_set(pkt, NULL, false);
	return verdict == NAT64_ACCEPT ? NF_ACCEPT : NF_DROP;
}

static unsigned int nat64_hook_segments(const struct nat64_hook_ctx *ctx,
					struct sk_buff *skb);

/* One packet of ours, from here to its end. */
static unsigned int nat64_hook_packet(const struct nat64_hook_ctx *ctx,
				      struct sk_buff *skb)
{
	enum nat64_verdict verdict;
	struct nat64_pkt pkt NAT64_UNINITIALIZED;

	verdict = nat64_hook_translate(ctx, skb, &pkt);
	if (unlikely(pkt.trace))
		return nat64_hook_traced(ctx, &pkt, verdict);
	nat64_hook_count(ctx, &pkt, verdict);
	switch (verdict) {
	case NAT64_CONTINUE:
		return nat64_output(ctx->inst, ctx->cfg, &pkt);
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

/*
 * A packet at which nobody looks any closer. If it is but traced, the verdict
 * is written down, and true.
 */
static bool nat64_hook_would(const struct nat64_hook_ctx *ctx,
			     enum nat64_verdict verdict, enum nat64_stat stat)
{
	struct nat64_pkt pkt = { .trace = ctx->trace, .stat = stat };

	if (likely(!ctx->trace))
		return false;
	nat64_trace_verdict(ctx->inst, ctx->cfg, &pkt, verdict);
	return true;
}

static unsigned int nat64_hook_pass(const struct nat64_hook_ctx *ctx,
				    enum nat64_stat stat)
{
	if (!nat64_hook_would(ctx, NAT64_ACCEPT, stat))
		nat64_count(ctx->inst, ctx->is6, stat);
	return NF_ACCEPT;
}

static unsigned int nat64_hook_refuse(const struct nat64_hook_ctx *ctx,
				      struct sk_buff *skb, enum nat64_stat stat)
{
	if (nat64_hook_would(ctx, NAT64_DROP, stat))
		return NF_DROP;
	nat64_count_drop(ctx->inst, ctx->is6, skb, stat);
	return nat64_discard(skb, stat, nat64_is_output(ctx->state));
}

/*
 * IPv4 has no header for more than 65535 octets, and some GSO packets cannot be
 * translated as one: they are taken apart, once it is known that they are ours.
 * So their segments are, too: if the state of the packet has just gone, they
 * have nowhere to go. They are no GSO packets, so this does not nest.
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
		/* The egress filters of its cgroup look for the owner. */
		owned = !sk || skb->sk || skb_set_owner_sk_safe(skb, sk);
		verdict = !owned || skb_is_gso(skb) ? NF_DROP :
			  nat64_hook_packet(ctx, skb) & NF_VERDICT_MASK;
		if (verdict != NF_STOLEN)
			kfree_skb(skb);
	}
	return NF_STOLEN;
}

static void nat64_hook_trace_instance(const struct nat64_hook_ctx *ctx)
{
	struct nat64_note *note;

	note = nat64_trace_add(ctx->trace, NAT64_STEP_INSTANCE);
	note->has = NAT64_HAS(INSTANCE);
	strscpy(note->instance, ctx->inst->name, sizeof(note->instance));
	if (!ctx->is6)
		return;
	note->has |= NAT64_HAS(POOL6);
	note->pool6 = ctx->cfg->pool6[ctx->pool6];
}

static unsigned int nat64_hook_receive(const struct nat64_hook_ctx *ctx,
				       struct sk_buff *skb)
{
	if (unlikely(ctx->trace))
		nat64_hook_trace_instance(ctx);
	if (unlikely(!ctx->cfg->keys.manually_enabled))
		return nat64_hook_pass(ctx, NAT64_STAT_PASS_DISABLED);
	if (unlikely(skb_warn_if_lro(skb)))
		return nat64_hook_refuse(ctx, skb, NAT64_STAT_DROP_LRO);
	if (unlikely(nat64_is_too_deep()))
		return nat64_hook_refuse(ctx, skb, NAT64_STAT_DROP_LOOP);
	return nat64_hook_packet(ctx, skb);
}

/*
 * A packet of the router leaves by its route's device. What it says itself is a
 * tunnel it comes from, which may be in another VRF or namespace.
 */
static void nat64_hook_prepare(struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	if (nat64_is_output(state))
		skb->dev = skb_dst(skb)->dev;
}

/*
 * The stack would cut a large packet of a local program into fragments behind
 * us: let it be one that had been.
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

static unsigned int nat64_hook6(struct sk_buff *skb,
				const struct nf_hook_state *state,
				struct nat64_trace *trace)
{
	struct nat64_hook_ctx ctx = {
		.state = state, .trace = trace, .is6 = true,
	};
	enum nat64_verdict verdict;
	struct nat64_whose whose;

	if (unlikely(skb->pkt_type != PACKET_HOST))
		return NF_ACCEPT;
	verdict = nat64_whose6(skb, state, &whose);
	if (verdict == NAT64_ACCEPT)
		return NF_ACCEPT;
	ctx.inst = whose.inst;
	ctx.cfg = whose.cfg;
	ctx.pool6 = whose.pool6;
	if (unlikely(verdict == NAT64_DROP))
		return nat64_hook_refuse(&ctx, skb,
					 NAT64_STAT_DROP_SOURCE_IN_POOL6);
	nat64_hook_prepare6(skb, state);
	return nat64_hook_receive(&ctx, skb);
}

/* An address of pool4, or one of our own that has BIB entries. */
static bool nat64_hook_is_pool4(struct nat64_instance *inst,
				const struct nat64_config *cfg, u32 host)
{
	return nat64_pool4_set_covers(&cfg->pool4, host) ||
	       xa_load(&inst->addrs, host);
}

static unsigned int nat64_hook4(struct sk_buff *skb,
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
		if (!nat64_hook_is_pool4(inst, ctx.cfg, host))
			continue;
		if (unlikely(nat64_is_bridged(skb)))
			return NF_ACCEPT;
		nat64_hook_prepare(skb, state);
		/* Another instance may have other ports of the address. */
		verdict = nat64_hook_receive(&ctx, skb);
		if (verdict != NF_ACCEPT)
			return verdict;
	}
	return NF_ACCEPT;
}

static unsigned int nat64_hook_family(struct sk_buff *skb,
				      const struct nf_hook_state *state,
				      struct nat64_trace *trace)
{
	return state->pf == NFPROTO_IPV6 ? nat64_hook6(skb, state, trace) :
					   nat64_hook4(skb, state, trace);
}

/*
 * Programs send, and queues of user space give back, with softirqs on; all that
 * is ours runs with softirqs off. @priv is where a trace is written down.
 */
static unsigned int nat64_hook(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	unsigned int verdict;

	if (likely(in_softirq()))
		return nat64_hook_family(skb, state, priv);
	local_bh_disable();
	verdict = nat64_hook_family(skb, state, priv);
	local_bh_enable();
	return verdict;
}

static const struct nf_hook_ops nat64_hooks[] = {
	{
		.hook = nat64_hook,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_NAT_DST + 25,
	},
	{
		.hook = nat64_hook,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_NAT_DST + 25,
	},
	{
		.hook = nat64_hook,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_NAT_SRC - 1,
	},
	{
		.hook = nat64_hook,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_NAT_SRC - 1,
	},
};

/**
 * nat64_hook_trace - write down what would be done with a packet that came in
 * @skb: the packet as the stack would have it there; stays the caller's
 * @net: its network namespace
 * @trace: where to
 *
 * Context: RCU read lock.
 */
void nat64_hook_trace(struct sk_buff *skb, struct net *net,
		      struct nat64_trace *trace)
{
	const struct nf_hook_state state = {
		.hook = NF_INET_PRE_ROUTING,
		.pf = skb->protocol == htons(ETH_P_IPV6) ? NFPROTO_IPV6 :
							   NFPROTO_IPV4,
		.in = skb->dev,
		.net = net,
	};
	unsigned int last = trace->n;

	nat64_hook(trace, skb, &state);
	if (trace->n == last)
		nat64_trace_add(trace, NAT64_STEP_PASSED);
}

/**
 * nat64_hook_register - begin to see the packets of a network namespace
 * @net: the namespace
 *
 * Return: 0 or a negative errno.
 */
int nat64_hook_register(struct net *net)
{
	return nf_register_net_hooks(net, nat64_hooks, ARRAY_SIZE(nat64_hooks));
}

/**
 * nat64_hook_unregister - see no more packets
 * @net: the namespace
 *
 * Packets may still be on their way until synchronize_net() returns.
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
 * @net: the namespace; no packet is on its way to netfilter any more
 *
 * A packet of ours in an nfqueue of FORWARD will go on with a function of
 * ours. Netfilter drops all that wait whenever a hook is unregistered, but
 * packets that were on their way then may have been queued since: one more
 * hook comes and goes to have it done again.
 */
void nat64_hook_drain(struct net *net)
{
	if (!nf_register_net_hook(net, &nat64_hook_last))
		nf_unregister_net_hook(net, &nat64_hook_last);
}
