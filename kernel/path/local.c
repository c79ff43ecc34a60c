// SPDX-License-Identifier: GPL-2.0
/*
 * local.c - distinguish packets of the router itself from packets for the NAT64
 *
 * An IPv6 packet, by its addresses:
 *
 *	source		destination
 *	outside pool6	outside pool6	accepted
 *	outside pool6	inside pool6	translated
 *	inside pool6	inside pool6	dropped (RFC 6146 s5.4)
 *	inside pool6	outside pool6	dropped if received from a device; else
 *					accepted: we have translated it
 *
 * Inside pool6 means inside a prefix of any NAT64 of the namespace. A NAT64 with a
 * network device translates nothing here: of its prefixes, only the third row holds.
 * Every packet that a NAT64 translates to IPv6 has such a source. So none is
 * translated to IPv4 again, however it returns to a hook, and a packet is translated
 * at most twice.
 *
 * A prefix may cover an address of the router, and thus addresses of other
 * hosts. In such a namespace, packets to any address of the router are
 * accepted, and so are packets that the router sends from one.
 *
 * An IPv4 packet to pool4 belongs to its session. Without a session, a socket
 * of the router takes precedence over the NAT64; that the address is the
 * router's does not suffice.
 */
#include "path/path.h"

#include <linux/icmpv6.h>
#include <linux/netfilter_bridge.h>
#include <net/addrconf.h>
#include <net/l3mdev.h>
#include <net/ndisc.h>
#include <net/netfilter/nf_socket.h>
#include <net/route.h>
#include <net/sock.h>

/**
 * nat64_is_bridged - check whether a frame is for another station
 * @skb: the packet
 *
 * br_netfilter passes all frames that a bridge receives through PREROUTING, as if
 * they were for the router.
 *
 * Return: true if the bridge will not pass it to the stack.
 */
bool nat64_is_bridged(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	const struct nf_bridge_info *info = nf_bridge_info_get(skb);

	return info && info->pkt_otherhost;
#else
	return false;
#endif
}

/*
 * Check whether a packet with a source inside pool6 may be one that we
 * translated.
 */
static bool nat64_is_trusted(const struct nf_hook_state *state)
{
	return nat64_is_output(state) || state->in->flags & IFF_LOOPBACK;
}

static bool nat64_has_addr6(const struct sk_buff *skb,
			    const struct nf_hook_state *state,
			    const struct in6_addr *addr)
{
	const struct net_device *dev;

	dev = nat64_is_output(state) ? skb_dst(skb)->dev : skb->dev;
	return ipv6_chk_addr(state->net, addr, dev, 0);
}

/*
 * Check whether a packet is for an address of the router or, with @from, is
 * sent by the router from an address inside pool6.
 */
static bool nat64_is_own6(const struct sk_buff *skb,
			  const struct nf_hook_state *state, bool from)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);

	return nat64_has_addr6(skb, state, &ip6h->daddr) ||
	       (from && nat64_is_output(state) &&
		nat64_has_addr6(skb, state, &ip6h->saddr));
}

/**
 * nat64_is_to_own6 - check whether an IPv6 packet is for an address of the router
 * @skb: the packet
 * @state: the hook that it is at
 *
 * Return: true if it is, and pool6 covers an address of the router.
 */
bool nat64_is_to_own6(const struct sk_buff *skb,
		      const struct nf_hook_state *state)
{
	return unlikely(READ_ONCE(nat64_net(state->net)->covers_own)) &&
	       nat64_has_addr6(skb, state, &ipv6_hdr(skb)->daddr);
}

/**
 * nat64_is_returning - check for a packet that we may have translated
 * @skb: the packet
 * @state: the hook that it is at
 *
 * Without state, what was translated one way would be translated back. A
 * translated packet of a local program is at LOCAL_OUT of its new family, marked
 * like a forwarded packet; there, only ICMP errors of our own have that mark, too.
 * One that is delivered locally comes from a loopback device, as do other packets
 * that LOCAL_OUT has let pass.
 *
 * Return: true if a stateless translator must let it pass.
 */
bool nat64_is_returning(const struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	if (!nat64_is_output(state))
		return state->in->flags & IFF_LOOPBACK;
	return state->pf == NFPROTO_IPV6 ?
	       IP6CB(skb)->flags & IP6SKB_FORWARDED :
	       IPCB(skb)->flags & IPSKB_FORWARDED;
}

/**
 * nat64_is_ndisc - check for a message of Neighbor Discovery (RFC 4861)
 * @skb: an IPv6 packet
 *
 * If an EAM entry covers a link of the router, both addresses of such a message
 * translate, but it is for a neighbour and must stay on the link.
 *
 * Return: true if it is.
 */
bool nat64_is_ndisc(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	u8 buf, *type;

	if (ip6h->nexthdr != NEXTHDR_ICMP || ip6h->hop_limit != 255)
		return false;
	type = skb_header_pointer(skb, sizeof(*ip6h), sizeof(buf), &buf);
	return type && *type >= NDISC_ROUTER_SOLICITATION &&
	       *type <= NDISC_REDIRECT;
}

