// SPDX-License-Identifier: GPL-2.0
/* route.c - where a packet will leave, and what fits there */
#include "path/path.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/inetdevice.h>
#include <net/dsfield.h>
#include <net/inet_dscp.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_socket.h>
#include <net/route.h>
#include <net/sock.h>
#include "packet/geometry.h"

/* The destination whose routes the kernel should use: that of the VRF. */
static int nat64_route_oif(const struct sk_buff *skb)
{
	return l3mdev_master_ifindex_rcu(skb->dev);
}

#ifdef CONFIG_IP_MULTIPLE_TABLES
/* A route like those of the stack, of the next hop that a lookup has found. */
static struct rtable *nat64_route4_make(const struct fib_result *res)
{
	const struct fib_nh_common *nhc = res->nhc;
	struct rtable *rt = rt_dst_alloc(nhc->nhc_dev, 0, RTN_UNICAST, false);

	if (!rt)
		return NULL;
	if (nhc->nhc_gw_family && nhc->nhc_scope == RT_SCOPE_LINK) {
		rt->rt_uses_gateway = 1;
		rt->rt_gw_family = nhc->nhc_gw_family;
		if (nhc->nhc_gw_family == AF_INET)
			rt->rt_gw4 = nhc->nhc_gw.ipv4;
		else
			rt->rt_gw6 = nhc->nhc_gw.ipv6;
	}
	ip_dst_init_metrics(&rt->dst, res->fi->fib_metrics);
	return rt;
}

/*
 * The stack looks up routes by incoming device only for packets whose source
 * it deems right there, which ours are not: they came in as IPv6. So rules are
 * followed here. Returns NULL if there are none, or if what they lead to is
 * not a plain route: then the stack's own lookup serves; or an ERR_PTR.
 */
static struct rtable *nat64_route4_rules(const struct nat64_pkt *pkt,
					 struct net *net, struct flowi4 *fl4)
{
	struct fib_result res = {};
	struct rtable *rt;
	int err;

	if (!net->ipv4.fib_has_custom_rules || pkt->local)
		return NULL;
	fl4->flowi4_iif = pkt->skb->dev->ifindex;
	l3mdev_update_flow(net, flowi4_to_flowi(fl4));
	err = __fib_lookup(net, fl4, &res, 0);
	if (err)
		return ERR_PTR(err);
	if (res.type != RTN_UNICAST || res.nhc->nhc_lwtstate)
		return NULL;
	rt = nat64_route4_make(&res);
	if (rt && !fl4->saddr)
		fl4->saddr = res.fi->fib_prefsrc ?:
			     inet_select_addr(rt->dst.dev,
					      rt_nexthop(rt, fl4->daddr),
					      RT_SCOPE_UNIVERSE);
	return rt;
}
#else
static struct rtable *nat64_route4_rules(const struct nat64_pkt *pkt,
					 struct net *net, struct flowi4 *fl4)
{
	return NULL;
}
#endif

/* The route of a flow that leaves by IPv4, or an ERR_PTR. */
static struct rtable *nat64_route4_find(const struct nat64_pkt *pkt,
					struct net *net, struct flowi4 *fl4)
{
	struct flowi4 by_rules = *fl4;
	struct rtable *rt;

	rt = nat64_route4_rules(pkt, net, &by_rules);
	if (!rt)
		return ip_route_output_key(net, fl4);
	if (!IS_ERR(rt))
		fl4->saddr = by_rules.saddr;
	return rt;
}

