// SPDX-License-Identifier: GPL-2.0
/* geometry_kunit.c - GSO packets and the offload state of an skb */
#include "packets.h"

struct gso_case {
	const char *name;
	u8 l4;
	u16 gso_size;
	u32 type6, type4;	/* gso_type of either family */
	u8 options;
	bool df;		/* 7915-20: by the length of a segment */
};

#define ECN SKB_GSO_TCP_ECN
#define DODGY SKB_GSO_DODGY

static const struct gso_case gso_cases[] = {
	{ "TCP", IPPROTO_TCP, 1440, SKB_GSO_TCPV6, SKB_GSO_TCPV4, 0, true },
	{ "TCP, ECN", IPPROTO_TCP, 1440, SKB_GSO_TCPV6 | ECN,
	  SKB_GSO_TCPV4 | ECN, 0, true },
	{ "TCP, dodgy", IPPROTO_TCP, 500, SKB_GSO_TCPV6 | DODGY,
	  SKB_GSO_TCPV4 | DODGY, 0, false },
	{ "TCP, segments of 1260", IPPROTO_TCP, 1220, SKB_GSO_TCPV6,
	  SKB_GSO_TCPV4, 0, false },
	{ "TCP, segments of 1261", IPPROTO_TCP, 1221, SKB_GSO_TCPV6,
	  SKB_GSO_TCPV4, 0, true },
	{ "TCP, options, 1260", IPPROTO_TCP, 1208, SKB_GSO_TCPV6,
	  SKB_GSO_TCPV4, 12, false },
	{ "TCP, options, 1264", IPPROTO_TCP, 1212, SKB_GSO_TCPV6,
	  SKB_GSO_TCPV4, 12, true },
	{ "UDP, segments of 1260", IPPROTO_UDP, 1232, SKB_GSO_UDP_L4,
	  SKB_GSO_UDP_L4, 0, false },
	{ "UDP, segments of 1261", IPPROTO_UDP, 1233, SKB_GSO_UDP_L4,
	  SKB_GSO_UDP_L4, 0, true },
};

static void gso_desc(const struct gso_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(gso, gso_cases, gso_desc);

/* A packet of 3,000 octets, with the sum of its pseudo header. */
static struct sk_buff *gso_make(struct kunit *test, const struct flow *f,
				bool six, u16 size, u32 type)
{
	unsigned int l3 = six ? 40 : 20, at = l3 + l4_check_off(f->l4);
	struct octets *o = octets_new(test);
	struct sk_buff *skb;
	u32 pseudo;

	if (six)
		put_packet6(o, f, 64);
	else
		put_packet4(o, f, 64);
	pseudo = six ? pseudo_sum(HOST6, PEER6, 16, f->l4, l4_len(f)) :
		       pseudo_sum(PEER4, MAPPED4, 4, f->l4, l4_len(f));
	set16(o, at, ~test_check(pseudo));
	skb = skb_make(test, o->data, o->len, l3, LINEAR, 0xa5);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + l3;
	skb->csum_offset = l4_check_off(f->l4);
	skb_shinfo(skb)->gso_size = size;
	skb_shinfo(skb)->gso_type = type;
	skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(f->payload, size);
	return skb;
}

static struct flow gso_flow(const struct gso_case *c, bool in)
{
	struct flow f = { .l4 = c->l4, .in = in, .payload = 3000,
			  .options = c->options };

	return f;
}

static void expect_gso(struct kunit *test, const struct sk_buff *skb,
		       u16 size, u32 type)
{
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_size, size);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_type, type);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_segs,
			DIV_ROUND_UP(3000, size));
	KUNIT_EXPECT_EQ(test, (int)skb->ip_summed, CHECKSUM_PARTIAL);
}

/* Everything but the checksum field, which holds that of the pseudo header. */
static void expect_packet(struct kunit *test, const struct sk_buff *skb,
			  struct octets *expected, const struct flow *f,
			  u32 pseudo)
{
	bool six = expected->data[0] >> 4 == 6;

	set16(expected, (six ? 40 : 20) + l4_check_off(f->l4),
	      ~test_check(pseudo));
	if (!six) {
		set16(expected, 4, ntohs(ip_hdr(skb)->id));
		seal_ip4(expected, 0);
	}
	expect_octets(test, skb, expected, "super-packet");
}

