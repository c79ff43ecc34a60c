// SPDX-License-Identifier: GPL-2.0
/* host6_kunit.c - what the BIB entries of an IPv6 host have in common */
#include "fixture.h"
#include "fault.h"

static int host6_init(struct kunit *test)
{
	return fixture_init_pool(test, "192.0.2.0", 28);
}

static struct nat64_host6 *get(struct kunit *test, u32 n)
{
	struct fixture *fx = test->priv;
	struct in6_addr addr6 = fixture_host(n);
	struct nat64_host6 *host6;

	fixture_enter();
	host6 = nat64_host6_get(&fx->inst, &addr6);
	fixture_leave();
	return host6;
}

static void put(struct kunit *test, u32 n)
{
	struct fixture *fx = test->priv;
	struct in6_addr addr6 = fixture_host(n);

	fixture_enter();
	nat64_host6_put(&fx->inst, &addr6);
	fixture_leave();
}

static int count(struct kunit *test)
{
	struct fixture *fx = test->priv;

	return atomic_read(&fx->inst.hosts6.nelems);
}

/* One object a host, for as long as it has entries. */
static void an_object_lives_as_long_as_it_is_counted(struct kunit *test)
{
	struct nat64_host6 *host6 = get(test, 1), *other;
	struct in6_addr addr6 = fixture_host(1);

	KUNIT_ASSERT_NOT_NULL(test, host6);
	test_octets(test, &host6->addr6, &addr6, 16, "address");
	KUNIT_EXPECT_EQ(test, host6->addr4, 0);
	KUNIT_EXPECT_PTR_EQ(test, get(test, 1), host6);
	KUNIT_EXPECT_PTR_EQ(test, get(test, 1), host6);
	other = get(test, 2);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_EXPECT_PTR_NE(test, other, host6);
	KUNIT_EXPECT_EQ(test, refcount_read(&host6->n_bibs), 3);
	KUNIT_EXPECT_EQ(test, refcount_read(&other->n_bibs), 1);
	host6->addr4 = test_addr4("192.0.2.5");
	put(test, 1);
	put(test, 1);
	test_same_addr4(test, fixture_addr4(test, 1), host6->addr4);
	KUNIT_EXPECT_EQ(test, fixture_addr4(test, 2), 0);
	put(test, 1);
	KUNIT_EXPECT_EQ(test, fixture_addr4(test, 1), 0);
	KUNIT_EXPECT_EQ(test, count(test), 1);
	put(test, 2);
	KUNIT_EXPECT_EQ(test, count(test), 0);
}

/* 6146-12 a, 6888-2: of any protocol, static or not. */
static void all_entries_of_a_host_share_it(struct kunit *test)
{
	struct nat64_bib *tcp = fixture_bib(test, NAT64_TCP, 1, 4000);
	struct nat64_bib *udp = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct nat64_bib *icmp = fixture_bib(test, NAT64_ICMP, 1, 4000);
	__be32 addr4 = tcp->addr4;

	KUNIT_EXPECT_EQ(test, count(test), 1);
	test_same_addr4(test, udp->addr4, addr4);
	test_same_addr4(test, icmp->addr4, addr4);
	test_same_addr4(test, fixture_addr4(test, 1), addr4);
	fixture_remove_bib(test, tcp, true);
	fixture_remove_bib(test, icmp, true);
	test_same_addr4(test, fixture_addr4(test, 1), addr4);
	fixture_remove_bib(test, udp, true);
	KUNIT_EXPECT_EQ(test, count(test), 0);
	fixture_static(test, NAT64_TCP, 1, 2000, "203.0.113.5", 2000);
	test_same_addr4(test, fixture_addr4(test, 1),
			test_addr4("203.0.113.5"));
}

/*
 * Its last entry goes on one CPU: the count is zero, and the object still in
 * the table when the host comes back on another.
 */
