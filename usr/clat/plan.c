// SPDX-License-Identifier: GPL-2.0
/* plan.c - addresses, sizes and rules of a CLAT: arithmetic, no system calls */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "clat/plan.h"

#define MTU6_MIN 1280
#define MTU4_MAX 65535
/* Random bits of an address; fewer are guessed or taken too easily. */
#define RANDOM_MIN 16

/**
 * clat_mtu4() - the MTU of the IPv4 route into a CLAT
 * @mtu6: the IPv6 MTU of the uplink
 *
 * A fragment gets a fragment header as well. With a route that leaves room for
 * it, no packet has to be fragmented a second time, and none is too big.
 *
 * Return: the MTU.
 */
unsigned int clat_mtu4(unsigned int mtu6)
{
	if (mtu6 < MTU6_MIN)
		mtu6 = MTU6_MIN;
	if (mtu6 > MTU4_MAX)
		mtu6 = MTU4_MAX;
	return mtu6 - CLAT_LONGER;
}

static void clear_after(struct in6_addr *addr, unsigned int len)
{
	unsigned int i;

	for (i = len; i < 128; i++)
		addr->s6_addr[i / 8] &= ~(0x80 >> i % 8);
}

/**
 * clat_network() - the network in which a CLAT takes its address
 * @addr: an address of the uplink
 * @len: length of the prefix that is on the link
 * @network: where to store the network
 *
 * An interface identifier has 64 bits (RFC 4291 s2.5.1), or fewer where an
 * operator has chosen a longer prefix.
 *
 * Return: false if that leaves no room.
 */
bool clat_network(const struct in6_addr *addr, unsigned int len,
		  struct prefix6 *network)
{
	if (len > 128 - RANDOM_MIN)
		return false;
	network->len = len < 64 ? 64 : len;
	network->addr = *addr;
	clear_after(&network->addr, network->len);
	return true;
}

/**
 * clat_reserved() - check whether an interface identifier is reserved
 * @addr: the address
 *
 * Return: true if it is for anycast or a protocol (RFC 5453).
 */
bool clat_reserved(const struct in6_addr *addr)
{
	static const __u8 anycast[7] = {
		0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
	};
	static const __u8 iana[5] = { 0x02, 0x00, 0x5e, 0xff, 0xfe };
	static const __u8 none[8];
	const __u8 *iid = addr->s6_addr + 8;

	return !memcmp(iid, none, sizeof(none)) ||
	       !memcmp(iid, iana, sizeof(iana)) ||
	       (!memcmp(iid, anycast, sizeof(anycast)) && iid[7] & 0x80);
}

/**
 * clat_address() - an address with a random interface identifier
 * @network: the network
 * @random: 16 random octets
 * @addr: where to store the address
 *
 * All bits are random, also those that once were "u" and "g" (RFC 7136).
 */
void clat_address(const struct prefix6 *network, const __u8 *random,
		  struct in6_addr *addr)
{
	unsigned int i;

	*addr = network->addr;
	for (i = network->len; i < 128; i++)
		addr->s6_addr[i / 8] |= random[i / 8] & 0x80 >> i % 8;
}

/**
 * clat_embed() - the IPv6 prefix that represents an IPv4 prefix one to one
 * @own: a prefix that is routed to this machine, of 96 bits at most
 * @prefix4: the IPv4 prefix
 * @prefix6: where to store it: the IPv4 address in the last 32 bits
 */
void clat_embed(const struct prefix6 *own, const struct prefix4 *prefix4,
		struct prefix6 *prefix6)
{
	*prefix6 = *own;
	memcpy(prefix6->addr.s6_addr + 12, &prefix4->addr, 4);
	prefix6->len = 96 + prefix4->len;
}

/**
 * clat_nft() - rules by which the hosts of a LAN share the CLAT's address
 * @text: where to write them, for nft -f
 * @size: size of @text
 * @lans: their prefixes
 * @mtu4: the MTU of the route into the CLAT; TCP learns it at once
 *
 * Return: 0, or -1 if @text is too small.
 */
int clat_nft(char *text, size_t size, const struct clat_lans *lans,
	     unsigned int mtu4)
{
	char prefixes[CLAT_LANS * PREFIX_TEXT] = "", one[PREFIX_TEXT];
	size_t at = 0, i;
	int len;

	for (i = 0; i < lans->n; i++)
		at += snprintf(prefixes + at, sizeof(prefixes) - at, "%s%s",
			       i ? ", " : "",
			       text_prefix4(one, &lans->prefix[i]));
	len = snprintf(text, size,
		       "table ip %s {}\n"
		       "delete table ip %s\n"
		       "table ip %s {\n"
		       "\tchain postrouting {\n"
		       "\t\ttype nat hook postrouting priority 100;\n"
		       "\t\toifname \"%s\" ip saddr { %s } snat to 192.0.0.1\n"
		       "\t}\n"
		       "\tchain forward {\n"
		       "\t\ttype filter hook forward priority -150;\n"
		       "\t\toifname \"%s\" tcp flags & (syn|rst) == syn tcp option maxseg size set %u\n"
		       "\t\tiifname \"%s\" tcp flags & (syn|rst) == syn tcp option maxseg size set %u\n"
		       "\t}\n"
		       "}\n",
		       CLAT_TABLE, CLAT_TABLE, CLAT_TABLE, CLAT_DEVICE,
		       prefixes, CLAT_DEVICE, mtu4 - 40, CLAT_DEVICE,
		       mtu4 - 40);
	return len < (int)size ? 0 : -1;
}
