/* SPDX-License-Identifier: GPL-2.0 */
/* usage.h - count the ports of a pool4 entry that are in use */
#ifndef NAT64_USAGE_H
#define NAT64_USAGE_H

#include <linux/types.h>
#include "rfc/tuple.h"

struct nat64_instance;
struct nat64_pool4_entry;

/**
 * struct nat64_usage - how much of a pool4 entry is used
 */
struct nat64_usage {
	/** @ports: ports by protocol, of all addresses of the entry */
	u64 ports[NAT64_PROTOS];
	/** @used: those of them that are taken or held down */
	u64 used[NAT64_PROTOS];
	/** @hosts6: IPv6 hosts that have one of its addresses */
	u64 hosts6;
};

void nat64_pool4_usage(struct nat64_instance *inst,
		       const struct nat64_pool4_entry *entry,
		       struct nat64_usage *usage);

#endif /* NAT64_USAGE_H */
