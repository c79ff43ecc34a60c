// SPDX-License-Identifier: GPL-2.0
/* pool4_kunit.c - the IPv4 transport addresses and who has them */
#include "fixture.h"
#include "fault.h"

/* A naive map of what is taken: a bit for each port of a /28. */
#define NAIVE_ADDRS 16

struct naive {
	unsigned long *taken;
	u32 base;
	u32 count;
};

static void naive_init(struct kunit *test, struct naive *naive,
		       const char *base)
{
	naive->base = ntohl(test_addr4(base));
	naive->count = 0;
	naive->taken = kunit_kzalloc(test, NAIVE_ADDRS * 65536 / 8, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, naive->taken);
}

static u32 naive_place(const struct naive *naive,
		       const struct nat64_port_alloc *c)
{
	return (ntohl(c->addr) - naive->base) << 16 | ntohs(c->port);
}

/* 6146-3, 4787-3: the port is in the pool, and not allocated twice. */
static void naive_take(struct kunit *test, struct naive *naive,
		       const struct nat64_port_alloc *alloc)
{
	u32 place = naive_place(naive, alloc);

	KUNIT_ASSERT_LT(test, place, NAIVE_ADDRS << 16);
	KUNIT_EXPECT_FALSE_MSG(test, test_and_set_bit(place, naive->taken),
			       "%pI4:%u is given out twice", &alloc->addr,
			       ntohs(alloc->port));
	naive->count++;
}

static void naive_give(struct kunit *test, struct naive *naive, u32 place)
{
	KUNIT_ASSERT_TRUE(test, test_and_clear_bit(place, naive->taken));
	naive->count--;
}

struct pool_case {
	const char *name;
	u8 proto;
	u8 len;
	u16 min, max;
	u32 size;
};

static const struct pool_case pool_cases[] = {
	{ "TCP, one port", NAT64_TCP, 32, 5000, 5000, 1 },
	{ "UDP, one port", NAT64_UDP, 32, 5000, 5000, 1 },
	{ "ICMP, one identifier", NAT64_ICMP, 32, 0, 0, 1 },
	{ "TCP, /30, 10 ports", NAT64_TCP, 30, 2000, 2009, 40 },
	{ "UDP, /30, 10 ports", NAT64_UDP, 30, 2000, 2009, 40 },
	{ "TCP, a page", NAT64_TCP, 32, 1024, 1087, 64 },
	{ "UDP, two half pages", NAT64_UDP, 32, 1056, 1119, 64 },
	{ "UDP, two pages and two ports", NAT64_UDP, 32, 1087, 1216, 130 },
	/* 6146-12: port 0 is never given out, identifier 0 is. */
	{ "TCP, 0 to 9", NAT64_TCP, 32, 0, 9, 9 },
	{ "UDP, 0 to 9", NAT64_UDP, 32, 0, 9, 9 },
	{ "ICMP, 0 to 9", NAT64_ICMP, 32, 0, 9, 10 },
	{ "TCP, over 1024", NAT64_TCP, 31, 1000, 1047, 96 },
	{ "UDP, the end", NAT64_UDP, 32, 65530, 65535, 6 },
	{ "ICMP, all", NAT64_ICMP, 32, 0, 65535, 65536 },
	{ "UDP, all", NAT64_UDP, 32, 0, 65535, 65535 },
};

static void pool_desc(const struct pool_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pool, pool_cases, pool_desc);

static void alloc_all(struct kunit *test, const struct pool_case *c,
		      struct naive *naive)
{
	struct nat64_port_alloc alloc;
	u32 i;

	for (i = 0; i < c->size; i++) {
		KUNIT_ASSERT_EQ_MSG(test,
				    fixture_alloc(test, c->proto, i,
						  i * 7 + 1000, &alloc),
				    0, "allocation %u of %u", i, c->size);
		naive_take(test, naive, &alloc);
		KUNIT_EXPECT_GE(test, ntohs(alloc.port), c->min);
		KUNIT_EXPECT_LE(test, ntohs(alloc.port), c->max);
	}
}

/* 6146-12 e, f: each port once, all of them, and then none. */
static void a_pool_gives_out_each_port_once(struct kunit *test)
{
	const struct pool_case *c = test->param_value;
	struct nat64_port_alloc alloc;
	struct naive naive;
	int i;

	naive_init(test, &naive, "192.0.2.0");
	fixture_pool4(test, "192.0.2.0", c->len, c->min, c->max,
		      BIT(c->proto), 0);
	alloc_all(test, c, &naive);
	KUNIT_EXPECT_EQ(test, naive.count, c->size);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test,
				fixture_alloc(test, c->proto, i, i + 1023,
					      &alloc),
				-EBUSY);
}

