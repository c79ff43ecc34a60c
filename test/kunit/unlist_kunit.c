// SPDX-License-Identifier: GPL-2.0
/*
 * unlist_kunit.c - a fraglist GSO packet becomes a plain one
 *
 * Such a packet is made here as skb_gro_receive_list() does: the first segment
 * keeps its headers, those of the others are pulled; the lengths of the first
 * are then of all together, but its checksum is still its own.
 */
#include "packets.h"

#define PARTS 4

struct list_case {
	const char *name;
	u8 l4;
	u8 options;
	u16 size;		/* gso_size */
	u16 last;		/* payload of the last part */
	bool frags;		/* payloads are in page fragments */
};

static const struct list_case list_cases[] = {
	{ "UDP", IPPROTO_UDP, 0, 500, 500 },
	{ "UDP, the last is shorter", IPPROTO_UDP, 0, 500, 7 },
	{ "UDP, odd", IPPROTO_UDP, 0, 333, 331 },
	{ "UDP, one octet", IPPROTO_UDP, 0, 1, 1 },
	{ "UDP, page fragments", IPPROTO_UDP, 0, 800, 300, true },
	{ "TCP", IPPROTO_TCP, 0, 500, 500 },
	{ "TCP, the last is shorter", IPPROTO_TCP, 0, 500, 1 },
	{ "TCP, options", IPPROTO_TCP, 12, 600, 600 },
	{ "TCP, odd, options", IPPROTO_TCP, 8, 333, 127 },
	{ "TCP, page fragments", IPPROTO_TCP, 12, 700, 100, true },
};

static void list_desc(const struct list_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(list, list_cases, list_desc);

/* The part @i of a packet, in one family or the other. */
struct part {
	struct flow f;
	u32 seq;
	bool six;
};

static unsigned int l3_len(bool six)
{
	return six ? 40 : 20;
}

static void put_part(struct octets *o, const struct part *p)
{
	unsigned int l3 = l3_len(p->six), len = l4_len(&p->f);
	bool in = p->f.in;
	u32 pseudo = p->six ? pseudo_sum(HOST6, PEER6, 16, p->f.l4, len) :
			      pseudo_sum(MAPPED4, PEER4, 4, p->f.l4, len);

	o->len = 0;
	if (p->six)
		put_packet6(o, &p->f, in ? 63 : 64);
	else
		put_packet4(o, &p->f, in ? 64 : 63);
	if (p->f.l4 != IPPROTO_TCP)
		return;
	/* Neither PSH nor anything else that ends a packet. */
	o->data[l3 + 13] = 0x10;
	set16(o, l3 + 4, p->seq >> 16);
	set16(o, l3 + 6, p->seq);
	seal_l4(o, l3, IPPROTO_TCP, len, pseudo);
}

/* Payloads of the parts; the last is the one that may be short. */
static void sizes_of(const struct list_case *c, u16 *size)
{
	int i;

	for (i = 0; i < PARTS; i++)
		size[i] = i == PARTS - 1 ? c->last : c->size;
}

static void part_at(struct part *p, const struct list_case *c, const u16 *size,
		    int i, bool six, bool in)
{
	int j;

	memset(p, 0, sizeof(*p));
	p->six = six;
	p->seq = 0xfffffe00;
	for (j = 0; j < i; j++)
		p->seq += size[j];
	p->f.l4 = c->l4;
	p->f.options = c->options;
	p->f.in = in;
	p->f.payload = size[i];
	p->f.word = 0x1111 * (i + 1);
}

/* skb_gro_receive_list() */
static void list_append(struct sk_buff *head, struct sk_buff *part,
			unsigned int headers)
{
	struct sk_buff **last = &skb_shinfo(head)->frag_list;

	while (*last)
		last = &(*last)->next;
	*last = part;
	__skb_pull(part, headers);
	head->data_len += part->len;
	head->truesize += part->truesize;
	head->len += part->len;
}

/* inet_gro_complete(), udp4_gro_complete(), and the same of IPv6 and TCP */
static void list_complete(struct sk_buff *skb, const struct list_case *c,
			  bool six, unsigned int size)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);
	unsigned int l3 = l3_len(six);

	if (six) {
		ipv6_hdr(skb)->payload_len = htons(skb->len - 40);
	} else {
		ip_hdr(skb)->tot_len = htons(skb->len);
		ip_send_check(ip_hdr(skb));
	}
	if (c->l4 == IPPROTO_UDP)
		((struct udphdr *)(skb->data + l3))->len =
			htons(skb->len - l3);
	shinfo->gso_size = size;
	shinfo->gso_segs = PARTS;
	shinfo->gso_type = SKB_GSO_FRAGLIST |
			   (c->l4 == IPPROTO_UDP ? SKB_GSO_UDP_L4 :
			    six ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
}

