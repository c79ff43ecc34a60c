/* SPDX-License-Identifier: GPL-2.0 */
/*
 * packets.h - one flow, as octets of both families
 *
 *	the IPv6 host      2001:db8::1:2 port 4000
 *	its mapping        203.0.113.7 port 5000
 *	the remote         192.0.2.33 port 80, as IPv6 64:ff9b::c000:221
 *
 * Headers are written here octet by octet and checksums are summed up in full,
 * so that what the translator makes of the packet of one family can be held
 * against the packet of the other.
 */
#ifndef NAT64_KUNIT_PACKETS_H
#define NAT64_KUNIT_PACKETS_H

#include "util.h"

#include "../../kernel/rfc/icmp_map.c"
#include "../../kernel/packet/geometry.c"
#include "../../kernel/packet/icmp46.c"
#include "../../kernel/packet/icmp64.c"
#include "../../kernel/packet/ident.c"
#include "../../kernel/packet/l4csum.c"
#include "../../kernel/packet/parse4.c"
#include "../../kernel/packet/parse6.c"
#include "../../kernel/packet/rfc4884.c"
#include "../../kernel/packet/xlat46.c"
#include "../../kernel/packet/xlat64.c"

#define PORT_HOST 4000
#define PORT_MAPPED 5000
#define PORT_PEER 80

static const u8 HOST6[16] = {
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2
};

static const u8 PEER6[16] = {
	0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 33
};

static const u8 MAPPED4[4] = { 203, 0, 113, 7 };
static const u8 PEER4[4] = { 192, 0, 2, 33 };

/* A router on the way, that sends errors. */
static const u8 ROUTER6[16] = {
	0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 198, 51, 100, 9
};

/* Octets that become a packet, or are expected to be one. */
struct octets {
	unsigned int len;
	u8 data[4096];
};

/* A packet of the flow, whatever the family. */
struct flow {
	const char *name;
	u8 l4;			/* IPPROTO_TCP, _UDP or _ICMP */
	bool in;		/* to the IPv6 host */
	u16 payload;		/* octets after the transport header */
	u8 tos;
	u8 options;		/* octets of TCP options */
	u16 id;			/* IPv4 */
	bool df;		/* IPv4 */
	u16 word;		/* the first two octets of the payload */
	u16 surplus;		/* of these, octets after the UDP datagram */
	bool no_check;		/* IPv4 UDP without a checksum */
};

static inline struct octets *octets_new(struct kunit *test)
{
	struct octets *o = kunit_kzalloc(test, sizeof(*o), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, o);
	return o;
}

static inline void put8(struct octets *o, u8 value)
{
	o->data[o->len++] = value;
}

static inline void put16(struct octets *o, u16 value)
{
	put8(o, value >> 8);
	put8(o, value);
}

static inline void put32(struct octets *o, u32 value)
{
	put16(o, value >> 16);
	put16(o, value);
}

static inline void put(struct octets *o, const void *data, unsigned int len)
{
	memcpy(o->data + o->len, data, len);
	o->len += len;
}

static inline void set16(struct octets *o, unsigned int off, u16 value)
{
	o->data[off] = value >> 8;
	o->data[off + 1] = value;
}

static inline u16 get16(const struct octets *o, unsigned int off)
{
	return o->data[off] << 8 | o->data[off + 1];
}

/* RFC 8200 s3 */
static inline void put_ip6(struct octets *o, u8 tc, u16 payload_len, u8 nexthdr,
			   u8 hop_limit, const u8 *saddr, const u8 *daddr)
{
	put32(o, 6 << 28 | tc << 20);
	put16(o, payload_len);
	put8(o, nexthdr);
	put8(o, hop_limit);
	put(o, saddr, 16);
	put(o, daddr, 16);
}

/* The header checksum of an IPv4 header at @off. */
static inline void seal_ip4(struct octets *o, unsigned int off)
{
	set16(o, off + 10, 0);
	set16(o, off + 10, test_check(test_sum(0, o->data + off,
					       (o->data[off] & 15) * 4)));
}

