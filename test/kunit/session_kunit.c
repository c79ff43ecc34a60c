// SPDX-License-Identifier: GPL-2.0
/* session_kunit.c - the session tables (RFC 6146 s3.1) */
#include "fixture.h"
#include "fault.h"

/* 6146-10: by 5-tuple. */
static void a_session_is_found_by_its_remote(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct nat64_bib *other = fixture_bib(test, NAT64_UDP, 2, 4000);
	struct nat64_session *a, *b;

	KUNIT_EXPECT_PTR_EQ(test, fixture_find(test, bib, "198.51.100.1", 80),
			    &bib->first);
	KUNIT_EXPECT_NULL(test, fixture_find(test, bib, "198.51.100.1", 81));
	KUNIT_EXPECT_NULL(test, fixture_find(test, bib, "198.51.100.2", 80));

	a = fixture_add(test, bib, "198.51.100.1", 81);
	b = fixture_add(test, bib, "198.51.100.2", 80);
	KUNIT_ASSERT_FALSE(test, IS_ERR(a) || IS_ERR(b));
	KUNIT_EXPECT_PTR_EQ(test, fixture_find(test, bib, "198.51.100.1", 81),
			    a);
	KUNIT_EXPECT_PTR_EQ(test, fixture_find(test, bib, "198.51.100.2", 80),
			    b);
	KUNIT_EXPECT_NULL(test, fixture_find(test, bib, "198.51.100.2", 81));
	KUNIT_EXPECT_NULL(test, fixture_find(test, other, "198.51.100.2", 80));
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 3);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 4);
	KUNIT_EXPECT_EQ(test, fixture_stat(test, NAT64_STAT_SESSION_CREATED),
			4);
}

static void a_second_add_returns_the_first(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct nat64_session *a = fixture_add(test, bib, "198.51.100.2", 80);

	KUNIT_ASSERT_FALSE(test, IS_ERR(a));
	KUNIT_EXPECT_PTR_EQ(test, fixture_add(test, bib, "198.51.100.2", 80),
			    a);
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 2);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 2);
}

/* 6146-17, s5.3: memory is bounded; what lives stays. */
static void an_entry_has_a_limit_of_sessions(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct nat64_bib *other = fixture_bib(test, NAT64_UDP, 2, 4000);
	struct fixture *fx = test->priv;
	int i;

	fx->cfg->keys.maximum_sessions_per_bib = 5;
	for (i = 1; i < 5; i++)
		KUNIT_EXPECT_FALSE(test, IS_ERR(fixture_add(test, bib,
							    "198.51.100.2",
							    i)));
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(fixture_add(test, bib,
							  "198.51.100.2", 5)),
			-EUSERS);
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 5);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 6);
	KUNIT_EXPECT_NOT_NULL(test, fixture_find(test, bib, "198.51.100.2", 1));
	KUNIT_EXPECT_FALSE(test, IS_ERR(fixture_add(test, other, "198.51.100.2",
						    1)));
}

static void an_instance_has_a_limit_of_sessions(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct fixture *fx = test->priv;
	int i, n = 0;

	/* The counter is read without the last steps of each CPU. */
	fx->cfg->keys.maximum_sessions = 1000;
	for (i = 1; i < 2000; i++)
		n += !IS_ERR(fixture_add(test, bib, "198.51.100.2", i));
	KUNIT_EXPECT_GE(test, n, 1000 - 1);
	KUNIT_EXPECT_LE(test, n, 1000 + 64 * num_possible_cpus());
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(fixture_add(test, bib,
							  "198.51.100.3", 1)),
			-EUSERS);
}

/* Begin the first session of an entry again, by the prefix of place 3. */
static bool reopen(struct fixture *fx, struct nat64_bib *bib,
		   enum nat64_state state)
{
	const struct nat64_session init = {
		.dst4 = bib->first.dst4,
		.dport = bib->first.dport,
		.state = state,
		.pool6_csum = nat64_session_pool6_csum(3, 0),
	};

	return nat64_session_open(&fx->inst, fx->cfg, bib, &init, true) ==
	       &bib->first;
}

