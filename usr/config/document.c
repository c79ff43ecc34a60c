// SPDX-License-Identifier: GPL-2.0
/*
 * document.c - documents: an instance in JSON
 *
 * What the module would refuse is refused here in its words, as far as that can
 * be known without it, so that a file can be checked anywhere. A mistake is named
 * with the file and the JSON pointer (RFC 6901) of what is wrong.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/document.h"
#include "config/jsonfile.h"

/* How much of a file's name a sentence has room for. */
#define NAME_SHOWN 160
#define PATH_TEXT 96

/**
 * struct member - a member of an object
 * @name: its name
 * @take: reads it
 */
struct member {
	const char *name;
	int (*take)(struct document *doc, const char *path,
		    struct json_object *value, void *arg);
};

/**
 * doc_fail() - remember what is wrong with a document
 * @doc: the document
 * @path: JSON pointer of the value that is wrong
 * @fmt: format of a sentence
 *
 * Return: -EINVAL.
 */
int doc_fail(const struct document *doc, const char *path, const char *fmt, ...)
{
	char rest[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rest, sizeof(rest), fmt, ap);
	va_end(ap);
	return args_fail(NULL, "%.*s: %s: %s", NAME_SHOWN, doc->file,
			 *path ? path : "/", rest);
}

/* A word was wrong: say where it stands. */
static int fail_word(const struct document *doc, const char *path)
{
	char why[400];

	snprintf(why, sizeof(why), "%s", args_why());
	return doc_fail(doc, path, "%s", why);
}

static const char *type_name(struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		return "null";
	case json_type_boolean:
		return "a truth value";
	case json_type_double:
	case json_type_int:
		return "a number";
	case json_type_object:
		return "an object";
	case json_type_array:
		return "an array";
	default:
		return "a string";
	}
}

static int need(const struct document *doc, const char *path,
		struct json_object *value, enum json_type type,
		const char *instead)
{
	if (json_object_is_type(value, type))
		return 0;
	return doc_fail(doc, path, "it is %s: write %s", type_name(value),
			instead);
}

static int unknown_member(const struct document *doc, const char *path,
			  const struct member *members, size_t n,
			  const char *name)
{
	const char *names[16], *nearest;
	char word[80];
	size_t i;

	snprintf(word, sizeof(word), "%s", name);
	if (!*path && (!strcmp(name, "framework") || !strcmp(name, "global")))
		return doc_fail(doc, path,
				"\"%s\" is Jool's: 'nat64ctl import-jool FILE' makes a file for this of one of Jool",
				word);
	for (i = 0; i < n; i++)
		names[i] = members[i].name;
	nearest = args_nearest(word, names, n);
	if (nearest)
		return doc_fail(doc, path,
				"unknown member \"%s\": did you mean \"%s\"?",
				word, nearest);
	return doc_fail(doc, path,
			"unknown member \"%s\": see nat64ctl(8), or leave it out",
			word);
}

static int take_member(struct document *doc, const char *path,
		       const struct member *members, size_t n,
		       const char *name, struct json_object *value, void *arg)
{
	char inner[PATH_TEXT];
	size_t i;

	if (!strcmp(name, "comment"))
		return 0;
	for (i = 0; i < n; i++) {
		if (strcmp(name, members[i].name))
			continue;
		snprintf(inner, sizeof(inner), "%s/%s", path, name);
		return members[i].take(doc, inner, value, arg);
	}
	return unknown_member(doc, path, members, n, name);
}

static int take_object(struct document *doc, const char *path,
		       const struct member *members, size_t n,
		       struct json_object *object, void *arg)
{
	json_object_object_foreach(object, name, value) {
		if (take_member(doc, path, members, n, name, value, arg))
			return -EINVAL;
	}
	return 0;
}

/* Calls @take for every item; @i of the path is its place. */
static int take_array(struct document *doc, const char *path,
		      struct json_object *array,
		      int (*take)(struct document *doc, const char *path,
				  struct json_object *value))
{
	size_t n = json_object_array_length(array), i;
	char inner[PATH_TEXT];

