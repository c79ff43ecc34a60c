// SPDX-License-Identifier: GPL-2.0
/*
 * fastpath.c - translate established flows at ingress
 *
 * On the devices that the key "fastpath" names, a packet of a session with a
 * cached route goes from the ingress hook straight to its neighbour, as in
 * nf_flow_table. Netfilter and the rest of the stack do not see it. A packet
 * that is in any way unusual is left to the hooks of hook.c.
 */
#include "path/path.h"

#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/netfilter_netdev.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/neighbour.h>
#include <net/route.h>
#include <net/tcp.h>
#include <net/xfrm.h>
#include "compat.h"
#include "packet/geometry.h"
#include "path/tracepoint.h"
#include "table/acct.h"
#include "table/lifetime.h"

/**
 * struct nat64_ingress - a device with an ingress hook of ours
 */
struct nat64_ingress {
	/** @node: node in nat64_net.ingress_hooks */
	struct list_head node;
	/** @ops: the hook, with its device */
	struct nf_hook_ops ops;
};

/* The module is unloading: hooks are unregistered, and none is registered. */
static bool nat64_fast_ends;

/* Trim padding; returns false if the header gives another length. */
static bool nat64_fast_trim(struct sk_buff *skb, unsigned int len)
{
	return skb->len == len || (skb->len > len && !skb_is_gso(skb) &&
				   !pskb_trim_rcsum(skb, len));
}

static bool nat64_fast_valid6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h;

	if (!pskb_may_pull(skb, sizeof(*ip6h) + sizeof(struct udphdr)))
		return false;
	ip6h = ipv6_hdr(skb);
	if (ip6h->version != 6 || !ip6h->payload_len)
		return false;
	/* skb->cb is stale at ingress: clear it. */
	IP6CB(skb)->frag_max_size = 0;
	return nat64_fast_trim(skb, sizeof(*ip6h) + ntohs(ip6h->payload_len));
}

static bool nat64_fast_valid4(struct sk_buff *skb)
{
	const struct iphdr *iph;

	if (!pskb_may_pull(skb, sizeof(*iph) + sizeof(struct udphdr)))
		return false;
	iph = ip_hdr(skb);
	if (iph->version != 4 || iph->ihl != 5 || ip_is_fragment(iph) ||
	    ip_fast_csum((u8 *)iph, iph->ihl))
		return false;
	IPCB(skb)->frag_max_size = 0;
	return nat64_fast_trim(skb, ntohs(iph->tot_len));
}

/*
 * Check for a plain packet of UDP or TCP: it needs no answer and changes no TCP
 * state.
 */
static bool nat64_fast_ordinary(const struct nat64_pkt *pkt, unsigned int hdr)
{
	if (pkt->ttl <= 1 || pkt->fragment || pkt->no_check ||
	    pkt->thoff != hdr)
		return false;
	return pkt->l4 == IPPROTO_UDP ||
	       (pkt->l4 == IPPROTO_TCP &&
		!(pkt->tcp_flags & (TCPHDR_SYN | TCPHDR_FIN | TCPHDR_RST)));
}

/* Check for a session that has not expired. */
static bool nat64_fast_lives(const struct nat64_config *cfg,
			     const struct nat64_flow *flow)
{
	return flow->ses && !nat64_session_expired(cfg, flow->bib, flow->ses);
}

static void nat64_fast_count(struct nat64_instance *inst,
			     const struct nat64_pkt *pkt, bool is6)
{
	nat64_count_translated(inst, is6, pkt, true);
	nat64_acct_add(pkt->acct, is6, pkt->len);
	trace_nat64_translate(inst, pkt, is6);
}

/* Already modified: drop, never NF_ACCEPT. */
static noinline unsigned int nat64_fast_lost(struct nat64_instance *inst,
					     struct sk_buff *skb,
					     enum nat64_stat stat, bool is6)
{
	nat64_count_drop(inst, is6, skb, stat);
	return nat64_discard(skb, stat, false);
}

/* Send a translated packet to its neighbour. */
static unsigned int nat64_fast_emit(struct nat64_pkt *pkt,
				    struct neighbour *neigh, bool skip_cache)
{
	struct sk_buff *skb = pkt->skb;

	if (IS_ERR(neigh)) {
		kfree_skb(skb);
		return NF_STOLEN;
	}
	nat64_scrub(skb);
	skb_dst_set_noref(skb, pkt->dst);
	skb->dev = pkt->dst->dev;
	neigh_output(neigh, skb, skip_cache);
	return NF_STOLEN;
}