/**
 * nat64_is_translated6 - check for the source of a packet that a NAT64 translated
 * @net: the network namespace
 * @saddr: the source
 *
 * Context: RCU read lock.
 *
 * Return: true if it is inside pool6 of a NAT64: none translates it again.
 */
bool nat64_is_translated6(struct net *net, const struct in6_addr *saddr)
{
	const struct nat64_config *cfg;
	struct nat64_instance *inst;

	list_for_each_entry_rcu(inst, &nat64_net(net)->instances, node) {
		cfg = rcu_dereference(inst->config);
		if (!nat64_config_is_siit(cfg) &&
		    nat64_config_pool6(cfg, saddr) >= 0)
			return true;
	}
	return false;
}

/**
 * nat64_match6 - find the NAT64 that an IPv6 packet is for
 * @skb: the packet
 * @state: the hook that it is at
 * @match: set to the instance that it is for, or that drops it
 *
 * Context: RCU read lock.
 *
 * Return: NAT64_CONTINUE to translate it, NAT64_ACCEPT, or NAT64_DROP if its
 * source is inside pool6 and it is not one that we translated.
 */
enum nat64_verdict nat64_match6(const struct sk_buff *skb,
				const struct nf_hook_state *state,
				struct nat64_match *match)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct nat64_net *nn = nat64_net(state->net);
	bool from = false, from_device = false, to = false;
	struct nat64_instance *inst;

	list_for_each_entry_rcu(inst, &nn->instances, node) {
		const struct nat64_config *cfg = rcu_dereference(inst->config);
		bool is_from;
		int idx;

		if (nat64_config_is_siit(cfg))
			continue;
		is_from = nat64_config_pool6(cfg, &ip6h->saddr) >= 0;
		if (inst->by_device) {
			from_device |= is_from;
			continue;
		}
		idx = nat64_config_pool6(cfg, &ip6h->daddr);
		if (unlikely(is_from) || (idx >= 0 && !from)) {
			match->inst = inst;
			match->cfg = cfg;
			match->pool6 = idx;
		}
		from |= is_from;
		to |= idx >= 0;
	}
	if (!from && !to)
		return NAT64_ACCEPT;
	if (unlikely(nat64_is_bridged(skb)))
		return NAT64_ACCEPT;
	if (unlikely(READ_ONCE(nn->covers_own)) &&
	    nat64_is_own6(skb, state, from))
		return NAT64_ACCEPT;
	if (likely(!from && !from_device))
		return NAT64_CONTINUE;
	return to || !nat64_is_trusted(state) ? NAT64_DROP : NAT64_ACCEPT;
}

/**
 * nat64_is_pool4 - check whether an IPv4 address is one of a NAT64
 * @inst: the instance
 * @cfg: its configuration
 * @host: the address, in host byte order
 *
 * Context: RCU read lock.
 *
 * Return: true if it is in pool4, or has, or recently had, BIB entries.
 */
bool nat64_is_pool4(struct nat64_instance *inst,
		    const struct nat64_config *cfg, u32 host)
{
	return nat64_pool4_set_covers(&cfg->pool4, host) ||
	       xa_load(&inst->addrs, host);
}

/**
 * nat64_is_local4 - check whether the destination is an address of the router
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

/*
 * Check whether a socket that is bound to @dev, or to no device, receives the
 * packet.
 */
static bool nat64_socket4_on(const struct nat64_pkt *pkt, struct net *net,
			     const struct net_device *dev)
{
	struct sock *sk = nf_sk_lookup_slow_v4(net, pkt->skb, dev);

	if (!sk)
		return false;
	sock_gen_put(sk);
	return true;
}

/*
 * Check whether a socket of the router takes a TCP or UDP packet: one that
 * listens, is connected, or is in TIME_WAIT. A rule (tproxy) may have assigned
 * it already. For an ICMP error, it is the socket that sent the quoted packet.
 */
static bool nat64_has_socket4(const struct nat64_pkt *pkt, struct net *net)
{
	const struct net_device *dev = pkt->skb->dev, *vrf;

	if ((pkt->skb->sk && !pkt->local) || nat64_socket4_on(pkt, net, dev))
		return true;
	vrf = l3mdev_master_dev_rcu(dev);
	return vrf && nat64_socket4_on(pkt, net, vrf);
}

/*
 * Ping and raw sockets cannot be looked up, so the type of a query decides. An
 * echo reply without a session is for a local program. An echo request without
 * a BIB entry is for the echo server of the router (RFC 1812 s4.3.3.6), which
 * must not answer one that is @refused.
 */
static bool nat64_is_own_query4(const struct nat64_pkt *pkt,
				const struct nat64_bib *bib, bool refused)
{
	if (pkt->icmp_xlat.type == ICMPV6_ECHO_REPLY)
		return true;
	return !bib && !refused;
}

