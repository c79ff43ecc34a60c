// SPDX-License-Identifier: GPL-2.0
/* pool4_set.c - the pool4 entries of a configuration */
#include "table/pool4_set.h"

#include <linux/overflow.h>
#include <linux/string.h>

static bool nat64_ranges_overlap(const struct nat64_pool4_row *a,
				 const struct nat64_pool4_row *b)
{
	int i = 0, j = 0;

	/* Both rise, so each range is passed once. */
	while (i < a->n_ranges && j < b->n_ranges) {
		if (a->ranges[i].max < b->ranges[j].min)
			i++;
		else if (b->ranges[j].max < a->ranges[i].min)
			j++;
		else
			return true;
	}
	return false;
}

/**
 * nat64_pool4_rows_overlap - do two pool4 entries share a transport address?
 * @a: an entry
 * @b: an entry
 *
 * The mark does not matter: it says who may use a transport address, not
 * which one it is.
 *
 * Return: true if they do.
 */
bool nat64_pool4_rows_overlap(const struct nat64_pool4_row *a,
			      const struct nat64_pool4_row *b)
{
	const struct nat64_pool4_row *wide = a->len < b->len ? a : b;

	return (a->protos & b->protos) &&
	       nat64_row_contains(wide, a == wide ? b->addr : a->addr) &&
	       nat64_ranges_overlap(a, b);
}

/* Work out how far the entries reach, from a place on. */
static void nat64_pool4_set_reach(struct nat64_pool4_set *set, int i)
{
	for (; i < set->n; i++) {
		struct nat64_pool4_row *row = &set->entry[i];

		row->reach =
			row->addr + (row->len < 32 ? U32_MAX >> row->len : 0);
		if (i)
			row->reach = max(row->reach, row[-1].reach);
	}
}

/* Put an entry behind those of lower or equal address. */
static void nat64_pool4_set_insert(struct nat64_pool4_set *set,
				   const struct nat64_pool4_row *row)
{
	int at = nat64_pool4_set_last(set, row->addr) + 1;

	memmove(&set->entry[at + 1], &set->entry[at],
		array_size(set->n - at, sizeof(*row)));
	set->entry[at] = *row;
	set->n++;
	nat64_pool4_set_reach(set, at);
}

/**
 * nat64_pool4_set_last - the last entry that may hold an address
 * @set: the set
 * @host: the address, in host byte order
 *
 * Return: place of the last entry whose address is not above it, or -1.
 */
int nat64_pool4_set_last(const struct nat64_pool4_set *set, u32 host)
{
	int low = 0, high = set->n;

	while (low < high) {
		int mid = (low + high) / 2;

		if (set->entry[mid].addr <= host)
			low = mid + 1;
		else
			high = mid;
	}
	return low - 1;
}

/**
 * nat64_pool4_set_add - add a pool4 entry
 * @set: a set that is not published yet, with room for one more
 * @row: the entry, valid in itself
 *
 * Return: NULL, or a sentence that says why it is refused.
 */
const char *nat64_pool4_set_add(struct nat64_pool4_set *set,
				const struct nat64_pool4_row *row)
{
	int i;

	if (set->n == NAT64_POOL4_MAX)
		return "the instance has as many pool4 entries as it can hold";
	for (i = 0; i < set->n; i++)
		if (nat64_pool4_rows_overlap(&set->entry[i], row))
			return "the pool4 entry overlaps one that the instance has";
	nat64_pool4_set_insert(set, row);
	return NULL;
}

/* Take the ports of @what out of @row; false if there is no room for the rest. */
static bool nat64_ranges_cut(struct nat64_pool4_row *row,
			     const struct nat64_pool4_row *what)
{
	struct nat64_ports_range left[NAT64_PORTS_MAX];
	int i, j, n = 0;

	for (i = 0; i < row->n_ranges; i++) {
		u32 from = row->ranges[i].min, to = row->ranges[i].max;

		for (j = 0; j < what->n_ranges && from <= to; j++) {
			u32 min = what->ranges[j].min,
			    max = what->ranges[j].max;

			if (max < from || min > to)
				continue;
			if (min > from) {
				if (n == NAT64_PORTS_MAX)
					return false;
				left[n].min = from;
				left[n++].max = min - 1;
			}
			from = max + 1;
		}
		if (from > to)
			continue;
		if (n == NAT64_PORTS_MAX)
			return false;
		left[n].min = from;
		left[n++].max = to;
	}
	memcpy(row->ranges, left, n * sizeof(left[0]));
	row->n_ranges = n;
	row->all_ports = false;
	return true;
}