static void an_entry_that_has_ended_takes_no_session(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct fixture *fx = test->priv;
	struct nat64_session *ses;
	bool reopened;

	fixture_enter();
	fixture_remove_bib(test, bib, true);
	ses = fixture_add(test, bib, "198.51.100.2", 80);
	reopened = reopen(fx, bib, NAT64_STATE_ESTABLISHED);
	fixture_leave();
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(ses), -ENOENT);
	KUNIT_EXPECT_FALSE(test, reopened);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 0);
}

static bool has_remote(struct kunit *test, struct nat64_bib *bib,
		       const char *remote)
{
	struct fixture *fx = test->priv;
	bool found;

	fixture_enter();
	found = nat64_session_has_remote(&fx->inst, bib, fx->cfg,
					 test_addr4(remote));
	fixture_leave();
	return found;
}

/*
 * 6146-11: address-dependent filtering, any port counts, the expired do not once
 * expiry has been there.
 */
static void has_remote_looks_at_addresses_that_live(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct nat64_session *ses = fixture_add(test, bib, "198.51.100.2", 80);

	KUNIT_ASSERT_FALSE(test, IS_ERR(ses));
	KUNIT_EXPECT_TRUE(test, has_remote(test, bib, "198.51.100.1"));
	KUNIT_EXPECT_TRUE(test, has_remote(test, bib, "198.51.100.2"));
	KUNIT_EXPECT_FALSE(test, has_remote(test, bib, "198.51.100.3"));
	ses->last_seen = (u32)jiffies - 300 * HZ;
	fixture_expire(test);
	KUNIT_EXPECT_FALSE(test, has_remote(test, bib, "198.51.100.2"));
	fixture_add(test, bib, "198.51.100.2", 81);
	KUNIT_EXPECT_TRUE(test, has_remote(test, bib, "198.51.100.2"));
	bib->first.state = NAT64_STATE_CLOSED;
	KUNIT_EXPECT_FALSE(test, has_remote(test, bib, "198.51.100.1"));
	bib->first.state = NAT64_STATE_ESTABLISHED;
}

static bool is_remote(const struct nat64_bib *bib, struct nat64_session *ses,
		      void *arg)
{
	return ses->dst4 == *(const __be32 *)arg;
}

static bool is_port(const struct nat64_bib *bib, struct nat64_session *ses,
		    void *arg)
{
	return ses->dport == *(const __be16 *)arg;
}

static u32 close_port(struct kunit *test, struct nat64_bib *bib, u16 port)
{
	struct fixture *fx = test->priv;
	struct nat64_walk_budget budget = {};
	__be16 dport = htons(port);
	u32 n;

	fixture_enter();
	fixture_budget(&budget, INT_MAX);
	n = nat64_bib_close_sessions(&fx->inst, bib, &budget, is_port, &dport);
	fixture_leave();
	return n;
}

static u32 close_remote(struct kunit *test, struct nat64_bib *bib,
			const char *remote)
{
	__be32 addr = test_addr4(remote);
	struct fixture *fx = test->priv;
	struct nat64_walk_budget budget = {};
	u32 n;

	fixture_enter();
	fixture_budget(&budget, INT_MAX);
	n = nat64_bib_close_sessions(&fx->inst, bib, &budget, is_remote, &addr);
	fixture_leave();
	return n;
}

/* A remote is one as long as the last session with it, of this entry, lives. */
static void a_remote_goes_with_its_last_session(struct kunit *test)
{
	struct nat64_bib *other = fixture_bib(test, NAT64_UDP, 1, 4001);
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct fixture *fx = test->priv;

	fixture_add(test, bib, "198.51.100.2", 80);
	fixture_add(test, bib, "198.51.100.2", 80);
	fixture_add(test, bib, "198.51.100.2", 81);
	fixture_add(test, bib, "198.51.100.3", 80);
	fixture_add(test, other, "198.51.100.3", 80);
	KUNIT_EXPECT_EQ(test, atomic_read(&fx->inst.remotes.nelems), 3);
	KUNIT_EXPECT_FALSE(test, has_remote(test, other, "198.51.100.2"));
	KUNIT_EXPECT_TRUE(test, close_port(test, bib, 80));
	KUNIT_EXPECT_TRUE(test, has_remote(test, bib, "198.51.100.2"));
	KUNIT_EXPECT_FALSE(test, has_remote(test, bib, "198.51.100.3"));
	KUNIT_EXPECT_TRUE(test, has_remote(test, other, "198.51.100.3"));
	KUNIT_EXPECT_TRUE(test, close_port(test, bib, 81));
	KUNIT_EXPECT_FALSE(test, has_remote(test, bib, "198.51.100.2"));
	KUNIT_EXPECT_EQ(test, atomic_read(&fx->inst.remotes.nelems), 1);
}

