// SPDX-License-Identifier: GPL-2.0
/* xlat46_kunit.c - translation of packets from IPv4 to IPv6 (RFC 7915 s4.1) */
#include "packets.h"

/* More headroom than there is by chance. */
#define HEADROOM 300

static const struct flow flows[] = {
	{ .name = "UDP, empty", .l4 = IPPROTO_UDP },
	{ .name = "UDP, 1", .l4 = IPPROTO_UDP, .payload = 1, .df = true },
	{ .name = "UDP, 2", .l4 = IPPROTO_UDP, .payload = 2, .tos = 0xff },
	{ .name = "UDP, 99", .l4 = IPPROTO_UDP, .payload = 99, .id = 0x1234 },
	{ .name = "UDP, 1472", .l4 = IPPROTO_UDP, .payload = 1472 },
	{ .name = "UDP, surplus octets", .l4 = IPPROTO_UDP, .payload = 20,
	  .surplus = 6 },
	{ .name = "TCP, empty", .l4 = IPPROTO_TCP, .df = true },
	{ .name = "TCP, 3", .l4 = IPPROTO_TCP, .payload = 3, .tos = 0x03 },
	{ .name = "TCP, options", .l4 = IPPROTO_TCP, .payload = 500,
	  .options = 40, .df = true },
	{ .name = "TCP, 1460", .l4 = IPPROTO_TCP, .payload = 1460, .df = true },
	{ .name = "echo reply, empty", .l4 = IPPROTO_ICMP },
	{ .name = "echo reply, 57", .l4 = IPPROTO_ICMP, .payload = 57,
	  .id = 0xffff },
};