/* Design 3, 7915-20: one packet stays one packet, its segments their size. */
static void a_super_packet_is_translated_64(struct kunit *test)
{
	const struct gso_case *c = test->param_value;
	struct octets *expected = octets_new(test);
	struct flow f = gso_flow(c, false);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	skb = gso_make(test, &f, true, c->gso_size, c->type6);
	pkt = test_pkt(test, skb);
	KUNIT_ASSERT_EQ(test, (int)nat64_parse6(pkt), (int)NAT64_CONTINUE);
	fill_out(pkt);
	KUNIT_EXPECT_EQ(test, (int)nat64_xlat64(pkt, test_params(test)),
			(int)NAT64_CONTINUE);
	expect_gso(test, skb, c->gso_size, c->type4);
	expect_geometry(test, skb, false);
	f.df = c->df;
	put_packet4(expected, &f, 63);
	expect_packet(test, skb, expected, &f,
		      pseudo_sum(MAPPED4, PEER4, 4, f.l4, l4_len(&f)));
	kfree_skb(skb);
}

static void a_super_packet_is_translated_46(struct kunit *test)
{
	const struct gso_case *c = test->param_value;
	struct octets *expected = octets_new(test);
	struct flow f = gso_flow(c, true);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	skb = gso_make(test, &f, false, c->gso_size, c->type4);
	pkt = test_pkt(test, skb);
	KUNIT_ASSERT_EQ(test, (int)nat64_parse4(pkt), (int)NAT64_CONTINUE);
	fill_in(pkt);
	KUNIT_EXPECT_EQ(test, (int)nat64_xlat46(pkt, test_params(test), 16),
			(int)NAT64_CONTINUE);
	expect_gso(test, skb, c->gso_size, c->type6);
	expect_geometry(test, skb, true);
	put_packet6(expected, &f, 63);
	expect_packet(test, skb, expected, &f,
		      pseudo_sum(PEER6, HOST6, 16, f.l4, l4_len(&f)));
	kfree_skb(skb);
}

/* IPv6 has no identification that could be fixed. */
static void fixed_identifications_are_of_ipv4(struct kunit *test)
{
	struct flow f = { .l4 = IPPROTO_TCP, .in = true, .payload = 3000 };
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	skb = gso_make(test, &f, false, 1000,
		       SKB_GSO_TCPV4 | SKB_GSO_TCP_FIXEDID);
	pkt = test_pkt(test, skb);
	KUNIT_ASSERT_EQ(test, (int)nat64_parse4(pkt), (int)NAT64_CONTINUE);
	fill_in(pkt);
	nat64_xlat46(pkt, test_params(test), 16);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_type, SKB_GSO_TCPV6);
	kfree_skb(skb);
}

/* The length of a segment, from its transport header on. */
static void a_segment_has_headers_and_gso_size(struct kunit *test)
{
	const struct gso_case *c = test->param_value;
	struct flow f = gso_flow(c, false);
	struct sk_buff *skb = gso_make(test, &f, true, c->gso_size, c->type6);

	KUNIT_EXPECT_EQ(test, nat64_geometry_segment(skb, 40),
			l4_hdrlen(&f) + c->gso_size);
	skb_shinfo(skb)->gso_size = 0;
	KUNIT_EXPECT_EQ(test, nat64_geometry_segment(skb, 40), l4_len(&f));
	kfree_skb(skb);
}

/* The segments of a translated packet are complete packets. */
static void expect_segments(struct kunit *test, struct sk_buff *skb,
			    const struct gso_case *c, bool six)
{
	struct sk_buff *segs = skb_gso_segment(skb, 0), *seg, *next;
	unsigned int l3 = six ? 40 : 20, n = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(segs));
	skb_list_walk_safe(segs, seg, next) {
		struct octets *o = octets_new(test);
		u32 len, pseudo;

		skb_copy_bits(seg, 0, o->data, seg->len);
		len = seg->len - l3;
		pseudo = six ? pseudo_sum(PEER6, HOST6, 16, c->l4, len) :
			       pseudo_sum(MAPPED4, PEER4, 4, c->l4, len);
		KUNIT_EXPECT_EQ(test, test_check(test_sum(pseudo, o->data + l3,
							  len)), 0);
		KUNIT_EXPECT_EQ(test, six ? get16(o, 4) + 40 : get16(o, 2),
				seg->len);
		n++;
		kfree_skb(seg);
	}
	KUNIT_EXPECT_EQ(test, n, DIV_ROUND_UP(3000, c->gso_size));
}

