// SPDX-License-Identifier: GPL-2.0
/*
 * rfc7757.c - explicit address mappings (RFC 7757 s3)
 *
 * The bits that follow the prefix of one side become those that follow the prefix
 * of the other. If the IPv6 suffix is longer, it is padded with zeros, which are
 * ignored in the opposite direction.
 */
#include "rfc/rfc7757.h"

#include <net/ipv6.h>
#include "rfc/address.h"

/* Addresses that are not forwarded (RFC 4291 s2.4 and s2.5), as prefixes */
static const struct {
	struct in6_addr addr;
	u8 len;
} nat64_not_forwarded6[] = {
	{ IN6ADDR_ANY_INIT, 127 },	/* unspecified and loopback */
	{ { { { [10] = 0xff, [11] = 0xff } } }, 96 },	/* IPv4-mapped */
	{ { { { 0xfe, 0x80 } } }, 10 },
	{ { { { 0xff } } }, 8 },
};

/* Check whether any address in the IPv6 prefix of a mapping is not forwarded. */
static bool nat64_eam_any_special6(const struct nat64_eam *eam)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(nat64_not_forwarded6); i++)
		if (ipv6_prefix_equal(&nat64_not_forwarded6[i].addr,
				      &eam->addr6,
				      min(nat64_not_forwarded6[i].len,
					  eam->len6)))
			return true;
	return false;
}

/*
 * Check whether the IPv4 prefix of a mapping has only addresses that are never
 * forwarded, that is, lies in 0.0.0.0/8, 127.0.0.0/8 or 224.0.0.0/3. A wider prefix,
 * such as 0.0.0.0/0, is allowed.
 */
static bool nat64_eam_all_special4(const struct nat64_eam *eam)
{
	return !nat64_address4_forwardable(eam->addr4) &&
	       (eam->len4 >= 8 || ntohl(eam->addr4) >= 0xe0000000);
}

/**
 * nat64_eam_check - check whether a mapping is valid
 * @eam: the mapping
 *
 * Return: NULL if it is, or a sentence that says why not.
 */
const char *nat64_eam_check(const struct nat64_eam *eam)
{
	struct in6_addr masked;

	if (eam->len6 > 128)
		return "the length of an IPv6 prefix is 0 to 128";
	if (eam->len4 > 32)
		return "the length of an IPv4 prefix is 0 to 32";
	if (32 - eam->len4 > 128 - eam->len6)
		return "the IPv4 prefix leaves more bits than the IPv6 prefix (RFC 7757 s3.2)";
	ipv6_addr_prefix(&masked, &eam->addr6, eam->len6);
	if (!ipv6_addr_equal(&masked, &eam->addr6))
		return "the IPv6 prefix has bits set after its length: set them to zero";
	if (ntohl(eam->addr4) & (u32)(0xffffffffULL >> eam->len4))
		return "the IPv4 prefix has bits set after its length: set them to zero";
	if (nat64_eam_any_special6(eam))
		return "the IPv6 prefix covers addresses never forwarded: use global unicast ones";
	if (nat64_eam_all_special4(eam))
		return "the IPv4 prefix covers only addresses that are never forwarded: use others";
	return NULL;
}

/* Return 32 bits of an IPv6 address from @pos, padded with zeros at its end. */
static u32 nat64_eam_bits(const struct in6_addr *addr, unsigned int pos)
{
	unsigned int word = pos / 32;
	u64 two = 0;

	if (word < 4)
		two = (u64)ntohl(addr->s6_addr32[word]) << 32;
	if (word < 3)
		two |= ntohl(addr->s6_addr32[word + 1]);
	return two << (pos % 32) >> 32;
}

/**
 * nat64_eam_to4 - translate an IPv6 address (RFC 7757 s3.3.2)
 * @eam: the mapping
 * @addr: an address in its IPv6 prefix
 *
 * Return: the IPv4 address, in network byte order.
 */
__be32 nat64_eam_to4(const struct nat64_eam *eam, const struct in6_addr *addr)
{
	u64 suffix = nat64_eam_bits(addr, eam->len6);

	return eam->addr4 | htonl(suffix >> eam->len4);
}

/**
 * nat64_eam_to6 - translate an IPv4 address (RFC 7757 s3.3.1)
 * @eam: the mapping
 * @addr: an address in its IPv4 prefix, in network byte order
 * @to: set to the IPv6 address
 */
void nat64_eam_to6(const struct nat64_eam *eam, __be32 addr,
		   struct in6_addr *to)
{
	unsigned int word = eam->len6 / 32;
	u64 suffix = (u64)ntohl(addr) << eam->len4 & 0xffffffff;

	*to = eam->addr6;
	suffix = suffix << 32 >> (eam->len6 % 32);
	if (word < 4)
		to->s6_addr32[word] |= htonl(suffix >> 32);
	if (word < 3)
		to->s6_addr32[word + 1] |= htonl(suffix);
}
