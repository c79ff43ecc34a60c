// SPDX-License-Identifier: GPL-2.0
/* incoming_syn_kunit.c - SYNs that nobody waits for yet (RFC 6146 s3.5.2.2) */
#include "fixture.h"
#include "fault.h"

#include <linux/netdevice.h>
#include <linux/netfilter.h>

/* What fails by order fails without a report. */
#define kmalloc(size, gfp) kmalloc(size, (gfp) | __GFP_NOWARN)

#include "../../kernel/path/incoming_syn.c"

#define SYNS 8

/* The errors that would have been sent, and about what. */
static struct {
	const struct sk_buff *skb[2 * SYNS];
	int type, code, n;
} answers;

void nat64_icmp_error(struct nat64_instance *inst,
		      const struct nat64_config *cfg, struct nat64_pkt *pkt)
{
	if (answers.n < ARRAY_SIZE(answers.skb))
		answers.skb[answers.n] = pkt->skb;
	answers.n++;
	answers.type = pkt->reply_type;
	answers.code = pkt->reply_code;
}

static int syn_init(struct kunit *test)
{
	int err = fixture_init(test);
	struct fixture *fx = test->priv;

	if (err)
		return err;
	memset(&answers, 0, sizeof(answers));
	fx->inst.syns = nat64_syns_alloc();
	return fx->inst.syns ? 0 : -ENOMEM;
}

static void syn_exit(struct kunit *test)
{
	struct fixture *fx = test->priv;

	if (fx)
		nat64_syns_free(&fx->inst);
	fixture_exit(test);
}

/* From 198.51.100.PEER:PORT to 192.0.2.1:TO. */
static struct nat64_pkt syn_pkt(u8 peer, u16 port, u16 to)
{
	struct nat64_pkt pkt = {
		.proto = NAT64_TCP,
		.t4 = {
			.saddr = htonl(0xc6336400 | peer),
			.sport = htons(port),
			.daddr = htonl(0xc0000201),
			.dport = htons(to),
		},
	};

	return pkt;
}

/*
 * Store a SYN; the caller has a reference of its own to the skb, so that it can
 * see when the other goes.
 */
static struct sk_buff *syn_store(struct kunit *test, struct nat64_pkt *pkt,
				 enum nat64_verdict expected)
{
	struct fixture *fx = test->priv;
	enum nat64_verdict verdict;
	struct sk_buff *skb;

	skb = alloc_skb(64, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb->dev = init_net.loopback_dev;
	pkt->skb = skb_get(skb);
	fixture_enter();
	verdict = nat64_syn_store(&fx->inst, fx->cfg, pkt);
	fixture_leave();
	KUNIT_EXPECT_EQ(test, (int)verdict, (int)expected);
	KUNIT_EXPECT_EQ(test, refcount_read(&skb->users), 2);
	/* The caller drops what is not held. */
	if (verdict != NAT64_HELD)
		kfree_skb(skb);
	return skb;
}

/* Is nobody else's reference left? Ours goes as well. */
static void expect_freed(struct kunit *test, struct sk_buff *skb)
{
	KUNIT_EXPECT_EQ(test, refcount_read(&skb->users), 1);
	kfree_skb(skb);
}

/* A SYN of the inside host to that peer, from the mapping 192.0.2.1:FROM. */
static struct nat64_pkt inside_syn(u8 peer, u16 port, u16 from)
{
	struct nat64_pkt out = syn_pkt(peer, port, from), pkt = out;

