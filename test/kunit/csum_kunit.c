// SPDX-License-Identifier: GPL-2.0
/* csum_kunit.c - differences of Internet checksums (RFC 1071, RFC 1624) */
#include "util.h"

#include <linux/in6.h>
#include "rfc/csum.h"

#define ROUNDS 20000

/* What a packet's checksum covers: a pseudo header, ports and data. */
struct covered {
	struct in6_addr saddr6, daddr6;
	__be32 saddr4, daddr4;
	__be16 port6, port4, other;
	u8 data[14];
};

/* Random, but with many zeros and ones, at which sums go wrong. */
static void covered_random(struct rnd_state *rnd, struct covered *c)
{
	u8 *p = (u8 *)c;
	size_t i;

	test_random(rnd, c, sizeof(*c));
	if (p[0] & 1)
		return;
	for (i = 0; i < sizeof(*c); i++)
		p[i] = p[i] < 80 ? 0 : p[i] < 160 ? 0xff : p[i];
}

static u32 covered_sum6(const struct covered *c)
{
	u32 sum = test_sum(0, &c->saddr6, 32);

	return test_sum(sum, &c->port6, 2);
}

static u32 covered_sum4(const struct covered *c)
{
	u32 sum = test_sum(0, &c->saddr4, 8);

	return test_sum(sum, &c->port4, 2);
}

static u32 covered_rest(const struct covered *c)
{
	return test_sum(test_sum(0, &c->other, 2), c->data, sizeof(c->data));
}

static __sum16 covered_diff(const struct covered *c)
{
	__wsum from = nat64_csum_addr6(&c->saddr6, &c->daddr6);
	__wsum to = nat64_csum_addr4(c->saddr4, c->daddr4);

	return nat64_csum_diff(csum_add(from, nat64_csum_be16(c->port6)),
			       csum_add(to, nat64_csum_be16(c->port4)));
}

/* A checksum field and another that verifies as well: 0 and 0xffff. */
static bool same(__sum16 a, u16 b)
{
	return ntohs((__force __be16)a) % 0xffff == b % 0xffff;
}

static __sum16 field(u16 check)
{
	return (__force __sum16)htons(check);
}

/* 7915-26, 6146-15: the difference does what a full sum does. */
static void diff_equals_recomputation_64(struct kunit *test)
{
	struct rnd_state rnd;
	struct covered c;
	int i;

	test_seed(test, &rnd);
	for (i = 0; i < ROUNDS; i++) {
		u16 old, new;
		__sum16 got;

		covered_random(&rnd, &c);
		old = test_check(covered_sum6(&c) + covered_rest(&c));
		new = test_check(covered_sum4(&c) + covered_rest(&c));
		got = nat64_csum_apply(field(old), covered_diff(&c));
		KUNIT_EXPECT_TRUE_MSG(test, same(got, new),
				      "round %d: %04x to %04x, not %04x", i,
				      old, ntohs((__force __be16)got), new);
	}
}

static void diff_equals_recomputation_46(struct kunit *test)
{
	struct rnd_state rnd;
	struct covered c;
	int i;

	test_seed(test, &rnd);
	for (i = 0; i < ROUNDS; i++) {
		u16 old, new;
		__sum16 got;

		covered_random(&rnd, &c);
		old = test_check(covered_sum4(&c) + covered_rest(&c));
		new = test_check(covered_sum6(&c) + covered_rest(&c));
		got = nat64_csum_apply(field(old),
				       nat64_csum_reverse(covered_diff(&c)));
		KUNIT_EXPECT_TRUE_MSG(test, same(got, new),
				      "round %d: %04x to %04x, not %04x", i,
				      old, ntohs((__force __be16)got), new);
	}
}

/* RFC 1624 s4: where the older way of RFC 1141 gives 0xffff. */
static void apply_gives_the_rfcs_example(struct kunit *test)
{
	__sum16 diff = test_diff(0x5555, 0x3285), got;

	got = nat64_csum_apply(field(0xdd2f), diff);
	KUNIT_EXPECT_EQ(test, ntohs((__force __be16)got), 0x0000);
}

/* The way back restores the field. */
static void reverse_undoes(struct kunit *test)
{
	struct rnd_state rnd;
	struct covered c;
	int i;

	test_seed(test, &rnd);
	for (i = 0; i < ROUNDS; i++) {
		__sum16 diff, there, back;
		u16 old;

		covered_random(&rnd, &c);
		old = (u16)c.data[0] << 8 | c.data[1];
		diff = covered_diff(&c);
		there = nat64_csum_apply(field(old), diff);
		back = nat64_csum_apply(there, nat64_csum_reverse(diff));
		KUNIT_EXPECT_TRUE_MSG(test, same(back, old),
				      "round %d: %04x there and back is %04x",
				      i, old, ntohs((__force __be16)back));
	}
}

/* A checksum that is wrong stays wrong by as much. */
static void a_wrong_checksum_stays_wrong(struct kunit *test)
{
	struct rnd_state rnd;
	struct covered c;
	int i;

	test_seed(test, &rnd);
	for (i = 0; i < ROUNDS; i++) {
		u16 old, new;
		__sum16 got;

		covered_random(&rnd, &c);
		old = test_check(covered_sum6(&c) + covered_rest(&c)) ^ 0x0400;
		new = test_check(covered_sum4(&c) + covered_rest(&c));
		got = nat64_csum_apply(field(old), covered_diff(&c));
		KUNIT_EXPECT_FALSE(test, same(got, new));
	}
}

/* 8215-2: with a neutral prefix nothing changes. */
static void a_neutral_prefix_has_no_difference(struct kunit *test)
{
	struct in6_addr a = test_addr6("64:ff9b:1:fffe::");
	struct rnd_state rnd;
	__be32 addr4;
	int i;

	/* 0x64 + 0xff9b + 1 + 0xfffe is 0xffff twice. */
	test_seed(test, &rnd);
	for (i = 0; i < 1000; i++) {
		__wsum from, to;
		__sum16 diff;

		test_random(&rnd, &addr4, sizeof(addr4));
		a.s6_addr32[3] = addr4;
		from = nat64_csum_addr6(&a, &in6addr_any);
		to = nat64_csum_addr4(addr4, 0);
		diff = nat64_csum_diff(from, to);
		KUNIT_EXPECT_TRUE(test, same(diff, 0));
		KUNIT_EXPECT_TRUE(test, same(nat64_csum_apply(field(0x1234),
							      diff), 0x1234));
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(diff_equals_recomputation_64), /* 7915-26 */
	KUNIT_CASE(diff_equals_recomputation_46), /* 7915-26 */
	KUNIT_CASE(apply_gives_the_rfcs_example),
	KUNIT_CASE(reverse_undoes),
	KUNIT_CASE(a_wrong_checksum_stays_wrong), /* 7915-26 */
	KUNIT_CASE(a_neutral_prefix_has_no_difference), /* 8215-2 */
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_csum",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