/* 6888-13: what is given back, and only that, is given out again. */
static void a_full_pool_gives_out_what_comes_back(struct kunit *test)
{
	const struct pool_case *c = test->param_value;
	struct nat64_port_alloc back, alloc;
	struct rnd_state rnd;
	struct naive naive;
	int i;

	test_seed(test, &rnd);
	naive_init(test, &naive, "192.0.2.0");
	fixture_pool4(test, "192.0.2.0", c->len, c->min, c->max,
		      BIT(c->proto), 0);
	alloc_all(test, c, &naive);
	for (i = 0; i < 20; i++) {
		u32 n = prandom_u32_state(&rnd) % naive.count;
		u32 place = find_nth_bit(naive.taken, NAIVE_ADDRS << 16, n);

		back.addr = htonl(naive.base + (place >> 16));
		back.port = htons(place);
		naive_give(test, &naive, place);
		fixture_cancel(test, c->proto, &back);
		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, c->proto, i, i + 1020,
					      &alloc),
				0);
		test_same_addr4(test, alloc.addr, back.addr);
		KUNIT_EXPECT_EQ(test, ntohs(alloc.port), ntohs(back.port));
		naive_take(test, &naive, &alloc);
		KUNIT_EXPECT_EQ(test,
				fixture_alloc(test, c->proto, i, i, &alloc),
				-EBUSY);
	}
}

struct class_case {
	const char *name;
	u8 proto;
	u16 port;
	bool low;
};

static const struct class_case class_cases[] = {
	{ "TCP 1", NAT64_TCP, 1, true },
	{ "TCP 80", NAT64_TCP, 80, true },
	{ "TCP 1023", NAT64_TCP, 1023, true },
	{ "TCP 1024", NAT64_TCP, 1024, false },
	{ "TCP 65535", NAT64_TCP, 65535, false },
	{ "UDP 1023", NAT64_UDP, 1023, true },
	{ "UDP 53", NAT64_UDP, 53, true },
	{ "UDP 1024", NAT64_UDP, 1024, false },
	{ "UDP 40001", NAT64_UDP, 40001, false },
};

static void class_desc(const struct class_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(class, class_cases, class_desc);

/* 6146-12 b: the range is kept while it has a port, then the other serves. */
static void the_range_of_the_port_is_kept(struct kunit *test)
{
	const struct class_case *c = test->param_value;
	struct nat64_port_alloc alloc;
	int i;

	/* 30 ports below 1024, 30 from there on */
	fixture_pool4(test, "192.0.2.1", 32, 994, 1053, PROTO_BITS, 0);
	for (i = 0; i < 60; i++) {
		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, c->proto, 1, c->port,
					      &alloc),
				0);
		KUNIT_EXPECT_EQ_MSG(test, ntohs(alloc.port) < 1024,
				    c->low == (i < 30),
				    "allocation %d: port %u", i,
				    ntohs(alloc.port));
	}
	KUNIT_EXPECT_EQ(test, fixture_alloc(test, c->proto, 1, c->port, &alloc),
			-EBUSY);
}

static const struct class_case parity_cases[] = {
	{ "UDP 52", NAT64_UDP, 52, true },
	{ "UDP 53", NAT64_UDP, 53, true },
	{ "UDP 1023", NAT64_UDP, 1023, true },
	{ "UDP 1024", NAT64_UDP, 1024, false },
	{ "UDP 40001", NAT64_UDP, 40001, false },
};

KUNIT_ARRAY_PARAM(parity, parity_cases, class_desc);

/* 6146-12 c: so is the parity of a UDP port. */
static void the_parity_of_a_udp_port_is_kept(struct kunit *test)
{
	const struct class_case *c = test->param_value;
	int i, same = 0, low = 0;
	struct nat64_port_alloc alloc;

	/* 15 ports of each range and parity */
	fixture_pool4(test, "192.0.2.1", 32, 994, 1053, PROTO_BITS, 0);
	for (i = 0; i < 60; i++) {
		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, c->proto, 1, c->port,
					      &alloc),
				0);
		same += (ntohs(alloc.port) & 1) == (c->port & 1);
		low += (ntohs(alloc.port) < 1024) == c->low;
		if (i < 15)
			KUNIT_EXPECT_EQ(test, same, i + 1);
		if (i < 30)
			KUNIT_EXPECT_EQ(test, low, i + 1);
	}
	KUNIT_EXPECT_EQ(test, same, 30);
	KUNIT_EXPECT_EQ(test, low, 30);
}

