// SPDX-License-Identifier: GPL-2.0
/*
 * l4csum.c - transport checksums in every state of offload
 *
 * A checksum that covers the packet is updated by a difference, so that a wrong
 * one stays wrong. So is the sum of a pseudo header, in which only the addresses
 * change.
 */
#include "packet/l4csum.h"

#include <net/ip6_checksum.h>
#include "rfc/csum.h"

/**
 * nat64_l4csum_complete - compute an ICMP checksum that is left to the device
 * @skb: the packet, which begins with its IP header
 * @thoff: offset of its ICMP header
 *
 * ICMPv6 covers a pseudo header and ICMP does not, so its sum cannot be updated.
 *
 * Warning: may reallocate the data of @skb.
 *
 * Return: 0 or a negative errno.
 */
noinline int nat64_l4csum_complete(struct sk_buff *skb, unsigned int thoff)
{
	enum nat64_l4csum state = nat64_l4csum_state(skb, thoff, IPPROTO_ICMP,
						     0);

	return state == NAT64_L4CSUM_PSEUDO ? skb_checksum_help(skb) : 0;
}

/**
 * nat64_l4csum_diff - compute the checksum difference of a flow
 * @t6: its addresses and ports on the IPv6 side
 * @t4: likewise on the IPv4 side
 * @from6: they are those of a packet from the IPv6 side
 *
 * Return: the difference of a checksum of TCP or UDP as IPv4 to that as IPv6.
 */
noinline __sum16 nat64_l4csum_diff(const struct nat64_tuple6 *t6,
				   const struct nat64_tuple4 *t4, bool from6)
{
	__wsum sum6 = nat64_csum_addr6(&t6->saddr, &t6->daddr);
	__wsum sum4 = nat64_csum_addr4(t4->saddr, t4->daddr);
	__be16 port6 = from6 ? t6->sport : t6->dport;
	__be16 port4 = from6 ? t4->sport : t4->dport;

	return nat64_csum_diff(csum_add(sum6, nat64_csum_be16(port6)),
			       csum_add(sum4, nat64_csum_be16(port4)));
}

/**
 * nat64_l4csum_update - update the checksum of TCP or UDP
 * @skb: the packet; its transport header is set and writable
 * @l4: IPPROTO_TCP or IPPROTO_UDP
 * @state: state of the checksum, not NAT64_L4CSUM_NONE
 * @diff: difference of what it covers: addresses and ports or, in a pseudo
 *	header, only addresses
 */
void nat64_l4csum_update(struct sk_buff *skb, u8 l4, enum nat64_l4csum state,
			 __sum16 diff)
{
	__sum16 *check = l4 == IPPROTO_TCP ? &tcp_hdr(skb)->check :
					     &udp_hdr(skb)->check;

	/* The sum of a pseudo header is stored without complement. */
	if (state == NAT64_L4CSUM_PSEUDO) {
		*check = nat64_csum_reverse(*check);
		*check = nat64_csum_apply(*check, diff);
		*check = nat64_csum_reverse(*check);
		return;
	}
	*check = nat64_csum_apply(*check, diff);
	if ((l4 == IPPROTO_UDP || l4 == IPPROTO_UDPLITE) && !*check)
		*check = CSUM_MANGLED_0;
}

/* Compute the checksum of a datagram followed by octets that it excludes. */
static int nat64_l4csum_short6(struct sk_buff *skb,
			       const struct in6_addr *saddr,
			       const struct in6_addr *daddr, unsigned int len)
{
	__wsum sum;

	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		return -ENOMEM;
	sum = skb_checksum(skb, skb_transport_offset(skb), len, 0);
	udp_hdr(skb)->check = csum_ipv6_magic(saddr, daddr, len, IPPROTO_UDP,
					      sum);
	if (!udp_hdr(skb)->check)
		udp_hdr(skb)->check = CSUM_MANGLED_0;
	return 0;
}

/**
 * nat64_l4csum_udp6 - set the checksum of a UDP packet that had none
 * @skb: the packet; its transport header is set and writable
 * @saddr: its IPv6 source
 * @daddr: its IPv6 destination
 *
 * RFC 6146 s3.4: it must be computed. The device or the stack does so on output,
 * unless the checksum of an inner packet is left to it: then this one is derived
 * from the inner one.
 *
 * Warning: may reallocate the data of @skb.
 *
 * Return: 0 or a negative errno.
 */
noinline int nat64_l4csum_udp6(struct sk_buff *skb, const struct in6_addr *saddr,
			       const struct in6_addr *daddr)
{
	unsigned int len = skb->len - skb_transport_offset(skb);
	unsigned int datagram = ntohs(udp_hdr(skb)->len);

	if (nat64_l4csum_is_tunnel(skb)) {
		skb_shinfo(skb)->gso_type &= ~SKB_GSO_UDP_TUNNEL;
		skb_shinfo(skb)->gso_type |= SKB_GSO_UDP_TUNNEL_CSUM;
	} else if (!skb_is_gso(skb) && datagram < len) {
		return nat64_l4csum_short6(skb, saddr, daddr, datagram);
	}
	udp6_set_csum(false, skb, saddr, daddr, len);
	return 0;
}
