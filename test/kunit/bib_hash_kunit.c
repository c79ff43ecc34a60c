// SPDX-License-Identifier: GPL-2.0
/* bib_hash_kunit.c - the hash table of the BIBs */
#include "fixture.h"
#include "fault.h"

/* Entries of a table of the smallest size that does not grow. */
#define SOME 900
#define MANY 5000

static struct nat64_bib *made[MANY];

static int bib_hash_kunit_init(struct kunit *test)
{
	memset(made, 0, sizeof(made));
	return fixture_init_pool(test, "192.0.2.0", 30);
}

static struct nat64_bib_hash *bibs_of(struct kunit *test)
{
	struct fixture *fx = test->priv;

	return &fx->inst.bibs;
}

static struct nat64_bucket_table *table_of(struct kunit *test)
{
	return rcu_dereference_protected(bibs_of(test)->table, true);
}

/* Entry @i is port @i of host @i / 100. */
static void make(struct kunit *test, int from, int to)
{
	int i;

	for (i = from; i < to; i++)
		made[i] = fixture_bib(test, NAT64_UDP, i / 100, 2000 + i);
}

static void drop(struct kunit *test, int from, int to)
{
	int i;

	for (i = from; i < to; i++) {
		KUNIT_ASSERT_TRUE(test, fixture_remove_bib(test, made[i], true));
		made[i] = NULL;
	}
}

/* What was made is there, and nothing else. */
static void look(struct kunit *test)
{
	int i;

	for (i = 0; i < MANY; i++)
		KUNIT_ASSERT_PTR_EQ(test, fixture_find6(test, NAT64_UDP,
							i / 100, 2000 + i),
				    made[i]);
}

static void the_table_follows_the_number_of_entries(struct kunit *test)
{
	struct nat64_bib_hash *bibs = bibs_of(test);

	KUNIT_EXPECT_EQ(test, table_of(test)->mask + 1, 256);
	make(test, 0, MANY);
	flush_work(&bibs->work);
	KUNIT_EXPECT_GE(test, table_of(test)->mask + 1, 1024);
	look(test);
	drop(test, 100, MANY);
	nat64_bib_hash_trim(bibs);
	flush_work(&bibs->work);
	KUNIT_EXPECT_EQ(test, table_of(test)->mask + 1, 256);
	look(test);
}

/*
 * Half of the buckets have moved to a table of @size: entries are found, made
 * and removed on both sides of the border, and are still there at the end.
 */
static void move_by_halves(struct kunit *test, u32 size)
{
	struct nat64_bib_hash *bibs = bibs_of(test);
	struct nat64_bucket_table *from = table_of(test), *to;
	u32 i;

	to = nat64_bucket_table_alloc(size);
	KUNIT_ASSERT_NOT_NULL(test, to);
	rcu_assign_pointer(from->next, to);
	for (i = 0; i <= from->mask / 2; i++)
		nat64_bib_hash_move(bibs, from, to, i);
	look(test);
	drop(test, 0, SOME / 3);
	make(test, SOME, SOME + SOME / 3);
	look(test);
	for (; i <= from->mask; i++)
		nat64_bib_hash_move(bibs, from, to, i);
	look(test);
	rcu_assign_pointer(bibs->table, to);
	synchronize_rcu();
	nat64_bucket_table_free(from);
	look(test);
	drop(test, SOME, SOME + SOME / 3);
	make(test, 0, SOME / 3);
	look(test);
}

static void a_move_hides_nothing(struct kunit *test)
{
	make(test, 0, SOME);
	KUNIT_ASSERT_EQ(test, table_of(test)->mask + 1, 256);
	move_by_halves(test, 2048);
	move_by_halves(test, 512);
	move_by_halves(test, 256);
}

/*
 * The IPv6 host whose port 5000 has the bucket of host @first, and its tag if
 * @tags says so: the one that comes @by_mark.
 */
static u32 host_alike(u32 first, int nth, bool tags)
{
	u32 mask = NAT64_BUCKETS_MIN - 1, host = first, hash;
	struct nat64_bib_key key;

	if (tags)
		mask |= 0xffU << 24;
	key = fixture_key(NAT64_UDP, first, 5000);
	hash = nat64_bucket_hash(&key);
	while (nth) {
		key = fixture_key(NAT64_UDP, ++host, 5000);
		nth -= !((nat64_bucket_hash(&key) ^ hash) & mask);
	}
	return host;
}

static struct nat64_bib *insert_alike(struct kunit *test, int nth, bool tags)
{
	return fixture_bib(test, NAT64_UDP, host_alike(0, nth, tags), 5000);
}

static struct nat64_bib *find_alike(struct kunit *test, int nth, bool tags)
{
	return fixture_find6(test, NAT64_UDP, host_alike(0, nth, tags), 5000);
}

static void entries_of_a_bucket_are_told_apart(struct kunit *test)
{
	struct nat64_bib *bib[3];
	int i;

	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_NULL(test, find_alike(test, i, true));
		bib[i] = insert_alike(test, i, true);
	}
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_PTR_EQ(test, find_alike(test, i, true), bib[i]);
	KUNIT_EXPECT_NULL(test, find_alike(test, 3, true));
	KUNIT_EXPECT_TRUE(test, fixture_remove_bib(test, bib[1], true));
	KUNIT_EXPECT_PTR_EQ(test, find_alike(test, 0, true), bib[0]);
	KUNIT_EXPECT_NULL(test, find_alike(test, 1, true));
	KUNIT_EXPECT_PTR_EQ(test, find_alike(test, 2, true), bib[2]);
}

