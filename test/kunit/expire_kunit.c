// SPDX-License-Identifier: GPL-2.0
/* expire_kunit.c - walks over all BIB entries: expiry and removal */
#include <linux/ktime.h>

/* Looks at the clock of a budget, which stands still. */
static int clock_reads;

static u64 still_clock(void)
{
	clock_reads++;
	return 1;
}

#define ktime_get_ns() still_clock()

#include "compat.h"
#include "fixture.h"

static int expire_init(struct kunit *test)
{
	return fixture_init_pool(test, "192.0.2.0", 30);
}

static void no_probe(struct nat64_instance *inst,
		     const struct nat64_config *cfg,
		     const struct nat64_bib *bib,
		     const struct nat64_session *ses)
{
}

static void no_tick(struct nat64_instance *inst)
{
}

static const struct nat64_expire_ops expire_ops = {
	.probe = no_probe, .tick = no_tick,
};

struct end_case {
	const char *name;
	u8 proto, state;
	u32 seconds;		/* its lifetime */
	u8 next;		/* state after it; CLOSED: gone */
};

/* 6146-10, 6146-13, 6146 s3.5.2.2 "If the lifetime expires" */
static const struct end_case end_cases[] = {
	{ "UDP", NAT64_UDP, NAT64_STATE_ESTABLISHED, 300, NAT64_STATE_CLOSED },
	{ "ICMP", NAT64_ICMP, NAT64_STATE_ESTABLISHED, 60, NAT64_STATE_CLOSED },
	{ "TCP V4 INIT", NAT64_TCP, NAT64_STATE_V4_INIT, 240,
	  NAT64_STATE_CLOSED },
	{ "TCP V6 INIT", NAT64_TCP, NAT64_STATE_V6_INIT, 240,
	  NAT64_STATE_CLOSED },
	{ "TCP ESTABLISHED", NAT64_TCP, NAT64_STATE_ESTABLISHED, 7200,
	  NAT64_STATE_TRANS },
	{ "TCP V4 FIN", NAT64_TCP, NAT64_STATE_V4_FIN, 7200,
	  NAT64_STATE_CLOSED },
	{ "TCP V6 FIN", NAT64_TCP, NAT64_STATE_V6_FIN, 7200,
	  NAT64_STATE_CLOSED },
	{ "TCP V4 FIN + V6 FIN", NAT64_TCP, NAT64_STATE_V4_V6_FIN, 240,
	  NAT64_STATE_CLOSED },
	{ "TCP TRANS", NAT64_TCP, NAT64_STATE_TRANS, 240, NAT64_STATE_CLOSED },
};

static void end_desc(const struct end_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(end, end_cases, end_desc);

static void a_lifetime_ends_as_the_rfc_says(struct kunit *test)
{
	const struct end_case *c = test->param_value;
	struct nat64_bib *bib = fixture_bib(test, c->proto, 1, 4000);
	u32 life = c->seconds * HZ;

	bib->first.state = c->state;
	bib->first.last_seen = (u32)jiffies - life + HZ;
	fixture_expire(test);
	KUNIT_ASSERT_PTR_EQ(test, fixture_find6(test, c->proto, 1, 4000), bib);
	KUNIT_EXPECT_EQ(test, bib->first.state, c->state);

	bib->first.last_seen = (u32)jiffies - life;
	fixture_expire(test);
	if (c->next == NAT64_STATE_CLOSED) {
		KUNIT_EXPECT_NULL(test, fixture_find6(test, c->proto, 1, 4000));
		KUNIT_EXPECT_EQ(test, fixture_sessions(test), 0);
		KUNIT_EXPECT_EQ(test, fixture_stat(test,
						   NAT64_STAT_BIB_EXPIRED), 1);
		return;
	}
	/* 5382 REQ-5: 2 h 04 m in all. */
	KUNIT_ASSERT_PTR_EQ(test, fixture_find6(test, c->proto, 1, 4000), bib);
	KUNIT_EXPECT_EQ(test, bib->first.state, c->next);
	KUNIT_EXPECT_LT(test, nat64_session_age(&bib->first), HZ);
	bib->first.last_seen = (u32)jiffies - 240 * HZ;
	fixture_expire(test);
	KUNIT_EXPECT_NULL(test, fixture_find6(test, c->proto, 1, 4000));
}

/* The same for a session that is not the first of its entry. */
static void another_session_ends_as_well(struct kunit *test)
{
	const struct end_case *c = test->param_value;
	struct nat64_bib *bib = fixture_bib(test, c->proto, 1, 4000);
	struct nat64_session *ses = fixture_add(test, bib, "198.51.100.2", 80);

	KUNIT_ASSERT_FALSE(test, IS_ERR(ses));
	ses->state = c->state;
	ses->last_seen = (u32)jiffies - c->seconds * HZ + HZ;
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 2);
	ses->last_seen = (u32)jiffies - c->seconds * HZ;
	fixture_expire(test);
	KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, c->proto, 1, 4000), bib);
	KUNIT_EXPECT_EQ(test, bib->first.state, NAT64_STATE_ESTABLISHED);
	if (c->next == NAT64_STATE_CLOSED) {
		KUNIT_EXPECT_EQ(test, fixture_sessions(test), 1);
		KUNIT_EXPECT_NULL(test, fixture_find(test, bib, "198.51.100.2",
						     80));
		return;
	}
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 2);
	KUNIT_EXPECT_EQ(test, ses->state, c->next);
}

