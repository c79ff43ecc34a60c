/* SPDX-License-Identifier: GPL-2.0 */
/* errors.h - ICMP errors about the flow of packets.h, as octets */
#ifndef NAT64_KUNIT_ERRORS_H
#define NAT64_KUNIT_ERRORS_H

#include "packets.h"

static const u8 __maybe_unused ROUTER4[4] = { 198, 51, 100, 9 };

/* RFC 1812 s4.3.2.3, RFC 4443 s2.4: an error with its IP header. */
#define ERROR_MAX4 576
#define ERROR_MAX6 1280

/* The hop limit of quoted packets, which is not decremented (7915-9). */
#define QUOTED_TTL 57

/* An error in both protocols, without what it quotes. */
struct error {
	const char *name;
	u8 type6, code6;
	u8 type4, code4;
	u32 rest6, rest4;	/* the second word of its header */
};

/* A packet to quote, and how many of its transport octets are quoted. */
struct quote {
	const char *name;
	struct flow flow;
	unsigned int cut;	/* 0: all */
};

static const struct quote __maybe_unused quotes[] = {
	{ "8 octets of UDP", { .l4 = IPPROTO_UDP, .payload = 400 }, 8 },
	{ "8 octets of TCP", { .l4 = IPPROTO_TCP, .payload = 1440 }, 8 },
	{ "16 octets of TCP", { .l4 = IPPROTO_TCP, .payload = 9 }, 16 },
	{ "18 octets of TCP", { .l4 = IPPROTO_TCP, .payload = 9 }, 18 },
	{ "8 octets of an echo", { .l4 = IPPROTO_ICMP, .payload = 56 }, 8 },
	{ "all of an echo", { .l4 = IPPROTO_ICMP, .payload = 56 } },
	{ "all of UDP", { .l4 = IPPROTO_UDP, .payload = 301, .tos = 0xb8 } },
	{ "all of TCP", { .l4 = IPPROTO_TCP, .payload = 900, .tos = 1 } },
};

static inline unsigned int quote_l4_len(const struct quote *q)
{
	return q->cut ?: l4_len(&q->flow);
}

/* The quoted packet; it goes the other way than the error. */
static inline void put_quote6(struct octets *o, const struct quote *q, bool in)
{
	struct flow f = q->flow;

	f.in = in;
	put_packet6(o, &f, QUOTED_TTL);
	o->len = 40 + quote_l4_len(q);
}

static inline void put_quote4(struct octets *o, const struct quote *q, bool in)
{
	struct flow f = q->flow;

	f.in = in;
	put_packet4(o, &f, QUOTED_TTL);
	o->len = 20 + quote_l4_len(q);
}

/* RFC 4443 s2.1; @length is the attribute of RFC 4884. */
static inline void put_error6(struct octets *o, const struct error *e,
			      const struct octets *quoted, u8 length, u8 ttl,
			      const u8 *saddr, const u8 *daddr)
{
	unsigned int len = 8 + quoted->len;

	put_ip6(o, 0, len, 58, ttl, saddr, daddr);
	put8(o, e->type6);
	put8(o, e->code6);
	put16(o, 0);
	put32(o, e->rest6 | length << 24);
	put(o, quoted->data, quoted->len);
	seal_l4(o, 40, IPPROTO_ICMP, len,
		pseudo_sum(saddr, daddr, 16, 58, len));
}

/* RFC 792 */
static inline void put_error4(struct octets *o, const struct error *e,
			      const struct octets *quoted, u8 length, u8 ttl,
			      const u8 *saddr, const u8 *daddr)
{
	unsigned int len = 8 + quoted->len;

	put_ip4(o, 0, 20 + len, 0, 20 + len > 1260 ? 0x4000 : 0, ttl, 1, saddr,
		daddr);
	put8(o, e->type4);
	put8(o, e->code4);
	put16(o, 0);
	put32(o, e->rest4 | length << 16);
	put(o, quoted->data, quoted->len);
	seal_l4(o, 20, IPPROTO_ICMP, len, 0);
}

static inline enum nat64_verdict error_translate64(struct kunit *test,
						   struct sk_buff *skb)
{
	struct nat64_pkt *pkt = test_pkt(test, skb);

	KUNIT_ASSERT_EQ(test, (int)nat64_parse6(pkt), (int)NAT64_CONTINUE);
	KUNIT_EXPECT_TRUE(test, pkt->is_error);
	fill_out(pkt);
	return nat64_xlat64(pkt, test_params(test));
}

static inline enum nat64_verdict error_translate46(struct kunit *test,
						   struct sk_buff *skb)
{
	struct nat64_pkt *pkt = test_pkt(test, skb);

	KUNIT_ASSERT_EQ(test, (int)nat64_parse4(pkt), (int)NAT64_CONTINUE);
	KUNIT_EXPECT_TRUE(test, pkt->is_error);
	fill_in(pkt);
	return nat64_xlat46(pkt, test_params(test), 16);
}

#endif /* NAT64_KUNIT_ERRORS_H */
