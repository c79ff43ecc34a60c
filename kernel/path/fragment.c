// SPDX-License-Identifier: GPL-2.0
/*
 * fragment.c - reassembly (RFC 6146 s3.4) and fragmentation (RFC 7915 s4)
 *
 * The kernel's own queues hold the fragments, with its limits of memory and time.
 * Only fragments to pool6 and pool4 are reassembled; others are forwarded
 * unchanged.
 *
 * The IPv4 stack fragments packets to IPv4. Those to IPv6 are fragmented here,
 * because they carry the identification of IPv4.
 */
#include "path/path.h"

#include <net/ip.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include "compat.h"
#include "packet/geometry.h"

/* Headers of an IPv6 fragment, in bytes. */
#define NAT64_FRAGMENT_OVERHEAD (sizeof(struct ipv6hdr) + \
				 sizeof(struct frag_hdr))

/* Get the socket that owns a fragment of a local program, or NULL. */
static struct sock *nat64_defrag_owner(const struct nat64_pkt *pkt)
{
	return pkt->local && pkt->skb->sk == pkt->sk ? pkt->sk : NULL;
}

/*
 * Restore the owner, which reassembly clears and egress filters need. The sender
 * holds a reference to @sk. Returns false if the socket is being freed.
 */
static bool nat64_defrag_own(struct sk_buff *skb, struct sock *sk)
{
	return !sk || skb->sk || skb_set_owner_sk_safe(skb, sk);
}

/**
 * nat64_defrag6 - add an IPv6 fragment to its datagram
 * @pkt: the fragment
 * @net: its network namespace
 *
 * Warning: may reallocate the data of the skb.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: NAT64_CONTINUE if the skb is the whole datagram now, NAT64_STOLEN if
 * the fragment is queued, or NAT64_DROP.
 */
enum nat64_verdict nat64_defrag6(struct nat64_pkt *pkt, struct net *net)
{
	struct sock *sk = nat64_defrag_owner(pkt);
	int err = nf_ct_frag6_gather(net, pkt->skb, pkt->local ?
				     IP6_DEFRAG_CONNTRACK_OUT :
				     IP6_DEFRAG_CONNTRACK_IN);

	if (err == -EINPROGRESS)
		return NAT64_STOLEN;
	if (err || !nat64_defrag_own(pkt->skb, sk))
		return nat64_drop(pkt, NAT64_STAT_DROP_FRAGMENT);
	return NAT64_CONTINUE;
}

/**
 * nat64_defrag4 - add an IPv4 fragment to its datagram
 * @pkt: the fragment
 * @net: its network namespace
 *
 * Warning: may reallocate the data of the skb.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: NAT64_CONTINUE if the skb is the whole datagram now, NAT64_STOLEN if
 * the fragment is queued or was invalid, or NAT64_DROP.
 */
enum nat64_verdict nat64_defrag4(struct nat64_pkt *pkt, struct net *net)
{
	struct sock *sk = nat64_defrag_owner(pkt);

	if (ip_defrag(net, pkt->skb, pkt->local ? IP_DEFRAG_CONNTRACK_OUT :
						  IP_DEFRAG_CONNTRACK_IN))
		return NAT64_STOLEN;
	if (!nat64_defrag_own(pkt->skb, sk))
		return nat64_drop(pkt, NAT64_STAT_DROP_FRAGMENT);
	pkt->skb->ignore_df = 1;
	return NAT64_CONTINUE;
}

/**
 * nat64_fragment_plan6 - set the fragment size of a packet to IPv6
 * @cfg: the configuration
 * @pkt: the packet, translated, which may be fragmented; without a route, it comes
 *	out of a device of ours
 *
 * RFC 7915 s4.1: a packet larger than lowest-ipv6-mtu is sent in fragments of
 * that size; one that came in fragments is sent in fragments with no more payload.
 */
void nat64_fragment_plan6(const struct nat64_config *cfg, struct nat64_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;
	unsigned int max = cfg->keys.xlat.lowest_ipv6_mtu;

	skb->ignore_df = 1;
	if (pkt->frag_max)
		max = min_t(unsigned int, max,
			    pkt->frag_max + NAT64_FRAGMENT_DIFF);
	max = min_t(unsigned int, max, pkt->dst ? dst_mtu(pkt->dst) :
						  READ_ONCE(skb->dev->mtu));
	if (sizeof(struct ipv6hdr) +
	    nat64_geometry_segment(skb, sizeof(struct ipv6hdr)) <= max)
		return;
	nat64_cb6(skb)->frag_max = max;
	nat64_cb6(skb)->frag_id = pkt->frag_id;
}

