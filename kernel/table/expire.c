// SPDX-License-Identifier: GPL-2.0
/* expire.c - walks over all BIB entries: expiry and removal */
#include "table/expire.h"

#include <linux/sched.h>
#include "table/instance.h"

/* How long a session may outlive its lifetime. */
#define NAT64_EXPIRE_INTERVAL HZ

/**
 * nat64_walk - visit every BIB entry
 * @inst: the instance
 * @visit: what to do with each; it may remove the entry
 * @arg: for @visit
 *
 * Softirqs are off for the 64 entries of a page of ports at a time, which is
 * well below a millisecond.
 *
 * Context: process.
 */
void nat64_walk(struct nat64_instance *inst, nat64_visit *visit, void *arg)
{
	struct nat64_cursor cursor = {};
	struct nat64_port_page *page;
	int i;

	do {
		local_bh_disable();
		rcu_read_lock();
		page = nat64_pool4_next_page(inst, &cursor);
		for (i = 0; page && i < NAT64_PAGE_PORTS; i++) {
			struct nat64_bib *bib = rcu_dereference(page->bib[i]);

			if (bib)
				visit(inst, bib, arg);
		}
		rcu_read_unlock();
		local_bh_enable();
		cursor.port += NAT64_PAGE_PORTS;
		cond_resched();
	} while (page);
}

/*
 * An established TCP connection is given TCP_TRANS more before it goes
 * (RFC 6146 s3.5.2.2).
 */
static bool nat64_expire_session(const struct nat64_bib *bib,
				 struct nat64_session *ses, const void *arg)
{
	const struct nat64_config *cfg = arg;
	struct nat64_tcp_step step;

	if (!nat64_session_expired(cfg, bib, ses))
		return false;
	if (bib->key.proto != NAT64_TCP)
		return true;
	step = nat64_tcp_step(ses->state, NAT64_TCP_TIMEOUT, false);
	if (step.next == NAT64_STATE_CLOSED)
		return true;
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
	const struct nat64_config *cfg = rcu_dereference(inst->config);

	if (nat64_expire_due(cfg, bib))
		nat64_session_close_if(inst, bib, nat64_expire_session, cfg);
}

static void nat64_expire_work(struct work_struct *work)
{
	struct nat64_instance *inst = container_of(to_delayed_work(work),
						   struct nat64_instance,
						   expire);

	nat64_walk(inst, nat64_expire_bib, NULL);
	queue_delayed_work(system_power_efficient_wq, &inst->expire,
			   NAT64_EXPIRE_INTERVAL);
}

/**
 * nat64_expire_start - begin to remove what expires
 * @inst: the instance
 */
void nat64_expire_start(struct nat64_instance *inst)
{
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
