// SPDX-License-Identifier: GPL-2.0
/* geometry.c - room for the new header, and what the stack knows of its place */
#include "packet/geometry.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>
#include "packet/l4csum.h"

/**
 * nat64_geometry_writable - make headers our own to write
 * @skb: the packet
 * @len: so many octets of it
 *
 * Warning: may reallocate the data of @skb.
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_geometry_writable(struct sk_buff *skb, unsigned int len)
{
	/* What the checksum was computed over changes now. */
	skb_forward_csum(skb);
	/* Clones share what says which kind of GSO packet it is. */
	if (skb_is_gso(skb) && skb_unclone(skb, GFP_ATOMIC | __GFP_NOWARN))
		return -ENOMEM;
	return skb_ensure_writable(skb, min(len, skb->len));
}

/* Do the parts of a fraglist packet lie as segments of one packet do? */
static bool nat64_geometry_is_even(const struct sk_buff *skb, unsigned int hdr)
{
	unsigned int size = skb_shinfo(skb)->gso_size;
	const struct sk_buff *part;

	if (skb_pagelen(skb) != hdr + size)
		return false;
	skb_walk_frags(skb, part)
		if (part->len > size || (part->next && part->len != size) ||
		    skb_has_frag_list(part))
			return false;
	return true;
}

/* The checksum of a GSO packet: the sum of its pseudo header. */
static void nat64_geometry_partial(struct sk_buff *skb, u8 l4, bool is6)
{
	unsigned int len = skb->len - skb_transport_offset(skb);
	__sum16 *check = l4 == IPPROTO_TCP ? &tcp_hdr(skb)->check :
					     &udp_hdr(skb)->check;

	*check = is6 ? ~csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
					&ipv6_hdr(skb)->daddr, len, l4, 0) :
		       ~csum_tcpudp_magic(ip_hdr(skb)->saddr,
					  ip_hdr(skb)->daddr, len, l4, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = l4 == IPPROTO_TCP ? offsetof(struct tcphdr, check) :
					       offsetof(struct udphdr, check);
}

/**
 * nat64_geometry_unlist - make a fraglist packet a plain GSO packet
 * @skb: the packet, without extension headers or options
 * @is6: it is IPv6
 *
 * The parts of a fraglist packet have lost the headers that they came with, to
 * get them back from the first; but then all in its family. A plain GSO packet
 * holds its data in the same way and is cut by the headers that it has.
 *
 * Warning: may reallocate the data of @skb.
 *
 * Return: false if it cannot be one: it has to be taken apart.
 */
bool nat64_geometry_unlist(struct sk_buff *skb, bool is6)
{
	u8 l4 = is6 ? ipv6_hdr(skb)->nexthdr : ip_hdr(skb)->protocol;
	unsigned int hdr = is6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	unsigned int end = hdr + (l4 == IPPROTO_TCP ? sizeof(struct tcphdr) :
						      sizeof(struct udphdr));

	if ((l4 != IPPROTO_TCP && l4 != IPPROTO_UDP) ||
	    (!is6 && ip_hdr(skb)->ihl != 5) || skb->len < end)
		return false;
	skb_set_transport_header(skb, hdr);
	if (nat64_geometry_writable(skb, end))
		return false;
	hdr += l4 == IPPROTO_TCP ? tcp_hdrlen(skb) : sizeof(struct udphdr);
	if (!nat64_geometry_is_even(skb, hdr))
		return false;
	nat64_geometry_partial(skb, l4, is6);
	skb_shinfo(skb)->gso_type &= ~SKB_GSO_FRAGLIST;
	return true;
}

/* What a tunnel's GSO packet may be, and mean the same in the other family. */
#define NAT64_TUNNEL_KEPT (SKB_GSO_UDP_TUNNEL | SKB_GSO_UDP_TUNNEL_CSUM | \
			   SKB_GSO_TCPV4 | SKB_GSO_TCPV6 | SKB_GSO_UDP_L4 | \
			   SKB_GSO_TCP_ECN | SKB_GSO_DODGY)

/**
 * nat64_geometry_agrees - is a GSO packet of its own kind?
 * @skb: the packet
 * @l4: IPPROTO_TCP, _UDP or _ICMP, by its header
 *
 * Return: false if it would be cut as something else than it is.
 */
bool nat64_geometry_agrees(const struct sk_buff *skb, u8 l4)
{
	unsigned int type = skb_shinfo(skb)->gso_type;

	if (nat64_l4csum_is_tunnel(skb))
		return l4 == IPPROTO_UDP && skb->encapsulation;
	if (type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6))
		return l4 == IPPROTO_TCP;
	if (type & SKB_GSO_UDP_L4)
		return l4 == IPPROTO_UDP &&
		       (skb->ip_summed == CHECKSUM_PARTIAL ||
			type & SKB_GSO_FRAGLIST);
	return l4 == IPPROTO_UDP && type & SKB_GSO_UDP;
}

/**
 * nat64_geometry_is_one - can a GSO packet be translated as it is?
 * @skb: the packet
 *
 * Return: true if it can.
 */
