// SPDX-License-Identifier: GPL-2.0
/* parse6_kunit.c - parsing of IPv6 packets (RFC 6146 s3.4) */
#include "parsing.h"

KUNIT_ARRAY_PARAM(flow, parse_flows, parse_flow_desc);

static void set_payload_len(struct octets *o)
{
	set16(o, 4, o->len - 40);
}

/* 6146-5: the tuple, in every shape of skb */
static void a_packet_is_understood(struct kunit *test)
{
	const struct flow *f = test->param_value;
	bool icmp = f->l4 == IPPROTO_ICMP;
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;

	put_packet6(o, f, 64);
	KUNIT_ASSERT_EQ(test, parse_shapes(test, o, &pkt), (int)NAT64_CONTINUE);
	test_octets(test, &pkt.t6.saddr, HOST6, 16, "source");
	test_octets(test, &pkt.t6.daddr, PEER6, 16, "destination");
	KUNIT_EXPECT_EQ(test, ntohs(pkt.t6.sport), PORT_HOST);
	KUNIT_EXPECT_EQ(test, ntohs(pkt.t6.dport), icmp ? PORT_HOST :
							  PORT_PEER);
	KUNIT_EXPECT_EQ(test, (int)pkt.proto, flow_proto(f));
	KUNIT_EXPECT_EQ(test, pkt.l4, f->l4);
	KUNIT_EXPECT_EQ(test, pkt.thoff, 40);
	KUNIT_EXPECT_EQ(test, pkt.ttl, 64);
	KUNIT_EXPECT_FALSE(test, pkt.is_error);
	KUNIT_EXPECT_FALSE(test, pkt.fragment);
	if (f->l4 == IPPROTO_TCP)
		KUNIT_EXPECT_EQ(test, pkt.tcp_flags, 0x18);
}

/* Truncated at each octet, with unchanged lengths: never complete. */
static void a_packet_cut_short_is_dropped(struct kunit *test)
{
	const struct flow *f = test->param_value;
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;

	put_packet6(o, f, 64);
	for (o->len--; o->len >= 40; o->len--)
		KUNIT_EXPECT_EQ_MSG(test, parse_shapes(test, o, &pkt),
				    (int)NAT64_DROP, "%u octets", o->len);
}

/* Truncated, Payload Length adapted: the transport header must be complete. */
static void a_cut_transport_header_is_dropped(struct kunit *test)
{
	const struct flow *f = test->param_value;
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	unsigned int l4;
	bool enough;

	put_packet6(o, f, 64);
	for (o->len--; o->len >= 40; o->len--) {
		set_payload_len(o);
		l4 = o->len - 40;
		/* A UDP datagram has a length of its own. */
		enough = f->l4 != IPPROTO_UDP && l4 >= l4_hdrlen(f);
		KUNIT_EXPECT_EQ_MSG(test, parse_shapes(test, o, &pkt),
				    enough ? (int)NAT64_CONTINUE :
					     (int)NAT64_DROP,
				    "%u octets", o->len);
	}
}

/* A Payload Length other than that of the packet. */
static void a_wrong_payload_length_is_dropped(struct kunit *test)
{
	const struct flow *f = test->param_value;
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	u32 right, len;

	put_packet6(o, f, 64);
	right = o->len - 40;
	for (len = 0; len < 65536; len += len < 200 ? 1 : 511) {
		if (len == right)
			continue;
		set16(o, 4, len);
		KUNIT_EXPECT_EQ_MSG(test, parse_octets(test, o, LINEAR, &pkt),
				    (int)NAT64_DROP, "length %u", len);
	}
}

/* RFC 768: at least 8 octets, and at most as many as present. */
static void a_wrong_udp_length_is_dropped(struct kunit *test)
{
	static const struct flow f = { .l4 = IPPROTO_UDP, .payload = 20 };
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	u32 len;

	put_packet6(o, &f, 64);
	for (len = 0; len < 65536; len += len < 200 ? 1 : 511) {
		bool good = len >= 8 && len <= 28;

		set16(o, 44, len);
		KUNIT_EXPECT_EQ_MSG(test, parse_octets(test, o, FRAGS, &pkt),
				    good ? (int)NAT64_CONTINUE :
					   (int)NAT64_DROP,
				    "length %u", len);
	}
}

