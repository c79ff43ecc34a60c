// SPDX-License-Identifier: GPL-2.0
/* expire.c - walks over all BIB entries: expiry and removal */
#include "table/expire.h"

#include <linux/sched.h>
#include "table/instance.h"

/* How long a session may outlive its lifetime. */
#define NAT64_EXPIRE_INTERVAL HZ

/* Ports that are visited with softirqs off. */
#define NAT64_WALK_SLICE 64

/* Idle sessions of a BIB entry that are probed in one pass; the next goes on. */
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
};

/**
 * typedef nat64_visit_slice - what a walk does with some ports of a page
 * @inst: the instance
 * @cursor: where they begin
 * @page: the page
 * @arg: of the walk
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: whether to go on with the page.
 */
typedef bool nat64_visit_slice(struct nat64_instance *inst,
			       const struct nat64_cursor *cursor,
			       struct nat64_port_page *page, void *arg);

/*
 * Visit every page of ports, in slices: softirqs are off for one at a time,
 * which is well below a millisecond.
 */
static void nat64_walk_slices(struct nat64_instance *inst,
			      nat64_visit_slice *visit, void *arg)
{
	struct nat64_cursor cursor = {};
	struct nat64_port_page *page;
	unsigned int step;

	do {
		step = NAT64_PAGE_PORTS;
		local_bh_disable();
		rcu_read_lock();
		page = nat64_pool4_next_page(inst, &cursor);
		if (page && visit(inst, &cursor, page, arg))
			step = NAT64_WALK_SLICE;
		rcu_read_unlock();
		local_bh_enable();
		cursor.port = round_down(cursor.port, step) + step;
		cond_resched();
	} while (page);
}

/**
 * struct nat64_walk - a walk over BIB entries
 */
struct nat64_walk {
	/** @visit: what to do with each */
	nat64_visit *visit;
	/** @arg: for @visit */
	void *arg;
};

static bool nat64_walk_slice(struct nat64_instance *inst,
			     const struct nat64_cursor *cursor,
			     struct nat64_port_page *page, void *arg)
{
	unsigned int first = cursor->port % NAT64_PAGE_PORTS, i;
	const struct nat64_walk *walk = arg;

	for (i = first; i < first + NAT64_WALK_SLICE; i++) {
		struct nat64_bib *bib = nat64_page_bib(page, i);

		if (bib)
			walk->visit(inst, bib, walk->arg);
	}
	return true;
}

/**
 * nat64_walk - visit every BIB entry
 * @inst: the instance
 * @visit: what to do with each; it may remove the entry
 * @arg: for @visit
 *
 * Context: process.
 */
void nat64_walk(struct nat64_instance *inst, nat64_visit *visit, void *arg)
{
	struct nat64_walk walk = { .visit = visit, .arg = arg };

	nat64_walk_slices(inst, nat64_walk_slice, &walk);
}

/*
 * An established TCP connection is given TCP_TRANS more before it goes, and
 * probed (RFC 6146 s3.5.2.2).
 */
static bool nat64_expire_session(const struct nat64_bib *bib,
				 struct nat64_session *ses, void *arg)
{
	struct nat64_expire_idle *idle = arg;
	struct nat64_tcp_step step;

	if (!nat64_session_expired(idle->cfg, bib, ses))
		return false;
	if (bib->key.proto != NAT64_TCP)
		return true;
	step = nat64_tcp_step(ses->state, NAT64_TCP_TIMEOUT, false);
	if (step.next == NAT64_STATE_CLOSED)
		return true;
	if (idle->n == NAT64_EXPIRE_PROBES)
		return false;
	idle->ses[idle->n++] = *ses;
	WRITE_ONCE(ses->seen, (u32)jiffies);
	WRITE_ONCE(ses->state, step.next);
	return false;
}

/* Jiffies until the first session of an entry expires; 0 if one has. */
static u32 nat64_expire_left(const struct nat64_config *cfg,
			     struct nat64_bib *bib)
{
	u32 left = nat64_session_left(cfg, bib, &bib->first);
	struct nat64_session_more *more;

	hlist_for_each_entry_rcu(more, &bib->more, sibling)
		left = min(left, nat64_session_left(cfg, bib, &more->s));
	return left;
}

/* Expire sessions of an entry; returns jiffies until the next does. */
static u32 nat64_expire_sessions(struct nat64_instance *inst,
				 struct nat64_bib *bib)
{
	struct nat64_expire_idle idle = {
		.cfg = rcu_dereference(inst->config),
	};
	u32 left = nat64_expire_left(idle.cfg, bib);
	unsigned int i;

	if (left)
		return left;
	nat64_session_close_if(inst, bib, nat64_expire_session, &idle);
	for (i = 0; inst->expire_ops && i < idle.n; i++)
		inst->expire_ops->probe(inst, idle.cfg, bib, &idle.ses[i]);
	return nat64_expire_left(idle.cfg, bib);
}

/* A port of a page; returns jiffies until there is something to do. */
static u32 nat64_expire_port(struct nat64_instance *inst,
			     const struct nat64_cursor *cursor,
			     struct nat64_port_page *page, unsigned int port)
{
	const struct nat64_config *cfg = rcu_dereference(inst->config);
	struct nat64_bib *bib = nat64_page_bib(page, port);
	u32 held;

	if (bib)
		return nat64_expire_sessions(inst, bib);
	held = nat64_pool4_unhold(inst, cursor, page, port,
				  cfg->keys.hold_down_time);
	return held ? held * HZ : NAT64_PAGE_NEVER;
}

/*
 * Whoever makes a page due earlier while it is looked at is not overridden:
 * first it is put off, then brought forward to what was found.
 */
static bool nat64_expire_slice(struct nat64_instance *inst,
			       const struct nat64_cursor *cursor,
			       struct nat64_port_page *page, void *arg)
{
	unsigned int first = cursor->port % NAT64_PAGE_PORTS, i;
	u32 now = (u32)jiffies, left = NAT64_PAGE_NEVER;
	const u32 *all = arg;

	if (!first) {
		if (!*all && (s32)(now - READ_ONCE(page->due)) < 0)
			return false;
		xchg(&page->due, now + NAT64_PAGE_NEVER);
	}
	for (i = first; i < first + NAT64_WALK_SLICE; i++)
		if (test_bit(i, page->used))
			left = min(left, nat64_expire_port(inst, cursor, page,
							   i));
	nat64_page_due(page, now + left);
	return true;
}

static void nat64_expire_work(struct work_struct *work)
{
	struct nat64_instance *inst = container_of(to_delayed_work(work),
						   struct nat64_instance,
						   expire);

	u32 all = xchg(&inst->rescan, 0);

	nat64_walk_slices(inst, nat64_expire_slice, &all);
	inst->expire_ops->tick(inst);
	queue_delayed_work(system_power_efficient_wq, &inst->expire,
			   NAT64_EXPIRE_INTERVAL);
}

/**
 * nat64_expire_start - begin to remove what expires
 * @inst: the instance
 * @ops: what to call
 */
void nat64_expire_start(struct nat64_instance *inst,
			const struct nat64_expire_ops *ops)
{
	inst->expire_ops = ops;
	INIT_DELAYED_WORK(&inst->expire, nat64_expire_work);
	queue_delayed_work(system_power_efficient_wq, &inst->expire,
			   NAT64_EXPIRE_INTERVAL);
}

/**
 * nat64_expire_stop - stop, and wait until it has
 * @inst: the instance
 *
 * Context: process; sleeps.
 */
void nat64_expire_stop(struct nat64_instance *inst)
{
	cancel_delayed_work_sync(&inst->expire);
}