/* 6146-12 c: in a pool of the usual size that is half full too. */
static void parity_is_kept_in_a_large_pool(struct kunit *test)
{
	struct nat64_port_alloc alloc;
	struct rnd_state rnd;
	int i;

	test_seed(test, &rnd);
	fixture_pool4(test, "192.0.2.1", 32, 0, 65535, PROTO_BITS, 0);
	for (i = 0; i < 30000; i++) {
		u16 port = 1024 + prandom_u32_state(&rnd) % 64512;

		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, NAT64_UDP, i, port, &alloc),
				0);
		KUNIT_EXPECT_EQ(test, ntohs(alloc.port) & 1, port & 1);
		KUNIT_EXPECT_GE(test, ntohs(alloc.port), 1024);
	}
}

/* 6146-12 a, 6888-2: a host has one address in all protocols. */
static void pooling_is_paired(struct kunit *test)
{
	struct nat64_port_alloc first, alloc;
	unsigned long used = 0;
	int host, i;

	fixture_pool4(test, "192.0.2.0", 28, 1, 65535, PROTO_BITS, 0);
	for (host = 0; host < 200; host++) {
		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, NAT64_TCP, host, 1, &first),
				0);
		__set_bit(ntohl(first.addr) & 15, &used);
		for (i = 0; i < 15; i++) {
			KUNIT_ASSERT_EQ(test,
					fixture_alloc(test, i % NAT64_PROTOS,
						      host, i * 4000, &alloc),
					0);
			test_same_addr4(test, alloc.addr, first.addr);
		}
	}
	/* 200 hosts that all leave out one of 16: less than 1 in 10,000 runs */
	KUNIT_EXPECT_EQ(test, hweight_long(used), 16);
}

/*
 * 4787-11: however scarce they are, a port of the right parity is given out while
 * there is one, and then one of the other.
 */
static void parity_is_kept_to_the_last_port(struct kunit *test)
{
	const u32 count = 5 * NAT64_PAGE_PORTS;
	struct nat64_port_alloc alloc;
	struct naive naive;
	u32 i;

	naive_init(test, &naive, "192.0.2.1");
	fixture_pool4(test, "192.0.2.1", 32, 2000, 2000 + count - 1,
		      BIT(NAT64_UDP), 0);
	for (i = 0; i < count; i++) {
		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, NAT64_UDP, i, 5001, &alloc),
				0);
		naive_take(test, &naive, &alloc);
		KUNIT_ASSERT_EQ_MSG(test, ntohs(alloc.port) & 1, i < count / 2,
				    "allocation %u of %u", i, count);
	}
	KUNIT_EXPECT_EQ(test, fixture_alloc(test, NAT64_UDP, i, 5001, &alloc),
			-EBUSY);
}

/* 6146-12 a: another address serves only when that one is full. */
static void pooling_is_paired_until_full(struct kunit *test)
{
	struct nat64_port_alloc first, alloc;
	int i;

	fixture_pool4(test, "192.0.2.0", 30, 2000, 2009, PROTO_BITS, 0);
	KUNIT_ASSERT_EQ(test, fixture_alloc(test, NAT64_TCP, 5, 1, &first), 0);
	for (i = 1; i < 40; i++) {
		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, NAT64_TCP, 5, i, &alloc),
				0);
		KUNIT_EXPECT_EQ(test, alloc.addr == first.addr, i < 10);
	}
	KUNIT_ASSERT_EQ(test, fixture_alloc(test, NAT64_UDP, 5, i, &alloc), 0);
	test_same_addr4(test, alloc.addr, first.addr);
}

static int alloc_marked(struct kunit *test, enum nat64_proto proto, u32 mark,
			__be32 own, struct nat64_port_alloc *alloc)
{
	struct fixture *fx = test->priv;
	struct in6_addr addr6 = fixture_host(1);
	int err;

	fixture_enter();
	err = nat64_port_alloc(&fx->inst, fx->cfg, proto, &addr6, htons(3000),
			       mark, own, alloc);
	fixture_leave();
	return err;
}

struct mark_case {
	const char *name;
	u8 proto;
	u32 mark;
	const char *addr;	/* NULL: none */
};