/* RFC 793: at least 5 words, and at most as many as present. */
static void a_wrong_data_offset_is_dropped(struct kunit *test)
{
	static const struct flow f = { .l4 = IPPROTO_TCP, .payload = 13 };
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	u32 doff;

	put_packet6(o, &f, 64);
	for (doff = 0; doff < 16; doff++) {
		bool good = doff >= 5 && doff * 4 <= 33;

		o->data[52] = doff << 4;
		KUNIT_EXPECT_EQ_MSG(test, parse_shapes(test, o, &pkt),
				    good ? (int)NAT64_CONTINUE :
					   (int)NAT64_DROP,
				    "data offset %u", doff);
	}
}

/* 7915-26: RFC 8200 s8.1 forbids a UDP checksum of zero, RFC 6935 may not. */
static void udp_without_a_checksum_is_flagged(struct kunit *test)
{
	static const struct flow f = { .l4 = IPPROTO_UDP, .payload = 20 };
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;

	put_packet6(o, &f, 64);
	KUNIT_EXPECT_EQ(test, parse_shapes(test, o, &pkt), (int)NAT64_CONTINUE);
	KUNIT_EXPECT_FALSE(test, pkt.no_check);
	set16(o, 46, 0);
	KUNIT_EXPECT_EQ(test, parse_shapes(test, o, &pkt), (int)NAT64_CONTINUE);
	KUNIT_EXPECT_TRUE(test, pkt.no_check);
}

/* 7915-25: without an error */
static void an_illegal_source_is_dropped(struct kunit *test)
{
	static const char * const sources[] = {
		"::", "::1", "fe80::1", "ff02::1", "ff0e::1", "::ffff:192.0.2.1",
	};
	const struct flow *f = test->param_value;
	struct nat64_pkt pkt;
	int i;

	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		struct in6_addr addr = test_addr6(sources[i]);
		struct octets *o = octets_new(test);

		put_packet6(o, f, 64);
		memcpy(o->data + 8, &addr, 16);
		KUNIT_EXPECT_EQ_MSG(test, parse_octets(test, o, LINEAR, &pkt),
				    (int)NAT64_DROP, "%s", sources[i]);
		KUNIT_EXPECT_EQ(test, pkt.reply_type, 0);
	}
}

/* The headers of a chain. */
enum header {
	HBH, DST, RT0, RT1, FRAG, AH, ESP, NONE, HEADERS
};

static const u8 header_numbers[] = { 0, 60, 43, 43, 44, 51, 50, 59 };

static void put_header(struct octets *o, enum header kind, u8 nexthdr)
{
	static const u8 bodies[][8] = {
		[HBH] = { 0, 0, 1, 4 }, [DST] = { 0, 0, 1, 4 },
		[RT0] = { 0, 0, 4, 0 }, [RT1] = { 0, 0, 4, 1 },
		[FRAG] = { 0, 0, 0, 0, 0xde, 0xad, 0xbe, 0xef },
		[AH] = { 0, 4 }, [ESP] = {}, [NONE] = {},
	};
	unsigned int off = o->len;

	put(o, bodies[kind], 8);
	o->data[off] = nexthdr;
}

/* The outcome for a chain by RFC 7915 s5.1, RFC 8200 s4 and RFC 6146 s3.4. */
struct outcome {
	int verdict;
	bool fragment;
	u8 type, code;
	u32 info;
};

static struct outcome chain_outcome(const u8 *chain, int n)
{
	struct outcome out = { .verdict = NAT64_DROP };
	int i;

	for (i = 0; i < n; i++) {
		switch (chain[i]) {
		case HBH:	/* RFC 8200 s4: only at the front */
			if (i)
				return out;
			break;
		case RT1:	/* 7915-21 */
			out.type = 4;
			out.info = 40 + i * 8 + 3;
			return out;
		case DST:
		case RT0:
			if (out.fragment)	/* 7915-22 */
				return out;
			break;
		case FRAG:
			if (out.fragment)
				return out;
			out.fragment = true;
			break;
		case AH:
			if (out.fragment)	/* 7915-22 */
				return out;
			fallthrough;
		default:	/* 6146-6 */
			out.type = 1;
			out.code = 4;
			return out;
		}
	}
	out.verdict = NAT64_CONTINUE;
	return out;
}

