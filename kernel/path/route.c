// SPDX-License-Identifier: GPL-2.0
/* route.c - look up routes, and check packets against their MTU */
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
#include <net/nexthop.h>
#include <net/route.h>
#include <net/sock.h>
#include <net/xfrm.h>
#include "packet/geometry.h"
#include "packet/xlat.h"

/**
 * nat64_route4_by_ports - check whether ports may choose an IPv4 route
 * @net: the network namespace
 *
 * Return: true if multipath hashing or a routing rule may use them.
 */
bool nat64_route4_by_ports(const struct net *net)
{
#ifdef CONFIG_IP_MULTIPLE_TABLES
	if (net->ipv4.fib_rules_require_fldissect)
		return true;
#endif
#ifdef CONFIG_IP_ROUTE_MULTIPATH
	if (READ_ONCE(net->ipv4.sysctl_fib_multipath_hash_policy))
		return true;
#endif
	return false;
}

/*
 * Return the outgoing device for a lookup: the VRF of the input device, or 0.
 */
static int nat64_route_oif(const struct sk_buff *skb)
{
	return l3mdev_master_ifindex_rcu(skb->dev);
}

#ifdef CONFIG_IP_MULTIPLE_TABLES
/* Create a route, like those of the stack, for the next hop of a lookup. */
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

/* Check whether a route of the stack leads to a next hop. */
static bool nat64_route4_same(struct rtable *rt, const struct fib_info *fi,
			      const struct fib_nh_common *nhc)
{
	u8 family = nhc->nhc_scope == RT_SCOPE_LINK ? nhc->nhc_gw_family : 0;

	return rt->dst.dev == nhc->nhc_dev && rt->rt_gw_family == family &&
	       (family != AF_INET || rt->rt_gw4 == nhc->nhc_gw.ipv4) &&
	       (family != AF_INET6 ||
		ipv6_addr_equal(&rt->rt_gw6, &nhc->nhc_gw.ipv6)) &&
	       dst_metrics_ptr(&rt->dst) == fi->fib_metrics->metrics;
}

/* Check whether a route of the stack leads to one of several next hops. */
static bool nat64_route4_among(struct rtable *rt, struct fib_info *fi)
{
	unsigned int i;

	for (i = 0; i < fib_info_num_path(fi); i++)
		if (nat64_route4_same(rt, fi, fib_info_nhc(fi, i)))
			return true;
	return false;
}

/* Select one of several next hops by the flow, as the stack does. */
static void nat64_route4_choose(const struct net *net, struct fib_result *res,
				const struct flowi4 *fl4)
{
#ifdef CONFIG_IP_ROUTE_MULTIPATH
	struct flow_keys keys = {};
	unsigned int i;
	int hash;

	if (fib_info_num_path(res->fi) < 2)
		return;
	keys.control.addr_type = FLOW_DISSECTOR_KEY_IPV4_ADDRS;
	keys.addrs.v4addrs.src = fl4->saddr;
	keys.addrs.v4addrs.dst = fl4->daddr;
	if (nat64_route4_by_ports(net)) {
		keys.ports.src = fl4->fl4_sport;
		keys.ports.dst = fl4->fl4_dport;
		keys.basic.ip_proto = fl4->flowi4_proto;
	}
	hash = flow_hash_from_keys(&keys) >> 1;
	if (res->fi->nh) {
		nexthop_path_fib_result(res, hash);
		return;
	}
	for (i = 0; i < fib_info_num_path(res->fi); i++) {
		struct fib_nh *nh = &res->fi->fib_nh[i];

		if (hash <= atomic_read(&nh->fib_nh_upper_bound)) {
			res->nhc = &nh->nh_common;
			return;
		}
	}
#endif
}

/*
 * Apply routing rules. An output lookup ignores rules on the input device, and
 * an input lookup would validate the IPv4 source on it, although the packet
 * arrived as IPv6. Returns @rt, which may be an ERR_PTR, if the rules lead to
 * the same next hop or not to a plain route; else a route of our own or an
 * ERR_PTR.
 */