static const struct mark_case mark_cases[] = {
	{ "TCP, 0", NAT64_TCP, 0, "192.0.2.1" },
	{ "UDP, 0", NAT64_UDP, 0, "192.0.2.2" },
	{ "ICMP, 0", NAT64_ICMP, 0, NULL },
	{ "TCP, 7", NAT64_TCP, 7, "192.0.2.3" },
	{ "UDP, 7", NAT64_UDP, 7, "192.0.2.3" },
	{ "ICMP, 7", NAT64_ICMP, 7, NULL },
	{ "TCP, 8", NAT64_TCP, 8, NULL },
	{ "ICMP, largest", NAT64_ICMP, U32_MAX, "192.0.2.4" },
	{ "TCP, largest", NAT64_TCP, U32_MAX, NULL },
};

static void mark_desc(const struct mark_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mark, mark_cases, mark_desc);

static void mark_and_protocol_choose_the_row(struct kunit *test)
{
	const struct mark_case *c = test->param_value;
	struct nat64_port_alloc alloc;
	int err;

	fixture_pool4(test, "192.0.2.1", 32, 1, 65535, BIT(NAT64_TCP), 0);
	fixture_pool4(test, "192.0.2.2", 32, 1, 65535, BIT(NAT64_UDP), 0);
	fixture_pool4(test, "192.0.2.3", 32, 1, 65535,
		      BIT(NAT64_TCP) | BIT(NAT64_UDP), 7);
	fixture_pool4(test, "192.0.2.4", 32, 0, 65535, BIT(NAT64_ICMP),
		      U32_MAX);
	err = alloc_marked(test, c->proto, c->mark, test_addr4("192.0.2.9"),
			   &alloc);
	KUNIT_ASSERT_EQ(test, err, c->addr ? 0 : -EADDRNOTAVAIL);
	if (c->addr)
		test_same_addr4(test, alloc.addr, test_addr4(c->addr));
}

/* Several ranges in a entry, one of them of a single port. */
static void all_ranges_of_a_row_serve(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_pool4_entry entry = {
		.addr = ntohl(test_addr4("192.0.2.0")),
		.len = 31,
		.protos = PROTO_BITS,
		.n_ranges = 3,
		.ranges = { { 10, 12 }, { 1023, 1024 }, { 60000, 60000 } },
	};
	struct nat64_port_alloc alloc;
	struct naive naive;
	int i;

	naive_init(test, &naive, "192.0.2.0");
	KUNIT_ASSERT_NULL(test, nat64_pool4_set_add(&fx->cfg->pool4, &entry));
	fixture_exhausted(test);
	for (i = 0; i < 12; i++) {
		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, NAT64_UDP, i, i * 300,
					      &alloc),
				0);
		naive_take(test, &naive, &alloc);
		KUNIT_EXPECT_TRUE(test,
				  nat64_pool4_set_has(&fx->cfg->pool4,
						      NAT64_UDP, alloc.addr,
						      alloc.port));
	}
	KUNIT_EXPECT_EQ(test, fixture_alloc(test, NAT64_UDP, 1, 1, &alloc),
			-EBUSY);
}

/* Without a pool4: an address of the router, beside its programs' ports. */
static void an_empty_pool_is_the_routers_address(struct kunit *test)
{
	__be32 own = test_addr4("198.51.100.7");
	struct nat64_port_alloc alloc;
	struct naive naive;
	int low, high, i;

	naive_init(test, &naive, "198.51.100.7");
	KUNIT_EXPECT_EQ(test, alloc_marked(test, NAT64_TCP, 0, 0, &alloc),
			-EADDRNOTAVAIL);
	inet_get_local_port_range(&init_net, &low, &high);
	for (i = 0; i < low - 1024 + 65535 - high; i++) {
		KUNIT_ASSERT_EQ(test,
				alloc_marked(test, NAT64_TCP, i, own, &alloc),
				0);
		naive_take(test, &naive, &alloc);
		test_same_addr4(test, alloc.addr, own);
		KUNIT_EXPECT_GE(test, ntohs(alloc.port), 1024);
		KUNIT_EXPECT_FALSE(test, ntohs(alloc.port) >= low &&
				   ntohs(alloc.port) <= high);
	}
	KUNIT_EXPECT_EQ(test, alloc_marked(test, NAT64_TCP, 0, own, &alloc),
			-EBUSY);
}

