// SPDX-License-Identifier: GPL-2.0
/* xlat64_kunit.c - translation of packets from IPv6 to IPv4 (RFC 7915 s5.1) */
#include "packets.h"

static const struct flow flows[] = {
	{ .name = "UDP, empty", .l4 = IPPROTO_UDP },
	{ .name = "UDP, 1", .l4 = IPPROTO_UDP, .payload = 1 },
	{ .name = "UDP, 2", .l4 = IPPROTO_UDP, .payload = 2, .tos = 0xff },
	{ .name = "UDP, 99", .l4 = IPPROTO_UDP, .payload = 99, .tos = 0xb9 },
	{ .name = "UDP, 1260 as IPv4", .l4 = IPPROTO_UDP, .payload = 1232 },
	{ .name = "UDP, 1261 as IPv4", .l4 = IPPROTO_UDP, .payload = 1233 },
	{ .name = "UDP, surplus octets", .l4 = IPPROTO_UDP, .payload = 20,
	  .surplus = 6 },
	{ .name = "TCP, empty", .l4 = IPPROTO_TCP },
	{ .name = "TCP, 3", .l4 = IPPROTO_TCP, .payload = 3, .tos = 0x02 },
	{ .name = "TCP, options", .l4 = IPPROTO_TCP, .payload = 500,
	  .options = 40 },
	{ .name = "TCP, 1260 as IPv4", .l4 = IPPROTO_TCP, .payload = 1220 },
	{ .name = "TCP, 1261 as IPv4", .l4 = IPPROTO_TCP, .payload = 1221 },
	{ .name = "TCP, 1500 as IPv4", .l4 = IPPROTO_TCP, .payload = 1460 },
	{ .name = "echo, empty", .l4 = IPPROTO_ICMP },
	{ .name = "echo, 57", .l4 = IPPROTO_ICMP, .payload = 57 },
	{ .name = "echo, 1261 as IPv4", .l4 = IPPROTO_ICMP, .payload = 1233 },
};

