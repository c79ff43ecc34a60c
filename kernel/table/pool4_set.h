/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pool4_set.h - the pool4 entries of a configuration
 *
 * Entries are sorted by address, to find the one that contains a transport
 * address. A second order, by mark, ranks all addresses for a protocol, to
 * find the addresses that serve a packet.
 */
#ifndef NAT64_POOL4_SET_H
#define NAT64_POOL4_SET_H

#include <linux/bits.h>
#include <linux/nat64.h>
#include <linux/types.h>
#include "rfc/tuple.h"

struct nat64_exhausted;

/**
 * struct nat64_ports_range - ports or ICMP identifiers from min to max
 */
struct nat64_ports_range {
	/** @min: first port, in host byte order */
	u16 min;
	/** @max: last port, in host byte order */
	u16 max;
};

/**
 * struct nat64_pool4_entry - a pool4 entry
 *
 * Entries are sorted by address, and an index is a position in that order. For
 * allocation they have a second order, by mark, in which all addresses for a
 * protocol are ranked. An example with two entries:
 *
 *	index	entry		mark	by_mark	mark_idx  total	 ranks
 *	0	192.0.2.0/31	9	1	1	  6	 4 and 5
 *	1	198.51.100.0/30	4	0	0	  4	 0 to 3
 *
 * The first in order of mark (by_mark of index 0) is index 1, whose mark_idx is
 * 0. Mark 4 has ranks 0 to 3; then come 192.0.2.0 and 192.0.2.1. So
 * nat64_pool4_set_count_mark() of mark 9 is 2, from rank 4 on,
 * nat64_pool4_set_at_rank() of 4 is 192.0.2.0, and nat64_pool4_set_rank() of
 * that is 4.
 */
struct nat64_pool4_entry {
	/** @addr: the prefix, in host byte order; bits after @len are zero */
	u32 addr;
	/** @reach: highest last address of it and the entries before it */
	u32 reach;
	/** @mark: mark of the packets it serves */
	u32 mark;
	/**
	 * @total: addresses of it and the entries before it in order of mark,
	 * by protocol
	 */
	u32 total[NAT64_PROTOS];
	/** @by_mark: index of the entry with this rank by mark */
	u16 by_mark;
	/** @mark_idx: its own rank by mark */
	u16 mark_idx;
	/** @len: prefix length */
	u8 len;
	/** @protos: bit set of enum nat64_proto */
	u8 protos;
	/** @all_ports: no ports were given: all, and identifier 0 for ICMP */
	bool all_ports;
	/** @n_ranges: number of @ranges in use */
	u8 n_ranges;
	/** @ranges: the ports, ascending, not adjacent */
	struct nat64_ports_range ranges[NAT64_PORTS_MAX];
};

/**
 * struct nat64_pool4_set - the pool4 entries of a configuration
 */
struct nat64_pool4_set {
	/** @exhausted: hints of addresses without a free port, or NULL */
	struct nat64_exhausted *exhausted;
	/** @n: number of entries; 0: the router's own addresses serve */
	u16 n;
	/** @entry: the entries, by ascending address */
	struct nat64_pool4_entry entry[];
};

const char *nat64_pool4_set_add(struct nat64_pool4_set *set,
				const struct nat64_pool4_entry *entry);
const char *nat64_pool4_set_del(struct nat64_pool4_set *set,
				const struct nat64_pool4_entry *what);
int nat64_pool4_set_last(const struct nat64_pool4_set *set, u32 host);
u32 nat64_pool4_set_count(const struct nat64_pool4_set *set,
			  enum nat64_proto proto);
u32 nat64_pool4_set_count_mark(const struct nat64_pool4_set *set,
			       enum nat64_proto proto, u32 mark, u32 *first);
const struct nat64_pool4_entry *
nat64_pool4_set_at_rank(const struct nat64_pool4_set *set,
			enum nat64_proto proto, u32 at, u32 *host);
u32 nat64_pool4_set_rank(const struct nat64_pool4_set *set,
			 enum nat64_proto proto,
			 const struct nat64_pool4_entry *entry, u32 host);
bool nat64_pool4_set_find_rank(const struct nat64_pool4_set *set,
			       enum nat64_proto proto, u32 host, u16 port,
			       u32 *at);
bool nat64_pool4_entries_overlap(const struct nat64_pool4_entry *a,
				 const struct nat64_pool4_entry *b);
bool nat64_pool4_set_has_addr(const struct nat64_pool4_set *set,
			      enum nat64_proto proto, __be32 addr);
bool nat64_pool4_set_serves(const struct nat64_pool4_set *set,
			    enum nat64_proto proto, u32 mark, __be32 addr,
			    __be16 port);
bool nat64_pool4_set_has(const struct nat64_pool4_set *set,
			 enum nat64_proto proto, __be32 addr, __be16 port);
void nat64_pool4_set_sort(struct nat64_pool4_set *set);

/**
 * nat64_pool4_entry_contains - check whether an entry contains an address
 * @entry: the entry
 * @host: the address, in host byte order
 *
 * Return: true if so.
 */
static inline bool
nat64_pool4_entry_contains(const struct nat64_pool4_entry *entry, u32 host)
{
	return !((host ^ entry->addr) >> (32 - entry->len));
}

/**
 * nat64_pool4_set_next - find the entries that contain an address, last first
 * @set: the set
 * @host: the address, in host byte order
 * @i: the index returned before; set->n to start
 *
 * Return: index of an entry, or -1 if there are no more.
 */
static inline int nat64_pool4_set_next(const struct nat64_pool4_set *set,
				       u32 host, int i)
{
	if (i == set->n)
		i = nat64_pool4_set_last(set, host) + 1;
	while (--i >= 0 && set->entry[i].reach >= host)
		if (nat64_pool4_entry_contains(&set->entry[i], host))
			return i;
	return -1;
}

/**
 * nat64_pool4_set_covers - check whether any entry contains an address
 * @set: the set
 * @host: the address, in host byte order
 *
 * Return: true if so.
 */
static inline bool nat64_pool4_set_covers(const struct nat64_pool4_set *set,
					  u32 host)
{
	return nat64_pool4_set_next(set, host, set->n) >= 0;
}

#endif /* NAT64_POOL4_SET_H */
