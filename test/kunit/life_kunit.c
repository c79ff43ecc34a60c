// SPDX-License-Identifier: GPL-2.0
/*
 * life_kunit.c - the life of BIB entries and sessions, on two CPUs
 *
 * What another CPU does between two steps of a packet is done there by a
 * function: when the packet is about to lock an entry, or has just left a bucket
 * of the IPv6 side. The packet is given to what a real one passes.
 */
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <kunit/test.h>

static void window_lock(spinlock_t *lock);
static void window_unlock(spinlock_t *lock);

#define spin_lock(lock) do {			\
		spinlock_t *_wanted = (lock);	\
						\
		window_lock(_wanted);		\
		spin_lock(_wanted);		\
	} while (0)
#define spin_unlock(lock) do {			\
		spinlock_t *_left = (lock);	\
						\
		spin_unlock(_left);		\
		window_unlock(_left);		\
	} while (0)

#include "fixture.h"
#include "../../kernel/packet/l4csum.c"
#include "../../kernel/path/filtering.c"
#include "../../kernel/path/incoming_syn.c"

#define HOST 1
#define PORT 4000
#define REMOTE "198.51.100.1"
#define OTHER "198.51.100.2"

void nat64_icmp_error(struct nat64_instance *inst,
		      const struct nat64_config *cfg, struct nat64_pkt *pkt)
{
}

bool nat64_is_own4(const struct nat64_instance *inst,
		   const struct nat64_config *cfg, struct nat64_pkt *pkt,
		   const struct nat64_bib *bib, bool refused)
{
	return false;
}

void nat64_note_session(const struct nat64_config *cfg,
			const struct nat64_pkt *pkt, bool from6,
			const struct nat64_flow *flow)
{
}

void nat64_note_key(const struct nat64_pkt *pkt, enum nat64_config_attr key)
{
}

void nat64_note_mapping(const struct nat64_pkt *pkt,
			const struct nat64_port_alloc *alloc, bool wanted)
{
}

void nat64_note_state(const struct nat64_pkt *pkt, enum nat64_step step,
		      enum nat64_state state)
{
}

/* What the other CPU does, once, and where this one is then. */
static struct {
	struct kunit *test;
	void (*lock)(struct kunit *test);
	void (*bucket)(struct kunit *test);
	/* It would have had to wait for this CPU. */
	bool waits;
} window;

static void window_lock(spinlock_t *lock)
{
	void (*other)(struct kunit *test) = window.lock;

	if (!other || lock < bib_lock || lock >= bib_lock + NAT64_BIB_LOCKS)
		return;
	window.lock = NULL;
	other(window.test);
}

static void window_unlock(spinlock_t *lock)
{
	void (*other)(struct kunit *test) = window.bucket;
	struct fixture *fx;

	if (!other)
		return;
	fx = window.test->priv;
	if (lock < fx->inst.bibs.lock ||
	    lock >= fx->inst.bibs.lock + NAT64_BUCKETS_MIN)
		return;
	window.bucket = NULL;
	other(window.test);
}

static int life_init(struct kunit *test)
{
	struct fixture *fx;
	int err;

	memset(&window, 0, sizeof(window));
	window.test = test;
	err = fixture_init_address(test);
	if (err)
		return err;
	fx = test->priv;
	fx->inst.syns = nat64_syns_alloc();
	return fx->inst.syns ? 0 : -ENOMEM;
}

static void life_exit(struct kunit *test)
{
	struct fixture *fx = test->priv;

	KUNIT_EXPECT_PTR_EQ(test, window.lock, NULL);
	KUNIT_EXPECT_PTR_EQ(test, window.bucket, NULL);
	memset(&window, 0, sizeof(window));
	if (fx)
		nat64_syns_free(&fx->inst);
	fixture_exit(test);
}

struct packet {
	struct sk_buff skb;
	struct nat64_pkt pkt;
};

static struct packet *packet(struct kunit *test, enum nat64_proto proto,
			     u8 tcp_flags)
{
	struct packet *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->pkt.skb = &p->skb;
	p->pkt.proto = proto;
	p->pkt.tcp_flags = tcp_flags;
	return p;
}