/* Only what has ended goes; the entry stays with what lives. */
static void the_entry_goes_with_its_last_session(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct nat64_session *ses = fixture_add(test, bib, "198.51.100.2", 80);

	KUNIT_ASSERT_FALSE(test, IS_ERR(ses));
	bib->first.last_seen = (u32)jiffies - 300 * HZ;
	fixture_expire(test);
	KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, NAT64_UDP, 1, 4000), bib);
	KUNIT_EXPECT_EQ(test, bib->first.state, NAT64_STATE_CLOSED);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 1);
	ses->last_seen = (u32)jiffies - 300 * HZ;
	fixture_expire(test);
	KUNIT_EXPECT_NULL(test, fixture_find6(test, NAT64_UDP, 1, 4000));
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 0);
}

/* 6146-3: static entries never time out, their sessions do. */
static void static_entries_never_expire(struct kunit *test)
{
	struct nat64_session *ses;
	struct nat64_bib *bib;

	bib = fixture_static(test, NAT64_UDP, 1, 2000, "192.0.2.9", 2000);
	fixture_expire(test);
	KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, NAT64_UDP, 1, 2000), bib);
	ses = fixture_add(test, bib, "198.51.100.2", 80);
	KUNIT_ASSERT_FALSE(test, IS_ERR(ses));
	ses->last_seen = (u32)jiffies - 10000 * HZ;
	fixture_expire(test);
	KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, NAT64_UDP, 1, 2000), bib);
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 0);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 0);
}

/* What is refreshed across the wrap of the clock lives on. */
static void lifetimes_are_right_across_the_wrap(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct fixture *fx = test->priv;

	/* A lifetime that reaches over any wrap there may be: 240 days. */
	fx->cfg->timeout[NAT64_UDP][NAT64_STATE_ESTABLISHED] = 0x7c000000;
	bib->first.last_seen = (u32)jiffies - 0x7b000000;
	fixture_expire(test);
	KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, NAT64_UDP, 1, 4000), bib);
	bib->first.last_seen = (u32)jiffies - 0x7c000000;
	fixture_expire(test);
	KUNIT_EXPECT_NULL(test, fixture_find6(test, NAT64_UDP, 1, 4000));
}

static void count_visit(struct nat64_instance *inst, struct nat64_bib *bib,
			struct nat64_walk_budget *budget, void *arg)
{
	(*(int *)arg)++;
}

static void remove_visit(struct nat64_instance *inst, struct nat64_bib *bib,
			 struct nat64_walk_budget *budget, void *arg)
{
	int *n = arg;

	if ((*n)++ & 1)
		nat64_bib_remove(inst, bib, budget);
}

/* A walk meets every entry once, also while it removes them. */
static void a_walk_meets_each_entry_once(struct kunit *test)
{
	struct fixture *fx = test->priv;
	int i, n = 0;

	for (i = 0; i < 3000; i++)
		fixture_bib(test, i % NAT64_PROTOS, i / 100, i * 20);
	nat64_walk(&fx->inst, count_visit, &n);
	KUNIT_EXPECT_EQ(test, n, 3000);
	n = 0;
	nat64_walk(&fx->inst, remove_visit, &n);
	KUNIT_EXPECT_EQ(test, n, 3000);
	n = 0;
	nat64_walk(&fx->inst, count_visit, &n);
	KUNIT_EXPECT_EQ(test, n, 1500);
	KUNIT_EXPECT_EQ(test, fixture_bibs(test), 1500);
}

static void visit_one(struct nat64_instance *inst, struct nat64_bib *bib,
		      struct nat64_walk_budget *budget, void *arg)
{
	const struct nat64_bib **seen = arg;

	*seen = bib;
}