static unsigned int nat64_fast_emit4(struct net *net, struct nat64_pkt *pkt)
{
	struct neighbour *neigh;
	bool gw6 = false;

	nat64_set_priority4(net, pkt->skb);
	neigh = ip_neigh_for_gw((struct rtable *)pkt->dst, pkt->skb, &gw6);
	return nat64_fast_emit(pkt, neigh, gw6);
}

static unsigned int nat64_fast_emit6(struct nat64_pkt *pkt)
{
	const struct in6_addr *nexthop;

	nexthop = rt6_nexthop((struct rt6_info *)pkt->dst,
			      &ipv6_hdr(pkt->skb)->daddr);
	return nat64_fast_emit(pkt, ip_neigh_gw6(pkt->dst->dev, nexthop),
			       false);
}

/* Check for a cached route to a neighbour, on a link that the packet fits. */
static bool nat64_fast_route4(struct nat64_instance *inst,
			      struct nat64_pkt *pkt, struct nat64_session *ses)
{
	const struct rtable *rt;

	if (!nat64_route4_known(inst, pkt, ses))
		return false;
	rt = (const struct rtable *)pkt->dst;
	return rt->rt_type == RTN_UNICAST && !rt->dst.lwtstate &&
	       nat64_mtu64(pkt) == NAT64_CONTINUE &&
	       pkt->mtus.mtu4 >= sizeof(struct iphdr) +
			nat64_geometry_segment(pkt->skb, pkt->thoff);
}

static bool nat64_fast_route6(struct nat64_instance *inst,
			      const struct nat64_config *cfg,
			      struct nat64_pkt *pkt, struct nat64_session *ses)
{
	const struct rt6_info *rt;
	u32 mtu;

	if (!nat64_route6_known(inst, pkt, ses))
		return false;
	rt = (const struct rt6_info *)pkt->dst;
	if ((rt->rt6i_flags & RTF_LOCAL) || rt->dst.lwtstate ||
	    nat64_mtu46(pkt) != NAT64_CONTINUE)
		return false;
	mtu = pkt->mtus.mtu6;
	if (!pkt->df)
		mtu = min(mtu, cfg->keys.xlat.lowest_ipv6_mtu);
	return mtu >= sizeof(struct ipv6hdr) +
		      nat64_geometry_segment(pkt->skb, pkt->thoff);
}

/* Translate to IPv4; with NF_ACCEPT, the packet is unchanged. */
static __flatten unsigned int nat64_fast64(struct nat64_instance *inst,
					   const struct nat64_config *cfg,
					   struct nat64_pkt *pkt)
{
	struct nat64_flow flow;

	if (nat64_parse6(pkt) != NAT64_CONTINUE ||
	    !nat64_fast_ordinary(pkt, sizeof(struct ipv6hdr)) ||
	    nat64_extract4(cfg, pkt) != NAT64_CONTINUE)
		return NF_ACCEPT;
	nat64_lookup64(inst, pkt, &flow);
	if (!nat64_fast_lives(cfg, &flow) ||
	    !nat64_fast_route4(inst, pkt, flow.ses))
		return NF_ACCEPT;
	nat64_update64(inst, cfg, pkt, &flow);
	if (nat64_xlat64(pkt, &cfg->keys.xlat) != NAT64_CONTINUE)
		return nat64_fast_lost(inst, pkt->skb, pkt->stat, true);
	/* The stack, which is bypassed, would make room for the link header. */
	if (skb_cow_head(pkt->skb, LL_RESERVED_SPACE(pkt->dst->dev)))
		return nat64_fast_lost(inst, pkt->skb,
				       NAT64_STAT_DROP_NO_MEMORY, true);
	nat64_fast_count(inst, pkt, true);
	return nat64_fast_emit4(inst->net, pkt);
}

/* Translate to IPv6, likewise. */
static __flatten unsigned int nat64_fast46(struct nat64_instance *inst,
					   const struct nat64_config *cfg,
					   struct nat64_pkt *pkt)
{
	struct nat64_flow flow;

	if (nat64_parse4(pkt) != NAT64_CONTINUE ||
	    !nat64_fast_ordinary(pkt, sizeof(struct iphdr)))
		return NF_ACCEPT;
	nat64_lookup46(inst, pkt, &flow);
	if (!flow.bib || !nat64_fast_lives(cfg, &flow) ||
	    nat64_embed6(cfg, pkt, &flow) != NAT64_CONTINUE ||
	    !nat64_fast_route6(inst, cfg, pkt, flow.ses))
		return NF_ACCEPT;
	nat64_update46(inst, cfg, pkt, &flow);
	if (nat64_xlat46(pkt, &cfg->keys.xlat, LL_RESERVED_SPACE(pkt->dst->dev)) !=
							NAT64_CONTINUE)
		return nat64_fast_lost(inst, pkt->skb, pkt->stat, false);
	nat64_fast_count(inst, pkt, false);
	return nat64_fast_emit6(pkt);
}