/* A certain transport address, for static entries. */
static void a_fixed_allocation_is_given_once(struct kunit *test)
{
	__be32 addr = test_addr4("192.0.2.200");
	struct nat64_port_alloc alloc;
	int proto;

	for (proto = 0; proto < NAT64_PROTOS; proto++) {
		KUNIT_EXPECT_EQ(test,
				fixture_alloc_fixed(test, proto, addr, 80,
						    &alloc),
				0);
		test_same_addr4(test, alloc.addr, addr);
		KUNIT_EXPECT_EQ(test, ntohs(alloc.port), 80);
		KUNIT_EXPECT_EQ(test,
				fixture_alloc_fixed(test, proto, addr, 80,
						    &alloc),
				-EBUSY);
		fixture_cancel(test, proto, &alloc);
		KUNIT_EXPECT_EQ(test,
				fixture_alloc_fixed(test, proto, addr, 80,
						    &alloc),
				0);
		KUNIT_EXPECT_EQ(test,
				fixture_alloc_fixed(test, proto, addr, 0,
						    &alloc),
				proto == NAT64_ICMP ? 0 : -EBUSY);
	}
}

/* 6146-3: an address is found from publication to release, per BIB. */
static void find_sees_what_is_published(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_bib *bib = kunit_kzalloc(test, sizeof(*bib), GFP_KERNEL);
	__be32 addr = test_addr4("192.0.2.1");
	struct nat64_port_alloc alloc;
	int proto;

	KUNIT_ASSERT_EQ(test,
			fixture_alloc_fixed(test, NAT64_UDP, addr, 5000,
					    &alloc),
			0);
	KUNIT_EXPECT_NULL(test, fixture_find4(test, NAT64_UDP, addr, 5000));
	nat64_pool4_publish(&alloc, bib);
	for (proto = 0; proto < NAT64_PROTOS; proto++)
		KUNIT_EXPECT_PTR_EQ(test, fixture_find4(test, proto, addr,
							5000),
				    proto == NAT64_UDP ? bib : NULL);
	KUNIT_EXPECT_NULL(test, fixture_find4(test, NAT64_UDP, addr, 5001));
	KUNIT_EXPECT_NULL(test, fixture_find4(test, NAT64_UDP, addr, 5064));
	KUNIT_EXPECT_NULL(test, fixture_find4(test, NAT64_UDP,
					      test_addr4("192.0.2.2"), 5000));
	fixture_enter();
	nat64_pool4_release(&fx->inst, NAT64_UDP, addr, htons(5000), false);
	fixture_leave();
	KUNIT_EXPECT_NULL(test, fixture_find4(test, NAT64_UDP, addr, 5000));
}

/* Where a walk has come to, as one number that must rise. */
static u64 walk_place(const struct nat64_cursor *cursor, unsigned int port)
{
	return (u64)cursor->addr << 24 | cursor->proto << 20 |
	       (round_down(cursor->port, NAT64_PAGE_PORTS) + port);
}

/* One step of a walk: counts the entries of a page, in their order. */
static bool walk_page(struct kunit *test, struct nat64_cursor *cursor,
		      u64 *last, u32 *seen)
{
	struct fixture *fx = test->priv;
	struct nat64_port_page *page;
	bool rising = true;
	int i;

	fixture_enter();
	page = nat64_pool4_next_page(&fx->inst, cursor);
	for (i = 0; page && i < NAT64_PAGE_PORTS; i++) {
		if (!rcu_dereference(page->bib[i]))
			continue;
		(*seen)++;
		rising &= walk_place(cursor, i) > *last;
		*last = walk_place(cursor, i);
	}
	fixture_leave();
	KUNIT_EXPECT_TRUE(test, rising);
	cursor->port += NAT64_PAGE_PORTS;
	return page;
}

/* All entries once, by address, protocol and port. */
static void a_walk_sees_all_in_order(struct kunit *test)
{
	struct nat64_bib *bib = kunit_kzalloc(test, sizeof(*bib), GFP_KERNEL);
	struct nat64_cursor cursor = {};
	struct nat64_port_alloc alloc;
	struct rnd_state rnd;
	u32 seen = 0, n = 0;
	u64 last = 0;
	int i;

	test_seed(test, &rnd);
	for (i = 0; i < 2000; i++) {
		u32 r = prandom_u32_state(&rnd);
		__be32 addr = htonl(0xc0000200 + (r & 31));
		u16 port = i & 1 ? r >> 16 : 0xffff - (r >> 28);

		if (fixture_alloc_fixed(test, r % NAT64_PROTOS, addr, port,
					&alloc))
			continue;
		nat64_pool4_publish(&alloc, bib);
		n++;
	}
	while (walk_page(test, &cursor, &last, &seen))
		;
	KUNIT_EXPECT_EQ(test, seen, n);

	/* They are not real: the fixture must not remove them. */
	memset(&cursor, 0, sizeof(cursor));
	for (;;) {
		struct fixture *fx = test->priv;
		struct nat64_port_page *page;

		fixture_enter();
		page = nat64_pool4_next_page(&fx->inst, &cursor);
		fixture_leave();
		if (!page)
			break;
		memset(page->bib, 0, sizeof(page->bib));
		cursor.port += NAT64_PAGE_PORTS;
	}
}

