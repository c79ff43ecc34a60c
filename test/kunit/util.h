/* SPDX-License-Identifier: GPL-2.0 */
/* util.h - what all suites share: addresses as text, checksums the naive way */
#ifndef NAT64_KUNIT_UTIL_H
#define NAT64_KUNIT_UTIL_H

#include <kunit/test.h>
#include <linux/inet.h>
#include <linux/prandom.h>

/* Every random number of a run comes from this seed. */
#define NAT64_SEED 6146

static inline void test_seed(struct kunit *test, struct rnd_state *rnd)
{
	kunit_info(test, "seed %d", NAT64_SEED);
	prandom_seed_state(rnd, NAT64_SEED);
}

static inline void test_random(struct rnd_state *rnd, void *data, size_t len)
{
	prandom_bytes_state(rnd, data, len);
}

static inline struct in6_addr test_addr6(const char *text)
{
	struct in6_addr addr = {};

	if (!in6_pton(text, -1, addr.s6_addr, -1, NULL))
		pr_err("%s is no IPv6 address\n", text);
	return addr;
}

static inline __be32 test_addr4(const char *text)
{
	return in_aton(text);
}

static inline void test_same_addr4(struct kunit *test, __be32 got,
				   __be32 expected)
{
	if (got != expected)
		KUNIT_FAIL(test, "%pI4, should be %pI4", &got, &expected);
}

/* RFC 1071 s1, word by word: the sum of octets in network byte order. */
static inline u32 test_sum(u32 sum, const void *data, size_t len)
{
	const u8 *p = data;
	size_t i;

	for (i = 0; i < len; i++) {
		sum += i & 1 ? p[i] : p[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum;
}

/* The checksum field for a sum, as it goes into the packet. */
static inline u16 test_check(u32 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* A difference of checksums the module's way, from two sums. */
static inline __sum16 test_diff(u32 from, u32 to)
{
	return (__force __sum16)htons((u16)~test_check(to + test_check(from)));
}

/* Fails with the octets of both, from around the first one that differs. */
static inline void test_octets(struct kunit *test, const void *got,
			       const void *expected, size_t len,
			       const char *what)
{
	const u8 *a = got, *b = expected;
	size_t i, from;
	int n;

	for (i = 0; i < len && a[i] == b[i]; i++)
		;
	if (i == len)
		return;
	from = i & ~7;
	n = min_t(size_t, 48, len - from);
	KUNIT_FAIL(test, "%s: octet %zu of %zu; from %zu on\n  %*ph, should be\n  %*ph",
		   what, i, len, from, n, a + from, n, b + from);
}

#endif /* NAT64_KUNIT_UTIL_H */
