/* SPDX-License-Identifier: GPL-2.0 */
/* address.h - addresses that must not be translated */
#ifndef NAT64_ADDRESS_H
#define NAT64_ADDRESS_H

#include <linux/inetdevice.h>
#include <net/ipv6.h>

/**
 * nat64_address4_forwardable - may a packet with this address be forwarded?
 * @addr: IPv4 address, in network byte order
 *
 * RFC 7915 s4.1 and RFC 1812 s5.3.7: not 0.0.0.0/8, 127.0.0.0/8, multicast,
 * 240.0.0.0/4 nor broadcast.
 *
 * Return: true if it may.
 */
static inline bool nat64_address4_forwardable(__be32 addr)
{
	u32 host = ntohl(addr);
	u8 first = host >> 24;

	return first != 0 && first != 127 && first < 224;
}

/**
 * nat64_address4_global - may 64:ff9b::/96 stand for this address?
 * @addr: IPv4 address, in network byte order
 *
 * RFC 6052 s3.1 bars non-global addresses. The ranges for documentation and
 * benchmarking, in which labs and tests live, are let through.
 *
 * Return: true if it may.
 */
static inline bool nat64_address4_global(__be32 addr)
{
	static const struct {
		u32 base, mask;
	} barred[] = {
		{ 0x0a000000, 0xff000000 },	/* 10.0.0.0/8, RFC 1918 */
		{ 0xac100000, 0xfff00000 },	/* 172.16.0.0/12, RFC 1918 */
		{ 0xc0a80000, 0xffff0000 },	/* 192.168.0.0/16, RFC 1918 */
		{ 0x64400000, 0xffc00000 },	/* 100.64.0.0/10, RFC 6598 */
		{ 0xa9fe0000, 0xffff0000 },	/* 169.254.0.0/16, RFC 3927 */
	};
	u32 host = ntohl(addr);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(barred); i++)
		if ((host & barred[i].mask) == barred[i].base)
			return false;
	return nat64_address4_forwardable(addr);
}

/**
 * nat64_address6_forwardable - may a packet with this source be forwarded?
 * @addr: IPv6 address
 *
 * RFC 4291 s2: not unspecified, loopback, link-local, multicast nor IPv4-mapped.
 *
 * Return: true if it may.
 */
static inline bool nat64_address6_forwardable(const struct in6_addr *addr)
{
	int type;

	/* 2000::/3, nearly all there is, needs no second look. */
	if (likely((addr->s6_addr[0] & 0xe0) == 0x20))
		return true;

	type = ipv6_addr_type(addr);
	return type != IPV6_ADDR_ANY &&
	       !(type & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL |
			 IPV6_ADDR_MULTICAST | IPV6_ADDR_MAPPED));
}

#endif /* NAT64_ADDRESS_H */