/* A page whose last port alone is taken costs a slice one visit, not 512. */
static void a_walk_skips_free_ports(struct kunit *test)
{
	struct nat64_bib *bib = fixture_static(test, NAT64_UDP, 1, 4000,
					       "192.0.2.1", 1023), *seen = NULL;
	struct nat64_walk walk = { .visit = visit_one, .arg = &seen };
	struct fixture *fx = test->priv;
	struct nat64_cursor cursor = {};
	struct nat64_walk_budget budget = {};
	struct nat64_port_page *page;
	unsigned int next = 0;

	fixture_enter();
	fixture_budget(&budget, 1);
	page = nat64_pool4_next_page(&fx->inst, &cursor);
	if (page)
		next = nat64_walk_page(&fx->inst, &cursor, page, &budget, &walk);
	fixture_leave();
	KUNIT_EXPECT_PTR_EQ(test, seen, bib);
	KUNIT_EXPECT_EQ(test, next, (unsigned int)NAT64_PAGE_PORTS);
}

/* 400 entries are 7 slices: each looks at the clock every 8 visits at most. */
static void a_walk_seldom_looks_at_the_clock(struct kunit *test)
{
	struct fixture *fx = test->priv;
	int i, n = 0;

	for (i = 0; i < 400; i++)
		fixture_static(test, NAT64_UDP, 1 + i, 4000, "192.0.2.1",
			       1024 + i);
	clock_reads = 0;
	nat64_walk(&fx->inst, count_visit, &n);
	KUNIT_EXPECT_EQ(test, n, 400);
	KUNIT_EXPECT_GE(test, clock_reads, 7);
	KUNIT_EXPECT_LE(test, clock_reads, 400 / 8 + 7);
}

/* The worker does it, and goes on until it is stopped. */
static void the_worker_expires_and_goes_on(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_ICMP, 1, 4000);
	struct fixture *fx = test->priv;

	bib->first.last_seen = (u32)jiffies - 60 * HZ;
	fx->inst.rescan = 1;
	nat64_expire_start(&fx->inst, &expire_ops);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&fx->inst.expire));
	mod_delayed_work(NAT64_UNBOUND_WQ, &fx->inst.expire, 0);
	flush_delayed_work(&fx->inst.expire);
	KUNIT_EXPECT_EQ(test, fixture_bibs(test), 0);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&fx->inst.expire));
	nat64_expire_stop(&fx->inst);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&fx->inst.expire));
}

#define MANY 21

/* The sessions that were probed, of one BIB entry. */
static struct {
	struct nat64_session ses[2 * MANY];
	const struct nat64_bib *bib;
	int n;
} probed;

static void record_probe(struct nat64_instance *inst,
			 const struct nat64_config *cfg,
			 const struct nat64_bib *bib,
			 const struct nat64_session *ses)
{
	if (probed.n < ARRAY_SIZE(probed.ses))
		probed.ses[probed.n] = *ses;
	probed.n++;
	probed.bib = bib;
}

static const struct nat64_expire_ops record_ops = {
	.probe = record_probe, .tick = no_tick,
};

static void record(struct kunit *test)
{
	struct fixture *fx = test->priv;

	memset(&probed, 0, sizeof(probed));
	fx->inst.expire_ops = &record_ops;
}

/* 6146 s3.5.2.2: a TCP session that was idle for TCP_EST is probed, once. */
static void an_idle_session_is_probed_once(struct kunit *test)
{
	const struct end_case *c = test->param_value;
	struct nat64_bib *bib = fixture_bib(test, c->proto, 1, 4000);
	bool probe = c->next == NAT64_STATE_TRANS;
	struct nat64_session *ses;

	record(test);
	ses = fixture_add(test, bib, "198.51.100.2", 443);
	KUNIT_ASSERT_FALSE(test, IS_ERR(ses));
	ses->state = c->state;
	ses->pool6_csum = 0x30102;
	ses->last_seen = (u32)jiffies - c->seconds * HZ + HZ;
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, probed.n, 0);
	ses->last_seen = (u32)jiffies - c->seconds * HZ;
	fixture_expire(test);
	KUNIT_ASSERT_EQ(test, probed.n, probe);
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, probed.n, probe);
	if (!probe)
		return;
	KUNIT_EXPECT_PTR_EQ(test, probed.bib, bib);
	test_same_addr4(test, probed.ses[0].dst4, test_addr4("198.51.100.2"));
	KUNIT_EXPECT_EQ(test, ntohs(probed.ses[0].dport), 443);
	KUNIT_EXPECT_EQ(test, probed.ses[0].pool6_csum, 0x30102U);
	/* The probe was not answered. */
	ses->last_seen = (u32)jiffies - 240 * HZ;
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, probed.n, 1);
	KUNIT_EXPECT_NULL(test, fixture_find(test, bib, "198.51.100.2", 443));
}

