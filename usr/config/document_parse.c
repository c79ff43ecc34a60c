// SPDX-License-Identifier: GPL-2.0
/*
 * document_parse.c - from JSON to documents
 *
 * A mistake is reported with the file and the JSON pointer (RFC 6901) of what is
 * wrong. The file is long because each member has a reader of its own.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/document.h"
#include "config/jsonfile.h"

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

static int need_members(const struct document *doc, const char *path,
			const struct member *members, size_t n,
			struct json_object *object)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!json_object_object_get_ex(object, members[i].name, NULL))
			return doc_fail(doc, path, "\"%s\" is missing: add it",
					members[i].name);
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
		return doc_fail_word(doc, path);
	snprintf(doc->instance, sizeof(doc->instance), "%s",
		 json_object_get_string(value));
	return 0;
}

static int take_type(struct document *doc, const char *path,
		     struct json_object *value, void *arg)
{
	(void)arg;
	if (need(doc, path, value, json_type_string, "\"nat64\" or \"siit\""))
		return -EINVAL;
	if (args_type(json_object_get_string(value), &doc->type))
		return doc_fail_word(doc, path);
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
		return doc_fail_word(doc, path);
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
	if (!json_object_array_length(value) &&
	    doc->type == NAT64_TYPE_NAT64)
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
		return doc_fail_word(doc, path);
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

static int take_string4(struct document *doc, const char *path,
			struct json_object *value, struct prefix4 *prefix)
{
	if (need(doc, path, value, json_type_string,
		 "an address or a prefix, such as \"192.0.2.0/24\""))
		return -EINVAL;
	if (args_prefix4(json_object_get_string(value), prefix))
		return doc_fail_word(doc, path);
	return 0;
}

static int take_prefix4(struct document *doc, const char *path,
			struct json_object *value, void *arg)
{
	struct pool4_entry *entry = arg;
	const char *why;

	if (take_string4(doc, path, value, &entry->prefix))
		return -EINVAL;
	why = doc_check_pool4(&entry->prefix);
	return why ? doc_fail(doc, path, "%s", why) : 0;
}

static int take_proto(struct document *doc, const char *path,
		      struct json_object *value, __u8 *proto)
{
	if (need(doc, path, value, json_type_string, "\"tcp\", \"udp\" or \"icmp\""))
		return -EINVAL;
	if (args_proto(json_object_get_string(value), proto))
		return doc_fail_word(doc, path);
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
		return doc_fail_word(doc, path);
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
		return doc_fail_word(doc, path);
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

	if (need(doc, path, value, json_type_object,
		 "an object with \"proto\", \"ipv6\" and \"ipv4\"") ||
	    take_object(doc, path, members, ARRAY_SIZE(members), value, bib) ||
	    need_members(doc, path, members, ARRAY_SIZE(members), value))
		return -EINVAL;
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

static int take_eam6(struct document *doc, const char *path,
		     struct json_object *value, void *arg)
{
	struct eam_entry *eam = arg;

	if (need(doc, path, value, json_type_string,
		 "an IPv6 address or prefix, such as \"2001:db8::/120\""))
		return -EINVAL;
	if (args_prefix6(json_object_get_string(value), false, &eam->prefix6))
		return doc_fail_word(doc, path);
	return 0;
}

static int take_eam4(struct document *doc, const char *path,
		     struct json_object *value, void *arg)
{
	struct eam_entry *eam = arg;

	return take_string4(doc, path, value, &eam->prefix4);
}

static int take_mapping(struct document *doc, const char *path,
			struct json_object *value)
{
	static const struct member members[] = {
		{ "ipv6", take_eam6 },
		{ "ipv4", take_eam4 },
	};
	struct eam_entry *eam = &doc->eam[doc->n_eam];

	if (need(doc, path, value, json_type_object,
		 "an object with \"ipv6\" and \"ipv4\"") ||
	    take_object(doc, path, members, ARRAY_SIZE(members), value, eam) ||
	    need_members(doc, path, members, ARRAY_SIZE(members), value))
		return -EINVAL;
	if (args_eam(&eam->prefix6, &eam->prefix4))
		return doc_fail_word(doc, path);
	doc->n_eam++;
	return 0;
}

static int take_eam(struct document *doc, const char *path,
		    struct json_object *value, void *arg)
{
	(void)arg;
	if (need(doc, path, value, json_type_array,
		 "an array of objects with \"ipv6\" and \"ipv4\"") ||
	    too_many(doc, path, value, NAT64_EAM_MAX, "EAM entries"))
		return -EINVAL;
	doc->eam = calloc(json_object_array_length(value) + 1,
			  sizeof(*doc->eam));
	if (!doc->eam)
		return doc_fail(doc, path, "out of memory");
	return take_array(doc, path, value, take_mapping);
}

static int take_denied(struct document *doc, const char *path,
		       struct json_object *value)
{
	struct prefix4 *prefix = &doc->denylist[doc->n_denylist];
	size_t i;

	if (take_string4(doc, path, value, prefix))
		return -EINVAL;
	for (i = 0; i < doc->n_denylist; i++) {
		if (doc->denylist[i].len == prefix->len &&
		    prefix4_contains(prefix, doc->denylist[i].addr))
			return doc_fail(doc, path,
					"the prefix is that of /denylist/%zu",
					i);
	}
	doc->n_denylist++;
	return 0;
}

static int take_denylist(struct document *doc, const char *path,
			 struct json_object *value, void *arg)
{
	(void)arg;
	if (need(doc, path, value, json_type_array,
		 "an array of addresses, such as [\"192.0.2.0/24\"]") ||
	    too_many(doc, path, value, NAT64_DENYLIST_MAX,
		     "prefixes on its denylist"))
		return -EINVAL;
	doc->denylist = calloc(json_object_array_length(value) + 1,
			       sizeof(*doc->denylist));
	if (!doc->denylist)
		return doc_fail(doc, path, "out of memory");
	return take_array(doc, path, value, take_denied);
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
	return doc_fail_word(doc, path);
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
		return doc_fail_word(doc, inner);
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

/* RFC 6146 s3.5.4: without another prefix, the Well-Known Prefix. */
static int default_pool6(struct document *doc)
{
	static const struct prefix6 wkp = {
		.addr = { .s6_addr = { 0x00, 0x64, 0xff, 0x9b } },
		.len = 96,
	};

	if (!doc->n_pool6 && doc->type == NAT64_TYPE_NAT64)
		doc->pool6[doc->n_pool6++] = wkp;
	return 0;
}

