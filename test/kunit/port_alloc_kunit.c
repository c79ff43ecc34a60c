// SPDX-License-Identifier: GPL-2.0
/* port_alloc_kunit.c - which IPv4 address a host gets while pool4 changes */
#include "fixture.h"

#define ALLOC_HOSTS 20

static void del_pool4(struct kunit *test, const char *addr, u8 len)
{
	struct fixture *fx = test->priv;
	struct nat64_pool4_entry entry = {
		.addr = ntohl(test_addr4(addr)),
		.len = len,
		.protos = PROTO_BITS,
		.n_ranges = 1,
		.ranges[0] = { 0, 65535 },
	};

	KUNIT_ASSERT_NULL(test, nat64_pool4_set_del(&fx->cfg->pool4, &entry));
	fixture_exhausted(test);
}

/* An entry in each protocol, at new ports: all of them have the address. */
static void expect_paired(struct kunit *test, u32 host, u16 port, __be32 addr4)
{
	int proto;

	for (proto = 0; proto < NAT64_PROTOS; proto++)
		test_same_addr4(test, fixture_bib(test, proto, host,
						  port)->addr4, addr4);
}

static void add_hosts(struct kunit *test, __be32 *addr4)
{
	int host;

	for (host = 0; host < ALLOC_HOSTS; host++)
		addr4[host] = fixture_bib(test, host % NAT64_PROTOS, host,
					  1000)->addr4;
}

/* 6146-12 a: a host that has an address keeps it when pool4 grows. */
static void pooling_is_paired_when_the_pool_grows(struct kunit *test)
{
	__be32 addr4[ALLOC_HOSTS];
	int host;

	fixture_pool4(test, "192.0.2.0", 30, 1, 65535, PROTO_BITS, 0);
	add_hosts(test, addr4);
	fixture_pool4(test, "192.0.2.8", 29, 1, 65535, PROTO_BITS, 0);
	fixture_pool4(test, "198.51.100.0", 24, 1, 65535, PROTO_BITS, 0);
	for (host = 0; host < ALLOC_HOSTS; host++)
		expect_paired(test, host, 2000, addr4[host]);
}

/* So it does when the entries come in another order, or others go. */
static void pooling_is_paired_when_the_order_changes(struct kunit *test)
{
	__be32 addr4[ALLOC_HOSTS];
	int host;

	fixture_pool4(test, "192.0.2.0", 30, 1, 65535, PROTO_BITS, 0);
	fixture_pool4(test, "192.0.2.8", 29, 1, 65535, PROTO_BITS, 0);
	add_hosts(test, addr4);
	/* Now it comes last, if the order is that of arrival. */
	del_pool4(test, "192.0.2.0", 30);
	fixture_pool4(test, "192.0.2.0", 30, 1, 65535, PROTO_BITS, 0);
	for (host = 0; host < ALLOC_HOSTS; host++)
		expect_paired(test, host, 2000, addr4[host]);
	/* Now first, if it is that of addresses; and the two are eight. */
	fixture_pool4(test, "10.0.0.0", 24, 1, 65535, PROTO_BITS, 0);
	del_pool4(test, "192.0.2.0", 30);
	for (host = 0; host < 4; host++) {
		char addr[] = "192.0.2.0";

		addr[8] += host;
		fixture_pool4(test, addr, 32, 1, 65535, PROTO_BITS, 0);
	}
	del_pool4(test, "10.0.0.0", 24);
	for (host = 0; host < ALLOC_HOSTS; host++)
		expect_paired(test, host, 3000, addr4[host]);
}