/* Set the More Fragments flag. */
static void nat64_fragment6_more(struct sk_buff *frag)
{
	struct frag_hdr *fh = (struct frag_hdr *)(ipv6_hdr(frag) + 1);

	fh->frag_off |= htons(IP6_MF);
}

/*
 * Begin to fragment a packet into payloads of @payload octets. A fragment that a
 * stateless translator has received is fragmented further: the new fragments take
 * its identification, and continue from its offset. Returns its More Fragments flag.
 */
static bool nat64_fragment6_begin(struct sk_buff *skb, unsigned int payload,
				  __be32 id, struct ip6_frag_state *state)
{
	const struct net_device *dev = skb_dst(skb) ? skb_dst(skb)->dev :
						      skb->dev;
	struct ipv6hdr *ip6h = ipv6_hdr(skb);
	const struct frag_hdr *fh = (const struct frag_hdr *)(ip6h + 1);
	bool again = ip6h->nexthdr == NEXTHDR_FRAGMENT;

	ip6_frag_init(skb, sizeof(*ip6h), payload, dev->needed_tailroom,
		      LL_RESERVED_SPACE(dev), &ip6h->nexthdr,
		      again ? fh->nexthdr : ip6h->nexthdr,
		      again ? fh->identification : id, state);
	if (!again)
		return false;
	state->ptr += sizeof(*fh);
	state->left -= sizeof(*fh);
	state->offset = ntohs(fh->frag_off & htons(IP6_OFFSET));
	return fh->frag_off & htons(IP6_MF);
}

typedef int nat64_fragment6_output(struct net *net, struct sock *sk,
				   struct sk_buff *skb);

/* Send one packet, in fragments of up to @max octets if it is larger. */
static int nat64_fragment6_one(struct net *net, struct sock *sk,
			       struct sk_buff *skb, unsigned int max,
			       __be32 id, nat64_fragment6_output *output)
{
	struct ip6_frag_state state;
	struct sk_buff *frag;
	int err = 0;
	bool more;

	if (skb->len <= max)
		return output(net, sk, skb);
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		err = skb_checksum_help(skb);
	/* The payload of a fragment is a multiple of eight octets. */
	max = max_t(unsigned int, max, NAT64_FRAGMENT_OVERHEAD + 8);
	more = nat64_fragment6_begin(skb, max - NAT64_FRAGMENT_OVERHEAD, id,
				     &state);
	while (!err && state.left) {
		frag = ip6_frag_next(skb, &state);
		err = PTR_ERR_OR_ZERO(frag);
		if (err)
			break;
		if (more && !state.left)
			nat64_fragment6_more(frag);
		IP6CB(frag)->flags = IP6SKB_FORWARDED | IP6SKB_FRAGMENTED;
		IP6CB(frag)->iif = IP6CB(skb)->iif;
		err = output(net, sk, frag);
	}
	if (err)
		kfree_skb(skb);
	else
		consume_skb(skb);
	return err;
}

/**
 * nat64_fragment6 - send an IPv6 packet in fragments
 * @net: its network namespace
 * @sk: socket of the local program that sent it, or NULL
 * @skb: the packet, without extension headers but for the Fragment Header of a
 *	fragment; consumed
 * @output: sends a packet
 *
 * Each segment of a GSO packet is a packet of its own: it is fragmented by itself,
 * with its own identification.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: 0 or a negative errno.
 */
int nat64_fragment6(struct net *net, struct sock *sk, struct sk_buff *skb,
		    int (*output)(struct net *net, struct sock *sk,
				  struct sk_buff *skb))
{
	unsigned int max = nat64_cb6(skb)->frag_max;
	__be32 id = nat64_cb6(skb)->frag_id;
	struct sk_buff *segs, *next;
	int err = 0;

	if (likely(!skb_is_gso(skb)))
		return nat64_fragment6_one(net, sk, skb, max, id, output);
	segs = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(segs)) {
		kfree_skb(skb);
		return -EINVAL;
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, skb, next) {
		skb_mark_not_on_list(skb);
		err = nat64_fragment6_one(net, sk, skb, max, id, output) ?: err;
		/* Increment as IPv4 does, in 16 bits. */
		id = htonl((ntohl(id) + 1) & 0xffff);
	}
	return err;
}
