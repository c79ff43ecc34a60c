// SPDX-License-Identifier: GPL-2.0
/*
 * found.c - the NAT64 prefixes that are in force, and what changes
 *
 * A prefix that is announced again only lives longer: that is no change. The
 * order in which prefixes were found stays: a host uses them in the order
 * received (RFC 7050 s3).
 */
#include <string.h>
#include <time.h>

#include "pref64/found.h"

/**
 * found_now() - the time
 *
 * Return: milliseconds since the machine was started; suspended ones count.
 */
__u64 found_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * 1000ull + ts.tv_nsec / 1000000;
}

static bool is_prefix(const struct prefix6 *a, const struct prefix6 *b)
{
	return a->len == b->len &&
	       !memcmp(&a->addr, &b->addr, sizeof(a->addr));
}

/* One prefix of a router and device is one entry; DNS has no device. */
static struct found *lookup(struct found_table *table,
			    const struct found *found)
{
	size_t i;

	for (i = 0; i < table->n; i++) {
		struct found *entry = &table->entry[i];

		if (entry->source == found->source &&
		    entry->ifindex == found->ifindex &&
		    is_prefix(&entry->prefix, &found->prefix) &&
		    (found->source == FOUND_DNS ||
		     !strcmp(entry->from, found->from)))
			return entry;
	}
	return NULL;
}

static void report(struct found_table *table, const struct found *found,
		   enum found_end end)
{
	if (table->changed)
		table->changed(found, end, table->arg);
}

static void end_entry(struct found_table *table, size_t i, enum found_end end)
{
	struct found gone = table->entry[i];

	table->n--;
	memmove(&table->entry[i], &table->entry[i + 1],
		(table->n - i) * sizeof(gone));
	report(table, &gone, end);
}

/* Check whether there is room for another prefix of a device, or of DNS */
static bool has_room(const struct found_table *table, unsigned int ifindex)
{
	size_t i, n = 0;

	for (i = 0; i < table->n; i++)
		n += table->entry[i].ifindex == ifindex;
	return table->n < FOUND_MAX && n < FOUND_DEVICE_MAX;
}

/**
 * found_take() - a prefix was announced
 * @table: the table
 * @found: the prefix, with its new end
 * @now: the time; a prefix that ends now is none
 */
void found_take(struct found_table *table, const struct found *found,
		__u64 now)
{
	struct found *entry = lookup(table, found);

	if (entry) {
		*entry = *found;
		return;
	}
	if (found->until <= now || !has_room(table, found->ifindex))
		return;
	table->entry[table->n++] = *found;
	report(table, found, FOUND_STAYS);
}

/**
 * found_withdraw() - a prefix was announced with a lifetime of zero
 * @table: the table
 * @found: the prefix, its source, device and router
 */
void found_withdraw(struct found_table *table, const struct found *found)
{
	struct found *entry = lookup(table, found);

	if (entry)
		end_entry(table, entry - table->entry, FOUND_WITHDRAWN);
}

/**
 * found_expire() - end what has outlived its lifetime
 * @table: the table
 * @now: the time
 */
void found_expire(struct found_table *table, __u64 now)
{
	size_t i = 0;

	while (i < table->n) {
		if (table->entry[i].until <= now)
			end_entry(table, i, FOUND_EXPIRED);
		else
			i++;
	}
}

/**
 * found_link_down() - end what was announced on a device that is down or gone
 * @table: the table
 * @ifindex: the device
 */
void found_link_down(struct found_table *table, unsigned int ifindex)
{
	size_t i = 0;

	while (i < table->n) {
		if (table->entry[i].source == FOUND_RA &&
		    table->entry[i].ifindex == ifindex)
			end_entry(table, i, FOUND_LINK_DOWN);
		else
			i++;
	}
}

/**
 * found_supersede() - end what DNS has found, because a router announces one
 * @table: the table
 *
 * A host uses one source only, router advertisements first (RFC 8781 s5.1).
 */
void found_supersede(struct found_table *table)
{
	size_t i = 0;

	while (i < table->n) {
		if (table->entry[i].source == FOUND_DNS)
			end_entry(table, i, FOUND_SUPERSEDED);
		else
			i++;
	}
}

static bool is_among(const struct prefix6 *prefix,
		     const struct prefix6 *prefixes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (is_prefix(prefix, &prefixes[i]))
			return true;
	return false;
}

/**
 * found_keep() - end what DNS has found before and not again
 * @table: the table
 * @prefixes: what its last answer has
 * @n: how many
 */
void found_keep(struct found_table *table, const struct prefix6 *prefixes,
		size_t n)
{
	size_t i = 0;

	while (i < table->n) {
		if (table->entry[i].source == FOUND_DNS &&
		    !is_among(&table->entry[i].prefix, prefixes, n))
			end_entry(table, i, FOUND_WITHDRAWN);
		else
			i++;
	}
}

/**
 * found_next() - when the next prefix expires
 * @table: the table
 *
 * Return: the time, or FOUND_NEVER.
 */
__u64 found_next(const struct found_table *table)
{
	__u64 next = FOUND_NEVER;
	size_t i;

	for (i = 0; i < table->n; i++)
		if (table->entry[i].until < next)
			next = table->entry[i].until;
	return next;
}

/**
 * found_count() - how many prefixes were found by one means
 * @table: the table
 * @source: the means
 *
 * Return: the number.
 */
size_t found_count(const struct found_table *table, enum found_source source)
{
	size_t i, n = 0;

	for (i = 0; i < table->n; i++)
		n += table->entry[i].source == source;
	return n;
}
