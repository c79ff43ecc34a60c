// SPDX-License-Identifier: GPL-2.0
/* rfc4884_kunit.c - ICMP errors with extensions (RFC 4884) */
#include "errors.h"

/* 4884-2: version 2, one opaque object of so many octets in all */
static void put_extension(struct octets *o, unsigned int len)
{
	unsigned int i, off = o->len;

	put16(o, 0x2000);
	put16(o, 0);
	put16(o, len - 4);
	put16(o, 0xfe01);
	for (i = 8; i < len; i++)
		put8(o, i ^ 0x5a);
	set16(o, off + 2, test_check(test_sum(0, o->data + off, len)));
}

static void pad_to(struct octets *o, unsigned int len)
{
	while (o->len < len)
		put8(o, 0);
}

struct ext_case {
	const char *name;
	u16 quoted;		/* octets of the quoted packet, UDP */
	u16 ext;		/* octets of the extension structure */
};

/* Lengths of the IPv4 packet; the IPv6 packet has 20 more. */
static const struct ext_case ext_cases[] = {
	{ "28 octets quoted", 28, 12 },
	{ "108 octets quoted", 108, 12 },
	{ "109 octets quoted", 109, 12 },
	{ "128 octets quoted", 128, 16 },
	{ "131 octets quoted", 131, 8 },
	{ "204 octets quoted", 204, 60 },
	{ "548 octets quoted", 548, 12 },
	{ "1020 octets quoted", 1020, 12 },
	{ "large extension", 128, 1000 },
	{ "no room for all of the quote", 1020, 300 },
};

