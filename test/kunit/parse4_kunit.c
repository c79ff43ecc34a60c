// SPDX-License-Identifier: GPL-2.0
/* parse4_kunit.c - parsing of IPv4 packets (RFC 6146 s3.4) */
#include "parsing.h"

KUNIT_ARRAY_PARAM(flow, parse_flows, parse_flow_desc);

static void make(struct octets *o, const struct flow *f)
{
	struct flow in = *f;

	in.in = true;
	o->len = 0;
	put_packet4(o, &in, 64);
}

static void set_total_len(struct octets *o)
{
	set16(o, 2, o->len);
	seal_ip4(o, 0);
}

/* 6146-5: the tuple, in every shape of skb */
static void a_packet_is_understood(struct kunit *test)
{
	const struct flow *f = test->param_value;
	bool icmp = f->l4 == IPPROTO_ICMP;
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;

	make(o, f);
	KUNIT_ASSERT_EQ(test, parse_shapes(test, o, &pkt), (int)NAT64_CONTINUE);
	test_octets(test, &pkt.t4.saddr, PEER4, 4, "source");
	test_octets(test, &pkt.t4.daddr, MAPPED4, 4, "destination");
	KUNIT_EXPECT_EQ(test, ntohs(pkt.t4.sport), icmp ? PORT_MAPPED :
							  PORT_PEER);
	KUNIT_EXPECT_EQ(test, ntohs(pkt.t4.dport), PORT_MAPPED);
	KUNIT_EXPECT_EQ(test, (int)pkt.proto, flow_proto(f));
	KUNIT_EXPECT_EQ(test, pkt.l4, f->l4);
	KUNIT_EXPECT_EQ(test, pkt.thoff, 20);
	KUNIT_EXPECT_EQ(test, pkt.ttl, 64);
	KUNIT_EXPECT_FALSE(test, pkt.is_error);
	KUNIT_EXPECT_FALSE(test, pkt.df);
	if (f->l4 == IPPROTO_TCP)
		KUNIT_EXPECT_EQ(test, pkt.tcp_flags, 0x18);
}

/* 7915-4 */
static void the_df_flag_is_seen(struct kunit *test)
{
	struct flow f = *(const struct flow *)test->param_value;
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;

	f.df = true;
	make(o, &f);
	KUNIT_EXPECT_EQ(test, parse_shapes(test, o, &pkt), (int)NAT64_CONTINUE);
	KUNIT_EXPECT_TRUE(test, pkt.df);
}

/* Truncated at each octet, with unchanged lengths: never complete. */
static void a_packet_cut_short_is_dropped(struct kunit *test)
{
	const struct flow *f = test->param_value;
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;

	make(o, f);
	for (o->len--; o->len >= 20; o->len--)
		KUNIT_EXPECT_EQ_MSG(test, parse_shapes(test, o, &pkt),
				    (int)NAT64_DROP, "%u octets", o->len);
}

/* Truncated, Total Length adapted: the transport header must be complete. */
static void a_cut_transport_header_is_dropped(struct kunit *test)
{
	const struct flow *f = test->param_value;
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	unsigned int l4;
	bool enough;

	make(o, f);
	for (o->len--; o->len >= 20; o->len--) {
		set_total_len(o);
		l4 = o->len - 20;
		enough = f->l4 != IPPROTO_UDP && l4 >= l4_hdrlen(f);
		KUNIT_EXPECT_EQ_MSG(test, parse_shapes(test, o, &pkt),
				    enough ? (int)NAT64_CONTINUE :
					     (int)NAT64_DROP,
				    "%u octets", o->len);
	}
}

/* A Total Length other than the length of the packet. */
static void a_wrong_total_length_is_dropped(struct kunit *test)
{
	const struct flow *f = test->param_value;
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	u32 len;

	make(o, f);
	for (len = 0; len < 65536; len += len < 200 ? 1 : 511) {
		if (len == o->len)
			continue;
		set16(o, 2, len);
		seal_ip4(o, 0);
		KUNIT_EXPECT_EQ_MSG(test, parse_octets(test, o, LINEAR, &pkt),
				    (int)NAT64_DROP, "length %u", len);
	}
}

