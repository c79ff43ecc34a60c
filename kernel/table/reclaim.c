// SPDX-License-Identifier: GPL-2.0
/* reclaim.c - free objects after an RCU grace period, outside softirqs */
#include "table/reclaim.h"

#include <linux/rcupdate.h>
#include <linux/sched.h>
#include "compat.h"

static void nat64_reclaim_work(struct work_struct *work)
{
	struct nat64_reclaim *kind = container_of(work, struct nat64_reclaim,
						  work);
	struct llist_node *link = llist_del_all(&kind->waiting), *next;

	synchronize_rcu();
	for (; link; link = next) {
		next = link->next;
		kind->free(link);
		cond_resched();
	}
}

/**
 * nat64_reclaim_init - prepare to free objects of a kind
 * @kind: objects of the kind
 * @free: frees one, given its link; process context
 */
void nat64_reclaim_init(struct nat64_reclaim *kind,
			void (*free)(struct llist_node *link))
{
	init_llist_head(&kind->waiting);
	INIT_WORK(&kind->work, nat64_reclaim_work);
	kind->free = free;
}

/**
 * nat64_reclaim - free an object after an RCU grace period
 * @kind: objects of its kind
 * @link: link of the object, which has left all tables
 */
void nat64_reclaim(struct nat64_reclaim *kind, struct llist_node *link)
{
	/* The work frees the whole list, so only the first object queues it. */
	if (llist_add(link, &kind->waiting))
		queue_work(NAT64_UNBOUND_WQ, &kind->work);
}

/**
 * nat64_reclaim_flush - wait until all objects passed before are freed
 * @kind: objects of a kind
 *
 * Context: process; sleeps.
 */
void nat64_reclaim_flush(struct nat64_reclaim *kind)
{
	flush_work(&kind->work);
}
