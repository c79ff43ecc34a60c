// SPDX-License-Identifier: GPL-2.0
/*
 * incoming_syn.c - unsolicited SYNs from the IPv4 side
 *	(RFC 6146 s3.5.2.2, RFC 5382 REQ-4)
 *
 * The IPv6 host may be about to open the same connection. So a SYN without a BIB
 * entry, or one that a key filters, is stored for six seconds. If a SYN of the
 * IPv6 host comes from the port that was called, it is mapped to that port, and
 * the session is established; if not, the remote endpoint receives Port
 * Unreachable.
 *
 * A SYN is easily forged. It selects no port: it only confirms the one that the
 * IPv6 host uses itself. Nor does it displace SYNs of others: when the storage is
 * full, those of the prefix with the largest share are displaced.
 */
#include "path/path.h"

#include <linux/icmp.h>
#include <linux/list.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include "rfc/rfc6146.h"

#define NAT64_SYN_BUCKETS 256

/* Shares are by the /24 of the source, of which a keyed hash is taken. */
#define NAT64_SYN_SHARES 64
#define NAT64_SYN_PREFIX 24

/**
 * struct nat64_syn - a stored SYN
 */
struct nat64_syn {
	/** @node: node in nat64_syns.buckets */
	struct hlist_node node;
	/** @age: node in nat64_syns.age */
	struct list_head age;
	/** @mate: node in nat64_syn_share.syns */
	struct hlist_node mate;
	/** @skb: the packet; skb->dev is invalid, see @ifindex */
	struct sk_buff *skb;
	/** @t4: its addresses and ports */
	struct nat64_tuple4 t4;
	/** @since: jiffies when it was received */
	u32 since;
	/** @ifindex: the input device */
	int ifindex;
};

/**
 * struct nat64_syn_share - the SYNs from some prefixes
 */
struct nat64_syn_share {
	/** @syns: the SYNs, newest first */
	struct hlist_head syns;
	/** @n: number of @syns; read without the lock as a hint */
	unsigned int n;
};

/**
 * struct nat64_syns - the stored SYNs of an instance
 */
struct nat64_syns {
	/** @lock: protects all other members except @key; softirqs are off */
	spinlock_t lock;
	/** @n: number of SYNs; read without the lock as a hint */
	unsigned int n;
	/** @age: all SYNs, oldest first */
	struct list_head age;
	/** @key: of the hashes of @buckets and @shares */
	hsiphash_key_t key;
	/** @buckets: by addresses and ports */
	struct hlist_head buckets[NAT64_SYN_BUCKETS];
	/** @shares: by prefix of the source */
	struct nat64_syn_share shares[NAT64_SYN_SHARES];
};

/**
 * nat64_syns_alloc - allocate the SYN storage of an instance
 *
 * Return: the storage, or NULL; nat64_syns_free() frees it.
 */
struct nat64_syns *nat64_syns_alloc(void)
{
	struct nat64_syns *syns = kzalloc(sizeof(*syns), GFP_KERNEL_ACCOUNT);

	if (!syns)
		return NULL;
	spin_lock_init(&syns->lock);
	INIT_LIST_HEAD(&syns->age);
	get_random_bytes(&syns->key, sizeof(syns->key));
	return syns;
}

static struct hlist_head *nat64_syn_bucket(struct nat64_syns *syns,
					   const struct nat64_tuple4 *t4)
{
	u32 hash = hsiphash_3u32((__force u32)t4->saddr, (__force u32)t4->daddr,
				 (__force u32)t4->sport << 16 |
				 (__force u32)t4->dport, &syns->key);

	return &syns->buckets[hash % NAT64_SYN_BUCKETS];
}

static struct nat64_syn_share *nat64_syn_share(struct nat64_syns *syns,
					       __be32 saddr)
{
	u32 hash = hsiphash_1u32(ntohl(saddr) >> (32 - NAT64_SYN_PREFIX),
				 &syns->key);

	return &syns->shares[hash % NAT64_SYN_SHARES];
}

/* Look up a SYN by addresses and ports; locked. */
static struct nat64_syn *nat64_syn_find(struct nat64_syns *syns,
					const struct nat64_tuple4 *t4)
{
	struct nat64_syn *syn;

	hlist_for_each_entry(syn, nat64_syn_bucket(syns, t4), node)
		if (syn->t4.saddr == t4->saddr && syn->t4.daddr == t4->daddr &&
		    syn->t4.sport == t4->sport && syn->t4.dport == t4->dport)
			return syn;
	return NULL;
}