static void a_host_that_comes_back_gets_a_new_one(struct kunit *test)
{
	struct nat64_host6 *old = get(test, 1), *host6;
	struct fixture *fx = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, old);
	old->addr4 = test_addr4("192.0.2.5");
	KUNIT_ASSERT_TRUE(test, refcount_dec_and_test(&old->n_bibs));
	host6 = get(test, 1);
	KUNIT_ASSERT_NOT_NULL(test, host6);
	KUNIT_EXPECT_PTR_NE(test, host6, old);
	KUNIT_EXPECT_EQ(test, refcount_read(&host6->n_bibs), 1);
	KUNIT_EXPECT_EQ(test, host6->addr4, 0);
	KUNIT_EXPECT_EQ(test, count(test), 1);
	/* The first CPU goes on: what it takes out must not be the new one. */
	fixture_enter();
	KUNIT_EXPECT_NE(test,
			rhashtable_remove_fast(&fx->inst.hosts6, &old->node,
					       host6_params),
			0);
	fixture_leave();
	nat64_reclaim(&hosts6_dead, &old->link);
	KUNIT_EXPECT_PTR_EQ(test, get(test, 1), host6);
	put(test, 1);
	put(test, 1);
	KUNIT_EXPECT_EQ(test, count(test), 0);
}

/* A host's choice does not change, and hosts differ. */
static void a_choice_belongs_to_the_host(struct kunit *test)
{
	unsigned long chosen = 0;
	int i;

	for (i = 0; i < 1000; i++) {
		struct in6_addr addr6 = fixture_host(i);
		u32 choice = nat64_host6_hash(&addr6, 20);

		KUNIT_ASSERT_LT(test, choice, 20);
		KUNIT_EXPECT_EQ(test, nat64_host6_hash(&addr6, 20), choice);
		KUNIT_EXPECT_EQ(test, nat64_host6_hash(&addr6, 1), 0);
		__set_bit(choice, &chosen);
	}
	/* 1000 hosts that all leave out one of 20: never */
	KUNIT_EXPECT_EQ(test, hweight_long(chosen), 20);
}

#define HOSTS 300

/* Hosts come and go at random; a naive table counts. */
static void random_hosts_agree_with_a_naive_table(struct kunit *test)
{
	static u32 naive[HOSTS];
	struct nat64_host6 *host6;
	struct rnd_state rnd;
	int i, n = 0;

	test_seed(test, &rnd);
	memset(naive, 0, sizeof(naive));
	for (i = 0; i < 20000; i++) {
		u32 r = prandom_u32_state(&rnd);
		u32 host = (r >> 8) % HOSTS;
		/* Now mostly filled, now mostly emptied. */
		bool fill = r % 100 < ((i / 4000) & 1 ? 30 : 70);

		KUNIT_ASSERT_EQ(test, !!fixture_addr4(test, host),
				!!naive[host]);
		if (fill) {
			host6 = get(test, host);
			KUNIT_ASSERT_NOT_NULL(test, host6);
			n += !naive[host]++;
			KUNIT_ASSERT_EQ(test, refcount_read(&host6->n_bibs),
					naive[host]);
			host6->addr4 = htonl(host + 1);
		} else if (naive[host]) {
			test_same_addr4(test, fixture_addr4(test, host),
					htonl(host + 1));
			put(test, host);
			n -= !--naive[host];
		}
		KUNIT_ASSERT_EQ(test, count(test), n);
	}
	for (i = 0; i < HOSTS; i++)
		while (naive[i]) {
			put(test, i);
			naive[i]--;
		}
}

/* No memory, at each allocation in turn: nothing is left behind. */
static void without_memory_there_is_none(struct kunit *test)
{
	struct nat64_host6 *host6;
	int n, failed = 0, made = 0;
	bool fired = true;

	fault_init(test);
	for (n = 1; fired; n++) {
		fault_begin(n);
		host6 = get(test, n);
		fired = fault_end();
		if (!host6) {
			failed++;
			KUNIT_EXPECT_TRUE(test, fired);
			KUNIT_EXPECT_EQ(test, count(test), made);
			host6 = get(test, n);
		}
		KUNIT_ASSERT_NOT_NULL(test, host6);
		made++;
		KUNIT_EXPECT_EQ(test, refcount_read(&host6->n_bibs), 1);
	}
	KUNIT_EXPECT_GE(test, failed, 1);
	while (--n)
		put(test, n);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_object_lives_as_long_as_it_is_counted),
	KUNIT_CASE(all_entries_of_a_host_share_it), /* 6146-12 4787-2 6888-2 */
	KUNIT_CASE(a_host_that_comes_back_gets_a_new_one),
	KUNIT_CASE(a_choice_belongs_to_the_host),
	KUNIT_CASE(random_hosts_agree_with_a_naive_table),
	KUNIT_CASE(without_memory_there_is_none),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_host6",
	.init = host6_init,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