/**
 * nat64_route4 - find the route of the IPv4 packet
 * @pkt: the packet, still IPv6; with @pkt->t4, whose source is 0 if it is not
 *	known yet
 * @net: its network namespace
 * @own: where to put the router's address towards the destination, in network
 *	byte order
 *
 * @pkt->dst holds the route with a reference.
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
enum nat64_verdict nat64_route4(struct nat64_pkt *pkt, struct net *net,
				__be32 *own)
{
	u8 tos = ipv6_get_dsfield(ipv6_hdr(pkt->skb)) & INET_DSCP_MASK;
	struct flowi4 fl4 = {};
	struct rtable *rt;

	flowi4_init_output(&fl4, nat64_route_oif(pkt->skb), pkt->skb->mark, tos,
			   RT_SCOPE_UNIVERSE, pkt->l4, FLOWI_FLAG_ANYSRC,
			   pkt->t4.daddr, pkt->t4.saddr, pkt->t4.dport,
			   pkt->t4.sport, sock_net_uid(net, NULL));
	rt = nat64_route4_find(pkt, net, &fl4);
	if (IS_ERR(rt))
		return nat64_drop_reply(pkt, NAT64_STAT_DROP_NO_ROUTE,
					ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE, 0);
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		ip_rt_put(rt);
		return nat64_drop(pkt, NAT64_STAT_DROP_ADDRESS4);
	}
	*own = fl4.saddr;
	dst_release(pkt->dst);
	pkt->dst = &rt->dst;
	return NAT64_CONTINUE;
}

/* The route to an inside host, as of a packet that came in as this one did. */
static struct dst_entry *nat64_route6_find(const struct nat64_pkt *pkt,
					   struct net *net,
					   const struct in6_addr *daddr, u8 tos)
{
	struct flowi6 fl6 = {
		.flowi6_iif = pkt->local ? LOOPBACK_IFINDEX :
					   pkt->skb->dev->ifindex,
		.flowi6_mark = pkt->skb->mark,
		.flowi6_proto = pkt->l4 == IPPROTO_ICMP ? IPPROTO_ICMPV6 :
							  pkt->l4,
		.flowlabel = ip6_make_flowinfo(tos, 0),
		.saddr = pkt->t6.saddr,
		.daddr = *daddr,
		.fl6_sport = pkt->t6.sport,
		.fl6_dport = pkt->t6.dport,
	};

	return ip6_route_input_lookup(net, pkt->skb->dev, &fl6, pkt->skb,
				      RT6_LOOKUP_F_HAS_SADDR);
}

/**
 * nat64_route6 - find the route of the IPv6 packet
 * @pkt: the packet, still IPv4; with @pkt->t6
 * @net: its network namespace
 *
 * The lookup is that of a packet which came in by the device that it came in
 * by. @pkt->dst holds the route with a reference.
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
enum nat64_verdict nat64_route6(struct nat64_pkt *pkt, struct net *net)
{
	struct dst_entry *dst;

	dst = nat64_route6_find(pkt, net, &pkt->t6.daddr,
				ip_hdr(pkt->skb)->tos);
	if (dst->error) {
		dst_release(dst);
		return nat64_drop_reply(pkt, NAT64_STAT_DROP_NO_ROUTE,
					ICMP_DEST_UNREACH, ICMP_HOST_UNREACH,
					0);
	}
	dst_release(pkt->dst);
	pkt->dst = dst;
	return NAT64_CONTINUE;
}

/**
 * nat64_mtu64 - does the IPv4 packet fit?
 * @pkt: the packet, still IPv6; with its route
 *
 * A packet that comes out with at most 1260 octets, or that its sender has
 * fragmented, may be fragmented (RFC 7915 s5.1); the IPv4 stack does so.
 *
 * Return: NAT64_CONTINUE, or NAT64_DROP with Packet Too Big.
 */
enum nat64_verdict nat64_mtu64(struct nat64_pkt *pkt)
{
	unsigned int mtu = ip_dst_mtu_maybe_forward(pkt->dst, true);
	unsigned int len;

