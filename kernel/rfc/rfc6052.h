/* SPDX-License-Identifier: GPL-2.0 */
/* rfc6052.h - IPv4 addresses inside IPv6 addresses (RFC 6052 s2) */
#ifndef NAT64_RFC6052_H
#define NAT64_RFC6052_H

#include <linux/in6.h>
#include <linux/types.h>

/**
 * struct nat64_prefix6 - a pool6 prefix
 */
struct nat64_prefix6 {
	/** @addr: the prefix; the bits behind @len are zero */
	struct in6_addr addr;
	/** @len: 32, 40, 48, 56, 64 or 96; 0 marks a free place in a list */
	u8 len;
};

const char *nat64_rfc6052_check(const struct nat64_prefix6 *prefix);
bool nat64_rfc6052_contains(const struct nat64_prefix6 *prefix,
			    const struct in6_addr *addr);
bool nat64_rfc6052_overlap(const struct nat64_prefix6 *a,
			   const struct nat64_prefix6 *b);
bool nat64_rfc6052_is_wkp(const struct nat64_prefix6 *prefix);
__be32 nat64_rfc6052_extract(const struct nat64_prefix6 *prefix,
			     const struct in6_addr *addr);
void nat64_rfc6052_embed(const struct nat64_prefix6 *prefix, __be32 addr4,
			 struct in6_addr *addr);

#endif /* NAT64_RFC6052_H */
