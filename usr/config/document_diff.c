// SPDX-License-Identifier: GPL-2.0
/* document_diff.c - what a load would change of an instance */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plain.h"
#include "config/document.h"

/**
 * struct section - a part of a document that is a set
 * @name: its name
 * @stateful: has a NAT64 it?
 * @stateless: has a stateless translator it?
 * @n: how many items a document has
 * @json: one of them
 * @text: the same in the words of the command line
 */
struct section {
	const char *name;
	bool stateful;
	bool stateless;
	size_t (*n)(const struct document *doc);
	struct json_object *(*json)(const struct document *doc, size_t i);
	void (*text)(char *text, size_t size, struct json_object *item);
};

/**
 * struct item - an item of a set
 * @key: its JSON, by which it is found
 * @json: the item
 */
struct item {
	const char *key;
	struct json_object *json;
};

/**
 * struct diff - what is different
 * @add: an object of arrays: what would be added
 * @remove: likewise what would be removed
 * @change: keys with "from" and "to"
 * @any: is there anything?
 */
struct diff {
	struct json_object *add;
	struct json_object *remove;
	struct json_object *change;
	bool any;
};

static size_t count_pool6(const struct document *doc)
{
	return doc->n_pool6;
}

static size_t count_pool4(const struct document *doc)
{
	return doc->n_pool4;
}

static size_t count_bib(const struct document *doc)
{
	return doc->n_bib;
}

static size_t count_eam(const struct document *doc)
{
	return doc->n_eam;
}

static size_t count_denylist(const struct document *doc)
{
	return doc->n_denylist;
}

static const char *member(struct json_object *object, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, name, &value))
		return "";
	return json_object_get_string(value);
}

static void words_string(char *text, size_t size, struct json_object *item)
{
	snprintf(text, size, "%s", json_object_get_string(item));
}

static void words_ports(char *text, size_t size, struct json_object *ports)
{
	size_t n = json_object_array_length(ports), at, i;

	at = snprintf(text, size, " --ports ");
	for (i = 0; i < n && at < size; i++) {
		struct json_object *range = json_object_array_get_idx(ports, i);

		at += snprintf(text + at, size - at, "%s%s", i ? "," : "",
			       json_object_get_string(range));
	}
}

static void words_pool4(char *text, size_t size, struct json_object *item)
{
	struct json_object *ports;
	size_t at;

	at = snprintf(text, size, "%s", member(item, "prefix"));
	if (json_object_object_get_ex(item, "ports", &ports)) {
		words_ports(text + at, size - at, ports);
		at = strlen(text);
	}
	if (strcmp(member(item, "proto"), "all"))
		at += snprintf(text + at, size - at, " --proto %s",
			       member(item, "proto"));
	if (strcmp(member(item, "mark"), "0"))
		snprintf(text + at, size - at, " --mark %s",
			 member(item, "mark"));
}

static void words_bib(char *text, size_t size, struct json_object *item)
{
	snprintf(text, size, "--proto %s %s %s", member(item, "proto"),
		 member(item, "ipv6"), member(item, "ipv4"));
}

static void words_eam(char *text, size_t size, struct json_object *item)
{
	snprintf(text, size, "%s %s", member(item, "ipv6"),
		 member(item, "ipv4"));
}

static const struct section sections[] = {
	{ "pool6", true, true, count_pool6, doc_pool6_json, words_string },
	{ "pool4", true, false, count_pool4, doc_pool4_json, words_pool4 },
	{ "bib", true, false, count_bib, doc_bib_json, words_bib },
	{ "eam", false, true, count_eam, doc_eam_json, words_eam },
	{ "denylist", false, true, count_denylist, doc_denylist_json,
	  words_string },
};

static bool has_section(const struct document *doc,
			const struct section *section)
{
	return doc->type == NAT64_TYPE_NAT64 ? section->stateful :
					       section->stateless;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct item *)a)->key,
		      ((const struct item *)b)->key);
}

static const char *key_of(struct json_object *json)
{
	return json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN);
}

/* The items of a section, sorted; NULL if there is no memory. */
static struct item *items_of(const struct section *section,
			     const struct document *doc)
{
	size_t n = section->n(doc), i;
	struct item *items = calloc(n + 1, sizeof(*items));

	for (i = 0; items && i < n; i++) {
		items[i].json = section->json(doc, i);
		items[i].key = key_of(items[i].json);
	}
	if (items)
		qsort(items, n, sizeof(*items), compare);
	return items;
}

static void free_items(struct item *items, size_t n)
{
	size_t i;

	for (i = 0; items && i < n; i++)
		json_object_put(items[i].json);
	free(items);
}

static bool has(const struct item *items, size_t n, const struct item *item)
{
	return n && bsearch(item, items, n, sizeof(*items), compare);
}