/* A packet of HOST to PORT of @remote. */
static enum nat64_verdict out(struct kunit *test, enum nat64_proto proto,
			      const char *remote, u8 tcp_flags)
{
	struct nat64_pkt *pkt = &packet(test, proto, tcp_flags)->pkt;
	struct fixture *fx = test->priv;
	struct nat64_flow flow;
	enum nat64_verdict verdict;

	pkt->t6.saddr = fixture_host(HOST);
	pkt->t6.sport = htons(PORT);
	pkt->t6.dport = htons(80);
	pkt->t4.daddr = test_addr4(remote);
	pkt->t4.dport = htons(80);
	fixture_enter();
	nat64_lookup64(&fx->inst, pkt, &flow);
	verdict = nat64_filter64(&fx->inst, fx->cfg, pkt, &flow);
	fixture_leave();
	return verdict;
}

/* A packet of port 80 of @remote to an entry. */
static enum nat64_verdict in(struct kunit *test, const struct nat64_bib *bib,
			     const char *remote, u8 tcp_flags)
{
	struct nat64_pkt *pkt = &packet(test, bib->key.proto, tcp_flags)->pkt;
	struct fixture *fx = test->priv;
	struct nat64_flow flow;
	enum nat64_verdict verdict;

	pkt->t4.saddr = test_addr4(remote);
	pkt->t4.sport = htons(80);
	pkt->t4.daddr = bib->addr4;
	pkt->t4.dport = bib->port4;
	fixture_enter();
	nat64_lookup46(&fx->inst, pkt, &flow);
	verdict = nat64_filter46(&fx->inst, fx->cfg, pkt, &flow);
	fixture_leave();
	return verdict;
}

static struct nat64_bib *the_bib(struct kunit *test, enum nat64_proto proto)
{
	struct nat64_bib *bib = fixture_find6(test, proto, HOST, PORT);

	KUNIT_ASSERT_NOT_NULL(test, bib);
	return bib;
}

/* The sessions that can be found, and no others, are counted. */
static void expect_sessions(struct kunit *test, u32 n)
{
	struct fixture *fx = test->priv;

	KUNIT_EXPECT_EQ(test, fixture_sessions(test), n);
	KUNIT_EXPECT_EQ(test,
			fixture_stat(test, NAT64_STAT_SESSION_CREATED) -
			fixture_stat(test, NAT64_STAT_SESSION_EXPIRED), n);
	fixture_enter();
	fixture_leave();
	KUNIT_EXPECT_LE(test, atomic_read(&fx->inst.sessions.nelems), n);
}

/* All lifetimes are over, and expiry passes: nothing is left. */
static void expect_end(struct kunit *test)
{
	struct fixture *fx = test->priv;
	int proto, state;

	for (proto = 0; proto < NAT64_PROTOS; proto++)
		for (state = 0; state < __NAT64_STATE_MAX; state++)
			fx->cfg->timeout[proto][state] = 0;
	/* An established connection has another lifetime, after a probe. */
	fixture_expire(test);
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, fixture_sessions(test), 0);
	KUNIT_EXPECT_EQ(test, fixture_bibs(test), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&fx->inst.sessions.nelems), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&fx->inst.hosts6.nelems), 0);
}

static struct nat64_session *ses_of(struct kunit *test, struct nat64_bib *bib,
				    const char *remote)
{
	struct nat64_session *ses = fixture_find(test, bib, remote, 80);

	KUNIT_ASSERT_NOT_NULL(test, ses);
	return ses;
}

static void age(struct nat64_session *ses)
{
	ses->last_seen = (u32)jiffies - 10000 * HZ;
}

static void expire(struct kunit *test)
{
	fixture_expire(test);
}

/*
 * A keepalive finds a session whose lifetime is over; expiry takes it out of the
 * tables before the packet begins it again.
 */
static void a_session_that_left_is_not_revived(struct kunit *test)
{
	struct nat64_bib *bib;

	out(test, NAT64_UDP, REMOTE, 0);
	out(test, NAT64_UDP, OTHER, 0);
	bib = the_bib(test, NAT64_UDP);
	age(ses_of(test, bib, OTHER));
	window.lock = expire;
	KUNIT_EXPECT_EQ(test, (int)out(test, NAT64_UDP, OTHER, 0),
			NAT64_CONTINUE);
	KUNIT_EXPECT_NOT_NULL(test, fixture_find(test, bib, OTHER, 80));
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 2);
	expect_sessions(test, 2);
	expect_end(test);
}

static bool is_remote(const struct nat64_bib *bib, struct nat64_session *ses,
		      void *arg)
{
	return ses->dst4 == test_addr4(arg);
}

