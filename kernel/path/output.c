// SPDX-License-Identifier: GPL-2.0
/*
 * output.c - send a translated packet
 *
 * It is sent as the kernel forwards a packet: IPsec policy, the chain FORWARD of
 * the new family with the real devices, then POSTROUTING; a packet of a local
 * program passes OUTPUT instead of FORWARD, and the egress filters of its cgroup,
 * whatever the family of its socket.
 */
#include "path/path.h"

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/percpu.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include <net/xfrm.h>
#include "packet/l4csum.h"

/**
 * nat64_scrub - clear the state of a packet that belongs to its old family
 * @skb: the packet, translated
 *
 * It becomes untracked, not invalid: conntrack has not seen the translated packet.
 */
void nat64_scrub(struct sk_buff *skb)
{
	nf_reset_ct(skb);
	skb_set_nfct(skb, IP_CT_UNTRACKED);
	secpath_reset(skb);
	skb_clear_tstamp(skb);
	skb_dst_drop(skb);
	skb->ignore_df = 0;
	/* The control block of neither family is larger. */
	BUILD_BUG_ON(sizeof(struct inet_skb_parm) > sizeof(struct nat64_cb6));
	*nat64_cb6(skb) = (struct nat64_cb6){};
}

/**
 * nat64_set_priority4 - set the priority of an IPv4 packet by its TOS
 * @net: its network namespace, with the sysctl that may prevent it
 * @skb: the packet
 */
void nat64_set_priority4(struct net *net, struct sk_buff *skb)
{
	if (READ_ONCE(net->ipv4.sysctl_ip_fwd_update_priority))
		skb->priority = rt_tos2priority(ip_hdr(skb)->tos);
}

/*
 * The depth of nesting of packets in transmission on this CPU: a translated local
 * packet may be for another instance, and leave by a tunnel whose packets are for
 * the NAT64, too. Their sources prevent endless translation (path/local.c), but
 * netfilter rules may change those.
 */
#define NAT64_DEPTH_MAX 4
static DEFINE_PER_CPU(unsigned int, nat64_depth);

/**
 * nat64_is_too_deep - check whether packets are nested too deeply
 *
 * Context: softirqs off.
 *
 * Return: true if no further packet may be translated.
 */
bool nat64_is_too_deep(void)
{
	return __this_cpu_read(nat64_depth) >= NAT64_DEPTH_MAX;
}

static int nat64_finish4(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return dst_output(net, sk, skb);
}

static int nat64_finish6(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	if (nat64_cb6(skb)->frag_max)
		return nat64_fragment6(net, sk, skb, dst_output);
	return dst_output(net, sk, skb);
}

/*
 * Send a packet as the router sends its own: it has no input device. Only that of a
 * UDP tunnel keeps one, since segmentation reads skb->dev; the stack leaves the
 * tunnel's there, which does not carry the new family.
 */
static void nat64_output_local(u8 pf, struct net *net, struct nat64_pkt *pkt,
			       int (*finish)(struct net *net, struct sock *sk,
					     struct sk_buff *skb))
{
	struct sk_buff *skb = pkt->skb;
	struct net_device *out = skb_dst(skb)->dev;

	skb->dev = nat64_l4csum_is_tunnel(skb) ? out : NULL;
	NF_HOOK(pf, NF_INET_LOCAL_OUT, net, pkt->sk, skb, NULL, out, finish);
}

static void nat64_output4(struct net *net, const struct nat64_config *cfg,
			  struct nat64_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;
	bool to_us = skb_rtable(skb)->rt_flags & RTCF_LOCAL;

	IPCB(skb)->iif = skb->dev->ifindex;
	IPCB(skb)->flags = IPSKB_FORWARDED;
	/* The stack fragments it to the size that it had, or smaller. */
	if (pkt->frag_max) {
		IPCB(skb)->frag_max_size =
			max_t(int, pkt->frag_max - NAT64_FRAGMENT_DIFF, 68);
		skb->ignore_df = 1;
	}
	nat64_set_priority4(net, skb);
	if (pkt->local)
		nat64_output_local(NFPROTO_IPV4, net, pkt, nat64_finish4);
	else if (to_us || !cfg->keys.forward_chain)
		nat64_finish4(net, NULL, skb);
	else
		NF_HOOK(NFPROTO_IPV4, NF_INET_FORWARD, net, NULL, skb,
			skb->dev, skb_dst(skb)->dev, nat64_finish4);
}