	for (i = 0; i < n; i++) {
		snprintf(inner, sizeof(inner), "%s/%zu", path, i);
		if (take(doc, inner, json_object_array_get_idx(array, i)))
			return -EINVAL;
	}
	return 0;
}

static int take_instance(struct document *doc, const char *path,
			 struct json_object *value, void *arg)
{
	(void)arg;
	if (need(doc, path, value, json_type_string,
		 "the name of an instance, such as \"default\""))
		return -EINVAL;
	if (args_name(json_object_get_string(value)))
		return fail_word(doc, path);
	snprintf(doc->instance, sizeof(doc->instance), "%s",
		 json_object_get_string(value));
	return 0;
}

static int take_force(struct document *doc, const char *path,
		      struct json_object *value, void *arg)
{
	(void)arg;
	if (need(doc, path, value, json_type_boolean, "true or false"))
		return -EINVAL;
	doc->force |= json_object_get_boolean(value);
	return 0;
}

/**
 * doc_check_pool6() - check a pool6 prefix (RFC 6052 s2.2)
 * @prefix: the prefix
 *
 * Return: NULL, or why not in the words of the module.
 */
const char *doc_check_pool6(const struct prefix6 *prefix)
{
	static const __u8 lengths[] = { 32, 40, 48, 56, 64, 96 };
	const struct in6_addr *addr = &prefix->addr;

	if (!memchr(lengths, prefix->len, sizeof(lengths)))
		return "a pool6 prefix has a length of 32, 40, 48, 56, 64 or 96 (RFC 6052)";
	if (addr->s6_addr[8])
		return "bits 64 to 71 of the pool6 prefix must be zero (RFC 6052 s2.2)";
	if (IN6_IS_ADDR_MULTICAST(addr) || IN6_IS_ADDR_LINKLOCAL(addr))
		return "the pool6 prefix is multicast or link-local: choose a unicast prefix";
	if (IN6_IS_ADDR_UNSPECIFIED(addr))
		return "the pool6 prefix is all zero: choose a unicast prefix";
	return NULL;
}

static int take_prefix6(struct document *doc, const char *path,
			struct json_object *value)
{
	struct prefix6 prefix;
	const char *why;
	size_t i;

	if (need(doc, path, value, json_type_string,
		 "a prefix, such as \"64:ff9b::/96\""))
		return -EINVAL;
	if (args_prefix6(json_object_get_string(value), true, &prefix))
		return fail_word(doc, path);
	why = doc_check_pool6(&prefix);
	if (why)
		return doc_fail(doc, path, "%s", why);
	for (i = 0; i < doc->n_pool6; i++) {
		if (prefix6_overlap(&prefix, &doc->pool6[i]))
			return doc_fail(doc, path,
					"the prefix overlaps that of /pool6/%zu",
					i);
	}
	if (doc->n_pool6 == NAT64_POOL6_MAX)
		return doc_fail(doc, path,
				"an instance has %u pool6 prefixes at most",
				NAT64_POOL6_MAX);
	doc->pool6[doc->n_pool6++] = prefix;
	return 0;
}

static int take_pool6(struct document *doc, const char *path,
		      struct json_object *value, void *arg)
{
	(void)arg;
	if (need(doc, path, value, json_type_array,
		 "an array of prefixes, such as [\"64:ff9b::/96\"]"))
		return -EINVAL;
	if (!json_object_array_length(value))
		return doc_fail(doc, path,
				"it is empty: name a prefix, or leave it out for 64:ff9b::/96");
	return take_array(doc, path, value, take_prefix6);
}

/* A number as a word: it is read by what reads the command line. */
static int take_integer(const struct document *doc, const char *path,
			struct json_object *value, char *word, size_t size)
{
	if (!json_object_is_type(value, json_type_int))
		return doc_fail(doc, path,
				"it is not a whole number: write one");
	snprintf(word, size, "%s", json_object_to_json_string(value));
	return 0;
}

/* An integer or a string. */
static int take_word(const struct document *doc, const char *path,
		     struct json_object *value, const char *instead,
		     char *word, size_t size)
{
	if (json_object_is_type(value, json_type_int) ||
	    json_object_is_type(value, json_type_double))
		return take_integer(doc, path, value, word, size);
	if (need(doc, path, value, json_type_string, instead))
		return -EINVAL;
	if ((size_t)json_object_get_string_len(value) >= size)
		return doc_fail(doc, path, "it is too long: write %s", instead);
	snprintf(word, size, "%s", json_object_get_string(value));
	return 0;
}

