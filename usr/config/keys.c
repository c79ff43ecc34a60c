// SPDX-License-Identifier: GPL-2.0
/*
 * keys.c - the configuration keys: their names, values and limits
 *
 * keys.py makes their table from include/nat64.yaml, which has all there is to
 * know of them; test/cli/spec_check.py compares the module with it. The limits
 * are here, too, so that a file can be checked without the module. The file is
 * long because each kind of value is read, written, printed and checked here.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "cli/hints.h"
#include "cli/plain.h"
#include "config/keys.h"
#include "nl/entry.h"

/**
 * enum kind - what a key holds
 * @KIND_BOOL: on or off, u8
 * @KIND_BYTE: 0 to 255, u8
 * @KIND_NUMBER: u32
 * @KIND_SECONDS: u32
 * @KIND_PLATEAUS: array of u16
 * @KIND_MSS: u32, of which 0 and NAT64_MSS_CLAMP_PMTU are words
 * @KIND_PREFIX: nest of enum nat64_prefix4_attr
 * @KIND_PREFIX6: nest of enum nat64_prefix6_attr
 * @KIND_DEVICES: nest of enum nat64_fastpath_attr
 * @KIND_HAIRPIN: u8, enum nat64_eam_hairpin
 */
enum kind {
	KIND_BOOL,
	KIND_BYTE,
	KIND_NUMBER,
	KIND_SECONDS,
	KIND_PLATEAUS,
	KIND_MSS,
	KIND_PREFIX,
	KIND_PREFIX6,
	KIND_DEVICES,
	KIND_HAIRPIN
};

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

static const char *const kind_words[] = {
	[KIND_BOOL] = "on|off",
	[KIND_BYTE] = "0-255",
	[KIND_NUMBER] = "NUMBER",
	[KIND_SECONDS] = "SECONDS",
	[KIND_PLATEAUS] = "MTU[,MTU...]",
	[KIND_MSS] = "off|pmtu|BYTES",
	[KIND_PREFIX] = "none|ADDR[/LEN]",
	[KIND_PREFIX6] = "none|ADDR[/LEN]",
	[KIND_DEVICES] = "none|DEV[,DEV...]",
	[KIND_HAIRPIN] = "off|simple|intrinsic",
};

static const char *const hairpin_words[NAT64_EAM_HAIRPIN_MAX + 1] = {
	[NAT64_EAM_HAIRPIN_OFF] = "off",
	[NAT64_EAM_HAIRPIN_SIMPLE] = "simple",
	[NAT64_EAM_HAIRPIN_INTRINSIC] = "intrinsic",
};

static const struct key keys[] = {
#include "config/keys_table.h"
};

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

static int put_plateaus(struct nl_msg *msg, int key, const char *word)
{
	struct plateau_list list;

	if (args_plateaus(word, &list))
		return -1;
	return nla_put(msg, key, list.n * sizeof(list.mtu[0]), list.mtu);
}

static int put_number(struct nl_msg *msg, int key, const char *word)
{
	__u32 number;

	if (args_number(word, "a number", 0, UINT32_MAX, &number))
		return -1;
	return nla_put_u32(msg, key, number);
}

static int put_mss(struct nl_msg *msg, int key, const char *word)
{
	__u32 mss = 0;

	if (!strcmp(word, "pmtu"))
		mss = NAT64_MSS_CLAMP_PMTU;
	else if (strcmp(word, "off") &&
		 args_number(word, "a number", NAT64_MSS_CLAMP_PMTU + 1,
			     UINT32_MAX, &mss))
		return args_fail(word,
				 "is not an MSS: write off, pmtu or a number of bytes, such as 1220");
	return nla_put_u32(msg, key, mss);
}

/* nla_nest_end() takes back a nest that is empty, but empty means none. */
static int put_none(struct nl_msg *msg, int key)
{
	return nla_put(msg, key | NLA_F_NESTED, 0, NULL);
}

static int put_prefix(struct nl_msg *msg, int key, const char *word)
{
	struct prefix4 prefix;

	if (!strcmp(word, "none"))
		return put_none(msg, key);
	return args_prefix4(word, &prefix) ?: prefix4_put(msg, key, &prefix);
}

static int put_prefix6(struct nl_msg *msg, int key, const char *word)
{
	struct prefix6 prefix;

	if (!strcmp(word, "none"))
		return put_none(msg, key);
	return args_prefix6(word, false, &prefix) ?:
	       prefix6_put(msg, key, &prefix);
}

static int put_hairpin(struct nl_msg *msg, int key, const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hairpin_words); i++) {
		if (!strcmp(word, hairpin_words[i]))
			return nla_put_u8(msg, key, i);
	}
	return args_fail(word,
			 "is not a mode of hairpinning: write off, simple or intrinsic");
}

