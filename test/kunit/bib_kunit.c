// SPDX-License-Identifier: GPL-2.0
/* bib_kunit.c - the Binding Information Bases (RFC 6146 s3.1) */
#include "fixture.h"
#include "fault.h"

/* 6146-3: found from both sides, by all of the key. */
static void an_entry_is_found_from_both_sides(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);

	KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, NAT64_UDP, 1, 4000), bib);
	KUNIT_EXPECT_PTR_EQ(test, fixture_find4(test, NAT64_UDP, bib->addr4,
						ntohs(bib->port4)), bib);
	KUNIT_EXPECT_NULL(test, fixture_find6(test, NAT64_TCP, 1, 4000));
	KUNIT_EXPECT_NULL(test, fixture_find6(test, NAT64_ICMP, 1, 4000));
	KUNIT_EXPECT_NULL(test, fixture_find6(test, NAT64_UDP, 2, 4000));
	KUNIT_EXPECT_NULL(test, fixture_find6(test, NAT64_UDP, 1, 4001));
	KUNIT_EXPECT_NULL(test, fixture_find4(test, NAT64_TCP, bib->addr4,
					      ntohs(bib->port4)));
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 1);
	KUNIT_EXPECT_FALSE(test, bib->is_static);
	KUNIT_EXPECT_EQ(test, fixture_bibs(test), 1);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 1);
	KUNIT_EXPECT_EQ(test, fixture_stat(test, NAT64_STAT_BIB_CREATED), 1);
	KUNIT_EXPECT_EQ(test, fixture_stat(test, NAT64_STAT_SESSION_CREATED),
			1);
}

/* 6146-3: one transport address may be in all three BIBs. */
static void the_three_bibs_are_apart(struct kunit *test)
{
	struct nat64_bib *bib[NAT64_PROTOS];
	int proto;

	for (proto = 0; proto < NAT64_PROTOS; proto++)
		bib[proto] = fixture_static(test, proto, 1, 4000, "192.0.2.1",
					    4000);
	for (proto = 0; proto < NAT64_PROTOS; proto++) {
		__be32 addr4 = bib[proto]->addr4;

		KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, proto, 1, 4000),
				    bib[proto]);
		KUNIT_EXPECT_PTR_EQ(test, fixture_find4(test, proto, addr4,
							4000), bib[proto]);
	}
}

/* 6146-17: endpoint-independent mapping, whichever insert is first. */
static void a_second_insert_returns_the_first(struct kunit *test)
{
	struct nat64_session init = fixture_session("198.51.100.2", 81,
						    NAT64_STATE_ESTABLISHED);
	struct nat64_bib *bib = fixture_bib(test, NAT64_TCP, 1, 4000), *got;
	struct nat64_bib_key key = fixture_key(NAT64_TCP, 1, 4000);
	struct fixture *fx = test->priv;
	struct nat64_port_alloc alloc;

	KUNIT_ASSERT_EQ(test, fixture_alloc(test, NAT64_TCP, 1, 4000, &alloc),
			0);
	fixture_enter();
	got = nat64_bib_insert(&fx->inst, &key, &alloc, &init);
	fixture_leave();
	KUNIT_EXPECT_PTR_EQ(test, got, bib);
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 1);
	KUNIT_EXPECT_EQ(test, fixture_bibs(test), 1);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 1);
	/* The second port has come back. */
	KUNIT_EXPECT_NULL(test, fixture_find4(test, NAT64_TCP, alloc.addr,
					      ntohs(alloc.port)));
	KUNIT_EXPECT_EQ(test,
			fixture_alloc_fixed(test, NAT64_TCP, alloc.addr,
					    ntohs(alloc.port), &alloc),
			0);
	fixture_cancel(test, NAT64_TCP, &alloc);
}

/* The other session of a dynamic entry, and the entry with it. */
static void an_entry_with_sessions_is_not_removed(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	__be32 addr = bib->addr4;
	u16 port = ntohs(bib->port4);
	struct nat64_port_alloc alloc;
	bool again;

	KUNIT_EXPECT_FALSE(test, fixture_remove_bib(test, bib, false));
	KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, NAT64_UDP, 1, 4000), bib);
	KUNIT_ASSERT_FALSE(test, IS_ERR(fixture_add(test, bib, "198.51.100.2",
						    80)));
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 2);

	fixture_enter();
	KUNIT_EXPECT_TRUE(test, fixture_remove_bib(test, bib, true));
	/* Another CPU may try as well. */
	again = fixture_remove_bib(test, bib, true);
	fixture_leave();
	KUNIT_EXPECT_FALSE(test, again);
	KUNIT_EXPECT_NULL(test, fixture_find6(test, NAT64_UDP, 1, 4000));
	KUNIT_EXPECT_NULL(test, fixture_find4(test, NAT64_UDP, addr, port));
	KUNIT_EXPECT_EQ(test, fixture_bibs(test), 0);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 0);
	KUNIT_EXPECT_EQ(test, fixture_stat(test, NAT64_STAT_BIB_EXPIRED), 1);
	KUNIT_EXPECT_EQ(test, fixture_stat(test, NAT64_STAT_SESSION_EXPIRED),
			2);
	KUNIT_EXPECT_EQ(test, fixture_alloc_fixed(test, NAT64_UDP, addr, port,
						  &alloc), 0);
	fixture_cancel(test, NAT64_UDP, &alloc);
}

