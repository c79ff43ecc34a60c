/* SPDX-License-Identifier: GPL-2.0 */
/*
 * walk_budget.h - bound the part of a walk that runs with softirqs off
 *
 * A walk over BIB entries and sessions runs in slices and reschedules between
 * them. A slice ends when its budget of visits, or of time if visits are slow,
 * is used up. The next slice resumes there, even inside a BIB entry.
 */
#ifndef NAT64_WALK_BUDGET_H
#define NAT64_WALK_BUDGET_H

#include <linux/bottom_half.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

struct nat64_bib;

/* Visits a slice: to ports, and to sessions other than an entry's first. */
#define NAT64_WALK_VISITS 64

/* Nanoseconds a slice: a fifth of the limit of one millisecond. */
#define NAT64_WALK_TIME (NSEC_PER_MSEC / 5)

/* Visits between two readings of the clock, which is slow on some machines. */
#define NAT64_WALK_CLOCK 8

/**
 * struct nat64_walk_budget - how far a walk may go, and where it resumes
 *
 * A walk that has reached a port is in one of three places:
 * - before the port: @within is false, @ending is NULL;
 * - among the sessions of the port's entry: @within is true, and @dst4 and
 *   @dport name the next session. If that session has gone, the entry is walked
 *   again; if the entry has gone, @within becomes false;
 * - among the sessions of an entry that the walk itself has ended, which stays
 *   until the walk removes it: @within is true, @ending is the entry.
 *
 * nat64_session_next() stops and sets @within when @left is used up;
 * nat64_session_first() resumes and clears it.
 */
struct nat64_walk_budget {
	/** @left: remaining visits */
	int left;
	/** @dport: with @dst4, the session to resume at, if @within */
	__be16 dport;
	/** @within: the walk has stopped inside an entry */
	bool within;
	/** @dst4: remote of that session, in network byte order */
	__be32 dst4;
	/** @until: end of the slice, in nanoseconds; 0 before its first visit */
	u64 until;
	/** @ending: the entry that this walk is removing, or NULL */
	struct nat64_bib *ending;
};

/**
 * nat64_walk_budget_begin - start a slice of a walk
 * @budget: the budget; all zero before the first slice
 *
 * Context: process. Disables softirqs and takes the RCU read lock until
 * nat64_walk_budget_end().
 */
static inline void nat64_walk_budget_begin(struct nat64_walk_budget *budget)
{
	local_bh_disable();
	rcu_read_lock();
	budget->left = NAT64_WALK_VISITS;
	budget->until = 0;
}

/**
 * nat64_walk_budget_end - end a slice and reschedule
 */
static inline void nat64_walk_budget_end(void)
{
	rcu_read_unlock();
	local_bh_enable();
	cond_resched();
}

/**
 * nat64_walk_budget_take - spend one visit
 * @budget: the budget
 *
 * Return: true if there was one left, as always for the first of a slice.
 */
static inline bool nat64_walk_budget_take(struct nat64_walk_budget *budget)
{
	u64 now;

	if (budget->left <= 0)
		return false;
	if (budget->left % NAT64_WALK_CLOCK == 0) {
		now = ktime_get_ns();
		if (!budget->until)
			budget->until = now + NAT64_WALK_TIME;
		if (now >= budget->until) {
			budget->left = 0;
			return false;
		}
	}
	budget->left--;
	return true;
}

#endif /* NAT64_WALK_BUDGET_H */