static struct rtable *nat64_route4_rules(const struct nat64_pkt *pkt,
					 struct net *net, struct flowi4 *fl4,
					 __be32 saddr, struct rtable *rt)
{
	struct flowi4 by_rules = *fl4;
	struct fib_result res = {};
	struct rtable *own;
	int err;

	if (!net->ipv4.fib_has_custom_rules || pkt->local)
		return rt;
	by_rules.saddr = saddr;
	by_rules.flowi4_oif = nat64_route_oif(pkt->skb);
	by_rules.flowi4_iif = pkt->skb->dev->ifindex;
	l3mdev_update_flow(net, flowi4_to_flowi(&by_rules));
	err = __fib_lookup(net, &by_rules, &res, FIB_LOOKUP_NOREF);
	if (!err && res.type == RTN_UNICAST)
		nat64_route4_choose(net, &res, &by_rules);
	if (!err && (res.type != RTN_UNICAST || res.nhc->nhc_lwtstate ||
		     (!IS_ERR(rt) && nat64_route4_among(rt, res.fi))))
		return rt;
	if (!IS_ERR(rt))
		ip_rt_put(rt);
	if (err)
		return ERR_PTR(err);
	own = nat64_route4_make(&res);
	if (!own)
		return ERR_PTR(-ENOBUFS);
	fl4->saddr = saddr ?: res.fi->fib_prefsrc ?:
		     inet_select_addr(own->dst.dev,
				      rt_nexthop(own, fl4->daddr),
				      RT_SCOPE_UNIVERSE);
	return own;
}
#else
static struct rtable *nat64_route4_rules(const struct nat64_pkt *pkt,
					 struct net *net, struct flowi4 *fl4,
					 __be32 saddr, struct rtable *rt)
{
	return rt;
}
#endif

/**
 * nat64_route_set - set the route of a packet
 * @pkt: the packet
 * @dst: the route; NULL releases the present one
 * @held: @dst has a reference, which the packet takes over
 */
void nat64_route_set(struct nat64_pkt *pkt, struct dst_entry *dst, bool held)
{
	if (pkt->dst_held)
		dst_release(pkt->dst);
	pkt->dst = dst;
	pkt->dst_held = held;
	nat64_trace_route(pkt);
}

/*
 * Drop a packet without a route. A blackhole route reports nothing, a prohibit
 * route "administratively prohibited", any other error "no route".
 */
static enum nat64_verdict nat64_no_route(struct nat64_pkt *pkt, int err,
					 u8 type, u8 none, u8 prohibited)
{
	if (err == -EINVAL)
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_ROUTE);
	return nat64_drop_reply(pkt, NAT64_STAT_DROP_NO_ROUTE, type,
				err == -EACCES ? prohibited : none, 0);
}

static void nat64_route_key(const struct nat64_pkt *pkt, u8 tos,
			    struct nat64_route_key *key)
{
	key->mark = pkt->skb->mark;
	key->iif = pkt->local ? LOOPBACK_IFINDEX : pkt->skb->dev->ifindex;
	key->tos = tos;
}

/* Return the TOS for a lookup; a hairpinned packet is IPv4 already. */
static u8 nat64_route_tos(const struct nat64_pkt *pkt)
{
	u8 field = pkt->hairpin ? ip_hdr(pkt->skb)->tos :
				  ipv6_get_dsfield(ipv6_hdr(pkt->skb));

	return field & INET_DSCP_MASK;
}

/* Cache the route of a packet for its session. */
static void nat64_route_learn(struct nat64_instance *inst,
			      const struct nat64_pkt *pkt, u8 tos, u32 *route)
{
	struct nat64_route_key key;
	u32 id;

	if (nat64_is_dry_run(pkt))
		return;
	nat64_route_key(pkt, tos, &key);
	id = nat64_route_keep(inst, pkt->dst, &key);
	if (id != READ_ONCE(*route))
		WRITE_ONCE(*route, id);
}

/*
 * Apply IPsec policy to a route: returns the route to use, or an ERR_PTR; takes
 * over the reference of @dst. Runs before translation, because the policy may
 * reduce the MTU.
 */
static struct dst_entry *nat64_route_policy(const struct nat64_pkt *pkt,
					    struct net *net,
					    struct dst_entry *dst,
					    const struct flowi *fl)
{
	/* A lookup without an SA would start a key exchange. */
	if (nat64_is_dry_run(pkt) || !nat64_has_policy(net, XFRM_POLICY_OUT))
		return dst;
	return xfrm_lookup(net, dst, fl, NULL, 0);
}

/*
 * Look up the route of an IPv4 flow; returns it, or an ERR_PTR. @cacheable is
 * set if the stack created the route: then the stack drops the route's
 * reference to a device that is unregistered.
 */