bool nat64_geometry_is_one(const struct sk_buff *skb)
{
	unsigned int type = skb_shinfo(skb)->gso_type;

	if (skb->len > NAT64_GSO_MAX ||
	    type & (SKB_GSO_FRAGLIST | SKB_GSO_UDP))
		return false;
	return !nat64_l4csum_is_tunnel(skb) || !(type & ~NAT64_TUNNEL_KEPT);
}

/**
 * nat64_geometry_one - make a GSO packet one that can be translated as it is
 * @skb: the packet, one that nat64_geometry_agrees() on
 * @is6: it is IPv6
 *
 * SKB_GSO_UDP is a datagram that will leave in fragments. It becomes one that
 * has come in fragments: what was parsed of it says so already.
 *
 * Warning: may reallocate the data of @skb.
 *
 * Return: false if it has to be taken apart.
 */
bool nat64_geometry_one(struct sk_buff *skb, bool is6)
{
	unsigned int type = skb_shinfo(skb)->gso_type;

	if (likely(nat64_geometry_is_one(skb)))
		return true;
	if (type & SKB_GSO_UDP) {
		if (skb_unclone(skb, GFP_ATOMIC))
			return false;
		skb_gso_reset(skb);
		return true;
	}
	return skb->len <= NAT64_GSO_MAX && type & SKB_GSO_FRAGLIST &&
	       nat64_geometry_unlist(skb, is6);
}

/* The new header begins at the data; the transport header did not move. */
static void nat64_geometry_settle(struct sk_buff *skb, unsigned int header,
				  __be16 protocol)
{
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, header);
	/* The link layer header is gone, as behind a tunnel. */
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	skb->protocol = protocol;
	skb_clear_hash(skb);
}

/**
 * nat64_geometry64 - put a bare IPv4 header in place of an IPv6 header
 * @skb: the packet, writable up to its transport header
 * @thoff: where its transport header is; extension headers go as well
 *
 * The segments of a GSO packet keep their size (RFC 7915 s1.2).
 */
void nat64_geometry64(struct sk_buff *skb, unsigned int thoff)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);

	__skb_pull(skb, thoff - sizeof(struct iphdr));
	nat64_geometry_settle(skb, sizeof(struct iphdr), htons(ETH_P_IP));
	/* A tunnel's packets inside stay what they are. */
	if (shinfo->gso_type & SKB_GSO_TCPV6 && !nat64_l4csum_is_tunnel(skb)) {
		shinfo->gso_type &= ~SKB_GSO_TCPV6;
		shinfo->gso_type |= SKB_GSO_TCPV4;
	}
}

/**
 * nat64_geometry46 - put a bare IPv6 header in place of an IPv4 header
 * @skb: the packet
 * @thoff: where its transport header is; options go as well
 * @headroom: what the outgoing device wants in front, in bytes
 *
 * Warning: may reallocate the data of @skb.
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_geometry46(struct sk_buff *skb, unsigned int thoff,
		     unsigned int headroom)
{
	struct skb_shared_info *shinfo;
	unsigned int grow;

	/* 60 octets of IPv4 header are more than an IPv6 header has. */
	if (thoff > sizeof(struct ipv6hdr)) {
		__skb_pull(skb, thoff - sizeof(struct ipv6hdr));
		thoff = sizeof(struct ipv6hdr);
	}
	grow = sizeof(struct ipv6hdr) - thoff;
	if (skb_cow_head(skb, grow + headroom))
		return -ENOMEM;
	__skb_push(skb, grow);
	nat64_geometry_settle(skb, sizeof(struct ipv6hdr), htons(ETH_P_IPV6));

	shinfo = skb_shinfo(skb);
	if (shinfo->gso_type & SKB_GSO_TCPV4 && !nat64_l4csum_is_tunnel(skb)) {
		shinfo->gso_type &= ~(SKB_GSO_TCPV4 | SKB_GSO_TCP_FIXEDID);
		shinfo->gso_type |= SKB_GSO_TCPV6;
	}
	return 0;
}

/**
 * nat64_geometry_gso - length of a segment from its transport header on
 * @skb: a GSO packet
 * @thoff: where that header is
 *
 * Return: bytes, of one full segment; of SKB_GSO_UDP, of its first fragment.
 */
unsigned int nat64_geometry_gso(const struct sk_buff *skb, unsigned int thoff)
{
	const struct skb_shared_info *shinfo = skb_shinfo(skb);
	unsigned int last = thoff, len = sizeof(struct udphdr);
	struct tcphdr buf, *th;

	/* What is cut are the packets inside; each has all headers before it. */
	if (nat64_l4csum_is_tunnel(skb))
		last = max_t(int, thoff, skb_inner_transport_offset(skb));
	if (shinfo->gso_type & SKB_GSO_UDP)
		return shinfo->gso_size;
	if (shinfo->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)) {
		th = skb_header_pointer(skb, last, sizeof(buf), &buf);
		len = th ? th->doff * 4 : sizeof(buf);
	}
	return last - thoff + len + shinfo->gso_size;
}