/* The list may be long, so that only the wrong item of it is shown. */
static int bad_device(const char *item)
{
	char name[2 * IFNAMSIZ];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(item, ","), item);
	return args_fail(name,
			 "is not the name of a network device: write none, or names of up to %d characters with commas between them",
			 IFNAMSIZ - 1);
}

static int not_utf8(void)
{
	return args_fail(NULL,
			 "fastpath has a device whose name is not UTF-8, which no file can hold: rename it");
}

static int put_devices(struct nl_msg *msg, int key, const char *word)
{
	const char *at = word;
	struct nlattr *nest;
	char name[IFNAMSIZ];

	if (!strcmp(word, "none"))
		return put_none(msg, key);
	nest = nla_nest_start(msg, key | NLA_F_NESTED);
	do {
		const char *item = at;

		if (!args_item(&at, name, sizeof(name)) || !name[0] ||
		    !strcmp(name, "none"))
			return bad_device(item);
		if (!plain_is_utf8(name))
			return not_utf8();
		if (!nest || nla_put_string(msg, NAT64_FASTPATH_A_DEV, name))
			return args_fail(NULL,
					 "too many devices: use %d at most",
					 NAT64_FASTPATH_MAX);
	} while (args_more(word, at));
	return nla_nest_end(msg, nest);
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
	__u32 number;
	bool on;

	switch (keys[key].kind) {
	case KIND_BOOL:
		return args_bool(word, &on) ?: nla_put_u8(msg, key, on);
	case KIND_BYTE:
		return args_number(word, "a byte", 0, UINT8_MAX, &number) ?:
		       nla_put_u8(msg, key, number);
	case KIND_NUMBER:
		return put_number(msg, key, word);
	case KIND_SECONDS:
		return args_seconds(word, &number) ?:
		       nla_put_u32(msg, key, number);
	case KIND_PLATEAUS:
		return put_plateaus(msg, key, word);
	case KIND_MSS:
		return put_mss(msg, key, word);
	case KIND_PREFIX:
		return put_prefix(msg, key, word);
	case KIND_PREFIX6:
		return put_prefix6(msg, key, word);
	case KIND_HAIRPIN:
		return put_hairpin(msg, key, word);
	case KIND_DEVICES:
		return put_devices(msg, key, word);
	}
	return -1;
}

static size_t plateaus_of(struct nlattr *attr, __u16 *mtu, size_t max)
{
	size_t n = nla_len(attr) / sizeof(*mtu);

	n = n < max ? n : max;
	memcpy(mtu, nla_data(attr), n * sizeof(*mtu));
	return n;
}

static void plateaus_text(char *text, size_t size, struct nlattr *attr)
{
	__u16 mtu[NAT64_PLATEAUS_MAX];
	size_t n = plateaus_of(attr, mtu, ARRAY_SIZE(mtu)), at = 0, i;

	text[0] = '\0';
	for (i = 0; i < n && at < size; i++)
		at += snprintf(text + at, size - at, "%s%u", i ? "," : "",
			       mtu[i]);
}

static struct json_object *plateaus_json(struct nlattr *attr)
{
	struct json_object *array = json_object_new_array();
	__u16 mtu[NAT64_PLATEAUS_MAX];
	size_t n = plateaus_of(attr, mtu, ARRAY_SIZE(mtu)), i;

	for (i = 0; i < n; i++)
		json_object_array_add(array, json_object_new_int(mtu[i]));
	return array;
}

static void prefix_text(char *text, size_t size, struct nlattr *nest)
{
	char word[PREFIX_TEXT] = "none";
	struct prefix4 prefix;

	if (prefix4_read(&prefix, nest))
		text_prefix4(word, &prefix);
	snprintf(text, size, "%s", word);
}

static void prefix6_text(char *text, size_t size, struct nlattr *nest)
{
	char word[PREFIX_TEXT] = "none";
	struct prefix6 prefix;

	if (prefix6_read(&prefix, nest))
		text_prefix6(word, &prefix);
	snprintf(text, size, "%s", word);
}

/* A newer module may have modes that are not known here. */
static void hairpin_text(char *text, size_t size, __u8 mode)
{
	if (mode < ARRAY_SIZE(hairpin_words))
		snprintf(text, size, "%s", hairpin_words[mode]);
	else
		snprintf(text, size, "%u", mode);
}