/* Items of @doc_a that are not in @b, in the order of @doc_a. */
static void missing(struct diff *diff, struct json_object *to,
		    const struct section *section,
		    const struct document *doc_a, const struct item *b,
		    size_t n_b)
{
	struct json_object *array = json_object_new_array();
	size_t n = section->n(doc_a), i;

	for (i = 0; i < n; i++) {
		struct item item = { .json = section->json(doc_a, i) };

		item.key = key_of(item.json);
		if (has(b, n_b, &item)) {
			json_object_put(item.json);
			continue;
		}
		json_object_array_add(array, item.json);
		diff->any = true;
	}
	json_object_object_add(to, section->name, array);
}

static int diff_section(struct diff *diff, const struct section *section,
			const struct document *is, const struct document *will)
{
	struct item *a = items_of(section, is), *b = items_of(section, will);
	size_t n_a = section->n(is), n_b = section->n(will);

	if (a && b) {
		missing(diff, diff->remove, section, is, b, n_b);
		missing(diff, diff->add, section, will, a, n_a);
	}
	free_items(a, n_a);
	free_items(b, n_b);
	return a && b ? 0 : args_fail(NULL, "out of memory");
}

static void diff_keys(struct diff *diff, const struct document *is,
		      const struct document *will)
{
	char from[KEY_TEXT], to[KEY_TEXT];
	int key;

	for (key = 1; key < KEY_COUNT; key++) {
		struct nlattr *a = document_key(is, key);
		struct nlattr *b = document_key(will, key);
		struct json_object *pair;

		if (!a || !b)
			continue;
		key_text(from, key, a, false);
		key_text(to, key, b, false);
		if (!strcmp(from, to))
			continue;
		pair = json_object_new_object();
		json_object_object_add(pair, "from", key_json(key, a));
		json_object_object_add(pair, "to", key_json(key, b));
		json_object_object_add(diff->change, key_name(key), pair);
		diff->any = true;
	}
}

static void print_items(char sign, const struct section *section,
			struct json_object *of)
{
	struct json_object *array;
	char text[512];
	size_t n, i;

	if (!json_object_object_get_ex(of, section->name, &array))
		return;
	n = json_object_array_length(array);
	for (i = 0; i < n; i++) {
		section->text(text, sizeof(text),
			      json_object_array_get_idx(array, i));
		plain_line(stdout, "%c %s %s", sign, section->name, text);
	}
}

static void print_key(const struct document *is, const struct document *will,
		      const char *name)
{
	char from[KEY_TEXT], to[KEY_TEXT];
	int key = key_find(name);

	key_text(from, key, document_key(is, key), false);
	key_text(to, key, document_key(will, key), false);
	plain_line(stdout, "~ config %s %s, was %s", name, to, from);
}

static void print_text(const struct diff *diff, const char *instance,
		       const struct document *is, const struct document *will,
		       bool exists)
{
	size_t i;

	if (!exists)
		plain_line(stdout, "+ instance %s%s%s%s%s", instance,
			   will->type == NAT64_TYPE_NAT64 ? "" : " --type ",
			   will->type == NAT64_TYPE_NAT64 ? "" :
			   args_type_name(will->type),
			   will->device[0] ? " --device " : "", will->device);
	else if (!diff->any)
		printf("nothing would change\n");
	for (i = 0; i < ARRAY_SIZE(sections); i++) {
		print_items('-', &sections[i], diff->remove);
		print_items('+', &sections[i], diff->add);
	}
	json_object_object_foreach(diff->change, name, pair) {
		(void)pair;
		print_key(is, will, name);
	}
}

static void print_json(const struct diff *diff, struct out *out,
		       const char *instance, __u8 type, bool exists)
{
	out_string(out, "instance", instance);
	out_string(out, "type", args_type_name(type));
	out_bool(out, "exists", exists);
	out_json(out, "add", json_object_get(diff->add));
	out_json(out, "remove", json_object_get(diff->remove));
	out_json(out, "change", json_object_get(diff->change));
	out_end(out);
}

/**
 * document_diff() - print what would change
 * @out: where to, from out_begin()
 * @instance: name of the instance
 * @is: the instance as it is; one that does not exist is an empty document
 *	with all keys at their defaults
 * @will: the instance as it would be
 * @exists: does it exist?
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int document_diff(struct out *out, const char *instance,
		  const struct document *is, const struct document *will,
		  bool exists)
{
	struct diff diff = {
		.add = json_object_new_object(),
		.remove = json_object_new_object(),
		.change = json_object_new_object(),
	};
	size_t i;
	int err = 0;

	for (i = 0; !err && i < ARRAY_SIZE(sections); i++) {
		if (has_section(will, &sections[i]))
			err = diff_section(&diff, &sections[i], is, will);
	}
	if (!err) {
		diff_keys(&diff, is, will);
		if (out_is_json(out))
			print_json(&diff, out, instance, will->type, exists);
		else
			print_text(&diff, instance, is, will, exists);
	}
	json_object_put(diff.add);
	json_object_put(diff.remove);
	json_object_put(diff.change);
	return err;
}