static void flow_desc(const struct flow *f, char *desc)
{
	strscpy(desc, f->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(flow, flows, flow_desc);

static struct flow flow_in(struct kunit *test)
{
	struct flow f = *(const struct flow *)test->param_value;

	f.in = true;
	return f;
}

static enum nat64_verdict translate(struct kunit *test, struct sk_buff *skb,
				    const struct nat64_xlat_params *params,
				    struct nat64_pkt **pkt)
{
	*pkt = test_pkt(test, skb);
	KUNIT_ASSERT_EQ(test, (int)nat64_parse4(*pkt), (int)NAT64_CONTINUE);
	fill_in(*pkt);
	return nat64_xlat46(*pkt, params, HEADROOM);
}

/* 7915-1, 7915-5, 7915-26: every octet, in every shape of skb */
static void a_packet_is_translated(struct kunit *test)
{
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct nat64_xlat_params *params = test_params(test);
	struct flow f = flow_in(test);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;
	int shape;

	put_packet4(in, &f, 64);
	put_packet6(expected, &f, 63);
	for (shape = 0; shape < SHAPES; shape++) {
		struct sk_buff *clone = NULL;

		skb = skb_make(test, in->data, in->len, 20, shape, 0xa5);
		if (shape == CLONED)
			clone = skb_clone(skb, GFP_KERNEL);
		KUNIT_EXPECT_EQ(test, (int)translate(test, skb, params, &pkt),
				(int)NAT64_CONTINUE);
		expect_geometry(test, skb, true);
		expect_octets(test, skb, expected, shape_names[shape]);
		KUNIT_EXPECT_EQ(test, pkt->thoff, 40);
		/* Headroom for the link layer, as requested. */
		KUNIT_EXPECT_GE(test, skb_headroom(skb), HEADROOM);
		if (clone)
			expect_octets(test, clone, in, "the other clone");
		kfree_skb(clone);
		kfree_skb(skb);
	}
}

/* 7915-2: options of every length are ignored. */
static void ip_options_are_left_out(struct kunit *test)
{
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct flow f = flow_in(test);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;
	int n, shape;

	put_packet6(expected, &f, 63);
	for (n = 4; n <= 40; n += 4) {
		in->len = 0;
		put_ip4(in, f.tos, 20 + n + l4_len(&f), f.id, 0, 64, f.l4,
			PEER4, MAPPED4);
		in->data[0] = 0x45 + n / 4;
		memset(in->data + 20, 1, n);
		in->len += n;
		seal_ip4(in, 0);
		put_l4_4(in, &f);
		for (shape = 0; shape < SHAPES; shape++) {
			skb = skb_make(test, in->data, in->len, 20, shape,
				       0xa5);
			KUNIT_EXPECT_EQ(test,
					(int)translate(test, skb,
						       test_params(test), &pkt),
					(int)NAT64_CONTINUE);
			expect_geometry(test, skb, true);
			expect_octets(test, skb, expected, shape_names[shape]);
			kfree_skb(skb);
		}
	}
}

/* The sum of the pseudo header, for a device to complete. */
static void make_partial(struct sk_buff *skb, const struct flow *f)
{
	u32 pseudo = f->l4 == IPPROTO_ICMP ? 0 :
		     pseudo_sum(PEER4, MAPPED4, 4, f->l4, l4_len(f));
	u8 *field = skb->data + 20 + l4_check_off(f->l4);
	u16 sum = ~test_check(pseudo);

	field[0] = sum >> 8;
	field[1] = sum;
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + 20;
	skb->csum_offset = l4_check_off(f->l4);
}

/* 7915-26: a checksum left to the device is correct once completed. */
static void a_partial_checksum_stays_completable(struct kunit *test)
{
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct flow f = flow_in(test);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;
	int shape;

	if (f.surplus)
		return;
	put_packet4(in, &f, 64);
	put_packet6(expected, &f, 63);
	for (shape = LINEAR; shape <= NO_HEADROOM; shape++) {
		skb = skb_make(test, in->data, in->len, 20, shape, 0xa5);
		make_partial(skb, &f);
		KUNIT_EXPECT_EQ(test, (int)translate(test, skb,
						     test_params(test), &pkt),
				(int)NAT64_CONTINUE);
		if (f.l4 != IPPROTO_ICMP)
			KUNIT_EXPECT_EQ(test, (int)skb->ip_summed,
					CHECKSUM_PARTIAL);
		if (skb->ip_summed == CHECKSUM_PARTIAL) {
			KUNIT_EXPECT_EQ(test, skb_checksum_start_offset(skb),
					40);
			KUNIT_EXPECT_EQ(test, skb_checksum_help(skb), 0);
		}
		expect_octets(test, skb, expected, shape_names[shape]);
		kfree_skb(skb);
	}
}

/* A sum over octets that have been replaced must be discarded. */
static void checksum_complete_becomes_none(struct kunit *test)
{
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct flow f = flow_in(test);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	put_packet4(in, &f, 64);
	put_packet6(expected, &f, 63);
	skb = skb_make(test, in->data, in->len, 20, FRAGS, 0xa5);
	skb->csum = skb_checksum(skb, 0, skb->len, 0);
	skb->ip_summed = CHECKSUM_COMPLETE;
	KUNIT_EXPECT_EQ(test, (int)translate(test, skb, test_params(test),
					     &pkt), (int)NAT64_CONTINUE);
	KUNIT_EXPECT_EQ(test, (int)skb->ip_summed, CHECKSUM_NONE);
	expect_octets(test, skb, expected, "complete");
	kfree_skb(skb);
}

/* 7915-1: the key zeroes the traffic class. */
static void the_key_zeroes_the_traffic_class(struct kunit *test)
{
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct nat64_xlat_params *params = test_params(test);
	struct flow f = flow_in(test);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	params->zeroize_traffic_class = true;
	f.tos = 0xff;
	put_packet4(in, &f, 64);
	f.tos = 0;
	put_packet6(expected, &f, 63);
	skb = skb_make(test, in->data, in->len, 20, LINEAR, 0xa5);
	KUNIT_EXPECT_EQ(test, (int)translate(test, skb, params, &pkt),
			(int)NAT64_CONTINUE);
	expect_octets(test, skb, expected, "traffic class");
	kfree_skb(skb);
}

/* D11: hairpinning decrements the hop limit only once. */
static void a_hairpin_keeps_the_hop_limit(struct kunit *test)
{
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct flow f = flow_in(test);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	put_packet4(in, &f, 64);
	put_packet6(expected, &f, 64);
	skb = skb_make(test, in->data, in->len, 20, LINEAR, 0xa5);
	pkt = test_pkt(test, skb);
	pkt->hairpin = true;
	KUNIT_ASSERT_EQ(test, (int)nat64_parse4(pkt), (int)NAT64_CONTINUE);
	fill_in(pkt);
	KUNIT_EXPECT_EQ(test, (int)nat64_xlat46(pkt, test_params(test), 16),
			(int)NAT64_CONTINUE);
	expect_octets(test, skb, expected, "hairpin");
	kfree_skb(skb);
}

/* A UDP packet without a checksum, in every shape, as its receiver sees it. */
static void expect_check_made(struct kunit *test, struct flow *f)
{
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;
	int shape;

	f->no_check = true;
	put_packet4(in, f, 64);
	put_packet6(expected, f, 63);
	for (shape = 0; shape < SHAPES; shape++) {
		skb = skb_make(test, in->data, in->len, 20, shape, 0xa5);
		KUNIT_EXPECT_EQ(test, (int)translate(test, skb,
						     test_params(test), &pkt),
				(int)NAT64_CONTINUE);
		if (skb->ip_summed == CHECKSUM_PARTIAL)
			KUNIT_EXPECT_EQ(test, skb_checksum_help(skb), 0);
		expect_octets(test, skb, expected, shape_names[shape]);
		kfree_skb(skb);
	}
}

/* 6146-8, 7915-7, D4: it is computed. */
static void udp_without_a_checksum_gets_one(struct kunit *test)
{
	static const u16 payloads[] = { 0, 1, 2, 3, 100, 1001, 1472 };
	int i;

	for (i = 0; i < ARRAY_SIZE(payloads); i++) {
		struct flow f = { .l4 = IPPROTO_UDP, .in = true,
				  .payload = payloads[i] };

		expect_check_made(test, &f);
	}
}

/* RFC 768: it covers the datagram, whose length is in the UDP header. */
static void udp_with_surplus_octets_gets_a_checksum(struct kunit *test)
{
	struct flow f = { .l4 = IPPROTO_UDP, .in = true, .payload = 20,
			  .surplus = 6 };

	expect_check_made(test, &f);
}

/* 7915-26: a UDP checksum that becomes 0 is sent as 0xffff. */
static void a_udp_checksum_of_zero_becomes_ffff(struct kunit *test)
{
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct flow f = { .l4 = IPPROTO_UDP, .in = true, .payload = 10 };
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	put_packet6(expected, &f, 63);
	f.word = get16(expected, 46);
	expected->len = 0;
	put_packet6(expected, &f, 63);
	KUNIT_ASSERT_EQ(test, get16(expected, 46), 0xffff);
	put_packet4(in, &f, 64);
	skb = skb_make(test, in->data, in->len, 20, LINEAR, 0xa5);
	KUNIT_EXPECT_EQ(test, (int)translate(test, skb, test_params(test),
					     &pkt), (int)NAT64_CONTINUE);
	expect_octets(test, skb, expected, "UDP");
	kfree_skb(skb);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(a_packet_is_translated, flow_gen_params),
	KUNIT_CASE_PARAM(ip_options_are_left_out, flow_gen_params),
	KUNIT_CASE_PARAM(a_partial_checksum_stays_completable,
			 flow_gen_params),
	KUNIT_CASE_PARAM(checksum_complete_becomes_none, flow_gen_params),
	KUNIT_CASE_PARAM(the_key_zeroes_the_traffic_class, flow_gen_params), /* 7915-1 */
	KUNIT_CASE_PARAM(a_hairpin_keeps_the_hop_limit, flow_gen_params), /* D11 */
	KUNIT_CASE(udp_without_a_checksum_gets_one), /* 6146-8 D4 */
	KUNIT_CASE(udp_with_surplus_octets_gets_a_checksum),
	KUNIT_CASE(a_udp_checksum_of_zero_becomes_ffff),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_xlat46",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
