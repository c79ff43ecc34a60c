/* SPDX-License-Identifier: GPL-2.0 */
/*
 * exhausted.h - the addresses of pool4 without a free port
 *
 * One bit for each address and protocol, in order of rank, so that a search
 * skips exhausted addresses and finds out at once if all are.
 *
 * Sets with the same entries share the bits. They are hints: a bit may be
 * missing (a search then looks in vain once), but none may stay when a port is
 * free. So a port is freed first, then its bit is cleared; a CPU that sets a
 * bit looks for a free port afterwards, and not at other hints, which may be
 * late.
 */
#ifndef NAT64_EXHAUSTED_H
#define NAT64_EXHAUSTED_H

#include <linux/refcount.h>
#include <linux/types.h>
#include "rfc/tuple.h"
#include "table/pool4_set.h"

/**
 * struct nat64_exhausted - the addresses of a pool4 that have no port left
 */
struct nat64_exhausted {
	/** @users: configurations */
	refcount_t users;
	/** @any: a bit has been set since there are any */
	bool any;
	/** @from: where the bits of a protocol begin */
	u32 from[NAT64_PROTOS];
	/** @bits: the bits; changed atomically */
	unsigned long bits[];
};

void nat64_exhausted_attach(struct nat64_pool4_set *set,
			    const struct nat64_pool4_set *same);
void nat64_exhausted_put(struct nat64_exhausted *exhausted);
u32 nat64_exhausted_next(const struct nat64_pool4_set *set,
			 enum nat64_proto proto, u32 at, u32 end);
void nat64_exhausted_set(const struct nat64_pool4_set *set,
			 enum nat64_proto proto, u32 at, bool is);
void nat64_exhausted_port_back(const struct nat64_pool4_set *set,
			       enum nat64_proto proto, u32 host, u16 port);

#endif /* NAT64_EXHAUSTED_H */