/* An array as a comma list. */
static int take_list(const struct document *doc, const char *path,
		     struct json_object *array, const char *instead,
		     char *word, size_t size)
{
	size_t n = json_object_array_length(array), at = 0, i;
	char item[64], inner[PATH_TEXT];

	word[0] = '\0';
	for (i = 0; i < n; i++) {
		snprintf(inner, sizeof(inner), "%s/%zu", path, i);
		if (take_word(doc, inner, json_object_array_get_idx(array, i),
			      instead, item, sizeof(item)))
			return -EINVAL;
		if (strchr(item, ','))
			return doc_fail(doc, inner,
					"it has a comma: write it as several items");
		if (at + strlen(item) + 2 > size)
			return doc_fail(doc, path,
					"it has too many items: write fewer");
		at += snprintf(word + at, size - at, "%s%s", i ? "," : "",
			       item);
	}
	return 0;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct port_range *x = a, *y = b;

	return (int)x->min - (int)y->min;
}

/* Sort the ranges and join those that touch, as the module does. */
static const char *settle_ports(struct port_list *list)
{
	struct port_range *r = list->range;
	size_t i, n = 0;

	qsort(r, list->n, sizeof(*r), compare_ranges);
	for (i = 1; i < list->n; i++) {
		if (r[i].min <= r[n].max)
			return "port ranges of the pool4 entry overlap";
		if (r[i].min == r[n].max + 1)
			r[n].max = r[i].max;
		else
			r[++n] = r[i];
	}
	list->n = n + 1;
	return NULL;
}

static int take_ports(struct document *doc, const char *path,
		      struct json_object *value, void *arg)
{
	static const char *const instead =
		"ports, such as \"1024-65535\" or [80, \"1024-2047\"]";
	struct pool4_entry *entry = arg;
	char word[1024];
	const char *why;
	int err;

	if (json_object_is_type(value, json_type_array))
		err = take_list(doc, path, value, instead, word, sizeof(word));
	else
		err = take_word(doc, path, value, instead, word, sizeof(word));
	if (err)
		return err;
	if (args_ports(word, &entry->ports))
		return fail_word(doc, path);
	why = settle_ports(&entry->ports);
	return why ? doc_fail(doc, path, "%s", why) : 0;
}

/**
 * doc_check_pool4() - check a pool4 prefix
 * @prefix: the prefix
 *
 * Return: NULL, or why not in the words of the module.
 */
const char *doc_check_pool4(const struct prefix4 *prefix)
{
	if (prefix->len < NAT64_POOL4_LEN_MIN)
		return "the length of a pool4 prefix must be 12 to 32";
	if (!args_forwardable4(ntohl(prefix->addr.s_addr)))
		return "the pool4 address is not a unicast address that can be forwarded";
	return NULL;
}

static int take_prefix4(struct document *doc, const char *path,
			struct json_object *value, void *arg)
{
	struct pool4_entry *entry = arg;
	const char *why;

	if (need(doc, path, value, json_type_string,
		 "an address or a prefix, such as \"192.0.2.0/24\""))
		return -EINVAL;
	if (args_prefix4(json_object_get_string(value), &entry->prefix))
		return fail_word(doc, path);
	why = doc_check_pool4(&entry->prefix);
	return why ? doc_fail(doc, path, "%s", why) : 0;
}

static int take_proto(struct document *doc, const char *path,
		      struct json_object *value, __u8 *proto)
{
	if (need(doc, path, value, json_type_string, "\"tcp\", \"udp\" or \"icmp\""))
		return -EINVAL;
	if (args_proto(json_object_get_string(value), proto))
		return fail_word(doc, path);
	return 0;
}

static int take_pool4_proto(struct document *doc, const char *path,
			    struct json_object *value, void *arg)
{
	struct pool4_entry *entry = arg;