static void devices_text(char *text, size_t size, struct nlattr *nest)
{
	struct nlattr *attr;
	char name[IFNAMSIZ];
	size_t at = 0;
	int rest;

	snprintf(text, size, "none");
	nla_for_each_nested(attr, nest, rest) {
		if (nla_type(attr) != NAT64_FASTPATH_A_DEV || at >= size)
			continue;
		nla_strlcpy(name, attr, sizeof(name));
		at += snprintf(text + at, size - at, "%s%s", at ? "," : "",
			       name);
	}
}

static struct json_object *devices_json(struct nlattr *nest)
{
	struct json_object *array = json_object_new_array();
	struct nlattr *attr;
	char name[IFNAMSIZ];
	int rest;

	nla_for_each_nested(attr, nest, rest) {
		if (nla_type(attr) != NAT64_FASTPATH_A_DEV)
			continue;
		nla_strlcpy(name, attr, sizeof(name));
		json_object_array_add(array, json_object_new_string(name));
	}
	return array;
}

static void mss_text(char *text, size_t size, __u32 mss)
{
	if (!mss)
		snprintf(text, size, "off");
	else if (mss == NAT64_MSS_CLAMP_PMTU)
		snprintf(text, size, "pmtu");
	else
		snprintf(text, size, "%u", mss);
}

static struct json_object *mss_json(__u32 mss, const char *text)
{
	return mss > NAT64_MSS_CLAMP_PMTU ? json_object_new_int64(mss) :
					    json_object_new_string(text);
}

/* Shorter than its kind needs: a module that does not fit to this command. */
static bool too_short(enum kind kind, struct nlattr *attr)
{
	static const int need[] = {
		[KIND_BOOL] = 1, [KIND_BYTE] = 1, [KIND_NUMBER] = 4,
		[KIND_SECONDS] = 4, [KIND_PLATEAUS] = 2, [KIND_MSS] = 4,
		[KIND_PREFIX] = 0, [KIND_PREFIX6] = 0, [KIND_DEVICES] = 0,
		[KIND_HAIRPIN] = 1,
	};

	return nla_len(attr) < need[kind];
}

/* What is a word in @text is the same word in JSON. */
static struct json_object *value_json(enum kind kind, struct nlattr *attr,
				      const char *text)
{
	switch (kind) {
	case KIND_BOOL:
		return json_object_new_boolean(nla_get_u8(attr));
	case KIND_BYTE:
		return json_object_new_int(nla_get_u8(attr));
	case KIND_PLATEAUS:
		return plateaus_json(attr);
	case KIND_PREFIX:
	case KIND_PREFIX6:
	case KIND_HAIRPIN:
		return json_object_new_string(text);
	case KIND_DEVICES:
		return devices_json(attr);
	case KIND_MSS:
		return mss_json(nla_get_u32(attr), text);
	default:
		return json_object_new_int64(nla_get_u32(attr));
	}
}

static void seconds_text(char *text, size_t size, __u32 seconds, bool words)
{
	char time[32];

	if (words)
		snprintf(text, size, "%us (%s)", seconds,
			 out_duration(time, sizeof(time), seconds));
	else
		snprintf(text, size, "%u", seconds);
}

/* As 'config set' takes it, and in a table with the time in words. */
static void value_text(char *text, size_t size, enum kind kind,
		       struct nlattr *attr, bool words)
{
	switch (kind) {
	case KIND_BOOL:
		snprintf(text, size, nla_get_u8(attr) ? "on" : "off");
		break;
	case KIND_BYTE:
		snprintf(text, size, "%u", nla_get_u8(attr));
		break;
	case KIND_PLATEAUS:
		plateaus_text(text, size, attr);
		break;
	case KIND_MSS:
		mss_text(text, size, nla_get_u32(attr));
		break;
	case KIND_PREFIX:
		prefix_text(text, size, attr);
		break;
	case KIND_PREFIX6:
		prefix6_text(text, size, attr);
		break;
	case KIND_HAIRPIN:
		hairpin_text(text, size, nla_get_u8(attr));
		break;
	case KIND_DEVICES:
		devices_text(text, size, attr);
		break;
	default:
		seconds_text(text, size, nla_get_u32(attr),
			     words && kind == KIND_SECONDS);
	}
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
	return attr && !too_short(keys[key].kind, attr);
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
	value_text(text, KEY_TEXT, keys[key].kind, attr, table);
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

