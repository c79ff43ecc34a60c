// SPDX-License-Identifier: GPL-2.0
/* icmp_map_kunit.c - types, codes, pointers and MTUs of ICMP (RFC 7915) */
#include "util.h"

#include "../../kernel/rfc/icmp_map.c"

struct kind_case {
	u8 type, code;
	u8 to_type, to_code;
	u8 rest, pointer;
};

/* RFC 7915 s4.2 in its order (checklist 2.2); no other type and code passes. */
static const struct kind_case kinds46[] = {
	{ 8, 0, 128, 0, NAT64_ICMP_ID, 0 },
	{ 0, 0, 129, 0, NAT64_ICMP_ID, 0 },
	{ 3, 0, 1, 0, NAT64_ICMP_ZERO, 0 },
	{ 3, 1, 1, 0, NAT64_ICMP_ZERO, 0 },
	{ 3, 2, 4, 1, NAT64_ICMP_POINTER, 6 },
	{ 3, 3, 1, 4, NAT64_ICMP_ZERO, 0 },
	{ 3, 4, 2, 0, NAT64_ICMP_MTU, 0 },
	{ 3, 5, 1, 0, NAT64_ICMP_ZERO, 0 },
	{ 3, 6, 1, 0, NAT64_ICMP_ZERO, 0 },
	{ 3, 7, 1, 0, NAT64_ICMP_ZERO, 0 },
	{ 3, 8, 1, 0, NAT64_ICMP_ZERO, 0 },
	{ 3, 9, 1, 1, NAT64_ICMP_ZERO, 0 },
	{ 3, 10, 1, 1, NAT64_ICMP_ZERO, 0 },
	{ 3, 11, 1, 0, NAT64_ICMP_ZERO, 0 },
	{ 3, 12, 1, 0, NAT64_ICMP_ZERO, 0 },
	{ 3, 13, 1, 1, NAT64_ICMP_ZERO, 0 },
	{ 3, 15, 1, 1, NAT64_ICMP_ZERO, 0 },
	{ 11, 0, 3, 0, NAT64_ICMP_ZERO, 0 },
	{ 11, 1, 3, 1, NAT64_ICMP_ZERO, 0 },
	{ 12, 0, 4, 0, NAT64_ICMP_POINTER, 0 },
	{ 12, 2, 4, 0, NAT64_ICMP_POINTER, 0 },
};

/* RFC 7915 s5.2 in its order (checklist 2.3); no other passes. */
static const struct kind_case kinds64[] = {
	{ 128, 0, 8, 0, NAT64_ICMP_ID, 0 },
	{ 129, 0, 0, 0, NAT64_ICMP_ID, 0 },
	{ 1, 0, 3, 1, NAT64_ICMP_ZERO, 0 },
	{ 1, 1, 3, 10, NAT64_ICMP_ZERO, 0 },
	{ 1, 2, 3, 1, NAT64_ICMP_ZERO, 0 },
	{ 1, 3, 3, 1, NAT64_ICMP_ZERO, 0 },
	{ 1, 4, 3, 3, NAT64_ICMP_ZERO, 0 },
	{ 2, 0, 3, 4, NAT64_ICMP_MTU, 0 },
	{ 3, 0, 11, 0, NAT64_ICMP_ZERO, 0 },
	{ 3, 1, 11, 1, NAT64_ICMP_ZERO, 0 },
	{ 4, 0, 12, 0, NAT64_ICMP_POINTER, 0 },
	{ 4, 1, 3, 2, NAT64_ICMP_ZERO, 0 },
};

static void kind_desc(const struct kind_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u/%u", c->type, c->code);
}

KUNIT_ARRAY_PARAM(kind46, kinds46, kind_desc);
KUNIT_ARRAY_PARAM(kind64, kinds64, kind_desc);

static void expect_xlat(struct kunit *test, const struct kind_case *c,
			bool found, const struct nat64_icmp_xlat *xlat)
{
	KUNIT_ASSERT_TRUE(test, found);
	KUNIT_EXPECT_EQ(test, xlat->type, c->to_type);
	KUNIT_EXPECT_EQ(test, xlat->code, c->to_code);
	KUNIT_EXPECT_EQ(test, xlat->rest, c->rest);
	KUNIT_EXPECT_EQ(test, xlat->pointer, c->pointer);
}

/* 7915 s4.2 */
static void kind46_is_the_rfcs(struct kunit *test)
{
	const struct kind_case *c = test->param_value;
	struct nat64_icmp_xlat xlat = {};
	bool found = nat64_icmp_xlat46(c->type, c->code, &xlat);

	expect_xlat(test, c, found, &xlat);
}

/* 7915 s5.2 */
static void kind64_is_the_rfcs(struct kunit *test)
{
	const struct kind_case *c = test->param_value;
	struct nat64_icmp_xlat xlat = {};
	bool found = nat64_icmp_xlat64(c->type, c->code, &xlat);

	expect_xlat(test, c, found, &xlat);
}

