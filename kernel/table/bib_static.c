// SPDX-License-Identifier: GPL-2.0
/* bib_static.c - static BIB entries */
#include "table/bib_static.h"

#include "table/acct.h"
#include "table/bib_end.h"
#include "table/event.h"
#include "table/host6.h"
#include "table/state.h"

/**
 * nat64_bib_create_static - create a static entry that is in no table
 * @inst: the instance
 * @key: the IPv6 side
 * @alloc: the IPv4 side
 *
 * A packet that finds it gets no session until nat64_bib_activate().
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: the entry, or NULL if there is no memory.
 */
struct nat64_bib *nat64_bib_create_static(struct nat64_instance *inst,
					  const struct nat64_bib_key *key,
					  const struct nat64_port_alloc *alloc)
{
	/* Accounting may be turned on before its first session. */
	struct nat64_bib *bib = nat64_bib_create(inst, key, alloc, true);

	if (bib)
		bib->is_static = true;
	return bib;
}

/**
 * nat64_bib_reserve - insert an entry into the table of the IPv6 side
 * @inst: the instance
 * @bib: the entry, from nat64_bib_create_static()
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: NULL, the entry that is there already, or an ERR_PTR.
 */
struct nat64_bib *nat64_bib_reserve(struct nat64_instance *inst,
				    struct nat64_bib *bib)
{
	return nat64_bib_hash_insert(&inst->bibs, bib);
}

/**
 * nat64_bib_discard - undo nat64_bib_create_static()
 * @inst: the instance
 * @bib: the entry
 * @reserved: undo nat64_bib_reserve(), too
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_bib_discard(struct nat64_instance *inst, struct nat64_bib *bib,
		       bool reserved)
{
	if (reserved)
		nat64_bib_hash_remove(&inst->bibs, bib);
	nat64_host6_put(inst, &bib->key.addr6);
	nat64_bib_free_rcu(bib);
}

/**
 * nat64_bib_pin - keep an entry from ending by itself
 * @bib: the entry
 * @first: set if it was not pinned before: nat64_bib_unpin() it
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: false if it is DEAD.
 */
bool nat64_bib_pin(struct nat64_bib *bib, bool *first)
{
	bool alive;

	spin_lock(nat64_bib_lock(bib));
	/* A static entry never ends by itself. */
	*first = !bib->is_static && nat64_bib_set_state(bib, NAT64_BIB_PINNED);
	alive = nat64_bib_lives(bib);
	spin_unlock(nat64_bib_lock(bib));
	return alive;
}

/**
 * nat64_bib_unpin - undo nat64_bib_pin()
 * @inst: the instance
 * @bib: the entry, which is removed if it is idle
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_bib_unpin(struct nat64_instance *inst, struct nat64_bib *bib)
{
	spin_lock(nat64_bib_lock(bib));
	WARN_ON_ONCE(!nat64_bib_set_state(bib, NAT64_BIB_LIVE));
	spin_unlock(nat64_bib_lock(bib));
	nat64_bib_remove_idle(inst, bib);
}

/**
 * nat64_bib_make_static - turn a pinned entry into a static one
 * @inst: the instance
 * @bib: the entry
 *
 * In counters and notifications, a dynamic entry ends and a static one starts,
 * with the same transport addresses and sessions.
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_bib_make_static(struct nat64_instance *inst, struct nat64_bib *bib)
{
	spin_lock(nat64_bib_lock(bib));
	if (!bib->is_static) {
		WARN_ON_ONCE(!nat64_bib_set_state(bib, NAT64_BIB_LIVE));
		nat64_stats_inc(inst->stats, NAT64_STAT_BIB_EXPIRED);
		nat64_event_bib(inst, bib, NAT64_EVENT_BIB_END);
		WRITE_ONCE(bib->is_static, true);
		nat64_acct_begin_bib(bib);
		inst->n_static++;
		nat64_event_bib(inst, bib, NAT64_EVENT_BIB_NEW);
	}
	spin_unlock(nat64_bib_lock(bib));
}

/* Hand both table slots of a DEAD entry over to others, if there are any. */
static void nat64_bib_replace(struct nat64_instance *inst,
			      struct nat64_bib *bib,
			      struct nat64_bib *replacement,
			      const struct nat64_port_alloc *port)
{
	nat64_bib_hash_replace(&inst->bibs, bib, replacement);
	if (port)
		nat64_pool4_publish(port, NULL);
	else
		nat64_bib_release_port(inst, bib);
	nat64_bib_retire(inst, bib);
}

/**
 * nat64_bib_displace - remove an entry in favour of others; cannot fail
 * @inst: the instance
 * @bib: the entry, pinned; nothing happens if it has been displaced already
 * @replacement: gets its place in the table of the IPv6 side, or NULL
 * @port: gets its IPv4 transport address, which is published later; or NULL
 *
 * Context: process, softirqs on.
 */
void nat64_bib_displace(struct nat64_instance *inst, struct nat64_bib *bib,
			struct nat64_bib *replacement,
			const struct nat64_port_alloc *port)
{
	struct nat64_walk_budget budget = {};
	bool alive;

	nat64_walk_budget_begin(&budget);
	alive = nat64_bib_kill(bib, true);
	while (alive && !nat64_session_close_all(inst, bib, &budget)) {
		nat64_walk_budget_end();
		nat64_walk_budget_begin(&budget);
	}
	if (alive)
		nat64_bib_replace(inst, bib, replacement, port);
	nat64_walk_budget_end();
}

/**
 * nat64_bib_activate - make an entry of nat64_bib_create_static() LIVE
 * @inst: the instance
 * @bib: the entry, in the table of the IPv6 side
 * @alloc: its IPv4 side, which no other entry has
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_bib_activate(struct nat64_instance *inst, struct nat64_bib *bib,
			const struct nat64_port_alloc *alloc)
{
	spin_lock(nat64_bib_lock(bib));
	/* It starts now, not when its memory was allocated. */
	nat64_acct_begin_bib(bib);
	nat64_bib_start(inst, bib, alloc);
	inst->n_static++;
	spin_unlock(nat64_bib_lock(bib));
}