/* RFC 791 s3.1 */
static inline void put_ip4(struct octets *o, u8 tos, u16 total_len, u16 id,
			   u16 frag_off, u8 ttl, u8 protocol, const u8 *saddr,
			   const u8 *daddr)
{
	unsigned int off = o->len;

	put8(o, 0x45);
	put8(o, tos);
	put16(o, total_len);
	put16(o, id);
	put16(o, frag_off);
	put8(o, ttl);
	put8(o, protocol);
	put16(o, 0);
	put(o, saddr, 4);
	put(o, daddr, 4);
	seal_ip4(o, off);
}

static inline unsigned int l4_hdrlen(const struct flow *f)
{
	return f->l4 == IPPROTO_TCP ? 20 + f->options : 8;
}

static inline unsigned int l4_len(const struct flow *f)
{
	return l4_hdrlen(f) + f->payload;
}

static inline unsigned int l4_check_off(u8 l4)
{
	return l4 == IPPROTO_TCP ? 16 : l4 == IPPROTO_UDP ? 6 : 2;
}

/* The sum of a pseudo header (RFC 8200 s8.1, RFC 793, RFC 768). */
static inline u32 pseudo_sum(const u8 *saddr, const u8 *daddr, int addr_len,
			     u8 proto, u32 len)
{
	u32 sum = test_sum(0, saddr, addr_len);

	return test_sum(sum, daddr, addr_len) + proto + len;
}

static inline void put_payload(struct octets *o, const struct flow *f)
{
	unsigned int i;

	for (i = 0; i < f->payload; i++)
		put8(o, i == 0 ? f->word >> 8 : i == 1 ? (u8)f->word :
			(u8)(i * 7 + 3));
}

/* RFC 793 s3.1: a segment with ACK and PSH. */
static inline void put_tcp(struct octets *o, const struct flow *f, u16 sport,
			   u16 dport)
{
	int i;

	put16(o, sport);
	put16(o, dport);
	put32(o, 0x01020304);
	put32(o, 0xa1a2a3a4);
	put8(o, (20 + f->options) / 4 << 4);
	put8(o, 0x18);
	put16(o, 0x7210);
	put16(o, 0);
	put16(o, 0);
	for (i = 0; i < f->options; i++)
		put8(o, 1);
}

static inline void put_udp(struct octets *o, const struct flow *f, u16 sport,
			   u16 dport)
{
	put16(o, sport);
	put16(o, dport);
	put16(o, l4_len(f) - f->surplus);
	put16(o, 0);
}

static inline void put_echo(struct octets *o, u8 type, u16 id)
{
	put8(o, type);
	put8(o, 0);
	put16(o, 0);
	put16(o, id);
	put16(o, 0x0102);
}

/* Write the checksum of the transport header at @off. */
static inline void seal_l4(struct octets *o, unsigned int off, u8 l4,
			   unsigned int len, u32 pseudo)
{
	unsigned int at = off + l4_check_off(l4);
	u16 check;

	set16(o, at, 0);
	check = test_check(test_sum(pseudo, o->data + off, len));
	if (l4 == IPPROTO_UDP && !check)
		check = 0xffff;
	set16(o, at, check);
}

/* Transport header and data as IPv6 has them, from @o->len on. */
static inline void put_l4_6(struct octets *o, const struct flow *f)
{
	u16 sport = f->in ? PORT_PEER : PORT_HOST;
	u16 dport = f->in ? PORT_HOST : PORT_PEER;
	unsigned int off = o->len, len = l4_len(f) - f->surplus;
	u8 proto = f->l4 == IPPROTO_ICMP ? 58 : f->l4;

	if (f->l4 == IPPROTO_TCP)
		put_tcp(o, f, sport, dport);
	else if (f->l4 == IPPROTO_UDP)
		put_udp(o, f, sport, dport);
	else
		put_echo(o, f->in ? 129 : 128, PORT_HOST);
	put_payload(o, f);
	seal_l4(o, off, f->l4, len, pseudo_sum(f->in ? PEER6 : HOST6,
					       f->in ? HOST6 : PEER6, 16,
					       proto, len));
}

