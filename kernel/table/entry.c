// SPDX-License-Identifier: GPL-2.0
/* entry.c - memory, locks and state transitions of BIB entries */
#include "table/entry.h"

#include <linux/hash.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include "table/reclaim.h"

/*
 * Hashed locks: a 64-byte entry has no room for its own. Never nest two.
 */
#define NAT64_BIB_LOCK_BITS 10
#define NAT64_BIB_LOCKS BIT(NAT64_BIB_LOCK_BITS)

static spinlock_t bib_lock[NAT64_BIB_LOCKS];
static struct kmem_cache *bib_cache;
static struct kmem_cache *bib_acct_cache;
static struct nat64_reclaim bibs_dead;

/**
 * nat64_bib_lock - return the lock of an entry and its sessions
 * @bib: the entry
 *
 * It protects the states of both, and the list of sessions.
 *
 * Return: the lock, to be taken with softirqs off.
 */
spinlock_t *nat64_bib_lock(const struct nat64_bib *bib)
{
	return &bib_lock[hash_ptr(bib, NAT64_BIB_LOCK_BITS)];
}

static void nat64_bib_free_link(struct llist_node *link)
{
	nat64_bib_free(container_of(link, struct nat64_bib, link));
}

/**
 * nat64_entry_init - create the caches and locks that all instances share
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_entry_init(void)
{
	unsigned int i;

	BUILD_BUG_ON(sizeof(struct nat64_bib) > 64);
	for (i = 0; i < NAT64_BIB_LOCKS; i++)
		spin_lock_init(&bib_lock[i]);
	nat64_reclaim_init(&bibs_dead, nat64_bib_free_link);
	bib_cache = kmem_cache_create("nat64_bib", sizeof(struct nat64_bib), 64,
				      0, NULL);
	if (!bib_cache)
		return -ENOMEM;
	bib_acct_cache = kmem_cache_create("nat64_bib_acct",
					   sizeof(struct nat64_bib_acct), 64, 0,
					   NULL);
	if (bib_acct_cache)
		return 0;
	kmem_cache_destroy(bib_cache);
	return -ENOMEM;
}

/**
 * nat64_entry_exit - undo nat64_entry_init(); no entry is in a table
 */
void nat64_entry_exit(void)
{
	nat64_reclaim_flush(&bibs_dead);
	kmem_cache_destroy(bib_acct_cache);
	kmem_cache_destroy(bib_cache);
}

/**
 * nat64_bib_zalloc - allocate a BIB entry
 * @has_acct: with room for accounting, which starts now
 *
 * Return: the entry, all zero, or NULL.
 */
struct nat64_bib *nat64_bib_zalloc(bool has_acct)
{
	struct nat64_bib_acct *r;

	if (!has_acct)
		return kmem_cache_zalloc(bib_cache, GFP_ATOMIC | __GFP_NOWARN);
	r = kmem_cache_zalloc(bib_acct_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!r)
		return NULL;
	r->began = ktime_get_real_ns();
	r->bib.first.flags = NAT64_SESSION_HAS_ACCT;
	return &r->bib;
}

/**
 * nat64_bib_free - free an entry that was never in a table
 * @bib: the entry
 */
void nat64_bib_free(struct nat64_bib *bib)
{
	kmem_cache_free(bib->first.flags & NAT64_SESSION_HAS_ACCT ?
				bib_acct_cache :
				bib_cache,
			bib);
}

/* The states from which each may be reached; entry.h has the diagram. */
static const u8 nat64_bib_state_from[] = {
	[NAT64_BIB_LIVE] = BIT(NAT64_BIB_NEW) | BIT(NAT64_BIB_PINNED),
	[NAT64_BIB_PINNED] = BIT(NAT64_BIB_LIVE),
	[NAT64_BIB_DEAD] = BIT(NAT64_BIB_LIVE) | BIT(NAT64_BIB_PINNED),
	[NAT64_BIB_UNLINKED] = BIT(NAT64_BIB_NEW) | BIT(NAT64_BIB_DEAD),
};

/**
 * nat64_bib_set_state - change the state of an entry
 * @bib: the entry, locked
 * @state: the new state
 *
 * Return: false if @state does not follow the present state.
 */
bool nat64_bib_set_state(struct nat64_bib *bib, enum nat64_bib_state state)
{
	lockdep_assert_held(nat64_bib_lock(bib));
	if (!(nat64_bib_state_from[state] & BIT(bib->state)))
		return false;
	WRITE_ONCE(bib->state, state);
	return true;
}

/**
 * nat64_bib_free_rcu - free an entry that has left all tables
 * @bib: the entry, without sessions
 *
 * Context: softirqs off. The memory is freed after an RCU grace period.
 */
void nat64_bib_free_rcu(struct nat64_bib *bib)
{
	bool done;

	spin_lock(nat64_bib_lock(bib));
	WARN_ON_ONCE(bib->n_sessions);
	done = nat64_bib_set_state(bib, NAT64_BIB_UNLINKED);
	spin_unlock(nat64_bib_lock(bib));
	if (WARN_ON_ONCE(!done))
		return;
	/* Pairs with nat64_session_others(). */
	smp_wmb();
	nat64_reclaim(&bibs_dead, &bib->link);
}
