/* SPDX-License-Identifier: GPL-2.0 */
/* xlat.h - rules of RFC 7915 for both the outer and the quoted header */
#ifndef NAT64_XLAT_H
#define NAT64_XLAT_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include "rfc/csum.h"
#include "packet/packet.h"

/*
 * RFC 7915 s5.1: an IPv4 packet up to this length came from an IPv6 packet of up
 * to 1280 octets, which no IPv6 host needs to make smaller.
 */
#define NAT64_DF_ABOVE 1260

/**
 * nat64_xlat_df - get the Don't Fragment flag of a translated packet
 * @len: its total length as IPv4
 * @fragment: it had a Fragment Header
 *
 * Return: the flag, in network byte order.
 */
static inline __be16 nat64_xlat_df(unsigned int len, bool fragment)
{
	return !fragment && len > NAT64_DF_ABOVE ? htons(IP_DF) : 0;
}

/**
 * nat64_xlat46_len - get the length of the headers that replace an IPv4 header
 * @pkt: the packet, parsed
 *
 * Return: bytes, of an IPv6 header and, for a fragment, a Fragment Header.
 */
static inline unsigned int nat64_xlat46_len(const struct nat64_pkt *pkt)
{
	return sizeof(struct ipv6hdr) +
	       (unlikely(pkt->frag) ? sizeof(struct frag_hdr) : 0);
}

/**
 * nat64_xlat_icmp6_pseudo - sum the pseudo header of ICMPv6
 * @saddr: source
 * @daddr: destination
 * @len: length of the message, in bytes
 *
 * Return: the sum of the pseudo header (RFC 8200 s8.1).
 */
static inline __wsum nat64_xlat_icmp6_pseudo(const struct in6_addr *saddr,
					     const struct in6_addr *daddr,
					     u32 len)
{
	__wsum sum = nat64_csum_addr6(saddr, daddr);

	sum = csum_add(sum, (__force __wsum)htonl(len));
	return csum_add(sum, (__force __wsum)htonl(IPPROTO_ICMPV6));
}

#endif /* NAT64_XLAT_H */
