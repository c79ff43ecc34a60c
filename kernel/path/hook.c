// SPDX-License-Identifier: GPL-2.0
/*
 * hook.c - the netfilter hooks: find the instance that a packet is for
 *
 * The hooks are in PREROUTING after mangling and destination NAT, so that marks
 * select a pool4 entry and rules may redirect packets before us; and in OUTPUT
 * after filtering, for packets of local programs, so that rules see them as they
 * were sent. A further hook, the first of OUTPUT, marks ICMP errors of our own.
 *
 * handle.c then translates the packet. The hooks pass over instances with a device:
 * device.c hands these their packets.
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

/*
 * A local packet has no input device: use the device of its route, until
 * nat64_hook_leave(). Its skb->dev may be a stale tunnel device, perhaps of another
 * VRF or namespace.
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
 * Of a packet whose source does not translate: check whether the router itself sends
 * it to a node that it reaches without translation: by IPv6 one with an EAM entry,
 * by IPv4 one that pool6 translates.
 */
static bool nat64_hook_is_native(const struct nat64_received *rx,
				 const struct sk_buff *skb)
{
	if (!nat64_is_output(rx->state))
		return false;
	return rx->is6 ? !rx->siit->dprefix :
	       !nat64_eam_find4(rx->cfg->eamt, ip_hdr(skb)->daddr);
}

/*
 * Check whether a packet whose destination translates is passed because its source
 * does not: an ICMP error is translated nevertheless (RFC 6791). TCP and UDP are
 * decided here, unparsed; anything else may be an ICMP error, perhaps behind
 * extension headers, which nat64_siit64() finds out.
 */
static bool nat64_hook_passes(const struct nat64_received *rx,
			      const struct sk_buff *skb, u8 protocol)
{
	if (rx->siit->has_source || !rx->cfg->keys.manually_enabled ||
	    (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP &&
	     !nat64_hook_is_native(rx, skb)))
		return false;
	if (!rx->trace)
		nat64_count(rx->inst, rx->is6,
			    NAT64_STAT_PASS_NOT_TRANSLATABLE);
	return true;
}

/*
 * Check for a packet that no stateless translator looks at: one that we have
 * translated already, or one of the router to itself, as from 192.0.0.1 at a CLAT.
 */