	pkt.t4.saddr = out.t4.daddr;
	pkt.t4.sport = out.t4.dport;
	pkt.t4.daddr = out.t4.saddr;
	pkt.t4.dport = out.t4.sport;
	return pkt;
}

static bool syn_take(struct kunit *test, u8 peer, u16 port, u16 from)
{
	struct nat64_pkt pkt = inside_syn(peer, port, from);
	struct fixture *fx = test->priv;
	bool taken;

	fixture_enter();
	taken = nat64_syn_take(&fx->inst, &pkt);
	fixture_leave();
	return taken;
}

/* The port that the peer tried, or -1. */
static int syn_wanted(struct kunit *test, u8 peer, u16 port)
{
	struct nat64_pkt pkt = inside_syn(peer, port, 0);
	struct fixture *fx = test->priv;
	__be32 addr = 0;
	__be16 to = 0;
	bool wanted;

	pkt.t4.saddr = 0;
	fixture_enter();
	wanted = nat64_syn_wanted(&fx->inst, &pkt, &addr, &to);
	fixture_leave();
	if (!wanted)
		return -1;
	test_same_addr4(test, addr, htonl(0xc0000201));
	return ntohs(to);
}

static u32 syn_count(struct kunit *test)
{
	struct fixture *fx = test->priv;

	return fx->inst.syns->n;
}

/* Make the oldest @n as old as @age. */
static void syn_age(struct kunit *test, int n, u32 age)
{
	struct fixture *fx = test->priv;
	struct nat64_syn *syn;

	list_for_each_entry(syn, &fx->inst.syns->age, age)
		if (n-- > 0)
			syn->since = (u32)jiffies - age;
}

/* 6146 s3.5.2.2: it is kept, and tells the inside host's SYN its address. */
static void a_syn_is_kept_and_taken(struct kunit *test)
{
	struct nat64_pkt pkt = syn_pkt(1, 80, 5000);
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, syn_wanted(test, 1, 80), -1);
	KUNIT_EXPECT_FALSE(test, syn_take(test, 1, 80, 5000));
	skb = syn_store(test, &pkt, NAT64_HELD);
	KUNIT_EXPECT_EQ(test, pkt.stat, NAT64_STAT_DROP_SYN_STORED);
	KUNIT_EXPECT_EQ(test, syn_wanted(test, 1, 80), 5000);
	KUNIT_EXPECT_EQ(test, syn_wanted(test, 1, 81), -1);
	KUNIT_EXPECT_EQ(test, syn_wanted(test, 2, 80), -1);
	KUNIT_EXPECT_FALSE(test, syn_take(test, 1, 80, 5001));
	KUNIT_EXPECT_FALSE(test, syn_take(test, 1, 81, 5000));
	KUNIT_EXPECT_FALSE(test, syn_take(test, 2, 80, 5000));
	KUNIT_EXPECT_EQ(test, syn_wanted(test, 1, 80), 5000);
	KUNIT_EXPECT_EQ(test, syn_count(test), 1);
	KUNIT_EXPECT_TRUE(test, syn_take(test, 1, 80, 5000));
	expect_freed(test, skb);
	KUNIT_EXPECT_FALSE(test, syn_take(test, 1, 80, 5000));
	KUNIT_EXPECT_EQ(test, syn_wanted(test, 1, 80), -1);
	KUNIT_EXPECT_EQ(test, syn_count(test), 0);
	KUNIT_EXPECT_EQ(test, answers.n, 0);
}

/* Who sends it again does not take more room, nor gets more time. */
static void a_syn_is_kept_once(struct kunit *test)
{
	struct nat64_pkt pkt = syn_pkt(1, 80, 5000);
	struct nat64_pkt other = syn_pkt(1, 80, 5001);
	struct sk_buff *skb = syn_store(test, &pkt, NAT64_HELD);
	struct fixture *fx = test->priv;

	syn_age(test, 1, 6 * HZ);
	expect_freed(test, syn_store(test, &pkt, NAT64_DROP));
	KUNIT_EXPECT_EQ(test, syn_count(test), 1);
	/* The same peer to another port is another connection. */
	kfree_skb(syn_store(test, &other, NAT64_HELD));
	KUNIT_EXPECT_EQ(test, syn_count(test), 2);
	nat64_syns_expire(&fx->inst);
	expect_freed(test, skb);
	KUNIT_EXPECT_EQ(test, answers.n, 1);
	KUNIT_EXPECT_EQ(test, syn_wanted(test, 1, 80), 5001);
}