/* No remote has the sessions searched, of which one would lie. */
static void the_sessions_are_not_searched_for_a_remote(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct nat64_session *ses = fixture_add(test, bib, "198.51.100.2", 80);

	KUNIT_ASSERT_FALSE(test, IS_ERR(ses));
	ses->dst4 = test_addr4("198.51.100.3");
	KUNIT_EXPECT_FALSE(test, has_remote(test, bib, "198.51.100.3"));
	KUNIT_EXPECT_TRUE(test, has_remote(test, bib, "198.51.100.2"));
	ses->dst4 = test_addr4("198.51.100.2");
}

/* 6146-3: a dynamic entry lives while it has a session. */
static void the_last_session_takes_the_entry_with_it(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);

	fixture_add(test, bib, "198.51.100.2", 80);
	fixture_add(test, bib, "198.51.100.2", 81);
	KUNIT_EXPECT_EQ(test, close_remote(test, bib, "198.51.100.9"), 0);
	KUNIT_EXPECT_EQ(test, close_remote(test, bib, "198.51.100.2"), 2);
	KUNIT_EXPECT_NULL(test, fixture_find(test, bib, "198.51.100.2", 80));
	KUNIT_EXPECT_NULL(test, fixture_find(test, bib, "198.51.100.2", 81));
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 1);
	KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, NAT64_UDP, 1, 4000), bib);
	KUNIT_EXPECT_EQ(test, close_remote(test, bib, "198.51.100.1"), 1);
	KUNIT_EXPECT_NULL(test, fixture_find6(test, NAT64_UDP, 1, 4000));
	KUNIT_EXPECT_EQ(test, fixture_bibs(test), 0);
	KUNIT_EXPECT_EQ(test, fixture_stat(test, NAT64_STAT_SESSION_EXPIRED),
			3);
}

/* The first session may end before the others. */
static void the_entry_outlives_its_first_session(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);

	fixture_add(test, bib, "198.51.100.2", 80);
	KUNIT_EXPECT_EQ(test, close_remote(test, bib, "198.51.100.1"), 1);
	KUNIT_EXPECT_EQ(test, close_remote(test, bib, "198.51.100.1"), 0);
	KUNIT_EXPECT_EQ(test, bib->first.state, NAT64_STATE_CLOSED);
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 1);
	KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, NAT64_UDP, 1, 4000), bib);
	KUNIT_EXPECT_EQ(test, close_remote(test, bib, "198.51.100.2"), 1);
	KUNIT_EXPECT_NULL(test, fixture_find6(test, NAT64_UDP, 1, 4000));
}

static void a_static_entry_outlives_its_sessions(struct kunit *test)
{
	struct nat64_bib *bib = fixture_static(test, NAT64_TCP, 1, 2000,
					       "192.0.2.2", 2000);

	fixture_add(test, bib, "198.51.100.2", 80);
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 1);
	KUNIT_EXPECT_EQ(test, close_remote(test, bib, "198.51.100.2"), 1);
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 0);
	KUNIT_EXPECT_PTR_EQ(test, fixture_find6(test, NAT64_TCP, 1, 2000), bib);
}