/* What other members are depends on it, so it is read before them. */
static int read_type(struct document *doc, struct json_object *json)
{
	static const struct {
		const char *name;
		__u8 type;
	} members[] = {
		{ "pool4", NAT64_TYPE_NAT64 },
		{ "bib", NAT64_TYPE_NAT64 },
		{ "eam", NAT64_TYPE_SIIT },
		{ "denylist", NAT64_TYPE_SIIT },
	};
	struct json_object *value;
	char path[PATH_TEXT];
	size_t i;

	if (json_object_object_get_ex(json, "type", &value) &&
	    take_type(doc, "/type", value, NULL))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(members); i++) {
		if (members[i].type == doc->type ||
		    !json_object_object_get_ex(json, members[i].name, NULL))
			continue;
		snprintf(path, sizeof(path), "/%s", members[i].name);
		return doc_fail(doc, path,
				"an instance of type \"%s\" has no %s: leave it out, or write \"type\": \"%s\"",
				args_type_name(doc->type), members[i].name,
				args_type_name(members[i].type));
	}
	return 0;
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
		{ "type", take_type },
		{ "pool6", take_pool6 },
		{ "pool4", take_pool4 },
		{ "bib", take_bib },
		{ "eam", take_eam },
		{ "denylist", take_denylist },
		{ "config", take_config },
		{ "force", take_force },
	};

	return need(doc, "", json, json_type_object,
		    "an object with pool6, pool4, bib and config") ?:
	       read_type(doc, json) ?:
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