/**
 * nat64_pool4_set_del - take protocols and ports out of pool4
 * @set: a set that is not published yet, with room for twice the
 *	entries it has
 * @what: prefix, mark, protocols and ports to take out
 *
 * Return: NULL, or a sentence that says why it is refused.
 */
const char *nat64_pool4_set_del(struct nat64_pool4_set *set,
				const struct nat64_pool4_row *what)
{
	bool found = false;
	int i, n;

	for (i = 0; i < set->n; i++) {
		struct nat64_pool4_row *row = &set->entry[i];
		struct nat64_pool4_row rest;

		if (row->addr != what->addr || row->len != what->len ||
		    row->mark != what->mark ||
		    !nat64_pool4_rows_overlap(row, what))
			continue;
		found = true;
		rest = *row;
		rest.protos &= what->protos;
		row->protos &= ~what->protos;
		if (!nat64_ranges_cut(&rest, what))
			return "too many port ranges would remain: delete the entry, add it anew";
		if (rest.n_ranges)
			nat64_pool4_set_insert(set, &rest);
	}
	if (!found)
		return "the instance has no such pool4 entry: see 'pool4 show'";

	for (n = 0, i = 0; i < set->n; i++)
		if (set->entry[i].protos)
			set->entry[n++] = set->entry[i];
	set->n = n;
	nat64_pool4_set_reach(set, 0);
	if (n > NAT64_POOL4_MAX)
		return "more pool4 entries would remain than an instance can hold";
	return NULL;
}

/**
 * nat64_pool4_set_sort - put the entries in order of mark, and count addresses
 * @set: a set that is complete, and not published yet
 */
void nat64_pool4_set_sort(struct nat64_pool4_set *set)
{
	u32 n[NAT64_PROTOS] = {};
	int i, j, proto;

	for (i = 0; i < set->n; i++) {
		for (j = i; j && set->entry[set->entry[j - 1].nth].mark >
					 set->entry[i].mark;
		     j--)
			set->entry[j].nth = set->entry[j - 1].nth;
		set->entry[j].nth = i;
	}
	for (i = 0; i < set->n; i++) {
		struct nat64_pool4_row *row = &set->entry[set->entry[i].nth];

		row->turn = i;
		for (proto = 0; proto < NAT64_PROTOS; proto++) {
			if (row->protos & BIT(proto))
				n[proto] += 1U << (32 - row->len);
			row->total[proto] = n[proto];
		}
	}
}

/**
 * nat64_pool4_set_has_addr - has pool4 a port of an address?
 * @set: the set
 * @proto: protocol
 * @addr: IPv4 address, in network byte order
 *
 * Return: true if it has.
 */
bool nat64_pool4_set_has_addr(const struct nat64_pool4_set *set,
			      enum nat64_proto proto, __be32 addr)
{
	u32 host = ntohl(addr);
	int i = set->n;

	while ((i = nat64_pool4_set_next(set, host, i)) >= 0)
		if (set->entry[i].protos & BIT(proto))
			return true;
	return false;
}

/* The entry that a transport address is in, or NULL. */
static const struct nat64_pool4_row *
nat64_pool4_set_find(const struct nat64_pool4_set *set, enum nat64_proto proto,
		     __be32 addr, __be16 port)
{
	u32 host = ntohl(addr);
	u16 p = ntohs(port);
	int i = set->n, j;

	while ((i = nat64_pool4_set_next(set, host, i)) >= 0) {
		const struct nat64_pool4_row *row = &set->entry[i];

		if (!(row->protos & BIT(proto)))
			continue;
		for (j = 0; j < row->n_ranges; j++)
			if (p >= row->ranges[j].min && p <= row->ranges[j].max)
				return row;
	}
	return NULL;
}

/* The entry that is the @i-th in the order of their marks. */
static const struct nat64_pool4_row *
nat64_pool4_set_by_mark(const struct nat64_pool4_set *set, int i)
{
	return &set->entry[set->entry[i].nth];
}

/* Addresses that the first @n entries have in the order of their marks. */
static u32 nat64_pool4_set_total(const struct nat64_pool4_set *set,
				 enum nat64_proto proto, int n)
{
	return n ? nat64_pool4_set_by_mark(set, n - 1)->total[proto] : 0;
}

/**
 * nat64_pool4_set_count - how many addresses pool4 has for a protocol
 * @set: the set
 * @proto: protocol
 *
 * Return: their number; one that is in two entries counts twice.
 */
