/* SPDX-License-Identifier: GPL-2.0 */
/* icmp_map.h - types, codes, pointers and MTUs of ICMP (RFC 7915 s4.2, s5.2) */
#ifndef NAT64_ICMP_MAP_H
#define NAT64_ICMP_MAP_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/types.h>

/* What an IPv6 header is longer than an IPv4 header without options. */
#define NAT64_HEADER_DIFF (sizeof(struct ipv6hdr) - sizeof(struct iphdr))
/* The same of a fragment, which has a Fragment Header of 8 octets as well. */
#define NAT64_FRAGMENT_DIFF (NAT64_HEADER_DIFF + 8)

/**
 * enum nat64_icmp_rest - what becomes of the second word of the header
 * @NAT64_ICMP_ZERO: zero, or the length attribute of RFC 4884
 * @NAT64_ICMP_ID: identifier and sequence number of a query
 * @NAT64_ICMP_MTU: MTU of the next hop
 * @NAT64_ICMP_POINTER: pointer to the octet in error
 */
enum nat64_icmp_rest {
	NAT64_ICMP_ZERO,
	NAT64_ICMP_ID,
	NAT64_ICMP_MTU,
	NAT64_ICMP_POINTER,
};

/**
 * struct nat64_icmp_xlat - what a message is translated to
 */
struct nat64_icmp_xlat {
	/** @type: type of the other protocol */
	u8 type;
	/** @code: code of the other protocol */
	u8 code;
	/** @rest: enum nat64_icmp_rest */
	u8 rest;
	/** @pointer: the new pointer, if it is fixed; else 0 */
	u8 pointer;
};

/**
 * struct nat64_mtus - the links a translated ICMP error speaks of
 *
 * An error from one IPv6 host to another is translated twice and crosses no
 * IPv4 link: what has no link is 0, and limits nothing.
 */
struct nat64_mtus {
	/** @mtu4: MTU of the link on the IPv4 side, in bytes; or 0 */
	u32 mtu4;
	/** @mtu6: MTU of the link on the IPv6 side, in bytes; or 0 */
	u32 mtu6;
};

bool nat64_icmp_xlat64(u8 type, u8 code, struct nat64_icmp_xlat *xlat);
bool nat64_icmp_xlat46(u8 type, u8 code, struct nat64_icmp_xlat *xlat);
int nat64_icmp_pointer64(u32 pointer);
int nat64_icmp_pointer46(u8 pointer);
u32 nat64_icmp_mtu64(u32 mtu, const struct nat64_mtus *links, bool fragment);
u32 nat64_icmp_mtu46(u32 mtu, const struct nat64_mtus *links, u32 total_len,
		     const u16 *plateaus, unsigned int n);

#endif /* NAT64_ICMP_MAP_H */