/* RFC 791: at least 5 words, and at most as many as present. */
static void a_wrong_header_length_is_dropped(struct kunit *test)
{
	static const struct flow f = { .l4 = IPPROTO_UDP, .payload = 4 };
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	int ihl;

	/* 32 octets: options of zeros and ports, with no UDP header after them */
	make(o, &f);
	for (ihl = 0; ihl < 16; ihl++) {
		if (ihl == 5)
			continue;
		o->data[0] = 0x40 | ihl;
		KUNIT_EXPECT_EQ_MSG(test, parse_shapes(test, o, &pkt),
				    (int)NAT64_DROP, "IHL %d", ihl);
	}
}

/* RFC 768: at least 8 octets, and at most as many as present. */
static void a_wrong_udp_length_is_dropped(struct kunit *test)
{
	static const struct flow f = { .l4 = IPPROTO_UDP, .payload = 20 };
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	u32 len;

	make(o, &f);
	for (len = 0; len < 65536; len += len < 200 ? 1 : 511) {
		bool good = len >= 8 && len <= 28;

		set16(o, 24, len);
		KUNIT_EXPECT_EQ_MSG(test, parse_octets(test, o, FRAGS, &pkt),
				    good ? (int)NAT64_CONTINUE :
					   (int)NAT64_DROP,
				    "length %u", len);
	}
}

/* RFC 793 */
static void a_wrong_data_offset_is_dropped(struct kunit *test)
{
	static const struct flow f = { .l4 = IPPROTO_TCP, .payload = 13 };
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	u32 doff;

	make(o, &f);
	for (doff = 0; doff < 16; doff++) {
		bool good = doff >= 5 && doff * 4 <= 33;

		o->data[32] = doff << 4;
		KUNIT_EXPECT_EQ_MSG(test, parse_shapes(test, o, &pkt),
				    good ? (int)NAT64_CONTINUE :
					   (int)NAT64_DROP,
				    "data offset %u", doff);
	}
}

/* 6146-8: it is computed later. */
static void udp_without_a_checksum_goes_on(struct kunit *test)
{
	static const struct flow f = { .l4 = IPPROTO_UDP, .payload = 20,
				       .no_check = true };
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;

	make(o, &f);
	KUNIT_EXPECT_EQ(test, parse_shapes(test, o, &pkt), (int)NAT64_CONTINUE);
}

/* 7915-3: without an error */
static void an_illegal_source_is_dropped(struct kunit *test)
{
	static const char * const sources[] = {
		"0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.255.255",
		"224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255",
	};
	const struct flow *f = test->param_value;
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	int i;

	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		__be32 addr = test_addr4(sources[i]);

		make(o, f);
		memcpy(o->data + 12, &addr, 4);
		seal_ip4(o, 0);
		KUNIT_EXPECT_EQ_MSG(test, parse_octets(test, o, LINEAR, &pkt),
				    (int)NAT64_DROP, "%s", sources[i]);
		KUNIT_EXPECT_EQ(test, pkt.reply_type, 0);
	}
}

struct option_case {
	const char *name;
	u8 len;
	u8 octets[12];
	int verdict;
	u8 code;		/* of a Destination Unreachable; 0: none */
};

