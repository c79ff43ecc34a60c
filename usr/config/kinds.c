// SPDX-License-Identifier: GPL-2.0
/* kinds.c - the kinds of values of keys: read, written and checked */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "cli/plain.h"
#include "config/kinds.h"
#include "nl/entry.h"

static const char *const hairpin_words[NAT64_EAM_HAIRPIN_MAX + 1] = {
	[NAT64_EAM_HAIRPIN_OFF] = "off",
	[NAT64_EAM_HAIRPIN_SIMPLE] = "simple",
	[NAT64_EAM_HAIRPIN_INTRINSIC] = "intrinsic",
};

static int put_bool(struct nl_msg *msg, int key, const char *word)
{
	bool on;

	return args_bool(word, &on) ?: nla_put_u8(msg, key, on);
}

static int put_byte(struct nl_msg *msg, int key, const char *word)
{
	__u32 number;

	return args_number(word, "a byte", 0, UINT8_MAX, &number) ?:
	       nla_put_u8(msg, key, number);
}

static int put_seconds(struct nl_msg *msg, int key, const char *word)
{
	__u32 number;

	return args_seconds(word, &number) ?: nla_put_u32(msg, key, number);
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
static void hairpin_text(char *text, size_t size, struct nlattr *attr)
{
	__u8 mode = nla_get_u8(attr);

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

static void mss_text(char *text, size_t size, struct nlattr *attr)
{
	__u32 mss = nla_get_u32(attr);

	if (mss > NAT64_MSS_CLAMP_PMTU)
		snprintf(text, size, "%u", mss);
	else
		snprintf(text, size, mss ? "pmtu" : "off");
}

static struct json_object *mss_json(struct nlattr *attr)
{
	__u32 mss = nla_get_u32(attr);

	return mss > NAT64_MSS_CLAMP_PMTU ?
	       json_object_new_int64(mss) :
	       json_object_new_string(mss ? "pmtu" : "off");
}

static void bool_text(char *text, size_t size, struct nlattr *attr)
{
	snprintf(text, size, nla_get_u8(attr) ? "on" : "off");
}

static struct json_object *bool_json(struct nlattr *attr)
{
	return json_object_new_boolean(nla_get_u8(attr));
}

static void byte_text(char *text, size_t size, struct nlattr *attr)
{
	snprintf(text, size, "%u", nla_get_u8(attr));
}

static struct json_object *byte_json(struct nlattr *attr)
{
	return json_object_new_int(nla_get_u8(attr));
}

static void number_text(char *text, size_t size, struct nlattr *attr)
{
	snprintf(text, size, "%u", nla_get_u32(attr));
}

static struct json_object *number_json(struct nlattr *attr)
{
	return json_object_new_int64(nla_get_u32(attr));
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

static int check_prefix(struct nlattr *nest)
{
	struct prefix4 prefix;
	char text[PREFIX_TEXT];
	__u32 first, last;

	prefix_text(text, sizeof(text), nest);
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

const struct kind_ops kinds[] = {
	[KIND_BOOL] = {
		"on|off", "true or false", json_type_boolean, 1,
		put_bool, bool_text, bool_json, NULL,
	},
	[KIND_BYTE] = {
		"0-255", "a number", json_type_int, 1,
		put_byte, byte_text, byte_json, NULL,
	},
	[KIND_NUMBER] = {
		"NUMBER", "a number", json_type_int, 4,
		put_number, number_text, number_json, NULL,
	},
	[KIND_SECONDS] = {
		"SECONDS",
		"a number of seconds, or a time such as \"5m\"",
		json_type_int, 4,
		put_seconds, number_text, number_json, NULL,
	},
	[KIND_PLATEAUS] = {
		"MTU[,MTU...]", "an array of numbers", json_type_array, 2,
		put_plateaus, plateaus_text, plateaus_json, check_plateaus,
	},
	[KIND_MSS] = {
		"off|pmtu|BYTES",
		"\"off\", \"pmtu\" or a number of bytes",
		json_type_int, 4,
		put_mss, mss_text, mss_json, NULL,
	},
	[KIND_PREFIX] = {
		"none|ADDR[/LEN]",
		"\"none\" or a prefix, such as \"192.0.2.1\"",
		json_type_string, 0,
		put_prefix, prefix_text, NULL, check_prefix,
	},
	[KIND_PREFIX6] = {
		"none|ADDR[/LEN]",
		"\"none\" or a prefix, such as \"2001:db8::/64\"",
		json_type_string, 0,
		put_prefix6, prefix6_text, NULL, check_prefix6,
	},
	[KIND_DEVICES] = {
		"none|DEV[,DEV...]",
		"an array of names of network devices",
		json_type_array, 0,
		put_devices, devices_text, devices_json, check_devices,
	},
	[KIND_HAIRPIN] = {
		"off|simple|intrinsic",
		"\"off\", \"simple\" or \"intrinsic\"",
		json_type_string, 1,
		put_hairpin, hairpin_text, NULL, NULL,
	},
};
