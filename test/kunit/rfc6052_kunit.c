// SPDX-License-Identifier: GPL-2.0
/* rfc6052_kunit.c - IPv4 addresses inside IPv6 addresses (RFC 6052 s2) */
#include "util.h"

#include "../../kernel/rfc/rfc6052.c"

/* RFC 6052 s2.4, both tables: 192.0.2.33 behind each length of prefix. */
struct layout_case {
	const char *prefix;
	u8 len;
	const char *addr;
};

static const struct layout_case layout_cases[] = {
	{ "2001:db8::", 32, "2001:db8:c000:221::" },
	{ "2001:db8:100::", 40, "2001:db8:1c0:2:21::" },
	{ "2001:db8:122::", 48, "2001:db8:122:c000:2:2100::" },
	{ "2001:db8:122:300::", 56, "2001:db8:122:3c0:0:221::" },
	{ "2001:db8:122:344::", 64, "2001:db8:122:344:c0:2:2100::" },
	{ "2001:db8:122:344::", 96, "2001:db8:122:344::192.0.2.33" },
	{ "64:ff9b::", 96, "64:ff9b::192.0.2.33" },
};

static void layout_desc(const struct layout_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s/%u", c->prefix, c->len);
}

KUNIT_ARRAY_PARAM(layout, layout_cases, layout_desc);

static struct nat64_prefix6 prefix_of(const char *text, u8 len)
{
	struct nat64_prefix6 prefix = { .addr = test_addr6(text), .len = len };

	return prefix;
}

static struct nat64_prefix6 layout_prefix(struct kunit *test)
{
	const struct layout_case *c = test->param_value;

	return prefix_of(c->prefix, c->len);
}

/* 6052 s2.4 */
static void embed_gives_the_rfcs_example(struct kunit *test)
{
	const struct layout_case *c = test->param_value;
	struct nat64_prefix6 prefix = layout_prefix(test);
	struct in6_addr expected = test_addr6(c->addr), got;

	memset(&got, 0xee, sizeof(got));
	nat64_rfc6052_embed(&prefix, test_addr4("192.0.2.33"), &got);
	test_octets(test, &got, &expected, sizeof(got), "address");
}

/* 6052 s2.4 */
static void extract_gives_the_rfcs_example(struct kunit *test)
{
	const struct layout_case *c = test->param_value;
	struct nat64_prefix6 prefix = layout_prefix(test);
	struct in6_addr addr = test_addr6(c->addr);

	KUNIT_EXPECT_EQ(test, ntohl(nat64_rfc6052_extract(&prefix, &addr)),
			0xc0000221);
}

/* The bits that hold the IPv4 address, by RFC 6052 s2.2: n to n+32, less u. */
static bool holds_address(unsigned int len, unsigned int bit)
{
	unsigned int n = 0, i;

	for (i = len; i < bit; i++)
		n += i < 64 || i > 71;
	return bit >= len && (bit < 64 || bit > 71) && n < 32;
}

/* 6052-2: every other bit behind the prefix is ignored on receipt. */
static void extract_ignores_suffix_and_u(struct kunit *test)
{
	const struct layout_case *c = test->param_value;
	struct nat64_prefix6 prefix = layout_prefix(test);
	unsigned int bit;

	for (bit = c->len; bit < 128; bit++) {
		struct in6_addr addr = test_addr6(c->addr);
		u32 got;

		addr.s6_addr[bit / 8] ^= 0x80 >> bit % 8;
		got = ntohl(nat64_rfc6052_extract(&prefix, &addr));
		KUNIT_EXPECT_EQ_MSG(test, got != 0xc0000221,
				    holds_address(c->len, bit), "bit %u", bit);
		KUNIT_EXPECT_TRUE_MSG(test,
				      nat64_rfc6052_contains(&prefix, &addr),
				      "bit %u", bit);
	}
}

/* 6052-1, 6052-2: bits 64 to 71 and the suffix are zero when sent. */
static void embed_leaves_u_and_suffix_zero(struct kunit *test)
{
	struct nat64_prefix6 prefix = layout_prefix(test);
	struct in6_addr addr;
	unsigned int bit;

	nat64_rfc6052_embed(&prefix, htonl(0xffffffff), &addr);
	for (bit = prefix.len; bit < 128; bit++)
		KUNIT_EXPECT_EQ_MSG(test, !!(addr.s6_addr[bit / 8] &
					     (0x80 >> bit % 8)),
				    holds_address(prefix.len, bit), "bit %u",
				    bit);
	KUNIT_EXPECT_EQ(test, addr.s6_addr[8], 0);
}