static void expect_chain(struct kunit *test, const u8 *chain, int n,
			 struct octets *o)
{
	static const struct flow f = { .l4 = IPPROTO_UDP, .payload = 4 };
	struct outcome out = chain_outcome(chain, n);
	struct nat64_pkt pkt;
	int i, verdict;

	o->len = 0;
	put_ip6(o, 0, n * 8 + l4_len(&f), n ? header_numbers[chain[0]] : 17, 64,
		HOST6, PEER6);
	for (i = 0; i < n; i++)
		put_header(o, chain[i], i + 1 < n ?
			   header_numbers[chain[i + 1]] : 17);
	put_l4_6(o, &f);
	verdict = parse_octets(test, o, n & 1 ? LINEAR : FRAGS, &pkt);
	KUNIT_EXPECT_EQ_MSG(test, verdict, out.verdict, "chain %*ph of %d", 4,
			    chain, n);
	if (out.verdict == NAT64_CONTINUE) {
		KUNIT_EXPECT_EQ(test, pkt.thoff, 40 + n * 8);
		KUNIT_EXPECT_EQ(test, (int)pkt.fragment, (int)out.fragment);
		KUNIT_EXPECT_EQ(test, ntohl(pkt.frag_id),
				out.fragment ? 0xdeadbeef : 0);
		return;
	}
	if (out.fragment && chain[i - 1] == RT1)
		return;
	KUNIT_EXPECT_EQ_MSG(test, pkt.reply_type, out.type, "chain %*ph of %d",
			    4, chain, n);
	KUNIT_EXPECT_EQ(test, pkt.reply_code, out.code);
	KUNIT_EXPECT_EQ(test, pkt.reply_info, out.info);
}

/* 7915-21, 7915-22: every order of up to four headers */
static void chains_of_every_order_are_judged(struct kunit *test)
{
	struct octets *o = octets_new(test);
	u8 chain[4] = {};
	int n, i, k, total;

	for (n = 0, total = 1; n <= 4; n++, total *= HEADERS)
		for (i = 0; i < total; i++) {
			for (k = 0; k < n; k++)
				chain[k] = i >> (3 * k) & 7;
			expect_chain(test, chain, n, o);
		}
}

/* Eight extension headers are translated, nine are refused. */
static void too_many_extension_headers_are_refused(struct kunit *test)
{
	static const struct flow f = { .l4 = IPPROTO_UDP, .payload = 4 };
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	int n, i;

	for (n = 7; n <= 9; n++) {
		o->len = 0;
		put_ip6(o, 0, n * 8 + l4_len(&f), 60, 64, HOST6, PEER6);
		for (i = 1; i <= n; i++)
			put_header(o, DST, i < n ? 60 : 17);
		put_l4_6(o, &f);
		KUNIT_EXPECT_EQ_MSG(test, parse_shapes(test, o, &pkt),
				    n <= 8 ? (int)NAT64_CONTINUE :
					     (int)NAT64_DROP, "%d headers", n);
	}
}

/* An extension header of any length, truncated at any octet. */
static void an_extension_header_is_as_long_as_it_says(struct kunit *test)
{
	static const u8 types[] = { 0, 60, 43 };
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	int t, words;

	for (t = 0; t < ARRAY_SIZE(types); t++)
		for (words = 0; words < 256; words++) {
			struct flow f = { .l4 = IPPROTO_TCP };
			unsigned int n = (words + 1) * 8;

			o->len = 0;
			put_ip6(o, 0, 80 + 20, types[t], 64, HOST6, PEER6);
			memset(o->data + 40, 0, 80);
			o->data[40] = 6;
			o->data[41] = words;
			o->len += 80;
			put_l4_6(o, &f);
			/* Behind it is the TCP header only if it has 80. */
			KUNIT_EXPECT_EQ_MSG(test,
					    parse_octets(test, o, FRAG_LIST,
							 &pkt),
					    n == 80 ? (int)NAT64_CONTINUE :
						      (int)NAT64_DROP,
					    "type %u, %u octets", types[t], n);
		}
}

