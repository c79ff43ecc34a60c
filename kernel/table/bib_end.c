// SPDX-License-Identifier: GPL-2.0
/* bib_end.c - the end of BIB entries */
#include "table/bib_end.h"

#include "table/event.h"
#include "table/host6.h"
#include "table/pool4.h"
#include "table/state.h"

/*
 * Check whether the port of an entry needs a hold-down (RFC 6888 REQ-8), so
 * that late packets for its last owner do not reach the next. TCP is exempt, as
 * its state machine rejects stray segments; address-dependent filtering rejects
 * other packets.
 */
static bool nat64_bib_holds(const struct nat64_config *cfg,
			    const struct nat64_bib *bib)
{
	return bib->key.proto != NAT64_TCP && !nat64_bib_is_static(bib) &&
	       !cfg->keys.address_dependent_filtering &&
	       !cfg->keys.port_dependent_filtering;
}

/**
 * nat64_bib_kill - make an entry DEAD: it gets no new sessions
 * @bib: the entry
 * @force: even if it is static, pinned or has sessions
 *
 * Context: softirqs off, RCU read lock. If several CPUs try, one succeeds.
 *
 * Return: true if this call did so: the entry then stays until the caller has
 * unlinked it.
 */
bool nat64_bib_kill(struct nat64_bib *bib, bool force)
{
	bool done;

	spin_lock(nat64_bib_lock(bib));
	done = force || (!bib->n_sessions && !bib->is_static &&
			 bib->state != NAT64_BIB_PINNED);
	if (done)
		done = nat64_bib_set_state(bib, NAT64_BIB_DEAD);
	spin_unlock(nat64_bib_lock(bib));
	return done;
}

/**
 * nat64_bib_retire - uncount and free an entry that has left the tables
 * @inst: the instance
 * @bib: the entry, DEAD
 *
 * Context: softirqs off, RCU read lock. Notifies of the end of the entry.
 */
void nat64_bib_retire(struct nat64_instance *inst, struct nat64_bib *bib)
{
	nat64_host6_put(inst, &bib->key.addr6);
	percpu_counter_dec(&inst->n_bibs);
	if (nat64_bib_is_static(bib))
		inst->n_static--;
	else
		nat64_stats_inc(inst->stats, NAT64_STAT_BIB_EXPIRED);
	nat64_event_bib(inst, bib, NAT64_EVENT_BIB_END);
	nat64_bib_free_rcu(bib);
}

/**
 * nat64_bib_release_port - release the port of an entry, or hold it down
 * @inst: the instance
 * @bib: the entry, DEAD
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_bib_release_port(struct nat64_instance *inst,
			    const struct nat64_bib *bib)
{
	nat64_pool4_release(inst, bib->key.proto, bib->addr4, bib->port4,
			    nat64_bib_holds(rcu_dereference(inst->config),
					    bib));
}

/* Unlink an entry that is DEAD and has no sessions. */
static void nat64_bib_unlink(struct nat64_instance *inst, struct nat64_bib *bib)
{
	nat64_bib_hash_remove(&inst->bibs, bib);
	nat64_bib_release_port(inst, bib);
	nat64_bib_retire(inst, bib);
}

/**
 * nat64_bib_remove_idle - remove a dynamic entry without sessions
 * @inst: the instance
 * @bib: the entry; nothing happens if it is static, pinned or has sessions
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: true if this call removed it.
 */
bool nat64_bib_remove_idle(struct nat64_instance *inst, struct nat64_bib *bib)
{
	if (!nat64_bib_kill(bib, false))
		return false;
	nat64_bib_unlink(inst, bib);
	return true;
}

/**
 * nat64_bib_remove - remove an entry and its sessions
 * @inst: the instance
 * @bib: the entry, static or not
 * @budget: how far to go; the caller calls again if @budget->within is set
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: true if this call removed it.
 */
bool nat64_bib_remove(struct nat64_instance *inst, struct nat64_bib *bib,
		      struct nat64_walk_budget *budget)
{
	if (budget->ending != bib) {
		/* Where a walk stopped among its sessions is of no use here. */
		budget->within = false;
		if (!nat64_bib_kill(bib, true))
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
 * nat64_bib_remove_dead - remove an entry that is DEAD
 * @inst: the instance
 * @bib: the entry, after nat64_bib_kill()
 *
 * Context: process, softirqs on.
 */
void nat64_bib_remove_dead(struct nat64_instance *inst, struct nat64_bib *bib)
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
 * nat64_bib_close_sessions - close sessions of an entry, and remove it if idle
 * @inst: the instance
 * @bib: the entry; a dynamic one that has no session left is removed
 * @budget: how far to go
 * @match: selects the sessions
 * @arg: argument for @match
 *
 * Context: softirqs off, RCU read lock. Locks @bib.
 *
 * Return: number of sessions closed.
 */
u32 nat64_bib_close_sessions(struct nat64_instance *inst, struct nat64_bib *bib,
			     struct nat64_walk_budget *budget,
			     nat64_session_match *match, void *arg)
{
	u32 n = nat64_session_close_if(inst, bib, budget, match, arg);

	nat64_bib_remove_idle(inst, bib);
	return n;
}
