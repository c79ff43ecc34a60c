/* SPDX-License-Identifier: GPL-2.0 */
/*
 * csum.h - differences of Internet checksums (RFC 1071, RFC 1624)
 *
 * A difference is the folded one's complement sum of what is new less that of
 * what was old. Its complement is the difference of the way back.
 */
#ifndef NAT64_CSUM_H
#define NAT64_CSUM_H

#include <net/checksum.h>

/**
 * nat64_csum_addr6 - sum of two IPv6 addresses
 * @a: an address
 * @b: an address
 *
 * Return: the sum, not folded.
 */
static inline __wsum nat64_csum_addr6(const struct in6_addr *a,
				      const struct in6_addr *b)
{
	return csum_partial(b, sizeof(*b), csum_partial(a, sizeof(*a), 0));
}

/**
 * nat64_csum_addr4 - sum of two IPv4 addresses
 * @a: an address
 * @b: an address
 *
 * Return: the sum, not folded.
 */
static inline __wsum nat64_csum_addr4(__be32 a, __be32 b)
{
	return csum_add((__force __wsum)a, (__force __wsum)b);
}

/**
 * nat64_csum_be16 - a 16-bit word as a sum
 * @word: the word
 *
 * Return: the sum.
 */
static inline __wsum nat64_csum_be16(__be16 word)
{
	return (__force __wsum)word;
}

/**
 * nat64_csum_diff - difference of two sums
 * @from: sum of the old words
 * @to: sum of the new words
 *
 * Return: the difference, folded.
 */
static inline __sum16 nat64_csum_diff(__wsum from, __wsum to)
{
	return (__force __sum16)~csum_fold(csum_sub(to, from));
}

/**
 * nat64_csum_reverse - difference of the way back
 * @diff: a difference
 *
 * Return: the difference that undoes @diff.
 */
static inline __sum16 nat64_csum_reverse(__sum16 diff)
{
	return (__force __sum16)~(__force u16)diff;
}

/**
 * nat64_csum_join - two differences as one
 * @a: a difference
 * @b: that of what @a leads to
 *
 * Return: the difference of both together.
 */
static inline __sum16 nat64_csum_join(__sum16 a, __sum16 b)
{
	return (__force __sum16)~csum_fold(csum_add(csum_unfold(a),
						    csum_unfold(b)));
}

/**
 * nat64_csum_apply - bring a checksum up to date (RFC 1624 s3)
 * @check: the checksum field
 * @diff: the difference of the words it covers
 *
 * Return: the new checksum field.
 */
static inline __sum16 nat64_csum_apply(__sum16 check, __sum16 diff)
{
	return csum_fold(csum_add(~csum_unfold(check) & (__force __wsum)0xffff,
				  csum_unfold(diff)));
}

#endif /* NAT64_CSUM_H */
