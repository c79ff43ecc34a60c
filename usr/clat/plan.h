/* SPDX-License-Identifier: GPL-2.0 */
/* plan.h - addresses, sizes and rules of a CLAT: arithmetic, no system calls */
#ifndef NAT64CTL_PLAN_H
#define NAT64CTL_PLAN_H

#include <net/if.h>

#include "cli/args.h"

/* The CLAT's own names; all it makes is found by them. */
#define CLAT_DEVICE "clat0"
#define CLAT_INSTANCE "clat"
#define CLAT_TABLE "nat64_clat"
/* RFC 7335 s4 */
#define CLAT_ADDRESS4 0xc0000001
/* An address of the PLAT: which it is does not matter (RFC 7050 s2.2). */
#define CLAT_WKA 0xc00000aa
#define CLAT_LANS 8
/* Any route to native IPv4 that DHCP or an operator adds has a lower one. */
#define CLAT_METRIC 2048
/* An IPv6 header is 20 bytes longer; a fragment has 8 more. */
#define CLAT_LONGER 28
#define CLAT_NFT_TEXT 1024

/**
 * struct clat_lans - the IPv4 prefixes behind a CLAT
 * @n: how many
 * @prefix: the prefixes
 */
struct clat_lans {
	size_t n;
	struct prefix4 prefix[CLAT_LANS];
};

unsigned int clat_mtu4(unsigned int mtu6);
bool clat_network(const struct in6_addr *addr, unsigned int len,
		  struct prefix6 *network);
bool clat_reserved(const struct in6_addr *addr);
void clat_address(const struct prefix6 *network, const __u8 *random,
		  struct in6_addr *addr);
void clat_embed(const struct prefix6 *own, const struct prefix4 *prefix4,
		struct prefix6 *prefix6);
int clat_nft(char *text, size_t size, const struct clat_lans *lans,
	     unsigned int mtu4);

#endif /* NAT64CTL_PLAN_H */
