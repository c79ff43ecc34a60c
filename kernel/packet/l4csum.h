/* SPDX-License-Identifier: GPL-2.0 */
/* l4csum.h - transport checksums in every state of offload */
#ifndef NAT64_L4CSUM_H
#define NAT64_L4CSUM_H

#include <linux/icmp.h>
#include <linux/in.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include "rfc/tuple.h"

/**
 * enum nat64_l4csum - what the checksum field of a transport header holds
 * @NAT64_L4CSUM_NONE: nothing: a UDP packet without checksum
 * @NAT64_L4CSUM_FULL: the checksum of the packet. If one is left to the device
 *	nevertheless, it is that of an inner packet, and this one anticipates what
 *	the device will write there (Documentation/networking/checksum-offloads,
 *	"LCO").
 * @NAT64_L4CSUM_PSEUDO: the sum of the pseudo header; the rest is left to the
 *	device, or to segmentation
 */
enum nat64_l4csum {
	NAT64_L4CSUM_NONE,
	NAT64_L4CSUM_FULL,
	NAT64_L4CSUM_PSEUDO,
};

/**
 * nat64_l4csum_is_tunnel - check for a GSO packet of a UDP tunnel
 * @skb: the packet
 *
 * Each of its segments has inner headers after the UDP header.
 *
 * Return: true if it is.
 */
static inline bool nat64_l4csum_is_tunnel(const struct sk_buff *skb)
{
	return skb_is_gso(skb) && skb_shinfo(skb)->gso_type &
				  (SKB_GSO_UDP_TUNNEL | SKB_GSO_UDP_TUNNEL_CSUM);
}

/**
 * nat64_l4csum_agrees - check the place of the checksum left to the device
 * @skb: the packet, of CHECKSUM_PARTIAL, which begins with its IP header
 * @thoff: offset of its transport header
 * @l4: IPPROTO_TCP, _UDP or _ICMP
 *
 * It may be that of the transport header or that of an inner packet. In any other
 * place, the device would overwrite translated ports and identifiers.
 *
 * Return: true if it is.
 */
static inline bool nat64_l4csum_agrees(const struct sk_buff *skb,
				       unsigned int thoff, u8 l4)
{
	int at = skb_checksum_start_offset(skb) - (int)thoff;
	int len = l4 == IPPROTO_TCP ? sizeof(struct tcphdr) :
				      sizeof(struct udphdr);
	u16 field = l4 == IPPROTO_TCP ? offsetof(struct tcphdr, check) :
		    l4 == IPPROTO_UDP ? offsetof(struct udphdr, check) :
					offsetof(struct icmphdr, checksum);

	return at >= len || (!at && skb->csum_offset == field);
}

/**
 * nat64_l4csum_state - determine the state of the checksum of a packet
 * @skb: the packet, which begins with its IP header
 * @thoff: offset of its transport header
 * @l4: IPPROTO_TCP, _UDP or _ICMP
 * @check: its checksum field
 *
 * The only place that interprets ip_summed. The sum of a pseudo header is never 0,
 * so a 0 in UDP is no checksum, whatever is left to the device.
 *
 * Return: the state.
 */
static inline enum nat64_l4csum
nat64_l4csum_state(const struct sk_buff *skb, unsigned int thoff, u8 l4,
		   __sum16 check)
{
	if (l4 == IPPROTO_UDP && !check)
		return NAT64_L4CSUM_NONE;
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return NAT64_L4CSUM_FULL;
	/* Segmentation sets the outer checksums as well. */
	if (nat64_l4csum_is_tunnel(skb))
		return NAT64_L4CSUM_PSEUDO;
	return skb_checksum_start_offset(skb) == (int)thoff ?
	       NAT64_L4CSUM_PSEUDO : NAT64_L4CSUM_FULL;
}

__sum16 nat64_l4csum_diff(const struct nat64_tuple6 *t6,
			  const struct nat64_tuple4 *t4, bool from6);
int nat64_l4csum_complete(struct sk_buff *skb, unsigned int thoff);
void nat64_l4csum_update(struct sk_buff *skb, u8 l4, enum nat64_l4csum state,
			 __sum16 diff);
int nat64_l4csum_udp6(struct sk_buff *skb, const struct in6_addr *saddr,
		      const struct in6_addr *daddr);

#endif /* NAT64_L4CSUM_H */