static bool listed(const struct kind_case *rows, int n, u8 type, u8 code)
{
	int i;

	for (i = 0; i < n; i++)
		if (rows[i].type == type && rows[i].code == code)
			return true;
	return false;
}

/* Everything not listed: silent drop. */
static void all_other_kinds_are_dropped(struct kunit *test)
{
	struct nat64_icmp_xlat xlat;
	unsigned int i;

	for (i = 0; i < 65536; i++) {
		u8 type = i >> 8, code = i;

		KUNIT_EXPECT_EQ_MSG(test, nat64_icmp_xlat46(type, code, &xlat),
				    listed(kinds46, ARRAY_SIZE(kinds46), type,
					   code), "46 %u/%u", type, code);
		KUNIT_EXPECT_EQ_MSG(test, nat64_icmp_xlat64(type, code, &xlat),
				    listed(kinds64, ARRAY_SIZE(kinds64), type,
					   code), "64 %u/%u", type, code);
	}
}

/* RFC 7915 figure 3; -1: n/a or not listed */
static int figure3(unsigned int pointer)
{
	static const int start[] = { 0, 1, 4, 4, -1, -1, -1, -1, 7, 6, -1, -1 };

	if (pointer < 12)
		return start[pointer];
	if (pointer < 20)
		return pointer < 16 ? 8 : 24;
	return -1;
}

/* RFC 7915 figure 6; -1: n/a or not listed */
static int figure6(unsigned int pointer)
{
	static const int start[] = { 0, 1, -1, -1, 2, 2, 9, 8 };

	if (pointer < 8)
		return start[pointer];
	if (pointer < 40)
		return pointer < 24 ? 12 : 16;
	return -1;
}

/* 7915 s4.2, pointers */
static void pointer46_is_figure_3(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 256; i++)
		KUNIT_EXPECT_EQ_MSG(test, nat64_icmp_pointer46(i), figure3(i),
				    "pointer %u", i);
}

/* 7915 s5.2, pointers */
static void pointer64_is_figure_6(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 1000; i++)
		KUNIT_EXPECT_EQ_MSG(test, nat64_icmp_pointer64(i), figure6(i),
				    "pointer %u", i);
	for (i = 8; i < 32; i++) {
		KUNIT_EXPECT_EQ(test, nat64_icmp_pointer64(BIT(i)),
				figure6(BIT(i)));
		KUNIT_EXPECT_EQ(test, nat64_icmp_pointer64(BIT(i) | 6),
				figure6(BIT(i) | 6));
	}
	KUNIT_EXPECT_EQ(test, nat64_icmp_pointer64(U32_MAX), -1);
}

struct mtu_case {
	const char *name;
	u32 mtu, mtu4, mtu6;
	u32 rest;	/* 64: has a Fragment Header; 46: quoted length */
	u32 expected;
};

