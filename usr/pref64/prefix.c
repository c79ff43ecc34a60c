// SPDX-License-Identifier: GPL-2.0
/* prefix.c - which IPv6 prefixes can be that of a NAT64 (RFC 6052) */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "pref64/pref64.h"

/* Bits 64 to 71, the "u" octet, are zero in every address (RFC 6052 s2.2). */
#define U_OCTET 8

static bool is_length(__u8 len)
{
	return len == 96 || (len >= 32 && len <= 64 && len % 8 == 0);
}

/**
 * pref64_is_well_known() - check whether a prefix is 64:ff9b::/96
 * @prefix: the prefix
 *
 * Return: true if it is.
 */
bool pref64_is_well_known(const struct prefix6 *prefix)
{
	static const __u8 well_known[12] = { 0, 0x64, 0xff, 0x9b };

	return prefix->len == 96 &&
	       !memcmp(&prefix->addr, well_known, sizeof(well_known));
}

/* 64:ff9b:1::/48 and what is inside it (RFC 8215) */
static bool is_local_use(const struct prefix6 *prefix)
{
	static const __u8 local_use[6] = { 0, 0x64, 0xff, 0x9b, 0, 1 };

	return prefix->len >= 48 &&
	       !memcmp(&prefix->addr, local_use, sizeof(local_use));
}

/**
 * pref64_usable() - check whether a prefix can be that of a NAT64
 * @prefix: the prefix
 *
 * It has a length of RFC 6052 and a zero "u" octet, and is the well-known
 * prefix, inside that for local use, or global (2000::/3) or unique local
 * unicast (fc00::/7). What is announced is hostile: a multicast or link-local
 * prefix, or one of loopback and IPv4-mapped addresses, would send packets to
 * where they never go.
 *
 * Return: true if it can.
 */
bool pref64_usable(const struct prefix6 *prefix)
{
	const __u8 *octets = prefix->addr.s6_addr;

	if (!is_length(prefix->len) || octets[U_OCTET])
		return false;
	return (octets[0] & 0xe0) == 0x20 || (octets[0] & 0xfe) == 0xfc ||
	       pref64_is_well_known(prefix) || is_local_use(prefix);
}

/**
 * pref64_mask() - clear the bits after the length of a prefix
 * @prefix: the prefix, whose length is a multiple of 8
 */
void pref64_mask(struct prefix6 *prefix)
{
	size_t octets = prefix->len / 8;

	memset(prefix->addr.s6_addr + octets, 0, 16 - octets);
}

/**
 * pref64_text() - a prefix in words
 * @text: where to write it
 * @size: size of @text
 * @prefix: the prefix
 *
 * Return: @text.
 */
const char *pref64_text(char *text, size_t size, const struct prefix6 *prefix)
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &prefix->addr, addr, sizeof(addr));
	snprintf(text, size, "%s/%u", addr, prefix->len);
	return text;
}