/* Random allocations and releases, against a naive map. */
static void random_allocations_agree_with_a_naive_map(struct kunit *test)
{
	struct nat64_port_alloc alloc;
	struct rnd_state rnd;
	struct naive naive;
	int i;

	test_seed(test, &rnd);
	naive_init(test, &naive, "192.0.2.0");
	fixture_pool4(test, "192.0.2.0", 30, 1000, 1079, PROTO_BITS, 0);
	for (i = 0; i < 20000; i++) {
		u32 r = prandom_u32_state(&rnd), place;
		/* Now mostly filled, now mostly emptied. */
		bool fill = r % 100 < ((i / 2000) & 1 ? 30 : 70);
		int err;

		if (fill) {
			err = fixture_alloc(test, NAT64_UDP, r & 15, r >> 16,
					    &alloc);
			KUNIT_ASSERT_EQ(test, err,
					naive.count == 320 ? -EBUSY : 0);
			if (!err)
				naive_take(test, &naive, &alloc);
		} else if (naive.count) {
			place = find_nth_bit(naive.taken, NAIVE_ADDRS << 16,
					     (r >> 8) % naive.count);
			alloc.addr = htonl(naive.base + (place >> 16));
			alloc.port = htons(place);
			naive_give(test, &naive, place);
			fixture_cancel(test, NAT64_UDP, &alloc);
		}
	}
}

/* No memory, at each allocation in turn: an error, and next time a port. */
static void an_allocation_without_memory_takes_nothing(struct kunit *test)
{
	u32 base = ntohl(test_addr4("198.51.100.0"));
	struct nat64_port_alloc alloc;
	int n, err, failed = 0;
	bool fired = true;

	fault_init(test);
	for (n = 1; fired; n++) {
		/* A new address: everything has to be made. */
		fault_begin(n);
		err = alloc_marked(test, NAT64_TCP, 0, htonl(base + n), &alloc);
		fired = fault_end();
		if (!err)
			continue;
		failed++;
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		KUNIT_EXPECT_TRUE(test, fired);
		KUNIT_EXPECT_EQ(test,
				alloc_marked(test, NAT64_TCP, 0,
					     htonl(base + n), &alloc),
				0);
	}
	/* the address, its page */
	KUNIT_EXPECT_GE(test, failed, 2);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(a_pool_gives_out_each_port_once,
			 pool_gen_params), /* 6146-12 5382-7 */
	KUNIT_CASE_PARAM(a_full_pool_gives_out_what_comes_back,
			 pool_gen_params),
	KUNIT_CASE_PARAM(the_range_of_the_port_is_kept,
			 class_gen_params), /* 6146-12 4787-3 D6 */
	KUNIT_CASE_PARAM(the_parity_of_a_udp_port_is_kept,
			 parity_gen_params), /* 6146-12 4787-4 */
	KUNIT_CASE(parity_is_kept_in_a_large_pool),
	KUNIT_CASE(parity_is_kept_to_the_last_port), /* 4787-11 */
	KUNIT_CASE(pooling_is_paired), /* 6146-12 4787-2 */
	KUNIT_CASE(pooling_is_paired_until_full), /* 6146-12 4787-2 */
	KUNIT_CASE_PARAM(mark_and_protocol_choose_the_row, mark_gen_params),
	KUNIT_CASE(all_ranges_of_a_row_serve),
	KUNIT_CASE(an_empty_pool_is_the_routers_address),
	KUNIT_CASE(a_fixed_allocation_is_given_once),
	KUNIT_CASE(find_sees_what_is_published),
	KUNIT_CASE(a_walk_sees_all_in_order),
	KUNIT_CASE(random_allocations_agree_with_a_naive_map),
	KUNIT_CASE(an_allocation_without_memory_takes_nothing),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_pool4",
	.init = fixture_init_parts,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