/* 6146-3: a static entry lives without sessions, until it is taken out. */
static void a_static_entry_lives_without_sessions(struct kunit *test)
{
	struct nat64_bib *bib = fixture_static(test, NAT64_TCP, 1, 2000,
					       "192.0.2.2", 2000);

	KUNIT_EXPECT_TRUE(test, bib->is_static);
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 0);
	KUNIT_EXPECT_EQ(test, fixture_bibs(test), 1);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 0);
	KUNIT_EXPECT_FALSE(test, fixture_remove_bib(test, bib, false));
	KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, NAT64_TCP, 1, 2000), bib);
	KUNIT_EXPECT_NULL(test, fixture_find(test, bib, "198.51.100.1", 80));
	KUNIT_EXPECT_TRUE(test, fixture_remove_bib(test, bib, true));
	KUNIT_EXPECT_NULL(test, fixture_find6(test, NAT64_TCP, 1, 2000));
	KUNIT_EXPECT_EQ(test, fixture_stat(test, NAT64_STAT_BIB_EXPIRED), 0);
}

/* A static entry does not take the place of another, static or not. */
static void a_static_entry_does_not_displace(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_TCP, 1, 2000), *got;
	struct nat64_bib_key key = fixture_key(NAT64_TCP, 1, 2000);
	__be32 addr = test_addr4("192.0.2.2");
	struct fixture *fx = test->priv;
	struct nat64_port_alloc alloc;

	KUNIT_ASSERT_EQ(test, fixture_alloc_fixed(test, NAT64_TCP, addr, 2000,
						  &alloc), 0);
	fixture_enter();
	got = fixture_add_static(&fx->inst, &key, &alloc);
	fixture_leave();
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(got), -EEXIST);
	KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, NAT64_TCP, 1, 2000), bib);
	KUNIT_EXPECT_EQ(test, fixture_bibs(test), 1);
	KUNIT_EXPECT_EQ(test, fixture_alloc_fixed(test, NAT64_TCP, addr, 2000,
						  &alloc), 0);
	fixture_cancel(test, NAT64_TCP, &alloc);
}

#define RANDOM_HOSTS 8
#define RANDOM_PORTS 16

static struct nat64_bib *naive[NAT64_PROTOS][RANDOM_HOSTS][RANDOM_PORTS];

/* Entries come and go at random; a naive table says which there are. */
static void random_entries_agree_with_a_naive_table(struct kunit *test)
{
	struct rnd_state rnd;
	s64 n = 0;
	int i;

	test_seed(test, &rnd);
	memset(naive, 0, sizeof(naive));
	for (i = 0; i < 6000; i++) {
		u32 r = prandom_u32_state(&rnd);
		u32 proto = r % NAT64_PROTOS;
		u32 host = (r >> 8) % RANDOM_HOSTS;
		u32 port = (r >> 16) % RANDOM_PORTS;
		struct nat64_bib **place = &naive[proto][host][port];
		struct nat64_bib *bib = *place;

		KUNIT_ASSERT_PTR_EQ(test, fixture_find6(test, proto, host,
							port), bib);
		if (!bib) {
			*place = fixture_bib(test, proto, host, port);
			n++;
		} else if (r >> 31) {
			KUNIT_ASSERT_TRUE(test, fixture_remove_bib(test, bib,
								   true));
			*place = NULL;
			n--;
		} else {
			KUNIT_ASSERT_PTR_EQ(test, bib,
					    fixture_find4(test, proto,
							  bib->addr4,
							  ntohs(bib->port4)));
		}
		KUNIT_ASSERT_EQ(test, fixture_bibs(test), n);
	}
}

/* No memory, at each allocation in turn: the port comes back. */
static void an_insert_without_memory_gives_the_port_back(struct kunit *test)
{
	struct nat64_session init = fixture_session("198.51.100.2", 81,
						    NAT64_STATE_ESTABLISHED);
	struct fixture *fx = test->priv;
	int n, failed = 0, made = 0;
	struct nat64_port_alloc alloc;
	bool fired = true;

	fault_init(test);
	for (n = 1; fired; n++) {
		struct nat64_bib_key key = fixture_key(NAT64_TCP, n, 4000);
		struct nat64_bib *bib;

		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, NAT64_TCP, n, 4000, &alloc),
				0);
		fixture_enter();
		fault_begin(n);
		bib = n & 1 ? nat64_bib_insert(&fx->inst, &key, &alloc, &init) :
			      fixture_add_static(&fx->inst, &key, &alloc);
		fired = fault_end();
		fixture_leave();
		made += !IS_ERR(bib);
		if (!IS_ERR(bib))
			continue;
		failed++;
		KUNIT_EXPECT_EQ(test, PTR_ERR(bib), -ENOMEM);
		KUNIT_EXPECT_NULL(test, fixture_find6(test, NAT64_TCP, n,
						      4000));
		KUNIT_EXPECT_EQ(test,
				fixture_alloc_fixed(test, NAT64_TCP, alloc.addr,
						    ntohs(alloc.port), &alloc),
				0);
		fixture_cancel(test, NAT64_TCP, &alloc);
	}
	KUNIT_EXPECT_GE(test, failed, 1);
	KUNIT_EXPECT_EQ(test, fixture_bibs(test), made);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_entry_is_found_from_both_sides),
	KUNIT_CASE(the_three_bibs_are_apart), /* 6146-3 */
	KUNIT_CASE(a_second_insert_returns_the_first),
	KUNIT_CASE(an_entry_with_sessions_is_not_removed),
	KUNIT_CASE(a_static_entry_lives_without_sessions), /* 6146-3 */
	KUNIT_CASE(a_static_entry_does_not_displace),
	KUNIT_CASE(random_entries_agree_with_a_naive_table),
	KUNIT_CASE(an_insert_without_memory_gives_the_port_back),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_bib",
	.init = fixture_init_address,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