	if (json_object_is_type(value, json_type_string) &&
	    !strcmp(json_object_get_string(value), "all"))
		return 0;
	return take_proto(doc, path, value, &entry->proto);
}

static int take_mark(struct document *doc, const char *path,
		     struct json_object *value, void *arg)
{
	struct pool4_entry *entry = arg;
	char word[32];

	if (take_word(doc, path, value, "a number", word, sizeof(word)))
		return -EINVAL;
	if (args_number(word, "a mark", 0, UINT32_MAX, &entry->mark))
		return fail_word(doc, path);
	return 0;
}

static int take_entry4(struct document *doc, const char *path,
		       struct json_object *value)
{
	static const struct member members[] = {
		{ "prefix", take_prefix4 },
		{ "ports", take_ports },
		{ "proto", take_pool4_proto },
		{ "mark", take_mark },
	};
	struct pool4_entry *entry = &doc->pool4[doc->n_pool4];
	size_t i;

	memset(entry, 0, sizeof(*entry));
	if (json_object_is_type(value, json_type_string)) {
		if (take_prefix4(doc, path, value, entry))
			return -EINVAL;
	} else {
		if (need(doc, path, value, json_type_object,
			 "an address, or an object with the member \"prefix\"") ||
		    take_object(doc, path, members, ARRAY_SIZE(members), value,
				entry))
			return -EINVAL;
		if (!json_object_object_get_ex(value, "prefix", NULL))
			return doc_fail(doc, path,
					"\"prefix\" is missing: name an address or a prefix");
	}
	for (i = 0; i < doc->n_pool4; i++) {
		if (pool4_overlap(&doc->pool4[i], entry))
			return doc_fail(doc, path,
					"the pool4 entry overlaps that of /pool4/%zu",
					i);
	}
	doc->n_pool4++;
	return 0;
}

static int too_many(const struct document *doc, const char *path,
		    struct json_object *array, unsigned int max,
		    const char *what)
{
	if (json_object_array_length(array) <= max)
		return 0;
	return doc_fail(doc, path, "an instance has %u %s at most", max, what);
}

static int take_pool4(struct document *doc, const char *path,
		      struct json_object *value, void *arg)
{
	(void)arg;
	if (need(doc, path, value, json_type_array,
		 "an array of addresses, such as [\"192.0.2.1\"]") ||
	    too_many(doc, path, value, NAT64_POOL4_MAX, "pool4 entries"))
		return -EINVAL;
	doc->pool4 = calloc(json_object_array_length(value) + 1,
			    sizeof(*doc->pool4));
	if (!doc->pool4)
		return doc_fail(doc, path, "out of memory");
	return take_array(doc, path, value, take_entry4);
}

static int take_bib_proto(struct document *doc, const char *path,
			  struct json_object *value, void *arg)
{
	struct bib_entry *bib = arg;

	return take_proto(doc, path, value, &bib->proto);
}

static int take_side(struct document *doc, const char *path,
		     struct json_object *value, struct endpoint *side,
		     bool is6)
{
	const char *like = is6 ? "[2001:db8::5]:80" : "192.0.2.1:80";

	if (!json_object_is_type(value, json_type_string))
		return doc_fail(doc, path,
				"it is %s: write a transport address, such as \"%s\"",
				type_name(value), like);
	if (args_endpoint(json_object_get_string(value), side))
		return fail_word(doc, path);
	if (side->is6 != is6)
		return doc_fail(doc, path,
				"it is the other side's address: write one such as \"%s\"",
				like);
	return 0;
}

static int take_side6(struct document *doc, const char *path,
		      struct json_object *value, void *arg)
{
	struct bib_entry *bib = arg;

	return take_side(doc, path, value, &bib->side6, true);
}

static int take_side4(struct document *doc, const char *path,
		      struct json_object *value, void *arg)
{
	struct bib_entry *bib = arg;

	return take_side(doc, path, value, &bib->side4, false);
}

static int take_binding(struct document *doc, const char *path,
			struct json_object *value)
{
	static const struct member members[] = {
		{ "proto", take_bib_proto },
		{ "ipv6", take_side6 },
		{ "ipv4", take_side4 },
	};
	struct bib_entry *bib = &doc->bib[doc->n_bib];
	size_t i;

