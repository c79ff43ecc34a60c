/* SPDX-License-Identifier: GPL-2.0 */
/* instances.h - the instances of a network namespace */
#ifndef NAT64CTL_INSTANCES_H
#define NAT64CTL_INSTANCES_H

#include "nl/nl.h"

/* How many names are kept. */
#define INSTANCES_NAMED 8
/* Room for those names in words. */
#define INSTANCES_TEXT (INSTANCES_NAMED * (NAT64_NAME_MAX + 2) + 8)

/**
 * struct instances - the instances that exist
 * @wanted: the name of one
 * @found: that one exists
 * @n: how many there are
 * @name: the first of them
 */
struct instances {
	const char *wanted;
	bool found;
	size_t n;
	char name[INSTANCES_NAMED][NAT64_NAME_MAX + 1];
};

int instances_read(struct instances *all, struct nl64 *nl);
const char *instances_text(const struct instances *all, char *text);
bool instance_is_enabled(struct nl64 *nl, const char *instance);

#endif /* NAT64CTL_INSTANCES_H */
