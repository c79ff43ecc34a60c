// SPDX-License-Identifier: GPL-2.0
/* route.c - where a packet will leave, and what fits there */
#include "path/path.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/dsfield.h>
#include <net/inet_dscp.h>
#include <net/ip.h>
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
	rt = ip_route_output_key(net, &fl4);
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
	struct flowi6 fl6 = {
		.flowi6_iif = pkt->skb->dev->ifindex,
		.flowi6_mark = pkt->skb->mark,
		.flowi6_proto = pkt->l4 == IPPROTO_ICMP ? IPPROTO_ICMPV6 :
							  pkt->l4,
		.flowlabel = ip6_make_flowinfo(ip_hdr(pkt->skb)->tos, 0),
		.saddr = pkt->t6.saddr,
		.daddr = pkt->t6.daddr,
		.fl6_sport = pkt->t6.sport,
		.fl6_dport = pkt->t6.dport,
	};
	struct dst_entry *dst;

	dst = ip6_route_input_lookup(net, pkt->skb->dev, &fl6, pkt->skb,
				     RT6_LOOKUP_F_HAS_SADDR);
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