	if (need(doc, path, value, json_type_object,
		 "an object with \"proto\", \"ipv6\" and \"ipv4\"") ||
	    take_object(doc, path, members, ARRAY_SIZE(members), value, bib))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(members); i++) {
		if (!json_object_object_get_ex(value, members[i].name, NULL))
			return doc_fail(doc, path, "\"%s\" is missing: add it",
					members[i].name);
	}
	doc->n_bib++;
	return 0;
}

static int take_bib(struct document *doc, const char *path,
		    struct json_object *value, void *arg)
{
	(void)arg;
	if (need(doc, path, value, json_type_array,
		 "an array of objects with \"proto\", \"ipv6\" and \"ipv4\"") ||
	    too_many(doc, path, value, NAT64_BIB_STATIC_MAX,
		     "static BIB entries"))
		return -EINVAL;
	doc->bib = calloc(json_object_array_length(value) + 1,
			  sizeof(*doc->bib));
	if (!doc->bib)
		return doc_fail(doc, path, "out of memory");
	return take_array(doc, path, value, take_binding);
}

/* The value of a key as 'config set' takes it. */
static int key_word(struct document *doc, const char *path, int key,
		    struct json_object *value, char *word, size_t size)
{
	enum json_type type = json_object_get_type(value);
	const char *instead = key_json_values(key);

	if (type == json_type_double)
		type = json_type_int;
	if (!key_takes(key, type))
		return doc_fail(doc, path, "it is %s: write %s",
				type_name(value), instead);
	if (type == json_type_boolean) {
		snprintf(word, size, "%s",
			 json_object_get_boolean(value) ? "on" : "off");
		return 0;
	}
	if (type != json_type_array)
		return take_word(doc, path, value, instead, word, size);
	if (!json_object_array_length(value) && key_may_be_none(key)) {
		snprintf(word, size, "none");
		return 0;
	}
	if (take_list(doc, path, value, instead, word, size))
		return -EINVAL;
	if (key_may_be_none(key) && !strcmp(word, "none"))
		return doc_fail(doc, path,
				"\"none\" is not the name of a device: write [] for none");
	return 0;
}

static int unknown_key(const struct document *doc, const char *path,
		       const char *name)
{
	char word[80];

	snprintf(word, sizeof(word), "%s", name);
	key_find(word);
	return fail_word(doc, path);
}

static int take_key(struct document *doc, const char *path, const char *name,
		    struct json_object *value)
{
	char inner[PATH_TEXT], word[512];
	int key = key_find(name);

	if (key < 0)
		return unknown_key(doc, path, name);
	snprintf(inner, sizeof(inner), "%s/%s", path, name);
	if (key_word(doc, inner, key, value, word, sizeof(word)))
		return -EINVAL;
	if (key_put(doc->keys, key, word))
		return fail_word(doc, inner);
	doc->given[key] = true;
	return 0;
}

static int take_config(struct document *doc, const char *path,
		       struct json_object *value, void *arg)
{
	(void)arg;
	if (need(doc, path, value, json_type_object,
		 "an object of keys, such as {\"udp-timeout\": 300}"))
		return -EINVAL;
	json_object_object_foreach(value, name, item) {
		if (strcmp(name, "comment") && take_key(doc, path, name, item))
			return -EINVAL;
	}
	return 0;
}

/* "force" may follow the keys that need it, so check them last. */
static int check_keys(struct document *doc)
{
	char path[PATH_TEXT];
	int key;

	for (key = 1; key < KEY_COUNT; key++) {
		if (!doc->given[key] ||
		    !key_check(key, document_key(doc, key), doc->force))
			continue;
		snprintf(path, sizeof(path), "%s/%s", doc->keys_at,
			 key_name(key));
		return fail_word(doc, path);
	}
	return 0;
}

/**
 * doc_serves() - check whether the IPv4 side of a BIB entry is in pool4
 * @doc: the document
 * @bib: the entry
 *
 * Return: true if it is, or if only the kernel knows.
 */
