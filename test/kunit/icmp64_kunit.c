// SPDX-License-Identifier: GPL-2.0
/* icmp64_kunit.c - translation of ICMPv6 errors to ICMP (RFC 7915 s5.2, s5.3) */
#include "errors.h"

/* 7915 s5.2; both links have an MTU of 1500. */
static const struct error errors[] = {
	{ "no route", 1, 0, 3, 1 },
	{ "prohibited", 1, 1, 3, 10 },
	{ "beyond scope", 1, 2, 3, 1 },
	{ "address unreachable", 1, 3, 3, 1 },
	{ "port unreachable", 1, 4, 3, 3 },
	{ "packet too big, 1400", 2, 0, 3, 4, 1400, 1380 },
	{ "packet too big, 1280", 2, 0, 3, 4, 1280, 1260 },
	{ "packet too big, 9000", 2, 0, 3, 4, 9000, 1480 },
	{ "hop limit exceeded", 3, 0, 11, 0 },
	{ "reassembly time exceeded", 3, 1, 11, 1 },
	{ "bad traffic class", 4, 0, 12, 0, 1, 1 << 24 },
	{ "bad payload length", 4, 0, 12, 0, 4, 2 << 24 },
	{ "bad next header", 4, 0, 12, 0, 6, 9 << 24 },
	{ "bad hop limit", 4, 0, 12, 0, 7, 8 << 24 },
	{ "bad source", 4, 0, 12, 0, 8, 12 << 24 },
	{ "bad destination", 4, 0, 12, 0, 39, 16 << 24 },
	{ "unknown next header", 4, 1, 3, 2, 6, 0 },
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

	put_quote6(quoted, q, true);
	put_error6(o, e, quoted, 0, 64, HOST6, PEER6);
}

/* The quoted packet is translated like any other: 7915-9, 7915-20. */
static void make_expected(struct kunit *test, struct octets *o,
			  const struct error *e, const struct quote *q)
{
	struct octets *quoted = octets_new(test);
	struct quote out = *q;

	out.flow.df = df_by_length(&q->flow);
	put_quote4(quoted, &out, true);
	quoted->len = min(quoted->len, ERROR_MAX4 - 20 - 8U);
	put_error4(o, e, quoted, 0, 63, MAPPED4, PEER4);
}

static void expect_translated(struct kunit *test, struct sk_buff *skb,
			      struct octets *expected, const char *what)
{
	expect_geometry(test, skb, false);
	/* The outer header may have any identification. */
	set16(expected, 4, ntohs(ip_hdr(skb)->id));
	seal_ip4(expected, 0);
	expect_octets(test, skb, expected, what);
}

/* Every octet, of every kind of quoted packet, in every shape of skb. */
static void an_error_is_translated(struct kunit *test)
{
	const struct error *e = test->param_value;
	struct sk_buff *skb;
	int i, shape;

	for (i = 0; i < ARRAY_SIZE(quotes); i++) {
		struct octets *in = octets_new(test);
		struct octets *expected = octets_new(test);

		make_in(test, in, e, &quotes[i]);
		make_expected(test, expected, e, &quotes[i]);
		for (shape = 0; shape < SHAPES; shape++) {
			struct sk_buff *clone = NULL;

			skb = skb_make(test, in->data, in->len, 40, shape,
				       0xa5);
			if (shape == CLONED)
				clone = skb_clone(skb, GFP_KERNEL);
			KUNIT_EXPECT_EQ(test,
					(int)error_translate64(test, skb),
					(int)NAT64_CONTINUE);
			expect_translated(test, skb, expected, quotes[i].name);
			if (clone)
				expect_octets(test, clone, in, "other clone");
			kfree_skb(clone);
			kfree_skb(skb);
		}
	}
}

/* 7915 figure 6: a pointer without an equivalent is dropped. */
static void pointers_without_equivalent_are_dropped(struct kunit *test)
{
	static const u32 pointers[] = { 2, 3, 40, 48, 255, 256, 0x06000000,
					U32_MAX };
	struct sk_buff *skb;
	int i;

	for (i = 0; i < ARRAY_SIZE(pointers); i++) {
		struct error e = { .type6 = 4, .rest6 = pointers[i] };
		struct octets *in = octets_new(test);

		make_in(test, in, &e, &quotes[0]);
		skb = skb_make(test, in->data, in->len, 40, LINEAR, 0xa5);
		KUNIT_EXPECT_EQ_MSG(test, (int)error_translate64(test, skb),
				    (int)NAT64_DROP, "pointer %u", pointers[i]);
		kfree_skb(skb);
	}
}