/* 7915-2, RFC 791 s3.1 */
static const struct option_case option_cases[] = {
	{ "end", 4, { 0, 0, 0, 0 }, NAT64_CONTINUE },
	{ "no operation", 4, { 1, 1, 1, 1 }, NAT64_CONTINUE },
	{ "timestamp", 8, { 68, 8, 5, 0 }, NAT64_CONTINUE },
	{ "router alert", 4, { 148, 4, 0, 0 }, NAT64_CONTINUE },
	{ "record route", 8, { 7, 7, 4, 0, 0, 0, 0, 0 }, NAT64_CONTINUE },
	{ "unknown", 4, { 200, 4, 9, 9 }, NAT64_CONTINUE },
	{ "LSRR, unexpired", 8, { 131, 7, 4, 192, 0, 2, 1, 0 }, NAT64_DROP, 5 },
	{ "LSRR, expired", 8, { 131, 7, 8, 192, 0, 2, 1, 0 }, NAT64_CONTINUE },
	{ "LSRR, pointer at length", 8, { 131, 7, 7, 192, 0, 2, 1, 0 },
	  NAT64_DROP, 5 },
	{ "SSRR, unexpired", 8, { 137, 7, 4, 192, 0, 2, 1, 0 }, NAT64_DROP, 5 },
	{ "SSRR, expired", 8, { 137, 7, 8, 192, 0, 2, 1, 0 }, NAT64_CONTINUE },
	{ "SSRR behind no operation", 8, { 1, 137, 7, 4, 192, 0, 2, 1 },
	  NAT64_DROP, 5 },
	{ "LSRR behind the end", 8, { 0, 131, 7, 4, 192, 0, 2, 1 },
	  NAT64_CONTINUE },
	{ "LSRR without pointer", 4, { 131, 2, 0, 0 }, NAT64_DROP },
	{ "length 0", 4, { 68, 0, 0, 0 }, NAT64_DROP },
	{ "length 1", 4, { 68, 1, 0, 0 }, NAT64_DROP },
	{ "longer than the header", 4, { 68, 5, 0, 0 }, NAT64_DROP },
	{ "much longer", 8, { 7, 255, 4 }, NAT64_DROP },
	{ "no length at the end", 4, { 1, 1, 1, 68 }, NAT64_DROP },
	{ "LSRR, cut", 4, { 1, 131, 3, 4 }, NAT64_CONTINUE },
};

static void option_desc(const struct option_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(option, option_cases, option_desc);

static void put_with_options(struct octets *o, const u8 *options, u8 len)
{
	static const struct flow f = { .l4 = IPPROTO_UDP, .in = true,
				       .payload = 5 };

	o->len = 0;
	put_ip4(o, 0, 20 + len + l4_len(&f), 0, 0, 64, 17, PEER4, MAPPED4);
	o->data[0] = 0x45 + len / 4;
	put(o, options, len);
	seal_ip4(o, 0);
	put_l4_4(o, &f);
}

static void options_are_looked_at(struct kunit *test)
{
	const struct option_case *c = test->param_value;
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;

	put_with_options(o, c->octets, c->len);
	KUNIT_EXPECT_EQ(test, parse_shapes(test, o, &pkt), c->verdict);
	if (c->verdict == NAT64_CONTINUE)
		KUNIT_EXPECT_EQ(test, pkt.thoff, 20 + c->len);
	KUNIT_EXPECT_EQ(test, pkt.reply_type, c->code ? 3 : 0);
	KUNIT_EXPECT_EQ(test, pkt.reply_code, c->code);
}

/* Any options at all, in headers of every length. */
static void random_options_do_no_harm(struct kunit *test)
{
	static const u8 kinds[] = { 0, 1, 7, 68, 131, 137, 148, 255 };
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	struct rnd_state rnd;
	u8 options[40];
	int i, j;

	test_seed(test, &rnd);
	for (i = 0; i < 4000; i++) {
		test_random(&rnd, options, sizeof(options));
		for (j = 0; j < sizeof(options); j++)
			if (options[j] & 1)
				options[j] = kinds[options[j] >> 5];
			else if (options[j] & 2)
				options[j] >>= 4;
		put_with_options(o, options, 4 + i % 10 * 4);
		parse_octets(test, o, i % CLONED, &pkt);
	}
}

/* 6146-7 */
static void a_fragment_is_to_be_reassembled(struct kunit *test)
{
	static const u16 offsets[] = { 0x2000, 0x2001, 0x0001, 0x1fff, 0x3fff,
				       0x6000 };
	static const struct flow f = { .l4 = IPPROTO_UDP, .payload = 32 };
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	int i;

	make(o, &f);
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		set16(o, 6, offsets[i]);
		seal_ip4(o, 0);
		KUNIT_EXPECT_EQ(test, parse_shapes(test, o, &pkt),
				(int)NAT64_DEFRAG);
	}
}

/* A reassembled packet may be fragmented again. */
static void a_reassembled_packet_has_no_df(struct kunit *test)
{
	static const struct flow f = { .l4 = IPPROTO_UDP, .payload = 32,
				       .df = true };
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt = {};

	make(o, &f);
	pkt.skb = skb_make(test, o->data, o->len, 20, FRAG_LIST, 0);
	IPCB(pkt.skb)->frag_max_size = 576;
	KUNIT_EXPECT_EQ(test, (int)nat64_parse4(&pkt), (int)NAT64_CONTINUE);
	KUNIT_EXPECT_FALSE(test, pkt.df);
	KUNIT_EXPECT_EQ(test, pkt.frag_max, 576);
	kfree_skb(pkt.skb);
}

