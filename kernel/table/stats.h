/* SPDX-License-Identifier: GPL-2.0 */
/* stats.h - counters of an instance, one set a CPU */
#ifndef NAT64_STATS_H
#define NAT64_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>
#include <linux/nat64.h>

/**
 * struct nat64_stats - the counters of one CPU
 */
struct nat64_stats {
	/** @value: the counters, by enum nat64_stat */
	u64_stats_t value[__NAT64_STAT_MAX];
	/** @sync: lets 32-bit readers see whole numbers */
	struct u64_stats_sync sync;
};

struct nat64_stats __percpu *nat64_stats_alloc(void);
void nat64_stats_sum(const struct nat64_stats __percpu *stats,
		     u64 sum[__NAT64_STAT_MAX]);
u64 nat64_stats_get(const struct nat64_stats __percpu *stats,
		    enum nat64_stat stat);

/**
 * nat64_stats_add - add to a counter
 * @stats: the counters
 * @stat: which
 * @n: how much
 *
 * Context: softirqs off.
 */
static inline void nat64_stats_add(struct nat64_stats __percpu *stats,
				   enum nat64_stat stat, u64 n)
{
	struct nat64_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->sync);
	u64_stats_add(&s->value[stat], n);
	u64_stats_update_end(&s->sync);
}

/**
 * nat64_stats_inc - add one to a counter
 * @stats: the counters
 * @stat: which
 *
 * Context: softirqs off.
 */
static inline void nat64_stats_inc(struct nat64_stats __percpu *stats,
				   enum nat64_stat stat)
{
	nat64_stats_add(stats, stat, 1);
}

#endif /* NAT64_STATS_H */
