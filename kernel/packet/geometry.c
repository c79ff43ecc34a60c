// SPDX-License-Identifier: GPL-2.0
/* geometry.c - room for the new header, offsets and offload state of the skb */
#include "packet/geometry.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>
#include "packet/l4csum.h"

/**
 * nat64_geometry_writable - make the headers of a packet writable
 * @skb: the packet
 * @len: length of the headers, in bytes
 *
 * Warning: may reallocate the data of @skb.
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_geometry_writable(struct sk_buff *skb, unsigned int len)
{
	/* The octets that a full checksum covers are about to change. */
	skb_forward_csum(skb);
	/* Clones share gso_type. */
	if (skb_is_gso(skb) && skb_unclone(skb, GFP_ATOMIC | __GFP_NOWARN))
		return -ENOMEM;
	return skb_ensure_writable(skb, min(len, skb->len));
}

/* Check whether the parts of a fraglist packet are segments of equal size. */
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

/* Set the checksum of a GSO packet: the sum of its pseudo header. */
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
 * nat64_geometry_unlist - convert a fraglist packet to a plain GSO packet
 * @skb: the packet, without extension headers or options
 * @is6: the packet is IPv6
 *
 * Segmentation of a fraglist packet restores the headers that its parts came
 * with, of the old family. A plain GSO packet holds its data in the same way, and
 * is segmented by its present headers.
 *
 * Warning: may reallocate the data of @skb.
 *
 * Return: false if it cannot be converted: it must be segmented.
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

/* GSO types of a tunnel that mean the same in both families. */
#define NAT64_TUNNEL_KEPT (SKB_GSO_UDP_TUNNEL | SKB_GSO_UDP_TUNNEL_CSUM | \
			   SKB_GSO_TCPV4 | SKB_GSO_TCPV6 | SKB_GSO_UDP_L4 | \
			   SKB_GSO_TCP_ECN | SKB_GSO_DODGY)

/**
 * nat64_geometry_agrees - check the GSO type of a packet against its protocol
 * @skb: the packet
 * @l4: IPPROTO_TCP, _UDP or _ICMP, by its header
 *
 * Return: false if it would be segmented as another protocol.
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
 * nat64_geometry_is_one - check whether a GSO packet can be translated as one
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
 * nat64_geometry_one - prepare a GSO packet to be translated as one
 * @skb: the packet, which passed nat64_geometry_agrees()
 * @is6: the packet is IPv6
 *
 * SKB_GSO_UDP is a datagram to be sent in fragments. It becomes one that came in
 * fragments: the parser has set nat64_pkt.frag_max accordingly.
 *
 * Warning: may reallocate the data of @skb.
 *
 * Return: false if it must be segmented.
 */
noinline bool nat64_geometry_one(struct sk_buff *skb, bool is6)
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

/* Set the offsets: the new header begins at skb->data. */
static void nat64_geometry_settle(struct sk_buff *skb, unsigned int header,
				  __be16 protocol)
{
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, header);
	/* The link layer header is gone, as after decapsulation. */
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	skb->protocol = protocol;
	skb_clear_hash(skb);
}

/**
 * nat64_geometry64 - replace an IPv6 header by an IPv4 header
 * @skb: the packet, writable up to its transport header
 * @thoff: offset of its transport header; extension headers are removed
 *
 * The segments of a GSO packet keep their size (RFC 7915 s1.2).
 */
void nat64_geometry64(struct sk_buff *skb, unsigned int thoff)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);

	__skb_pull(skb, thoff - sizeof(struct iphdr));
	nat64_geometry_settle(skb, sizeof(struct iphdr), htons(ETH_P_IP));
	/* The inner packets of a tunnel are not translated. */
	if (shinfo->gso_type & SKB_GSO_TCPV6 && !nat64_l4csum_is_tunnel(skb)) {
		shinfo->gso_type &= ~SKB_GSO_TCPV6;
		shinfo->gso_type |= SKB_GSO_TCPV4;
	}
}

/**
 * nat64_geometry46 - replace an IPv4 header by an IPv6 header
 * @skb: the packet
 * @thoff: offset of its transport header; options are removed
 * @header: length of the new headers, in bytes
 * @headroom: headroom that the output device needs, in bytes
 *
 * Warning: may reallocate the data of @skb.
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_geometry46(struct sk_buff *skb, unsigned int thoff,
		     unsigned int header, unsigned int headroom)
{
	struct skb_shared_info *shinfo;
	unsigned int grow;

	/* An IPv4 header with options may be larger than an IPv6 header. */
	if (thoff > header) {
		__skb_pull(skb, thoff - header);
		thoff = header;
	}
	grow = header - thoff;
	if (skb_cow_head(skb, grow + headroom))
		return -ENOMEM;
	__skb_push(skb, grow);
	nat64_geometry_settle(skb, header, htons(ETH_P_IPV6));

	shinfo = skb_shinfo(skb);
	if (shinfo->gso_type & SKB_GSO_TCPV4 && !nat64_l4csum_is_tunnel(skb)) {
		shinfo->gso_type &= ~(SKB_GSO_TCPV4 | SKB_GSO_TCP_FIXEDID);
		shinfo->gso_type |= SKB_GSO_TCPV6;
	}
	return 0;
}

/**
 * nat64_geometry_gso - get the length of a segment from its transport header on
 * @skb: a GSO packet
 * @thoff: offset of its transport header
 *
 * Return: bytes, of a full segment; for SKB_GSO_UDP, of the first fragment.
 */
noinline unsigned int nat64_geometry_gso(const struct sk_buff *skb,
					unsigned int thoff)
{
	const struct skb_shared_info *shinfo = skb_shinfo(skb);
	unsigned int last = thoff, len = sizeof(struct udphdr);
	struct tcphdr buf, *th;

	/* The inner packets are segmented; each has all outer headers. */
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
