// SPDX-License-Identifier: GPL-2.0
/* geometry.c - room for the new header, and what the stack knows of its place */
#include "packet/geometry.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/tcp.h>

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
	return skb_ensure_writable(skb, min(len, skb->len));
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
	if (shinfo->gso_type & SKB_GSO_TCPV6) {
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
	if (shinfo->gso_type & SKB_GSO_TCPV4) {
		shinfo->gso_type &= ~(SKB_GSO_TCPV4 | SKB_GSO_TCP_FIXEDID);
		shinfo->gso_type |= SKB_GSO_TCPV6;
	}
	return 0;
}

/**
 * nat64_geometry_segment - length of a packet from its transport header on
 * @skb: the packet
 * @thoff: where that header is
 *
 * Return: bytes; of one full segment for a GSO packet.
 */
unsigned int nat64_geometry_segment(const struct sk_buff *skb,
				    unsigned int thoff)
{
	const struct skb_shared_info *shinfo = skb_shinfo(skb);
	struct tcphdr buf, *th;

	if (!skb_is_gso(skb))
		return skb->len - thoff;
	if (!(shinfo->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)))
		return sizeof(struct udphdr) + shinfo->gso_size;
	th = skb_header_pointer(skb, thoff, sizeof(buf), &buf);
	return (th ? th->doff * 4 : sizeof(buf)) + shinfo->gso_size;
}
