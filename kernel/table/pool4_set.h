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
	/** @min: the first, in host byte order */
	u16 min;
	/** @max: the last, in host byte order */
	u16 max;
};

/**
 * struct nat64_pool4_row - a pool4 entry
 *
 * The entries are kept by address: that is their place. A search needs the
 * addresses of a mark instead, so they have a second order, by mark, in which
 * all addresses for a protocol are numbered. An example, of two entries:
 *
 *	place	entry		mark	nth	turn	total	addresses
 *	0	192.0.2.0/31	9	1	1	6	4 and 5
 *	1	198.51.100.0/30	4	0	0	4	0 to 3
 *
 * First in the order of marks (nth of place 0) is place 1, whose turn is 0. Of
 * all addresses, 4 are those of mark 4, and the next are 192.0.2.0 and
 * 192.0.2.1: nat64_pool4_set_count_mark() of mark 9 is 2 from 4 on, nat64_pool4_set_at_rank()
 * of 4 is 192.0.2.0, and nat64_pool4_set_rank() of that is 4.
 */
struct nat64_pool4_row {
	/** @addr: the prefix, in host byte order; bits behind @len are zero */
	u32 addr;
	/** @reach: last address of it or an entry before it, in host byte order */
	u32 reach;
	/** @mark: the packets it serves */
	u32 mark;
	/**
	 * @total: addresses that it and those before it have, by protocol, if
	 * the entries are put in the order of their marks
	 */
	u32 total[NAT64_PROTOS];
	/** @nth: place of the entry that has this place in that order */
	u16 nth;
	/** @turn: its own place in that order */
	u16 turn;
	/** @len: prefix length */
	u8 len;
	/** @protos: bit set of enum nat64_proto */
	u8 protos;
	/** @all_ports: no ports were given: all, and identifier 0 for ICMP */
	bool all_ports;
	/** @n_ranges: how many @ranges are used */
	u8 n_ranges;
	/** @ranges: the ports, rising, not touching one another */
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
	struct nat64_pool4_row entry[];
};

const char *nat64_pool4_set_add(struct nat64_pool4_set *set,
				const struct nat64_pool4_row *row);
const char *nat64_pool4_set_del(struct nat64_pool4_set *set,
				const struct nat64_pool4_row *what);
int nat64_pool4_set_last(const struct nat64_pool4_set *set, u32 host);
u32 nat64_pool4_set_count(const struct nat64_pool4_set *set,
			  enum nat64_proto proto);
u32 nat64_pool4_set_count_mark(const struct nat64_pool4_set *set,
			       enum nat64_proto proto, u32 mark, u32 *first);
const struct nat64_pool4_row *
nat64_pool4_set_at_rank(const struct nat64_pool4_set *set,
			enum nat64_proto proto, u32 at, u32 *host);
u32 nat64_pool4_set_rank(const struct nat64_pool4_set *set,
			 enum nat64_proto proto,
			 const struct nat64_pool4_row *row, u32 host);
bool nat64_pool4_set_find_rank(const struct nat64_pool4_set *set,
			       enum nat64_proto proto, u32 host, u16 port,
			       u32 *at);
bool nat64_pool4_rows_overlap(const struct nat64_pool4_row *a,
			      const struct nat64_pool4_row *b);
bool nat64_pool4_set_has_addr(const struct nat64_pool4_set *set,
			      enum nat64_proto proto, __be32 addr);
bool nat64_pool4_set_serves(const struct nat64_pool4_set *set,
			    enum nat64_proto proto, u32 mark, __be32 addr,
			    __be16 port);
bool nat64_pool4_set_has(const struct nat64_pool4_set *set,
			 enum nat64_proto proto, __be32 addr, __be16 port);
void nat64_pool4_set_sort(struct nat64_pool4_set *set);

/**
 * nat64_row_contains - is an address inside a pool4 entry?
 * @row: the entry
 * @host: the address, in host byte order
 *
 * Return: true if it is.
 */
static inline bool nat64_row_contains(const struct nat64_pool4_row *row,
				      u32 host)
{
	return !((host ^ row->addr) >> (32 - row->len));
}

/**
 * nat64_pool4_set_next - the pool4 entries that an address is in, from the last
 * @set: the set
 * @host: the address, in host byte order
 * @i: the place returned before; set->n to begin
 *
 * Return: place of an entry, or -1 if there is none any more.
 */
static inline int nat64_pool4_set_next(const struct nat64_pool4_set *set,
				       u32 host, int i)
{
	if (i == set->n)
		i = nat64_pool4_set_last(set, host) + 1;
	while (--i >= 0 && set->entry[i].reach >= host)
		if (nat64_row_contains(&set->entry[i], host))
			return i;
	return -1;
}

/**
 * nat64_pool4_set_covers - is an address inside any pool4 entry?
 * @set: the set
 * @host: the address, in host byte order
 *
 * Return: true if it is.
 */
static inline bool nat64_pool4_set_covers(const struct nat64_pool4_set *set,
					  u32 host)
{
	return nat64_pool4_set_next(set, host, set->n) >= 0;
}

#endif /* NAT64_POOL4_SET_H */
