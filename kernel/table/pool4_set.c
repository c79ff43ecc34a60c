// SPDX-License-Identifier: GPL-2.0
/* pool4_set.c - the pool4 entries of a configuration */
#include "table/pool4_set.h"

#include <linux/overflow.h>
#include <linux/string.h>

static bool nat64_ranges_overlap(const struct nat64_pool4_entry *a,
				 const struct nat64_pool4_entry *b)
{
	int i = 0, j = 0;

	/* Both are sorted, so each range is passed once. */
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
 * nat64_pool4_entries_overlap - check two entries for a common address and port
 * @a: an entry
 * @b: an entry
 *
 * The mark does not matter: it selects who may use a transport address.
 *
 * Return: true if there is one.
 */
bool nat64_pool4_entries_overlap(const struct nat64_pool4_entry *a,
				 const struct nat64_pool4_entry *b)
{
	const struct nat64_pool4_entry *wide = a->len < b->len ? a : b;

	return (a->protos & b->protos) &&
	       nat64_pool4_entry_contains(wide,
					  a == wide ? b->addr : a->addr) &&
	       nat64_ranges_overlap(a, b);
}

/* Compute @reach of the entries from index @i on. */
static void nat64_pool4_set_reach(struct nat64_pool4_set *set, int i)
{
	for (; i < set->n; i++) {
		struct nat64_pool4_entry *entry = &set->entry[i];

		entry->reach = entry->addr +
			       (entry->len < 32 ? U32_MAX >> entry->len : 0);
		if (i)
			entry->reach = max(entry->reach, entry[-1].reach);
	}
}

/* Insert an entry after those of lower or equal address. */
static void nat64_pool4_set_insert(struct nat64_pool4_set *set,
				   const struct nat64_pool4_entry *entry)
{
	int at = nat64_pool4_set_last(set, entry->addr) + 1;

	memmove(&set->entry[at + 1], &set->entry[at],
		array_size(set->n - at, sizeof(*entry)));
	set->entry[at] = *entry;
	set->n++;
	nat64_pool4_set_reach(set, at);
}

/**
 * nat64_pool4_set_last - find the last entry that may contain an address
 * @set: the set
 * @host: the address, in host byte order
 *
 * Return: index of the last entry whose address is not above it, or -1.
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
 * nat64_pool4_set_add - add an entry
 * @set: a set that is not published yet, with room for one more entry
 * @entry: the entry, valid in itself
 *
 * Return: NULL, or a sentence that says why it is refused.
 */
const char *nat64_pool4_set_add(struct nat64_pool4_set *set,
				const struct nat64_pool4_entry *entry)
{
	int i;

	if (set->n == NAT64_POOL4_MAX)
		return "the instance has as many pool4 entries as it can hold";
	for (i = 0; i < set->n; i++)
		if (nat64_pool4_entries_overlap(&set->entry[i], entry))
			return "the pool4 entry overlaps one that the instance has";
	nat64_pool4_set_insert(set, entry);
	return NULL;
}

/* Remove the ports of @what from @entry; false if the rest does not fit. */
static bool nat64_ranges_cut(struct nat64_pool4_entry *entry,
			     const struct nat64_pool4_entry *what)
{
	struct nat64_ports_range left[NAT64_PORTS_MAX];
	int i, j, n = 0;

	for (i = 0; i < entry->n_ranges; i++) {
		u32 from = entry->ranges[i].min, to = entry->ranges[i].max;

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
	memcpy(entry->ranges, left, n * sizeof(left[0]));
	entry->n_ranges = n;
	entry->all_ports = false;
	return true;
}

/**
 * nat64_pool4_set_del - remove protocols and ports from a set
 * @set: a set that is not published yet, with room for twice its entries
 * @what: prefix, mark, protocols and ports to remove
 *
 * Return: NULL, or a sentence that says why it is refused.
 */
const char *nat64_pool4_set_del(struct nat64_pool4_set *set,
				const struct nat64_pool4_entry *what)
{
	bool found = false;
	int i, n;

	for (i = 0; i < set->n; i++) {
		struct nat64_pool4_entry *entry = &set->entry[i];
		struct nat64_pool4_entry rest;

		if (entry->addr != what->addr || entry->len != what->len ||
		    entry->mark != what->mark ||
		    !nat64_pool4_entries_overlap(entry, what))
			continue;
		found = true;
		rest = *entry;
		rest.protos &= what->protos;
		entry->protos &= ~what->protos;
		if (!nat64_ranges_cut(&rest, what))
			return "too many port ranges would remain: delete the whole entry first";
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
 * nat64_pool4_set_sort - put entries in order of mark, and rank their addresses
 * @set: a set that is complete and not published yet
 */
void nat64_pool4_set_sort(struct nat64_pool4_set *set)
{
	u32 n[NAT64_PROTOS] = {};
	int i, j, proto;

	for (i = 0; i < set->n; i++) {
		for (j = i; j && set->entry[set->entry[j - 1].by_mark].mark >
					 set->entry[i].mark;
		     j--)
			set->entry[j].by_mark = set->entry[j - 1].by_mark;
		set->entry[j].by_mark = i;
	}
	for (i = 0; i < set->n; i++) {
		struct nat64_pool4_entry *entry =
			&set->entry[set->entry[i].by_mark];

		entry->mark_idx = i;
		for (proto = 0; proto < NAT64_PROTOS; proto++) {
			if (entry->protos & BIT(proto))
				n[proto] += 1U << (32 - entry->len);
			entry->total[proto] = n[proto];
		}
	}
}

/**
 * nat64_pool4_set_has_addr - check whether a set has any port of an address
 * @set: the set
 * @proto: protocol
 * @addr: IPv4 address, in network byte order
 *
 * Return: true if so.
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

/* Find the entry that contains a transport address. */
static const struct nat64_pool4_entry *
nat64_pool4_set_find(const struct nat64_pool4_set *set, enum nat64_proto proto,
		     __be32 addr, __be16 port)
{
	u32 host = ntohl(addr);
	u16 p = ntohs(port);
	int i = set->n, j;

	while ((i = nat64_pool4_set_next(set, host, i)) >= 0) {
		const struct nat64_pool4_entry *entry = &set->entry[i];

		if (!(entry->protos & BIT(proto)))
			continue;
		for (j = 0; j < entry->n_ranges; j++)
			if (p >= entry->ranges[j].min &&
			    p <= entry->ranges[j].max)
				return entry;
	}
	return NULL;
}

/* Return the @i-th entry in order of mark. */
static const struct nat64_pool4_entry *
nat64_pool4_set_by_mark(const struct nat64_pool4_set *set, int i)
{
	return &set->entry[set->entry[i].by_mark];
}

/* Count the addresses of the first @n entries in order of mark. */
static u32 nat64_pool4_set_total(const struct nat64_pool4_set *set,
				 enum nat64_proto proto, int n)
{
	return n ? nat64_pool4_set_by_mark(set, n - 1)->total[proto] : 0;
}

/**
 * nat64_pool4_set_count - count the addresses for a protocol
 * @set: the set
 * @proto: protocol
 *
 * Return: the number; an address of two entries counts twice.
 */
u32 nat64_pool4_set_count(const struct nat64_pool4_set *set,
			  enum nat64_proto proto)
{
	return nat64_pool4_set_total(set, proto, set->n);
}

/* Count the entries with a mark below @mark. */
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
 * nat64_pool4_set_count_mark - count the addresses that serve a packet
 * @set: the set
 * @proto: protocol
 * @mark: mark of the packet
 * @first: set to the rank of the first of them
 *
 * Return: the number.
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
 * nat64_pool4_set_at_rank - return the address of a rank
 * @set: the set
 * @proto: protocol
 * @at: the rank, below nat64_pool4_set_count()
 * @host: set to the address, in host byte order
 *
 * Return: the entry that contains it.
 */
const struct nat64_pool4_entry *
nat64_pool4_set_at_rank(const struct nat64_pool4_set *set,
			enum nat64_proto proto, u32 at, u32 *host)
{
	const struct nat64_pool4_entry *entry;
	int low = 0, high = set->n;

	while (low < high) {
		int mid = (low + high) / 2;

		if (nat64_pool4_set_by_mark(set, mid)->total[proto] <= at)
			low = mid + 1;
		else
			high = mid;
	}
	entry = nat64_pool4_set_by_mark(set, low);
	*host = entry->addr + at - nat64_pool4_set_total(set, proto, low);
	return entry;
}

/**
 * nat64_pool4_set_rank - return the rank of an address
 * @set: the set
 * @proto: protocol
 * @entry: the entry that contains the address
 * @host: the address, in host byte order
 *
 * Return: the rank.
 */
u32 nat64_pool4_set_rank(const struct nat64_pool4_set *set,
			 enum nat64_proto proto,
			 const struct nat64_pool4_entry *entry, u32 host)
{
	return nat64_pool4_set_total(set, proto, entry->mark_idx) + host -
	       entry->addr;
}

/**
 * nat64_pool4_set_find_rank - find the rank of a transport address
 * @set: the set
 * @proto: protocol
 * @host: the address, in host byte order
 * @port: port or identifier, in host byte order
 * @at: set to the rank of the address
 *
 * Return: false if the set does not contain it.
 */
bool nat64_pool4_set_find_rank(const struct nat64_pool4_set *set,
			       enum nat64_proto proto, u32 host, u16 port,
			       u32 *at)
{
	const struct nat64_pool4_entry *entry;

	entry = nat64_pool4_set_find(set, proto, htonl(host), htons(port));
	if (!entry)
		return false;
	*at = nat64_pool4_set_rank(set, proto, entry, host);
	return true;
}

/**
 * nat64_pool4_set_has - check whether a set contains a transport address
 * @set: the set
 * @proto: protocol
 * @addr: IPv4 address, in network byte order
 * @port: port or identifier, in network byte order
 *
 * Return: true if so.
 */
bool nat64_pool4_set_has(const struct nat64_pool4_set *set,
			 enum nat64_proto proto, __be32 addr, __be16 port)
{
	return nat64_pool4_set_find(set, proto, addr, port);
}

/**
 * nat64_pool4_set_serves - check whether a transport address serves a packet
 * @set: the set
 * @proto: protocol
 * @mark: mark of the packet
 * @addr: IPv4 address, in network byte order
 * @port: port or identifier, in network byte order
 *
 * Return: true if so.
 */
bool nat64_pool4_set_serves(const struct nat64_pool4_set *set,
			    enum nat64_proto proto, u32 mark, __be32 addr,
			    __be16 port)
{
	const struct nat64_pool4_entry *entry;

	entry = nat64_pool4_set_find(set, proto, addr, port);
	return entry && entry->mark == mark;
}