/* session flush --v4 REMOTE */
static void flush_remote(struct kunit *test, char *remote)
{
	struct nat64_bib *bib = the_bib(test, NAT64_TCP);
	struct fixture *fx = test->priv;
	struct nat64_walk_budget budget = {};

	fixture_enter();
	fixture_budget(&budget, INT_MAX);
	nat64_bib_close_sessions(&fx->inst, bib, &budget, is_remote, remote);
	fixture_leave();
}

static void flush(struct kunit *test)
{
	flush_remote(test, REMOTE);
}

static void flush_other(struct kunit *test)
{
	flush_remote(test, OTHER);
}

/* A SYN finds its session, which is flushed before the SYN acts on it. */
static void a_session_that_rests_is_not_stepped(struct kunit *test)
{
	struct nat64_bib *bib;

	out(test, NAT64_TCP, REMOTE, TCPHDR_SYN);
	out(test, NAT64_TCP, OTHER, TCPHDR_SYN);
	bib = the_bib(test, NAT64_TCP);
	window.lock = flush;
	in(test, bib, REMOTE, TCPHDR_SYN | TCPHDR_ACK);
	KUNIT_EXPECT_EQ(test, bib->first.state, NAT64_STATE_CLOSED);
	KUNIT_EXPECT_EQ(test, bib->n_sessions, 1);
	expect_sessions(test, 1);

	/* Likewise one that is not the first; the entry goes with it. */
	window.lock = flush_other;
	in(test, bib, OTHER, TCPHDR_SYN | TCPHDR_ACK);
	KUNIT_EXPECT_NULL(test, fixture_find6(test, NAT64_TCP, HOST, PORT));
	expect_sessions(test, 0);
	expect_end(test);
}

static void syn_of_the_remote(struct kunit *test)
{
	in(test, the_bib(test, NAT64_TCP), REMOTE, TCPHDR_SYN);
}

static void syn_of_the_host(struct kunit *test)
{
	out(test, NAT64_TCP, REMOTE, TCPHDR_SYN);
}

/* Both ends open at the same time a connection that has ended (s3.5.2.2). */
static void two_that_begin_a_session_establish_it(struct kunit *test)
{
	struct nat64_bib *bib;
	int i;

	out(test, NAT64_TCP, REMOTE, TCPHDR_SYN);
	out(test, NAT64_TCP, OTHER, TCPHDR_SYN);
	bib = the_bib(test, NAT64_TCP);
	for (i = 0; i < 2; i++) {
		flush(test);
		KUNIT_ASSERT_EQ(test, bib->first.state, NAT64_STATE_CLOSED);
		window.lock = i ? syn_of_the_host : syn_of_the_remote;
		if (i)
			in(test, bib, REMOTE, TCPHDR_SYN);
		else
			out(test, NAT64_TCP, REMOTE, TCPHDR_SYN);
		KUNIT_EXPECT_EQ(test, bib->first.state,
				NAT64_STATE_ESTABLISHED);
		KUNIT_EXPECT_EQ(test, bib->n_sessions, 2);
		expect_sessions(test, 2);
	}
	expect_end(test);
}

/* bib del [HOST]:PORT */
static void delete_by_ipv6(struct kunit *test)
{
	struct nat64_bib *bib = the_bib(test, NAT64_UDP);

	window.waits = !IS_ENABLED(CONFIG_LOCKDEP) ||
		       lockdep_is_held(nat64_bib_lock(bib));
	if (window.waits)
		return;
	KUNIT_EXPECT_TRUE(test, fixture_remove_bib(test, bib, true));
}

/*
 * An entry that is in the table of the IPv6 side, and not on its port yet, is
 * deleted: nothing is left on the port or in the counters.
 */
static void an_entry_is_there_on_both_sides_at_once(struct kunit *test)
{
	struct fixture *fx = test->priv;
	unsigned int port, n = 0;

	window.bucket = delete_by_ipv6;
	out(test, NAT64_UDP, REMOTE, 0);
	if (window.waits)
		delete_by_ipv6(test);
	KUNIT_EXPECT_FALSE(test, window.waits);
	for (port = 1; port < 65536; port++)
		n += fixture_find4(test, NAT64_UDP, test_addr4("192.0.2.1"),
				   port) != NULL;
	KUNIT_EXPECT_EQ(test, n, 0);
	KUNIT_EXPECT_NULL(test, fixture_find6(test, NAT64_UDP, HOST, PORT));
	KUNIT_EXPECT_EQ(test, fixture_bibs(test), 0);
	expect_sessions(test, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&fx->inst.hosts6.nelems), 0);
}

