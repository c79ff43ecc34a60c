// SPDX-License-Identifier: GPL-2.0
/*
 * document_parse.c - from JSON to documents
 *
 * A mistake is reported with the file and the JSON pointer (RFC 6901) of what is
 * wrong.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/document.h"
#include "config/jsonfile.h"

/* Take a name that @check accepts. */
static int take_name(struct document *doc, const char *path,
		     struct json_object *value, const char *need,
		     int (*check)(const char *name), char *to, size_t size)
{
	if (doc_need(doc, path, value, json_type_string, need))
		return -EINVAL;
	if (check(json_object_get_string(value)))
		return doc_fail_word(doc, path);
	snprintf(to, size, "%s", json_object_get_string(value));
	return 0;
}

static int take_instance(struct document *doc, const char *path,
			 struct json_object *value, void *arg)
{
	return take_name(doc, path, value,
			 "the name of an instance, such as \"default\"",
			 args_name, doc->instance, sizeof(doc->instance));
}

static int take_type(struct document *doc, const char *path,
		     struct json_object *value, void *arg)
{
	if (doc_need(doc, path, value, json_type_string,
		     "\"nat64\" or \"siit\""))
		return -EINVAL;
	if (args_type(json_object_get_string(value), &doc->type))
		return doc_fail_word(doc, path);
	return 0;
}

static int take_device(struct document *doc, const char *path,
		       struct json_object *value, void *arg)
{
	return take_name(doc, path, value,
			 "the name of a network device, such as \"clat0\"",
			 args_device, doc->device, sizeof(doc->device));
}

static int take_force(struct document *doc, const char *path,
		      struct json_object *value, void *arg)
{
	if (doc_need(doc, path, value, json_type_boolean, "true or false"))
		return -EINVAL;
	doc->force |= json_object_get_boolean(value);
	return 0;
}

static int take_prefix6(struct document *doc, const char *path,
			struct json_object *value)
{
	struct prefix6 prefix;
	const char *why;
	size_t i;

