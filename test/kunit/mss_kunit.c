// SPDX-License-Identifier: GPL-2.0
/* mss_kunit.c - the MSS option of a SYN (RFC 9293 s3.7.1) */
#include "packets.h"

#include "../../kernel/packet/mss.c"

struct option_case {
	const char *name;
	u8 len;			/* octets of options, a multiple of 4 */
	u8 options[16];
	u8 at;			/* where the MSS is in them; 0: nowhere */
};

/* RFC 9293 s3.1, s3.2; all MSS are 0x05b4, 1460. */
static const struct option_case option_cases[] = {
	{ "alone", 4, { 2, 4, 5, 0xb4 }, 2 },
	{ "behind a NOP", 8, { 1, 2, 4, 5, 0xb4, 0 }, 3 },
	{ "behind two NOPs", 8, { 1, 1, 2, 4, 5, 0xb4, 0 }, 4 },
	{ "behind three NOPs", 8, { 1, 1, 1, 2, 4, 5, 0xb4, 0 }, 5 },
	{ "at the end", 8, { 1, 1, 1, 1, 2, 4, 5, 0xb4 }, 6 },
	{ "behind a window scale", 8, { 3, 3, 7, 2, 4, 5, 0xb4, 0 }, 5 },
	{ "behind timestamps", 16, { 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0,
				     2, 4, 5, 0xb4, 0 }, 13 },
	{ "behind SACK permitted", 8, { 4, 2, 2, 4, 5, 0xb4, 1, 1 }, 4 },
	{ "behind an unknown option", 12, { 254, 5, 2, 4, 2, 2, 4, 5, 0xb4 },
	  7 },
	{ "no options", 0, {} },
	{ "no MSS", 8, { 1, 3, 3, 7, 4, 2, 0, 0 } },
	{ "behind the end", 8, { 0, 2, 4, 5, 0xb4 } },
	{ "behind an end with a length", 8, { 0, 2, 2, 4, 5, 0xb4 } },
	{ "inside another option", 8, { 254, 6, 2, 4, 5, 0xb4, 0, 0 } },
	{ "length 0 before it", 8, { 3, 0, 2, 4, 5, 0xb4, 0, 0 } },
	{ "length 1 before it", 8, { 3, 1, 2, 4, 5, 0xb4, 0, 0 } },
	{ "too long before it", 8, { 3, 9, 2, 4, 5, 0xb4, 0, 0 } },
	{ "its length 3", 4, { 2, 3, 5, 0xb4 } },
	{ "its length 5", 8, { 2, 5, 5, 0xb4, 0, 0, 0, 0 } },
	{ "its length 255", 4, { 2, 255, 5, 0xb4 } },
	{ "cut by the header's end", 4, { 1, 2, 4, 5 } },
	{ "cut in its length", 4, { 1, 1, 1, 2 } },
};

