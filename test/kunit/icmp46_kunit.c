// SPDX-License-Identifier: GPL-2.0
/* icmp46_kunit.c - translation of ICMP errors to ICMPv6 (RFC 7915 s4.2, s4.3) */
#include "errors.h"

/* 7915 s4.2; both links have an MTU of 1500. */
static const struct error errors[] = {
	{ "net unreachable", 1, 0, 3, 0 },
	{ "host unreachable", 1, 0, 3, 1 },
	{ "protocol unreachable", 4, 1, 3, 2, 6, 0 },
	{ "port unreachable", 1, 4, 3, 3 },
	{ "fragmentation needed, 1400", 2, 0, 3, 4, 1420, 1400 },
	{ "fragmentation needed, 576", 2, 0, 3, 4, 1280, 576 },
	{ "fragmentation needed, 9000", 2, 0, 3, 4, 1500, 9000 },
	{ "source route failed", 1, 0, 3, 5 },
	{ "net unknown", 1, 0, 3, 6 },
	{ "net prohibited", 1, 1, 3, 9 },
	{ "host prohibited", 1, 1, 3, 10 },
	{ "host unreachable for TOS", 1, 0, 3, 12 },
	{ "prohibited", 1, 1, 3, 13 },
	{ "precedence cutoff", 1, 1, 3, 15 },
	{ "TTL exceeded", 3, 0, 11, 0 },
	{ "reassembly time exceeded", 3, 1, 11, 1 },
	{ "bad TOS", 4, 0, 12, 0, 1, 1 << 24 },
	{ "bad length", 4, 0, 12, 2, 4, 2 << 24 },
	{ "bad TTL", 4, 0, 12, 0, 7, 8 << 24 },
	{ "bad protocol", 4, 0, 12, 0, 6, 9 << 24 },
	{ "bad source", 4, 0, 12, 0, 8, 15 << 24 },
	{ "bad destination", 4, 0, 12, 2, 24, 16 << 24 },
};