/* A host whose address has left pool4 gets another, and keeps that one. */
static void a_lost_address_is_replaced_for_good(struct kunit *test)
{
	__be32 addr4[ALLOC_HOSTS], again;
	struct nat64_bib *bib;
	int host;

	fixture_pool4(test, "192.0.2.0", 30, 1, 65535, PROTO_BITS, 0);
	add_hosts(test, addr4);
	del_pool4(test, "192.0.2.0", 30);
	fixture_pool4(test, "203.0.113.0", 28, 1, 65535, PROTO_BITS, 0);
	for (host = 0; host < ALLOC_HOSTS; host++) {
		bib = fixture_bib(test, NAT64_UDP, host, 2000);
		again = bib->addr4;
		KUNIT_EXPECT_EQ(test, ntohl(again) & ~15U, 0xcb007100U);
		test_same_addr4(test, fixture_addr4(test, host), again);
		expect_paired(test, host, 3000, again);
	}
	/* Also when the old one comes back and the pool grows. */
	fixture_pool4(test, "192.0.2.0", 30, 1, 65535, PROTO_BITS, 0);
	for (host = 0; host < ALLOC_HOSTS; host++)
		expect_paired(test, host, 4000, fixture_addr4(test, host));
	/* What exists has the address that it had. */
	for (host = 0; host < ALLOC_HOSTS; host++) {
		bib = fixture_find6(test, host % NAT64_PROTOS, host, 1000);
		KUNIT_ASSERT_NOT_NULL(test, bib);
		test_same_addr4(test, bib->addr4, addr4[host]);
	}
}

/* 6146-12 a: when it has no port left another serves, but only until then. */
static void a_full_address_is_kept(struct kunit *test)
{
	struct nat64_bib *bib[12];
	__be32 addr4;
	int i;

	fixture_pool4(test, "192.0.2.0", 30, 2000, 2009, PROTO_BITS, 0);
	for (i = 0; i < 12; i++)
		bib[i] = fixture_bib(test, NAT64_TCP, 1, 3000 + i);
	addr4 = bib[0]->addr4;
	for (i = 0; i < 12; i++)
		KUNIT_EXPECT_EQ(test, bib[i]->addr4 == addr4, i < 10);
	test_same_addr4(test, fixture_addr4(test, 1), addr4);
	fixture_remove_bib(test, bib[4], true);
	test_same_addr4(test, fixture_bib(test, NAT64_TCP, 1, 4000)->addr4,
			addr4);
	/* The other protocols have ports of their own. */
	test_same_addr4(test, fixture_bib(test, NAT64_UDP, 1, 1)->addr4, addr4);
	test_same_addr4(test, fixture_bib(test, NAT64_ICMP, 1, 1)->addr4,
			addr4);
}

/* 6888-2: also if an entry of pool4 is for one protocol only. */
static void pooling_is_paired_over_uneven_rows(struct kunit *test)
{
	__be32 both = test_addr4("192.0.2.0");
	int host;

	fixture_pool4(test, "192.0.2.0", 32, 1, 65535, PROTO_BITS, 0);
	fixture_pool4(test, "192.0.2.8", 29, 1, 65535, BIT(NAT64_UDP), 0);
	for (host = 0; host < ALLOC_HOSTS; host++) {
		test_same_addr4(test, fixture_bib(test, NAT64_TCP, host,
						  1)->addr4, both);
		test_same_addr4(test, fixture_bib(test, NAT64_UDP, host,
						  1)->addr4, both);
	}
}

/* An address that does not serve a protocol is not given up for that. */
static void an_address_for_one_protocol_is_kept(struct kunit *test)
{
	struct nat64_bib *udp;
	int host;

	fixture_pool4(test, "192.0.2.0", 32, 1, 65535, BIT(NAT64_TCP), 0);
	fixture_pool4(test, "192.0.2.8", 29, 1, 65535, BIT(NAT64_UDP), 0);
	for (host = 0; host < ALLOC_HOSTS; host++) {
		udp = fixture_bib(test, NAT64_UDP, host, 1000);
		test_same_addr4(test, fixture_bib(test, NAT64_TCP, host,
						  1000)->addr4,
				test_addr4("192.0.2.0"));
		test_same_addr4(test, fixture_addr4(test, host), udp->addr4);
		test_same_addr4(test, fixture_bib(test, NAT64_UDP, host,
						  1001)->addr4, udp->addr4);
	}
}

