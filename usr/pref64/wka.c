// SPDX-License-Identifier: GPL-2.0
/*
 * wka.c - from the addresses of ipv4only.arpa to prefixes (RFC 7050 s3)
 *
 * A DNS64 makes IPv6 addresses of 192.0.0.170 and 192.0.0.171, the well-known
 * addresses. Where one of them stands in an address, the prefix ends. A prefix
 * may have the same 32 bits inside itself: then only the address with the other
 * well-known address says which of the places is meant.
 */
#include <string.h>

#include "pref64/pref64.h"

#define WKA_FIRST 0xc00000aa
#define WKA_LAST 0xc00000ab
#define IPV4_OCTETS 4

static const __u8 lengths[] = { 96, 64, 56, 48, 40, 32 };

/*
 * Where octet @i of an IPv4 address stands after a prefix of @len bits: the "u"
 * octet, the ninth, is left out (RFC 6052 s2.2).
 */
static size_t place(__u8 len, size_t i)
{
	size_t at = len / 8 + i;

	return len < 96 && at >= 8 ? at + 1 : at;
}

/**
 * pref64_embed() - make an IPv6 address of an IPv4 address (RFC 6052 s2.3)
 * @prefix: the prefix
 * @host: the IPv4 address, in host order
 * @addr: where to store the address; its suffix is zero
 */
void pref64_embed(const struct prefix6 *prefix, __u32 host,
		  struct in6_addr *addr)
{
	size_t i;

	*addr = prefix->addr;
	for (i = 0; i < IPV4_OCTETS; i++)
		addr->s6_addr[place(prefix->len, i)] = host >> (24 - 8 * i);
}

static __u32 extract(const struct in6_addr *addr, __u8 len)
{
	__u32 host = 0;
	size_t i;

	for (i = 0; i < IPV4_OCTETS; i++)
		host = host << 8 | addr->s6_addr[place(len, i)];
	return host;
}

/* At how many octets the 32 bits of @host begin */
static size_t count_plain(const struct in6_addr *addr, __u32 host)
{
	size_t at, n = 0;

	for (at = 0; at + IPV4_OCTETS <= sizeof(*addr); at++) {
		const __u8 *octet = addr->s6_addr + at;

		n += octet[0] == host >> 24 && octet[1] == (host >> 16 & 0xff) &&
		     octet[2] == (host >> 8 & 0xff) && octet[3] == (host & 0xff);
	}
	return n;
}

/* How often @host stands in @addr: in a row, or around the "u" octet */
static size_t count_all(const struct in6_addr *addr, __u32 host)
{
	size_t n = count_plain(addr, host), i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++)
		n += place(lengths[i], 0) + IPV4_OCTETS - 1 !=
			     place(lengths[i], IPV4_OCTETS - 1) &&
		     extract(addr, lengths[i]) == host;
	return n;
}

/* Check whether @addr with the other well-known address is there, too */
static bool has_other(const struct in6_addr *addrs, size_t n,
		      const struct in6_addr *addr, const struct prefix6 *prefix)
{
	struct in6_addr other = *addr;
	size_t i;

	other.s6_addr[place(prefix->len, IPV4_OCTETS - 1)] ^=
		WKA_FIRST ^ WKA_LAST;
	for (i = 0; i < n; i++)
		if (!memcmp(&addrs[i], &other, sizeof(other)))
			return true;
	return false;
}

static bool is_known(const struct prefix6 *prefixes, size_t n,
		     const struct prefix6 *prefix)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!memcmp(&prefixes[i].addr, &prefix->addr,
			    sizeof(prefix->addr)) &&
		    prefixes[i].len == prefix->len)
			return true;
	return false;
}

/**
 * pref64_find() - find the prefixes of addresses of ipv4only.arpa
 * @addrs: the addresses, in the order of the answer
 * @n: how many
 * @prefixes: where to store the prefixes, each once and in the same order
 * @max: how many fit
 *
 * Return: how many there are. An address that RFC 6052 does not make of a
 * well-known address adds none, nor does one in which the place is ambiguous.
 */
size_t pref64_find(const struct in6_addr *addrs, size_t n,
		   struct prefix6 *prefixes, size_t max)
{
	size_t found = 0, i, j;

	for (i = 0; i < n; i++) {
		size_t all = count_all(&addrs[i], WKA_FIRST) +
			     count_all(&addrs[i], WKA_LAST);

		for (j = 0; j < ARRAY_SIZE(lengths) && found < max; j++) {
			__u32 host = extract(&addrs[i], lengths[j]);
			struct prefix6 prefix = { addrs[i], lengths[j] };

			/* The "u" octet may be after the prefix, too. */
			if ((host != WKA_FIRST && host != WKA_LAST) ||
			    addrs[i].s6_addr[8])
				continue;
			pref64_mask(&prefix);
			if (!pref64_usable(&prefix) ||
			    is_known(prefixes, found, &prefix) ||
			    (all > 1 &&
			     !has_other(addrs, n, &addrs[i], &prefix)))
				continue;
			prefixes[found++] = prefix;
		}
	}
	return found;
}