/* A quoted packet with headers that IPv4 does not have. */
static void make_quoted_chain(struct octets *o, const struct flow *f,
			      const u8 *chain, unsigned int len, u8 first)
{
	put_ip6(o, f->tos, l4_len(f) + len, first, QUOTED_TTL, PEER6, HOST6);
	put(o, chain, len);
	put_l4_6(o, f);
}

/* 7915-21 in the quoted packet */
static void quoted_extension_headers_are_left_out(struct kunit *test)
{
	static const u8 chain[] = { 60, 0, 1, 4, 0, 0, 0, 0,
				    17, 0, 1, 4, 0, 0, 0, 0 };
	static const struct error e = { "", 1, 4, 3, 3 };
	struct octets *quoted = octets_new(test), *in = octets_new(test);
	struct octets *expected = octets_new(test);
	struct quote q = { .flow = { .l4 = IPPROTO_UDP, .in = true,
				     .payload = 30 } };
	struct sk_buff *skb;

	make_quoted_chain(quoted, &q.flow, chain, sizeof(chain), 0);
	put_error6(in, &e, quoted, 0, 64, HOST6, PEER6);
	make_expected(test, expected, &e, &q);
	skb = skb_make(test, in->data, in->len, 40, LINEAR, 0xa5);
	KUNIT_EXPECT_EQ(test, (int)error_translate64(test, skb),
			(int)NAT64_CONTINUE);
	expect_translated(test, skb, expected, "extension headers");
	kfree_skb(skb);
}

/*
 * Without state, an error may quote no more than headers. A header that claims to
 * be longer than what is quoted must not have the translator read on.
 */
static void a_quoted_header_beyond_the_end_is_refused(struct kunit *test)
{
	static const struct error e = { "", 1, 4, 3, 3 };
	u8 chain[] = { 17, 0, 1, 4, 0, 0, 0, 0 };
	struct quote q = { .flow = { .l4 = IPPROTO_UDP, .in = true } };
	unsigned int len;

	for (len = 0; len < 256; len++) {
		struct octets *quoted = octets_new(test);
		struct octets *in = octets_new(test);
		struct nat64_pkt *pkt;
		int verdict;

		chain[1] = len;
		make_quoted_chain(quoted, &q.flow, chain, sizeof(chain), 0);
		quoted->len = 40 + sizeof(chain);
		put_error6(in, &e, quoted, 0, 64, HOST6, PEER6);
		pkt = test_pkt(test, skb_make(test, in->data, in->len, 40,
					      LINEAR, 0xa5));
		pkt->stateless = true;
		verdict = nat64_parse6(pkt);
		KUNIT_EXPECT_EQ_MSG(test, verdict, len ? (int)NAT64_DROP :
						   (int)NAT64_CONTINUE,
				    "%u octets more", len * 8);
		fill_out(pkt);
		if (verdict == NAT64_CONTINUE)
			verdict = nat64_xlat64(pkt, test_params(test));
		KUNIT_EXPECT_EQ(test, verdict, len ? (int)NAT64_DROP :
						     (int)NAT64_CONTINUE);
		kfree_skb(pkt->skb);
	}
}

struct fragment_case {
	const char *name;
	u16 frag_off;		/* of the Fragment Header */
	u16 expected;		/* of the IPv4 header */
	u32 rest4;		/* MTU expected of a Packet Too Big of 1400 */
};

/* 7915-22; 7915 s5.2: the MTU takes account of the Fragment Header. */
static const struct fragment_case fragment_cases[] = {
	{ "atomic fragment", 0, 0, 1372 },
	{ "first fragment", 1, 0x2000, 1372 },
};