static void segments_of_a_super_packet_are_sound_64(struct kunit *test)
{
	const struct gso_case *c = test->param_value;
	struct flow f = gso_flow(c, false);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	skb = gso_make(test, &f, true, c->gso_size, c->type6);
	pkt = test_pkt(test, skb);
	KUNIT_ASSERT_EQ(test, (int)nat64_parse6(pkt), (int)NAT64_CONTINUE);
	fill_out(pkt);
	nat64_xlat64(pkt, test_params(test));
	expect_segments(test, skb, c, false);
	kfree_skb(skb);
}

static void segments_of_a_super_packet_are_sound_46(struct kunit *test)
{
	const struct gso_case *c = test->param_value;
	struct flow f = gso_flow(c, true);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	skb = gso_make(test, &f, false, c->gso_size, c->type4);
	pkt = test_pkt(test, skb);
	KUNIT_ASSERT_EQ(test, (int)nat64_parse4(pkt), (int)NAT64_CONTINUE);
	fill_in(pkt);
	nat64_xlat46(pkt, test_params(test), 16);
	expect_segments(test, skb, c, true);
	kfree_skb(skb);
}

/* --- tunnels: UDP, VXLAN, Ethernet, IPv4 and then TCP or UDP --- */

#define INNER (8 + 8 + 14 + 20)		/* from the outer UDP header on */
#define INNER_TCP 32

struct tunnel_case {
	const char *name;
	u32 type;
	bool no_check;		/* IPv4 has no outer checksum */
	bool apart;		/* it must be segmented first */
};

#define CSUM SKB_GSO_UDP_TUNNEL_CSUM

static const struct tunnel_case tunnel_cases[] = {
	{ "TCP over IPv4", CSUM | SKB_GSO_TCPV4 },
	{ "TCP over IPv6", CSUM | SKB_GSO_TCPV6 | ECN },
	{ "UDP", CSUM | SKB_GSO_UDP_L4 },
	{ "TCP, no checksum", SKB_GSO_UDP_TUNNEL | SKB_GSO_TCPV4, true },
	{ "UDP, no checksum", SKB_GSO_UDP_TUNNEL | SKB_GSO_UDP_L4, true },
	{ "IP in UDP", CSUM | SKB_GSO_TCPV4 | SKB_GSO_IPXIP4, false, true },
	{ "IPv6 in UDP", CSUM | SKB_GSO_TCPV4 | SKB_GSO_IPXIP6, false, true },
	{ "remote checksum", CSUM | SKB_GSO_TCPV4 | SKB_GSO_TUNNEL_REMCSUM,
	  false, true },
};