/* An IPv6 host whose port 5000 has the same bucket and tag in TCP as in UDP. */
static u32 host_alike_in_tcp(void)
{
	u32 mask = (NAT64_BUCKETS_MIN - 1) | 0xffU << 24, host = 0, diff;
	struct nat64_bib_key udp, tcp;

	do {
		udp = fixture_key(NAT64_UDP, ++host, 5000);
		tcp = udp;
		tcp.proto = NAT64_TCP;
		diff = nat64_bucket_hash(&udp) ^ nat64_bucket_hash(&tcp);
	} while (diff & mask);
	return host;
}

/* RFC 6146 s3.1: there is a BIB for each protocol. */
static void protocols_are_told_apart(struct kunit *test)
{
	u32 host = host_alike_in_tcp();
	struct nat64_bib *udp, *tcp;

	udp = fixture_bib(test, NAT64_UDP, host, 5000);
	KUNIT_ASSERT_NULL(test, fixture_find6(test, NAT64_TCP, host, 5000));
	tcp = fixture_bib(test, NAT64_TCP, host, 5000);
	KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, NAT64_UDP, host, 5000),
			    udp);
	KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, NAT64_TCP, host, 5000),
			    tcp);
}

/* A bucket has more entries than a line, and gives back no line. */
static void a_bucket_has_room_for_more_than_a_line(struct kunit *test)
{
	struct nat64_bib *bib[15];
	int i;

	for (i = 0; i < 15; i++)
		bib[i] = insert_alike(test, i, false);
	for (i = 0; i < 15; i++)
		KUNIT_EXPECT_PTR_EQ(test, find_alike(test, i, false), bib[i]);
	for (i = 14; i >= 0; i -= 2)
		KUNIT_EXPECT_TRUE(test, fixture_remove_bib(test, bib[i], true));
	for (i = 0; i < 15; i++)
		KUNIT_EXPECT_PTR_EQ(test, find_alike(test, i, false),
				    i & 1 ? bib[i] : NULL);
}

/*
 * One more entry than a line has room for, in a bucket that was empty; the
 * @fail'th allocation fails. Returns if one did.
 */
static bool overflow(struct kunit *test, u32 host, int fail, int *failed)
{
	struct nat64_session first = fixture_session("198.51.100.1", 80,
						     NAT64_STATE_ESTABLISHED);
	u32 last = host_alike(host, NAT64_LINE_SLOTS, false);
	struct nat64_bib_key key = fixture_key(NAT64_UDP, last, 5000);
	struct nat64_bib *bib[NAT64_LINE_SLOTS + 1];
	struct fixture *fx = test->priv;
	struct nat64_port_alloc alloc;
	bool fired;
	int i;

	for (i = 0; i < NAT64_LINE_SLOTS; i++)
		bib[i] = fixture_bib(test, NAT64_UDP,
				     host_alike(host, i, false), 5000);
	KUNIT_EXPECT_EQ(test,
			fixture_alloc(test, NAT64_UDP, last, 5000, &alloc), 0);
	fixture_enter();
	fault_begin(fail);
	bib[i] = nat64_bib_insert(&fx->inst, &key, &alloc, &first);
	fired = fault_end();
	fixture_leave();
	*failed += IS_ERR(bib[i]);
	if (IS_ERR(bib[i]))
		bib[i] = NULL;
	for (i = 0; i <= NAT64_LINE_SLOTS; i++) {
		KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, NAT64_UDP,
							host_alike(host, i,
								   false),
							5000), bib[i]);
		if (bib[i])
			KUNIT_EXPECT_TRUE(test, fixture_remove_bib(test, bib[i],
								   true));
	}
	return fired;
}

/* Without memory for a line, the entry is refused and the others stay. */
static void a_full_bucket_without_memory_refuses(struct kunit *test)
{
	int n, failed = 0, sweep, host = 0;
	bool fired;

	fault_init(test);
	/*
	 * Debug options allocate as well, a varying number of times, so a
	 * sweep can miss one of our allocations: try again.
	 */
	for (sweep = 0; sweep < 5 && failed != 3; sweep++) {
		failed = 0;
		fired = true;
		/* A bucket that has had two lines once has them still. */
		for (n = 1; fired; n++) {
			host += 100000;
			fired = overflow(test, host, n, &failed);
		}
	}
	/* The allocations of the entry, the host and the line. */
	KUNIT_EXPECT_EQ(test, failed, 3);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_table_follows_the_number_of_entries),
	KUNIT_CASE(a_move_hides_nothing),
	KUNIT_CASE(entries_of_a_bucket_are_told_apart),
	KUNIT_CASE(protocols_are_told_apart),
	KUNIT_CASE(a_bucket_has_room_for_more_than_a_line),
	KUNIT_CASE(a_full_bucket_without_memory_refuses),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_bib_hash",
	.init = bib_hash_kunit_init,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