/* A packet of parts with payloads of @size. */
static struct sk_buff *list_make(struct kunit *test, const struct list_case *c,
				 const u16 *size, bool six, bool in)
{
	struct sk_buff *head = NULL, *skb;
	struct octets *o = octets_new(test);
	struct part p;
	int i;

	for (i = 0; i < PARTS; i++) {
		unsigned int headers = l3_len(six);

		part_at(&p, c, size, i, six, in);
		headers += l4_hdrlen(&p.f);
		put_part(o, &p);
		skb = skb_make(test, o->data, o->len,
			       c->frags ? headers : l3_len(six),
			       c->frags ? FRAGS : LINEAR, 0xa5);
		skb_set_transport_header(skb, l3_len(six));
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		if (head)
			list_append(head, skb, headers);
		else
			head = skb;
	}
	list_complete(head, c, six, c->size);
	return head;
}

/* The segment @i that is cut of the packet is what it would have been alone. */
static void expect_segment(struct kunit *test, struct sk_buff *seg,
			   const struct part *p)
{
	struct octets *expected = octets_new(test);

	put_part(expected, p);
	if (!p->six) {
		/* The identification is anybody's. */
		set16(expected, 4, ntohs(ip_hdr(seg)->id));
		seal_ip4(expected, 0);
	}
	if (seg->ip_summed == CHECKSUM_PARTIAL)
		KUNIT_EXPECT_EQ(test, skb_checksum_help(seg), 0);
	expect_octets(test, seg, expected, "segment");
}

static void expect_segments(struct kunit *test, struct sk_buff *skb,
			    const struct list_case *c, const u16 *size,
			    bool in, netdev_features_t features)
{
	struct sk_buff *segs = skb_gso_segment(skb, features), *seg, *next;
	struct part p;
	int n = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(segs));
	skb_list_walk_safe(segs, seg, next) {
		if (n < PARTS) {
			part_at(&p, c, size, n, in, in);
			expect_segment(test, seg, &p);
		}
		n++;
		kfree_skb(seg);
	}
	KUNIT_EXPECT_EQ(test, n, PARTS);
}

/* A plain GSO packet, with the sum of its pseudo header for a checksum. */
static void expect_plain(struct kunit *test, const struct sk_buff *skb,
			 const struct list_case *c, bool six, bool in)
{
	unsigned int l3 = l3_len(six), len = skb->len - l3;
	u32 pseudo = six ? pseudo_sum(HOST6, PEER6, 16, c->l4, len) :
			   pseudo_sum(PEER4, MAPPED4, 4, c->l4, len);
	__sum16 check;

	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_type,
			c->l4 == IPPROTO_UDP ? SKB_GSO_UDP_L4 :
			six ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_size, c->size);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_segs, PARTS);
	KUNIT_EXPECT_EQ(test, (int)skb->ip_summed, CHECKSUM_PARTIAL);
	KUNIT_EXPECT_EQ(test, skb_checksum_start_offset(skb), l3);
	KUNIT_EXPECT_EQ(test, skb->csum_offset, l4_check_off(c->l4));
	skb_copy_bits(skb, l3 + skb->csum_offset, &check, 2);
	KUNIT_EXPECT_EQ(test, ntohs((__force __be16)check),
			(u16)~test_check(pseudo));
}