/* A chain truncated at each octet, Payload Length adapted. */
static void a_cut_chain_is_dropped(struct kunit *test)
{
	static const struct flow f = { .l4 = IPPROTO_UDP };
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;

	put_ip6(o, 0, 32 + 8, 0, 64, HOST6, PEER6);
	put_header(o, HBH, 60);
	put_header(o, DST, 43);
	put_header(o, RT0, 44);
	put_header(o, FRAG, 17);
	put_l4_6(o, &f);
	KUNIT_EXPECT_EQ(test, parse_shapes(test, o, &pkt), (int)NAT64_CONTINUE);
	for (o->len--; o->len >= 40; o->len--) {
		set_payload_len(o);
		KUNIT_EXPECT_EQ_MSG(test, parse_shapes(test, o, &pkt),
				    (int)NAT64_DROP, "%u octets", o->len);
	}
}

/* 6146-7: a fragment must be reassembled. */
static void a_fragment_is_to_be_reassembled(struct kunit *test)
{
	static const u16 offsets[] = { 0x0001, 0x0008, 0x0009, 0xfff8, 0xfff9 };
	static const struct flow f = { .l4 = IPPROTO_UDP, .payload = 32 };
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	int i;

	put_ip6(o, 0, 8 + l4_len(&f), 44, 64, HOST6, PEER6);
	put_header(o, FRAG, 17);
	put_l4_6(o, &f);
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		set16(o, 42, offsets[i]);
		KUNIT_EXPECT_EQ(test, parse_shapes(test, o, &pkt),
				(int)NAT64_DEFRAG);
	}
}

/*
 * A virtual machine may claim that the device has to write the checksum of a
 * later fragment, at any place: what lies in the headers is about to go.
 */
static void a_checksum_in_the_headers_of_a_fragment_is_refused(struct kunit *test)
{
	static const struct flow f = { .l4 = IPPROTO_UDP, .payload = 32 };
	struct octets *o = octets_new(test);
	unsigned int start;

	put_ip6(o, 0, 8 + l4_len(&f), 44, 64, HOST6, PEER6);
	put_header(o, FRAG, 17);
	put_l4_6(o, &f);
	set16(o, 42, 0x0008);
	for (start = 0; start <= 48; start += 8) {
		struct nat64_pkt pkt = { .stateless = true };

		pkt.skb = skb_make(test, o->data, o->len, 40, LINEAR, 0);
		pkt.skb->ip_summed = CHECKSUM_PARTIAL;
		pkt.skb->csum_start = skb_headroom(pkt.skb) + start;
		pkt.skb->csum_offset = 6;
		KUNIT_EXPECT_EQ_MSG(test, (int)nat64_parse6(&pkt),
				    start < 48 ? (int)NAT64_DROP :
						 (int)NAT64_CONTINUE,
				    "from octet %u on", start);
		kfree_skb(pkt.skb);
	}
}

/* 6146-6: all protocols without a table */
static void other_protocols_are_refused(struct kunit *test)
{
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	int proto;

	put_ip6(o, 0, 64, 0, 64, HOST6, PEER6);
	memset(o->data + 40, 0, 64);
	o->len += 64;
	for (proto = 0; proto < 256; proto++) {
		if (proto == 0 || proto == 6 || proto == 17 || proto == 43 ||
		    proto == 44 || proto == 58 || proto == 60)
			continue;
		o->data[6] = proto;
		KUNIT_EXPECT_EQ_MSG(test, parse_octets(test, o, LINEAR, &pkt),
				    (int)NAT64_DROP, "protocol %d", proto);
		KUNIT_EXPECT_EQ(test, pkt.reply_type, 1);
		KUNIT_EXPECT_EQ(test, pkt.reply_code, 4);
	}
	/* ICMPv4 in IPv6 among them */
	o->data[6] = 1;
	KUNIT_EXPECT_EQ(test, parse_octets(test, o, LINEAR, &pkt),
			(int)NAT64_DROP);
}