bool doc_serves(const struct document *doc, const struct bib_entry *bib)
{
	size_t i, j;

	for (i = 0; i < doc->n_pool4; i++) {
		const struct pool4_entry *entry = &doc->pool4[i];

		if ((entry->proto && entry->proto != bib->proto) ||
		    !prefix4_contains(&entry->prefix, bib->side4.addr4))
			continue;
		for (j = 0; j < entry->ports.n; j++) {
			if (bib->side4.port >= entry->ports.range[j].min &&
			    bib->side4.port <= entry->ports.range[j].max)
				return true;
		}
		if (!entry->ports.n)
			return true;
	}
	return !doc->n_pool4;
}

static bool inside_pool6(const struct document *doc,
			 const struct in6_addr *addr)
{
	const struct prefix6 host = { .addr = *addr, .len = 128 };
	size_t i;

	for (i = 0; i < doc->n_pool6; i++) {
		if (prefix6_overlap(&doc->pool6[i], &host))
			return true;
	}
	return false;
}

/* In the words of the module. */
static const char *check_binding(const struct document *doc,
				 const struct bib_entry *bib)
{
	const struct in6_addr *addr = &bib->side6.addr6;

	if (IN6_IS_ADDR_UNSPECIFIED(addr) || IN6_IS_ADDR_MULTICAST(addr) ||
	    IN6_IS_ADDR_LINKLOCAL(addr) || IN6_IS_ADDR_LOOPBACK(addr))
		return "the IPv6 address of the BIB entry is not a unicast address";
	if (inside_pool6(doc, addr))
		return "the IPv6 address of the BIB entry is inside pool6";
	if (bib->proto != IPPROTO_ICMP && (!bib->side6.port || !bib->side4.port))
		return "port 0 is reserved: ports of a BIB entry are 1 to 65535";
	if (!doc_serves(doc, bib))
		return "the IPv4 side of the BIB entry is not in pool4: add it there first";
	return NULL;
}

static int compare_sides(const struct endpoint *a, const struct endpoint *b)
{
	int n = memcmp(&a->addr6, &b->addr6, sizeof(a->addr6)) ?:
		memcmp(&a->addr4, &b->addr4, sizeof(a->addr4));

	return n ?: (int)a->port - (int)b->port;
}

/* qsort() has no argument for them; equal ones stay in their order. */
static int compare_by6(const void *a, const void *b)
{
	const struct bib_entry *x = *(const struct bib_entry *const *)a;
	const struct bib_entry *y = *(const struct bib_entry *const *)b;

	return ((int)x->proto - (int)y->proto) ?:
	       compare_sides(&x->side6, &y->side6) ?: (x > y) - (x < y);
}

static int compare_by4(const void *a, const void *b)
{
	const struct bib_entry *x = *(const struct bib_entry *const *)a;
	const struct bib_entry *y = *(const struct bib_entry *const *)b;

	return ((int)x->proto - (int)y->proto) ?:
	       compare_sides(&x->side4, &y->side4) ?: (x > y) - (x < y);
}

/* Where an entry stands in the file. */
static size_t bib_place(const struct document *doc, const struct bib_entry *bib)
{
	size_t i = bib - doc->bib;

	return doc->bib_place ? doc->bib_place[i] : i;
}

/* Refuses two entries of one transport address, which @sorted has in a row. */
static int check_twice(const struct document *doc,
		       const struct bib_entry **sorted, bool is6)
{
	char path[PATH_TEXT];
	size_t i;

	for (i = 1; i < doc->n_bib; i++) {
		const struct bib_entry *a = sorted[i - 1], *b = sorted[i];

		if (a->proto != b->proto ||
		    compare_sides(is6 ? &a->side6 : &a->side4,
				  is6 ? &b->side6 : &b->side4))
			continue;
		snprintf(path, sizeof(path), "/bib/%zu", bib_place(doc, b));
		return doc_fail(doc, path,
				"the %s transport address is that of /bib/%zu",
				is6 ? "IPv6" : "IPv4", bib_place(doc, a));
	}
	return 0;
}