/* A session that has ended begins again in its place, and counts again. */
static void a_closed_session_is_reopened(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_TCP, 1, 4000);
	struct fixture *fx = test->priv;

	fixture_add(test, bib, "198.51.100.2", 80);
	close_remote(test, bib, "198.51.100.1");
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 1);
	fixture_enter();
	KUNIT_EXPECT_TRUE(test, reopen(fx, bib, NAT64_STATE_V6_INIT));
	fixture_leave();
	KUNIT_EXPECT_EQ(test, bib->first.state, NAT64_STATE_V6_INIT);
	KUNIT_EXPECT_EQ(test, nat64_session_pool6(bib->first.pool6_csum), 3);
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 2);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 2);

	/* One that has expired but was not closed yet counts already. */
	bib->first.last_seen = (u32)jiffies - 10000 * HZ;
	fixture_enter();
	KUNIT_EXPECT_TRUE(test, reopen(fx, bib, NAT64_STATE_V4_INIT));
	fixture_leave();
	KUNIT_EXPECT_EQ(test, bib->first.state, NAT64_STATE_V4_INIT);
	KUNIT_EXPECT_LT(test, nat64_session_age(&bib->first), HZ);
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 2);
}

/*
 * A packet can look up a session just before it is closed: its SYN must not reopen
 * the session, which is no longer counted.
 */
static void a_segment_does_not_revive_a_session(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_TCP, 1, 4000);
	struct fixture *fx = test->priv;

	fixture_add(test, bib, "198.51.100.2", 80);
	close_remote(test, bib, "198.51.100.1");
	fixture_enter();
	nat64_session_tcp(&fx->inst, fx->cfg, bib, &bib->first,
			  NAT64_TCP_V6_SYN);
	fixture_leave();
	KUNIT_EXPECT_EQ(test, bib->first.state, NAT64_STATE_CLOSED);
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 1);
}

struct tcp_case {
	const char *name;
	u8 state, event, next;
	bool restart;
};

/* Some of 6146 s3.5.2.2; the suite of tcp_fsm.c has all. */
static const struct tcp_case tcp_cases[] = {
	{ "V6 INIT, V4 SYN", NAT64_STATE_V6_INIT, NAT64_TCP_V4_SYN,
	  NAT64_STATE_ESTABLISHED, true },
	{ "V6 INIT, V6 SYN", NAT64_STATE_V6_INIT, NAT64_TCP_V6_SYN,
	  NAT64_STATE_V6_INIT, true },
	{ "V6 INIT, other", NAT64_STATE_V6_INIT, NAT64_TCP_V4_OTHER,
	  NAT64_STATE_V6_INIT, false },
	{ "ESTABLISHED, other", NAT64_STATE_ESTABLISHED, NAT64_TCP_V6_OTHER,
	  NAT64_STATE_ESTABLISHED, true },
	{ "ESTABLISHED, V4 FIN", NAT64_STATE_ESTABLISHED, NAT64_TCP_V4_FIN,
	  NAT64_STATE_V4_FIN, false },
	{ "ESTABLISHED, V6 RST", NAT64_STATE_ESTABLISHED, NAT64_TCP_V6_RST,
	  NAT64_STATE_TRANS, true },
	{ "V4 FIN, V6 FIN", NAT64_STATE_V4_FIN, NAT64_TCP_V6_FIN,
	  NAT64_STATE_V4_V6_FIN, true },
	{ "V4 FIN + V6 FIN, other", NAT64_STATE_V4_V6_FIN, NAT64_TCP_V6_OTHER,
	  NAT64_STATE_V4_V6_FIN, false },
	{ "TRANS, V4 RST", NAT64_STATE_TRANS, NAT64_TCP_V4_RST,
	  NAT64_STATE_TRANS, false },
	{ "TRANS, other", NAT64_STATE_TRANS, NAT64_TCP_V4_OTHER,
	  NAT64_STATE_ESTABLISHED, true },
};

static void tcp_desc(const struct tcp_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(tcp, tcp_cases, tcp_desc);

static void a_segment_moves_its_session(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_TCP, 1, 4000);
	const struct tcp_case *c = test->param_value;
	struct fixture *fx = test->priv;
	u32 before = (u32)jiffies - 100 * HZ;

	bib->first.state = c->state;
	bib->first.last_seen = before;
	fixture_enter();
	nat64_session_tcp(&fx->inst, fx->cfg, bib, &bib->first, c->event);
	fixture_leave();
	KUNIT_EXPECT_EQ(test, bib->first.state, c->next);
	if (c->restart)
		KUNIT_EXPECT_LT(test, nat64_session_age(&bib->first), HZ);
	else
		KUNIT_EXPECT_EQ(test, bib->first.last_seen, before);
}

