// SPDX-License-Identifier: GPL-2.0
/* bib.c - the Binding Information Bases (RFC 6146 s3.1) */
#include "table/bib.h"

#include <linux/hash.h>
#include <linux/slab.h>
#include "table/acct.h"
#include "table/event.h"
#include "table/host6.h"
#include "table/instance.h"
#include "table/reclaim.h"
#include "table/session.h"

/*
 * Locks of entries, shared by those that chance brings together: an entry has no
 * room for one of its own. Nobody holds two.
 */
#define NAT64_BIB_LOCK_BITS 10
#define NAT64_BIB_LOCKS BIT(NAT64_BIB_LOCK_BITS)

static spinlock_t bib_lock[NAT64_BIB_LOCKS];
static struct kmem_cache *bib_cache;
static struct kmem_cache *bib_acct_cache;
static struct nat64_reclaim bibs_dead;

/**
 * nat64_bib_lock - what protects an entry, its sessions' states, and which it has
 * @bib: the entry
 *
 * Return: the lock; to be taken with softirqs off.
 */
spinlock_t *nat64_bib_lock(const struct nat64_bib *bib)
{
	return &bib_lock[hash_ptr(bib, NAT64_BIB_LOCK_BITS)];
}

/* The states that one may follow; bib.h says by whom. */
static const u8 nat64_bib_before[] = {
	[NAT64_BIB_LIVE] = BIT(NAT64_BIB_RESTING) | BIT(NAT64_BIB_PINNED),
	[NAT64_BIB_PINNED] = BIT(NAT64_BIB_LIVE),
	[NAT64_BIB_ENDED] = BIT(NAT64_BIB_LIVE) | BIT(NAT64_BIB_PINNED),
	[NAT64_BIB_GONE] = BIT(NAT64_BIB_RESTING) | BIT(NAT64_BIB_ENDED),
};

/* Let a locked entry go on to @state; false if that does not follow its own. */
static bool nat64_bib_enter(struct nat64_bib *bib, enum nat64_bib_state state)
{
	lockdep_assert_held(nat64_bib_lock(bib));
	if (!(nat64_bib_before[state] & BIT(bib->state)))
		return false;
	WRITE_ONCE(bib->state, state);
	return true;
}

static void nat64_bib_free(struct nat64_bib *bib)
{
	kmem_cache_free(bib->first.flags & NAT64_SESSION_HAS_ACCT ?
				bib_acct_cache :
				bib_cache,
			bib);
}

static void nat64_bib_free_dead(struct llist_node *link)
{
	nat64_bib_free(container_of(link, struct nat64_bib, link));
}

/**
 * nat64_bib_init - what all instances share
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_bib_init(void)
{
	unsigned int i;
	int err;

	BUILD_BUG_ON(sizeof(struct nat64_bib) > 64);
	for (i = 0; i < NAT64_BIB_LOCKS; i++)
		spin_lock_init(&bib_lock[i]);
	err = nat64_bib_hash_init_cache();
	if (err)
		return err;
	bib_cache = kmem_cache_create("nat64_bib", sizeof(struct nat64_bib), 64,
				      0, NULL);
	if (!bib_cache)
		goto err_bib;
	bib_acct_cache = kmem_cache_create("nat64_bib_acct",
					   sizeof(struct nat64_bib_acct), 64, 0,
					   NULL);
	if (!bib_acct_cache)
		goto err_acct;
	nat64_reclaim_init(&bibs_dead, nat64_bib_free_dead);
	return 0;

err_acct:
	kmem_cache_destroy(bib_cache);
err_bib:
	nat64_bib_hash_exit_cache();
	return -ENOMEM;
}

/**
 * nat64_bib_exit - undo nat64_bib_init(); no entry is in a table
 */
void nat64_bib_exit(void)
{
	nat64_reclaim_flush(&bibs_dead);
	kmem_cache_destroy(bib_acct_cache);
	kmem_cache_destroy(bib_cache);
	nat64_bib_hash_exit_cache();
}

/**
 * nat64_bib_table_init - make the table of an instance
 * @inst: the instance
 *
 * Return: 0 or a negative errno.
 */
int nat64_bib_table_init(struct nat64_instance *inst)
{
	return nat64_bib_hash_init(&inst->bibs, &inst->n_bibs);
}

