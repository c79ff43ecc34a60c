// SPDX-License-Identifier: GPL-2.0
/*
 * stats.c - counters of an instance, one set a CPU
 *
 * A translated packet is counted once, where it left; the counters of received
 * and translated packets are derived when they are summed.
 */
#include "table/stats.h"

/**
 * nat64_stats_alloc - allocate counters
 *
 * Return: the counters, all zero, or NULL; free_percpu() frees them.
 */
struct nat64_stats __percpu *nat64_stats_alloc(void)
{
	struct nat64_stats __percpu *stats = alloc_percpu_gfp(struct nat64_stats,
							      GFP_KERNEL_ACCOUNT);
	int cpu;

	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->sync);
	return stats;
}

/* translated += fastpath; received += translated */
static void nat64_stats_complete(u64 sum[__NAT64_STAT_MAX])
{
	sum[NAT64_STAT_TRANSLATED64] += sum[NAT64_STAT_FASTPATH64];
	sum[NAT64_STAT_TRANSLATED46] += sum[NAT64_STAT_FASTPATH46];
	sum[NAT64_STAT_RECEIVED6] += sum[NAT64_STAT_TRANSLATED64];
	sum[NAT64_STAT_RECEIVED4] += sum[NAT64_STAT_TRANSLATED46];
}

/**
 * nat64_stats_sum - sum the counters of all CPUs
 * @stats: the counters
 * @sum: set to the sums
 */
void nat64_stats_sum(const struct nat64_stats __percpu *stats,
		     u64 sum[__NAT64_STAT_MAX])
{
	u64 copy[__NAT64_STAT_MAX];
	unsigned int start;
	int cpu, i;

	memset(sum, 0, sizeof(copy));
	for_each_possible_cpu(cpu) {
		const struct nat64_stats *s = per_cpu_ptr(stats, cpu);

		do {
			start = u64_stats_fetch_begin(&s->sync);
			for (i = 0; i < __NAT64_STAT_MAX; i++)
				copy[i] = u64_stats_read(&s->value[i]);
		} while (u64_stats_fetch_retry(&s->sync, start));
		for (i = 0; i < __NAT64_STAT_MAX; i++)
			sum[i] += copy[i];
	}
	nat64_stats_complete(sum);
}

/**
 * nat64_stats_get - sum one counter of all CPUs
 * @stats: the counters
 * @stat: the counter, but none that nat64_stats_sum() derives from others
 *
 * Return: the sum.
 */
u64 nat64_stats_get(const struct nat64_stats __percpu *stats,
		    enum nat64_stat stat)
{
	unsigned int start;
	u64 sum = 0, value;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct nat64_stats *s = per_cpu_ptr(stats, cpu);

		do {
			start = u64_stats_fetch_begin(&s->sync);
			value = u64_stats_read(&s->value[stat]);
		} while (u64_stats_fetch_retry(&s->sync, start));
		sum += value;
	}
	return sum;
}