static void translate(struct kunit *test, struct sk_buff *skb, bool six)
{
	struct nat64_pkt *pkt = test_pkt(test, skb);
	struct nat64_xlat_params *params = test_params(test);

	if (six) {
		KUNIT_ASSERT_EQ(test, (int)nat64_parse6(pkt),
				(int)NAT64_CONTINUE);
		fill_out(pkt);
		KUNIT_ASSERT_EQ(test, (int)nat64_xlat64(pkt, params),
				(int)NAT64_CONTINUE);
		return;
	}
	KUNIT_ASSERT_EQ(test, (int)nat64_parse4(pkt), (int)NAT64_CONTINUE);
	fill_in(pkt);
	KUNIT_ASSERT_EQ(test, (int)nat64_xlat46(pkt, params, 16),
			(int)NAT64_CONTINUE);
}

/* Design 3: it is translated as one, and leaves as what came. */
static void list_translate(struct kunit *test, bool six, bool cloned,
			   netdev_features_t features)
{
	const struct list_case *c = test->param_value;
	struct sk_buff *skb, *clone = NULL;
	bool in = !six;
	u16 size[PARTS];

	sizes_of(c, size);
	skb = list_make(test, c, size, six, in);
	if (cloned)
		clone = skb_clone(skb, GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, nat64_geometry_unlist(skb, six));
	expect_plain(test, skb, c, six, in);
	translate(test, skb, six);
	expect_segments(test, skb, c, size, in, features);
	kfree_skb(skb);
	/* The clone is still a fraglist packet. */
	if (clone) {
		struct sk_buff *fresh = list_make(test, c, size, six, in);
		struct octets *expected = octets_new(test);

		expected->len = fresh->len;
		skb_copy_bits(fresh, 0, expected->data, fresh->len);
		expect_octets(test, clone, expected, "other clone");
		KUNIT_EXPECT_EQ(test, skb_shinfo(clone)->gso_type,
				skb_shinfo(fresh)->gso_type);
		kfree_skb(fresh);
		kfree_skb(clone);
	}
}

static void segments_of_a_super_packet_are_what_came_64(struct kunit *test)
{
	list_translate(test, true, false, 0);
	list_translate(test, true, false, NETIF_F_SG | NETIF_F_HW_CSUM);
}

static void segments_of_a_super_packet_are_what_came_46(struct kunit *test)
{
	list_translate(test, false, false, 0);
	list_translate(test, false, false, NETIF_F_SG | NETIF_F_HW_CSUM);
}

static void the_other_clone_is_left_alone(struct kunit *test)
{
	list_translate(test, true, true, 0);
	list_translate(test, false, true, 0);
}

struct uneven_case {
	const char *name;
	u8 l4;
	u16 size[PARTS];
	bool stack;		/* the stack takes it apart by its parts */
};

/* gso_size is 400 in all. */
static const struct uneven_case uneven_cases[] = {
	{ "UDP, a middle one is shorter", IPPROTO_UDP,
	  { 400, 399, 400, 400 }, true },
	{ "UDP, the one before the last is shorter", IPPROTO_UDP,
	  { 400, 400, 1, 400 }, true },
	{ "UDP, a middle one is longer", IPPROTO_UDP,
	  { 400, 401, 400, 400 }, true },
	{ "UDP, the last is longer", IPPROTO_UDP,
	  { 400, 400, 400, 401 }, true },
	{ "UDP, the first is shorter", IPPROTO_UDP, { 399, 400, 400, 400 } },
	{ "UDP, the first is longer", IPPROTO_UDP, { 401, 400, 400, 400 } },
	{ "UDP, the first is all", IPPROTO_UDP, { 1200, 400, 400, 400 } },
	{ "TCP, a middle one is shorter", IPPROTO_TCP, { 400, 399, 400, 400 } },
	{ "TCP, a middle one is longer", IPPROTO_TCP, { 400, 401, 400, 400 } },
	{ "TCP, the last is longer", IPPROTO_TCP, { 400, 400, 400, 401 } },
	{ "TCP, the first is shorter", IPPROTO_TCP, { 388, 400, 400, 400 } },
	{ "TCP, the first is longer", IPPROTO_TCP, { 412, 400, 400, 400 } },
};

