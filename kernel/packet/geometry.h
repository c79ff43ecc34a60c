/* SPDX-License-Identifier: GPL-2.0 */
/*
 * geometry.h - room for the new header, offsets and offload state of the skb
 *
 * The headers themselves are written elsewhere.
 */
#ifndef NAT64_GEOMETRY_H
#define NAT64_GEOMETRY_H

#include <linux/ipv6.h>
#include <linux/skbuff.h>

/* Maximum length of a GSO packet whose length fits both IPv4 and IPv6. */
#define NAT64_GSO_MAX (65535 - sizeof(struct ipv6hdr))

int nat64_geometry_writable(struct sk_buff *skb, unsigned int len);
bool nat64_geometry_unlist(struct sk_buff *skb, bool is6);
bool nat64_geometry_agrees(const struct sk_buff *skb, u8 l4);
bool nat64_geometry_is_one(const struct sk_buff *skb);
bool nat64_geometry_one(struct sk_buff *skb, bool is6);
void nat64_geometry64(struct sk_buff *skb, unsigned int thoff);
int nat64_geometry46(struct sk_buff *skb, unsigned int thoff,
		     unsigned int header, unsigned int headroom);
unsigned int nat64_geometry_gso(const struct sk_buff *skb, unsigned int thoff);

/**
 * nat64_geometry_is_single - check whether a packet is received as one
 * @skb: the packet
 *
 * Return: false for a GSO packet that will be segmented.
 */
static inline bool nat64_geometry_is_single(const struct sk_buff *skb)
{
	return !skb_is_gso(skb) || skb_shinfo(skb)->gso_type & SKB_GSO_UDP;
}

/**
 * nat64_geometry_segment - get the length of a packet from its transport header on
 * @skb: the packet
 * @thoff: offset of its transport header
 *
 * Return: bytes; for a GSO packet, of a full segment.
 */
static inline unsigned int nat64_geometry_segment(const struct sk_buff *skb,
						  unsigned int thoff)
{
	return skb_is_gso(skb) ? nat64_geometry_gso(skb, thoff) :
				 skb->len - thoff;
}

#endif /* NAT64_GEOMETRY_H */