static void tunnel_desc(const struct tunnel_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(tunnel, tunnel_cases, tunnel_desc);

static struct flow tunnel_flow(const struct tunnel_case *c, bool in)
{
	struct flow f = { .l4 = IPPROTO_UDP, .in = in, .payload = 3000,
			  .no_check = c->no_check, .df = true };

	return f;
}

/* As a tunnel device or receive offload creates it. */
static struct sk_buff *tunnel_make(struct kunit *test,
				   const struct tunnel_case *c,
				   const struct flow *f, bool six)
{
	struct sk_buff *skb = gso_make(test, f, six, 1300, c->type);
	unsigned int l3 = six ? 40 : 20;

	if (c->no_check)
		memset(skb->data + l3 + 6, 0, 2);
	skb->data[l3 + INNER + 12] = INNER_TCP / 4 << 4;
	skb->encapsulation = 1;
	skb_set_inner_transport_header(skb, l3 + INNER);
	skb->csum_start = skb_headroom(skb) + l3 + INNER;
	skb->csum_offset = 16;
	return skb;
}

static unsigned int tunnel_segment(const struct tunnel_case *c)
{
	return INNER + (c->type & SKB_GSO_UDP_L4 ? 8 : INNER_TCP) + 1300;
}

static void expect_tunnel(struct kunit *test, const struct sk_buff *skb,
			  const struct tunnel_case *c, const struct flow *f,
			  struct octets *expected)
{
	bool six = expected->data[0] >> 4 == 6;
	unsigned int l3 = six ? 40 : 20;
	u32 type = (c->type & ~SKB_GSO_UDP_TUNNEL) | SKB_GSO_UDP_TUNNEL_CSUM;

	expect_gso(test, skb, 1300, type);
	expect_geometry(test, skb, six);
	KUNIT_EXPECT_EQ(test, skb_inner_transport_offset(skb), l3 + INNER);
	KUNIT_EXPECT_EQ(test, skb_checksum_start_offset(skb), l3 + INNER);
	KUNIT_EXPECT_EQ(test, nat64_geometry_segment(skb, l3),
			tunnel_segment(c));
	expected->data[l3 + INNER + 12] = INNER_TCP / 4 << 4;
	expect_packet(test, skb, expected, f,
		      six ? pseudo_sum(PEER6, HOST6, 16, f->l4, l4_len(f)) :
			    pseudo_sum(MAPPED4, PEER4, 4, f->l4, l4_len(f)));
}

/* 7915-26: the outer checksum is of a pseudo header; inner packets are unchanged. */
static void a_tunnel_is_translated_64(struct kunit *test)
{
	const struct tunnel_case *c = test->param_value;
	struct octets *expected = octets_new(test);
	struct flow f = tunnel_flow(c, false);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	if (c->no_check)
		return;
	skb = tunnel_make(test, c, &f, true);
	KUNIT_EXPECT_EQ(test, nat64_geometry_segment(skb, 40),
			tunnel_segment(c));
	pkt = test_pkt(test, skb);
	KUNIT_ASSERT_EQ(test, (int)nat64_parse6(pkt), (int)NAT64_CONTINUE);
	fill_out(pkt);
	KUNIT_EXPECT_EQ(test, (int)nat64_xlat64(pkt, test_params(test)),
			c->apart ? (int)NAT64_SEGMENT : (int)NAT64_CONTINUE);
	if (c->apart) {
		expect_gso(test, skb, 1300, c->type);
	} else {
		put_packet4(expected, &f, 63);
		expect_tunnel(test, skb, c, &f, expected);
	}
	kfree_skb(skb);
}

/* 6146-8: a missing outer checksum is computed. */
static void a_tunnel_is_translated_46(struct kunit *test)
{
	const struct tunnel_case *c = test->param_value;
	struct octets *expected = octets_new(test);
	struct flow f = tunnel_flow(c, true);
	struct nat64_pkt *pkt;
	struct sk_buff *skb;

	skb = tunnel_make(test, c, &f, false);
	pkt = test_pkt(test, skb);
	KUNIT_ASSERT_EQ(test, (int)nat64_parse4(pkt), (int)NAT64_CONTINUE);
	fill_in(pkt);
	KUNIT_EXPECT_EQ(test, (int)nat64_xlat46(pkt, test_params(test), 16),
			c->apart ? (int)NAT64_SEGMENT : (int)NAT64_CONTINUE);
	if (c->apart) {
		expect_gso(test, skb, 1300, c->type);
	} else {
		put_packet6(expected, &f, 63);
		expect_tunnel(test, skb, c, &f, expected);
	}
	kfree_skb(skb);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(a_super_packet_is_translated_64, gso_gen_params),
	KUNIT_CASE_PARAM(a_super_packet_is_translated_46, gso_gen_params),
	KUNIT_CASE(fixed_identifications_are_of_ipv4),
	KUNIT_CASE_PARAM(a_segment_has_headers_and_gso_size, gso_gen_params),
	KUNIT_CASE_PARAM(segments_of_a_super_packet_are_sound_64, gso_gen_params),
	KUNIT_CASE_PARAM(segments_of_a_super_packet_are_sound_46, gso_gen_params),
	KUNIT_CASE_PARAM(a_tunnel_is_translated_64, tunnel_gen_params), /* 7915-26 */
	KUNIT_CASE_PARAM(a_tunnel_is_translated_46, tunnel_gen_params), /* 6146-8 */
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_geometry",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