/* The same as IPv4 has them. */
static inline void put_l4_4(struct octets *o, const struct flow *f)
{
	u16 sport = f->in ? PORT_PEER : PORT_MAPPED;
	u16 dport = f->in ? PORT_MAPPED : PORT_PEER;
	unsigned int off = o->len, len = l4_len(f) - f->surplus;
	u32 pseudo = 0;

	if (f->l4 == IPPROTO_TCP)
		put_tcp(o, f, sport, dport);
	else if (f->l4 == IPPROTO_UDP)
		put_udp(o, f, sport, dport);
	else
		put_echo(o, f->in ? 0 : 8, PORT_MAPPED);
	put_payload(o, f);
	if (f->l4 != IPPROTO_ICMP)
		pseudo = pseudo_sum(f->in ? PEER4 : MAPPED4,
				    f->in ? MAPPED4 : PEER4, 4, f->l4, len);
	if (!f->no_check)
		seal_l4(o, off, f->l4, len, pseudo);
}

/* The packet as IPv6. */
static inline void put_packet6(struct octets *o, const struct flow *f, u8 ttl)
{
	put_ip6(o, f->tos, l4_len(f), f->l4 == IPPROTO_ICMP ? 58 : f->l4, ttl,
		f->in ? PEER6 : HOST6, f->in ? HOST6 : PEER6);
	put_l4_6(o, f);
}

/* The packet as IPv4. */
static inline void put_packet4(struct octets *o, const struct flow *f, u8 ttl)
{
	put_ip4(o, f->tos, 20 + l4_len(f), f->id, f->df ? 0x4000 : 0, ttl,
		f->l4, f->in ? PEER4 : MAPPED4, f->in ? MAPPED4 : PEER4);
	put_l4_4(o, f);
}

/* 7915-20: DF above 1260 octets. */
static inline bool df_by_length(const struct flow *f)
{
	return 20 + l4_len(f) > 1260;
}

/* How an skb holds a packet. */
enum shape {
	LINEAR,
	NO_HEADROOM,
	FRAGS,
	FRAG_LIST,
	CLONED,
	SHAPES
};

static __maybe_unused const char * const shape_names[] = {
	"linear", "no headroom", "frags", "frag list", "cloned",
};

/* Split the rest of a packet over page fragments of 5, 300 and more octets. */
static inline void skb_put_frags(struct kunit *test, struct sk_buff *skb,
				 const u8 *data, unsigned int len)
{
	unsigned int n, i;

	for (i = 0; len; i++, data += n, len -= n) {
		struct page *page = alloc_page(GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, page);
		n = min_t(unsigned int, len, i == 0 ? 5 : i == 1 ? 300 : 4000);
		memcpy(page_address(page), data, n);
		skb_add_rx_frag(skb, i, page, 0, n, PAGE_SIZE);
	}
}

/* The same over skbs of 50 octets. */
static inline void skb_put_list(struct kunit *test, struct sk_buff *skb,
				const u8 *data, unsigned int len)
{
	struct sk_buff **next = &skb_shinfo(skb)->frag_list;
	unsigned int n;

	for (; len; data += n, len -= n) {
		n = min(len, 50U);
		*next = alloc_skb(n, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, *next);
		skb_put_data(*next, data, n);
		skb->len += n;
		skb->data_len += n;
		skb->truesize += (*next)->truesize;
		next = &(*next)->next;
	}
}

/*
 * The first @l3 octets are linear in every shape; after the packet are
 * 64 octets of @filler that nothing may depend on.
 */
static inline struct sk_buff *skb_make(struct kunit *test, const void *data,
				       unsigned int len, unsigned int l3,
				       enum shape shape, u8 filler)
{
	unsigned int room = shape == NO_HEADROOM ? 0 : 128;
	bool whole = shape != FRAGS && shape != FRAG_LIST;
	struct sk_buff *skb = alloc_skb(room + len + 64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	memset(skb->head, filler, skb_end_offset(skb));
	skb_reserve(skb, room);
	l3 = min(l3, len);
	skb_put_data(skb, data, whole ? len : l3);
	if (shape == FRAGS)
		skb_put_frags(test, skb, data + l3, len - l3);
	else if (shape == FRAG_LIST)
		skb_put_list(test, skb, data + l3, len - l3);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, l3);
	skb->protocol = htons(*(const u8 *)data >> 4 == 6 ? ETH_P_IPV6 :
							   ETH_P_IP);
	return skb;
}