	key_text(text, key, attr, false);
	return value_json(keys[key].kind, attr, text);
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
	return kind_words[keys[key].kind];
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

static int check_plateaus(struct nlattr *attr)
{
	__u16 mtu[NAT64_PLATEAUS_MAX];
	size_t n = plateaus_of(attr, mtu, ARRAY_SIZE(mtu)), i;

	for (i = 0; i < n; i++) {
		if (mtu[i] < 68 || (i && mtu[i] >= mtu[i - 1]))
			return args_fail(NULL,
					 "mtu-plateaus must be falling numbers of 68 to 65535");
	}
	return 0;
}

static int check_prefix(const char *text)
{
	struct prefix4 prefix;
	__u32 first, last;

	if (!strcmp(text, "none"))
		return 0;
	if (args_prefix4(text, &prefix))
		return -EINVAL;
	if (!prefix.len)
		return args_fail(NULL,
				 "the length of rfc6791v4-prefix must be 1 to 32");
	first = ntohl(prefix.addr.s_addr);
	last = first | (__u32)(0xffffffffULL >> prefix.len);
	if (!args_forwardable4(first) || !args_forwardable4(last))
		return args_fail(NULL,
				 "rfc6791v4-prefix must be of unicast addresses that can be forwarded");
	return 0;
}

static int check_prefix6(struct nlattr *nest)
{
	struct prefix6 prefix;

	if (!prefix6_read(&prefix, nest))
		return 0;
	if (!prefix.len)
		return args_fail(NULL,
				 "the length of rfc6791v6-prefix must be 1 to 128");
	if (!args_unicast6(&prefix.addr))
		return args_fail(NULL,
				 "rfc6791v6-prefix must be of unicast addresses that can be forwarded");
	return 0;
}

/* "none" is one for the kernel, but not for who reads a list. */
static bool is_device_name(const char *name)
{
	return *name && strcmp(name, "none") && strlen(name) < IFNAMSIZ && strcmp(name, ".") &&
	       strcmp(name, "..") && !strpbrk(name, "/: \t\n\v\f\r\xa0");
}

static int check_devices(struct nlattr *nest)
{
	char names[NAT64_FASTPATH_MAX][IFNAMSIZ];
	struct nlattr *attr;
	int n = 0, i, rest;

	nla_for_each_nested(attr, nest, rest) {
		char name[IFNAMSIZ + 1] = "";

		nla_strlcpy(name, attr, sizeof(name));
		if (!is_device_name(name))
			return args_fail(NULL,
					 "fastpath must be names of network devices, of 1 to 15 characters");
		if (!plain_is_utf8(name))
			return not_utf8();
		for (i = 0; i < n; i++) {
			if (!strcmp(names[i], name))
				return args_fail(NULL,
						 "fastpath has a device twice: leave one out");
		}
		if (n == NAT64_FASTPATH_MAX)
			return args_fail(NULL,
					 "fastpath must be 8 devices at most");
		memcpy(names[n++], name, IFNAMSIZ);
	}
	return 0;
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
	char text[KEY_TEXT];

	switch (keys[key].kind) {
	case KIND_BOOL:
	case KIND_BYTE:
	case KIND_HAIRPIN:
		return 0;
	case KIND_PLATEAUS:
		return check_plateaus(attr);
	case KIND_PREFIX6:
		return check_prefix6(attr);
	case KIND_PREFIX:
		key_text(text, key, attr, false);
		return check_prefix(text);
	case KIND_DEVICES:
		return check_devices(attr);
	case KIND_MSS:
		if (nla_get_u32(attr) <= NAT64_MSS_CLAMP_PMTU)
			return 0;
		break;
	default:
		break;
	}
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
	switch (type) {
	case json_type_boolean:
		return keys[key].kind == KIND_BOOL;
	case json_type_int:
		return keys[key].kind == KIND_BYTE ||
		       keys[key].kind == KIND_NUMBER ||
		       keys[key].kind == KIND_SECONDS ||
		       keys[key].kind == KIND_MSS;
	case json_type_array:
		return keys[key].kind == KIND_PLATEAUS ||
		       keys[key].kind == KIND_DEVICES;
	case json_type_string:
		return true;
	default:
		return false;
	}
}

/**
 * key_json_values() - what a file can set a key to
 * @key: the key
 *
 * Return: some words.
 */
const char *key_json_values(int key)
{
	static const char *const words[] = {
		[KIND_BOOL] = "true or false",
		[KIND_BYTE] = "a number",
		[KIND_NUMBER] = "a number",
		[KIND_SECONDS] = "a number of seconds, or a time such as \"5m\"",
		[KIND_PLATEAUS] = "an array of numbers",
		[KIND_MSS] = "\"off\", \"pmtu\" or a number of bytes",
		[KIND_PREFIX] = "\"none\" or a prefix, such as \"192.0.2.1\"",
		[KIND_PREFIX6] = "\"none\" or a prefix, such as \"2001:db8::/64\"",
		[KIND_HAIRPIN] = "\"off\", \"simple\" or \"intrinsic\"",
		[KIND_DEVICES] = "an array of names of network devices",
	};

	return words[keys[key].kind];
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
