// SPDX-License-Identifier: GPL-2.0
/* rfc6052.c - IPv4 addresses inside IPv6 addresses (RFC 6052 s2) */
#include "rfc/rfc6052.h"

#include <net/ipv6.h>

/*
 * Where the four octets of the IPv4 address stand (RFC 6052 s2.2). Octet 8,
 * bits 64 to 71, is always zero and is stepped over.
 */
struct nat64_rfc6052_layout {
	u8 len;
	u8 octet[4];
};

static const struct nat64_rfc6052_layout layouts[] = {
	{ 96, { 12, 13, 14, 15 } },
	{ 64, { 9, 10, 11, 12 } },
	{ 56, { 7, 9, 10, 11 } },
	{ 48, { 6, 7, 9, 10 } },
	{ 40, { 5, 6, 7, 9 } },
	{ 32, { 4, 5, 6, 7 } },
};

static const struct nat64_rfc6052_layout *
nat64_rfc6052_layout(const struct nat64_prefix6 *prefix)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(layouts); i++)
		if (layouts[i].len == prefix->len)
			return &layouts[i];
	return NULL;
}

/**
 * nat64_rfc6052_check - may this be a pool6 prefix?
 * @prefix: the prefix
 *
 * Return: NULL if it may, or a sentence that says why not (RFC 6052 s2.2).
 */
const char *nat64_rfc6052_check(const struct nat64_prefix6 *prefix)
{
	struct in6_addr masked;

	if (!nat64_rfc6052_layout(prefix))
		return "a pool6 prefix has a length of 32, 40, 48, 56, 64 or 96 (RFC 6052)";
	ipv6_addr_prefix(&masked, &prefix->addr, prefix->len);
	if (!ipv6_addr_equal(&masked, &prefix->addr))
		return "the pool6 prefix has bits set behind its length: set them to zero";
	if (prefix->addr.s6_addr[8])
		return "bits 64 to 71 of the pool6 prefix must be zero (RFC 6052 s2.2)";
	if (ipv6_addr_type(&prefix->addr) &
	    (IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL))
		return "the pool6 prefix is multicast or link-local: choose a unicast prefix";
	if (ipv6_addr_any(&prefix->addr))
		return "the pool6 prefix is all zero: choose a unicast prefix";
	return NULL;
}

/**
 * nat64_rfc6052_contains - is an address inside a prefix?
 * @prefix: the prefix
 * @addr: the address
 *
 * Return: true if it is.
 */
bool nat64_rfc6052_contains(const struct nat64_prefix6 *prefix,
			    const struct in6_addr *addr)
{
	const __be32 *a = prefix->addr.s6_addr32, *b = addr->s6_addr32;

	if (likely(prefix->len == 96))
		return !((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]));
	return ipv6_prefix_equal(&prefix->addr, addr, prefix->len);
}

/**
 * nat64_rfc6052_overlap - do two prefixes share an address?
 * @a: a prefix
 * @b: a prefix
 *
 * Return: true if they do.
 */
bool nat64_rfc6052_overlap(const struct nat64_prefix6 *a,
			   const struct nat64_prefix6 *b)
{
	return ipv6_prefix_equal(&a->addr, &b->addr, min(a->len, b->len));
}

/**
 * nat64_rfc6052_is_wkp - is this the Well-Known Prefix 64:ff9b::/96?
 * @prefix: the prefix
 *
 * The prefixes of 64:ff9b:1::/48 (RFC 8215) are not.
 *
 * Return: true if it is.
 */
bool nat64_rfc6052_is_wkp(const struct nat64_prefix6 *prefix)
{
	return prefix->len == 96 &&
	       prefix->addr.s6_addr32[0] == htonl(0x0064ff9b) &&
	       !prefix->addr.s6_addr32[1] && !prefix->addr.s6_addr32[2];
}

/**
 * nat64_rfc6052_extract - the IPv4 address inside an IPv6 address
 * @prefix: a checked prefix that contains @addr
 * @addr: the IPv6 address; its suffix is ignored (RFC 6052 s2.2)
 *
 * Return: the IPv4 address, in network byte order.
 */
__be32 nat64_rfc6052_extract(const struct nat64_prefix6 *prefix,
			     const struct in6_addr *addr)
{
	const struct nat64_rfc6052_layout *layout;
	u32 addr4 = 0;
	int i;

	if (likely(prefix->len == 96))
		return addr->s6_addr32[3];

	layout = nat64_rfc6052_layout(prefix);
	for (i = 0; layout && i < 4; i++)
		addr4 = addr4 << 8 | addr->s6_addr[layout->octet[i]];
	return htonl(addr4);
}

/**
 * nat64_rfc6052_embed - the IPv6 address that stands for an IPv4 address
 * @prefix: a checked prefix
 * @addr4: the IPv4 address, in network byte order
 * @addr: where to put the IPv6 address; its suffix is zero
 */
void nat64_rfc6052_embed(const struct nat64_prefix6 *prefix, __be32 addr4,
			 struct in6_addr *addr)
{
	const struct nat64_rfc6052_layout *layout;
	u32 host = ntohl(addr4);
	int i;

	*addr = prefix->addr;
	if (likely(prefix->len == 96)) {
		addr->s6_addr32[3] = addr4;
		return;
	}

	layout = nat64_rfc6052_layout(prefix);
	for (i = 0; layout && i < 4; i++)
		addr->s6_addr[layout->octet[i]] = host >> (24 - 8 * i);
}