/* The parameters of the translation. */
static inline struct nat64_xlat_params *test_params(struct kunit *test)
{
	struct nat64_xlat_params *params = kunit_kzalloc(test, sizeof(*params),
						 GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, params);
	params->mtu_plateaus[0] = 1492;
	params->n_plateaus = 1;
	return params;
}

static inline struct nat64_pkt *test_pkt(struct kunit *test,
					 struct sk_buff *skb)
{
	struct nat64_pkt *pkt = kunit_kzalloc(test, sizeof(*pkt), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pkt);
	pkt->skb = skb;
	pkt->len = skb->len;
	return pkt;
}

/* 7915-26: what the translation of the flow to IPv4 changes. */
static inline __sum16 flow_diff(void)
{
	u32 from = test_sum(test_sum(0, HOST6, 16), PEER6, 16) + PORT_HOST;
	u32 to = test_sum(test_sum(0, MAPPED4, 4), PEER4, 4) + PORT_MAPPED;

	return test_diff(from, to);
}

/* Fill in the state of the flow, for a packet from the IPv6 host. */
static inline void fill_out(struct nat64_pkt *pkt)
{
	bool icmp = pkt->proto == NAT64_ICMP;

	memcpy(&pkt->t4.saddr, MAPPED4, 4);
	memcpy(&pkt->t4.daddr, PEER4, 4);
	pkt->t4.sport = htons(PORT_MAPPED);
	pkt->t4.dport = htons(icmp ? PORT_MAPPED : PORT_PEER);
	pkt->csum_diff = flow_diff();
	pkt->mtus.mtu4 = 1500;
	pkt->mtus.mtu6 = 1500;
}

/* Likewise for a packet to the IPv6 host. */
static inline void fill_in(struct nat64_pkt *pkt)
{
	bool icmp = pkt->proto == NAT64_ICMP;

	memcpy(&pkt->t6.saddr, PEER6, 16);
	memcpy(&pkt->t6.daddr, HOST6, 16);
	pkt->t6.sport = htons(icmp ? PORT_HOST : PORT_PEER);
	pkt->t6.dport = htons(PORT_HOST);
	memcpy(&pkt->error_src, ROUTER6, 16);
	pkt->csum_diff = flow_diff();
	pkt->mtus.mtu4 = 1500;
	pkt->mtus.mtu6 = 1500;
}

/* The skb's own idea of where its headers are. */
static inline void expect_geometry(struct kunit *test,
				   const struct sk_buff *skb, bool six)
{
	KUNIT_EXPECT_EQ(test, ntohs(skb->protocol),
			six ? ETH_P_IPV6 : ETH_P_IP);
	KUNIT_EXPECT_EQ(test, skb_network_offset(skb), 0);
	KUNIT_EXPECT_EQ(test, skb_transport_offset(skb), six ? 40 : 20);
	KUNIT_EXPECT_TRUE(test, skb_mac_header_was_set(skb));
	KUNIT_EXPECT_PTR_EQ(test, skb_mac_header(skb), skb->data);
	KUNIT_EXPECT_EQ(test, skb->mac_len, 0);
	KUNIT_EXPECT_EQ(test, skb->hash, 0);
	KUNIT_EXPECT_GE(test, skb_headlen(skb), six ? 48 : 28);
}

/* The octets of an skb against what is expected. */
static inline void expect_octets(struct kunit *test, const struct sk_buff *skb,
				 const struct octets *expected,
				 const char *what)
{
	struct octets *got = octets_new(test);

	if (skb->len != expected->len) {
		KUNIT_FAIL(test, "%s: %u octets, should be %u", what, skb->len,
			   expected->len);
		return;
	}
	skb_copy_bits(skb, 0, got->data, skb->len);
	test_octets(test, got->data, expected->data, expected->len, what);
}

#endif /* NAT64_KUNIT_PACKETS_H */
