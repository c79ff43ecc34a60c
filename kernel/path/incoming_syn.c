// SPDX-License-Identifier: GPL-2.0
/*
 * incoming_syn.c - SYNs from the IPv4 side that nobody waits for yet
 *	(RFC 6146 s3.5.2.2, RFC 5382 REQ-4)
 *
 * The inside host may be about to open the same connection. So a SYN for which
 * there is no BIB entry, or which is filtered by its address, is kept for six
 * seconds. If the SYN of the inside host comes, it gets the transport address
 * that the peer knows, and its session is established; if not, the peer is told
 * that the port is unreachable.
 */
#include "path/path.h"

#include <linux/icmp.h>
#include <linux/list.h>
#include <linux/siphash.h>
#include <linux/slab.h>

/* TCP_INCOMING_SYN, RFC 6146 s4 */
#define NAT64_INCOMING_SYN (6 * HZ)

#define NAT64_SYN_BUCKETS 64

/**
 * struct nat64_syn - a SYN that is kept
 */
struct nat64_syn {
	/** @peer: place in nat64_syns.peers */
	struct hlist_node peer;
	/** @age: place in nat64_syns.age */
	struct list_head age;
	/** @skb: the packet; its device is known by @ifindex only */
	struct sk_buff *skb;
	/** @t4: its addresses and ports */
	struct nat64_tuple4 t4;
	/** @since: jiffies when it came */
	u32 since;
	/** @ifindex: the device that it came by */
	int ifindex;
};

/**
 * struct nat64_syns - the SYNs of an instance
 */
struct nat64_syns {
	/** @lock: protects the other members but @key; softirqs are off */
	spinlock_t lock;
	/** @n: how many there are; read without the lock to see if any */
	unsigned int n;
	/** @age: all, the oldest first */
	struct list_head age;
	/** @key: of the hash of @peers */
	hsiphash_key_t key;
	/** @peers: by the address and port that they came from */
	struct hlist_head peers[NAT64_SYN_BUCKETS];
};

/**
 * nat64_syns_alloc - make room for the SYNs of an instance
 *
 * Return: the room, or NULL; nat64_syns_free() frees it.
 */
struct nat64_syns *nat64_syns_alloc(void)
{
	struct nat64_syns *syns = kzalloc(sizeof(*syns), GFP_KERNEL);

	if (!syns)
		return NULL;
	spin_lock_init(&syns->lock);
	INIT_LIST_HEAD(&syns->age);
	get_random_bytes(&syns->key, sizeof(syns->key));
	return syns;
}

static struct hlist_head *nat64_syn_bucket(struct nat64_syns *syns,
					   __be32 addr, __be16 port)
{
	u32 hash = hsiphash_2u32((__force u32)addr, (__force u32)port,
				 &syns->key);

	return &syns->peers[hash % NAT64_SYN_BUCKETS];
}

/* The SYN from @addr and @port, of those to @to if that is not 0; locked. */
static struct nat64_syn *nat64_syn_find(struct nat64_syns *syns, __be32 addr,
					__be16 port, __be32 to, __be16 to_port)
{
	struct nat64_syn *syn;

	hlist_for_each_entry(syn, nat64_syn_bucket(syns, addr, port), peer)
		if (syn->t4.saddr == addr && syn->t4.sport == port &&
		    (!to || (syn->t4.daddr == to && syn->t4.dport == to_port)))
			return syn;
	return NULL;
}

static void nat64_syn_unlink(struct nat64_syns *syns, struct nat64_syn *syn)
{
	hlist_del(&syn->peer);
	list_del(&syn->age);
	WRITE_ONCE(syns->n, syns->n - 1);
}

static void nat64_syn_free(struct nat64_syn *syn)
{
	kfree_skb(syn->skb);
	kfree(syn);
}

/* Put a SYN into the lists; false if there is no room, or one like it. */
static bool nat64_syn_link(struct nat64_syns *syns, struct nat64_syn *syn,
			   unsigned int max)
{
	const struct nat64_tuple4 *t4 = &syn->t4;
	bool done = false;

	spin_lock(&syns->lock);
	if (syns->n < max && !nat64_syn_find(syns, t4->saddr, t4->sport,
					     t4->daddr, t4->dport)) {
		hlist_add_head(&syn->peer,
			       nat64_syn_bucket(syns, t4->saddr, t4->sport));
		list_add_tail(&syn->age, &syns->age);
		WRITE_ONCE(syns->n, syns->n + 1);
		done = true;
	}
	spin_unlock(&syns->lock);
	return done;
}

/**
 * nat64_syn_store - keep a SYN for a while
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet, with @pkt->t4
 *
 * Context: softirqs off.
 *
 * Return: NAT64_HELD if the skb is kept, or NAT64_DROP.
 */
enum nat64_verdict nat64_syn_store(struct nat64_instance *inst,
				   const struct nat64_config *cfg,
				   struct nat64_pkt *pkt)
{
	unsigned int max = cfg->keys.maximum_simultaneous_opens;
	struct nat64_syns *syns = inst->syns;
	struct nat64_syn *syn;

