// SPDX-License-Identifier: GPL-2.0
/* exhausted.c - the addresses of pool4 that have no port left */
#include "table/exhausted.h"

#include <linux/bitmap.h>
#include <linux/slab.h>

/* With more addresses, over all protocols, there are no marks: 8 MiB of bits. */
#define NAT64_EXHAUSTED_MAX BIT(26)

static struct nat64_exhausted *
nat64_exhausted_alloc(const struct nat64_pool4_set *set)
{
	u32 from[NAT64_PROTOS];
	struct nat64_exhausted *exhausted;
	u64 n = 0;
	int proto;

	for (proto = 0; proto < NAT64_PROTOS; proto++) {
		from[proto] = n;
		n += nat64_pool4_set_count(set, proto);
	}
	if (!n || n > NAT64_EXHAUSTED_MAX)
		return NULL;
	exhausted = kvzalloc(struct_size(exhausted, bits, BITS_TO_LONGS(n)),
			     GFP_KERNEL_ACCOUNT);
	if (!exhausted)
		return NULL;
	refcount_set(&exhausted->users, 1);
	memcpy(exhausted->from, from, sizeof(from));
	return exhausted;
}

/**
 * nat64_exhausted_attach - prepare to mark exhausted addresses of a set
 * @set: a set that no packet sees yet
 * @same: a set in use with the same entries, to share its marks with; or NULL
 *
 * Without memory there are no marks, and a search gives up after some
 * addresses.
 */
void nat64_exhausted_attach(struct nat64_pool4_set *set,
			    const struct nat64_pool4_set *same)
{
	set->exhausted = same ? same->exhausted : nat64_exhausted_alloc(set);
	if (same && set->exhausted)
		refcount_inc(&set->exhausted->users);
}

/**
 * nat64_exhausted_put - drop a reference to the marks of a set
 * @exhausted: the marks, or NULL
 */
void nat64_exhausted_put(struct nat64_exhausted *exhausted)
{
	if (exhausted && refcount_dec_and_test(&exhausted->users))
		kvfree(exhausted);
}

/**
 * nat64_exhausted_next - find the next address that may have a free port
 * @set: the set
 * @proto: protocol
 * @at: rank of the first to look at
 * @end: rank after the last
 *
 * Return: the rank; at least @end if there is none.
 */
u32 nat64_exhausted_next(const struct nat64_pool4_set *set,
			 enum nat64_proto proto, u32 at, u32 end)
{
	const struct nat64_exhausted *exhausted = set->exhausted;
	u32 from;

	if (!exhausted)
		return at;
	from = exhausted->from[proto];
	return find_next_zero_bit(exhausted->bits, from + end, from + at) -
	       from;
}

/**
 * nat64_exhausted_set - mark an address as exhausted, or not
 * @set: the set
 * @proto: protocol
 * @at: rank of the address
 * @is: it is exhausted; check once more afterwards
 */
void nat64_exhausted_set(const struct nat64_pool4_set *set,
			 enum nat64_proto proto, u32 at, bool is)
{
	struct nat64_exhausted *exhausted = set->exhausted;

	if (!exhausted)
		return;
	if (is) {
		WRITE_ONCE(exhausted->any, true);
		set_bit(exhausted->from[proto] + at, exhausted->bits);
		/* Pairs with nat64_page_release(): one of us sees the other. */
		smp_mb__after_atomic();
	} else {
		clear_bit(exhausted->from[proto] + at, exhausted->bits);
	}
}

/**
 * nat64_exhausted_port_back - let searches find an address again
 * @set: the set
 * @proto: protocol
 * @host: the address, in host byte order
 * @port: a port that is free again, in host byte order; its bit in the page is
 *	clear already, and a full barrier has followed
 */
void nat64_exhausted_port_back(const struct nat64_pool4_set *set,
			       enum nat64_proto proto, u32 host, u16 port)
{
	const struct nat64_exhausted *exhausted = set->exhausted;
	u32 rank;

	if (!exhausted || likely(!READ_ONCE(exhausted->any)))
		return;
	if (!nat64_pool4_set_find_rank(set, proto, host, port, &rank))
		return;
	if (test_bit(exhausted->from[proto] + rank, exhausted->bits))
		nat64_exhausted_set(set, proto, rank, false);
}