static bool nat64_fast_wants(const struct nat64_instance *inst,
			     const struct nat64_config *cfg, int ifindex)
{
	unsigned int i;

	if (unlikely(inst->by_device))
		return false;
	for (i = 0; i < cfg->keys.n_fastpath; i++)
		if (READ_ONCE(inst->fastpath[i]) == ifindex)
			return cfg->keys.manually_enabled;
	return false;
}

static unsigned int nat64_fast_packet(struct nat64_instance *inst,
				      const struct nat64_config *cfg,
				      struct sk_buff *skb, int idx, bool is6)
{
	struct nat64_pkt pkt NAT64_UNINITIALIZED;

	nat64_pkt_begin(&pkt, skb, idx, false);
	return is6 ? nat64_fast64(inst, cfg, &pkt) :
		     nat64_fast46(inst, cfg, &pkt);
}

static unsigned int nat64_fast_receive6(struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	struct nat64_match match;

	if (nat64_match6(skb, state, &match) != NAT64_CONTINUE ||
	    !nat64_fast_wants(match.inst, match.cfg, state->in->ifindex))
		return NF_ACCEPT;
	return nat64_fast_packet(match.inst, match.cfg, skb, match.pool6, true);
}

static unsigned int nat64_fast_receive4(struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	u32 host = ntohl(ip_hdr(skb)->daddr);
	struct nat64_instance *inst;

	list_for_each_entry_rcu(inst, &nat64_net(state->net)->instances, node) {
		const struct nat64_config *cfg = rcu_dereference(inst->config);

		if (nat64_fast_wants(inst, cfg, state->in->ifindex) &&
		    nat64_pool4_set_covers(&cfg->pool4, host))
			return nat64_fast_packet(inst, cfg, skb, 0, false);
	}
	return NF_ACCEPT;
}

/* Check whether the stack receives packets of this family on a device. */
static bool nat64_fast_is_on(const struct net_device *dev, bool is6)
{
	const struct inet6_dev *idev;

	if (!is6)
		return __in_dev_get_rcu(dev);
	idev = __in6_dev_get(dev);
	return idev && !READ_ONCE(idev->cnf.disable_ipv6);
}

static unsigned int nat64_fast_ingress(void *priv, struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	bool is6 = skb->protocol == htons(ETH_P_IPV6);

	if ((!is6 && skb->protocol != htons(ETH_P_IP)) ||
	    skb->pkt_type != PACKET_HOST || skb_shared(skb) ||
	    skb_vlan_tag_present(skb) || skb_warn_if_lro(skb) ||
	    nat64_has_policy(state->net, XFRM_POLICY_FWD) ||
	    nat64_has_policy(state->net, XFRM_POLICY_OUT) ||
	    !nat64_fast_is_on(state->in, is6))
		return NF_ACCEPT;
	if (is6 ? !nat64_fast_valid6(skb) : !nat64_fast_valid4(skb))
		return NF_ACCEPT;
	if (skb_is_gso(skb) && !nat64_geometry_is_one(skb))
		return NF_ACCEPT;
	return is6 ? nat64_fast_receive6(skb, state) :
		     nat64_fast_receive4(skb, state);
}

static bool nat64_ingress_wanted(struct nat64_net *nn, int ifindex)
{
	struct nat64_instance *inst;
	unsigned int i;

	list_for_each_entry(inst, &nn->instances, node)
		for (i = 0; i < NAT64_FASTPATH_MAX; i++)
			if (inst->fastpath[i] == ifindex)
				return true;
	return false;
}

static bool nat64_ingress_exists(struct nat64_net *nn,
				 const struct net_device *dev)
{
	struct nat64_ingress *hook;

	list_for_each_entry(hook, &nn->ingress_hooks, node)
		if (hook->ops.dev == dev)
			return true;
	return false;
}

static void nat64_ingress_add(struct net *net, struct net_device *dev)
{
	struct nat64_ingress *hook = kzalloc(sizeof(*hook), GFP_KERNEL_ACCOUNT);

	lockdep_assert_held(&nat64_net(net)->ingress_mutex);
	if (!hook)
		return;
	hook->ops.hook = nat64_fast_ingress;
	hook->ops.dev = dev;
	hook->ops.pf = NFPROTO_NETDEV;
	hook->ops.hooknum = NF_NETDEV_INGRESS;
	if (nf_register_net_hook(net, &hook->ops)) {
		net_warn_ratelimited("%s: no ingress hook, so no fast path\n",
				     dev->name);
		kfree(hook);
		return;
	}
	list_add_tail(&hook->node, &nat64_net(net)->ingress_hooks);
}

