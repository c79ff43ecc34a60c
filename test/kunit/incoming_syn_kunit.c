// SPDX-License-Identifier: GPL-2.0
/* incoming_syn_kunit.c - unsolicited SYNs (RFC 6146 s3.5.2.2) */
#include "fixture.h"
#include "fault.h"

#include <linux/netdevice.h>
#include <linux/netfilter.h>

/* Injected failures are not reported. */
#define kmalloc(size, gfp) kmalloc(size, (gfp) | __GFP_NOWARN)

#include "../../kernel/path/incoming_syn.c"

#define SYNS 8

/* The errors that would be sent, and about which SYN. */
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
 * Store a SYN; the caller has a reference of its own to the skb, and so notices
 * the release of the other.
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
	/* The caller drops a packet that is not held. */
	if (verdict != NAT64_HELD)
		kfree_skb(skb);
	return skb;
}

/* Check that no other reference is left, and release ours. */
static void expect_freed(struct kunit *test, struct sk_buff *skb)
{
	KUNIT_EXPECT_EQ(test, refcount_read(&skb->users), 1);
	kfree_skb(skb);
}

/* A SYN of the IPv6 host to that remote, mapped to 192.0.2.1:FROM. */
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

/* Check whether the remote has called port FROM of 192.0.2.1. */
static bool syn_wanted(struct kunit *test, u8 peer, u16 port, u16 from)
{
	struct nat64_pkt pkt = inside_syn(peer, port, 0);
	struct fixture *fx = test->priv;
	bool wanted;

	pkt.t4.saddr = 0;
	pkt.t6.sport = htons(from);
	fixture_enter();
	wanted = nat64_syn_wanted(&fx->inst, &pkt, htonl(0xc0000201));
	/* The same port at another address does not match. */
	KUNIT_EXPECT_FALSE(test, nat64_syn_wanted(&fx->inst, &pkt,
						  htonl(0xc0000202)));
	fixture_leave();
	return wanted;
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

/* 6146 s3.5.2.2: it is stored until the SYN of the IPv6 host arrives. */
static void a_syn_is_kept_and_taken(struct kunit *test)
{
	struct nat64_pkt pkt = syn_pkt(1, 80, 5000);
	struct sk_buff *skb;

	KUNIT_EXPECT_FALSE(test, syn_wanted(test, 1, 80, 5000));
	KUNIT_EXPECT_FALSE(test, syn_take(test, 1, 80, 5000));
	skb = syn_store(test, &pkt, NAT64_HELD);
	KUNIT_EXPECT_EQ(test, pkt.stat, NAT64_STAT_DROP_SYN_STORED);
	KUNIT_EXPECT_TRUE(test, syn_wanted(test, 1, 80, 5000));
	/* It selects no port for a host that uses another. */
	KUNIT_EXPECT_FALSE(test, syn_wanted(test, 1, 80, 5001));
	KUNIT_EXPECT_FALSE(test, syn_wanted(test, 1, 81, 5000));
	KUNIT_EXPECT_FALSE(test, syn_wanted(test, 2, 80, 5000));
	KUNIT_EXPECT_FALSE(test, syn_take(test, 1, 80, 5001));
	KUNIT_EXPECT_FALSE(test, syn_take(test, 1, 81, 5000));
	KUNIT_EXPECT_FALSE(test, syn_take(test, 2, 80, 5000));
	KUNIT_EXPECT_TRUE(test, syn_wanted(test, 1, 80, 5000));
	KUNIT_EXPECT_EQ(test, syn_count(test), 1);
	KUNIT_EXPECT_TRUE(test, syn_take(test, 1, 80, 5000));
	expect_freed(test, skb);
	KUNIT_EXPECT_FALSE(test, syn_take(test, 1, 80, 5000));
	KUNIT_EXPECT_FALSE(test, syn_wanted(test, 1, 80, 5000));
	KUNIT_EXPECT_EQ(test, syn_count(test), 0);
	KUNIT_EXPECT_EQ(test, answers.n, 0);
}

/* A retransmission takes no more room and gets no more time. */
static void a_syn_is_kept_once(struct kunit *test)
{
	struct nat64_pkt pkt = syn_pkt(1, 80, 5000);
	struct nat64_pkt other = syn_pkt(1, 80, 5001);
	struct sk_buff *skb = syn_store(test, &pkt, NAT64_HELD);
	struct fixture *fx = test->priv;

	syn_age(test, 1, 6 * HZ);
	expect_freed(test, syn_store(test, &pkt, NAT64_DROP));
	KUNIT_EXPECT_EQ(test, syn_count(test), 1);
	/* From the same remote to another port, it is another connection. */
	kfree_skb(syn_store(test, &other, NAT64_HELD));
	KUNIT_EXPECT_EQ(test, syn_count(test), 2);
	nat64_syns_expire(&fx->inst);
	expect_freed(test, skb);
	KUNIT_EXPECT_EQ(test, answers.n, 1);
	KUNIT_EXPECT_FALSE(test, syn_wanted(test, 1, 80, 5000));
	KUNIT_EXPECT_TRUE(test, syn_wanted(test, 1, 80, 5001));
}

/* 6146-17: a bound on what remote hosts can fill */
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
	/* Stored SYNs stay; one that is removed makes room. */
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

/* A SYN of another /24 than syn_pkt()'s, which may still have the same share. */
static struct nat64_pkt far_pkt(u32 prefix, u16 port, u16 to)
{
	struct nat64_pkt pkt = syn_pkt(1, port, to);

	pkt.t4.saddr = htonl(0x0a000001 + (prefix << 8));
	return pkt;
}

/* Find a prefix, from @prefix on, with another share than syn_pkt()'s. */
static u32 far_prefix(struct kunit *test, u32 prefix)
{
	struct fixture *fx = test->priv;
	struct nat64_syns *syns = fx->inst.syns;

	while (nat64_syn_share(syns, far_pkt(prefix, 0, 0).t4.saddr) ==
	       nat64_syn_share(syns, syn_pkt(0, 0, 0).t4.saddr))
		prefix++;
	return prefix;
}

/* Take the SYN of far_pkt(). */
static bool far_take(struct kunit *test, const struct nat64_pkt *syn)
{
	struct nat64_pkt pkt = {
		.proto = NAT64_TCP,
		.t4 = {
			.saddr = syn->t4.daddr, .sport = syn->t4.dport,
			.daddr = syn->t4.saddr, .dport = syn->t4.sport,
		},
	};
	struct fixture *fx = test->priv;
	bool taken;

	fixture_enter();
	taken = nat64_syn_take(&fx->inst, &pkt);
	fixture_leave();
	return taken;
}

/*
 * 6146-17: a flood of one prefix, from many hosts and ports to many ports, fills
 * the storage only until other prefixes need room: then each has a half, and the
 * SYNs from before the flood are still stored.
 */
static void a_flood_leaves_room_for_others(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_pkt first = syn_pkt(200, 80, 5000), pkt;
	u32 prefix = far_prefix(test, 0);
	int i, mine = 0;

	fx->cfg->keys.maximum_simultaneous_opens = 256;
	kfree_skb(syn_store(test, &first, NAT64_HELD));
	for (i = 0; i < 1000; i++) {
		pkt = syn_pkt(i, i, i);
		kfree_skb(syn_store(test, &pkt, i < 255 ? NAT64_HELD :
							  NAT64_DROP));
		if (i >= 255)
			KUNIT_EXPECT_EQ(test, pkt.stat,
					NAT64_STAT_DROP_SYN_LIMIT);
	}
	KUNIT_EXPECT_EQ(test, syn_count(test), 256);

	/* A remote elsewhere opens connections during the flood. */
	for (i = 0; i < 200; i++) {
		pkt = far_pkt(prefix, 80, i);
		mine += i < 128;
		kfree_skb(syn_store(test, &pkt, i < 128 ? NAT64_HELD :
							  NAT64_DROP));
		pkt = syn_pkt(i, 1000 + i, 5000);
		kfree_skb(syn_store(test, &pkt, NAT64_DROP));
		KUNIT_EXPECT_EQ(test, syn_count(test), 256);
	}
	for (i = 0; i < 128; i++) {
		pkt = far_pkt(prefix, 80, i);
		mine -= far_take(test, &pkt);
	}
	KUNIT_EXPECT_EQ(test, mine, 0);
	KUNIT_EXPECT_TRUE(test, syn_take(test, 200, 80, 5000));
	/* No SYN was answered early. */
	KUNIT_EXPECT_EQ(test, answers.n, 0);
}

/* The share is that of a /24, not of an address. */
static void hosts_of_a_prefix_share(struct kunit *test)
{
	struct fixture *fx = test->priv;
	u32 prefix = far_prefix(test, 0);
	struct nat64_pkt pkt;
	int i;

	fx->cfg->keys.maximum_simultaneous_opens = SYNS;
	for (i = 0; i < SYNS; i++) {
		pkt = syn_pkt(i * 31, 80, 5000);
		kfree_skb(syn_store(test, &pkt, NAT64_HELD));
	}
	for (i = 0; i < SYNS; i++) {
		pkt = far_pkt(prefix, 80 + i, 5000);
		pkt.t4.saddr |= htonl(i << 4);
		kfree_skb(syn_store(test, &pkt, i < SYNS / 2 ? NAT64_HELD :
							       NAT64_DROP));
	}
	KUNIT_EXPECT_EQ(test, syn_count(test), SYNS);
}

/* Shares of random sizes are respected, and the counts are correct. */
static void random_floods_stay_within_the_bound(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_syns *syns = fx->inst.syns;
	struct rnd_state rnd;
	struct nat64_pkt pkt;
	u32 i, share, sum;

	test_seed(test, &rnd);
	for (i = 0; i < 5000; i++) {
		u32 r = prandom_u32_state(&rnd);
		struct sk_buff *skb = alloc_skb(64, GFP_KERNEL);
		int verdict;

		KUNIT_ASSERT_NOT_NULL(test, skb);
		if (!(i % 500))
			fx->cfg->keys.maximum_simultaneous_opens = r >> 24;
		pkt = far_pkt((r & 0xff) * (r & 0x100), r >> 9 & 7, r >> 12);
		skb->dev = init_net.loopback_dev;
		pkt.skb = skb;
		fixture_enter();
		verdict = nat64_syn_store(&fx->inst, fx->cfg, &pkt);
		fixture_leave();
		if (verdict != NAT64_HELD)
			kfree_skb(skb);
		for (share = 0, sum = 0; share < NAT64_SYN_SHARES; share++) {
			struct nat64_syn *syn;
			u32 n = 0;

			hlist_for_each_entry(syn, &syns->shares[share].syns,
					     mate)
				n++;
			KUNIT_ASSERT_EQ(test, syns->shares[share].n, n);
			sum += n;
		}
		KUNIT_ASSERT_EQ(test, syn_count(test), sum);
		KUNIT_ASSERT_LE(test, sum, 256);
	}
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
		KUNIT_EXPECT_FALSE(test, syn_wanted(test, i, 80, 5000));
		expect_freed(test, skb[i]);
	}
}

/* The input device is gone: no answer. */
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

/* A flush and the end of the instance send no errors. */
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
			KUNIT_EXPECT_FALSE(test, syn_wanted(test, 1, 1, 1));
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

/* A stored packet holds no references. */
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

/* SYNs are stored and taken at random, and compared with a naive table. */
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
		KUNIT_ASSERT_EQ(test, syn_wanted(test, peer, 80 + peer,
						 5000 + to), *there);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_syn_is_kept_and_taken), /* 5382-4 */
	KUNIT_CASE(a_syn_is_kept_once), /* 5382-4 */
	KUNIT_CASE(only_so_many_syns_are_kept), /* 6146-17 */
	KUNIT_CASE(a_flood_leaves_room_for_others), /* 6146-17 */
	KUNIT_CASE(hosts_of_a_prefix_share), /* 6146-17 */
	KUNIT_CASE(random_floods_stay_within_the_bound), /* 6146-17 */
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
