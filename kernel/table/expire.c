// SPDX-License-Identifier: GPL-2.0
/* expire.c - the worker that removes expired sessions and BIB entries */
#include "table/expire.h"

#include "compat.h"
#include "rfc/tcp_fsm.h"
#include "table/bib_end.h"
#include "table/lifetime.h"
#include "table/pool4.h"
#include "table/state.h"
#include "table/walk.h"

/* How long a session may outlive its lifetime. */
#define NAT64_EXPIRE_INTERVAL HZ

/* Idle sessions that are probed in a slice of a BIB entry; a later pass goes on. */
#define NAT64_EXPIRE_PROBES 8

/**
 * struct nat64_expire_idle - the sessions of a BIB entry to probe
 */
struct nat64_expire_idle {
	/** @cfg: the configuration */
	const struct nat64_config *cfg;
	/** @ses: copies of the sessions */
	struct nat64_session ses[NAT64_EXPIRE_PROBES];
	/** @n: how many */
	unsigned int n;
	/** @left: jiffies until the next one of those that stay expires */
	u32 left;
};

/*
 * An established TCP connection lives for TCP_TRANS more, and is probed
 * (RFC 6146 s3.5.2.2).
 */
static bool nat64_expire_session(const struct nat64_bib *bib,
				 struct nat64_session *ses, void *arg)
{
	struct nat64_expire_idle *idle = arg;
	bool expired = nat64_session_expired(idle->cfg, bib, ses);
	struct nat64_tcp_step step;

	if (expired && bib->key.proto != NAT64_TCP)
		return true;
	step = nat64_tcp_step(ses->state, NAT64_TCP_TIMEOUT, false);
	if (expired && step.next == NAT64_STATE_CLOSED)
		return true;
	if (expired && idle->n < NAT64_EXPIRE_PROBES) {
		idle->ses[idle->n++] = *ses;
		WRITE_ONCE(ses->last_seen, (u32)jiffies);
		WRITE_ONCE(ses->state, step.next);
	}
	idle->left = min(idle->left, nat64_session_left(idle->cfg, bib, ses));
	return false;
}

/* Jiffies until the first of some sessions expires; 0 if one has. */
static u32 nat64_expire_left(struct nat64_instance *inst,
			     const struct nat64_config *cfg,
			     struct nat64_bib *bib,
			     struct nat64_walk_budget *budget)
{
	struct nat64_session *ses = nat64_session_first(inst, bib, budget);
	u32 left = NAT64_PAGE_NEVER;

	for (; ses && left; ses = nat64_session_next(bib, budget, ses))
		left = min(left, nat64_session_left(cfg, bib, ses));
	return left;
}

/* Expire some sessions of an entry; returns jiffies until another of them does. */
static u32 nat64_expire_sessions(struct nat64_instance *inst,
				 struct nat64_bib *bib,
				 struct nat64_walk_budget *budget)
{
	struct nat64_expire_idle idle = {
		.cfg = rcu_dereference(inst->config), .left = NAT64_PAGE_NEVER,
	};
	struct nat64_walk_budget ahead = *budget;
	unsigned int i;
	u32 left;

	/* Most often nothing has expired: check without the lock. */
	left = nat64_expire_left(inst, idle.cfg, bib, &ahead);
	if (left) {
		*budget = ahead;
		return left;
	}
	nat64_bib_close_sessions(inst, bib, budget, nat64_expire_session,
				 &idle);
	for (i = 0; inst->expire_ops && i < idle.n; i++)
		inst->expire_ops->probe(inst, idle.cfg, bib, &idle.ses[i]);
	return idle.left;
}

/* Expire a port of a page; returns jiffies until the next visit is due. */
static u32 nat64_expire_port(struct nat64_instance *inst,
			     const struct nat64_cursor *cursor,
			     struct nat64_port_page *page, unsigned int port,
			     struct nat64_walk_budget *budget)
{
	const struct nat64_config *cfg = rcu_dereference(inst->config);
	struct nat64_bib *bib = nat64_page_bib(page, port);
	u32 held;

	if (bib)
		return nat64_expire_sessions(inst, bib, budget);
	budget->within = false;
	held = nat64_pool4_unhold(inst, cursor, page, port,
				  cfg->keys.hold_down_time);
	return held ? held * HZ : NAT64_PAGE_NEVER;
}

/*
 * Visit some ports of a page. Its next visit is postponed before and brought
 * forward afterwards: nat64_page_due() says why, and pairs with the xchg().
 */
static unsigned int nat64_expire_page(struct nat64_instance *inst,
				      const struct nat64_cursor *cursor,
				      struct nat64_port_page *page,
				      struct nat64_walk_budget *budget,
				      void *arg)
{
	unsigned int i = cursor->port % NAT64_PAGE_PORTS;
	u32 now = (u32)jiffies, left = NAT64_PAGE_NEVER;
	const u32 *all = arg;

	if (!i && !budget->within) {
		if (!*all && (s32)(now - READ_ONCE(page->due)) < 0)
			return NAT64_PAGE_PORTS;
		xchg(&page->due, now + NAT64_PAGE_NEVER);
	}
	for (;; i++) {
		i = nat64_walk_next(page, i, budget);
		if (i == NAT64_PAGE_PORTS || !nat64_walk_budget_take(budget))
			break;
		left = min(left,
			   nat64_expire_port(inst, cursor, page, i, budget));
		if (budget->within)
			break;
	}
	nat64_page_due(page, now + left);
	if (i == NAT64_PAGE_PORTS)
		nat64_page_trim(inst, cursor, page);
	return i;
}

/* A pass over millions of entries takes seconds: do not delay per-CPU work. */
static void nat64_expire_work(struct work_struct *work)
{
	struct nat64_instance *inst = container_of(to_delayed_work(work),
						   struct nat64_instance,
						   expire);
	/* Pairs with nat64_instance_replace(). */
	u32 all = xchg(&inst->rescan, 0);

	/* Packets may still set expiry by the previous lifetimes. */
	if (all)
		synchronize_rcu();
	nat64_walk_pages(inst, nat64_expire_page, &all);
	inst->expire_ops->tick(inst);
	nat64_bib_hash_trim(&inst->bibs);
	queue_delayed_work(NAT64_UNBOUND_WQ, &inst->expire,
			   NAT64_EXPIRE_INTERVAL);
}

/**
 * nat64_expire_start - start the expiry worker
 * @inst: the instance
 * @ops: called by the worker
 */
void nat64_expire_start(struct nat64_instance *inst,
			const struct nat64_expire_ops *ops)
{
	inst->expire_ops = ops;
	INIT_DELAYED_WORK(&inst->expire, nat64_expire_work);
	queue_delayed_work(NAT64_UNBOUND_WQ, &inst->expire,
			   NAT64_EXPIRE_INTERVAL);
}

/**
 * nat64_expire_stop - stop the worker, and wait for it
 * @inst: the instance
 *
 * Context: process; sleeps.
 */
void nat64_expire_stop(struct nat64_instance *inst)
{
	cancel_delayed_work_sync(&inst->expire);
}