/**
 * nat64_bib_table_exit - free the table of an instance
 * @inst: the instance; its table is empty
 */
void nat64_bib_table_exit(struct nat64_instance *inst)
{
	nat64_bib_hash_exit(&inst->bibs);
}

/**
 * nat64_bib_find6 - the BIB entry of an IPv6 transport address
 * @inst: the instance
 * @key: the IPv6 side
 *
 * Context: RCU read lock.
 *
 * Return: the entry, or NULL.
 */
struct nat64_bib *nat64_bib_find6(struct nat64_instance *inst,
				  const struct nat64_bib_key *key)
{
	return nat64_bib_hash_find(&inst->bibs, key);
}

static struct nat64_bib *nat64_bib_new(bool has_acct)
{
	struct nat64_bib_acct *r;

	if (!has_acct)
		return kmem_cache_zalloc(bib_cache,
					 GFP_ATOMIC | __GFP_NOWARN);
	r = kmem_cache_zalloc(bib_acct_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!r)
		return NULL;
	r->began = ktime_get_real_ns();
	r->bib.first.flags = NAT64_SESSION_HAS_ACCT;
	return &r->bib;
}

/*
 * Make an entry for @alloc and count it for its host; NULL if there is no
 * memory.
 */
static struct nat64_bib *nat64_bib_alloc(struct nat64_instance *inst,
					 const struct nat64_bib_key *key,
					 const struct nat64_port_alloc *alloc,
					 bool has_acct)
{
	struct nat64_bib *bib = nat64_bib_new(has_acct);
	struct nat64_host6 *host6;

	if (!bib)
		return NULL;
	host6 = nat64_host6_get(inst, &key->addr6);
	if (!host6) {
		nat64_bib_free(bib);
		return NULL;
	}
	if (alloc->pairs || !READ_ONCE(host6->addr4))
		nat64_host6_pair(inst, host6, alloc->addr);
	bib->key = *key;
	bib->addr4 = alloc->addr;
	bib->port4 = alloc->port;
	INIT_HLIST_HEAD(&bib->more);
	return bib;
}

/* An entry, whose session has been counted in it, begins; both are told. */
static void nat64_bib_begin(struct nat64_instance *inst, struct nat64_bib *bib,
			    const struct nat64_port_alloc *alloc)
{
	WARN_ON_ONCE(!nat64_bib_enter(bib, NAT64_BIB_LIVE));
	nat64_pool4_publish(alloc, bib);
	nat64_page_due(alloc->page, nat64_session_end(inst, bib, &bib->first));
	percpu_counter_inc(&inst->n_bibs);
	nat64_event_bib(inst, bib, NAT64_EVENT_BIB_NEW);
	if (!bib->n_sessions)
		return;
	percpu_counter_inc(&inst->n_sessions);
	nat64_stats_inc(inst->stats, NAT64_STAT_BIB_CREATED);
	nat64_stats_inc(inst->stats, NAT64_STAT_SESSION_CREATED);
	nat64_event_session(inst, bib, &bib->first, NAT64_EVENT_SESSION_NEW);
}

/*
 * Put an entry into the tables; one that cannot be is freed, and its port given
 * back. Who finds it in one of them waits for the lock until it is in both.
 * Returns NULL, the one that is there, or an ERR_PTR.
 */
static struct nat64_bib *nat64_bib_publish(struct nat64_instance *inst,
					   struct nat64_bib *bib,
					   const struct nat64_port_alloc *alloc)
{
	struct nat64_bib *old;

	spin_lock(nat64_bib_lock(bib));
	old = nat64_bib_hash_insert(&inst->bibs, bib);
	if (!old)
		nat64_bib_begin(inst, bib, alloc);
	spin_unlock(nat64_bib_lock(bib));
	if (!old)
		return NULL;
	nat64_host6_put(inst, &bib->key.addr6);
	nat64_port_alloc_cancel(inst, bib->key.proto, alloc);
	nat64_bib_free(bib);
	return old;
}