/* 6146-6: all protocols without a table */
static void other_protocols_are_refused(struct kunit *test)
{
	static const struct flow f = { .l4 = IPPROTO_UDP, .payload = 32 };
	struct octets *o = octets_new(test);
	struct nat64_pkt pkt;
	int proto;

	make(o, &f);
	for (proto = 0; proto < 256; proto++) {
		if (proto == 1 || proto == 6 || proto == 17)
			continue;
		o->data[9] = proto;
		seal_ip4(o, 0);
		KUNIT_EXPECT_EQ_MSG(test, parse_octets(test, o, LINEAR, &pkt),
				    (int)NAT64_DROP, "protocol %d", proto);
		KUNIT_EXPECT_EQ(test, pkt.reply_type, 3);
		KUNIT_EXPECT_EQ(test, pkt.reply_code, 2);
	}
}

/* 7915 s4.2: types that are not listed are dropped. */
static void other_icmp_types_do_not_go_on(struct kunit *test)
{
	static const struct error e = {};
	struct octets *o = octets_new(test), *quoted = octets_new(test);
	struct nat64_pkt pkt;
	int type, code;

	put_quote4(quoted, &quotes[0], false);
	put_error4(o, &e, quoted, 0, 64, ROUTER4, MAPPED4);
	for (type = 0; type < 256; type++)
		for (code = 0; code < 18; code++) {
			bool on = (type == 3 && code != 14 && code < 16) ||
				  (type == 11 && code < 2) ||
				  (type == 12 && (code == 0 || code == 2)) ||
				  ((type == 0 || type == 8) && code == 0);

			o->data[20] = type;
			o->data[21] = code;
			seal_l4(o, 20, IPPROTO_ICMP, o->len - 20, 0);
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

		put_quote4(quoted, &quotes[i], false);
		set16(quoted, 4, 0xbeef);
		seal_ip4(quoted, 0);
		put_error4(o, &unreachable, quoted, 0, 64, ROUTER4, MAPPED4);
		KUNIT_ASSERT_EQ(test, parse_shapes(test, o, &pkt),
				(int)NAT64_CONTINUE);
		KUNIT_EXPECT_TRUE(test, pkt.is_error);
		test_octets(test, &pkt.t4.saddr, PEER4, 4, "source");
		test_octets(test, &pkt.t4.daddr, MAPPED4, 4, "destination");
		KUNIT_EXPECT_EQ(test, ntohs(pkt.t4.sport),
				icmp ? PORT_MAPPED : PORT_PEER);
		KUNIT_EXPECT_EQ(test, ntohs(pkt.t4.dport), PORT_MAPPED);
		KUNIT_EXPECT_EQ(test, (int)pkt.proto,
				flow_proto(&quotes[i].flow));
		KUNIT_EXPECT_EQ(test, pkt.l4, IPPROTO_ICMP);
		KUNIT_EXPECT_EQ(test, pkt.quote.off, 28);
		KUNIT_EXPECT_EQ(test, pkt.quote.thoff, 48);
		KUNIT_EXPECT_EQ(test, ntohl(pkt.quote.id), 0xbeef);
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
		put_quote4(quoted, &quotes[i], false);
		for (quoted->len = min(quoted->len, 50U);; quoted->len--) {
			o->len = 0;
			put_error4(o, &unreachable, quoted, 0, 64, ROUTER4,
				   MAPPED4);
			KUNIT_EXPECT_EQ_MSG(test, parse_shapes(test, o, &pkt),
					    quoted->len >= 28 ?
					    (int)NAT64_CONTINUE :
					    (int)NAT64_DROP, "%s, %u octets",
					    quotes[i].name, quoted->len);
			KUNIT_EXPECT_EQ(test, pkt.reply_type, 0);
			if (!quoted->len)
				break;
		}
	}
}

