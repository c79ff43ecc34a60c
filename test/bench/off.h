/* SPDX-License-Identifier: GPL-2.0 */
/* off.h - put before the sources of nat64: its sections with softirqs off are
 * timed by off.c
 */
#ifndef OFF_H
#define OFF_H

#include <linux/bottom_half.h>
#include <linux/preempt.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>

void off_begin(void);
void off_end(void);

static inline void off_bh_disable(void)
{
	local_bh_disable();
	off_begin();
}

static inline void off_bh_enable(void)
{
	off_end();
	local_bh_enable();
}

static inline void off_lock_bh(spinlock_t *lock)
{
	off_bh_disable();
	spin_lock(lock);
}

static inline void off_unlock_bh(spinlock_t *lock)
{
	spin_unlock(lock);
	off_bh_enable();
}

#define local_bh_disable off_bh_disable
#define local_bh_enable off_bh_enable
#define spin_lock_bh off_lock_bh
#define spin_unlock_bh off_unlock_bh

#endif /* OFF_H */