static void ext_desc(const struct ext_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(ext, ext_cases, ext_desc);

static void ext_quote(const struct ext_case *c, struct quote *q)
{
	memset(q, 0, sizeof(*q));
	q->flow.l4 = IPPROTO_UDP;
	q->flow.payload = 1100;
	q->cut = c->quoted - 20;
}

/* A message, and what is expected of it. */
struct parts {
	const struct octets *msg;
	unsigned int hdr;	/* outer header */
	unsigned int unit;	/* of the length attribute */
	unsigned int length;	/* the length attribute */
	const struct octets *quoted;
	const struct octets *ext;
	unsigned int max;	/* of the message with its outer header */
};

/* 4884-1, 4884-2: the extension is complete, at the place of the attribute. */
static void expect_parts(struct kunit *test, const struct parts *p)
{
	unsigned int padded = p->length * p->unit;
	unsigned int off = p->hdr + 8 + padded, i;
	unsigned int quoted = min(p->quoted->len, padded);

	KUNIT_EXPECT_GE(test, padded, 128);
	KUNIT_ASSERT_EQ(test, off + p->ext->len, p->msg->len);
	test_octets(test, p->msg->data + off, p->ext->data, p->ext->len,
		    "extension");
	test_octets(test, p->msg->data + p->hdr + 8, p->quoted->data, quoted,
		    "quoted packet");
	for (i = quoted; i < padded; i++)
		KUNIT_EXPECT_EQ_MSG(test, p->msg->data[p->hdr + 8 + i], 0,
				    "octet %u of the quote is padding", i);
	/* RFC 1812 s4.3.2.3: as much as possible */
	if (quoted < p->quoted->len)
		KUNIT_EXPECT_GT(test, p->msg->len + p->unit, p->max);
}

/* No extension: as much of the quoted packet as fits. */
static void expect_quote_only(struct kunit *test, const struct parts *p)
{
	unsigned int len = p->msg->len - p->hdr - 8;
	unsigned int quoted = min(p->quoted->len, p->max - p->hdr - 8), i;

	KUNIT_EXPECT_EQ(test, p->length, 0);
	KUNIT_ASSERT_GE(test, len, quoted);
	KUNIT_EXPECT_LE(test, p->msg->len, p->max);
	test_octets(test, p->msg->data + p->hdr + 8, p->quoted->data, quoted,
		    "quoted packet");
	for (i = quoted; i < len; i++)
		KUNIT_EXPECT_EQ(test, p->msg->data[p->hdr + 8 + i], 0);
}

/* 4884-3: extensions are kept whole if 128 octets of the quote fit as well. */
static void expect_message(struct kunit *test, const struct parts *p)
{
	if (p->ext->len && p->hdr + 8 + 128 + p->ext->len <= p->max)
		expect_parts(test, p);
	else
		expect_quote_only(test, p);
}

static void read_skb(const struct sk_buff *skb, struct octets *o)
{
	o->len = skb->len;
	skb_copy_bits(skb, 0, o->data, skb->len);
}

/* The outer header and the checksum of a message translated to IPv4. */
static void expect_sound4(struct kunit *test, const struct octets *o)
{
	KUNIT_EXPECT_EQ(test, get16(o, 2), o->len);
	KUNIT_EXPECT_EQ(test, test_check(test_sum(0, o->data, 20)), 0);
	KUNIT_EXPECT_EQ(test, test_check(test_sum(0, o->data + 20,
						  o->len - 20)), 0);
	KUNIT_EXPECT_LE(test, o->len, ERROR_MAX4);
}

static void expect_sound6(struct kunit *test, const struct octets *o)
{
	u32 len = o->len - 40;

	KUNIT_EXPECT_EQ(test, get16(o, 4), len);
	KUNIT_EXPECT_EQ(test,
			test_check(test_sum(pseudo_sum(o->data + 8,
						       o->data + 24, 16, 58,
						       len),
					    o->data + 40, len)), 0);
	KUNIT_EXPECT_LE(test, o->len, ERROR_MAX6);
}

/* 4884-3: IPv6 to IPv4 */
static void an_extension_goes_along_64(struct kunit *test)
{
	static const struct error e = { "", 1, 4, 3, 3 };
	const struct ext_case *c = test->param_value;
	struct octets *quoted = octets_new(test), *in = octets_new(test);
	struct octets *ext = octets_new(test), *got = octets_new(test);
	struct octets *q4 = octets_new(test);
	struct parts parts = { got, 20, 4, 0, q4, ext, ERROR_MAX4 };
	struct sk_buff *skb;
	struct quote q;

	ext_quote(c, &q);
	put_quote6(quoted, &q, true);
	put_quote4(q4, &q, true);
	pad_to(quoted, max(128U, roundup(quoted->len, 8)));
	put_extension(ext, c->ext);
	put(quoted, ext->data, ext->len);
	put_error6(in, &e, quoted, (quoted->len - ext->len) / 8, 64, HOST6,
		   PEER6);
	skb = skb_make(test, in->data, in->len, 40, FRAGS, 0xa5);
	KUNIT_EXPECT_EQ(test, (int)error_translate64(test, skb),
			(int)NAT64_CONTINUE);
	read_skb(skb, got);
	kfree_skb(skb);
	expect_sound4(test, got);
	parts.length = got->data[25];
	KUNIT_EXPECT_EQ(test, get16(got, 26), 0);
	expect_message(test, &parts);
}

/* 4884-3: IPv4 to IPv6, which is longer */
static void an_extension_goes_along_46(struct kunit *test)
{
	static const struct error e = { "", 3, 0, 11, 0 };
	const struct ext_case *c = test->param_value;
	struct octets *quoted = octets_new(test), *in = octets_new(test);
	struct octets *ext = octets_new(test), *got = octets_new(test);
	struct octets *q6 = octets_new(test);
	struct parts parts = { got, 40, 8, 0, q6, ext, ERROR_MAX6 };
	struct sk_buff *skb;
	struct quote q;

	ext_quote(c, &q);
	put_quote4(quoted, &q, false);
	put_quote6(q6, &q, false);
	pad_to(quoted, max(128U, roundup(quoted->len, 4)));
	put_extension(ext, c->ext);
	put(quoted, ext->data, ext->len);
	put_error4(in, &e, quoted, (quoted->len - ext->len) / 4, 64, ROUTER4,
		   MAPPED4);
	skb = skb_make(test, in->data, in->len, 20, FRAGS, 0xa5);
	KUNIT_EXPECT_EQ(test, (int)error_translate46(test, skb),
			(int)NAT64_CONTINUE);
	read_skb(skb, got);
	kfree_skb(skb);
	expect_sound6(test, got);
	parts.length = got->data[44];
	expect_message(test, &parts);
}

enum ext_kind {
	NO_EXT,
	SOUND,
	UNSUMMED,
	BAD_SUM,
	BAD_VERSION,
};

/* 4884-2: what may be wrong with an extension structure; checksum 0 is not. */
static void put_extension_kind(struct octets *o, enum ext_kind kind,
			       unsigned int len)
{
	unsigned int off = o->len;

	if (kind == NO_EXT)
		return;
	put_extension(o, len);
	if (kind == BAD_VERSION) {
		o->data[off] = 0x30;
		set16(o, off + 2, 0);
		set16(o, off + 2, test_check(test_sum(0, o->data + off, len)));
	} else if (kind == BAD_SUM) {
		o->data[off + 3] ^= 1;
	} else if (kind == UNSUMMED) {
		set16(o, off + 2, 0);
	}
}

struct object_case {
	const char *name;
	enum ext_kind kind;
	u16 quoted;		/* octets of the quoted packet, as IPv4 */
	u16 ext;		/* octets of the extension structure */
	s16 room;		/* more than 128 octets and all extensions */
	bool object;		/* it is appended */
	bool kept;		/* there are extensions in the end */
};

#define OBJECT_LEN 24

static const struct object_case object_cases[] = {
	{ "none yet", NO_EXT, 400, 0, 500, true, true },
	{ "none yet, a short quote", NO_EXT, 28, 0, 500, true, true },
	{ "none yet, a quote to cut", NO_EXT, 900, 0, 300, true, true },
	{ "none yet, exactly room", NO_EXT, 400, 0, 0, true, true },
	{ "none yet, no room", NO_EXT, 400, 0, -1, false, false },
	{ "extensions", SOUND, 200, 12, 500, true, true },
	{ "extensions without checksum", UNSUMMED, 200, 12, 500, true, true },
	{ "wrong checksum", BAD_SUM, 200, 12, 500, false, true },
	{ "wrong version", BAD_VERSION, 200, 12, 500, false, true },
	{ "exactly room", SOUND, 400, 60, 0, true, true },
	{ "no room for the object", SOUND, 400, 60, -1, false, true },
	{ "exactly room without the object", SOUND, 400, 60, -OBJECT_LEN,
	  false, true },
	{ "no room for extensions", SOUND, 400, 60, -OBJECT_LEN - 1, false,
	  false },
	{ "broken, exactly room", BAD_SUM, 400, 60, -OBJECT_LEN, false, true },
	{ "broken, no room", BAD_SUM, 400, 60, -OBJECT_LEN - 1, false, false },
};

static void object_desc(const struct object_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(object, object_cases, object_desc);

/* The extension structure that is expected. */
static void object_expected(struct octets *ext, const struct object_case *c,
			    const u8 *object)
{
	if (!c->kept)
		return;
	put_extension_kind(ext, c->kind, c->ext);
	if (!c->object)
		return;
	if (c->kind == NO_EXT)
		put32(ext, 0x20000000);
	put(ext, object, OBJECT_LEN);
	set16(ext, 2, 0);
	set16(ext, 2, test_check(test_sum(0, ext->data, ext->len)));
}

/* An ICMPv6 error with extensions, and the quoted packet under a new header. */
static struct nat64_pkt *object_make(struct kunit *test,
				     const struct object_case *c,
				     struct nat64_layout *lay,
				     struct octets *expected)
{
	struct octets *quoted = octets_new(test), *in = octets_new(test);
	static const struct error e = { "", 3, 0, 11, 0 };
	struct quote q = { .flow = { .l4 = IPPROTO_UDP, .payload = 1100 },
			   .cut = c->quoted - 20 };
	struct nat64_pkt *pkt;

	put_quote6(quoted, &q, true);
	put(expected, lay->hdr, lay->hdr_len);
	put(expected, quoted->data + 40, q.cut);
	if (c->kind != NO_EXT) {
		pad_to(quoted, max(128U, roundup(quoted->len, 8)));
		lay->length = quoted->len / 8;
		put_extension_kind(quoted, c->kind, c->ext);
	}
	put_error6(in, &e, quoted, lay->length, 64, HOST6, PEER6);
	pkt = test_pkt(test, skb_make(test, in->data, in->len, 40, LINEAR,
				      0xa5));
	KUNIT_ASSERT_EQ(test, (int)nat64_parse6(pkt), (int)NAT64_CONTINUE);
	return pkt;
}

/* 6791-2, RFC 4884 s8: one more object, if it fits. */
static void an_object_is_appended(struct kunit *test)
{
	const struct object_case *c = test->param_value;
	u8 hdr[20], object[OBJECT_LEN];
	struct nat64_layout lay = {
		.hdr = hdr, .hdr_len = 20, .unit_in = 8, .unit_out = 4,
		.object = object, .object_len = OBJECT_LEN,
		.max = 8 + 128 + (c->ext ?: 4) + OBJECT_LEN + c->room,
	};
	struct octets *quoted = octets_new(test), *ext = octets_new(test);
	struct octets *got = octets_new(test);
	struct parts parts = { got, 40, 4, 0, quoted, ext, 40 + lay.max };
	struct nat64_pkt *pkt;
	struct rnd_state rnd;
	unsigned int len;
	int length;

	test_seed(test, &rnd);
	test_random(&rnd, hdr, sizeof(hdr));
	test_random(&rnd, object, sizeof(object));
	pkt = object_make(test, c, &lay, quoted);
	object_expected(ext, c, object);
	length = nat64_quote_layout(pkt, &lay, &len);
	read_skb(pkt->skb, got);
	kfree_skb(pkt->skb);
	KUNIT_ASSERT_GE(test, length, 0);
	parts.length = length;
	if (c->kept)
		expect_parts(test, &parts);
	else
		expect_quote_only(test, &parts);
	KUNIT_EXPECT_GE(test, len, min(quoted->len, 100U));
	KUNIT_EXPECT_LE(test, len, got->len - 48 - ext->len);
}

/*
 * 4884-1: the attribute is an octet. 1120 octets quoted are 140 units of IPv6, but
 * what they become as IPv4 would be 275: the quote must be cut.
 */
static void a_quote_is_cut_to_what_the_attribute_can_say(struct kunit *test)
{
	static const struct object_case c = { "", SOUND, 1100, 16 };
	u8 hdr[20] = { 0x45 };
	struct nat64_layout lay = {
		.hdr = hdr, .hdr_len = 20, .unit_in = 8, .unit_out = 4,
		.max = 1400,
	};
	struct octets *quoted = octets_new(test), *ext = octets_new(test);
	struct octets *got = octets_new(test);
	struct parts parts = { got, 40, 4, U8_MAX, quoted, ext,
			       48 + U8_MAX * 4 + 16 };
	struct nat64_pkt *pkt = object_make(test, &c, &lay, quoted);
	unsigned int len;

	put_extension(ext, 16);
	KUNIT_EXPECT_EQ(test, nat64_quote_layout(pkt, &lay, &len), U8_MAX);
	read_skb(pkt->skb, got);
	kfree_skb(pkt->skb);
	KUNIT_EXPECT_EQ(test, len, U8_MAX * 4);
	expect_parts(test, &parts);
}

/* 4884-1: a message without the attribute has no extensions, nor an object. */
static void no_object_without_an_attribute(struct kunit *test)
{
	static const struct object_case c = { "", SOUND, 200, 12 };
	u8 hdr[20] = { 0x45 }, object[OBJECT_LEN] = {};
	struct nat64_layout lay = {
		.hdr = hdr, .hdr_len = 20, .unit_in = 8, .max = 1000,
		.object = object, .object_len = OBJECT_LEN,
	};
	struct octets *quoted = octets_new(test), *got = octets_new(test);
	struct parts parts = { got, 40, 4, 0, quoted, NULL, 1040 };
	struct nat64_pkt *pkt = object_make(test, &c, &lay, quoted);
	unsigned int len;

	parts.length = nat64_quote_layout(pkt, &lay, &len);
	read_skb(pkt->skb, got);
	kfree_skb(pkt->skb);
	expect_quote_only(test, &parts);
}

struct legacy_case {
	const char *name;
	enum ext_kind kind;
	u8 at;			/* octets in front of the extension structure */
	bool found;
	struct error e;
};

static const struct legacy_case legacy_cases[] = {
	{ "time exceeded", SOUND, 128, true, { "", 3, 0, 11, 0 } },
	{ "unreachable", SOUND, 128, true, { "", 1, 4, 3, 3 } },
	{ "checksum 0", UNSUMMED, 128, false, { "", 3, 0, 11, 0 } },
	{ "wrong checksum", BAD_SUM, 128, false, { "", 3, 0, 11, 0 } },
	{ "wrong version", BAD_VERSION, 128, false, { "", 3, 0, 11, 0 } },
	{ "behind 124 octets", SOUND, 124, false, { "", 3, 0, 11, 0 } },
	{ "behind 136 octets", SOUND, 136, false, { "", 3, 0, 11, 0 } },
};

static void legacy_desc(const struct legacy_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(legacy, legacy_cases, legacy_desc);

/* The expected result: an extension, or octets of the quoted packet. */
static void legacy_expected(struct octets *quoted, struct octets *ext,
			    const struct legacy_case *c)
{
	put_extension_kind(c->found ? ext : quoted, c->kind, 16);
}

/* 4884-4, RFC 4884 s5.5: from senders without the attribute */
static void a_legacy_extension_is_seen_64(struct kunit *test)
{
	const struct legacy_case *c = test->param_value;
	struct octets *quoted = octets_new(test), *in = octets_new(test);
	struct octets *ext = octets_new(test), *got = octets_new(test);
	struct octets *q4 = octets_new(test);
	struct parts parts = { got, 20, 4, 0, q4, ext, ERROR_MAX4 };
	struct quote q = { .flow = { .l4 = IPPROTO_UDP, .payload = 1100 },
			   .cut = c->at - 40 };
	struct sk_buff *skb;

	put_quote6(quoted, &q, true);
	put_extension_kind(quoted, c->kind, 16);
	put_error6(in, &c->e, quoted, 0, 64, HOST6, PEER6);
	put_quote4(q4, &q, true);
	legacy_expected(q4, ext, c);
	skb = skb_make(test, in->data, in->len, 40, FRAGS, 0xa5);
	KUNIT_EXPECT_EQ(test, (int)error_translate64(test, skb),
			(int)NAT64_CONTINUE);
	read_skb(skb, got);
	kfree_skb(skb);
	expect_sound4(test, got);
	parts.length = got->data[25];
	expect_message(test, &parts);
}

static void a_legacy_extension_is_seen_46(struct kunit *test)
{
	const struct legacy_case *c = test->param_value;
	struct octets *quoted = octets_new(test), *in = octets_new(test);
	struct octets *ext = octets_new(test), *got = octets_new(test);
	struct octets *q6 = octets_new(test);
	struct parts parts = { got, 40, 8, 0, q6, ext, ERROR_MAX6 };
	struct quote q = { .flow = { .l4 = IPPROTO_UDP, .payload = 1100 },
			   .cut = c->at - 20 };
	struct sk_buff *skb;

	put_quote4(quoted, &q, false);
	put_extension_kind(quoted, c->kind, 16);
	put_error4(in, &c->e, quoted, 0, 64, ROUTER4, MAPPED4);
	put_quote6(q6, &q, false);
	legacy_expected(q6, ext, c);
	skb = skb_make(test, in->data, in->len, 20, FRAGS, 0xa5);
	KUNIT_EXPECT_EQ(test, (int)error_translate46(test, skb),
			(int)NAT64_CONTINUE);
	read_skb(skb, got);
	kfree_skb(skb);
	expect_sound6(test, got);
	parts.length = got->data[44];
	expect_message(test, &parts);
}

/* 4884-1: Packet Too Big and Parameter Problem have no extensions. */
static void other_types_have_no_legacy_extension(struct kunit *test)
{
	static const struct legacy_case cases[] = {
		{ "", SOUND, 128, false, { "", 2, 0, 3, 4, 1400, 1380 } },
		{ "", SOUND, 128, false, { "", 4, 1, 3, 2, 6, 0 } },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		test->param_value = &cases[i];
		a_legacy_extension_is_seen_64(test);
	}
}

/* 4884-1: ICMPv6 types 2 and 4 have no attribute, and so no extension. */
static void types_without_attribute_lose_extensions(struct kunit *test)
{
	static const struct error errors[] = {
		{ "", 2, 0, 3, 4, 1420, 1400 }, { "", 4, 1, 3, 2, 6, 0 },
		{ "", 4, 0, 12, 0, 7, 8 << 24 },
	};
	struct quote q = { .flow = { .l4 = IPPROTO_UDP, .payload = 1100 },
			   .cut = 180 };
	struct sk_buff *skb;
	int i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		struct octets *quoted = octets_new(test);
		struct octets *in = octets_new(test);
		struct octets *q6 = octets_new(test);
		struct octets *expected = octets_new(test);

		put_quote4(quoted, &q, false);
		put_extension(quoted, 12);
		put_error4(in, &errors[i], quoted, 50, 64, ROUTER4, MAPPED4);
		put_quote6(q6, &q, false);
		put_error6(expected, &errors[i], q6, 0, 63, ROUTER6, HOST6);
		skb = skb_make(test, in->data, in->len, 20, LINEAR, 0xa5);
		KUNIT_EXPECT_EQ(test, (int)error_translate46(test, skb),
				(int)NAT64_CONTINUE);
		expect_octets(test, skb, expected, "no attribute");
		kfree_skb(skb);
	}
}

/* Any attribute, valid or not, in a message of any length. */
static void a_length_that_lies_does_no_harm_64(struct kunit *test)
{
	static const struct error e = { "", 3, 0, 11, 0 };
	static const u16 sizes[] = { 48, 127, 128, 129, 140, 200, 1100, 1232,
				     1400 };
	struct octets *quoted = octets_new(test), *in = octets_new(test);
	struct octets *got = octets_new(test);
	struct sk_buff *skb;
	int i, length;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (length = 0; length < 256; length++) {
			struct quote q = { .flow = { .l4 = IPPROTO_UDP,
						     .payload = 1400 },
					   .cut = sizes[i] - 40 };

			quoted->len = 0;
			in->len = 0;
			put_quote6(quoted, &q, true);
			put_error6(in, &e, quoted, length, 64, HOST6, PEER6);
			skb = skb_make(test, in->data, in->len, 40, LINEAR,
				       0xa5);
			KUNIT_EXPECT_EQ(test,
					(int)error_translate64(test, skb),
					(int)NAT64_CONTINUE);
			read_skb(skb, got);
			kfree_skb(skb);
			expect_sound4(test, got);
			KUNIT_EXPECT_LE_MSG(test, got->data[25] * 4U + 28,
					    got->len, "%u octets, length %d",
					    sizes[i], length);
		}
}

static void a_length_that_lies_does_no_harm_46(struct kunit *test)
{
	static const struct error e = { "", 3, 0, 11, 0 };
	static const u16 sizes[] = { 28, 127, 128, 129, 140, 200, 1100, 1232,
				     1400 };
	struct octets *quoted = octets_new(test), *in = octets_new(test);
	struct octets *got = octets_new(test);
	struct sk_buff *skb;
	int i, length;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (length = 0; length < 256; length++) {
			struct quote q = { .flow = { .l4 = IPPROTO_UDP,
						     .payload = 1400 },
					   .cut = sizes[i] - 20 };

			quoted->len = 0;
			in->len = 0;
			put_quote4(quoted, &q, false);
			put_error4(in, &e, quoted, length, 64, ROUTER4,
				   MAPPED4);
			skb = skb_make(test, in->data, in->len, 20, LINEAR,
				       0xa5);
			KUNIT_EXPECT_EQ(test,
					(int)error_translate46(test, skb),
					(int)NAT64_CONTINUE);
			read_skb(skb, got);
			kfree_skb(skb);
			expect_sound6(test, got);
			KUNIT_EXPECT_LE_MSG(test, got->data[44] * 8U + 48,
					    got->len, "%u octets, length %d",
					    sizes[i], length);
		}
}

/* 7915-9: a truncated quoted header is not written past its end. */
static void a_short_quote_is_not_written_past_its_end(struct kunit *test)
{
	static const u8 l4s[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };
	static const u8 protos[] = { NAT64_TCP, NAT64_UDP, NAT64_ICMP };
	struct octets *o = octets_new(test), *expected = octets_new(test);
	unsigned int i, len;

	for (i = 0; i < ARRAY_SIZE(l4s); i++)
		for (len = 8; len <= 20; len++) {
			struct flow f = { .l4 = l4s[i], .payload = 12 };
			u8 *l4 = kunit_kzalloc(test, len, GFP_KERNEL);

			KUNIT_ASSERT_NOT_NULL(test, l4);
			o->len = 0;
			expected->len = 0;
			put_l4_6(o, &f);
			put_l4_4(expected, &f);
			memcpy(l4, o->data, len);
			if (f.l4 == IPPROTO_ICMP)
				expected->data[0] = 128;
			nat64_quote_ports(l4, len, protos[i],
					  htons(PORT_MAPPED), htons(PORT_PEER),
					  f.l4 == IPPROTO_ICMP ? 0 :
					  flow_diff());
			if (f.l4 == IPPROTO_ICMP)
				memcpy(expected->data + 2, o->data + 2, 2);
			else if (f.l4 == IPPROTO_TCP && len == 17)
				expected->data[16] = o->data[16];
			test_octets(test, l4, expected->data, len, "quote");
		}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_short_quote_is_not_written_past_its_end),
	KUNIT_CASE_PARAM(an_extension_goes_along_64, ext_gen_params), /* 4884-1 4884-2 4884-3 */
	KUNIT_CASE_PARAM(an_extension_goes_along_46, ext_gen_params), /* 4884-1 4884-2 4884-3 */
	KUNIT_CASE(a_quote_is_cut_to_what_the_attribute_can_say), /* 4884-1 */
	KUNIT_CASE_PARAM(an_object_is_appended, object_gen_params), /* 4884-2 6791-2 */
	KUNIT_CASE(no_object_without_an_attribute), /* 4884-1 6791-2 */
	KUNIT_CASE_PARAM(a_legacy_extension_is_seen_64, legacy_gen_params), /* 4884-4 */
	KUNIT_CASE_PARAM(a_legacy_extension_is_seen_46, legacy_gen_params), /* 4884-4 */
	KUNIT_CASE(other_types_have_no_legacy_extension), /* 4884-1 4884-4 */
	KUNIT_CASE(types_without_attribute_lose_extensions), /* 4884-1 */
	KUNIT_CASE(a_length_that_lies_does_no_harm_64),
	KUNIT_CASE(a_length_that_lies_does_no_harm_46),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_rfc4884",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
