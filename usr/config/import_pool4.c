// SPDX-License-Identifier: GPL-2.0
/*
 * import_pool4.c - from pool4 of a file of Jool to ours
 *
 * Rows of Jool may overlap: what several have is there once. Ours may not, so
 * of two that share transport addresses one gives way. As prefixes are nested
 * or disjoint, the ports of the wider one need not be in the narrower one.
 *
 * While rows are read, a list of ports has all of them, 0 among them; where it
 * is complete, it becomes the empty list of document.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/import.h"

/* What a row has that names no ports. */
#define JOOL_PORT_MIN 61001
#define JOOL_PORT_MAX 65535

/* The least port; identifier 0 of ICMP is one. */
static unsigned int least(__u8 proto)
{
	return proto == IPPROTO_ICMP ? 0 : 1;
}

/* "A-B" or "A"; Jool takes the ends in either order. */
static bool read_range(const char *word, struct port_range *range)
{
	const char *dash = strchr(word, '-');
	__u64 min, max;
	char first[8];

	if (dash && dash - word < (int)sizeof(first)) {
		memcpy(first, word, dash - word);
		first[dash - word] = '\0';
		if (!args_digits(first, 10, UINT16_MAX, &min) ||
		    !args_digits(dash + 1, 10, UINT16_MAX, &max))
			return false;
	} else {
		if (!args_digits(word, 10, UINT16_MAX, &min))
			return false;
		max = min;
	}
	range->min = min < max ? min : max;
	range->max = min < max ? max : min;
	return true;
}

static int take_ports(const struct import *in, const char *path,
		      struct json_object *from, struct pool4_entry *row)
{
	struct port_range *range = &row->ports.range[0];
	struct json_object *value;

	range->min = JOOL_PORT_MIN;
	range->max = JOOL_PORT_MAX;
	row->ports.n = 1;
	if (!json_object_object_get_ex(from, "port range", &value))
		return 0;
	if (!read_range(json_object_get_string(value) ?: "", range))
		return import_fail(in, path,
				   "its \"port range\" is not one: write one such as \"1024-65535\", and a row for each");
	if (range->min < least(row->proto))
		range->min = least(row->proto);
	if (range->min > range->max)
		return import_fail(in, path, "port 0 is reserved: its \"port range\" has no other");
	return 0;
}

static int take_prefix(const struct import *in, const char *path,
		       struct json_object *from, struct pool4_entry *row)
{
	const char *word = import_text(from, "prefix");
	const char *why;
	char where[96];

	if (!word)
		return import_fail(in, path,
				   "\"prefix\" is missing: write an IPv4 address or prefix");
	snprintf(where, sizeof(where), "%s/prefix", path);
	if (args_prefix4(word, &row->prefix))
		return import_word(in, where);
	why = doc_check_pool4(&row->prefix);
	return why ? import_fail(in, where, "%s", why) : 0;
}

static int take_mark(const struct import *in, const char *path,
		     struct json_object *from, struct pool4_entry *row)
{
	struct json_object *value;
	char where[96];

	if (!json_object_object_get_ex(from, "mark", &value))
		return 0;
	snprintf(where, sizeof(where), "%s/mark", path);
	if (args_number(json_object_get_string(value) ?: "null", "a mark", 0,
			UINT32_MAX, &row->mark))
		return import_word(in, where);
	return 0;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct port_range *x = a, *y = b;

	return (int)x->min - (int)y->min;
}

/* Adds the ports of @more to @list; false if there are too many ranges. */
static bool ports_join(struct port_list *list, const struct port_list *more)
{
	struct port_range all[2 * NAT64_PORTS_MAX];
	size_t n = list->n + more->n, i, last = 0;

	memcpy(all, list->range, list->n * sizeof(*all));
	memcpy(all + list->n, more->range, more->n * sizeof(*all));
	qsort(all, n, sizeof(*all), compare_ranges);
	for (i = 1; i < n; i++) {
		if (all[i].min > all[last].max + 1)
			all[++last] = all[i];
		else if (all[i].max > all[last].max)
			all[last].max = all[i].max;
	}
	if (last >= NAT64_PORTS_MAX)
		return false;
	list->n = last + 1;
	memcpy(list->range, all, list->n * sizeof(*all));
	return true;
}