	pkt->links.mtu4 = mtu;
	pkt->links.mtu6 = READ_ONCE(pkt->skb->dev->mtu);
	len = sizeof(struct iphdr) +
	      nat64_geometry_segment(pkt->skb, pkt->thoff);
	if (likely(len <= mtu) || pkt->fragment ||
	    len <= IPV6_MIN_MTU - NAT64_HEADER_DIFF || pkt->is_error)
		return NAT64_CONTINUE;
	mtu = max_t(unsigned int, mtu + NAT64_HEADER_DIFF, IPV6_MIN_MTU);
	return nat64_drop_reply(pkt, NAT64_STAT_DROP_TOO_BIG,
				ICMPV6_PKT_TOOBIG, 0, mtu);
}

/**
 * nat64_mtu46 - does the IPv6 packet fit?
 * @pkt: the packet, still IPv4; with its route
 *
 * A packet with DF that does not is refused; the others are fragmented by the
 * IPv6 stack (RFC 7915 s4).
 *
 * Return: NAT64_CONTINUE, or NAT64_DROP with Fragmentation Needed.
 */
enum nat64_verdict nat64_mtu46(struct nat64_pkt *pkt)
{
	unsigned int mtu = ip6_dst_mtu_maybe_forward(pkt->dst, true);
	unsigned int len;

	mtu = max_t(unsigned int, mtu, IPV6_MIN_MTU);
	pkt->links.mtu6 = mtu;
	pkt->links.mtu4 = READ_ONCE(pkt->skb->dev->mtu);
	len = sizeof(struct ipv6hdr) +
	      nat64_geometry_segment(pkt->skb, pkt->thoff);
	if (likely(len <= mtu) || !pkt->df || pkt->is_error)
		return NAT64_CONTINUE;
	return nat64_drop_reply(pkt, NAT64_STAT_DROP_TOO_BIG,
				ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
				mtu - NAT64_HEADER_DIFF);
}

/**
 * nat64_mtu66 - does a packet from one inside host to another fit?
 * @pkt: the packet, as it was received
 * @net: its network namespace
 * @daddr: the other host
 *
 * Asked before the packet is translated for the first time, for afterwards
 * there is nothing left that an error could quote to its sender.
 *
 * Return: NAT64_CONTINUE, or NAT64_DROP with Packet Too Big.
 */
enum nat64_verdict nat64_mtu66(struct nat64_pkt *pkt, struct net *net,
			       const struct in6_addr *daddr)
{
	struct dst_entry *dst;
	unsigned int len, mtu;

	dst = nat64_route6_find(pkt, net, daddr,
				ipv6_get_dsfield(ipv6_hdr(pkt->skb)));
	mtu = max_t(unsigned int, ip6_dst_mtu_maybe_forward(dst, true),
		    IPV6_MIN_MTU);
	dst_release(dst);
	len = sizeof(struct ipv6hdr) +
	      nat64_geometry_segment(pkt->skb, pkt->thoff);
	if (likely(len <= mtu) || pkt->fragment)
		return NAT64_CONTINUE;
	return nat64_drop_reply(pkt, NAT64_STAT_DROP_TOO_BIG,
				ICMPV6_PKT_TOOBIG, 0, mtu);
}

/**
 * nat64_is_local4 - is the destination an address of the router?
 * @pkt: an IPv4 packet
 * @net: its network namespace
 *
 * Return: true if it is.
 */
bool nat64_is_local4(struct nat64_pkt *pkt, struct net *net)
{
	return inet_addr_type_dev_table(net, pkt->skb->dev,
					ip_hdr(pkt->skb)->daddr) == RTN_LOCAL;
}

/**
 * nat64_has_socket4 - does a program on the router wait for this packet?
 * @pkt: an IPv4 packet to an address of the router
 * @net: its network namespace
 *
 * Return: true if one does.
 */
bool nat64_has_socket4(struct nat64_pkt *pkt, struct net *net)
{
	struct sock *sk = nf_sk_lookup_slow_v4(net, pkt->skb, pkt->skb->dev);

	if (!sk)
		return false;
	sock_gen_put(sk);
	return true;
}