/* D2: the key is read from the configuration. */
static void the_rst_key_is_obeyed(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_TCP, 1, 4000);
	struct fixture *fx = test->priv;

	bib->first.state = NAT64_STATE_V4_FIN;
	fixture_enter();
	nat64_session_tcp(&fx->inst, fx->cfg, bib, &bib->first, NAT64_TCP_V4_RST);
	fixture_leave();
	KUNIT_EXPECT_EQ(test, bib->first.state, NAT64_STATE_V4_FIN);
	fx->cfg->keys.handle_rst_during_fin_rcv = true;
	fixture_enter();
	nat64_session_tcp(&fx->inst, fx->cfg, bib, &bib->first, NAT64_TCP_V4_RST);
	fixture_leave();
	KUNIT_EXPECT_EQ(test, bib->first.state, NAT64_STATE_TRANS);
}

/* The time stamp is written once a second at most. */
static void refresh_writes_once_a_second(struct kunit *test)
{
	struct nat64_session ses = { .last_seen = (u32)jiffies - HZ / 2 };
	u32 before = ses.last_seen;

	nat64_session_refresh(&ses);
	if (nat64_session_age(&ses) < HZ)
		KUNIT_EXPECT_EQ(test, ses.last_seen, before);
	ses.last_seen = (u32)jiffies - HZ;
	nat64_session_refresh(&ses);
	KUNIT_EXPECT_LT(test, nat64_session_age(&ses), HZ);
}

struct expired_case {
	const char *name;
	u8 proto, state;
	u32 seconds;
};

/* 6146 s4: UDP_DEFAULT, ICMP_DEFAULT, TCP_EST, TCP_TRANS */
static const struct expired_case expired_cases[] = {
	{ "UDP", NAT64_UDP, NAT64_STATE_ESTABLISHED, 300 },
	{ "ICMP", NAT64_ICMP, NAT64_STATE_ESTABLISHED, 60 },
	{ "TCP V4 INIT", NAT64_TCP, NAT64_STATE_V4_INIT, 240 },
	{ "TCP V6 INIT", NAT64_TCP, NAT64_STATE_V6_INIT, 240 },
	{ "TCP ESTABLISHED", NAT64_TCP, NAT64_STATE_ESTABLISHED, 7200 },
	{ "TCP V4 FIN", NAT64_TCP, NAT64_STATE_V4_FIN, 7200 },
	{ "TCP V6 FIN", NAT64_TCP, NAT64_STATE_V6_FIN, 7200 },
	{ "TCP V4 FIN + V6 FIN", NAT64_TCP, NAT64_STATE_V4_V6_FIN, 240 },
	{ "TCP TRANS", NAT64_TCP, NAT64_STATE_TRANS, 240 },
};

