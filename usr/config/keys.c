// SPDX-License-Identifier: GPL-2.0
/*
 * keys.c - the configuration keys: their names, defaults and limits
 *
 * keys.py makes their table from include/nat64.yaml, which has all there is to
 * know of them; test/cli/spec_check.py compares the module with it. The limits
 * are here, too, so that a file can be checked without the module.
 */
#include <assert.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "cli/hints.h"
#include "config/keys.h"
#include "config/kinds.h"

/**
 * struct key - a configuration key
 * @name: its name
 * @kind: what it holds
 * @meaning: what it does
 * @standard: its default, as 'config set' takes it; NULL: depends on the memory
 * @min: the least value, if it is a number
 * @max: the greatest
 * @rfc: what demands @min; --force allows 1 and more
 */
struct key {
	const char *name;
	enum kind kind;
	const char *meaning;
	const char *standard;
	__u32 min;
	__u32 max;
	const char *rfc;
};

static const struct key keys[] = {
#include "config/keys_table.h"
};

static const struct kind_ops *kind_of(int key)
{
	return &kinds[keys[key].kind];
}

/**
 * key_find() - find a key by its name
 * @word: the name
 *
 * Return: enum nat64_config_attr, or -EINVAL with the mistake in args_why().
 */
int key_find(const char *word)
{
	const char *names[ARRAY_SIZE(keys)];
	const char *nearest, *instead = hint_find("key", word);
	size_t i;

	for (i = 1; i < ARRAY_SIZE(keys); i++) {
		if (!strcmp(keys[i].name, word))
			return i;
		names[i] = keys[i].name;
	}
	if (instead)
		return args_fail(word, "is not a key: %s", instead);
	nearest = args_nearest(word, names + 1, ARRAY_SIZE(keys) - 1);
	if (nearest)
		return args_fail(word, "is not a key: did you mean '%s'?",
				 nearest);
	return args_fail(word,
			 "is not a key: 'nat64ctl config help' lists them");
}

/**
 * key_put() - put a value into a request
 * @msg: the request, in which NAT64_A_CONFIG has been started
 * @key: the key
 * @word: the value, as 'config set' takes it
 *
 * Return: 0, or a negative number with the mistake in args_why().
 */
int key_put(struct nl_msg *msg, int key, const char *word)
{
	return kind_of(key)->put(msg, key, word);
}

/**
 * key_fits() - check the length of a value
 * @key: the key
 * @attr: the value, or NULL
 *
 * Return: false if it is missing or belongs to another module.
 */
bool key_fits(int key, struct nlattr *attr)
{
	return attr && nla_len(attr) >= kind_of(key)->size;
}

/**
 * key_text() - a value in words
 * @text: where to write it, KEY_TEXT bytes
 * @key: the key
 * @attr: the value, which fits
 * @table: for a table, in which a time is explained; else as 'config set'
 *	takes it
 */
void key_text(char *text, int key, struct nlattr *attr, bool table)
{
	char time[32];

	if (table && keys[key].kind == KIND_SECONDS)
		snprintf(text, KEY_TEXT, "%us (%s)", nla_get_u32(attr),
			 out_duration(time, sizeof(time), nla_get_u32(attr)));
	else
		kind_of(key)->text(text, KEY_TEXT, attr);
}

/**
 * key_json() - a value in JSON
 * @key: the key
 * @attr: the value, which fits
 *
 * Return: the value.
 */
struct json_object *key_json(int key, struct nlattr *attr)
{
	char text[KEY_TEXT];

	if (kind_of(key)->json)
		return kind_of(key)->json(attr);
	key_text(text, key, attr, false);
	return json_object_new_string(text);
}

/**
 * key_name() - the name of a key
 * @key: the key
 *
 * Return: the name.
 */
const char *key_name(int key)
{
	return keys[key].name;
}

/**
 * key_meaning() - what a key does
 * @key: the key
 *
 * Return: some words.
 */
const char *key_meaning(int key)
{
	return keys[key].meaning;
}

/**
 * key_values() - what a key can be set to
 * @key: the key
 *
 * Return: a pattern such as on|off.
 */
const char *key_values(int key)
{
	return kind_of(key)->values;
}

/* What the module makes of the memory: a third of it, 128 octets each. */
static __u32 sessions_of_memory(void)
{
	struct sysinfo info;
	__u64 n;

	if (sysinfo(&info))
		return 65536;
	n = (__u64)info.totalram * info.mem_unit / (3 * 128);
	return n < 65536 ? 65536 : n > INT32_MAX ? INT32_MAX : n;
}

/**
 * key_default() - the default of a key
 * @key: the key
 *
 * Return: the value, as 'config set' takes it.
 */
const char *key_default(int key)
{
	static char text[16];

	if (keys[key].standard)
		return keys[key].standard;
	snprintf(text, sizeof(text), "%u", sessions_of_memory());
	return text;
}

/* A table of keys is a table of enum nat64_config_attr: one for each. */
static_assert(ARRAY_SIZE(keys) == NAT64_CONFIG_A_MAX + 1, "a key is missing");

static int check_number(const struct key *key, __u32 value, bool force)
{
	const char *unit = key->kind == KIND_SECONDS ? " seconds" : "";

	if (value <= key->max && value >= (force && key->rfc ? 1 : key->min))
		return 0;
	if (key->rfc)
		return args_fail(NULL,
				 "%s must be %u (%s) to %u seconds; --force allows 1 and more",
				 key->name, key->min, key->rfc, key->max);
	if (key->kind == KIND_MSS)
		return args_fail(NULL, "%s must be off, pmtu or %u to %u bytes",
				 key->name, key->min, key->max);
	return args_fail(NULL, "%s must be %u to %u%s", key->name, key->min,
			 key->max, unit);
}

/**
 * key_check() - check a value, in the words of the module
 * @key: the key
 * @attr: the value, from key_put()
 * @force: lifetimes may be shorter than RFCs demand
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int key_check(int key, struct nlattr *attr, bool force)
{
	const struct kind_ops *kind = kind_of(key);

	if (kind->check)
		return kind->check(attr);
	if (kind->size < (int)sizeof(__u32) ||
	    (keys[key].kind == KIND_MSS &&
	     nla_get_u32(attr) <= NAT64_MSS_CLAMP_PMTU))
		return 0;
	return check_number(&keys[key], nla_get_u32(attr), force);
}

/**
 * key_is_of_machine() - check whether a value is derived from the memory
 * @key: the key
 * @attr: the value, which fits
 *
 * Such a value is not saved: another machine, or more memory, has its own.
 *
 * Return: true if it is a default that depends on the memory.
 */
bool key_is_of_machine(int key, struct nlattr *attr)
{
	return !keys[key].standard && nla_get_u32(attr) == sessions_of_memory();
}

/**
 * key_takes() - check the JSON type of a value in a file
 * @key: the key
 * @type: the type, of which numbers are json_type_int
 *
 * Return: true if it may.
 */
bool key_takes(int key, enum json_type type)
{
	return type == json_type_string || type == kind_of(key)->type;
}

/**
 * key_json_values() - what a file can set a key to
 * @key: the key
 *
 * Return: some words.
 */
const char *key_json_values(int key)
{
	return kind_of(key)->json_values;
}

/**
 * key_may_be_none() - check whether an empty array is a value
 * @key: the key
 *
 * Return: true if it is.
 */
bool key_may_be_none(int key)
{
	return keys[key].kind == KIND_DEVICES;
}