/**
 * nat64_bib_insert - add a dynamic entry with its first session
 * @inst: the instance
 * @key: the IPv6 side
 * @alloc: the IPv4 side; given back if the entry is not added
 * @first: the session
 *
 * Context: softirqs off, RCU read lock. One allocation, two for a host's first
 * entry; locks the entry and one bucket.
 *
 * Return: the entry; the one that another CPU added for @key in the meantime;
 * or an ERR_PTR.
 */
struct nat64_bib *nat64_bib_insert(struct nat64_instance *inst,
				   const struct nat64_bib_key *key,
				   const struct nat64_port_alloc *alloc,
				   const struct nat64_session *first)
{
	const struct nat64_config *cfg = rcu_dereference(inst->config);
	struct nat64_bib *bib, *old;
	u8 flags;

	bib = nat64_bib_alloc(inst, key, alloc, nat64_acct_bib(cfg));
	if (!bib) {
		nat64_port_alloc_cancel(inst, key->proto, alloc);
		return ERR_PTR(-ENOMEM);
	}
	flags = bib->first.flags;
	bib->first = *first;
	bib->first.flags = flags;
	nat64_acct_begin(cfg, bib, &bib->first);
	bib->n_sessions = 1;
	old = nat64_bib_publish(inst, bib, alloc);
	return old ?: bib;
}

/**
 * nat64_bib_add_static - add an entry that an administrator asks for
 * @inst: the instance
 * @key: the IPv6 side
 * @alloc: the IPv4 side; given back if the entry is not added
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: the entry, or an ERR_PTR: -EEXIST if @key has one.
 */
struct nat64_bib *nat64_bib_add_static(struct nat64_instance *inst,
				       const struct nat64_bib_key *key,
				       const struct nat64_port_alloc *alloc)
{
	/* Its first session may begin while a key is on that is off now. */
	struct nat64_bib *bib = nat64_bib_alloc(inst, key, alloc, true), *old;

	if (!bib) {
		nat64_port_alloc_cancel(inst, key->proto, alloc);
		return ERR_PTR(-ENOMEM);
	}
	bib->is_static = true;
	old = nat64_bib_publish(inst, bib, alloc);
	if (old)
		return IS_ERR(old) ? old : ERR_PTR(-EEXIST);
	inst->n_static++;
	return bib;
}

/*
 * RFC 6888 REQ-8: a freed port waits, so that what is still sent to its last
 * owner does not reach the next. TCP needs it not, as its states are followed;
 * nor does filtering by address let such packets in.
 */
static bool nat64_bib_holds(const struct nat64_config *cfg,
			    const struct nat64_bib *bib)
{
	return bib->key.proto != NAT64_TCP && !nat64_bib_is_static(bib) &&
	       !cfg->keys.address_dependent_filtering &&
	       !cfg->keys.port_dependent_filtering;
}

/**
 * nat64_bib_end - let an entry have no new sessions
 * @bib: the entry
 * @force: also if it is static or has sessions
 *
 * Context: softirqs off, RCU read lock. Several CPUs may try: one succeeds.
 *
 * Return: true if this call did so: the entry then stays until the caller has
 * taken it out of the tables.
 */
bool nat64_bib_end(struct nat64_bib *bib, bool force)
{
	bool done;

	spin_lock(nat64_bib_lock(bib));
	done = force || (!bib->n_sessions && !bib->is_static &&
			 bib->state != NAT64_BIB_PINNED);
	if (done)
		done = nat64_bib_enter(bib, NAT64_BIB_ENDED);
	spin_unlock(nat64_bib_lock(bib));
	return done;
}

/* Free an entry that is in no table any more when no packet uses it. */
static void nat64_bib_reclaim(struct nat64_bib *bib)
{
	bool done;

	spin_lock(nat64_bib_lock(bib));
	WARN_ON_ONCE(bib->n_sessions);
	done = nat64_bib_enter(bib, NAT64_BIB_GONE);
	spin_unlock(nat64_bib_lock(bib));
	if (WARN_ON_ONCE(!done))
		return;
	/* Pairs with nat64_session_others(). */
	smp_wmb();
	nat64_reclaim(&bibs_dead, &bib->link);
}