static void expired_desc(const struct expired_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(expired, expired_cases, expired_desc);

static bool expired_after(struct kunit *test, u8 proto, u8 state, u32 age)
{
	struct nat64_session ses = { .state = state,
				     .last_seen = (u32)jiffies - age };
	struct nat64_bib bib = { .key.proto = proto };
	struct fixture *fx = test->priv;

	return nat64_session_expired(fx->cfg, &bib, &ses);
}

static void a_session_expires_when_its_lifetime_ends(struct kunit *test)
{
	const struct expired_case *c = test->param_value;
	u32 life = c->seconds * HZ;

	KUNIT_EXPECT_FALSE(test, expired_after(test, c->proto, c->state, 0));
	/* A tick or two may pass in between. */
	KUNIT_EXPECT_FALSE(test, expired_after(test, c->proto, c->state,
					       life - HZ));
	KUNIT_EXPECT_TRUE(test, expired_after(test, c->proto, c->state, life));
	KUNIT_EXPECT_TRUE(test, expired_after(test, c->proto, c->state,
					      life + 1));
	/* Half a turn of the counter is 248 days at 100 Hz. */
	KUNIT_EXPECT_TRUE(test, expired_after(test, c->proto, c->state,
					      S32_MAX));
	KUNIT_EXPECT_TRUE(test, expired_after(test, c->proto,
					      NAT64_STATE_CLOSED, 0));
}

/*
 * Another CPU may refresh the session between our look at the clock and our
 * look at the time stamp, which is in the future then: it has just been used.
 */
static void a_session_seen_in_the_future_lives(struct kunit *test)
{
	const struct expired_case *c = test->param_value;

	KUNIT_EXPECT_FALSE(test, expired_after(test, c->proto, c->state,
					       -HZ));
}

/* The age is right with the time stamp on the other side of 2^32. */
static void the_age_is_right_across_the_wrap(struct kunit *test)
{
	static const u32 ages[] = { 0, 1, HZ, 0x10000, 0x1000000, 0x7fffff00 };
	int i;

	for (i = 0; i < ARRAY_SIZE(ages); i++) {
		struct nat64_session ses = { .last_seen =
						     (u32)jiffies - ages[i] };

		KUNIT_EXPECT_GE(test, nat64_session_age(&ses), ages[i]);
		KUNIT_EXPECT_LT(test, nat64_session_age(&ses), ages[i] + HZ);
	}
}

/* The word nat64_session.pool6_csum holds both of its parts. */
static void pool6_csum_holds_index_and_difference(struct kunit *test)
{
	u32 pool6, diff;

	for (pool6 = 0; pool6 < NAT64_POOL6_MAX; pool6++)
		for (diff = 0; diff < 65536; diff += 4369) {
			__sum16 d = (__force __sum16)(u16)diff;
			u32 word = nat64_session_pool6_csum(pool6, d);

			KUNIT_EXPECT_EQ(test, nat64_session_pool6(word), pool6);
			KUNIT_EXPECT_TRUE(test, nat64_session_diff(word) == d);
		}
}

#define RANDOM_REMOTES 64

/* Sessions come and go at random; a naive table says which there are. */
static void random_sessions_agree_with_a_naive_table(struct kunit *test)
{
	struct nat64_bib *bib = fixture_static(test, NAT64_UDP, 1, 2000,
					       "192.0.2.2", 2000);
	bool naive[RANDOM_REMOTES] = {};
	struct rnd_state rnd;
	u32 n = 0;
	int i;

	test_seed(test, &rnd);
	for (i = 0; i < 5000; i++) {
		u32 r = prandom_u32_state(&rnd),
		    remote = (r >> 8) % RANDOM_REMOTES;
		char text[INET_ADDRSTRLEN];

		snprintf(text, sizeof(text), "198.51.100.%u", remote);
		KUNIT_ASSERT_EQ(test, !!fixture_find(test, bib, text, 9),
				naive[remote]);
		if (r & 1) {
			KUNIT_ASSERT_FALSE(test, IS_ERR(fixture_add(test, bib,
								    text, 9)));
			n += !naive[remote];
			naive[remote] = true;
		} else {
			KUNIT_ASSERT_EQ(test, close_remote(test, bib, text),
					naive[remote]);
			n -= naive[remote];
			naive[remote] = false;
		}
		KUNIT_ASSERT_EQ(test, bib->n_sessions, n);
		KUNIT_ASSERT_EQ(test, fixture_sessions(test), n);
	}
}

/*
 * No memory, at each allocation in turn: a session and its remote. Between them
 * are some of the allocator itself, now and then, which it can do without.
 */
static void an_add_without_memory_adds_nothing(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	unsigned long failed = 0;
	int i, made = 1;

	fault_init(test);
	for (i = 0; i < 32; i++) {
		struct nat64_session *ses;
		char remote[16];

		scnprintf(remote, sizeof(remote), "198.51.100.%d", 2 + i);
		fault_begin(1 + i % 8);
		ses = fixture_add(test, bib, remote, 80);
		fault_end();
		if (!IS_ERR(ses)) {
			made++;
			continue;
		}
		failed |= BIT(i % 8);
		KUNIT_EXPECT_EQ(test, PTR_ERR(ses), -ENOMEM);
		KUNIT_EXPECT_NULL(test, fixture_find(test, bib, remote, 80));
		KUNIT_EXPECT_FALSE(test, has_remote(test, bib, remote));
	}
	KUNIT_EXPECT_GE(test, hweight_long(failed), 2);
	KUNIT_EXPECT_EQ(test, bib->n_sessions, made);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), made);
}