static struct rtable *nat64_route4_find(const struct nat64_pkt *pkt,
					struct net *net, struct flowi4 *fl4,
					bool *cacheable)
{
	struct rtable *plain, *rt;
	__be32 saddr = fl4->saddr;

	plain = ip_route_output_key(net, fl4);
	rt = nat64_route4_rules(pkt, net, fl4, saddr, plain);
	*cacheable = rt == plain;
	return rt;
}

/*
 * Check whether the stack routes a packet when it has come out of a device of ours.
 * It would refuse an error with a source address of the router (RFC 6791).
 */
static bool nat64_route4_by_stack(const struct nat64_pkt *pkt)
{
	return unlikely(pkt->device) && !(pkt->is_error && !pkt->t4.saddr);
}

/**
 * nat64_route4_known - use the cached IPv4 route of a session
 * @inst: the instance
 * @pkt: the packet, still IPv6
 * @ses: its session
 *
 * Return: true with @pkt->dst if there is one.
 */
bool nat64_route4_known(struct nat64_instance *inst, struct nat64_pkt *pkt,
			const struct nat64_session *ses)
{
	struct nat64_route_key key;
	struct dst_entry *dst;

	if (unlikely(pkt->device))
		return false;
	nat64_route_key(pkt, nat64_route_tos(pkt), &key);
	dst = nat64_route_get(inst, READ_ONCE(ses->route4), &key);
	nat64_route_set(pkt, dst, false);
	return dst;
}

/**
 * nat64_route4 - look up the route of a packet to IPv4
 * @inst: the instance
 * @pkt: the packet, still IPv6; with @pkt->t4, whose source is 0 if unknown
 * @ses: the session to cache the route for, or NULL
 * @own: set to the router's source address for the destination, in network byte
 *	order
 *
 * Return: NAT64_CONTINUE with @pkt->dst, unless it comes out of a device of ours;
 * or NAT64_DROP.
 */
enum nat64_verdict nat64_route4(struct nat64_instance *inst,
				struct nat64_pkt *pkt,
				struct nat64_session *ses, __be32 *own)
{
	bool ports = pkt->l4 != IPPROTO_ICMP, cacheable;
	u8 tos = nat64_route_tos(pkt);
	struct flowi4 fl4 = {};
	struct dst_entry *dst;
	struct rtable *rt;

	*own = 0;
	if (nat64_route4_by_stack(pkt))
		return NAT64_CONTINUE;
	flowi4_init_output(&fl4, nat64_route_oif(pkt->skb), pkt->skb->mark, tos,
			   RT_SCOPE_UNIVERSE, pkt->l4, FLOWI_FLAG_ANYSRC,
			   pkt->t4.daddr, pkt->t4.saddr,
			   ports ? pkt->t4.dport : 0, ports ? pkt->t4.sport : 0,
			   sock_net_uid(inst->net, NULL));
	rt = nat64_route4_find(pkt, inst->net, &fl4, &cacheable);
	if (IS_ERR(rt))
		return nat64_no_route(pkt, PTR_ERR(rt), ICMPV6_DEST_UNREACH,
				      ICMPV6_NOROUTE, ICMPV6_ADM_PROHIBITED);
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		ip_rt_put(rt);
		return nat64_drop(pkt, NAT64_STAT_DROP_ADDRESS4);
	}
	*own = fl4.saddr;
	dst = nat64_route_policy(pkt, inst->net, &rt->dst, flowi4_to_flowi(&fl4));
	if (IS_ERR(dst))
		return nat64_drop(pkt, NAT64_STAT_DROP_POLICY);
	nat64_route_set(pkt, dst, true);
	if (ses && cacheable && dst == &rt->dst)
		nat64_route_learn(inst, pkt, tos, &ses->route4);
	return NAT64_CONTINUE;
}

static void nat64_route6_flow(const struct nat64_pkt *pkt, struct flowi6 *fl6,
			      const struct in6_addr *daddr, u8 tos)
{
	bool icmp = pkt->l4 == IPPROTO_ICMP;

	memset(fl6, 0, sizeof(*fl6));
	fl6->flowi6_iif = pkt->local ? LOOPBACK_IFINDEX :
				       pkt->skb->dev->ifindex;
	fl6->flowi6_mark = pkt->skb->mark;
	fl6->flowi6_proto = icmp ? IPPROTO_ICMPV6 : pkt->l4;
	fl6->flowlabel = ip6_make_flowinfo(tos, 0);
	fl6->saddr = pkt->t6.saddr;
	fl6->daddr = *daddr;
	fl6->fl6_sport = icmp ? 0 : pkt->t6.sport;
	fl6->fl6_dport = icmp ? 0 : pkt->t6.dport;
}