/* Takes the ports of @less out of @list; false if too many ranges remain. */
static bool ports_cut(struct port_list *list, const struct port_list *less)
{
	struct port_list left = { .n = 0 };
	size_t i, j;

	for (i = 0; i < list->n; i++) {
		unsigned int from = list->range[i].min;
		unsigned int to = list->range[i].max;

		for (j = 0; j <= less->n && from <= to; j++) {
			/* After the last one, what remains is kept. */
			unsigned int min = j < less->n ? less->range[j].min :
							 to + 1;
			unsigned int max = j < less->n ? less->range[j].max :
							 to;

			if (max < from || min > to + 1)
				continue;
			if (min > from) {
				if (left.n == NAT64_PORTS_MAX)
					return false;
				left.range[left.n].min = from;
				left.range[left.n++].max = min - 1;
			}
			from = max + 1;
		}
	}
	*list = left;
	return true;
}

static void forget_row(struct document *doc, size_t i)
{
	doc->n_pool4--;
	memmove(&doc->pool4[i], &doc->pool4[i + 1],
		(doc->n_pool4 - i) * sizeof(*doc->pool4));
}

/* Lets two rows share nothing; the one that has no ports then is forgotten. */
static bool separate(struct document *doc, size_t i, struct pool4_entry *row)
{
	struct pool4_entry *old = &doc->pool4[i];

	if (old->prefix.len == row->prefix.len) {
		if (!ports_join(&row->ports, &old->ports))
			return false;
		old->ports.n = 0;
	} else if (old->prefix.len > row->prefix.len) {
		if (!ports_cut(&old->ports, &row->ports))
			return false;
	} else if (!ports_cut(&row->ports, &old->ports)) {
		return false;
	}
	if (!old->ports.n)
		forget_row(doc, i);
	return true;
}

static int add_row(struct import *in, const char *path, struct pool4_entry *row)
{
	struct document *doc = &in->doc;
	bool merged = false;
	size_t i = 0;

	while (row->ports.n && i < doc->n_pool4) {
		size_t n = doc->n_pool4;

		if (!pool4_overlap(&doc->pool4[i], row)) {
			i++;
			continue;
		}
		if (doc->pool4[i].mark != row->mark)
			return import_fail(in, path,
					   "it shares ports with a row before it of another mark: a port has one mark here, so give each row ports of its own");
		if (!separate(doc, i, row))
			return import_fail(in, path,
					   "it overlaps rows before it so that more than %u port ranges remain: write rows that do not overlap",
					   NAT64_PORTS_MAX);
		merged = true;
		i += n == doc->n_pool4;
	}
	if (merged)
		import_note(in, path,
			    "it overlaps a row before it: what both have is there once, as by Jool");
	if (row->ports.n && doc->n_pool4 == NAT64_POOL4_MAX)
		return import_fail(in, "/pool4",
				   "an instance has %u pool4 entries at most",
				   NAT64_POOL4_MAX);
	if (row->ports.n)
		doc->pool4[doc->n_pool4++] = *row;
	return 0;
}

/**
 * import_pool4() - read a row of pool4
 * @in: the file
 * @path: JSON pointer of the row
 * @from: the row
 * @place: its place in the file
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int import_pool4(struct import *in, const char *path, struct json_object *from,
		 size_t place)
{
	static const char *const known[] = {
		"prefix", "protocol", "port range", "mark", "comment", NULL
	};
	struct pool4_entry row;

	memset(&row, 0, sizeof(row));
	if (take_prefix(in, path, from, &row) ||
	    import_proto(in, path, from, &row.proto) ||
	    take_ports(in, path, from, &row) ||
	    take_mark(in, path, from, &row) || add_row(in, path, &row))
		return -EINVAL;
	import_rest(in, path, from, known);
	return 0;
}

/**
 * import_settle_pool4() - convert the ports of all rows after all are read
 * @in: the file
 *
 * Only an entry of all ports has identifier 0 of ICMP.
 */
void import_settle_pool4(struct import *in)
{
	struct document *doc = &in->doc;
	bool without = false;
	size_t i;

	for (i = 0; i < doc->n_pool4; i++) {
		struct pool4_entry *row = &doc->pool4[i];
		struct port_range *first = &row->ports.range[0];

		if (first->min == least(row->proto) && first->max == 65535) {
			row->ports.n = 0;
		} else if (!first->min) {
			without = true;
			first->min = 1;
			if (first->max)
				continue;
			row->ports.n--;
			memmove(first, first + 1,
				row->ports.n * sizeof(*first));
			if (!row->ports.n)
				forget_row(doc, i--);
		}
	}
	if (without)
		import_note(in, "/pool4",
			    "identifier 0 of ICMP is left out: only an entry of all has it");
}
