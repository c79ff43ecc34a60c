/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reclaim.h - free objects after an RCU grace period, outside softirqs
 *
 * Frees what call_rcu() would, but not in a softirq: millions of sessions that
 * end at once would keep the other softirqs waiting there.
 */
#ifndef NAT64_RECLAIM_H
#define NAT64_RECLAIM_H

#include <linux/llist.h>
#include <linux/workqueue.h>

/**
 * struct nat64_reclaim - objects of a kind that are freed when no packet uses
 *	them
 */
struct nat64_reclaim {
	/** @waiting: the objects, by the link that is in each */
	struct llist_head waiting;
	/** @work: frees them */
	struct work_struct work;
	/** @free: frees one, given its link; process context */
	void (*free)(struct llist_node *link);
};

void nat64_reclaim_init(struct nat64_reclaim *kind,
			void (*free)(struct llist_node *link));
void nat64_reclaim(struct nat64_reclaim *kind, struct llist_node *link);
void nat64_reclaim_flush(struct nat64_reclaim *kind);

#endif /* NAT64_RECLAIM_H */