/* One address in two entries of pool4, for different ports. */
static void a_paired_address_may_be_in_two_rows(struct kunit *test)
{
	__be32 addr4;
	int i;

	fixture_pool4(test, "192.0.2.0", 30, 2000, 2004, PROTO_BITS, 0);
	fixture_pool4(test, "192.0.2.0", 30, 4000, 4004, PROTO_BITS, 0);
	addr4 = fixture_bib(test, NAT64_TCP, 1, 1)->addr4;
	for (i = 1; i < 10; i++)
		test_same_addr4(test, fixture_bib(test, NAT64_TCP, 1,
						  1 + i)->addr4, addr4);
	KUNIT_EXPECT_NE(test, fixture_bib(test, NAT64_TCP, 1, 100)->addr4,
			addr4);
}

/* Packets with another mark are another customer's: no pairing over them. */
static void another_mark_has_addresses_of_its_own(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct in6_addr addr6 = fixture_host(1);
	struct nat64_port_alloc alloc;
	__be32 guess;
	int err;

	fixture_pool4(test, "192.0.2.1", 32, 1, 65535, PROTO_BITS, 0);
	fixture_pool4(test, "192.0.2.2", 32, 1, 65535, PROTO_BITS, 7);
	test_same_addr4(test, fixture_bib(test, NAT64_TCP, 1, 1000)->addr4,
			test_addr4("192.0.2.1"));
	fixture_enter();
	guess = nat64_port_alloc_predict(&fx->inst, fx->cfg, NAT64_UDP, &addr6,
					 7);
	err = nat64_port_alloc(&fx->inst, fx->cfg, NAT64_UDP, &addr6,
			       htons(1000), 7, 0, &alloc);
	fixture_leave();
	KUNIT_ASSERT_EQ(test, err, 0);
	test_same_addr4(test, guess, test_addr4("192.0.2.2"));
	test_same_addr4(test, alloc.addr, test_addr4("192.0.2.2"));
}

/* Make an entry; it has the address that was foretold. */
static void expect_guess(struct kunit *test, enum nat64_proto proto, u32 host,
			 u16 port)
{
	struct fixture *fx = test->priv;
	struct in6_addr addr6 = fixture_host(host);
	__be32 guess;

	fixture_enter();
	guess = nat64_port_alloc_predict(&fx->inst, fx->cfg, proto, &addr6, 0);
	fixture_leave();
	test_same_addr4(test, fixture_bib(test, proto, host, port)->addr4,
			guess);
}

/* A route that depends on the address may be asked for before it is given. */
static void the_predicted_address_is_allocated(struct kunit *test)
{
	int host, proto;

	fixture_pool4(test, "192.0.2.0", 30, 1, 65535, PROTO_BITS, 0);
	fixture_pool4(test, "192.0.2.8", 29, 1, 65535, BIT(NAT64_UDP), 0);
	fixture_pool4(test, "192.0.2.16", 28, 1, 65535, PROTO_BITS, 7);
	for (host = 0; host < ALLOC_HOSTS; host++)
		for (proto = 0; proto < NAT64_PROTOS; proto++)
			expect_guess(test, (host + proto) % NAT64_PROTOS, host,
				     1000);
	del_pool4(test, "192.0.2.0", 30);
	fixture_pool4(test, "203.0.113.0", 28, 1, 65535, PROTO_BITS, 0);
	for (host = 0; host < ALLOC_HOSTS; host++)
		for (proto = 0; proto < NAT64_PROTOS; proto++)
			expect_guess(test, proto, host, 2000);
}

/* 7857 s8: parity may be given up; the range of the port is not with it. */
static void parity_is_not_kept_if_it_need_not(struct kunit *test)
{
	int i, same = 0, low = 0;
	struct fixture *fx = test->priv;
	struct nat64_port_alloc alloc;

	fx->cfg->keys.preserve_port_parity = false;
	/* 100 ports of each range and parity */
	fixture_pool4(test, "192.0.2.1", 32, 824, 1223, PROTO_BITS, 0);
	for (i = 0; i < 100; i++) {
		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, NAT64_UDP, 1, 53, &alloc),
				0);
		same += ntohs(alloc.port) & 1;
		low += ntohs(alloc.port) < 1024;
	}
	KUNIT_EXPECT_EQ(test, low, 100);
	/* all or none of 100 out of 200: never */
	KUNIT_EXPECT_GT(test, same, 20);
	KUNIT_EXPECT_LT(test, same, 80);
}