/* 7915 s5.2: unlisted types are dropped; neighbour discovery is accepted. */
static void other_icmp_types_do_not_go_on(struct kunit *test)
{
	static const struct error e = {};
	struct octets *o = octets_new(test), *quoted = octets_new(test);
	struct nat64_pkt pkt;
	int type, code;

	put_quote6(quoted, &quotes[0], true);
	put_error6(o, &e, quoted, 0, 64, HOST6, PEER6);
	for (type = 0; type < 256; type++)
		for (code = 0; code < 8; code++) {
			bool on = (type == 1 && code < 5) ||
				  (type == 2 && code == 0) ||
				  (type == 3 && code < 2) ||
				  (type == 4 && code < 2) ||
				  (type >> 1 == 64 && code == 0);

			o->data[40] = type;
			o->data[41] = code;
			seal_l4(o, 40, IPPROTO_ICMP, o->len - 40,
				pseudo_sum(HOST6, PEER6, 16, 58, o->len - 40));
			KUNIT_EXPECT_EQ_MSG(test,
					    parse_octets(test, o, LINEAR,
							 &pkt) ==
					    NAT64_CONTINUE, on, "%d/%d", type,
					    code);
			if (!on)
				KUNIT_EXPECT_EQ(test, pkt.reply_type, 0);
		}
}

static const struct error unreachable = { "", 1, 4, 3, 3 };

/* 6146-5: the tuple of an error is that of the quoted packet, swapped. */
static void an_error_has_the_quoted_tuple(struct kunit *test)
{
	struct nat64_pkt pkt;
	int i;

	for (i = 0; i < ARRAY_SIZE(quotes); i++) {
		bool icmp = quotes[i].flow.l4 == IPPROTO_ICMP;
		struct octets *quoted = octets_new(test);
		struct octets *o = octets_new(test);

		put_quote6(quoted, &quotes[i], true);
		put_error6(o, &unreachable, quoted, 0, 64, ROUTER6, PEER6);
		KUNIT_ASSERT_EQ(test, parse_shapes(test, o, &pkt),
				(int)NAT64_CONTINUE);
		KUNIT_EXPECT_TRUE(test, pkt.is_error);
		test_octets(test, &pkt.t6.saddr, HOST6, 16, "source");
		test_octets(test, &pkt.t6.daddr, PEER6, 16, "destination");
		KUNIT_EXPECT_EQ(test, ntohs(pkt.t6.sport), PORT_HOST);
		KUNIT_EXPECT_EQ(test, ntohs(pkt.t6.dport),
				icmp ? PORT_HOST : PORT_PEER);
		KUNIT_EXPECT_EQ(test, (int)pkt.proto,
				flow_proto(&quotes[i].flow));
		KUNIT_EXPECT_EQ(test, pkt.l4, IPPROTO_ICMP);
		KUNIT_EXPECT_EQ(test, pkt.quote.off, 48);
		KUNIT_EXPECT_EQ(test, pkt.quote.thoff, 88);
	}
}

/* 6146-5: less than 8 octets of the quoted transport header: no error. */
static void a_cut_quote_is_dropped(struct kunit *test)
{
	struct octets *quoted = octets_new(test), *o = octets_new(test);
	struct nat64_pkt pkt;
	int i;

	for (i = 0; i < ARRAY_SIZE(quotes); i++) {
		quoted->len = 0;
		put_quote6(quoted, &quotes[i], true);
		for (quoted->len = min(quoted->len, 70U);; quoted->len--) {
			o->len = 0;
			put_error6(o, &unreachable, quoted, 0, 64, HOST6,
				   PEER6);
			KUNIT_EXPECT_EQ_MSG(test, parse_shapes(test, o, &pkt),
					    quoted->len >= 48 ?
					    (int)NAT64_CONTINUE :
					    (int)NAT64_DROP, "%s, %u octets",
					    quotes[i].name, quoted->len);
			KUNIT_EXPECT_EQ(test, pkt.reply_type, 0);
			if (!quoted->len)
				break;
		}
	}
}