static void nat64_syn_unlink(struct nat64_syns *syns, struct nat64_syn *syn)
{
	struct nat64_syn_share *share = nat64_syn_share(syns, syn->t4.saddr);

	hlist_del(&syn->node);
	hlist_del(&syn->mate);
	list_del(&syn->age);
	WRITE_ONCE(share->n, share->n - 1);
	WRITE_ONCE(syns->n, syns->n - 1);
}

static void nat64_syn_free(struct nat64_syn *syn)
{
	kfree_skb(syn->skb);
	kfree(syn);
}

/*
 * The storage is full: find the largest share, from which a SYN is displaced for
 * one more of @share; NULL if none is larger than @share would become.
 */
static struct nat64_syn_share *
nat64_syn_largest(struct nat64_syns *syns, const struct nat64_syn_share *share)
{
	struct nat64_syn_share *largest = NULL;
	unsigned int most = READ_ONCE(share->n) + 1, i;

	for (i = 0; i < NAT64_SYN_SHARES; i++) {
		unsigned int n = READ_ONCE(syns->shares[i].n);

		if (n > most) {
			most = n;
			largest = &syns->shares[i];
		}
	}
	return largest;
}

/* Check whether there is room for one more SYN of @share. */
static bool nat64_syn_has_room(struct nat64_syns *syns,
			       const struct nat64_syn_share *share,
			       unsigned int max)
{
	return max && (READ_ONCE(syns->n) < max ||
		       nat64_syn_largest(syns, share));
}

/*
 * Remove the newest SYN of the largest share: the oldest were there before a
 * flood began. Locked.
 */
static struct nat64_syn *nat64_syn_displace(struct nat64_syns *syns,
					    const struct nat64_syn_share *share)
{
	struct nat64_syn_share *largest = nat64_syn_largest(syns, share);
	struct nat64_syn *syn;

	syn = hlist_entry(largest->syns.first, struct nat64_syn, mate);
	nat64_syn_unlink(syns, syn);
	return syn;
}

/*
 * Insert a SYN, unless it is a duplicate or there is no room. Returns the SYN to
 * free: @syn itself, one that was displaced, or NULL.
 */
static struct nat64_syn *nat64_syn_link(struct nat64_syns *syns,
					struct nat64_syn *syn, unsigned int max,
					enum nat64_stat *stat)
{
	struct nat64_syn_share *share = nat64_syn_share(syns, syn->t4.saddr);
	struct nat64_syn *old = NULL;

	spin_lock(&syns->lock);
	*stat = NAT64_STAT_DROP_SYN_STORED;
	if (nat64_syn_find(syns, &syn->t4)) {
		old = syn;
	} else if (!nat64_syn_has_room(syns, share, max)) {
		*stat = NAT64_STAT_DROP_SYN_LIMIT;
		old = syn;
	} else {
		if (syns->n >= max)
			old = nat64_syn_displace(syns, share);
		hlist_add_head(&syn->node, nat64_syn_bucket(syns, &syn->t4));
		hlist_add_head(&syn->mate, &share->syns);
		list_add_tail(&syn->age, &syns->age);
		WRITE_ONCE(share->n, share->n + 1);
		WRITE_ONCE(syns->n, syns->n + 1);
	}
	spin_unlock(&syns->lock);
	return old;
}

/**
 * nat64_syn_store - store an unsolicited SYN
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet, with @pkt->t4
 *
 * Context: softirqs off.
 *
 * Return: NAT64_HELD if the skb is stored, or NAT64_DROP.
 */
enum nat64_verdict nat64_syn_store(struct nat64_instance *inst,
				   const struct nat64_config *cfg,
				   struct nat64_pkt *pkt)
{
	unsigned int max = cfg->keys.maximum_simultaneous_opens;
	struct nat64_syns *syns = inst->syns;
	struct nat64_syn *syn, *old;

	if (!nat64_syn_has_room(syns, nat64_syn_share(syns, pkt->t4.saddr),
				max))
		return nat64_drop(pkt, NAT64_STAT_DROP_SYN_LIMIT);
	pkt->stat = NAT64_STAT_DROP_SYN_STORED;
	if (nat64_is_dry_run(pkt))
		return NAT64_HELD;
	syn = kmalloc(sizeof(*syn), GFP_ATOMIC | __GFP_NOWARN);
	if (!syn)
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);
	syn->skb = pkt->skb;
	syn->t4 = pkt->t4;
	syn->since = (u32)jiffies;
	syn->ifindex = pkt->skb->dev->ifindex;
	/* The skb outlives its hook: release what only lives as long. */
	skb_orphan(pkt->skb);
	skb_dst_drop(pkt->skb);
	nf_reset_ct(pkt->skb);
	old = nat64_syn_link(syns, syn, max, &pkt->stat);
	if (old == syn) {
		kfree(syn);
		return NAT64_DROP;
	}
	if (old)
		nat64_syn_free(old);
	return NAT64_HELD;
}