/* 6146-17: a bound on what an outsider can make grow */
static void only_so_many_syns_are_kept(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct sk_buff *skb[SYNS];
	struct nat64_pkt pkt;
	int i;

	fx->cfg->keys.maximum_simultaneous_opens = SYNS;
	for (i = 0; i < SYNS; i++) {
		pkt = syn_pkt(i, 80, 5000);
		skb[i] = syn_store(test, &pkt, NAT64_HELD);
	}
	for (i = 0; i < 3; i++) {
		pkt = syn_pkt(100 + i, 80, 5000);
		expect_freed(test, syn_store(test, &pkt, NAT64_DROP));
		KUNIT_EXPECT_EQ(test, pkt.stat, NAT64_STAT_DROP_SYN_LIMIT);
	}
	/* Those that are there stay; one that goes makes room. */
	KUNIT_EXPECT_TRUE(test, syn_take(test, 3, 80, 5000));
	pkt = syn_pkt(100, 80, 5000);
	kfree_skb(syn_store(test, &pkt, NAT64_HELD));
	KUNIT_EXPECT_EQ(test, syn_count(test), SYNS);
	fx->cfg->keys.maximum_simultaneous_opens = 0;
	pkt = syn_pkt(101, 80, 5000);
	expect_freed(test, syn_store(test, &pkt, NAT64_DROP));
	nat64_syns_flush(&fx->inst);
	for (i = 0; i < SYNS; i++)
		expect_freed(test, skb[i]);
}

/* 6146 s3.5.2.2, s4: Port Unreachable after 6 seconds, the oldest first. */
static void a_syn_is_answered_after_six_seconds(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct sk_buff *skb[SYNS];
	struct nat64_pkt pkt;
	int i;

	for (i = 0; i < SYNS; i++) {
		pkt = syn_pkt(i, 80, 5000);
		skb[i] = syn_store(test, &pkt, NAT64_HELD);
	}
	syn_age(test, SYNS, 6 * HZ - HZ / 2);
	nat64_syns_expire(&fx->inst);
	KUNIT_EXPECT_EQ(test, answers.n, 0);
	KUNIT_EXPECT_EQ(test, syn_count(test), SYNS);
	syn_age(test, 3, 6 * HZ);
	nat64_syns_expire(&fx->inst);
	KUNIT_EXPECT_EQ(test, syn_count(test), SYNS - 3);
	syn_age(test, SYNS, 6 * HZ);
	nat64_syns_expire(&fx->inst);
	KUNIT_ASSERT_EQ(test, answers.n, SYNS);
	KUNIT_EXPECT_EQ(test, answers.type, 3);
	KUNIT_EXPECT_EQ(test, answers.code, 3);
	KUNIT_EXPECT_EQ(test, syn_count(test), 0);
	for (i = 0; i < SYNS; i++) {
		KUNIT_EXPECT_PTR_EQ(test, answers.skb[i],
				    (const struct sk_buff *)skb[i]);
		KUNIT_EXPECT_EQ(test, syn_wanted(test, i, 80), -1);
		expect_freed(test, skb[i]);
	}
}

/* The device that it came by has gone: nobody to answer. */
static void a_syn_without_its_device_just_goes(struct kunit *test)
{
	struct nat64_pkt pkt = syn_pkt(1, 80, 5000);
	struct sk_buff *skb = syn_store(test, &pkt, NAT64_HELD);
	struct fixture *fx = test->priv;
	struct nat64_syn *syn;

	syn = list_first_entry(&fx->inst.syns->age, struct nat64_syn, age);
	syn->ifindex = INT_MAX;
	syn_age(test, 1, 7 * HZ);
	nat64_syns_expire(&fx->inst);
	KUNIT_EXPECT_EQ(test, answers.n, 0);
	KUNIT_EXPECT_EQ(test, syn_count(test), 0);
	expect_freed(test, skb);
}

/* A flush, and the end of the instance: silence. */
static void a_flush_forgets_all(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_pkt pkt;
	int i, round;

	for (round = 0; round < 2; round++) {
		struct sk_buff *skb[SYNS];

		for (i = 0; i < SYNS; i++) {
			pkt = syn_pkt(i, i, i);
			skb[i] = syn_store(test, &pkt, NAT64_HELD);
		}
		if (round) {
			nat64_syns_free(&fx->inst);
			fx->inst.syns = NULL;
		} else {
			nat64_syns_flush(&fx->inst);
			KUNIT_EXPECT_EQ(test, syn_count(test), 0);
			KUNIT_EXPECT_EQ(test, syn_wanted(test, 1, 1), -1);
		}
		for (i = 0; i < SYNS; i++)
			expect_freed(test, skb[i]);
	}
	KUNIT_EXPECT_EQ(test, answers.n, 0);
}