/* 6146-1: the algorithm is reversible. */
static void extract_reverses_embed(struct kunit *test)
{
	struct nat64_prefix6 prefix = layout_prefix(test);
	struct in6_addr addr;
	struct rnd_state rnd;
	__be32 addr4;
	int i;

	test_seed(test, &rnd);
	for (i = 0; i < 2000; i++) {
		test_random(&rnd, &addr4, sizeof(addr4));
		nat64_rfc6052_embed(&prefix, addr4, &addr);
		KUNIT_EXPECT_EQ(test, ntohl(addr4),
				ntohl(nat64_rfc6052_extract(&prefix, &addr)));
		KUNIT_EXPECT_TRUE(test, nat64_rfc6052_contains(&prefix, &addr));
	}
}

static void contains_looks_at_each_bit_of_the_prefix(struct kunit *test)
{
	const struct layout_case *c = test->param_value;
	struct nat64_prefix6 prefix = layout_prefix(test);
	unsigned int bit;

	for (bit = 0; bit < 128; bit++) {
		struct in6_addr addr = test_addr6(c->addr);

		addr.s6_addr[bit / 8] ^= 0x80 >> bit % 8;
		KUNIT_EXPECT_EQ_MSG(test, bit >= c->len,
				    nat64_rfc6052_contains(&prefix, &addr),
				    "bit %u", bit);
	}
}

static void check_takes_the_rfcs_prefixes(struct kunit *test)
{
	struct nat64_prefix6 prefix = layout_prefix(test);

	KUNIT_EXPECT_NULL(test, nat64_rfc6052_check(&prefix));
}

/* 6052-1: no bit behind the length. */
static void check_refuses_host_bits(struct kunit *test)
{
	unsigned int bit;

	for (bit = 0; bit < 128; bit++) {
		struct nat64_prefix6 prefix = layout_prefix(test);

		if (bit < prefix.len)
			continue;
		prefix.addr.s6_addr[bit / 8] |= 0x80 >> bit % 8;
		KUNIT_EXPECT_NOT_NULL_MSG(test, nat64_rfc6052_check(&prefix),
					  "bit %u", bit);
	}
}

/* 6052-1: 32, 40, 48, 56, 64 and 96 only. */
static void check_refuses_other_lengths(struct kunit *test)
{
	unsigned int len;

	for (len = 0; len < 256; len++) {
		struct nat64_prefix6 prefix = prefix_of("2001:db8::", len);
		bool good = len == 32 || len == 40 || len == 48 || len == 56 ||
			    len == 64 || len == 96;

		KUNIT_EXPECT_EQ_MSG(test, !nat64_rfc6052_check(&prefix), good,
				    "/%u", len);
	}
}

/* 6052-1: of a /96 too. */
static void check_refuses_bits_64_to_71(struct kunit *test)
{
	unsigned int bit;

	for (bit = 64; bit < 96; bit++) {
		struct nat64_prefix6 prefix = prefix_of("2001:db8::", 96);

		prefix.addr.s6_addr[bit / 8] |= 0x80 >> bit % 8;
		KUNIT_EXPECT_EQ_MSG(test, !nat64_rfc6052_check(&prefix),
				    bit > 71, "bit %u", bit);
	}
}

struct check_case {
	const char *prefix;
	u8 len;
	bool good;
};

static const struct check_case check_cases[] = {
	{ "ff00::", 32, false },		/* multicast, RFC 4291 s2.7 */
	{ "ff0e::", 96, false },
	{ "ffff:ffff::", 32, false },
	{ "fe80::", 64, false },		/* link-local, s2.5.6 */
	{ "fe80::", 32, false },
	{ "febf:ffff::", 32, false },
	{ "::", 32, false },
	{ "::", 64, false },
	{ "::", 96, false },
	{ "fd00:1234::", 48, true },		/* RFC 4193 */
	{ "fc00::", 40, true },
	{ "64:ff9b:1::", 48, true },		/* 8215-1 */
	{ "64:ff9b:1:fffe::", 96, true },
	{ "64:ff9b::", 96, true },
	{ "2000::", 32, true },
};

static void check_desc(const struct check_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s/%u", c->prefix, c->len);
}

KUNIT_ARRAY_PARAM(check, check_cases, check_desc);