static bool match_none(const struct nat64_bib *bib, struct nat64_session *ses,
		       void *arg)
{
	return false;
}

/*
 * A walk has stopped in the middle of an entry, and ends the one that it finds in
 * this place: all its sessions go, not those behind where it stopped.
 */
static void an_end_begins_at_the_first_session(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_walk_budget budget = {};
	struct nat64_bib *bib;
	int i;

	out(test, NAT64_UDP, REMOTE, 0);
	bib = the_bib(test, NAT64_UDP);
	for (i = 0; i < 10; i++)
		fixture_add(test, bib, OTHER, 1000 + i);
	fixture_enter();
	fixture_budget(&budget, 5);
	nat64_bib_close_sessions(&fx->inst, bib, &budget, match_none, NULL);
	KUNIT_EXPECT_TRUE(test, budget.within);
	fixture_budget(&budget, INT_MAX);
	KUNIT_EXPECT_TRUE(test, nat64_bib_remove(&fx->inst, bib, &budget));
	KUNIT_EXPECT_FALSE(test, budget.within);
	fixture_leave();
	KUNIT_EXPECT_EQ(test, atomic_read(&fx->inst.sessions.nelems), 0);
	expect_sessions(test, 0);

	/* Who comes too late does not ask to be called again. */
	fixture_enter();
	budget.within = true;
	KUNIT_EXPECT_FALSE(test, nat64_bib_remove(&fx->inst, bib, &budget));
	KUNIT_EXPECT_FALSE(test, budget.within);
	fixture_leave();
}

/*
 * A static entry that waits for the others of its request may still be undone:
 * no packet leaves by its IPv4 side. TCP and ICMP errors need no session.
 */
static void an_entry_that_rests_translates_nothing(struct kunit *test)
{
	struct nat64_bib_key key = fixture_key(NAT64_TCP, HOST, PORT);
	struct nat64_pkt *pkt = &packet(test, NAT64_TCP, TCPHDR_ACK)->pkt;
	struct fixture *fx = test->priv;
	struct nat64_port_alloc alloc;
	struct nat64_flow flow;
	struct nat64_bib *bib;

	KUNIT_ASSERT_EQ(test, fixture_alloc_fixed(test, NAT64_TCP,
						  test_addr4("192.0.2.1"), 4000,
						  &alloc), 0);
	fixture_enter();
	bib = nat64_bib_create_static(&fx->inst, &key, &alloc);
	KUNIT_EXPECT_PTR_EQ(test, nat64_bib_reserve(&fx->inst, bib), NULL);
	fixture_leave();

	KUNIT_EXPECT_EQ(test, (int)out(test, NAT64_TCP, REMOTE, TCPHDR_ACK),
			(int)NAT64_DROP);
	KUNIT_EXPECT_EQ(test, (int)out(test, NAT64_TCP, REMOTE, TCPHDR_SYN),
			(int)NAT64_DROP);
	pkt->is_error = true;
	flow.bib = bib;
	flow.ses = NULL;
	fixture_enter();
	KUNIT_EXPECT_EQ(test, (int)nat64_filter64(&fx->inst, fx->cfg, pkt,
						  &flow),
			(int)NAT64_DROP);
	nat64_bib_activate(&fx->inst, bib, &alloc);
	KUNIT_EXPECT_EQ(test, (int)nat64_filter64(&fx->inst, fx->cfg, pkt,
						  &flow),
			(int)NAT64_CONTINUE);
	fixture_leave();
	KUNIT_EXPECT_EQ(test, (int)out(test, NAT64_TCP, REMOTE, TCPHDR_ACK),
			(int)NAT64_CONTINUE);
	expect_sessions(test, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_session_that_left_is_not_revived),
	KUNIT_CASE(a_session_that_rests_is_not_stepped),
	KUNIT_CASE(two_that_begin_a_session_establish_it),
	KUNIT_CASE(an_entry_is_there_on_both_sides_at_once),
	KUNIT_CASE(an_end_begins_at_the_first_session),
	KUNIT_CASE(an_entry_that_rests_translates_nothing),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_life",
	.init = life_init,
	.exit = life_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_LICENSE("GPL");