/* What is left of an entry that has ended and is in the tables no more. */
static void nat64_bib_forget(struct nat64_instance *inst, struct nat64_bib *bib)
{
	nat64_host6_put(inst, &bib->key.addr6);
	percpu_counter_dec(&inst->n_bibs);
	if (nat64_bib_is_static(bib))
		inst->n_static--;
	else
		nat64_stats_inc(inst->stats, NAT64_STAT_BIB_EXPIRED);
	nat64_event_bib(inst, bib, NAT64_EVENT_BIB_END);
	nat64_bib_reclaim(bib);
}

static void nat64_bib_release(struct nat64_instance *inst,
			      const struct nat64_bib *bib)
{
	nat64_pool4_release(inst, bib->key.proto, bib->addr4, bib->port4,
			    nat64_bib_holds(rcu_dereference(inst->config), bib));
}

/* Take an entry that has ended, as have its sessions, out of the tables. */
static void nat64_bib_unlink(struct nat64_instance *inst, struct nat64_bib *bib)
{
	nat64_bib_hash_remove(&inst->bibs, bib);
	nat64_bib_release(inst, bib);
	nat64_bib_forget(inst, bib);
}

/**
 * nat64_bib_remove_idle - remove a dynamic entry if it has no session
 * @inst: the instance
 * @bib: the entry
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: true if this call removed it.
 */
bool nat64_bib_remove_idle(struct nat64_instance *inst, struct nat64_bib *bib)
{
	if (!nat64_bib_end(bib, false))
		return false;
	nat64_bib_unlink(inst, bib);
	return true;
}

/**
 * nat64_bib_remove - take an entry and its sessions out of the tables
 * @inst: the instance
 * @bib: the entry, static or not
 * @budget: how far to go: if it ends before, the next has to call again
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: true if this call removed it.
 */
bool nat64_bib_remove(struct nat64_instance *inst, struct nat64_bib *bib,
		      struct nat64_walk_budget *budget)
{
	if (budget->ending != bib) {
		/* Where others stopped among its sessions is of no use here. */
		budget->within = false;
		if (!nat64_bib_end(bib, true))
			return false;
		budget->ending = bib;
	}
	if (!nat64_session_close_all(inst, bib, budget))
		return false;
	budget->ending = NULL;
	nat64_bib_unlink(inst, bib);
	return true;
}

/**
 * nat64_bib_finish - take an entry that has ended out of the tables
 * @inst: the instance
 * @bib: the entry, after nat64_bib_end()
 *
 * Context: process, softirqs on.
 */
void nat64_bib_finish(struct nat64_instance *inst, struct nat64_bib *bib)
{
	struct nat64_walk_budget budget = { .ending = bib };
	bool done;

	do {
		nat64_walk_budget_begin(&budget);
		done = nat64_bib_remove(inst, bib, &budget);
		nat64_walk_budget_end();
	} while (!done);
}

/**
 * nat64_bib_make - make a static entry that is in no table yet
 * @inst: the instance
 * @key: the IPv6 side
 * @alloc: the IPv4 side
 *
 * It rests until nat64_bib_activate(): a packet that finds it gets no session.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: the entry, or NULL if there is no memory.
 */
struct nat64_bib *nat64_bib_make(struct nat64_instance *inst,
				 const struct nat64_bib_key *key,
				 const struct nat64_port_alloc *alloc)
{
	/* As in nat64_bib_add_static(). */
	struct nat64_bib *bib = nat64_bib_alloc(inst, key, alloc, true);

	if (bib)
		bib->is_static = true;
	return bib;
}

/**
 * nat64_bib_reserve - put an entry into the table of the IPv6 side
 * @inst: the instance
 * @bib: the entry, from nat64_bib_make()
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: NULL; the entry that has its place; or an ERR_PTR.
 */
struct nat64_bib *nat64_bib_reserve(struct nat64_instance *inst,
				    struct nat64_bib *bib)
{
	return nat64_bib_hash_insert(&inst->bibs, bib);
}

/**
 * nat64_bib_unmake - undo nat64_bib_make()
 * @inst: the instance
 * @bib: the entry
 * @reserved: undo nat64_bib_reserve(), too
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_bib_unmake(struct nat64_instance *inst, struct nat64_bib *bib,
		      bool reserved)
{
	if (reserved)
		nat64_bib_hash_remove(&inst->bibs, bib);
	nat64_host6_put(inst, &bib->key.addr6);
	nat64_bib_reclaim(bib);
}

/**
 * nat64_bib_pin - see to it that an entry does not end by itself
 * @bib: the entry
 * @first: set if it was not pinned before: nat64_bib_unpin() it
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: false if it has ended already.
 */