	if (READ_ONCE(syns->n) >= max)
		return nat64_drop(pkt, NAT64_STAT_DROP_SYN_LIMIT);
	pkt->stat = NAT64_STAT_DROP_SYN_STORED;
	if (unlikely(pkt->trace))
		return NAT64_HELD;
	syn = kmalloc(sizeof(*syn), GFP_ATOMIC | __GFP_NOWARN);
	if (!syn)
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);
	syn->skb = pkt->skb;
	syn->t4 = pkt->t4;
	syn->since = (u32)jiffies;
	syn->ifindex = pkt->skb->dev->ifindex;
	/* Nobody else holds on to what the packet refers to. */
	skb_orphan(pkt->skb);
	skb_dst_drop(pkt->skb);
	nf_reset_ct(pkt->skb);
	if (nat64_syn_link(syns, syn, max))
		return NAT64_HELD;
	kfree(syn);
	return NAT64_DROP;
}

/**
 * nat64_syn_wanted - has a peer tried to connect?
 * @inst: the instance
 * @pkt: a SYN from the IPv6 side, with the peer in @pkt->t4
 * @addr: where to put the address that the peer tried, in network byte order
 * @port: where to put its port, in network byte order
 *
 * Context: softirqs off.
 *
 * Return: true if it has, within the last six seconds.
 */
bool nat64_syn_wanted(struct nat64_instance *inst, const struct nat64_pkt *pkt,
		      __be32 *addr, __be16 *port)
{
	struct nat64_syns *syns = inst->syns;
	struct nat64_syn *syn;

	if (likely(!READ_ONCE(syns->n)))
		return false;
	spin_lock(&syns->lock);
	syn = nat64_syn_find(syns, pkt->t4.daddr, pkt->t4.dport, 0, 0);
	if (syn) {
		*addr = syn->t4.daddr;
		*port = syn->t4.dport;
	}
	spin_unlock(&syns->lock);
	return syn;
}

/**
 * nat64_syn_take - is this the other half of a simultaneous open?
 * @inst: the instance
 * @pkt: a SYN from the IPv6 side, with all of @pkt->t4
 *
 * Context: softirqs off.
 *
 * Return: true if a SYN of the peer was kept; it is forgotten now.
 */
bool nat64_syn_take(struct nat64_instance *inst, const struct nat64_pkt *pkt)
{
	struct nat64_syns *syns = inst->syns;
	struct nat64_syn *syn;

	if (likely(!READ_ONCE(syns->n)))
		return false;
	spin_lock(&syns->lock);
	syn = nat64_syn_find(syns, pkt->t4.daddr, pkt->t4.dport, pkt->t4.saddr,
			     pkt->t4.sport);
	if (syn && !pkt->trace)
		nat64_syn_unlink(syns, syn);
	spin_unlock(&syns->lock);
	if (!syn)
		return false;
	if (!pkt->trace)
		nat64_syn_free(syn);
	return true;
}

/* Nobody opened the connection (RFC 6146 s3.5.2.2, V4 INIT). */
static void nat64_syn_answer(struct nat64_instance *inst, struct nat64_syn *syn)
{
	struct nat64_pkt pkt;

	rcu_read_lock();
	syn->skb->dev = dev_get_by_index_rcu(inst->net, syn->ifindex);
	if (syn->skb->dev) {
		nat64_pkt_begin(&pkt, syn->skb, 0, false);
		nat64_drop_reply(&pkt, NAT64_STAT_DROP_SYN_STORED,
				 ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
		nat64_icmp_error(inst, rcu_dereference(inst->config), &pkt);
	}
	rcu_read_unlock();
}

/* Take out some SYNs that are at least as old as @age; false: there are none. */
static bool nat64_syn_collect(struct nat64_syns *syns, u32 age,
			      struct list_head *old)
{
	struct nat64_syn *syn, *next;
	int left = NAT64_SLICE_VISITS;

	spin_lock_bh(&syns->lock);
	list_for_each_entry_safe(syn, next, &syns->age, age) {
		if (!left-- || (u32)jiffies - syn->since < age)
			break;
		nat64_syn_unlink(syns, syn);
		list_add_tail(&syn->age, old);
	}
	spin_unlock_bh(&syns->lock);
	return !list_empty(old);
}

/**
 * nat64_syns_expire - answer the SYNs whose time is up
 * @inst: the instance
 *
 * Context: process.
 */
void nat64_syns_expire(struct nat64_instance *inst)
{
	struct nat64_syn *syn, *next;
	LIST_HEAD(old);

	while (nat64_syn_collect(inst->syns, NAT64_INCOMING_SYN, &old)) {
		list_for_each_entry_safe(syn, next, &old, age) {
			local_bh_disable();
			nat64_syn_answer(inst, syn);
			local_bh_enable();
			nat64_syn_free(syn);
			cond_resched();
		}
		INIT_LIST_HEAD(&old);
	}
}

/**
 * nat64_syns_flush - forget all SYNs
 * @inst: the instance
 *
 * Context: process.
 */
void nat64_syns_flush(struct nat64_instance *inst)
{
	struct nat64_syn *syn, *next;
	LIST_HEAD(old);

	while (nat64_syn_collect(inst->syns, 0, &old)) {
		list_for_each_entry_safe(syn, next, &old, age)
			nat64_syn_free(syn);
		INIT_LIST_HEAD(&old);
		cond_resched();
	}
}

/**
 * nat64_syns_free - undo nat64_syns_alloc()
 * @inst: the instance, which no packet finds any more
 */
void nat64_syns_free(struct nat64_instance *inst)
{
	if (inst->syns)
		nat64_syns_flush(inst);
	kfree(inst->syns);
}
