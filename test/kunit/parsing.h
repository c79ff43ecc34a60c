/* SPDX-License-Identifier: GPL-2.0 */
/* parsing.h - parse a packet from its octets alone */
#ifndef NAT64_KUNIT_PARSING_H
#define NAT64_KUNIT_PARSING_H

#include "errors.h"

static inline void parse_once(struct kunit *test, const struct octets *o,
			      enum shape shape, u8 filler,
			      struct nat64_pkt *pkt, int *verdict)
{
	bool six = o->data[0] >> 4 == 6;
	struct sk_buff *skb = skb_make(test, o->data, o->len, six ? 40 : 20,
				       shape, filler);

	memset(pkt, 0, sizeof(*pkt));
	pkt->skb = skb;
	*verdict = six ? nat64_parse6(pkt) : nat64_parse4(pkt);
	pkt->skb = NULL;
	kfree_skb(skb);
}

/*
 * Parse a packet in a shape; the octets after its end must make no difference.
 * @pkt is set to the result.
 */
static inline int parse_octets(struct kunit *test, const struct octets *o,
			       enum shape shape, struct nat64_pkt *pkt)
{
	struct nat64_pkt other;
	int verdict, again;

	parse_once(test, o, shape, 0x00, pkt, &verdict);
	parse_once(test, o, shape, 0xff, &other, &again);
	KUNIT_EXPECT_EQ(test, verdict, again);
	if (verdict == NAT64_CONTINUE)
		test_octets(test, pkt, &other, sizeof(other),
			    "what lies behind the packet is read");
	return verdict;
}

/* Likewise in all shapes, with the same result. */
static inline int parse_shapes(struct kunit *test, const struct octets *o,
			       struct nat64_pkt *pkt)
{
	struct nat64_pkt other;
	int verdict, shape;

	verdict = parse_octets(test, o, LINEAR, pkt);
	for (shape = LINEAR + 1; shape < CLONED; shape++) {
		KUNIT_EXPECT_EQ_MSG(test, parse_octets(test, o, shape, &other),
				    verdict, "%s", shape_names[shape]);
		if (verdict == NAT64_CONTINUE)
			test_octets(test, &other, pkt, sizeof(other),
				    shape_names[shape]);
	}
	return verdict;
}

static const struct flow __maybe_unused parse_flows[] = {
	{ .name = "UDP", .l4 = IPPROTO_UDP, .payload = 40 },
	{ .name = "UDP, empty", .l4 = IPPROTO_UDP },
	{ .name = "TCP", .l4 = IPPROTO_TCP, .payload = 40 },
	{ .name = "TCP, options", .l4 = IPPROTO_TCP, .payload = 40,
	  .options = 12 },
	{ .name = "echo", .l4 = IPPROTO_ICMP, .payload = 40 },
};

static inline void parse_flow_desc(const struct flow *f, char *desc)
{
	strscpy(desc, f->name, KUNIT_PARAM_DESC_SIZE);
}

static inline int flow_proto(const struct flow *f)
{
	return f->l4 == IPPROTO_TCP ? NAT64_TCP :
	       f->l4 == IPPROTO_UDP ? NAT64_UDP : NAT64_ICMP;
}

/* Translate the packet if it parses, for KASAN to check. */
static inline void translate_fuzzed(struct kunit *test, const struct octets *o,
				    const struct nat64_xlat_params *params)
{
	bool six = o->data[0] >> 4 == 6;
	struct nat64_pkt pkt = {};
	int verdict;

	pkt.skb = skb_make(test, o->data, o->len, six ? 40 : 20,
			   o->len % SHAPES, 0xa5);
	verdict = six ? nat64_parse6(&pkt) : nat64_parse4(&pkt);
	if (verdict == NAT64_CONTINUE && six) {
		fill_out(&pkt);
		nat64_xlat64(&pkt, params);
	} else if (verdict == NAT64_CONTINUE) {
		fill_in(&pkt);
		nat64_xlat46(&pkt, params, 16);
	}
	kfree_skb(pkt.skb);
}

/* Change some octets at random, mostly of headers. */
static inline void mutate(struct rnd_state *rnd, struct octets *o)
{
	u32 n = 1 + prandom_u32_state(rnd) % 4;

	while (n--) {
		u32 r = prandom_u32_state(rnd);
		u32 off = r & 1 ? (r >> 1) % min(o->len, 140U) :
				  (r >> 1) % o->len;

		if (r & 2)
			o->data[off] = r >> 24;
		else
			o->data[off] ^= 1 << (r >> 29);
	}
}

#endif /* NAT64_KUNIT_PARSING_H */