	if (doc_need(doc, path, value, json_type_string,
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
	if (doc_need(doc, path, value, json_type_array,
		     "an array of prefixes, such as [\"64:ff9b::/96\"]"))
		return -EINVAL;
	if (!json_object_array_length(value) &&
	    doc->type == NAT64_TYPE_NAT64)
		return doc_fail(doc, path,
				"it is empty: name a prefix, or leave it out for 64:ff9b::/96");
	return doc_take_array(doc, path, value, take_prefix6);
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
		err = doc_take_list(doc, path, value, instead, word,
				    sizeof(word));
	else
		err = doc_take_word(doc, path, value, instead, word,
				    sizeof(word));
	if (err)
		return err;
	if (args_ports(word, &entry->ports))
		return doc_fail_word(doc, path);
	why = settle_ports(&entry->ports);
	return why ? doc_fail(doc, path, "%s", why) : 0;
}

static int take_string4(struct document *doc, const char *path,
			struct json_object *value, struct prefix4 *prefix)
{
	if (doc_need(doc, path, value, json_type_string,
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
	if (doc_need(doc, path, value, json_type_string,
		     "\"tcp\", \"udp\" or \"icmp\""))
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

	if (doc_take_word(doc, path, value, "a number", word, sizeof(word)))
		return -EINVAL;
	if (args_number(word, "a mark", 0, UINT32_MAX, &entry->mark))
		return doc_fail_word(doc, path);
	return 0;
}

static int take_entry4(struct document *doc, const char *path,
		       struct json_object *value)
{
	static const struct doc_member members[] = {
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
		if (doc_need(doc, path, value, json_type_object,
			     "an address, or an object with the member \"prefix\"") ||
		    doc_take_object(doc, path, members, ARRAY_SIZE(members),
				    value, entry))
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

/* Allocate room for the items of an array, of which there are @max at most. */
static void *alloc_items(const struct document *doc, const char *path,
			 struct json_object *value, const char *instead,
			 unsigned int max, const char *what, size_t size)
{
	void *items;

	if (doc_need(doc, path, value, json_type_array, instead))
		return NULL;
	if (json_object_array_length(value) > max) {
		doc_fail(doc, path, "an instance has %u %s at most", max, what);
		return NULL;
	}
	items = calloc(json_object_array_length(value) + 1, size);
	if (!items)
		doc_fail(doc, path, "out of memory");
	return items;
}

static int take_pool4(struct document *doc, const char *path,
		      struct json_object *value, void *arg)
{
	doc->pool4 = alloc_items(doc, path, value,
				 "an array of addresses, such as [\"192.0.2.1\"]",
				 NAT64_POOL4_MAX, "pool4 entries",
				 sizeof(*doc->pool4));
	return !doc->pool4 ? -EINVAL :
	       doc_take_array(doc, path, value, take_entry4);
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
				doc_type_name(value), like);
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
	static const struct doc_member members[] = {
		{ "proto", take_bib_proto },
		{ "ipv6", take_side6 },
		{ "ipv4", take_side4 },
	};
	struct bib_entry *bib = &doc->bib[doc->n_bib];

	if (doc_need(doc, path, value, json_type_object,
		     "an object with \"proto\", \"ipv6\" and \"ipv4\"") ||
	    doc_take_object(doc, path, members, ARRAY_SIZE(members), value,
			    bib) ||
	    doc_need_members(doc, path, members, ARRAY_SIZE(members), value))
		return -EINVAL;
	doc->n_bib++;
	return 0;
}

static int take_bib(struct document *doc, const char *path,
		    struct json_object *value, void *arg)
{
	doc->bib = alloc_items(doc, path, value,
			       "an array of objects with \"proto\", \"ipv6\" and \"ipv4\"",
			       NAT64_BIB_STATIC_MAX, "static BIB entries",
			       sizeof(*doc->bib));
	return !doc->bib ? -EINVAL :
	       doc_take_array(doc, path, value, take_binding);
}

static int take_eam6(struct document *doc, const char *path,
		     struct json_object *value, void *arg)
{
	struct eam_entry *eam = arg;

	if (doc_need(doc, path, value, json_type_string,
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
	static const struct doc_member members[] = {
		{ "ipv6", take_eam6 },
		{ "ipv4", take_eam4 },
	};
	struct eam_entry *eam = &doc->eam[doc->n_eam];

	if (doc_need(doc, path, value, json_type_object,
		     "an object with \"ipv6\" and \"ipv4\"") ||
	    doc_take_object(doc, path, members, ARRAY_SIZE(members), value,
			    eam) ||
	    doc_need_members(doc, path, members, ARRAY_SIZE(members), value))
		return -EINVAL;
	if (args_eam(&eam->prefix6, &eam->prefix4))
		return doc_fail_word(doc, path);
	doc->n_eam++;
	return 0;
}

static int take_eam(struct document *doc, const char *path,
		    struct json_object *value, void *arg)
{
	doc->eam = alloc_items(doc, path, value,
			       "an array of objects with \"ipv6\" and \"ipv4\"",
			       NAT64_EAM_MAX, "EAM entries",
			       sizeof(*doc->eam));
	return !doc->eam ? -EINVAL :
	       doc_take_array(doc, path, value, take_mapping);
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
	doc->denylist = alloc_items(doc, path, value,
				    "an array of addresses, such as [\"192.0.2.0/24\"]",
				    NAT64_DENYLIST_MAX, "prefixes on its denylist",
				    sizeof(*doc->denylist));
	return !doc->denylist ? -EINVAL :
	       doc_take_array(doc, path, value, take_denied);
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
				doc_type_name(value), instead);
	if (type == json_type_boolean) {
		snprintf(word, size, "%s",
			 json_object_get_boolean(value) ? "on" : "off");
		return 0;
	}
	if (type != json_type_array)
		return doc_take_word(doc, path, value, instead, word, size);
	if (!json_object_array_length(value) && key_may_be_none(key)) {
		snprintf(word, size, "none");
		return 0;
	}
	if (doc_take_list(doc, path, value, instead, word, size))
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
	if (doc_need(doc, path, value, json_type_object,
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
	static const struct doc_member members[] = {
		{ "instance", take_instance },
		{ "type", take_type },
		{ "device", take_device },
		{ "pool6", take_pool6 },
		{ "pool4", take_pool4 },
		{ "bib", take_bib },
		{ "eam", take_eam },
		{ "denylist", take_denylist },
		{ "config", take_config },
		{ "force", take_force },
	};

	return doc_need(doc, "", json, json_type_object,
			"an object with pool6, pool4, bib and config") ?:
	       read_type(doc, json) ?:
	       doc_take_object(doc, "", members, ARRAY_SIZE(members), json,
			       NULL) ?:
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