/* 512 addresses of two ports, not one after the other, for two kinds of packets. */
static void small_pool(struct kunit *test)
{
	fixture_pool4(test, "192.0.2.0", 24, 2000, 2001, PROTO_BITS, 0);
	fixture_pool4(test, "198.51.100.0", 24, 2000, 2001, PROTO_BITS, 7);
	fixture_pool4(test, "203.0.113.0", 24, 5000, 5001, PROTO_BITS, 0);
}

#define SMALL_POOL 1024

/* Addresses in which a search would look for a port. */
static u32 not_exhausted(struct kunit *test)
{
	struct fixture *fx = test->priv;
	u32 at, end, first, n = 0;

	end = nat64_pool4_set_count_mark(&fx->cfg->pool4, NAT64_TCP, 0,
					 &first) +
	      first;
	for (at = first; at < end; at++)
		n += nat64_exhausted_next(&fx->cfg->pool4, NAT64_TCP, at,
					  end) == at;
	return n;
}

static void fill(struct kunit *test, struct nat64_port_alloc *alloc)
{
	int i;

	for (i = 0; i < SMALL_POOL; i++)
		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, NAT64_TCP, i, 9000,
					      &alloc[i]),
				0);
}

static void expect_full(struct kunit *test)
{
	struct nat64_port_alloc alloc;
	int i;

	for (i = 0; i < 20; i++)
		KUNIT_EXPECT_EQ(test,
				fixture_alloc(test, NAT64_TCP, i, 9000, &alloc),
				-EBUSY);
}

/* A port is released: the next packet of any host gets it. */
static void expect_found(struct kunit *test, struct nat64_port_alloc *alloc)
{
	struct nat64_port_alloc again;
	int i;

	for (i = 0; i < SMALL_POOL; i += 7) {
		fixture_cancel(test, NAT64_TCP, &alloc[i]);
		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, NAT64_TCP, i * 3, 9000,
					      &again),
				0);
		test_same_addr4(test, again.addr, alloc[i].addr);
		KUNIT_EXPECT_EQ(test, again.port, alloc[i].port);
	}
}

/* No address is searched in vain, and none that has a port is left out. */
static void a_full_pool_answers_at_once(struct kunit *test)
{
	struct nat64_port_alloc *alloc =
		kunit_kcalloc(test, SMALL_POOL, sizeof(*alloc), GFP_KERNEL);
	struct nat64_port_alloc other;

	KUNIT_ASSERT_NOT_NULL(test, alloc);
	small_pool(test);
	fill(test, alloc);
	KUNIT_EXPECT_EQ(test, not_exhausted(test), 0);
	expect_full(test);
	expect_found(test, alloc);
	KUNIT_EXPECT_EQ(test, not_exhausted(test), 0);
	/* Other protocols have theirs. */
	KUNIT_EXPECT_EQ(test, fixture_alloc(test, NAT64_UDP, 1, 9000, &other),
			0);
}

/* After a change of pool4, each search marks part of the exhausted addresses. */
static void exhausted_addresses_are_found_again(struct kunit *test)
{
	struct nat64_port_alloc *alloc =
		kunit_kcalloc(test, SMALL_POOL, sizeof(*alloc), GFP_KERNEL);
	struct nat64_port_alloc other;

	KUNIT_ASSERT_NOT_NULL(test, alloc);
	small_pool(test);
	fill(test, alloc);
	fixture_exhausted(test);
	KUNIT_EXPECT_EQ(test, not_exhausted(test), SMALL_POOL / 2);
	KUNIT_EXPECT_EQ(test, fixture_alloc(test, NAT64_TCP, 1, 1, &other),
			-EBUSY);
	KUNIT_EXPECT_EQ(test, not_exhausted(test), SMALL_POOL / 2 - 256);
	expect_full(test);
	KUNIT_EXPECT_EQ(test, not_exhausted(test), 0);
	expect_found(test, alloc);
}

