// SPDX-License-Identifier: GPL-2.0
/* session_walk.c - walks over the sessions of a BIB entry */
#include "table/session_walk.h"

#include "table/session.h"
#include "table/state.h"

/**
 * nat64_session_first - start or resume a walk over the sessions of a BIB entry
 * @inst: the instance
 * @bib: the entry
 * @budget: of the walk
 *
 * If the session to resume at has gone, the walk starts again. New sessions are
 * inserted at the front, where the walk has been.
 *
 * Context: softirqs off, RCU read lock; @bib is locked if sessions are closed.
 *
 * Return: a session, which may be CLOSED.
 */
struct nat64_session *nat64_session_first(struct nat64_instance *inst,
					  struct nat64_bib *bib,
					  struct nat64_walk_budget *budget)
{
	struct nat64_session *ses = NULL;

	if (budget->within)
		ses = nat64_session_find(inst, bib, budget->dst4,
					 budget->dport);
	budget->within = false;
	return ses ?: &bib->first;
}

/**
 * nat64_session_next - return the next session of a BIB entry
 * @bib: the entry
 * @budget: of the walk
 * @ses: the present session, which may be closed afterwards
 *
 * Return: the session; or NULL at the end of the sessions or, with
 * @budget->within set, of the budget.
 */
struct nat64_session *nat64_session_next(const struct nat64_bib *bib,
					 struct nat64_walk_budget *budget,
					 const struct nat64_session *ses)
{
	struct nat64_session_more *more;

	if (ses == &bib->first) {
		more = nat64_session_others(bib);
	} else {
		more = container_of((struct nat64_session *)ses,
				    struct nat64_session_more, s);
		more = hlist_entry_safe(rcu_dereference(hlist_next_rcu(&more->sibling)),
					struct nat64_session_more, sibling);
	}
	if (!more)
		return NULL;
	if (nat64_walk_budget_take(budget))
		return &more->s;
	budget->within = true;
	budget->dst4 = more->s.dst4;
	budget->dport = more->s.dport;
	return NULL;
}

/* Close the sessions of @bib that match; @bib is locked. */
static u32
nat64_session_close_some(struct nat64_instance *inst, struct nat64_bib *bib,
			 struct nat64_walk_budget *budget,
			 nat64_session_match *match, void *arg)
{
	struct nat64_session *ses, *next;
	u32 n = 0;

	for (ses = nat64_session_first(inst, bib, budget); ses; ses = next) {
		next = nat64_session_next(bib, budget, ses);
		if (ses == &bib->first && ses->state == NAT64_STATE_CLOSED)
			continue;
		if (match(bib, ses, arg))
			n += nat64_session_close(inst, bib, ses);
	}
	return n;
}

/**
 * nat64_session_close_all - close all sessions of a BIB entry
 * @inst: the instance
 * @bib: the entry, DEAD
 * @budget: how far to go
 *
 * Context: softirqs off, RCU read lock. Locks @bib.
 *
 * Return: true if none is left, false if the budget is used up.
 */
bool nat64_session_close_all(struct nat64_instance *inst, struct nat64_bib *bib,
			     struct nat64_walk_budget *budget)
{
	struct nat64_session_more *more;

	/* It gets no new sessions, so the rest is always at the front. */
	budget->within = false;
	spin_lock(nat64_bib_lock(bib));
	if (bib->first.state != NAT64_STATE_CLOSED)
		nat64_session_close(inst, bib, &bib->first);
	while (!budget->within && (more = nat64_session_others(bib))) {
		nat64_session_close(inst, bib, &more->s);
		budget->within = nat64_session_others(bib) &&
				 !nat64_walk_budget_take(budget);
	}
	spin_unlock(nat64_bib_lock(bib));
	return !budget->within;
}

/**
 * nat64_session_close_if - close some sessions of a BIB entry
 * @inst: the instance
 * @bib: the entry
 * @budget: how far to go
 * @match: selects the sessions; called with @bib locked
 * @arg: argument for @match
 *
 * Context: softirqs off, RCU read lock. Locks @bib.
 *
 * Return: number of sessions closed.
 */
u32 nat64_session_close_if(struct nat64_instance *inst, struct nat64_bib *bib,
			   struct nat64_walk_budget *budget,
			   nat64_session_match *match, void *arg)
{
	u32 n;

	spin_lock(nat64_bib_lock(bib));
	n = nat64_session_close_some(inst, bib, budget, match, arg);
	spin_unlock(nat64_bib_lock(bib));
	return n;
}