#define CROWD 1000
#define VISITS 10

/* An entry with CROWD sessions besides its first, of two remotes in turn. */
static struct nat64_bib *crowd(struct kunit *test)
{
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	int i;

	for (i = 0; i < CROWD; i++)
		fixture_add(test, bib, i & 1 ? "198.51.100.2" : "198.51.100.3",
			    1000 + i);
	KUNIT_ASSERT_EQ(test, bib->n_sessions, 1 + CROWD);
	return bib;
}

/* One budget; returns how many ended. */
static u32 close_budget(struct kunit *test, struct nat64_bib *bib,
			const char *remote, struct nat64_walk_budget *budget)
{
	__be32 addr = test_addr4(remote);
	struct fixture *fx = test->priv;
	u32 n;

	fixture_enter();
	fixture_budget(budget, VISITS);
	n = nat64_bib_close_sessions(&fx->inst, bib, budget, is_remote, &addr);
	fixture_leave();
	return n;
}

/* However many an entry has, few end at once, and those that do not stay. */
static void many_sessions_end_in_slices(struct kunit *test)
{
	struct nat64_bib *bib = crowd(test);
	struct nat64_walk_budget budget = {};
	u32 n, slices = 0, sum = 0;

	do {
		n = close_budget(test, bib, "198.51.100.2", &budget);
		KUNIT_EXPECT_LE(test, n, 1 + VISITS);
		sum += n;
		slices++;
	} while (budget.within && slices < 2 * CROWD);
	KUNIT_EXPECT_EQ(test, sum, CROWD / 2);
	KUNIT_EXPECT_GE(test, slices, CROWD / (1 + VISITS));
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 1 + CROWD / 2);
	KUNIT_EXPECT_NULL(test, fixture_find(test, bib, "198.51.100.2", 1001));
	KUNIT_EXPECT_NOT_NULL(test, fixture_find(test, bib, "198.51.100.3",
						 1998));
}

/* Between slices the session that is next ends, and others come. */
static void a_walk_goes_on_when_its_place_is_gone(struct kunit *test)
{
	struct nat64_bib *bib = crowd(test);
	struct nat64_walk_budget budget = {}, whole = {};
	struct fixture *fx = test->priv;
	int i, slices = 0;
	u32 sum = 0;

	do {
		sum += close_budget(test, bib, "198.51.100.2", &budget);
		if (budget.within && slices < 20) {
			__be32 dst4 = budget.dst4;

			fixture_enter();
			fixture_budget(&whole, 1);
			whole.within = true;
			whole.dst4 = budget.dst4;
			whole.dport = budget.dport;
			sum += dst4 == test_addr4("198.51.100.2");
			nat64_bib_close_sessions(&fx->inst, bib, &whole,
						 is_remote, &dst4);
			fixture_leave();
		}
		fixture_add(test, bib, "198.51.100.4", 1000 + slices++);
	} while (budget.within && slices < 2 * CROWD);
	KUNIT_EXPECT_FALSE(test, budget.within);
	KUNIT_EXPECT_EQ(test, sum, CROWD / 2);
	for (i = 1; i < CROWD; i += 2)
		KUNIT_EXPECT_NULL(test, fixture_find(test, bib, "198.51.100.2",
						     1000 + i));
}

/* An entry is removed in slices as well: no session comes any more. */
static void an_entry_with_many_sessions_goes_in_slices(struct kunit *test)
{
	struct nat64_bib *bib = crowd(test);
	struct nat64_walk_budget budget = {};
	struct fixture *fx = test->priv;
	struct nat64_session *added = NULL;
	u32 before, slices = 0;
	bool done;

	do {
		before = bib->n_sessions;
		fixture_enter();
		fixture_budget(&budget, VISITS);
		done = nat64_bib_remove(&fx->inst, bib, &budget);
		if (!done)
			before -= bib->n_sessions;
		fixture_leave();
		/* Its first one, and one even without a visit left. */
		KUNIT_EXPECT_LE(test, before, 2 + VISITS);
		if (!done)
			added = fixture_add(test, bib, "198.51.100.4", 80);
		KUNIT_EXPECT_EQ(test, PTR_ERR(added), -ENOENT);
		slices++;
	} while (!done && slices < 2 * CROWD);
	KUNIT_EXPECT_GE(test, slices, CROWD / (2 + VISITS));
	KUNIT_EXPECT_NULL(test, fixture_find6(test, NAT64_UDP, 1, 4000));
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 0);
	KUNIT_EXPECT_EQ(test, fixture_bibs(test), 0);
	KUNIT_EXPECT_EQ(test, fixture_stat(test, NAT64_STAT_SESSION_EXPIRED),
			1 + CROWD);
}