static bool nat64_hook_bypasses(const struct sk_buff *skb,
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
	struct nat64_received rx = {
		.state = state, .trace = trace, .siit = &siit, .is6 = true,
	};
	unsigned int verdict;

	if (nat64_hook_bypasses(skb, state) || nat64_is_ndisc(skb))
		return NF_ACCEPT;
	list_for_each_entry_rcu(rx.inst, &nn->instances, node) {
		rx.cfg = rcu_dereference(rx.inst->config);
		if (!nat64_config_is_siit(rx.cfg) || rx.inst->by_device ||
		    !nat64_siit_match6(rx.cfg, ipv6_hdr(skb), &siit))
			continue;
		if (nat64_is_bridged(skb))
			return NF_ACCEPT;
		if (siit.dprefix && nat64_is_to_own6(skb, state))
			continue;
		nat64_trace_instance(trace, rx.inst, siit.dprefix);
		nat64_trace_siit6(trace, rx.cfg, ipv6_hdr(skb), &siit);
		if (nat64_hook_passes(&rx, skb, ipv6_hdr(skb)->nexthdr))
			continue;
		nat64_hook_prepare6(skb, state);
		verdict = nat64_handle(&rx, skb);
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
	struct nat64_received rx = {
		.state = state, .trace = trace, .siit = &siit,
	};
	unsigned int verdict;

	if (nat64_hook_bypasses(skb, state))
		return NF_ACCEPT;
	nat64_hook_prepare(skb, state);
	list_for_each_entry_rcu(rx.inst, &nn->instances, node) {
		rx.cfg = rcu_dereference(rx.inst->config);
		if (!nat64_config_is_siit(rx.cfg) || rx.inst->by_device ||
		    !nat64_siit_match4(rx.cfg, state->net, skb, &siit))
			continue;
		if (nat64_is_bridged(skb))
			return NF_ACCEPT;
		nat64_trace_instance(trace, rx.inst, NULL);
		nat64_trace_siit4(trace, rx.cfg, ip_hdr(skb), &siit);
		if (nat64_hook_passes(&rx, skb, ip_hdr(skb)->protocol))
			continue;
		verdict = nat64_handle(&rx, skb);
		if (verdict != NF_ACCEPT)
			return verdict;
	}
	return NF_ACCEPT;
}

static unsigned int nat64_receive6(struct sk_buff *skb,
				   const struct nf_hook_state *state,
				   struct nat64_trace *trace)
{
	struct nat64_received rx = {
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
	rx.inst = match.inst;
	rx.cfg = match.cfg;
	rx.pool6 = match.pool6;
	if (unlikely(verdict == NAT64_DROP))
		return nat64_handle_refuse(&rx, skb,
					   NAT64_STAT_DROP_SOURCE_IN_POOL6);
	nat64_trace_instance(trace, rx.inst, &rx.cfg->pool6[rx.pool6]);
	nat64_hook_prepare6(skb, state);
	return nat64_handle(&rx, skb);
}

static unsigned int nat64_receive4(struct sk_buff *skb,
				   const struct nf_hook_state *state,
				   struct nat64_trace *trace)
{
	struct nat64_received rx = { .state = state, .trace = trace };
	struct nat64_net *nn = nat64_net(state->net);
	u32 host = ntohl(ip_hdr(skb)->daddr);
	struct nat64_instance *inst;
	unsigned int verdict;

	if (unlikely(skb->pkt_type != PACKET_HOST))
		return NF_ACCEPT;
	list_for_each_entry_rcu(inst, &nn->instances, node) {
		rx.inst = inst;
		rx.cfg = rcu_dereference(inst->config);
		if (inst->by_device ||
		    !nat64_is_pool4(inst, rx.cfg, host))
			continue;
		if (unlikely(nat64_is_bridged(skb)))
			return NF_ACCEPT;
		nat64_trace_instance(trace, inst, NULL);
		nat64_hook_prepare(skb, state);
		/* Another instance may have other ports of the address. */
		verdict = nat64_handle(&rx, skb);
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

/* POSTROUTING would take the device of an accepted packet for its input device. */
static unsigned int nat64_hook_leave(bool softirq, struct sk_buff *skb,
				     struct net_device *dev,
				     unsigned int verdict)
{
	if (verdict == NF_ACCEPT)
		skb->dev = dev;
	if (unlikely(!softirq))
		local_bh_enable();
	return verdict;
}

/* @priv: NULL, or where to record a dry run. */
static unsigned int nat64_hook6(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct net_device *dev = skb->dev;
	bool softirq = nat64_hook_enter();

	return nat64_hook_leave(softirq, skb, dev,
				nat64_receive6(skb, state, priv));
}

static unsigned int nat64_hook4(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct net_device *dev = skb->dev;
	bool softirq = nat64_hook_enter();

	return nat64_hook_leave(softirq, skb, dev,
				nat64_receive4(skb, state, priv));
}

/* The first hook of OUTPUT: a later one may queue the packet to user space. */
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
	const struct nf_hook_state state = nat64_prerouting(skb, net);
	unsigned int last = trace->n;

	if (state.pf == NFPROTO_IPV6)
		nat64_hook6(trace, skb, &state);
	else
		nat64_hook4(trace, skb, &state);
	if (trace->n == last)
		nat64_trace_add(trace, NAT64_STEP_PASSED);
}

static unsigned int nat64_hook_none(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

/* Does nothing; see nat64_hook_drain(). */
static const struct nf_hook_ops nat64_hook_last = {
	.hook = nat64_hook_none,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_IN,
	.priority = NF_IP_PRI_LAST,
};

/**
 * nat64_hook_register - start receiving the packets of a network namespace
 * @net: the namespace
 *
 * Return: 0 or a negative errno.
 */
int nat64_hook_register(struct net *net)
{
	int err = nf_register_net_hook(net, &nat64_hook_last);

	if (err)
		return err;
	err = nf_register_net_hooks(net, nat64_hooks, ARRAY_SIZE(nat64_hooks));
	if (err)
		nf_unregister_net_hook(net, &nat64_hook_last);
	return err;
}

/**
 * nat64_hook_unregister - stop receiving packets
 * @net: the namespace
 *
 * Packets may still be in a hook until synchronize_net() returns; nat64_hook_drain()
 * is to be called then.
 */
void nat64_hook_unregister(struct net *net)
{
	nf_unregister_net_hooks(net, nat64_hooks, ARRAY_SIZE(nat64_hooks));
}

/**
 * nat64_hook_drain - drop the packets that wait for a verdict of user space
 * @net: the namespace; no packet enters a hook of ours any longer
 *
 * A translated packet in an nfqueue of FORWARD continues in a function of ours.
 * Netfilter drops all queued packets when a hook is unregistered, but packets
 * that were in a hook at that time may have been queued since. So the last hook is
 * unregistered only now, to flush the queues again. To register it here could fail.
 * Against a program that queues packets again and again it does not help: hence
 * nat64_instance_pin().
 */
void nat64_hook_drain(struct net *net)
{
	nf_unregister_net_hook(net, &nat64_hook_last);
}
