// SPDX-License-Identifier: GPL-2.0
/* l4csum.c - transport checksums in every state of offload */
#include "packet/l4csum.h"

#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip6_checksum.h>
#include "rfc/csum.h"

/**
 * nat64_l4csum_ports - bring the checksum of TCP or UDP up to date
 * @skb: the packet; its transport header is set and writable
 * @l4: IPPROTO_TCP or IPPROTO_UDP
 * @diff: difference of addresses and ports
 * @addr_diff: difference of the addresses alone
 */
void nat64_l4csum_ports(struct sk_buff *skb, u8 l4, __sum16 diff,
			__sum16 addr_diff)
{
	__sum16 *check = l4 == IPPROTO_TCP ? &tcp_hdr(skb)->check :
					     &udp_hdr(skb)->check;

	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		u16 sum = ~(__force u16)*check;

		*check = nat64_csum_apply((__force __sum16)sum, addr_diff);
		*check = (__force __sum16)~(__force u16)*check;
		return;
	}
	*check = nat64_csum_apply(*check, diff);
	if (l4 == IPPROTO_UDP && !*check)
		*check = CSUM_MANGLED_0;
}

/**
 * nat64_l4csum_udp6 - give a checksum to a UDP packet that had none
 * @skb: the packet; its transport header is set and writable
 * @saddr: its IPv6 source
 * @daddr: its IPv6 destination
 *
 * RFC 6146 s3.4: it must be computed. The device or the stack does so on the
 * way out, unless octets follow the datagram, which it would count in.
 */
void nat64_l4csum_udp6(struct sk_buff *skb, const struct in6_addr *saddr,
		       const struct in6_addr *daddr)
{
	unsigned int len = skb->len - skb_transport_offset(skb);
	unsigned int datagram = ntohs(udp_hdr(skb)->len);
	__wsum sum;

	if (datagram != len && !skb_is_gso(skb)) {
		sum = skb_checksum(skb, skb_transport_offset(skb), datagram, 0);
		udp_hdr(skb)->check = csum_ipv6_magic(saddr, daddr, datagram,
						      IPPROTO_UDP, sum);
		if (!udp_hdr(skb)->check)
			udp_hdr(skb)->check = CSUM_MANGLED_0;
		return;
	}
	udp_hdr(skb)->check = ~csum_ipv6_magic(saddr, daddr, len, IPPROTO_UDP,
					       0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct udphdr, check);
}