/* A quoted header of every length, with all or none of its options present. */
static void a_quoted_header_is_as_long_as_it_says(struct kunit *test)
{
	struct octets *quoted = octets_new(test), *o = octets_new(test);
	struct nat64_pkt pkt;
	unsigned int n, ihl;

	for (ihl = 0; ihl < 16; ihl++)
		for (n = 20; n < 80; n++) {
			quoted->len = 0;
			o->len = 0;
			put_quote4(quoted, &quotes[6], false);
			quoted->data[0] = 0x40 | ihl;
			seal_ip4(quoted, 0);
			quoted->len = n;
			put_error4(o, &unreachable, quoted, 0, 64, ROUTER4,
				   MAPPED4);
			KUNIT_EXPECT_EQ_MSG(test,
					    parse_octets(test, o, FRAG_LIST,
							 &pkt),
					    ihl >= 5 && n >= ihl * 4 + 8 ?
					    (int)NAT64_CONTINUE :
					    (int)NAT64_DROP,
					    "IHL %u, %u octets", ihl, n);
			translate_fuzzed(test, o, test_params(test));
		}
}

struct inner_case {
	const char *name;
	u8 off, value;		/* octet of the quoted packet */
	bool on;
};

/* 6146-5, 7915-9: of the quoted echo request */
static const struct inner_case inner_cases[] = {
	{ "as it is", 0, 0x45, true },
	{ "version 6", 0, 0x65, false },
	{ "version 0", 0, 0x05, false },
	{ "protocol SCTP", 9, 132, false },
	{ "ICMPv6", 9, 58, false },
	{ "first fragment", 6, 0x20, true },
	{ "later fragment", 7, 1, false },
	{ "largest fragment offset", 6, 0x1f, false },
	{ "DF", 6, 0x40, true },
	{ "an error in an error", 20, 3, false },
	{ "time exceeded in an error", 20, 11, false },
	{ "timestamp", 20, 13, false },
	{ "echo reply", 20, 0, true },
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

	put_quote4(quoted, &quotes[5], false);
	quoted->data[c->off] = c->value;
	seal_ip4(quoted, 0);
	put_error4(o, &unreachable, quoted, 0, 64, ROUTER4, MAPPED4);
	KUNIT_EXPECT_EQ(test, parse_shapes(test, o, &pkt),
			c->on ? (int)NAT64_CONTINUE : (int)NAT64_DROP);
	KUNIT_EXPECT_EQ(test, pkt.reply_type, 0);
}

/* 5508-3: a bad ICMP checksum, in any bit of the message */
static void an_error_with_a_bad_checksum_is_dropped(struct kunit *test)
{
	struct octets *quoted = octets_new(test), *o = octets_new(test);
	struct nat64_pkt pkt;
	unsigned int bit;

	put_quote4(quoted, &quotes[0], false);
	put_error4(o, &unreachable, quoted, 0, 64, ROUTER4, MAPPED4);
	for (bit = 21 * 8; bit < o->len * 8; bit++) {
		o->data[bit / 8] ^= 0x80 >> bit % 8;
		KUNIT_EXPECT_EQ_MSG(test, parse_octets(test, o, FRAGS, &pkt),
				    (int)NAT64_DROP, "bit %u", bit);
		o->data[bit / 8] ^= 0x80 >> bit % 8;
	}
}

/* 5508-3 a: a bad header checksum of the quoted packet, in any bit of it */
static void a_quote_with_a_bad_header_checksum_is_dropped(struct kunit *test)
{
	struct octets *quoted = octets_new(test), *o = octets_new(test);
	struct nat64_pkt pkt;
	unsigned int bit;

	put_quote4(quoted, &quotes[6], false);
	/* 8 octets of options, in place of the first ones of UDP */
	quoted->data[0] = 0x47;
	seal_ip4(quoted, 0);
	for (bit = 0; bit <= 28 * 8; bit++) {
		bool good = bit == 28 * 8;

		o->len = 0;
		if (!good)
			quoted->data[bit / 8] ^= 0x80 >> bit % 8;
		put_error4(o, &unreachable, quoted, 0, 64, ROUTER4, MAPPED4);
		KUNIT_EXPECT_EQ_MSG(test, parse_shapes(test, o, &pkt),
				    good ? (int)NAT64_CONTINUE :
					   (int)NAT64_DROP, "bit %u", bit);
		KUNIT_EXPECT_EQ(test, pkt.reply_type, 0);
		if (!good)
			quoted->data[bit / 8] ^= 0x80 >> bit % 8;
	}
}