static void uneven_desc(const struct uneven_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(uneven, uneven_cases, uneven_desc);

/* It is refused, and is what it was. */
static void expect_refused(struct kunit *test, struct sk_buff *skb, bool six)
{
	struct skb_shared_info before = *skb_shinfo(skb);
	struct octets *expected = octets_new(test);
	int ip_summed = skb->ip_summed;

	expected->len = skb->len;
	skb_copy_bits(skb, 0, expected->data, skb->len);
	KUNIT_EXPECT_FALSE(test, nat64_geometry_unlist(skb, six));
	expect_octets(test, skb, expected, "refused");
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_type, before.gso_type);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_size, before.gso_size);
	KUNIT_EXPECT_PTR_EQ(test, skb_shinfo(skb)->frag_list, before.frag_list);
	KUNIT_EXPECT_EQ(test, (int)skb->ip_summed, ip_summed);
}

/* Then its parts, each with its headers, are translated one by one. */
static void uneven_parts_are_refused(struct kunit *test)
{
	const struct uneven_case *c = test->param_value;
	struct list_case list = { .l4 = c->l4, .size = 400 };
	struct sk_buff *skb;
	int six;

	for (six = 0; six < 2; six++) {
		skb = list_make(test, &list, c->size, six, !six);
		expect_refused(test, skb, six);
		if (c->stack) {
			struct sk_buff *segs = skb_gso_segment(skb, 0), *seg;
			struct sk_buff *next;
			struct part p;
			int i = 0;

			KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(segs));
			skb_list_walk_safe(segs, seg, next) {
				skb_mark_not_on_list(seg);
				translate(test, seg, six);
				part_at(&p, &list, c->size, i++, !six, !six);
				expect_segment(test, seg, &p);
				kfree_skb(seg);
			}
			KUNIT_EXPECT_EQ(test, i, PARTS);
		}
		kfree_skb(skb);
	}
}

/* What has fragments of its own inside is taken apart as well. */
static void a_nested_list_is_refused(struct kunit *test)
{
	static const struct list_case c = { .l4 = IPPROTO_UDP, .size = 400 };
	static const u16 size[PARTS] = { 400, 200, 400, 400 };
	struct sk_buff *skb = list_make(test, &c, size, true, false);
	struct sk_buff *part = skb_shinfo(skb)->frag_list;

	skb_put_list(test, part, octets_new(test)->data, 200);
	skb->len += 200;
	skb->data_len += 200;
	KUNIT_ASSERT_EQ(test, part->len, 400);
	expect_refused(test, skb, true);
	kfree_skb(skb);
}

/* Headers between, and other protocols. */
static void what_is_not_plain_is_refused(struct kunit *test)
{
	static const struct list_case c = { .l4 = IPPROTO_UDP, .size = 400 };
	static const u16 size[PARTS] = { 400, 400, 400, 400 };
	static const u8 protos[] = { 0, 1, 43, 44, 58, 60, 132, 255 };
	struct sk_buff *skb = list_make(test, &c, size, true, false);
	int i;

	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		ipv6_hdr(skb)->nexthdr = protos[i];
		expect_refused(test, skb, true);
	}
	kfree_skb(skb);
	skb = list_make(test, &c, size, false, true);
	ip_hdr(skb)->ihl = 6;
	expect_refused(test, skb, false);
	ip_hdr(skb)->ihl = 5;
	ip_hdr(skb)->protocol = 132;
	expect_refused(test, skb, false);
	kfree_skb(skb);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(segments_of_a_super_packet_are_what_came_64, list_gen_params),
	KUNIT_CASE_PARAM(segments_of_a_super_packet_are_what_came_46, list_gen_params),
	KUNIT_CASE_PARAM(the_other_clone_is_left_alone, list_gen_params),
	KUNIT_CASE_PARAM(uneven_parts_are_refused, uneven_gen_params),
	KUNIT_CASE(a_nested_list_is_refused),
	KUNIT_CASE(what_is_not_plain_is_refused),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_unlist",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