/* Get the device with a name, or NULL; not @gone, which is unregistering. */
static struct net_device *nat64_ingress_find(struct net *net, const char *name,
					     const struct net_device *gone)
{
	struct net_device *dev = dev_get_by_name(net, name);

	/* The lookup also finds alternative names. */
	if (dev && dev != gone && !strcmp(dev->name, name))
		return dev;
	dev_put(dev);
	return NULL;
}

/* Resolve device names and attach ingress hooks. */
static void nat64_ingress_want(struct nat64_instance *inst,
			       const struct net_device *gone)
{
	char name[NAT64_FASTPATH_MAX][IFNAMSIZ];
	struct net_device *dev;
	unsigned int i;

	/* nat64_net.mutex would protect the keys, but may be held for long. */
	rcu_read_lock();
	memcpy(name, rcu_dereference(inst->config)->keys.fastpath,
	       sizeof(name));
	rcu_read_unlock();
	for (i = 0; i < NAT64_FASTPATH_MAX; i++) {
		dev = *name[i] ? nat64_ingress_find(inst->net, name[i], gone) :
				 NULL;
		WRITE_ONCE(inst->fastpath[i], dev ? dev->ifindex : 0);
		if (dev && !READ_ONCE(nat64_fast_ends) &&
		    !nat64_ingress_exists(nat64_net(inst->net), dev))
			nat64_ingress_add(inst->net, dev);
		dev_put(dev);
	}
}

static void nat64_ingress_del(struct net *net, struct nat64_ingress *hook)
{
	lockdep_assert_held(&nat64_net(net)->ingress_mutex);
	nf_unregister_net_hook(net, &hook->ops);
	list_del(&hook->node);
	kfree(hook);
}

/**
 * nat64_fastpath_sync - attach to the configured devices, detach from others
 * @net: the network namespace
 * @gone: a device that is being unregistered, or NULL
 *
 * Call it after each change of nat64_net.instances, of a configuration or of
 * devices: the last call sees the result of all changes before it.
 *
 * Context: process, perhaps under RTNL. Takes nat64_net.ingress_mutex.
 */
void nat64_fastpath_sync(struct net *net, const struct net_device *gone)
{
	struct nat64_net *nn = nat64_net(net);
	struct nat64_instance *inst;
	struct nat64_ingress *hook, *next;

	mutex_lock(&nn->ingress_mutex);
	if (nn->exiting)
		goto out;
	list_for_each_entry(inst, &nn->instances, node)
		nat64_ingress_want(inst, gone);
	list_for_each_entry_safe(hook, next, &nn->ingress_hooks, node)
		if (!nat64_ingress_wanted(nn, hook->ops.dev->ifindex))
			nat64_ingress_del(net, hook);
out:
	mutex_unlock(&nn->ingress_mutex);
}

/**
 * nat64_fastpath_stop - detach from all devices for good
 * @net: the network namespace, which is exiting
 *
 * Its devices may be unregistered at the same time, veth devices together with
 * those of other namespaces. Packets may still be in a hook until
 * synchronize_net() returns.
 *
 * Context: process. Takes nat64_net.ingress_mutex.
 */
void nat64_fastpath_stop(struct net *net)
{
	struct nat64_net *nn = nat64_net(net);
	struct nat64_ingress *hook, *next;

	mutex_lock(&nn->ingress_mutex);
	nn->exiting = true;
	list_for_each_entry_safe(hook, next, &nn->ingress_hooks, node)
		nat64_ingress_del(net, hook);
	mutex_unlock(&nn->ingress_mutex);
}

/* A device is registered, unregistered or renamed; under RTNL. */
static int nat64_fast_netdev(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (event == NETDEV_REGISTER || event == NETDEV_UNREGISTER ||
	    event == NETDEV_CHANGENAME)
		nat64_fastpath_sync(dev_net(dev),
				    event == NETDEV_UNREGISTER ? dev : NULL);
	return NOTIFY_DONE;
}

static struct notifier_block nat64_fast_notifier = {
	.notifier_call = nat64_fast_netdev,
};

/**
 * nat64_fastpath_init - follow the devices of all network namespaces
 *
 * Return: 0 or a negative errno.
 */
int nat64_fastpath_init(void)
{
	return register_netdevice_notifier(&nat64_fast_notifier);
}

/**
 * nat64_fastpath_exit - undo nat64_fastpath_init()
 */
void nat64_fastpath_exit(void)
{
	/* From now on, the removal of a device with a hook goes unnoticed. */
	WRITE_ONCE(nat64_fast_ends, true);
	unregister_netdevice_notifier(&nat64_fast_notifier);
}
