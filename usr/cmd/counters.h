/* SPDX-License-Identifier: GPL-2.0 */
/* counters.h - the counters of instances: their names, and how they are read */
#ifndef NAT64CTL_COUNTERS_H
#define NAT64CTL_COUNTERS_H

#include "cmd/cmd.h"

/* A kernel that is newer than this command may have more counters. */
#define COUNTERS_TAKEN 256
#define N_GAUGES 4

/**
 * struct gauge - a number that goes up and down, such as that of sessions
 * @attr: the attribute with the number; absent if instances of this type have none
 * @name: its name
 * @meaning: what is counted
 */
struct gauge {
	int attr;
	const char *name;
	const char *meaning;
};

extern const struct gauge gauges[N_GAUGES];

/**
 * struct sample - the counters of one instance
 * @instance: its name
 * @has_gauge: whether the instance has the gauge, in the order of gauges[]
 * @gauge: the value of the gauge, in the same order
 * @has: was the counter in the answer?
 * @value: its value
 */
struct sample {
	char instance[NAT64_NAME_MAX + 1];
	bool has_gauge[N_GAUGES];
	__u64 gauge[N_GAUGES];
	bool has[COUNTERS_TAKEN];
	__u64 value[COUNTERS_TAKEN];
};

/**
 * struct samples - the counters of the instances
 * @sample: one for each instance
 * @n: how many
 */
struct samples {
	struct sample *sample;
	size_t n;
};

const char *stats_name(char *text, size_t size, size_t counter);
const char *stats_meaning(size_t counter);
int samples_read(struct cmd *cmd, struct samples *samples);
void samples_free(void *arg);

#endif /* NAT64CTL_COUNTERS_H */