/* 5508-3 c: the checksum of the quoted transport header is not verified. */
static void a_quoted_transport_checksum_is_not_checked(struct kunit *test)
{
	struct octets *quoted = octets_new(test), *o = octets_new(test);
	struct nat64_pkt pkt;

	put_quote4(quoted, &quotes[6], false);
	quoted->data[20 + 6] ^= 0xff;
	put_error4(o, &unreachable, quoted, 0, 64, ROUTER4, MAPPED4);
	KUNIT_EXPECT_EQ(test, parse_shapes(test, o, &pkt),
			(int)NAT64_CONTINUE);
}

/* Random octets at random offsets; the checksums of errors are made to fit. */
static void mutated_packets_do_no_harm(struct kunit *test)
{
	struct octets *o = octets_new(test), *quoted = octets_new(test);
	struct nat64_xlat_params *params = test_params(test);
	struct nat64_pkt pkt;
	struct rnd_state rnd;
	int i;

	test_seed(test, &rnd);
	for (i = 0; i < 8000; i++) {
		unsigned int ihl;

		o->len = 0;
		quoted->len = 0;
		if (i & 1) {
			make(o, &parse_flows[(i >> 1) % 5]);
		} else {
			put_quote4(quoted, &quotes[(i >> 1) % 8], false);
			put_error4(o, &unreachable, quoted, 0, 64, ROUTER4,
				   MAPPED4);
		}
		mutate(&rnd, o);
		o->data[0] = 0x40 | (o->data[0] & 15);
		ihl = (o->data[0] & 15) * 4;
		if (i & 2 && ihl + 28 <= o->len)
			seal_ip4(o, ihl + 8);
		if (!(i & 1) && ihl + 8 <= o->len)
			seal_l4(o, ihl, IPPROTO_ICMP, o->len - ihl, 0);
		parse_octets(test, o, i % CLONED, &pkt);
		translate_fuzzed(test, o, params);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(a_packet_is_understood, flow_gen_params),
	KUNIT_CASE_PARAM(the_df_flag_is_seen, flow_gen_params),
	KUNIT_CASE_PARAM(a_packet_cut_short_is_dropped, flow_gen_params),
	KUNIT_CASE_PARAM(a_cut_transport_header_is_dropped, flow_gen_params),
	KUNIT_CASE_PARAM(a_wrong_total_length_is_dropped, flow_gen_params),
	KUNIT_CASE(a_wrong_header_length_is_dropped),
	KUNIT_CASE(a_wrong_udp_length_is_dropped),
	KUNIT_CASE(a_wrong_data_offset_is_dropped),
	KUNIT_CASE(udp_without_a_checksum_goes_on),
	KUNIT_CASE_PARAM(an_illegal_source_is_dropped, flow_gen_params),
	KUNIT_CASE_PARAM(options_are_looked_at, option_gen_params), /* 7915-2 */
	KUNIT_CASE(random_options_do_no_harm),
	KUNIT_CASE(a_fragment_is_to_be_reassembled),
	KUNIT_CASE(a_reassembled_packet_has_no_df),
	KUNIT_CASE(other_protocols_are_refused), /* 6146-6 */
	KUNIT_CASE(other_icmp_types_do_not_go_on), /* 5508-11 */
	KUNIT_CASE(an_error_has_the_quoted_tuple), /* 6146-5 */
	KUNIT_CASE(a_cut_quote_is_dropped),
	KUNIT_CASE(a_quoted_header_is_as_long_as_it_says),
	KUNIT_CASE_PARAM(a_quote_that_cannot_be_ours_is_dropped,
			 inner_gen_params),
	KUNIT_CASE(an_error_with_a_bad_checksum_is_dropped), /* 5508-3 */
	KUNIT_CASE(a_quote_with_a_bad_header_checksum_is_dropped), /* 5508-3 */
	KUNIT_CASE(a_quoted_transport_checksum_is_not_checked), /* 5508-3 */
	KUNIT_CASE(mutated_packets_do_no_harm),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_parse4",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