static void option_desc(const struct option_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(option, option_cases, option_desc);

/* A SYN of either family, with 11 octets of data. */
static void put_syn(struct octets *o, const struct option_case *c, bool six)
{
	struct flow f = { .l4 = IPPROTO_TCP, .in = six, .payload = 11,
			  .options = c->len };
	unsigned int l3 = six ? 40 : 20;

	if (six)
		put_packet6(o, &f, 64);
	else
		put_packet4(o, &f, 64);
	o->data[l3 + 13] = 0x02;
	memcpy(o->data + l3 + 20, c->options, c->len);
}

/* The checksum, summed up over the whole segment; 0: of the pseudo header. */
static void seal_syn(struct octets *o, bool six, bool whole)
{
	unsigned int l3 = six ? 40 : 20, len = o->len - l3;
	u32 pseudo = six ? pseudo_sum(PEER6, HOST6, 16, 6, len) :
			   pseudo_sum(MAPPED4, PEER4, 4, 6, len);

	if (whole)
		seal_l4(o, l3, IPPROTO_TCP, len, pseudo);
	else
		set16(o, l3 + 16, ~test_check(pseudo));
}

static void set_mss(struct octets *o, const struct option_case *c, bool six,
		    u16 mss)
{
	if (c->at)
		set16(o, (six ? 40 : 20) + 20 + c->at, mss);
}

static struct sk_buff *syn_make(struct kunit *test, const struct octets *o,
				bool six, enum shape shape, bool partial)
{
	unsigned int l3 = six ? 40 : 20;
	struct sk_buff *skb = skb_make(test, o->data, o->len, l3, shape, 2);

	KUNIT_ASSERT_TRUE(test, pskb_may_pull(skb, l3 + 20));
	if (partial) {
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = skb_headroom(skb) + l3;
		skb->csum_offset = 16;
	}
	return skb;
}

struct clamp {
	bool six, partial;
	enum shape shape;
	u16 mss, expected;
	u32 key;
	struct nat64_mtus mtus;
};

/* Clamp a SYN: nothing but the MSS and the checksum changes. */
static void expect_clamp(struct kunit *test, const struct option_case *c,
			 const struct clamp *clamp)
{
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct nat64_xlat_params *params = test_params(test);
	struct sk_buff *clone = NULL;
	struct nat64_pkt *pkt;

	put_syn(in, c, clamp->six);
	set_mss(in, c, clamp->six, clamp->mss);
	seal_syn(in, clamp->six, !clamp->partial);
	*expected = *in;
	set_mss(expected, c, clamp->six, clamp->expected);
	seal_syn(expected, clamp->six, !clamp->partial);
	pkt = test_pkt(test, syn_make(test, in, clamp->six, clamp->shape,
				      clamp->partial));
	pkt->thoff = clamp->six ? 40 : 20;
	pkt->mtus = clamp->mtus;
	params->mss_clamp = clamp->key;
	if (clamp->shape == CLONED)
		clone = skb_clone(pkt->skb, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, (int)nat64_mss_clamp(pkt, params),
			(int)NAT64_CONTINUE);
	expect_octets(test, pkt->skb, expected, c->name);
	KUNIT_EXPECT_EQ(test, (int)pkt->skb->ip_summed,
			clamp->partial ? CHECKSUM_PARTIAL : CHECKSUM_NONE);
	if (clone)
		expect_octets(test, clone, in, "other clone");
	kfree_skb(clone);
	kfree_skb(pkt->skb);
}

/* Wherever the option is, in every shape of skb and both families. */
static void an_mss_is_lowered_where_there_is_one(struct kunit *test)
{
	const struct option_case *c = test->param_value;
	struct clamp clamp = { .mss = 1460, .expected = 1220, .key = 1220 };
	int i;

	for (i = 0; i < 4 * SHAPES; i++) {
		clamp.six = i & 1;
		clamp.partial = i & 2;
		clamp.shape = i / 4;
		expect_clamp(test, c, &clamp);
	}
}

/* With a checksum left to the device: the completed one is correct. */
static void a_partial_checksum_is_right_in_the_end(struct kunit *test)
{
	const struct option_case *c = test->param_value;
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct nat64_xlat_params *params = test_params(test);
	struct nat64_pkt *pkt;

	put_syn(in, c, false);
	seal_syn(in, false, false);
	*expected = *in;
	set_mss(expected, c, false, 536);
	seal_syn(expected, false, true);
	pkt = test_pkt(test, syn_make(test, in, false, LINEAR, true));
	pkt->thoff = 20;
	params->mss_clamp = 536;
	nat64_mss_clamp(pkt, params);
	KUNIT_ASSERT_EQ(test, skb_checksum_help(pkt->skb), 0);
	expect_octets(test, pkt->skb, expected, c->name);
	kfree_skb(pkt->skb);
}

/* A checksum computed by the device becomes invalid. */
static void checksum_complete_becomes_none(struct kunit *test)
{
	struct nat64_xlat_params *params = test_params(test);
	struct octets *in = octets_new(test);
	struct nat64_pkt *pkt;

	put_syn(in, &option_cases[0], true);
	seal_syn(in, true, true);
	pkt = test_pkt(test, syn_make(test, in, true, LINEAR, false));
	pkt->skb->csum = csum_partial(in->data, in->len, 0);
	pkt->skb->ip_summed = CHECKSUM_COMPLETE;
	pkt->thoff = 40;
	params->mss_clamp = 536;
	nat64_mss_clamp(pkt, params);
	KUNIT_EXPECT_EQ(test, (int)pkt->skb->ip_summed, CHECKSUM_NONE);
	kfree_skb(pkt->skb);
}

struct limit_case {
	const char *name;
	u32 key;
	u16 mtu4, mtu6;
	u16 mss, expected;
};

#define PMTU NAT64_MSS_CLAMP_PMTU

/* Headers: 20 + 20 octets over IPv4, 40 + 20 over IPv6 (RFC 6691 s2). */
static const struct limit_case limit_cases[] = {
	{ "below", 1220, 1500, 1500, 1219, 1219 },
	{ "equal", 1220, 1500, 1500, 1220, 1220 },
	{ "above", 1220, 1500, 1500, 1221, 1220 },
	{ "0", 1220, 1500, 1500, 0, 0 },
	{ "65535", 1220, 1500, 1500, 65535, 1220 },
	{ "only the low octet differs", 0x05a0, 0, 0, 0x05b4, 0x05a0 },
	{ "only the high octet differs", 0x04b4, 0, 0, 0x05b4, 0x04b4 },
	{ "smallest key", 88, 1500, 1500, 1460, 88 },
	{ "largest key", 65495, 1500, 1500, 65535, 65495 },
	{ "the key does not know the links", 1460, 1280, 1280, 1460, 1460 },
	{ "1500 and 1500", PMTU, 1500, 1500, 1460, 1440 },
	{ "1500 and 1500, fits", PMTU, 1500, 1500, 1440, 1440 },
	{ "1400 and 1500", PMTU, 1400, 1500, 1460, 1360 },
	{ "1500 and 1400", PMTU, 1500, 1400, 1460, 1340 },
	{ "1500 and 1420", PMTU, 1500, 1420, 1360, 1360 },
	{ "1500 and 1280", PMTU, 1500, 1280, 1460, 1220 },
	/* RFC 8200 s5: no IPv6 link has a smaller MTU. */
	{ "1500 and 1200", PMTU, 1500, 1200, 1460, 1220 },
	{ "68 and 1500", PMTU, 68, 1500, 1460, 28 },
	{ "IPv4 unknown", PMTU, 0, 1500, 1460, 1440 },
	{ "IPv6 unknown", PMTU, 1500, 0, 9000, 1460 },
	{ "both unknown", PMTU, 0, 0, 65535, 65535 },
	{ "jumbo", PMTU, 9000, 9000, 8960, 8940 },
};

static void limit_desc(const struct limit_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(limit, limit_cases, limit_desc);

static void an_mss_above_the_limit_is_lowered(struct kunit *test)
{
	const struct limit_case *c = test->param_value;
	struct clamp clamp = {
		.mss = c->mss, .expected = c->expected, .key = c->key,
		.mtus = { .mtu4 = c->mtu4, .mtu6 = c->mtu6 },
	};
	int i;

	for (i = 0; i < 8; i++) {
		clamp.six = i & 1;
		clamp.partial = i & 2;
		/* at an even and at an odd place */
		expect_clamp(test, &option_cases[i & 4 ? 1 : 0], &clamp);
	}
}

/* Random options: the result has a correct checksum. */
static void random_options_do_no_harm(struct kunit *test)
{
	struct nat64_xlat_params *params = test_params(test);
	struct option_case c = {};
	struct octets *o = octets_new(test);
	struct nat64_pkt *pkt;
	struct rnd_state rnd;
	int i, j;
	u32 sum;

	test_seed(test, &rnd);
	params->mss_clamp = 100;
	for (i = 0; i < 4000; i++) {
		o->len = 0;
		c.len = i % 5 * 4;
		test_random(&rnd, c.options, sizeof(c.options));
		for (j = 0; j < sizeof(c.options); j++)
			if (c.options[j] & 1)
				c.options[j] &= 6;
		put_syn(o, &c, false);
		seal_syn(o, false, true);
		pkt = test_pkt(test, syn_make(test, o, false, i % SHAPES,
					      false));
		pkt->thoff = 20;
		nat64_mss_clamp(pkt, params);
		skb_copy_bits(pkt->skb, 0, o->data, o->len);
		sum = pseudo_sum(MAPPED4, PEER4, 4, 6, o->len - 20);
		sum = test_sum(sum, o->data + 20, o->len - 20);
		KUNIT_EXPECT_EQ(test, test_check(sum), 0);
		kfree_skb(pkt->skb);
		kunit_kfree(test, pkt);
	}
}

/*
 * A packet socket changes the length of the header after it was checked, to one that
 * ends behind the segment. What stands there is not read as options, or changed.
 */
static void a_header_that_grows_meanwhile_is_refused(struct kunit *test)
{
	static const u8 mss[] = { 2, 4, 5, 0xb4 };
	static const u8 doffs[] = { 0, 4, 6, 15 };
	struct nat64_xlat_params *params = test_params(test);
	struct option_case none = {};
	struct nat64_pkt *pkt;
	struct sk_buff *skb;
	struct octets *o;
	int i;

	params->mss_clamp = 536;
	for (i = 0; i < ARRAY_SIZE(doffs); i++) {
		o = octets_new(test);
		put_syn(o, &none, false);
		o->len = 40;
		skb = syn_make(test, o, false, LINEAR, false);
		KUNIT_ASSERT_EQ(test, pskb_expand_head(skb, 0, 64, GFP_KERNEL), 0);
		memcpy(skb_tail_pointer(skb), mss, sizeof(mss));
		skb->data[20 + 12] = doffs[i] << 4;
		pkt = test_pkt(test, skb);
		pkt->thoff = 20;
		KUNIT_EXPECT_EQ(test, (int)nat64_mss_clamp(pkt, params),
				(int)NAT64_DROP);
		KUNIT_EXPECT_EQ(test, (int)pkt->stat,
				(int)NAT64_STAT_DROP_HEADER);
		KUNIT_EXPECT_EQ(test, memcmp(skb_tail_pointer(skb), mss,
					     sizeof(mss)), 0);
		kfree_skb(skb);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_header_that_grows_meanwhile_is_refused),
	KUNIT_CASE_PARAM(an_mss_is_lowered_where_there_is_one,
			 option_gen_params),
	KUNIT_CASE_PARAM(a_partial_checksum_is_right_in_the_end,
			 option_gen_params),
	KUNIT_CASE(checksum_complete_becomes_none),
	KUNIT_CASE_PARAM(an_mss_above_the_limit_is_lowered, limit_gen_params),
	KUNIT_CASE(random_options_do_no_harm),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_mss",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