/* What links an entry that waits to be freed is not taken for a session. */
static void an_entry_that_is_gone_has_no_sessions(struct kunit *test)
{
	__be32 dst4 = test_addr4("198.51.100.2");
	struct nat64_bib *before = fixture_bib(test, NAT64_UDP, 1, 4000);
	struct nat64_bib *bib = fixture_bib(test, NAT64_UDP, 1, 4001);
	struct fixture *fx = test->priv;
	struct nat64_walk_budget budget = {};

	fixture_add(test, bib, "198.51.100.2", 80);
	/* Nothing is freed until this leaves. */
	fixture_enter();
	KUNIT_EXPECT_NOT_NULL(test, nat64_session_others(bib));
	KUNIT_EXPECT_TRUE(test, fixture_remove_bib(test, before, true));
	KUNIT_EXPECT_TRUE(test, fixture_remove_bib(test, bib, true));
	KUNIT_EXPECT_PTR_EQ(test, bib->link.next, &before->link);
	KUNIT_EXPECT_NULL(test, nat64_session_others(bib));
	KUNIT_EXPECT_FALSE(test, nat64_session_has_remote(&fx->inst, bib,
							  fx->cfg, dst4));
	fixture_budget(&budget, INT_MAX);
	KUNIT_EXPECT_NULL(test, nat64_session_next(bib, &budget, &bib->first));
	fixture_leave();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_session_is_found_by_its_remote),
	KUNIT_CASE(a_second_add_returns_the_first),
	KUNIT_CASE(an_entry_has_a_limit_of_sessions), /* 6146-17 */
	KUNIT_CASE(an_instance_has_a_limit_of_sessions), /* 6146-17 */
	KUNIT_CASE(an_entry_that_has_ended_takes_no_session),
	KUNIT_CASE(has_remote_looks_at_addresses_that_live),
	KUNIT_CASE(a_remote_goes_with_its_last_session),
	KUNIT_CASE(the_sessions_are_not_searched_for_a_remote),
	KUNIT_CASE(the_last_session_takes_the_entry_with_it),
	KUNIT_CASE(the_entry_outlives_its_first_session),
	KUNIT_CASE(a_static_entry_outlives_its_sessions),
	KUNIT_CASE(a_segment_does_not_revive_a_session),
	KUNIT_CASE(a_closed_session_is_reopened),
	KUNIT_CASE_PARAM(a_segment_moves_its_session,
			 tcp_gen_params), /* 7857-2 */
	KUNIT_CASE(the_rst_key_is_obeyed), /* D2 */
	KUNIT_CASE(refresh_writes_once_a_second),
	KUNIT_CASE_PARAM(a_session_expires_when_its_lifetime_ends,
			 expired_gen_params),
	KUNIT_CASE_PARAM(a_session_seen_in_the_future_lives,
			 expired_gen_params),
	KUNIT_CASE(the_age_is_right_across_the_wrap),
	KUNIT_CASE(pool6_csum_holds_index_and_difference),
	KUNIT_CASE(random_sessions_agree_with_a_naive_table),
	KUNIT_CASE(an_add_without_memory_adds_nothing),
	KUNIT_CASE(many_sessions_end_in_slices),
	KUNIT_CASE(a_walk_goes_on_when_its_place_is_gone),
	KUNIT_CASE(an_entry_with_many_sessions_goes_in_slices),
	KUNIT_CASE(an_entry_that_is_gone_has_no_sessions),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_session",
	.init = fixture_init_address,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