/* Look up the IPv6 route as if received on skb->dev. */
static struct dst_entry *nat64_route6_find(const struct nat64_pkt *pkt,
					   struct net *net, struct flowi6 *fl6)
{
	/* Given the packet, multipath would hash its IPv4 headers. */
	return ip6_route_input_lookup(net, pkt->skb->dev, fl6, NULL,
				      RT6_LOOKUP_F_HAS_SADDR);
}

/**
 * nat64_route6_known - use the cached IPv6 route of a session
 * @inst: the instance
 * @pkt: the packet, still IPv4
 * @ses: its session
 *
 * Return: true with @pkt->dst if there is one.
 */
bool nat64_route6_known(struct nat64_instance *inst, struct nat64_pkt *pkt,
			const struct nat64_session *ses)
{
	struct nat64_route_key key;
	struct dst_entry *dst;

	if (unlikely(pkt->device))
		return false;
	nat64_route_key(pkt, ip_hdr(pkt->skb)->tos, &key);
	dst = nat64_route_get(inst, READ_ONCE(ses->route6), &key);
	nat64_route_set(pkt, dst, false);
	return dst;
}

/**
 * nat64_route6_fib - look up the route of a packet to IPv6, without IPsec policy
 * @inst: the instance
 * @pkt: the packet, still IPv4; with @pkt->t6, whose source is :: if unknown
 *
 * Return: NAT64_CONTINUE with @pkt->dst, or NAT64_DROP.
 */
enum nat64_verdict nat64_route6_fib(struct nat64_instance *inst,
				    struct nat64_pkt *pkt)
{
	struct dst_entry *dst;
	struct flowi6 fl6;
	int err;

	nat64_route6_flow(pkt, &fl6, &pkt->t6.daddr, ip_hdr(pkt->skb)->tos);
	dst = nat64_route6_find(pkt, inst->net, &fl6);
	err = dst->error;
	if (err) {
		dst_release(dst);
		return nat64_no_route(pkt, err, ICMP_DEST_UNREACH,
				      ICMP_HOST_UNREACH, ICMP_PKT_FILTERED);
	}
	nat64_route_set(pkt, dst, true);
	return NAT64_CONTINUE;
}

/**
 * nat64_route6_policy - apply IPsec policy to the route of a packet to IPv6
 * @inst: the instance
 * @pkt: the packet, still IPv4; with @pkt->t6 and, of nat64_route6_fib(), @pkt->dst
 * @saddr: the source that it will have
 *
 * Return: NAT64_CONTINUE with @pkt->dst, or NAT64_DROP.
 */
enum nat64_verdict nat64_route6_policy(struct nat64_instance *inst,
				       struct nat64_pkt *pkt,
				       const struct in6_addr *saddr)
{
	struct dst_entry *found = pkt->dst, *dst;
	struct flowi6 fl6;

	nat64_route6_flow(pkt, &fl6, &pkt->t6.daddr, ip_hdr(pkt->skb)->tos);
	fl6.saddr = *saddr;
	dst = nat64_route_policy(pkt, inst->net, found, flowi6_to_flowi(&fl6));
	if (dst == found)
		return NAT64_CONTINUE;
	/* Its reference has been taken over. */
	pkt->dst = NULL;
	pkt->dst_held = false;
	if (IS_ERR(dst))
		return nat64_drop(pkt, NAT64_STAT_DROP_POLICY);
	nat64_route_set(pkt, dst, true);
	return NAT64_CONTINUE;
}

/**
 * nat64_route6 - find the route of a packet to IPv6
 * @inst: the instance
 * @pkt: the packet, still IPv4; with @pkt->t6
 * @ses: the session to cache the route for, or NULL
 *
 * Return: NAT64_CONTINUE with @pkt->dst, unless it comes out of a device of ours;
 * or NAT64_DROP.
 */
noinline enum nat64_verdict nat64_route6(struct nat64_instance *inst,
					 struct nat64_pkt *pkt,
					 struct nat64_session *ses)
{
	enum nat64_verdict verdict;
	struct dst_entry *found;

	if (unlikely(pkt->device))
		return NAT64_CONTINUE;
	verdict = nat64_route6_fib(inst, pkt);
	if (verdict != NAT64_CONTINUE)
		return verdict;
	found = pkt->dst;
	verdict = nat64_route6_policy(inst, pkt, &pkt->t6.saddr);
	if (verdict == NAT64_CONTINUE && ses && pkt->dst == found)
		nat64_route_learn(inst, pkt, ip_hdr(pkt->skb)->tos,
				  &ses->route6);
	return verdict;
}