static void fragment_desc(const struct fragment_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(fragment, fragment_cases, fragment_desc);

static void a_quoted_fragment_is_translated(struct kunit *test)
{
	const struct fragment_case *c = test->param_value;
	const u8 chain[] = { 17, 0, 0, c->frag_off, 0xde, 0xad, 0xbe, 0xef };
	const struct error e = { "", 2, 0, 3, 4, 1400, c->rest4 };
	struct octets *quoted = octets_new(test), *in = octets_new(test);
	struct octets *expected = octets_new(test), *q4 = octets_new(test);
	struct flow f = { .l4 = IPPROTO_UDP, .in = true, .payload = 1400 };
	struct sk_buff *skb;

	make_quoted_chain(quoted, &f, chain, sizeof(chain), 44);
	quoted->len = 40 + 8 + 100;
	put_error6(in, &e, quoted, 0, 64, HOST6, PEER6);
	put_ip4(q4, 0, 20 + l4_len(&f), 0xbeef, c->expected, QUOTED_TTL, 17,
		PEER4, MAPPED4);
	put_l4_4(q4, &f);
	q4->len = 20 + 100;
	put_error4(expected, &e, q4, 0, 63, MAPPED4, PEER4);
	skb = skb_make(test, in->data, in->len, 40, LINEAR, 0xa5);
	KUNIT_EXPECT_EQ(test, (int)error_translate64(test, skb),
			(int)NAT64_CONTINUE);
	expect_translated(test, skb, expected, c->name);
	kfree_skb(skb);
}

/* A router without IPv4 address, and the one that represents it. */
static const u8 LONELY6[16] = {
	0x20, 0x01, 0x0d, 0xb8, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x77
};

static const u8 GIVEN4[4] = { 192, 0, 0, 8 };

/* RFC 5837 s4.1, s4.2: the address of the interface a packet arrived on */
static void put_sender(struct octets *o)
{
	unsigned int off = o->len;

	put16(o, 0x2000);	/* RFC 4884 s7 */
	put16(o, 0);
	put16(o, 24);		/* RFC 4884 s8: length, class, C-Type */
	put8(o, 2);
	put8(o, 0x04);
	put16(o, 2);		/* AFI of IPv6, reserved */
	put16(o, 0);
	put(o, LONELY6, 16);
	set16(o, off + 2, test_check(test_sum(0, o->data + off, 28)));
}

/* RFC 4884 s4.6: at least 128 octets, to a multiple of 4, then extensions. */
static void make_expected_of_router(struct kunit *test, struct octets *o,
				    const struct error *e,
				    const struct quote *q)
{
	struct octets *quoted = octets_new(test);
	struct quote out = *q;
	unsigned int length;

	out.flow.df = df_by_length(&q->flow);
	put_quote4(quoted, &out, true);
	quoted->len = min(quoted->len, ERROR_MAX4 - 20 - 8 - 28U);
	while (quoted->len < 128 || quoted->len % 4)
		put8(quoted, 0);
	length = quoted->len / 4;
	put_sender(quoted);
	put_error4(o, e, quoted, length, 63, GIVEN4, PEER4);
}

/* The same error as above, but from a router: 6791-1, 6791-2. */
static void an_error_names_the_ipv6_router(struct kunit *test)
{
	const struct error *e = test->param_value;
	struct octets *quoted = octets_new(test);
	struct nat64_pkt *pkt;
	int i;

	for (i = 0; i < ARRAY_SIZE(quotes); i++) {
		struct octets *in = octets_new(test);
		struct octets *expected = octets_new(test);

		quoted->len = 0;
		put_quote6(quoted, &quotes[i], true);
		put_error6(in, e, quoted, 0, 64, LONELY6, PEER6);
		make_expected_of_router(test, expected, e, &quotes[i]);
		pkt = test_pkt(test, skb_make(test, in->data, in->len, 40,
					      i % CLONED, 0xa5));
		KUNIT_ASSERT_EQ(test, (int)nat64_parse6(pkt),
				(int)NAT64_CONTINUE);
		fill_out(pkt);
		memcpy(&pkt->error_src4, GIVEN4, 4);
		pkt->anonymous = true;
		KUNIT_EXPECT_EQ(test,
				(int)nat64_xlat64(pkt, test_params(test)),
				(int)NAT64_CONTINUE);
		expect_translated(test, pkt->skb, expected, quotes[i].name);
		kfree_skb(pkt->skb);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(an_error_is_translated, error_gen_params),
	KUNIT_CASE_PARAM(an_error_names_the_ipv6_router,
			 error_gen_params), /* 4884-1 6791-1 6791-2 */
	KUNIT_CASE(pointers_without_equivalent_are_dropped),
	KUNIT_CASE(quoted_extension_headers_are_left_out),
	KUNIT_CASE(a_quoted_header_beyond_the_end_is_refused),
	KUNIT_CASE_PARAM(a_quoted_fragment_is_translated, fragment_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_icmp64",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
