// SPDX-License-Identifier: GPL-2.0
/* limit_kunit.c - limits on the number of sessions */
#include <linux/percpu_counter.h>

/* How often all CPUs' counts were added up. */
static unsigned int counted;

#define percpu_counter_compare(counter, n) \
	(counted++, percpu_counter_compare(counter, n))

#include "fixture.h"
#include "fault.h"

/* A session of a forged source begins; 0 or why not. */
static long forged(struct kunit *test, struct nat64_bib *bib, u32 source)
{
	struct nat64_session init = {
		.dst4 = htonl(0xcb007100 + source),
		.dport = htons(source),
		.state = NAT64_STATE_ESTABLISHED,
		.last_seen = (u32)jiffies,
	};
	struct fixture *fx = test->priv;
	struct nat64_session *ses;

	fixture_enter();
	ses = nat64_session_open(&fx->inst, fx->cfg, bib, &init, false);
	fixture_leave();
	return PTR_ERR_OR_ZERO(ses);
}

static long from_inside(struct kunit *test, struct nat64_bib *bib, u16 port)
{
	return PTR_ERR_OR_ZERO(fixture_add(test, bib, "198.51.100.2", port));
}

/* As many sources as a port has sessions leave half of them to its owner. */
static void forged_sources_leave_half_of_an_entry(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct fixture *fx = test->priv;
	u32 i, n = 0, max = fx->cfg->keys.maximum_sessions_per_bib;

	KUNIT_ASSERT_EQ(test, max, 65536);
	for (i = 1; i <= max; i++) {
		long err = forged(test, bib, i);

		n += !err;
		if (err)
			KUNIT_ASSERT_EQ(test, err, -EDQUOT);
		if (!(i % 1024))
			cond_resched();
	}
	/* One session of the entry is the owner's. */
	KUNIT_EXPECT_EQ(test, n, max / 2 - 1);
	for (i = 1; i <= max / 2; i++)
		KUNIT_ASSERT_EQ(test, from_inside(test, bib, i), 0);
	KUNIT_EXPECT_EQ(test, bib->n_sessions, max);
	KUNIT_EXPECT_EQ(test, from_inside(test, bib, i), -EUSERS);
}

static void forged_sources_leave_half_of_an_instance(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct fixture *fx = test->priv;
	u32 i, n = 0;

	fx->cfg->keys.maximum_sessions = 2000;
	for (i = 1; i < 2500; i++)
		n += !forged(test, bib, i);
	KUNIT_EXPECT_EQ(test, n, 1000 - 1);
	KUNIT_EXPECT_EQ(test, forged(test, bib, i), -EDQUOT);
	for (i = 1; i <= 1000; i++)
		KUNIT_ASSERT_EQ(test, from_inside(test, bib, i), 0);
	KUNIT_EXPECT_EQ(test, from_inside(test, bib, i), -EUSERS);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 2000);
}

/* With a limit of one, either side may start the session of a static entry. */
static void half_of_one_is_one(struct kunit *test)
{
	struct nat64_bib *bib = fixture_static(test, NAT64_UDP, 1, 4000,
					       "192.0.2.1", 4000);
	struct fixture *fx = test->priv;

	fx->cfg->keys.maximum_sessions = 1;
	fx->cfg->keys.maximum_sessions_per_bib = 1;
	KUNIT_EXPECT_EQ(test, forged(test, bib, 1), 0);
	KUNIT_EXPECT_EQ(test, forged(test, bib, 2), -EDQUOT);
	KUNIT_EXPECT_EQ(test, from_inside(test, bib, 1), -EUSERS);
}

/* A packet that is refused allocates nothing. */
static void a_refusal_allocates_nothing(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct fixture *fx = test->priv;
	int i;

	fault_init(test);
	fx->cfg->keys.maximum_sessions = 1;
	for (i = 0; i < 2; i++) {
		fault_begin(1);
		KUNIT_EXPECT_EQ(test, from_inside(test, bib, 1), -EUSERS);
		KUNIT_EXPECT_FALSE(test, fault_end());
		fx->cfg->keys.maximum_sessions = 100;
		fx->cfg->keys.maximum_sessions_per_bib = 1;
		nat64_limit_relax(&fx->inst);
	}
}

/* That the table is full is remembered, but not when it is no more. */
static void a_session_that_ends_makes_room(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct nat64_bib *other = fixture_bib(test, NAT64_UDP, 2, 4000);
	struct fixture *fx = test->priv;
	int i;

	fx->cfg->keys.maximum_sessions = 2;
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, from_inside(test, bib, 1), -EUSERS);
	KUNIT_EXPECT_TRUE(test, fixture_remove_bib(test, other, true));
	KUNIT_EXPECT_EQ(test, from_inside(test, bib, 1), 0);
	KUNIT_EXPECT_EQ(test, from_inside(test, bib, 2), -EUSERS);
}

/* Packets that are refused do not all add up what each CPU has counted. */
static void a_full_table_is_counted_once_a_jiffy(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct fixture *fx = test->priv;
	u32 since, i;

	fx->cfg->keys.maximum_sessions = 1;
	counted = 0;
	since = (u32)jiffies;
	for (i = 0; i < 1000; i++)
		KUNIT_EXPECT_EQ(test, from_inside(test, bib, 1), -EUSERS);
	KUNIT_EXPECT_LE(test, counted, 1 + ((u32)jiffies - since));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(forged_sources_leave_half_of_an_entry),
	KUNIT_CASE(forged_sources_leave_half_of_an_instance),
	KUNIT_CASE(half_of_one_is_one),
	KUNIT_CASE(a_refusal_allocates_nothing),
	KUNIT_CASE(a_session_that_ends_makes_room),
	KUNIT_CASE(a_full_table_is_counted_once_a_jiffy),
	{}
};

static int limit_init(struct kunit *test)
{
	int err = fixture_init(test);

	if (!err)
		fixture_pool4(test, "192.0.2.0", 24, 1024, 65535, PROTO_BITS,
			      0);
	return err;
}

static struct kunit_suite suite = {
	.name = "nat64_limit",
	.init = limit_init,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