static bool marked;

static void mark_destructor(struct sk_buff *skb)
{
	marked = true;
}

/* Nothing that the packet refers to has to live as long. */
static void a_kept_syn_refers_to_nothing(struct kunit *test)
{
	struct nat64_pkt pkt = syn_pkt(1, 80, 5000);
	struct fixture *fx = test->priv;
	struct sk_buff *skb = alloc_skb(64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	marked = false;
	skb->dev = init_net.loopback_dev;
	skb->destructor = mark_destructor;
	pkt.skb = skb;
	fixture_enter();
	KUNIT_EXPECT_EQ(test, (int)nat64_syn_store(&fx->inst, fx->cfg, &pkt),
			(int)NAT64_HELD);
	fixture_leave();
	KUNIT_EXPECT_TRUE(test, marked);
	KUNIT_EXPECT_NULL(test, skb_dst(skb));
}

/* No memory: it is dropped, and the caller frees it. */
static void without_memory_a_syn_is_dropped(struct kunit *test)
{
	struct nat64_pkt pkt = syn_pkt(1, 80, 5000);
	struct fixture *fx = test->priv;
	struct sk_buff *skb;
	bool fired;
	int verdict;

	fault_init(test);
	skb = alloc_skb(64, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb->dev = init_net.loopback_dev;
	pkt.skb = skb;
	fixture_enter();
	fault_begin(1);
	verdict = nat64_syn_store(&fx->inst, fx->cfg, &pkt);
	fired = fault_end();
	fixture_leave();
	KUNIT_EXPECT_TRUE(test, fired);
	KUNIT_EXPECT_EQ(test, verdict, (int)NAT64_DROP);
	KUNIT_EXPECT_EQ(test, pkt.stat, NAT64_STAT_DROP_NO_MEMORY);
	KUNIT_EXPECT_EQ(test, syn_count(test), 0);
	kfree_skb(skb);
}

#define RANDOM_PEERS 40

/* SYNs come and are taken at random, over all buckets; a naive table counts. */
static void random_syns_agree_with_a_naive_table(struct kunit *test)
{
	static bool naive[RANDOM_PEERS][4];
	struct nat64_pkt pkt;
	struct rnd_state rnd;
	u32 i, n = 0;

	test_seed(test, &rnd);
	memset(naive, 0, sizeof(naive));
	for (i = 0; i < 5000; i++) {
		u32 r = prandom_u32_state(&rnd);
		u32 peer = (r >> 8) % RANDOM_PEERS, to = (r >> 16) & 3;
		bool *there = &naive[peer][to];

		if (r & 1) {
			pkt = syn_pkt(peer, 80 + peer, 5000 + to);
			kfree_skb(syn_store(test, &pkt, *there ? NAT64_DROP :
							NAT64_HELD));
			n += !*there;
			*there = true;
		} else {
			KUNIT_ASSERT_EQ(test, syn_take(test, peer, 80 + peer,
						       5000 + to), *there);
			n -= *there;
			*there = false;
		}
		KUNIT_ASSERT_EQ(test, syn_count(test), n);
		KUNIT_ASSERT_EQ(test, syn_wanted(test, peer, 80 + peer) >= 0,
				naive[peer][0] || naive[peer][1] ||
				naive[peer][2] || naive[peer][3]);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_syn_is_kept_and_taken), /* 5382-4 */
	KUNIT_CASE(a_syn_is_kept_once), /* 5382-4 */
	KUNIT_CASE(only_so_many_syns_are_kept), /* 6146-17 */
	KUNIT_CASE(a_syn_is_answered_after_six_seconds), /* 5382-4 */
	KUNIT_CASE(a_syn_without_its_device_just_goes),
	KUNIT_CASE(a_flush_forgets_all),
	KUNIT_CASE(a_kept_syn_refers_to_nothing),
	KUNIT_CASE(without_memory_a_syn_is_dropped),
	KUNIT_CASE(random_syns_agree_with_a_naive_table),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_incoming_syn",
	.init = syn_init,
	.exit = syn_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
