/* SPDX-License-Identifier: GPL-2.0 */
/*
 * slice.h - how much is done at once with softirqs off
 *
 * Whoever goes over entries and sessions does so in slices, and lets others run
 * between them. A slice ends after so many visits, or after a time, if they take
 * long; the next goes on where it stopped, be it in the middle of a BIB entry.
 */
#ifndef NAT64_SLICE_H
#define NAT64_SLICE_H

#include <linux/bottom_half.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

struct nat64_bib;

/* Visits of a slice, to ports and to sessions that are not an entry's first. */
#define NAT64_SLICE_VISITS 64

/* Nanoseconds after which no more visits are made: a fifth of what is allowed. */
#define NAT64_SLICE_TIME (NSEC_PER_MSEC / 5)

/* Visits from one look at the clock, which is slow on some machines, to the next. */
#define NAT64_SLICE_CLOCK 8

/**
 * struct nat64_slice - how far a walk may go, and where it goes on
 *
 * A walk that knows its port is in one of three places:
 * - before the port: @within is false, @ending is NULL;
 * - among the sessions of the port's entry: @within is true, @dst4 and @dport
 *   name the next. If it has gone, the entry is begun again; if the entry has
 *   gone, @within is false again;
 * - among the sessions of an entry that the walk itself has ended, so that it
 *   stays until the walk removes it: @within is true, @ending is the entry.
 *
 * nat64_session_next() stops when @left is used up, and sets @within;
 * nat64_session_first() goes on, and clears it.
 */
struct nat64_slice {
	/** @left: visits that are left */
	int left;
	/** @dport: with @dst4, the session to go on with, if @within */
	__be16 dport;
	/** @within: it has stopped in the middle of an entry */
	bool within;
	/** @dst4: remote of that session, in network byte order */
	__be32 dst4;
	/** @until: when it ends, in nanoseconds; 0 before its first visit */
	u64 until;
	/** @ending: an entry that is being removed, and by nobody else; or NULL */
	struct nat64_bib *ending;
};

/**
 * nat64_slice_begin - begin a slice
 * @slice: all zero before the first
 *
 * Context: process. Softirqs are off, under the RCU read lock, until
 * nat64_slice_end().
 */
static inline void nat64_slice_begin(struct nat64_slice *slice)
{
	local_bh_disable();
	rcu_read_lock();
	slice->left = NAT64_SLICE_VISITS;
	slice->until = 0;
}

/**
 * nat64_slice_end - end a slice, and let others run
 */
static inline void nat64_slice_end(void)
{
	rcu_read_unlock();
	local_bh_enable();
	cond_resched();
}

/**
 * nat64_slice_take - is there room for one more visit?
 * @slice: the slice
 *
 * Return: true if there is; always for the first.
 */
static inline bool nat64_slice_take(struct nat64_slice *slice)
{
	u64 now;

	if (slice->left <= 0)
		return false;
	if (slice->left % NAT64_SLICE_CLOCK == 0) {
		now = ktime_get_ns();
		if (!slice->until)
			slice->until = now + NAT64_SLICE_TIME;
		if (now >= slice->until) {
			slice->left = 0;
			return false;
		}
	}
	slice->left--;
	return true;
}

#endif /* NAT64_SLICE_H */