/**
 * nat64_is_own4 - check whether a sessionless IPv4 packet bypasses the NAT64
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet; @pkt->t4 is valid if @pkt->addressed
 * @bib: BIB entry of its destination, or NULL
 * @refused: it must not be translated (RFC 7915 s4.1)
 *
 * A transport address that has a BIB entry or is in pool4 belongs to the NAT64,
 * even at an address of the router, unless a socket of the router takes the packet
 * (RFC 5382 s4.3).
 *
 * Context: softirqs off, RCU read lock. Looks up an address and a socket: not for
 * packets of established sessions.
 *
 * Return: true if the router receives it, or forwards it untranslated.
 */
noinline bool nat64_is_own4(const struct nat64_instance *inst,
			    const struct nat64_config *cfg,
			    struct nat64_pkt *pkt, const struct nat64_bib *bib,
			    bool refused)
{
	bool internal;

	if (!bib && pkt->addressed &&
	    !nat64_pool4_set_has(&cfg->pool4, pkt->proto, pkt->t4.daddr,
				 pkt->t4.dport))
		return true;
	/* What is for the router is not routed into a device. */
	if (pkt->device || !nat64_is_local4(pkt, inst->net))
		return false;
	if (!pkt->addressed)
		return true;
	/* Packets of the router to itself, and errors about packets it sent. */
	internal = pkt->local || pkt->skb->dev->flags & IFF_LOOPBACK;
	if (!bib && (internal || pkt->is_error))
		return true;
	if (pkt->proto == NAT64_ICMP && !pkt->is_error)
		return nat64_is_own_query4(pkt, bib, refused);
	return nat64_has_socket4(pkt, inst->net);
}

/* Check whether a pool6 prefix of any instance covers an address. */
static bool nat64_covers6(struct nat64_net *nn, const struct in6_addr *addr)
{
	const struct nat64_instance *inst;

	list_for_each_entry_rcu(inst, &nn->instances, node)
		if (nat64_config_pool6(rcu_dereference(inst->config), addr) >= 0)
			return true;
	return false;
}

static bool nat64_prefixes_cover(const struct nat64_prefix6 *prefix,
				 unsigned int n, const struct in6_addr *addr)
{
	while (n--)
		if (prefix[n].len && nat64_rfc6052_contains(&prefix[n], addr))
			return true;
	return false;
}

static bool nat64_find_own6_dev(const struct net_device *dev,
				const struct nat64_prefix6 *prefix,
				unsigned int n, struct in6_addr *addr)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;
	bool found = false;

	if (!idev)
		return false;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa, &idev->addr_list, if_list) {
		found = nat64_prefixes_cover(prefix, n, &ifa->addr);
		if (found) {
			*addr = ifa->addr;
			break;
		}
	}
	read_unlock_bh(&idev->lock);
	return found;
}

/**
 * nat64_find_own6 - find an address of the router that pool6 covers
 * @net: the network namespace
 * @prefix: the prefixes; those without length are ignored
 * @n: number of prefixes
 * @addr: set to the address
 *
 * Context: process or softirq.
 *
 * Return: true if there is one.
 */
bool nat64_find_own6(struct net *net, const struct nat64_prefix6 *prefix,
		     unsigned int n, struct in6_addr *addr)
{
	const struct net_device *dev;
	bool found = false;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		found = nat64_find_own6_dev(dev, prefix, n, addr);
		if (found)
			break;
	}
	rcu_read_unlock();
	return found;
}

/**
 * nat64_local_sync - check a new configuration for addresses of the router
 * @net: the network namespace
 * @cfg: the configuration, already published
 *
 * nat64_match6() looks up the addresses of packets only if pool6 covers an
 * address of the router. nat64_net.covers_own is never cleared: it does no
 * harm, and clearing it would race.
 */
void nat64_local_sync(struct net *net, const struct nat64_config *cfg)
{
	struct in6_addr addr;

	/* Pairs with nat64_local_address(): one of the two sees the other. */
	smp_mb();
	if (nat64_find_own6(net, cfg->pool6, cfg->n_pool6, &addr))
		WRITE_ONCE(nat64_net(net)->covers_own, true);
}

/* The router has got an IPv6 address. Runs in any context. */
static int nat64_local_address(struct notifier_block *nb, unsigned long event,
			       void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;
	struct nat64_net *nn = nat64_net(dev_net(ifa->idev->dev));

	if (event != NETDEV_UP)
		return NOTIFY_DONE;
	/* Pairs with nat64_local_sync(). */
	smp_mb();
	rcu_read_lock();
	if (nat64_covers6(nn, &ifa->addr))
		WRITE_ONCE(nn->covers_own, true);
	rcu_read_unlock();
	return NOTIFY_DONE;
}

static struct notifier_block nat64_local_notifier = {
	.notifier_call = nat64_local_address,
};

/**
 * nat64_local_init - follow the IPv6 addresses of all network namespaces
 *
 * Return: 0 or a negative errno.
 */
int nat64_local_init(void)
{
	return register_inet6addr_notifier(&nat64_local_notifier);
}

/**
 * nat64_local_exit - undo nat64_local_init()
 */
void nat64_local_exit(void)
{
	unregister_inet6addr_notifier(&nat64_local_notifier);
}