static void flow_desc(const struct flow *f, char *desc)
{
	strscpy(desc, f->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(flow, flows, flow_desc);

/* Parse and translate; @expected has no identification yet. */
static enum nat64_verdict translate(struct kunit *test, struct sk_buff *skb,
				    const struct nat64_xlat_params *params,
				    struct nat64_pkt **pkt)
{
	*pkt = test_pkt(test, skb);
	KUNIT_ASSERT_EQ(test, (int)nat64_parse6(*pkt), (int)NAT64_CONTINUE);
	fill_out(*pkt);
	return nat64_xlat64(*pkt, params);
}

/* 7915-20: any identification will do; it is part of the header checksum. */
static void take_id(const struct sk_buff *skb, struct octets *expected)
{
	set16(expected, 4, ntohs(ip_hdr(skb)->id));
	seal_ip4(expected, 0);
}

static void expect_translated(struct kunit *test, struct sk_buff *skb,
			      struct octets *expected, const char *what)
{
	expect_geometry(test, skb, false);
	take_id(skb, expected);
	expect_octets(test, skb, expected, what);
}

static void make_expected(struct octets *o, const struct flow *f, u8 tos)
{
	struct flow out = *f;

	out.tos = tos;
	out.df = df_by_length(f);
	put_packet4(o, &out, 63);
}

/* 7915-20, 7915-26: every octet, in every shape of skb */
static void a_packet_is_translated(struct kunit *test)
{
	const struct flow *f = test->param_value;
	struct nat64_xlat_params *params = test_params(test);
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;
	int shape;

	put_packet6(in, f, 64);
	make_expected(expected, f, f->tos);
	for (shape = 0; shape < SHAPES; shape++) {
		struct sk_buff *clone = NULL;

		skb = skb_make(test, in->data, in->len, 40, shape, 0xa5);
		if (shape == CLONED)
			clone = skb_clone(skb, GFP_KERNEL);
		KUNIT_EXPECT_EQ(test, (int)translate(test, skb, params, &pkt),
				(int)NAT64_CONTINUE);
		expect_translated(test, skb, expected, shape_names[shape]);
		KUNIT_EXPECT_EQ(test, pkt->thoff, 20);
		if (clone)
			expect_octets(test, clone, in, "the other clone");
		kfree_skb(clone);
		kfree_skb(skb);
	}
}

/* The sum of the pseudo header, for a device to complete. */
static void make_partial(struct sk_buff *skb, const struct flow *f)
{
	unsigned int len = l4_len(f) - f->surplus;
	u8 proto = f->l4 == IPPROTO_ICMP ? 58 : f->l4;
	u16 sum = ~test_check(pseudo_sum(HOST6, PEER6, 16, proto, len));
	u8 *field = skb->data + 40 + l4_check_off(f->l4);

	field[0] = sum >> 8;
	field[1] = sum;
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + 40;
	skb->csum_offset = l4_check_off(f->l4);
}

/* 7915-26: a checksum left to the device is correct once completed. */
static void a_partial_checksum_stays_completable(struct kunit *test)
{
	const struct flow *f = test->param_value;
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	if (f->surplus)
		return;
	put_packet6(in, f, 64);
	make_expected(expected, f, f->tos);
	skb = skb_make(test, in->data, in->len, 40, LINEAR, 0xa5);
	make_partial(skb, f);
	KUNIT_EXPECT_EQ(test, (int)translate(test, skb, test_params(test),
					     &pkt), (int)NAT64_CONTINUE);
	if (f->l4 != IPPROTO_ICMP)
		KUNIT_EXPECT_EQ(test, (int)skb->ip_summed, CHECKSUM_PARTIAL);
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		KUNIT_EXPECT_EQ(test, skb_checksum_start_offset(skb), 20);
		KUNIT_EXPECT_EQ(test, skb_checksum_help(skb), 0);
	}
	expect_translated(test, skb, expected, "partial");
	kfree_skb(skb);
}

/* A sum over octets that have been replaced must be discarded. */
static void checksum_complete_becomes_none(struct kunit *test)
{
	const struct flow *f = test->param_value;
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	put_packet6(in, f, 64);
	make_expected(expected, f, f->tos);
	skb = skb_make(test, in->data, in->len, 40, FRAGS, 0xa5);
	skb->csum = skb_checksum(skb, 0, skb->len, 0);
	skb->ip_summed = CHECKSUM_COMPLETE;
	KUNIT_EXPECT_EQ(test, (int)translate(test, skb, test_params(test),
					     &pkt), (int)NAT64_CONTINUE);
	KUNIT_EXPECT_EQ(test, (int)skb->ip_summed, CHECKSUM_NONE);
	expect_translated(test, skb, expected, "complete");
	kfree_skb(skb);
}

/* A wrong checksum stays wrong, by the same difference. */
static void a_wrong_checksum_stays_wrong(struct kunit *test)
{
	const struct flow *f = test->param_value;
	struct octets *in = octets_new(test), *expected = octets_new(test);
	unsigned int at = l4_check_off(f->l4);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;
	u32 is, up, down;

	put_packet6(in, f, 64);
	make_expected(expected, f, f->tos);
	up = get16(expected, 20 + at) + 0x100;
	down = up + 0xffff - 0x200;
	in->data[40 + at] ^= 0x01;
	skb = skb_make(test, in->data, in->len, 40, LINEAR, 0xa5);
	KUNIT_EXPECT_EQ(test, (int)translate(test, skb, test_params(test),
					     &pkt), (int)NAT64_CONTINUE);
	is = skb->data[20 + at] << 8 | skb->data[21 + at];
	KUNIT_EXPECT_TRUE(test, is % 0xffff == up % 0xffff ||
			  is % 0xffff == down % 0xffff);
	kfree_skb(skb);
}

/* 7915-26: a UDP checksum that becomes 0 is sent as 0xffff. */
static void a_udp_checksum_of_zero_becomes_ffff(struct kunit *test)
{
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct flow f = { .l4 = IPPROTO_UDP, .payload = 10 };
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	put_packet4(expected, &f, 63);
	f.word = get16(expected, 26);
	expected->len = 0;
	put_packet4(expected, &f, 63);
	KUNIT_ASSERT_EQ(test, get16(expected, 26), 0xffff);
	put_packet6(in, &f, 64);
	skb = skb_make(test, in->data, in->len, 40, LINEAR, 0xa5);
	KUNIT_EXPECT_EQ(test, (int)translate(test, skb, test_params(test),
					     &pkt), (int)NAT64_CONTINUE);
	expect_translated(test, skb, expected, "UDP");
	kfree_skb(skb);
}

/* RFC 6935 s5: a UDP packet without checksum stays without. */
static void udp_without_a_checksum_stays_without(struct kunit *test)
{
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct flow f = { .l4 = IPPROTO_UDP, .payload = 10, .no_check = true };
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	put_packet6(in, &f, 64);
	set16(in, 46, 0);
	put_packet4(expected, &f, 63);
	skb = skb_make(test, in->data, in->len, 40, LINEAR, 0xa5);
	KUNIT_EXPECT_EQ(test, (int)translate(test, skb, test_params(test),
					     &pkt), (int)NAT64_CONTINUE);
	expect_translated(test, skb, expected, "UDP");
	kfree_skb(skb);
}

/* A difference of checksums; 0 and 0xffff are the same. */
static void expect_flow_diff(struct kunit *test, __sum16 got)
{
	KUNIT_EXPECT_EQ(test, ntohs((__force __be16)got) % 0xffff,
			ntohs((__force __be16)flow_diff()) % 0xffff);
}

/* 7915-26: both addresses change, and the port of the IPv6 host. */
static void the_difference_of_a_flow_is_that_of_its_packets(struct kunit *test)
{
	struct flow f = { .l4 = IPPROTO_UDP, .payload = 10 };
	struct octets *in = octets_new(test);
	struct nat64_tuple6 back6;
	struct nat64_tuple4 back4;
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	put_packet6(in, &f, 64);
	skb = skb_make(test, in->data, in->len, 40, LINEAR, 0xa5);
	translate(test, skb, test_params(test), &pkt);
	expect_flow_diff(test, nat64_l4csum_diff(&pkt->t6, &pkt->t4, true));
	back6.saddr = pkt->t6.daddr;
	back6.daddr = pkt->t6.saddr;
	back6.sport = pkt->t6.dport;
	back6.dport = pkt->t6.sport;
	back4.saddr = pkt->t4.daddr;
	back4.daddr = pkt->t4.saddr;
	back4.sport = pkt->t4.dport;
	back4.dport = pkt->t4.sport;
	expect_flow_diff(test, nat64_l4csum_diff(&back6, &back4, false));
	kfree_skb(skb);
}

/* 7915-20: the key replaces the traffic class. */
static void the_tos_key_replaces_the_traffic_class(struct kunit *test)
{
	const struct flow *f = test->param_value;
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct nat64_xlat_params *params = test_params(test);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	params->override_tos = true;
	params->tos = 0x2e;
	put_packet6(in, f, 64);
	make_expected(expected, f, 0x2e);
	skb = skb_make(test, in->data, in->len, 40, LINEAR, 0xa5);
	KUNIT_EXPECT_EQ(test, (int)translate(test, skb, params, &pkt),
			(int)NAT64_CONTINUE);
	expect_translated(test, skb, expected, "tos");
	kfree_skb(skb);
}

/* 7915-21: extension headers are removed. */
static void extension_headers_are_left_out(struct kunit *test)
{
	const struct flow *f = test->param_value;
	u8 proto = f->l4 == IPPROTO_ICMP ? 58 : f->l4;
	const u8 chain[] = {
		43, 0, 1, 4, 0, 0, 0, 0,			/* Hop-by-Hop */
		60, 2, 4, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0,				/* Routing, 0 left */
		proto, 0, 1, 4, 0, 0, 0, 0,	/* Destination Options */
	};
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;
	int shape;

	put_ip6(in, f->tos, l4_len(f) + sizeof(chain), 0, 64, HOST6, PEER6);
	put(in, chain, sizeof(chain));
	put_l4_6(in, f);
	make_expected(expected, f, f->tos);
	for (shape = 0; shape < SHAPES; shape++) {
		skb = skb_make(test, in->data, in->len, 40, shape, 0xa5);
		KUNIT_EXPECT_EQ(test, (int)translate(test, skb,
						     test_params(test), &pkt),
				(int)NAT64_CONTINUE);
		expect_translated(test, skb, expected, shape_names[shape]);
		kfree_skb(skb);
	}
}

/* 7915-22: an atomic fragment keeps its identification, and loses DF. */
static void an_atomic_fragment_keeps_its_identification(struct kunit *test)
{
	const struct flow *f = test->param_value;
	u8 proto = f->l4 == IPPROTO_ICMP ? 58 : f->l4;
	const u8 header[] = { proto, 0, 0, 0, 0xde, 0xad, 0xbe, 0xef };
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct flow out = *f;
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	out.id = 0xbeef;
	put_ip6(in, f->tos, l4_len(f) + 8, 44, 64, HOST6, PEER6);
	put(in, header, sizeof(header));
	put_l4_6(in, f);
	put_packet4(expected, &out, 63);
	skb = skb_make(test, in->data, in->len, 40, FRAGS, 0xa5);
	KUNIT_EXPECT_EQ(test, (int)translate(test, skb, test_params(test),
					     &pkt), (int)NAT64_CONTINUE);
	expect_octets(test, skb, expected, "atomic fragment");
	kfree_skb(skb);
}

/* 7915-22: a reassembled packet may be fragmented again. */
static void a_reassembled_packet_loses_df(struct kunit *test)
{
	const struct flow *f = test->param_value;
	struct octets *in = octets_new(test), *expected = octets_new(test);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	put_packet6(in, f, 64);
	put_packet4(expected, f, 63);
	skb = skb_make(test, in->data, in->len, 40, FRAG_LIST, 0xa5);
	IP6CB(skb)->frag_max_size = 1280;
	KUNIT_EXPECT_EQ(test, (int)translate(test, skb, test_params(test),
					     &pkt), (int)NAT64_CONTINUE);
	expect_translated(test, skb, expected, "reassembled");
	kfree_skb(skb);
}

/* 7915-20, 6864: packets that may be fragmented have identifications. */
static void identifications_are_not_repeated_at_once(struct kunit *test)
{
	struct flow f = { .l4 = IPPROTO_UDP, .payload = 100 };
	struct octets *in = octets_new(test);
	u16 last = 0, same = 0;
	struct nat64_pkt *pkt;
	struct sk_buff *skb;
	int i;

	put_packet6(in, &f, 64);
	for (i = 0; i < 100; i++) {
		skb = skb_make(test, in->data, in->len, 40, LINEAR, 0xa5);
		translate(test, skb, test_params(test), &pkt);
		same += i && ntohs(ip_hdr(skb)->id) == last;
		last = ntohs(ip_hdr(skb)->id);
		kfree_skb(skb);
	}
	KUNIT_EXPECT_EQ(test, same, 0);
}

/* The identification of a packet with so many octets of data. */
static u16 id_of_next(struct kunit *test, u16 payload)
{
	struct flow f = { .l4 = IPPROTO_UDP, .payload = payload };
	struct octets *in = octets_new(test);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;
	u16 id;

	put_packet6(in, &f, 64);
	skb = skb_make(test, in->data, in->len, 40, LINEAR, 0xa5);
	translate(test, skb, test_params(test), &pkt);
	id = ntohs(ip_hdr(skb)->id);
	kfree_skb(skb);
	return id;
}

/*
 * RFC 6864 s4.2: identifications must last until they may repeat. A packet that
 * must not be fragmented needs none.
 */
static void a_packet_with_df_uses_up_no_identification(struct kunit *test)
{
	u16 first = id_of_next(test, 100);
	int i;

	for (i = 0; i < 10; i++)
		id_of_next(test, 1300);
	KUNIT_EXPECT_EQ(test, id_of_next(test, 100), (u16)(first + 1));
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(a_packet_is_translated, flow_gen_params),
	KUNIT_CASE_PARAM(a_partial_checksum_stays_completable,
			 flow_gen_params),
	KUNIT_CASE_PARAM(checksum_complete_becomes_none, flow_gen_params),
	KUNIT_CASE_PARAM(a_wrong_checksum_stays_wrong, flow_gen_params), /* 7915-26 */
	KUNIT_CASE(a_udp_checksum_of_zero_becomes_ffff), /* 7915-26 */
	KUNIT_CASE(udp_without_a_checksum_stays_without),
	KUNIT_CASE(the_difference_of_a_flow_is_that_of_its_packets), /* 7915-26 */
	KUNIT_CASE_PARAM(the_tos_key_replaces_the_traffic_class,
			 flow_gen_params),
	KUNIT_CASE_PARAM(extension_headers_are_left_out, flow_gen_params), /* 7915-21 */
	KUNIT_CASE_PARAM(an_atomic_fragment_keeps_its_identification,
			 flow_gen_params),
	KUNIT_CASE_PARAM(a_reassembled_packet_loses_df, flow_gen_params), /* 7915-22 */
	KUNIT_CASE(identifications_are_not_repeated_at_once), /* 7857-10 7915-20 */
	KUNIT_CASE(a_packet_with_df_uses_up_no_identification), /* 7857-10 */
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_xlat64",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