/* The packet itself ends in its ICMP header. */
static void a_cut_icmp_header_is_dropped(struct kunit *test)
{
	struct octets *quoted = octets_new(test), *o = octets_new(test);
	struct nat64_pkt pkt;

	put_error6(o, &unreachable, quoted, 0, 64, HOST6, PEER6);
	for (o->len = 47; o->len >= 40; o->len--) {
		set_payload_len(o);
		KUNIT_EXPECT_EQ(test, parse_shapes(test, o, &pkt),
				(int)NAT64_DROP);
	}
}

struct inner_case {
	const char *name;
	u8 off, value;		/* octet of the quoted packet */
	bool on;
};

/* 6146-5, 7915-9: of the quoted echo request */
static const struct inner_case inner_cases[] = {
	{ "as it is", 0, 0x60, true },
	{ "version 4", 0, 0x45, false },
	{ "version 0", 0, 0x00, false },
	{ "protocol SCTP", 6, 132, false },
	{ "no next header", 6, 59, false },
	{ "ICMPv4", 6, 1, false },
	{ "AH", 6, 51, false },
	{ "an error in an error", 40, 1, false },
	{ "packet too big in an error", 40, 2, false },
	{ "router solicitation", 40, 133, false },
	{ "echo reply", 40, 129, true },
};

