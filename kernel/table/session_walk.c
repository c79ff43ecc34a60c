// SPDX-License-Identifier: GPL-2.0
/* session_walk.c - walks over the sessions of a BIB entry */
#include "table/session_walk.h"

#include "table/session.h"
#include "table/state.h"

/**
 * nat64_session_first - begin to go over the sessions of a BIB entry, or go on
 * @inst: the instance
 * @bib: the entry
 * @budget: of a walk
 *
 * If the session to go on with has ended meanwhile, this begins anew. New ones
 * come at the front, where a walk has been.
 *
 * Context: softirqs off, RCU read lock; @bib is locked if a session is to end.
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
 * nat64_session_next - the next session of a BIB entry
 * @bib: the entry
 * @budget: of the walk
 * @ses: a session of it, which may end afterwards
 *
 * Return: the session, or NULL: at the end, or, if @budget->within is set now, of
 * the budget.
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

/* The sessions of @bib that match end; @bib is locked. */
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
 * nat64_session_close_all - end all sessions of a BIB entry
 * @inst: the instance
 * @bib: the entry, which has ended
 * @budget: how far to go
 *
 * Context: softirqs off, RCU read lock. Locks @bib.
 *
 * Return: true if none is left, false if the slice has ended.
 */
bool nat64_session_close_all(struct nat64_instance *inst, struct nat64_bib *bib,
			     struct nat64_walk_budget *budget)
{
	struct nat64_session_more *more;

	/* It gets none any more, so those that are left are always at the front. */
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
 * nat64_session_close_if - end some sessions of a BIB entry
 * @inst: the instance
 * @bib: the entry
 * @budget: how far to go
 * @match: which; called with @bib locked
 * @arg: for @match
 *
 * Context: softirqs off, RCU read lock. Locks @bib.
 *
 * Return: how many ended.
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