/**
 * nat64_syn_wanted - check whether the port of a SYN has been called
 * @inst: the instance
 * @pkt: a SYN from the IPv6 side, with the destination of @pkt->t4
 * @addr: the IPv4 address of the IPv6 host, in network byte order
 *
 * The remote endpoint relies on a NAT that preserves ports (RFC 5128 s3.4): it
 * calls the port that the SYN comes from.
 *
 * Context: softirqs off.
 *
 * Return: true if its SYN is stored.
 */
bool nat64_syn_wanted(struct nat64_instance *inst, const struct nat64_pkt *pkt,
		      __be32 addr)
{
	const struct nat64_tuple4 back = {
		.saddr = pkt->t4.daddr, .sport = pkt->t4.dport,
		.daddr = addr, .dport = pkt->t6.sport,
	};
	struct nat64_syns *syns = inst->syns;
	bool wanted;

	spin_lock(&syns->lock);
	wanted = nat64_syn_find(syns, &back);
	spin_unlock(&syns->lock);
	return wanted;
}

/**
 * nat64_syn_any - check whether any SYNs are stored
 * @inst: the instance
 *
 * Return: true if there are any.
 */
bool nat64_syn_any(const struct nat64_instance *inst)
{
	return READ_ONCE(inst->syns->n);
}

/**
 * nat64_syn_take - check for the other half of a simultaneous open, and free it
 * @inst: the instance
 * @pkt: a SYN from the IPv6 side, with all of @pkt->t4
 *
 * Context: softirqs off.
 *
 * Return: true if a SYN of the remote endpoint was stored.
 */
bool nat64_syn_take(struct nat64_instance *inst, const struct nat64_pkt *pkt)
{
	const struct nat64_tuple4 back = {
		.saddr = pkt->t4.daddr, .sport = pkt->t4.dport,
		.daddr = pkt->t4.saddr, .dport = pkt->t4.sport,
	};
	struct nat64_syns *syns = inst->syns;
	struct nat64_syn *syn;

	if (likely(!nat64_syn_any(inst)))
		return false;
	spin_lock(&syns->lock);
	syn = nat64_syn_find(syns, &back);
	if (syn && !nat64_is_dry_run(pkt))
		nat64_syn_unlink(syns, syn);
	spin_unlock(&syns->lock);
	if (!syn)
		return false;
	if (!nat64_is_dry_run(pkt))
		nat64_syn_free(syn);
	return true;
}

/* Report that no connection was opened (RFC 6146 s3.5.2.2, V4 INIT). */
static void nat64_syn_answer(struct nat64_instance *inst, struct nat64_syn *syn)
{
	struct nat64_pkt pkt;

	rcu_read_lock();
	syn->skb->dev = dev_get_by_index_rcu(inst->net, syn->ifindex);
	if (syn->skb->dev) {
		nat64_pkt_begin(&pkt, syn->skb, 0, false);
		pkt.device = inst->by_device;
		nat64_drop_reply(&pkt, NAT64_STAT_DROP_SYN_STORED,
				 ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
		nat64_icmp_error(inst, rcu_dereference(inst->config), &pkt);
	}
	rcu_read_unlock();
}

/* Remove some SYNs that are at least as old as @age; false: there are none. */
static bool nat64_syn_collect(struct nat64_syns *syns, u32 age,
			      struct list_head *old)
{
	struct nat64_syn *syn, *next;
	int left = NAT64_WALK_VISITS;

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
 * nat64_syns_expire - answer and free the SYNs that have expired
 * @inst: the instance
 *
 * Context: process.
 */
void nat64_syns_expire(struct nat64_instance *inst)
{
	const unsigned long age = NAT64_TCP_INCOMING_SYN * HZ;
	struct nat64_syn *syn, *next;
	LIST_HEAD(old);

	while (nat64_syn_collect(inst->syns, age, &old)) {
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
 * nat64_syns_flush - free all SYNs
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
 * @inst: the instance, which no packet finds any longer
 */
void nat64_syns_free(struct nat64_instance *inst)
{
	if (inst->syns)
		nat64_syns_flush(inst);
	kfree(inst->syns);
}