static void mtu_desc(const struct mtu_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

/* min(mtu - 20, mtu4, mtu6 - 20), 8 less for a Fragment Header (7915 s5.2) */
static const struct mtu_case mtus64[] = {
	{ "the message decides", 1400, 1500, 1500, 0, 1380 },
	{ "the IPv4 link decides", 1500, 1300, 1500, 0, 1300 },
	{ "the IPv6 link decides", 1500, 1500, 1400, 0, 1380 },
	{ "ethernet", 1500, 1500, 1500, 0, 1480 },
	{ "least IPv6 MTU", 1280, 1500, 1500, 0, 1260 },
	{ "fragment, the message decides", 1400, 1500, 1500, 1, 1372 },
	{ "fragment, the IPv4 link decides", 1500, 1300, 1500, 1, 1292 },
	{ "below the least IPv6 MTU", 100, 1500, 1500, 0, 80 },
	{ "not below 68, RFC 791", 20, 1500, 1500, 0, 68 },
	{ "0", 0, 1500, 1500, 0, 68 },
	{ "0, fragment", 0, 1500, 1500, 1, 68 },
	{ "19", 19, 1500, 1500, 0, 68 },
	{ "more than 16 bits", 100000, 200000, 200000, 0, 65535 },
	{ "the largest", U32_MAX, 65535, U32_MAX, 0, 65535 },
	{ "the largest, ethernet", U32_MAX, 1500, 1500, 0, 1480 },
	{ "sign bit", 0x80000000, 1500, 1500, 0, 1480 },
	{ "between IPv6 hosts", 1400, 0, 0, 0, 1380 },
	{ "between IPv6 hosts, fragment", 1400, 0, 0, 1, 1372 },
	{ "no IPv4 link", 9000, 0, 1500, 0, 1480 },
	{ "no IPv6 link", 9000, 1500, 0, 0, 1500 },
};

KUNIT_ARRAY_PARAM(mtu64, mtus64, mtu_desc);

static void mtu64_is_the_rfcs(struct kunit *test)
{
	const struct mtu_case *c = test->param_value;
	struct nat64_mtus links = { .mtu4 = c->mtu4, .mtu6 = c->mtu6 };

	KUNIT_EXPECT_EQ(test, nat64_icmp_mtu64(c->mtu, &links, c->rest),
			c->expected);
}

/*
 * max(1280, min(mtu + 20, mtu6, mtu4 + 20)); for 0 the greatest plateau below
 * the quoted Total Length (7915 s4.2, RFC 1191 s7)
 */
static const struct mtu_case mtus46[] = {
	{ "the message decides", 1400, 1500, 1500, 1500, 1420 },
	{ "the IPv6 link decides", 1500, 1500, 1400, 1500, 1400 },
	{ "the IPv4 link decides", 1500, 1400, 9000, 1500, 1420 },
	{ "ethernet", 1500, 1500, 1500, 1500, 1500 },
	{ "least of IPv6", 1260, 1500, 1500, 1500, 1280 },
	{ "not below 1280", 68, 1500, 1500, 1500, 1280 },
	{ "1259", 1259, 1500, 1500, 1500, 1280 },
	{ "1261", 1261, 1500, 1500, 1500, 1281 },
	{ "links below 1280", 1500, 576, 576, 1500, 1280 },
	{ "the largest", 65535, 65535, 65535, 65535, 65535 },
	{ "loopback", 65535, 65536, 65536, 65535, 65536 },
	{ "0, 1500 octets", 0, 9000, 9000, 1500, 1512 },
	{ "0, 1493 octets", 0, 9000, 9000, 1493, 1512 },
	{ "0, 1492 octets", 0, 9000, 9000, 1492, 1280 },
	{ "0, 576 octets", 0, 9000, 9000, 576, 1280 },
	{ "0, 20 octets", 0, 9000, 9000, 20, 1280 },
	{ "0, none", 0, 9000, 9000, 0, 1280 },
	{ "0, 2002 octets", 0, 9000, 9000, 2002, 1512 },
	{ "0, 2003 octets", 0, 9000, 9000, 2003, 2022 },
	{ "0, 4352 octets", 0, 9000, 9000, 4352, 2022 },
	{ "0, 8166 octets", 0, 9000, 9000, 8166, 4372 },
	{ "0, 17914 octets", 0, 65535, 65535, 17914, 8186 },
	{ "0, 17915 octets", 0, 65535, 65535, 17915, 17934 },
	{ "0, 32001 octets", 0, 65535, 65535, 32001, 32020 },
	{ "0, 65535 octets", 0, 65535, 65535, 65535, 32020 },
	{ "0, a link decides", 0, 1500, 1500, 9000, 1500 },
	{ "no IPv4 link", 1480, 0, 1400, 1500, 1400 },
	{ "no link", 1380, 0, 0, 1500, 1400 },
};

KUNIT_ARRAY_PARAM(mtu46, mtus46, mtu_desc);

static void mtu46_is_the_rfcs(struct kunit *test)
{
	/* RFC 1191 s7, table 7-1 */
	static const u16 plateaus[] = {
		65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68
	};
	const struct mtu_case *c = test->param_value;
	struct nat64_mtus links = { .mtu4 = c->mtu4, .mtu6 = c->mtu6 };

	KUNIT_EXPECT_EQ(test, nat64_icmp_mtu46(c->mtu, &links, c->rest,
					       plateaus, ARRAY_SIZE(plateaus)),
			c->expected);
}

/* No plateau at all, or only one that is too large: still 1280. */
static void mtu46_without_a_plateau_is_1280(struct kunit *test)
{
	struct nat64_mtus links = { .mtu4 = 9000, .mtu6 = 9000 };
	u16 one = 65535;

	KUNIT_EXPECT_EQ(test, nat64_icmp_mtu46(0, &links, 1500, &one, 0), 1280);
	KUNIT_EXPECT_EQ(test, nat64_icmp_mtu46(0, &links, 1500, &one, 1), 1280);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(kind46_is_the_rfcs, kind46_gen_params),
	KUNIT_CASE_PARAM(kind64_is_the_rfcs, kind64_gen_params),
	KUNIT_CASE(all_other_kinds_are_dropped), /* 5508-11 */
	KUNIT_CASE(pointer46_is_figure_3), /* 7915-46-p* */
	KUNIT_CASE(pointer64_is_figure_6), /* 7915-64-p* */
	KUNIT_CASE_PARAM(mtu64_is_the_rfcs, mtu64_gen_params), /* 7915-64-2/0 */
	KUNIT_CASE_PARAM(mtu46_is_the_rfcs, mtu46_gen_params), /* 7915-46-3/4 const-plateaus */
	KUNIT_CASE(mtu46_without_a_plateau_is_1280),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_icmp_map",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