u32 nat64_pool4_set_count(const struct nat64_pool4_set *set,
			  enum nat64_proto proto)
{
	return nat64_pool4_set_total(set, proto, set->n);
}

/* How many entries have a mark below @mark. */
static int nat64_pool4_set_below(const struct nat64_pool4_set *set, u64 mark)
{
	int low = 0, high = set->n;

	while (low < high) {
		int mid = (low + high) / 2;

		if (nat64_pool4_set_by_mark(set, mid)->mark < mark)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/**
 * nat64_pool4_set_count_mark - the addresses of pool4 for certain packets
 * @set: the set
 * @proto: protocol
 * @mark: mark of the packets
 * @first: set to the first of them, for nat64_pool4_set_at_rank()
 *
 * Return: how many there are.
 */
u32 nat64_pool4_set_count_mark(const struct nat64_pool4_set *set,
			       enum nat64_proto proto, u32 mark, u32 *first)
{
	int low = nat64_pool4_set_below(set, mark);
	int high = nat64_pool4_set_below(set, (u64)mark + 1);

	*first = nat64_pool4_set_total(set, proto, low);
	return nat64_pool4_set_total(set, proto, high) - *first;
}

/**
 * nat64_pool4_set_at_rank - an address of pool4
 * @set: the set
 * @proto: protocol
 * @at: which one, below nat64_pool4_set_count()
 * @host: set to the address, in host byte order
 *
 * Return: the entry that it is in.
 */
const struct nat64_pool4_row *
nat64_pool4_set_at_rank(const struct nat64_pool4_set *set,
			enum nat64_proto proto, u32 at, u32 *host)
{
	const struct nat64_pool4_row *row;
	int low = 0, high = set->n;

	while (low < high) {
		int mid = (low + high) / 2;

		if (nat64_pool4_set_by_mark(set, mid)->total[proto] <= at)
			low = mid + 1;
		else
			high = mid;
	}
	row = nat64_pool4_set_by_mark(set, low);
	*host = row->addr + at - nat64_pool4_set_total(set, proto, low);
	return row;
}

/**
 * nat64_pool4_set_rank - which address of pool4 an address of an entry is
 * @set: the set
 * @proto: protocol
 * @row: the entry
 * @host: the address, in host byte order
 *
 * Return: what nat64_pool4_set_at_rank() takes.
 */
u32 nat64_pool4_set_rank(const struct nat64_pool4_set *set,
			 enum nat64_proto proto,
			 const struct nat64_pool4_row *row, u32 host)
{
	return nat64_pool4_set_total(set, proto, row->turn) + host - row->addr;
}

/**
 * nat64_pool4_set_find_rank - which address of pool4 a transport address belongs to
 * @set: the set
 * @proto: protocol
 * @host: the address, in host byte order
 * @port: port or identifier, in host byte order
 * @at: set to what nat64_pool4_set_at_rank() takes
 *
 * Return: false if pool4 does not have it.
 */
bool nat64_pool4_set_find_rank(const struct nat64_pool4_set *set,
			       enum nat64_proto proto, u32 host, u16 port,
			       u32 *at)
{
	const struct nat64_pool4_row *row;

	row = nat64_pool4_set_find(set, proto, htonl(host), htons(port));
	if (!row)
		return false;
	*at = nat64_pool4_set_rank(set, proto, row, host);
	return true;
}

/**
 * nat64_pool4_set_has - is a transport address in pool4?
 * @set: the set
 * @proto: protocol
 * @addr: IPv4 address, in network byte order
 * @port: port or identifier, in network byte order
 *
 * Return: true if it is.
 */
bool nat64_pool4_set_has(const struct nat64_pool4_set *set,
			 enum nat64_proto proto, __be32 addr, __be16 port)
{
	return nat64_pool4_set_find(set, proto, addr, port);
}

/**
 * nat64_pool4_set_serves - is a transport address in pool4 for certain packets?
 * @set: the set
 * @proto: protocol
 * @mark: mark of the packets
 * @addr: IPv4 address, in network byte order
 * @port: port or identifier, in network byte order
 *
 * Return: true if it is.
 */
bool nat64_pool4_set_serves(const struct nat64_pool4_set *set,
			    enum nat64_proto proto, u32 mark, __be32 addr,
			    __be16 port)
{
	const struct nat64_pool4_row *row;

	row = nat64_pool4_set_find(set, proto, addr, port);
	return row && row->mark == mark;
}