/* How often the session with a remote was probed. */
static int times_probed(u16 port)
{
	int i, n = 0;

	for (i = 0; i < probed.n; i++)
		n += ntohs(probed.ses[i].dport) == port;
	return n;
}

/* All at once in a BIB entry that has many: none is forgotten, none goes. */
static void many_idle_sessions_are_all_probed(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_TCP, 1, 4000);
	u32 idle = (u32)jiffies - 7200 * HZ;
	struct nat64_session *ses;
	int i, before;

	record(test);
	bib->first.last_seen = idle;
	for (i = 1; i < MANY; i++) {
		ses = fixture_add(test, bib, "198.51.100.1", 80 + i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(ses));
		ses->last_seen = idle;
	}
	for (i = 0; i < MANY && probed.n < MANY; i++) {
		before = probed.n;
		fixture_expire(test);
		KUNIT_ASSERT_GT(test, probed.n, before);
		KUNIT_EXPECT_EQ(test, fixture_sessions(test), MANY);
	}
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, probed.n, MANY);
	for (i = 0; i < MANY; i++) {
		KUNIT_EXPECT_EQ(test, times_probed(80 + i), 1);
		ses = fixture_find(test, bib, "198.51.100.1", 80 + i);
		KUNIT_ASSERT_NOT_NULL(test, ses);
		KUNIT_EXPECT_EQ(test, ses->state, NAT64_STATE_TRANS);
	}
}

/* What has ended goes, also when others of its entry wait for a probe. */
static void an_ended_session_does_not_wait_for_probes(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_TCP, 1, 4000);
	u32 idle = (u32)jiffies - 7200 * HZ;
	struct nat64_session *ses;
	int i;

	record(test);
	for (i = 1; i <= 2 * MANY; i++) {
		ses = fixture_add(test, bib, "198.51.100.1", 80 + i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(ses));
		ses->last_seen = idle;
		if (i & 1)
			ses->state = NAT64_STATE_TRANS;
	}
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 1 + MANY);
	for (i = 1; i <= 2 * MANY; i += 2)
		KUNIT_EXPECT_NULL(test, fixture_find(test, bib, "198.51.100.1",
						     80 + i));
}

/* More sessions than a slice has visits: all that have expired go in one pass. */
static void a_crowd_expires_in_one_pass(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct fixture *fx = test->priv;
	struct nat64_session *ses;
	int i;

	for (i = 1; i <= 1000; i++) {
		ses = fixture_add(test, bib, "198.51.100.2", i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(ses));
		if (i % 10)
			ses->last_seen = (u32)jiffies - 300 * HZ;
	}
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 101);
	for (i = 10; i <= 1000; i += 10)
		fixture_find(test, bib, "198.51.100.2", i)->last_seen =
			(u32)jiffies - 300 * HZ + 20 * HZ + i * HZ;
	bib->first.last_seen = (u32)jiffies - 300 * HZ;
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 100);
	/* The page is looked at when the next one expires, not before. */
	fixture_enter();
	i = (s32)(rcu_dereference(nat64_pool4_ports(&fx->inst, NAT64_UDP,
			ntohl(bib->addr4))->page[ntohs(bib->port4) >>
			NAT64_PAGE_SHIFT])->due - (u32)jiffies);
	fixture_leave();
	KUNIT_EXPECT_GT(test, i, 25 * HZ);
	KUNIT_EXPECT_LE(test, i, 30 * HZ);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(a_lifetime_ends_as_the_rfc_says, end_gen_params), /* 5382-5 D1 */
	KUNIT_CASE_PARAM(another_session_ends_as_well, end_gen_params),
	KUNIT_CASE_PARAM(an_idle_session_is_probed_once, end_gen_params), /* 5382-5 */
	KUNIT_CASE(many_idle_sessions_are_all_probed), /* 5382-5 */
	KUNIT_CASE(an_ended_session_does_not_wait_for_probes),
	KUNIT_CASE(the_entry_goes_with_its_last_session), /* 6146-3 6146-T29 7857-11 */
	KUNIT_CASE(static_entries_never_expire), /* 6146-3 */
	KUNIT_CASE(lifetimes_are_right_across_the_wrap),
	KUNIT_CASE(a_walk_meets_each_entry_once),
	KUNIT_CASE(a_crowd_expires_in_one_pass),
	KUNIT_CASE(a_walk_skips_free_ports),
	KUNIT_CASE(a_walk_seldom_looks_at_the_clock),
	KUNIT_CASE(the_worker_expires_and_goes_on),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_expire",
	.init = expire_init,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