/*
 * Deliver a packet to the router itself. Like ip6_rcv(), set the transport
 * header to the end of the IPv6 header, even if a Fragment Header follows.
 */
static void nat64_input6(struct sk_buff *skb)
{
	skb_set_transport_header(skb, sizeof(struct ipv6hdr));
	dst_input(skb);
}

static void nat64_output6(struct net *net, const struct nat64_config *cfg,
			  struct nat64_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;
	struct dst_entry *dst = skb_dst(skb);

	IP6CB(skb)->iif = skb->dev->ifindex;
	IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
	IP6CB(skb)->flags = IP6SKB_FORWARDED;
	if (!pkt->df)
		nat64_fragment_plan6(cfg, pkt);
	if (pkt->local)
		nat64_output_local(NFPROTO_IPV6, net, pkt, nat64_finish6);
	else if (((struct rt6_info *)dst)->rt6i_flags & RTF_LOCAL)
		nat64_input6(skb);
	else if (!cfg->keys.forward_chain)
		nat64_finish6(net, NULL, skb);
	else
		NF_HOOK(NFPROTO_IPV6, NF_INET_FORWARD, net, NULL, skb,
			skb->dev, dst->dev, nat64_finish6);
}

/**
 * nat64_output - send a translated packet
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet, with its route
 *
 * Consumes the skb, and the reference to the route.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: NF_STOLEN.
 */
unsigned int nat64_output(struct nat64_instance *inst,
			  const struct nat64_config *cfg,
			  struct nat64_pkt *pkt)
{
	bool is4 = pkt->skb->protocol == htons(ETH_P_IP);
	struct sk_buff *skb = pkt->skb;

	nat64_scrub(skb);
	/* An error of the router itself, for connection tracking to relate. */
	if (unlikely(pkt->device))
		nf_reset_ct(skb);
	if (pkt->dst_held)
		skb_dst_set(skb, pkt->dst);
	else
		skb_dst_set_noref(skb, pkt->dst);
	__this_cpu_inc(nat64_depth);
	if (is4)
		nat64_output4(inst->net, cfg, pkt);
	else
		nat64_output6(inst->net, cfg, pkt);
	__this_cpu_dec(nat64_depth);
	return NF_STOLEN;
}

/* Receive a packet on the device that it was sent into. */
static int nat64_output_receive(struct net *net, struct sock *sk,
				struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	unsigned int len = skb->len;

	skb_reset_mac_header(skb);
	__skb_tunnel_rx(skb, dev, net);
	if (netif_rx(skb) == NET_RX_SUCCESS)
		dev_sw_netstats_rx_add(dev, len);
	return 0;
}

/**
 * nat64_output_device - let a translated packet come out of its device
 * @cfg: the configuration
 * @pkt: the packet, without a route; consumed
 *
 * By the backlog of the CPU, as from a tunnel: it passes PREROUTING of its new
 * family, and however packets are routed, nothing nests.
 *
 * Return: NF_STOLEN.
 */
unsigned int nat64_output_device(const struct nat64_config *cfg,
				 struct nat64_pkt *pkt)
{
	struct net *net = dev_net(pkt->skb->dev);
	struct sk_buff *skb = pkt->skb;

	skb_orphan(skb);
	skb_clear_tstamp(skb);
	skb_dst_drop(skb);
	*nat64_cb6(skb) = (struct nat64_cb6){};
	if (skb->protocol == htons(ETH_P_IPV6) && !pkt->df)
		nat64_fragment_plan6(cfg, pkt);
	if (nat64_cb6(skb)->frag_max)
		nat64_fragment6(net, NULL, skb, nat64_output_receive);
	else
		nat64_output_receive(net, NULL, skb);
	return NF_STOLEN;
}