static int check_bib(struct document *doc)
{
	const struct bib_entry **sorted;
	char path[PATH_TEXT];
	size_t i;
	int err;

	for (i = 0; i < doc->n_bib; i++) {
		const char *why = check_binding(doc, &doc->bib[i]);

		snprintf(path, sizeof(path), "/bib/%zu",
			 bib_place(doc, &doc->bib[i]));
		if (why)
			return doc_fail(doc, path, "%s", why);
	}
	sorted = calloc(doc->n_bib + 1, sizeof(*sorted));
	if (!sorted)
		return doc_fail(doc, "/bib", "out of memory");
	for (i = 0; i < doc->n_bib; i++)
		sorted[i] = &doc->bib[i];
	qsort(sorted, doc->n_bib, sizeof(*sorted), compare_by6);
	err = check_twice(doc, sorted, true);
	if (!err) {
		qsort(sorted, doc->n_bib, sizeof(*sorted), compare_by4);
		err = check_twice(doc, sorted, false);
	}
	free(sorted);
	return err;
}

/**
 * document_check() - check what can only be checked once all of it is there
 * @doc: the document
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int document_check(struct document *doc)
{
	return check_keys(doc) ?: check_bib(doc);
}

/**
 * document_key() - the value of a key
 * @doc: the document
 * @key: the key
 *
 * Return: the value, or NULL if the document has none.
 */
struct nlattr *document_key(const struct document *doc, int key)
{
	struct nlmsghdr *hdr = nlmsg_hdr(doc->keys);

	return nla_find(nlmsg_attrdata(hdr, 0), nlmsg_attrlen(hdr, 0), key);
}

/**
 * document_defaults() - set the keys that a document lacks to their defaults
 * @doc: the document
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int document_defaults(struct document *doc)
{
	int key;

	for (key = 1; key < KEY_COUNT; key++) {
		if (!document_key(doc, key) &&
		    key_put(doc->keys, key, key_default(key)))
			return doc_fail(doc, "/config", "out of memory");
	}
	return 0;
}

/* RFC 6146 s3.5.4: without another prefix, the Well-Known Prefix. */
static int default_pool6(struct document *doc)
{
	static const struct prefix6 wkp = {
		.addr = { .s6_addr = { 0x00, 0x64, 0xff, 0x9b } },
		.len = 96,
	};

	if (!doc->n_pool6)
		doc->pool6[doc->n_pool6++] = wkp;
	return 0;
}

/**
 * document_init() - start an empty document
 * @doc: what it fills; document_free() frees it
 * @file: where it comes from, for sentences
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int document_init(struct document *doc, const char *file)
{
	memset(doc, 0, sizeof(*doc));
	doc->file = file;
	doc->keys_at = "/config";
	doc->keys = nlmsg_alloc();
	if (doc->keys && nlmsg_put(doc->keys, 0, 0, 0, 0, 0))
		return 0;
	return args_fail(NULL, "out of memory");
}

/**
 * document_free() - free what a document holds
 * @doc: the document
 */
void document_free(struct document *doc)
{
	free(doc->pool4);
	free(doc->bib);
	free(doc->bib_place);
	nlmsg_free(doc->keys);
}

/**
 * document_parse() - read a document
 * @doc: an empty document
 * @json: what it is read from
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int document_parse(struct document *doc, struct json_object *json)
{
	static const struct member members[] = {
		{ "instance", take_instance },
		{ "pool6", take_pool6 },
		{ "pool4", take_pool4 },
		{ "bib", take_bib },
		{ "config", take_config },
		{ "force", take_force },
	};

	return need(doc, "", json, json_type_object,
		    "an object with pool6, pool4, bib and config") ?:
	       take_object(doc, "", members, ARRAY_SIZE(members), json, NULL) ?:
	       default_pool6(doc) ?: document_check(doc) ?:
	       document_defaults(doc);
}

/**
 * document_read() - read a document from a file
 * @doc: what it fills; document_free() frees it, also if this fails
 * @path: the file; "-" is the standard input
 * @force: lifetimes may be shorter than RFCs demand
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int document_read(struct document *doc, const char *path, bool force)
{
	struct json_object *json;
	int err;

	if (document_init(doc, jsonfile_name(path)))
		return -EINVAL;
	doc->force = force;
	json = jsonfile_read(path);
	if (!json)
		return -EINVAL;
	err = document_parse(doc, json);
	json_object_put(json);
	return err;
}