/*
 * Return the MTU of an IPv6 route. The stack forwards by the MTU of the device,
 * but fragments, and so refuses packets, by that of the route.
 */
static unsigned int nat64_route_mtu6(const struct dst_entry *dst)
{
	return max_t(unsigned int, IPV6_MIN_MTU,
		     min(ip6_dst_mtu_maybe_forward(dst, true), dst_mtu(dst)));
}

/*
 * In a device of ours, the stack compares a packet with the MTU of the next link
 * when it has come out, and reports an error, which is translated on its way back.
 */
static enum nat64_verdict nat64_mtu_device(struct nat64_pkt *pkt)
{
	pkt->mtus.mtu4 = READ_ONCE(pkt->skb->dev->mtu);
	pkt->mtus.mtu6 = pkt->mtus.mtu4;
	return NAT64_CONTINUE;
}

/**
 * nat64_mtu64 - check whether a packet to IPv4 fits its route
 * @pkt: the packet, still IPv6; with its route
 *
 * A packet of at most 1260 octets as IPv4, or one whose sender has fragmented it,
 * may be fragmented (RFC 7915 s5.1); the IPv4 stack does so.
 *
 * Return: NAT64_CONTINUE, or NAT64_DROP with Packet Too Big.
 */
enum nat64_verdict nat64_mtu64(struct nat64_pkt *pkt)
{
	unsigned int mtu, len;

	if (unlikely(!pkt->dst))
		return nat64_mtu_device(pkt);
	mtu = ip_dst_mtu_maybe_forward(pkt->dst, true);
	pkt->mtus.mtu4 = mtu;
	pkt->mtus.mtu6 = READ_ONCE(pkt->skb->dev->mtu);
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
 * nat64_mtu46 - check whether a packet to IPv6 fits its route
 * @pkt: the packet, still IPv4; with its route
 *
 * One with DF that does not is dropped; others are fragmented on output
 * (RFC 7915 s4).
 *
 * Return: NAT64_CONTINUE, or NAT64_DROP with Fragmentation Needed.
 */
enum nat64_verdict nat64_mtu46(struct nat64_pkt *pkt)
{
	unsigned int header = nat64_xlat46_len(pkt);
	unsigned int mtu, len;

	if (unlikely(!pkt->dst))
		return nat64_mtu_device(pkt);
	mtu = nat64_route_mtu6(pkt->dst);
	pkt->mtus.mtu6 = mtu;
	pkt->mtus.mtu4 = READ_ONCE(pkt->skb->dev->mtu);
	len = header + nat64_geometry_segment(pkt->skb, pkt->thoff);
	if (likely(len <= mtu) || !pkt->df || pkt->is_error)
		return NAT64_CONTINUE;
	return nat64_drop_reply(pkt, NAT64_STAT_DROP_TOO_BIG,
				ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
				mtu - header + sizeof(struct iphdr));
}

/**
 * nat64_mtu66 - check whether a packet from one IPv6 host fits the other's route
 * @pkt: the packet, as it was received
 * @net: its network namespace
 * @daddr: the other host
 *
 * Before the first translation, because an error quotes the packet as sent.
 *
 * Return: NAT64_CONTINUE, or NAT64_DROP with Packet Too Big.
 */
enum nat64_verdict nat64_mtu66(struct nat64_pkt *pkt, struct net *net,
			       const struct in6_addr *daddr)
{
	struct dst_entry *dst;
	unsigned int len, mtu;
	struct flowi6 fl6;

	if (unlikely(pkt->device))
		return nat64_mtu_device(pkt);
	nat64_route6_flow(pkt, &fl6, daddr,
			  ipv6_get_dsfield(ipv6_hdr(pkt->skb)));
	dst = nat64_route6_find(pkt, net, &fl6);
	mtu = nat64_route_mtu6(dst);
	dst_release(dst);
	len = sizeof(struct ipv6hdr) +
	      nat64_geometry_segment(pkt->skb, pkt->thoff);
	if (likely(len <= mtu) || pkt->fragment)
		return NAT64_CONTINUE;
	return nat64_drop_reply(pkt, NAT64_STAT_DROP_TOO_BIG,
				ICMPV6_PKT_TOOBIG, 0, mtu);
}
