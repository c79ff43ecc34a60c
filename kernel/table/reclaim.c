// SPDX-License-Identifier: GPL-2.0
/* reclaim.c - memory of what packets may still use */
#include "table/reclaim.h"

#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

static LLIST_HEAD(reclaim_waiting);

static void nat64_reclaim_work(struct work_struct *work)
{
	struct llist_node *batch = llist_del_all(&reclaim_waiting);
	struct nat64_reclaim *dead, *next;

	synchronize_rcu();
	llist_for_each_entry_safe(dead, next, batch, node) {
		dead->free(dead);
		cond_resched();
	}
}

static DECLARE_WORK(reclaim_work, nat64_reclaim_work);

/**
 * nat64_reclaim - free an object when no packet uses it any more
 * @dead: of the object, which is in no table any more
 * @free: frees it
 */
void nat64_reclaim(struct nat64_reclaim *dead,
		   void (*free)(struct nat64_reclaim *dead))
{
	dead->free = free;
	/* The work takes all at once, so only the first has to ask for it. */
	if (llist_add(&dead->node, &reclaim_waiting))
		queue_work(system_unbound_wq, &reclaim_work);
}

/**
 * nat64_reclaim_flush - wait until all that was given before is free
 *
 * Context: process; sleeps.
 */
void nat64_reclaim_flush(void)
{
	flush_work(&reclaim_work);
}