static void error_desc(const struct error *e, char *desc)
{
	strscpy(desc, e->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(error, errors, error_desc);

static void make_in(struct kunit *test, struct octets *o,
		    const struct error *e, const struct quote *q)
{
	struct octets *quoted = octets_new(test);

	put_quote4(quoted, q, false);
	put_error4(o, e, quoted, 0, 64, ROUTER4, MAPPED4);
}

static void make_expected(struct kunit *test, struct octets *o,
			  const struct error *e, const struct quote *q)
{
	struct octets *quoted = octets_new(test);

	put_quote6(quoted, q, false);
	/* RFC 4443 s2.4 (c): no more than 1280 octets in all. */
	quoted->len = min(quoted->len, 1280 - 40 - 8U);
	put_error6(o, e, quoted, 0, 63, ROUTER6, HOST6);
}

static void expect_error(struct kunit *test, const struct octets *in,
			 const struct octets *expected, const char *what)
{
	struct sk_buff *skb;
	int shape;

	for (shape = 0; shape < SHAPES; shape++) {
		struct sk_buff *clone = NULL;

		skb = skb_make(test, in->data, in->len, 20, shape, 0xa5);
		if (shape == CLONED)
			clone = skb_clone(skb, GFP_KERNEL);
		KUNIT_EXPECT_EQ(test, (int)error_translate46(test, skb),
				(int)NAT64_CONTINUE);
		expect_geometry(test, skb, true);
		expect_octets(test, skb, expected, what);
		if (clone)
			expect_octets(test, clone, in, "the other clone");
		kfree_skb(clone);
		kfree_skb(skb);
	}
}

/* Every octet, of every kind of quoted packet, in every shape of skb. */
static void an_error_is_translated(struct kunit *test)
{
	const struct error *e = test->param_value;
	int i;

	for (i = 0; i < ARRAY_SIZE(quotes); i++) {
		struct octets *in = octets_new(test);
		struct octets *expected = octets_new(test);

		make_in(test, in, e, &quotes[i]);
		make_expected(test, expected, e, &quotes[i]);
		expect_error(test, in, expected, quotes[i].name);
	}
}

/* 7915-9: a quote that is too long for IPv6 is truncated. */
static void a_long_quote_is_cut(struct kunit *test)
{
	static const u16 payloads[] = { 1203, 1204, 1205, 1300, 1436 };
	const struct error *e = test->param_value;
	int i;

	for (i = 0; i < ARRAY_SIZE(payloads); i++) {
		struct quote q = { .flow = { .l4 = IPPROTO_UDP,
					     .payload = payloads[i] } };
		struct octets *in = octets_new(test);
		struct octets *expected = octets_new(test);

		make_in(test, in, e, &q);
		make_expected(test, expected, e, &q);
		expect_error(test, in, expected, "long quote");
	}
}

/* 7915 figure 3: a pointer without an equivalent is dropped. */
static void pointers_without_equivalent_are_dropped(struct kunit *test)
{
	static const u8 pointers[] = { 4, 5, 6, 7, 10, 11, 20, 255 };
	struct sk_buff *skb;
	int i;

	for (i = 0; i < ARRAY_SIZE(pointers); i++) {
		struct error e = { .type4 = 12, .rest4 = pointers[i] << 24 };
		struct octets *in = octets_new(test);

		make_in(test, in, &e, &quotes[0]);
		skb = skb_make(test, in->data, in->len, 20, LINEAR, 0xa5);
		KUNIT_EXPECT_EQ_MSG(test, (int)error_translate46(test, skb),
				    (int)NAT64_DROP, "pointer %u", pointers[i]);
		kfree_skb(skb);
	}
}

/* 7915 s4.2: MTU 0, the plateau below the length of the quoted packet */
static void an_mtu_of_zero_is_guessed(struct kunit *test)
{
	struct quote q = { .flow = { .l4 = IPPROTO_UDP, .payload = 1472 },
			   .cut = 100 };
	static const struct error e = { "", 2, 0, 3, 4, 1500, 0 };
	struct octets *in = octets_new(test), *expected = octets_new(test);

	/* 1500 octets: 1492 + 20, but the links have 1500. */
	make_in(test, in, &e, &q);
	make_expected(test, expected, &e, &q);
	expect_error(test, in, expected, "MTU 0");
}

/* 7915-2 in the quoted packet */
static void quoted_options_are_left_out(struct kunit *test)
{
	static const struct error e = { "", 1, 4, 3, 3 };
	struct flow f = { .l4 = IPPROTO_UDP, .payload = 50 };
	struct quote q = { .flow = f };
	int n;

	for (n = 4; n <= 40; n += 4) {
		struct octets *quoted = octets_new(test);
		struct octets *in = octets_new(test);
		struct octets *expected = octets_new(test);

		put_ip4(quoted, 0, 20 + n + l4_len(&f), 7, 0, QUOTED_TTL, 17,
			MAPPED4, PEER4);
		quoted->data[0] = 0x45 + n / 4;
		memset(quoted->data + 20, 1, n);
		quoted->len += n;
		seal_ip4(quoted, 0);
		put_l4_4(quoted, &f);
		put_error4(in, &e, quoted, 0, 64, ROUTER4, MAPPED4);
		make_expected(test, expected, &e, &q);
		expect_error(test, in, expected, "options");
	}
}

/* 7915-5: a quoted first fragment gets a Fragment Header. */
static void a_quoted_fragment_is_translated(struct kunit *test)
{
	static const u8 header[] = { 17, 0, 0, 1, 0, 0, 0xbe, 0xef };
	static const struct error e = { "", 3, 1, 11, 1 };
	struct flow f = { .l4 = IPPROTO_UDP, .payload = 1400 };
	struct octets *quoted = octets_new(test), *in = octets_new(test);
	struct octets *expected = octets_new(test), *q6 = octets_new(test);

	put_ip4(quoted, 0, 20 + l4_len(&f), 0xbeef, 0x2000, QUOTED_TTL, 17,
		MAPPED4, PEER4);
	put_l4_4(quoted, &f);
	quoted->len = 20 + 60;
	put_error4(in, &e, quoted, 0, 64, ROUTER4, MAPPED4);
	put_ip6(q6, 0, 8 + l4_len(&f), 44, QUOTED_TTL, HOST6, PEER6);
	put(q6, header, sizeof(header));
	put_l4_6(q6, &f);
	q6->len = 40 + 8 + 60;
	put_error6(expected, &e, q6, 0, 63, ROUTER6, HOST6);
	expect_error(test, in, expected, "first fragment");
}

/* 7915-3: an error may have a source that is not forwardable. */
static void an_error_from_an_illegal_source_is_translated(struct kunit *test)
{
	static const u8 sources[][4] = {
		{ 0, 0, 0, 0 }, { 127, 0, 0, 1 }, { 240, 0, 0, 1 },
	};
	static const struct error e = { "", 3, 0, 11, 0 };
	int i;

	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		struct octets *quoted = octets_new(test);
		struct octets *in = octets_new(test);
		struct octets *expected = octets_new(test);

		put_quote4(quoted, &quotes[0], false);
		put_error4(in, &e, quoted, 0, 64, sources[i], MAPPED4);
		make_expected(test, expected, &e, &quotes[0]);
		expect_error(test, in, expected, "illegal source");
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(an_error_is_translated, error_gen_params),
	KUNIT_CASE_PARAM(a_long_quote_is_cut, error_gen_params),
	KUNIT_CASE(pointers_without_equivalent_are_dropped),
	KUNIT_CASE(an_mtu_of_zero_is_guessed),
	KUNIT_CASE(quoted_options_are_left_out),
	KUNIT_CASE(a_quoted_fragment_is_translated),
	KUNIT_CASE(an_error_from_an_illegal_source_is_translated),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_icmp46",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