static void check_looks_at_the_kind_of_address(struct kunit *test)
{
	const struct check_case *c = test->param_value;
	struct nat64_prefix6 prefix = prefix_of(c->prefix, c->len);
	const char *why = nat64_rfc6052_check(&prefix);

	KUNIT_EXPECT_EQ_MSG(test, !why, c->good, "%s", why ?: "taken");
}

struct overlap_case {
	const char *a, *b;
	u8 alen, blen;
	bool overlap;
};

static const struct overlap_case overlap_cases[] = {
	{ "64:ff9b::", "64:ff9b::", 96, 96, true },
	{ "2001:db8::", "2001:db8:1::", 32, 48, true },
	{ "2001:db8::", "2001:db8:ffff:ffff::", 32, 64, true },
	{ "2001:db8::", "2001:db9::", 32, 32, false },
	{ "2001:db8::", "2001:db7:ffff:ffff::", 32, 64, false },
	{ "64:ff9b::", "64:ff9b:1::", 96, 48, false },
	{ "64:ff9b:1::", "64:ff9b:1:fffe::", 48, 96, true },
	{ "2001:db8::", "2001:db8:0:1::", 64, 64, false },
	{ "2001:db8::", "2001:db8::1:0:0", 96, 96, false },
};

static void overlap_desc(const struct overlap_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s/%u with %s/%u", c->a, c->alen,
		 c->b, c->blen);
}

KUNIT_ARRAY_PARAM(overlap, overlap_cases, overlap_desc);

static void overlap_is_symmetric_and_right(struct kunit *test)
{
	const struct overlap_case *c = test->param_value;
	struct nat64_prefix6 a = prefix_of(c->a, c->alen);
	struct nat64_prefix6 b = prefix_of(c->b, c->blen);

	KUNIT_EXPECT_EQ(test, nat64_rfc6052_overlap(&a, &b), c->overlap);
	KUNIT_EXPECT_EQ(test, nat64_rfc6052_overlap(&b, &a), c->overlap);
}

struct wkp_case {
	const char *prefix;
	u8 len;
	bool wkp;
};

/* 6052 s2.1; 8215-1: match on the full length. */
static const struct wkp_case wkp_cases[] = {
	{ "64:ff9b::", 96, true },
	{ "64:ff9b::", 64, false },
	{ "64:ff9b::", 32, false },
	{ "64:ff9b:1::", 96, false },
	{ "64:ff9b:1::", 48, false },
	{ "64:ff9b:0:1::", 96, false },
	{ "64:ff9b::1:0:0", 96, false },
	{ "64:ff9c::", 96, false },
	{ "2001:db8::", 96, false },
};

static void wkp_desc(const struct wkp_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s/%u", c->prefix, c->len);
}

KUNIT_ARRAY_PARAM(wkp, wkp_cases, wkp_desc);

static void wkp_is_one_prefix_only(struct kunit *test)
{
	const struct wkp_case *c = test->param_value;
	struct nat64_prefix6 prefix = prefix_of(c->prefix, c->len);

	KUNIT_EXPECT_EQ(test, nat64_rfc6052_is_wkp(&prefix), c->wkp);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(embed_gives_the_rfcs_example, layout_gen_params), /* 6052-L* 6146-1 */
	KUNIT_CASE_PARAM(extract_gives_the_rfcs_example, layout_gen_params), /* 6052-L* */
	KUNIT_CASE_PARAM(extract_ignores_suffix_and_u, layout_gen_params), /* 6052-2 */
	KUNIT_CASE_PARAM(embed_leaves_u_and_suffix_zero, layout_gen_params), /* 6052-1 6052-2 */
	KUNIT_CASE_PARAM(extract_reverses_embed, layout_gen_params),
	KUNIT_CASE_PARAM(contains_looks_at_each_bit_of_the_prefix,
			 layout_gen_params),
	KUNIT_CASE_PARAM(check_takes_the_rfcs_prefixes, layout_gen_params),
	KUNIT_CASE_PARAM(check_refuses_host_bits, layout_gen_params),
	KUNIT_CASE(check_refuses_other_lengths), /* 6052-1 */
	KUNIT_CASE(check_refuses_bits_64_to_71), /* 6052-1 */
	KUNIT_CASE_PARAM(check_looks_at_the_kind_of_address, check_gen_params),
	KUNIT_CASE_PARAM(overlap_is_symmetric_and_right, overlap_gen_params),
	KUNIT_CASE_PARAM(wkp_is_one_prefix_only, wkp_gen_params), /* 8215-1 D5 */
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_rfc6052",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
