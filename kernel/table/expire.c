// SPDX-License-Identifier: GPL-2.0
/* expire.c - walks over all BIB entries: expiry and removal */
#include "table/expire.h"

#include <linux/sched.h>
#include "table/instance.h"

/* How long a session may outlive its lifetime. */
#define NAT64_EXPIRE_INTERVAL HZ

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
 * typedef nat64_visit_page - what a walk does with a page of ports
 * @inst: the instance
 * @cursor: where it is
 * @page: the page
 * @arg: of the walk
 *
 * Context: softirqs off, RCU read lock.
 */
typedef void nat64_visit_page(struct nat64_instance *inst,
			      const struct nat64_cursor *cursor,
			      struct nat64_port_page *page, void *arg);

/*
 * Visit every page of ports. Softirqs are off for the 64 entries of one at a
 * time, which is well below a millisecond.
 */
static void nat64_walk_pages(struct nat64_instance *inst,
			     nat64_visit_page *visit, void *arg)
{
	struct nat64_cursor cursor = {};
	struct nat64_port_page *page;

	do {
		local_bh_disable();
		rcu_read_lock();
		page = nat64_pool4_next_page(inst, &cursor);
		if (page)
			visit(inst, &cursor, page, arg);
		rcu_read_unlock();
		local_bh_enable();
		cursor.port += NAT64_PAGE_PORTS;
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

static void nat64_walk_page(struct nat64_instance *inst,
			    const struct nat64_cursor *cursor,
			    struct nat64_port_page *page, void *arg)
{
	const struct nat64_walk *walk = arg;
	unsigned int port;

	for_each_set_bit(port, page->used, NAT64_PAGE_PORTS) {
		struct nat64_bib *bib = nat64_page_bib(page, port);

		if (bib)
			walk->visit(inst, bib, walk->arg);
	}
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

	nat64_walk_pages(inst, nat64_walk_page, &walk);
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

/* Is there anything to do that is worth taking the lock? */
static bool nat64_expire_due(const struct nat64_config *cfg,
			     struct nat64_bib *bib)
{
	struct nat64_session_more *more;

	if (READ_ONCE(bib->first.state) != NAT64_STATE_CLOSED &&
	    nat64_session_expired(cfg, bib, &bib->first))
		return true;
	hlist_for_each_entry_rcu(more, &bib->more, sibling)
		if (nat64_session_expired(cfg, bib, &more->s))
			return true;
	return false;
}

static void nat64_expire_bib(struct nat64_instance *inst, struct nat64_bib *bib,
			     void *arg)
{
	struct nat64_expire_idle idle = {
		.cfg = rcu_dereference(inst->config),
	};
	unsigned int i;

	if (!nat64_expire_due(idle.cfg, bib))
		return;
	nat64_session_close_if(inst, bib, nat64_expire_session, &idle);
	for (i = 0; inst->expire_ops && i < idle.n; i++)
		inst->expire_ops->probe(inst, idle.cfg, bib, &idle.ses[i]);
}

static void nat64_expire_page(struct nat64_instance *inst,
			      const struct nat64_cursor *cursor,
			      struct nat64_port_page *page, void *arg)
{
	const struct nat64_config *cfg = rcu_dereference(inst->config);
	struct nat64_walk walk = { .visit = nat64_expire_bib };

	nat64_walk_page(inst, cursor, page, &walk);
	nat64_pool4_unhold(inst, cursor, page, cfg->keys.hold_down_time);
}

static void nat64_expire_work(struct work_struct *work)
{
	struct nat64_instance *inst = container_of(to_delayed_work(work),
						   struct nat64_instance,
						   expire);

	nat64_walk_pages(inst, nat64_expire_page, NULL);
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
