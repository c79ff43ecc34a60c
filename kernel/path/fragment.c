// SPDX-License-Identifier: GPL-2.0
/*
 * fragment.c - fragments are reassembled (RFC 6146 s3.4)
 *
 * The kernel's own queues hold them, with its limits of memory and time. Only
 * fragments to pool6 and pool4 get here: others pass the router as they are.
 */
#include "path/path.h"

#include <net/ip.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

/**
 * nat64_defrag6 - add an IPv6 fragment to its packet
 * @pkt: the fragment
 * @net: its network namespace
 *
 * Warning: may reallocate the data of the skb.
 *
 * Return: NAT64_CONTINUE if the skb is the whole packet now, NAT64_STOLEN if
 * it waits for others, or NAT64_DROP.
 */
enum nat64_verdict nat64_defrag6(struct nat64_pkt *pkt, struct net *net)
{
	int err = nf_ct_frag6_gather(net, pkt->skb, IP6_DEFRAG_CONNTRACK_IN);

	if (err == -EINPROGRESS)
		return NAT64_STOLEN;
	if (err)
		return nat64_drop(pkt, NAT64_STAT_DROP_FRAGMENT);
	return NAT64_CONTINUE;
}

/**
 * nat64_defrag4 - add an IPv4 fragment to its packet
 * @pkt: the fragment
 * @net: its network namespace
 *
 * Warning: may reallocate the data of the skb.
 *
 * Return: NAT64_CONTINUE if the skb is the whole packet now, or NAT64_STOLEN
 * if it waits for others or was bad.
 */
enum nat64_verdict nat64_defrag4(struct nat64_pkt *pkt, struct net *net)
{
	if (ip_defrag(net, pkt->skb, IP_DEFRAG_CONNTRACK_IN))
		return NAT64_STOLEN;
	pkt->skb->ignore_df = 1;
	return NAT64_CONTINUE;
}