bool nat64_bib_pin(struct nat64_bib *bib, bool *first)
{
	bool alive;

	spin_lock(nat64_bib_lock(bib));
	/* A static one does not end by itself anyhow. */
	*first = !bib->is_static && nat64_bib_enter(bib, NAT64_BIB_PINNED);
	alive = nat64_bib_lives(bib);
	spin_unlock(nat64_bib_lock(bib));
	return alive;
}

/**
 * nat64_bib_unpin - undo nat64_bib_pin()
 * @inst: the instance
 * @bib: the entry, which ends if it has no reason to live
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_bib_unpin(struct nat64_instance *inst, struct nat64_bib *bib)
{
	spin_lock(nat64_bib_lock(bib));
	WARN_ON_ONCE(!nat64_bib_enter(bib, NAT64_BIB_LIVE));
	spin_unlock(nat64_bib_lock(bib));
	nat64_bib_remove_idle(inst, bib);
}

/**
 * nat64_bib_keep - make a pinned entry a static one
 * @inst: the instance
 * @bib: the entry
 *
 * A dynamic one ends so, in counters and events, and a static one with its
 * transport addresses and its sessions begins.
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_bib_keep(struct nat64_instance *inst, struct nat64_bib *bib)
{
	spin_lock(nat64_bib_lock(bib));
	if (!bib->is_static) {
		WARN_ON_ONCE(!nat64_bib_enter(bib, NAT64_BIB_LIVE));
		nat64_stats_inc(inst->stats, NAT64_STAT_BIB_EXPIRED);
		nat64_event_bib(inst, bib, NAT64_EVENT_BIB_END);
		WRITE_ONCE(bib->is_static, true);
		nat64_acct_begin_bib(bib);
		inst->n_static++;
		nat64_event_bib(inst, bib, NAT64_EVENT_BIB_NEW);
	}
	spin_unlock(nat64_bib_lock(bib));
}

/* The places of an entry that has ended go to others, if there are any. */
static void nat64_bib_supplant(struct nat64_instance *inst,
			       struct nat64_bib *bib, struct nat64_bib *heir,
			       const struct nat64_port_alloc *port)
{
	nat64_bib_hash_replace(&inst->bibs, bib, heir);
	if (port)
		nat64_pool4_publish(port, NULL);
	else
		nat64_bib_release(inst, bib);
	nat64_bib_forget(inst, bib);
}

/**
 * nat64_bib_displace - end an entry in favour of others; this cannot fail
 * @inst: the instance
 * @bib: the entry, pinned; nothing happens if it has been displaced already
 * @heir: gets its place in the table of the IPv6 side, or NULL
 * @port: gets its IPv4 transport address, which is published later; or NULL
 *
 * Context: process, softirqs on.
 */
void nat64_bib_displace(struct nat64_instance *inst, struct nat64_bib *bib,
			struct nat64_bib *heir,
			const struct nat64_port_alloc *port)
{
	struct nat64_walk_budget budget = {};
	bool alive;

	nat64_walk_budget_begin(&budget);
	alive = nat64_bib_end(bib, true);
	while (alive && !nat64_session_close_all(inst, bib, &budget)) {
		nat64_walk_budget_end();
		nat64_walk_budget_begin(&budget);
	}
	if (alive)
		nat64_bib_supplant(inst, bib, heir, port);
	nat64_walk_budget_end();
}

/**
 * nat64_bib_activate - let packets use an entry of nat64_bib_make()
 * @inst: the instance
 * @bib: the entry, in the table of the IPv6 side
 * @alloc: its IPv4 side, which nobody else has
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_bib_activate(struct nat64_instance *inst, struct nat64_bib *bib,
			const struct nat64_port_alloc *alloc)
{
	spin_lock(nat64_bib_lock(bib));
	/* It is there from now on, whenever its memory was allocated. */
	nat64_acct_begin_bib(bib);
	nat64_bib_begin(inst, bib, alloc);
	inst->n_static++;
	spin_unlock(nat64_bib_lock(bib));
}