/* Without memory for that, a search ends all the same. */
static void a_search_ends_without_hints(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_port_alloc alloc;
	int i, n = 0;

	fixture_pool4(test, "192.0.2.0", 28, 2000, 2009, PROTO_BITS, 0);
	nat64_exhausted_put(fx->cfg->pool4.exhausted);
	fx->cfg->pool4.exhausted = NULL;
	for (i = 0; i < 200; i++)
		n += !fixture_alloc(test, NAT64_TCP, i, 1, &alloc);
	KUNIT_EXPECT_EQ(test, n, 160);
}

/* RFC 6056 s3.1: which of the ranges of an entry serves is unpredictable. */
static void the_range_of_a_port_comes_at_random(struct kunit *test)
{
	struct nat64_pool4_entry entry = {
		.addr = ntohl(test_addr4("192.0.2.1")),
		.len = 32,
		.protos = PROTO_BITS,
		.n_ranges = 2,
		.ranges = { { 2000, 2999 }, { 5000, 5999 } },
	};
	struct fixture *fx = test->priv;
	struct nat64_port_alloc alloc;
	int i, low = 0;

	KUNIT_ASSERT_NULL(test, nat64_pool4_set_add(&fx->cfg->pool4, &entry));
	fixture_exhausted(test);
	for (i = 0; i < 200; i++) {
		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, NAT64_TCP, 1, 4000 + i,
					      &alloc),
				0);
		low += ntohs(alloc.port) < 3000;
	}
	/* 100 are expected; less than 40 or more than 160: never by chance */
	KUNIT_EXPECT_GT(test, low, 40);
	KUNIT_EXPECT_LT(test, low, 160);
}

/*
 * RFC 6056 s3.1: the remaining ports of a range are allocated in an
 * unpredictable order, even if few are left.
 */
static void the_last_ports_of_a_range_come_at_random(struct kunit *test)
{
	__be32 addr = test_addr4("192.0.2.1");
	int port, i, n[52] = {}, most = 0;
	struct nat64_port_alloc alloc;

	fixture_pool4(test, "192.0.2.1", 32, 1024, 2099, PROTO_BITS, 0);
	for (port = 1024; port < 2048; port++)
		KUNIT_ASSERT_EQ(test,
				fixture_alloc_fixed(test, NAT64_TCP, addr, port,
						    &alloc),
				0);
	for (i = 0; i < 520; i++) {
		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, NAT64_TCP, 1, 2000, &alloc),
				0);
		port = ntohs(alloc.port) - 2048;
		KUNIT_ASSERT_GE(test, port, 0);
		KUNIT_ASSERT_LT(test, port, 52);
		most = max(most, ++n[port]);
		fixture_cancel(test, NAT64_TCP, &alloc);
	}
	/* Ten of each are expected, and 40 of one will not be seen by chance. */
	KUNIT_EXPECT_LT(test, most, 40);
	for (port = 1024; port < 2048; port++) {
		alloc.addr = addr;
		alloc.port = htons(port);
		fixture_cancel(test, NAT64_TCP, &alloc);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(pooling_is_paired_when_the_pool_grows), /* 6146-12 4787-2 */
	KUNIT_CASE(pooling_is_paired_when_the_order_changes), /* 6146-12 4787-2 */
	KUNIT_CASE(a_lost_address_is_replaced_for_good), /* 6146-12 4787-2 */
	KUNIT_CASE(a_full_address_is_kept), /* 6146-12 4787-2 */
	KUNIT_CASE(pooling_is_paired_over_uneven_rows), /* 6888-2 */
	KUNIT_CASE(an_address_for_one_protocol_is_kept), /* 6888-2 */
	KUNIT_CASE(a_paired_address_may_be_in_two_rows), /* 6888-2 6888-3 */
	KUNIT_CASE(another_mark_has_addresses_of_its_own),
	KUNIT_CASE(the_predicted_address_is_allocated),
	KUNIT_CASE(a_full_pool_answers_at_once),
	KUNIT_CASE(exhausted_addresses_are_found_again),
	KUNIT_CASE(a_search_ends_without_hints),
	KUNIT_CASE(parity_is_not_kept_if_it_need_not), /* 6146-12 D6 */
	KUNIT_CASE(the_range_of_a_port_comes_at_random),
	KUNIT_CASE(the_last_ports_of_a_range_come_at_random),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_port_alloc",
	.init = fixture_init_parts,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