static void inner_desc(const struct inner_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(inner, inner_cases, inner_desc);

static void a_quote_that_cannot_be_ours_is_dropped(struct kunit *test)
{
	struct octets *quoted = octets_new(test), *o = octets_new(test);
	const struct inner_case *c = test->param_value;
	struct nat64_pkt pkt;

	put_quote6(quoted, &quotes[5], true);
	quoted->data[c->off] = c->value;
	put_error6(o, &unreachable, quoted, 0, 64, HOST6, PEER6);
	KUNIT_EXPECT_EQ(test, parse_shapes(test, o, &pkt),
			c->on ? (int)NAT64_CONTINUE : (int)NAT64_DROP);
	KUNIT_EXPECT_EQ(test, pkt.reply_type, 0);
}

/* 6146-5: a quoted fragment without transport header is dropped. */
static void a_quoted_later_fragment_is_dropped(struct kunit *test)
{
	static const struct flow f = { .l4 = IPPROTO_UDP, .in = true,
				       .payload = 30 };
	struct octets *quoted = octets_new(test), *o = octets_new(test);
	struct nat64_pkt pkt;
	u32 off;

	for (off = 0; off < 0x10000; off += 0x708 + 1) {
		const u8 header[] = { 17, 0, off >> 8, off, 0, 0, 0, 1 };

		quoted->len = 0;
		o->len = 0;
		put_ip6(quoted, 0, 8 + l4_len(&f), 44, 60, PEER6, HOST6);
		put(quoted, header, 8);
		put_l4_6(quoted, &f);
		put_error6(o, &unreachable, quoted, 0, 64, HOST6, PEER6);
		KUNIT_EXPECT_EQ(test, parse_octets(test, o, LINEAR, &pkt),
				off & 0xfff8 ? (int)NAT64_DROP :
					       (int)NAT64_CONTINUE);
		KUNIT_EXPECT_EQ(test, pkt.reply_type, 0);
	}
}

/* 7915-21: a source route in a quoted packet causes no error. */
static void a_quoted_source_route_is_dropped_silently(struct kunit *test)
{
	static const struct flow f = { .l4 = IPPROTO_UDP, .in = true };
	struct octets *quoted = octets_new(test), *o = octets_new(test);
	struct nat64_pkt pkt;

	put_ip6(quoted, 0, 16, 43, 60, PEER6, HOST6);
	put_header(quoted, RT1, 17);
	put_l4_6(quoted, &f);
	put_error6(o, &unreachable, quoted, 0, 64, HOST6, PEER6);
	KUNIT_EXPECT_EQ(test, parse_shapes(test, o, &pkt), (int)NAT64_DROP);
	KUNIT_EXPECT_EQ(test, pkt.reply_type, 0);
}

/* 5508-3: a bad ICMP checksum, in any bit of the message */
static void an_error_with_a_bad_checksum_is_dropped(struct kunit *test)
{
	struct octets *quoted = octets_new(test), *o = octets_new(test);
	struct nat64_pkt pkt;
	unsigned int bit;

	put_quote6(quoted, &quotes[0], true);
	put_error6(o, &unreachable, quoted, 0, 64, HOST6, PEER6);
	for (bit = 41 * 8; bit < o->len * 8; bit++) {
		o->data[bit / 8] ^= 0x80 >> bit % 8;
		KUNIT_EXPECT_EQ_MSG(test, parse_octets(test, o, FRAGS, &pkt),
				    (int)NAT64_DROP, "bit %u", bit);
		o->data[bit / 8] ^= 0x80 >> bit % 8;
	}
}

/* Random octets at random offsets; the checksum of errors is made to fit. */
static void mutated_packets_do_no_harm(struct kunit *test)
{
	struct octets *o = octets_new(test), *quoted = octets_new(test);
	struct nat64_xlat_params *params = test_params(test);
	struct nat64_pkt pkt;
	struct rnd_state rnd;
	int i;

	test_seed(test, &rnd);
	for (i = 0; i < 8000; i++) {
		o->len = 0;
		quoted->len = 0;
		if (i & 1) {
			put_packet6(o, &parse_flows[(i >> 1) % 5], 64);
		} else {
			put_quote6(quoted, &quotes[(i >> 1) % 8], true);
			put_error6(o, &unreachable, quoted, 0, 64, HOST6,
				   PEER6);
		}
		mutate(&rnd, o);
		o->data[0] = 0x60;
		if (!(i & 1))
			seal_l4(o, 40, IPPROTO_ICMP, o->len - 40,
				pseudo_sum(o->data + 8, o->data + 24, 16, 58,
					   o->len - 40));
		parse_octets(test, o, i % CLONED, &pkt);
		translate_fuzzed(test, o, params);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(a_packet_is_understood, flow_gen_params),
	KUNIT_CASE_PARAM(a_packet_cut_short_is_dropped, flow_gen_params),
	KUNIT_CASE_PARAM(a_cut_transport_header_is_dropped, flow_gen_params),
	KUNIT_CASE_PARAM(a_wrong_payload_length_is_dropped, flow_gen_params),
	KUNIT_CASE(a_wrong_udp_length_is_dropped),
	KUNIT_CASE(a_wrong_data_offset_is_dropped),
	KUNIT_CASE(udp_without_a_checksum_is_flagged), /* 7915-26 */
	KUNIT_CASE_PARAM(an_illegal_source_is_dropped, flow_gen_params),
	KUNIT_CASE(chains_of_every_order_are_judged), /* 7915-21 7915-22 */
	KUNIT_CASE(too_many_extension_headers_are_refused),
	KUNIT_CASE(an_extension_header_is_as_long_as_it_says),
	KUNIT_CASE(a_cut_chain_is_dropped),
	KUNIT_CASE(a_fragment_is_to_be_reassembled),
	KUNIT_CASE(a_checksum_in_the_headers_of_a_fragment_is_refused),
	KUNIT_CASE(other_protocols_are_refused), /* 6146-6 */
	KUNIT_CASE(other_icmp_types_do_not_go_on), /* 7915-64-x */
	KUNIT_CASE(an_error_has_the_quoted_tuple), /* 6146-5 */
	KUNIT_CASE(a_cut_quote_is_dropped),
	KUNIT_CASE(a_cut_icmp_header_is_dropped),
	KUNIT_CASE_PARAM(a_quote_that_cannot_be_ours_is_dropped,
			 inner_gen_params),
	KUNIT_CASE(a_quoted_later_fragment_is_dropped),
	KUNIT_CASE(a_quoted_source_route_is_dropped_silently),
	KUNIT_CASE(an_error_with_a_bad_checksum_is_dropped), /* 5508-3 */
	KUNIT_CASE(mutated_packets_do_no_harm),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_parse6",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
