/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reclaim.h - memory of what packets may still use
 *
 * Frees what call_rcu() would, but not in a softirq: millions of sessions that
 * end at once would keep the other softirqs waiting there.
 */
#ifndef NAT64_RECLAIM_H
#define NAT64_RECLAIM_H

#include <linux/llist.h>

/**
 * struct nat64_reclaim - part of an object that is freed when no packet uses it
 */
struct nat64_reclaim {
	/** @node: place among those that wait */
	struct llist_node node;
	/** @free: frees the object; process context */
	void (*free)(struct nat64_reclaim *dead);
};

void nat64_reclaim(struct nat64_reclaim *dead,
		   void (*free)(struct nat64_reclaim *dead));
void nat64_reclaim_flush(void);

#endif /* NAT64_RECLAIM_H */
