// SPDX-License-Identifier: GPL-2.0
/*
 * local.c - which packets are the router's own, and which are for the NAT64
 *
 * Decided here for all that ask: the hooks, the fast path, filtering, traces
 * and ICMP errors.
 */
#include "path/path.h"

#include <net/netfilter/nf_socket.h>
#include <net/route.h>
#include <net/sock.h>

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

/**
 * nat64_has_socket4 - check whether a socket of the router takes a packet
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
