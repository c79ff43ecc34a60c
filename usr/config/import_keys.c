// SPDX-License-Identifier: GPL-2.0
/* import_keys.c - from "global" of a file of Jool to our keys */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/import.h"

#define EVENTS "events go to 'nat64ctl monitor' and nat64-monitor.service, not to the kernel's log"

/* Least of mtu-plateaus; by less, Jool comes to the same result. */
#define PLATEAU_MIN 68

/**
 * enum jool - which Jool has a key
 * @JOOL_BOTH: both
 * @JOOL_NAT64: jool
 * @JOOL_SIIT: jool_siit
 */
enum jool {
	JOOL_BOTH,
	JOOL_NAT64,
	JOOL_SIIT
};

/**
 * struct jool_key - what becomes of a key of Jool
 * @name: its name
 * @of: which Jool has it
 * @take: reads it; NULL: it does nothing alone
 */
struct jool_key {
	const char *name;
	enum jool of;
	int (*take)(struct import *in, const char *path, const char *name,
		    struct json_object *value);
};

static int no_value(const struct import *in, const char *path,
		    const char *instead)
{
	return import_fail(in, path, "it is not what Jool takes: write %s",
			   instead);
}

static int put_key(struct import *in, const char *path, const char *name,
		   const char *word)
{
	return import_put_key(in, path, key_find(name), word);
}

static bool is_stateless(const struct import *in)
{
	return in->doc.type == NAT64_TYPE_SIIT;
}

static int read_bool(struct import *in, const char *path,
		     struct json_object *value, bool *on)
{
	char word[16];

	import_small(word, sizeof(word), value);
	return args_bool(word, on) ? no_value(in, path, "true or false") : 0;
}

static int take_bool(struct import *in, const char *path, const char *name,
		     struct json_object *value)
{
	bool on;

	return read_bool(in, path, value, &on) ?:
	       put_key(in, path, name, on ? "on" : "off");
}

static int read_number(struct import *in, const char *path,
		       struct json_object *value, __u32 *number)
{
	char word[32];

	import_small(word, sizeof(word), value);
	if (args_number(word, "a number", 0, UINT32_MAX, number))
		return no_value(in, path, "a number");
	return 0;
}

static int take_number(struct import *in, const char *path, const char *name,
		       struct json_object *value)
{
	char word[16];
	__u32 number;

	if (read_number(in, path, value, &number))
		return -EINVAL;
	snprintf(word, sizeof(word), "%u", number);
	return put_key(in, path, name, word);
}

/* A number without quotes may be Jool 3's, which would be milliseconds. */
static int take_time(struct import *in, const char *path, const char *name,
		     struct json_object *value)
{
	char word[32], text[16];
	__u32 seconds;
	bool rest;

	if (json_object_is_type(value, json_type_int))
		return import_fail(in, path,
				   "it is a number, which Jool 4.1 does not take and Jool 3 took as milliseconds: write a time such as \"0:05:00\"");
	import_small(word, sizeof(word), value);
	if (!args_clock(word, &seconds, &rest) ||
	    (rest && seconds == UINT32_MAX))
		return no_value(in, path,
				"a time such as \"1:30:00\", \"5:00\" or \"300\"");
	snprintf(text, sizeof(text), "%u", seconds + rest);
	if (rest)
		import_note(in, path, "%s is rounded to whole seconds: %s",
			    word, text);
	return put_key(in, path, name, text);
}

static int compare_falling(const void *a, const void *b)
{
	return (int)*(const __u16 *)b - (int)*(const __u16 *)a;
}

/* Jool sorts them, removes repeated ones, and takes an empty list. */
static int put_plateaus(struct import *in, const char *path, const char *name,
			__u16 *mtu, size_t n)
{
	char word[KEY_TEXT];
	size_t at = 0, i, left = 0;

	if (!n)
		mtu[n++] = PLATEAU_MIN;
	for (i = 0; i < n; i++) {
		if (mtu[i] < PLATEAU_MIN)
			mtu[i] = PLATEAU_MIN;
	}
	qsort(mtu, n, sizeof(*mtu), compare_falling);
	for (i = 0; i < n; i++) {
		if (i && mtu[i] == mtu[i - 1])
			continue;
		if (left++ == NAT64_PLATEAUS_MAX)
			return import_fail(in, path,
					   "it has more than %u sizes: write fewer",
					   NAT64_PLATEAUS_MAX);
		at += snprintf(word + at, sizeof(word) - at, "%s%u",
			       at ? "," : "", mtu[i]);
	}
	return put_key(in, path, name, word);
}

static int take_plateaus(struct import *in, const char *path, const char *name,
			 struct json_object *value)
{
	static const char *const instead = "an array of up to 64 numbers";
	__u16 mtu[64 + 1];
	char item[8];
	const char *at;
	size_t n = 0;
	__u64 size;

	if (json_object_is_type(value, json_type_array)) {
		size_t count = json_object_array_length(value);

		for (; n < count; n++) {
			struct json_object *one;

			one = json_object_array_get_idx(value, n);
			at = json_object_get_string(one);
			if (n == 64 || !at ||
			    !args_digits(at, 10, UINT16_MAX, &size))
				return no_value(in, path, instead);
			mtu[n] = size;
		}
		return put_plateaus(in, path, name, mtu, n);
	}
	at = json_object_get_string(value) ?: "";
	do {
		if (n == 64 || !args_item(&at, item, sizeof(item)) ||
		    !args_digits(item, 10, UINT16_MAX, &size))
			return no_value(in, path, instead);
		mtu[n++] = size;
	} while (*at);
	return put_plateaus(in, path, name, mtu, n);
}

static int take_prefix(struct import *in, const char *path, const char *name,
		       struct json_object *value)
{
	return put_key(in, path, name,
		       json_object_get_string(value) ?: "none");
}

static int take_pool6(struct import *in, const char *path, const char *name,
		      struct json_object *value)
{
	struct prefix6 *prefix = &in->doc.pool6[0];
	const char *why;

	if (!value)
		return 0;
	if (!json_object_is_type(value, json_type_string))
		return no_value(in, path, "a prefix, such as \"64:ff9b::/96\"");
	if (args_prefix6(json_object_get_string(value), true, prefix))
		return import_word(in, path);
	why = doc_check_pool6(prefix);
	if (why)
		return import_fail(in, path, "%s", why);
	in->doc.n_pool6 = 1;
	return 0;
}

/* What is off need not be said. */
static int note_if_on(struct import *in, const char *path,
		      struct json_object *value, const char *what)
{
	bool on;

	if (read_bool(in, path, value, &on))
		return -EINVAL;
	if (on)
		import_note(in, path, "%s", what);
	return 0;
}

static int take_log(struct import *in, const char *path, const char *name,
		    struct json_object *value)
{
	return note_if_on(in, path, value, EVENTS) ?:
	       take_bool(in, path, name, value);
}

static int take_debug(struct import *in, const char *path, const char *name,
		      struct json_object *value)
{
	return note_if_on(in, path, value,
			  "left out: counters say why packets are dropped, and tracepoints which");
}

static int take_sync(struct import *in, const char *path, const char *name,
		     struct json_object *value)
{
	return note_if_on(in, path, value,
			  "left out: sessions are not sent to another machine");
}

/* The default, 11, is a port for each flow; there is no need to say more. */
static int take_f_args(struct import *in, const char *path, const char *name,
		       struct json_object *value)
{
	__u32 number;

	if (read_number(in, path, value, &number))
		return -EINVAL;
	if (number != 11)
		import_note(in, path,
			    "left out: all flows of an IPv6 host share one IPv4 address (RFC 6146 s3.5.1.1)");
	return 0;
}

static int take_amend(struct import *in, const char *path, const char *name,
		      struct json_object *value)
{
	if (is_stateless(in))
		return take_bool(in, path, name, value);
	import_note(in, path,
		    "left out: the checksum is always computed, unless drop-udp4-zero-checksum is on");
	return 0;
}

/* What a file of the stateful Jool has for nothing */
static bool leave_stateless(const struct import *in, const char *path,
			    struct json_object *value)
{
	if (is_stateless(in))
		return false;
	if (value)
		import_note(in, path,
			    "left out: it is for stateless translation (SIIT), which this is not");
	return true;
}

static int take_word(struct import *in, const char *path, const char *name,
		     struct json_object *value)
{
	char word[64];

	if (leave_stateless(in, path, value))
		return 0;
	import_small(word, sizeof(word), value);
	return put_key(in, path, name, word);
}

static int take_prefix6(struct import *in, const char *path, const char *name,
			struct json_object *value)
{
	return leave_stateless(in, path, value) ? 0 :
	       take_prefix(in, path, name, value);
}

static int take_random(struct import *in, const char *path, const char *name,
		       struct json_object *value)
{
	bool on;

	if (leave_stateless(in, path, value))
		return 0;
	if (read_bool(in, path, value, &on))
		return -EINVAL;
	if (!on)
		import_note(in, path,
			    "left out: an address of a prefix is always chosen at random");
	return 0;
}

static const struct jool_key jool_keys[] = {
	{ "manually-enabled", JOOL_BOTH, take_bool },
	{ "pool6", JOOL_BOTH, take_pool6 },
	{ "lowest-ipv6-mtu", JOOL_BOTH, take_number },
	{ "zeroize-traffic-class", JOOL_BOTH, take_bool },
	{ "override-tos", JOOL_BOTH, take_bool },
	{ "tos", JOOL_BOTH, take_number },
	{ "mtu-plateaus", JOOL_BOTH, take_plateaus },
	{ "address-dependent-filtering", JOOL_NAT64, take_bool },
	{ "drop-externally-initiated-tcp", JOOL_NAT64, take_bool },
	{ "drop-icmpv6-info", JOOL_NAT64, take_bool },
	{ "source-icmpv6-errors-better", JOOL_NAT64, take_bool },
	{ "handle-rst-during-fin-rcv", JOOL_NAT64, take_bool },
	{ "tcp-est-timeout", JOOL_NAT64, take_time },
	{ "tcp-trans-timeout", JOOL_NAT64, take_time },
	{ "udp-timeout", JOOL_NAT64, take_time },
	{ "icmp-timeout", JOOL_NAT64, take_time },
	{ "maximum-simultaneous-opens", JOOL_NAT64, take_number },
	{ "logging-bib", JOOL_NAT64, take_log },
	{ "logging-session", JOOL_NAT64, take_log },
	{ "logging-debug", JOOL_BOTH, take_debug },
	{ "f-args", JOOL_NAT64, take_f_args },
	{ "ss-enabled", JOOL_NAT64, take_sync },
	{ "ss-flush-asap", JOOL_NAT64, NULL },
	{ "ss-flush-deadline", JOOL_NAT64, NULL },
	{ "ss-capacity", JOOL_NAT64, NULL },
	{ "ss-max-payload", JOOL_NAT64, NULL },
	{ "ss-max-sessions-per-packet", JOOL_NAT64, NULL },
	{ "rfc6791v4-prefix", JOOL_SIIT, take_prefix },
	{ "amend-udp-checksum-zero", JOOL_SIIT, take_amend },
	{ "eam-hairpin-mode", JOOL_SIIT, take_word },
	{ "randomize-rfc6791-addresses", JOOL_SIIT, take_random },
	{ "rfc6791v6-prefix", JOOL_SIIT, take_prefix6 },
};

static const struct jool_key *find_key(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(jool_keys); i++) {
		if (!strcmp(name, jool_keys[i].name))
			return &jool_keys[i];
	}
	return NULL;
}

/**
 * import_is_siit_key() - check whether a key of Jool is one of jool_siit
 * @name: its name
 *
 * Return: true if it is.
 */
bool import_is_siit_key(const char *name)
{
	const struct jool_key *key = find_key(name);

	return key && key->of == JOOL_SIIT;
}

/**
 * import_global() - read all keys
 * @in: the file
 * @value: the object "global"
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int import_global(struct import *in, struct json_object *value)
{
	char path[96];

	if (!json_object_is_type(value, json_type_object))
		return import_fail(in, "/global",
				   "it is not what Jool takes: write an object of keys");
	json_object_object_foreach(value, name, item) {
		const struct jool_key *key = find_key(name);

		snprintf(path, sizeof(path), "/global/%.60s", name);
		if (!key && strcmp(name, "comment"))
			import_note(in, path,
				    "left out: it is not a key of Jool 4.1");
		else if (key && key->of == JOOL_NAT64 && is_stateless(in))
			import_note(in, path,
				    "left out: jool_siit has no such key");
		else if (key && key->take && key->take(in, path, name, item))
			return -EINVAL;
	}
	return 0;
}

/**
 * import_settle_keys() - add "force" for lifetimes that Jool takes and RFCs do
 *	not
 * @in: the file
 */
void import_settle_keys(struct import *in)
{
	struct document *doc = &in->doc;
	struct nlattr *attr;
	char path[96];
	int key;

	for (key = 1; key < KEY_COUNT; key++) {
		attr = document_key(doc, key);
		if (!doc->given[key] || !key_check(key, attr, false) ||
		    key_check(key, attr, true))
			continue;
		key_check(key, attr, false);
		snprintf(path, sizeof(path), "/global/%s", key_name(key));
		import_note(in, path, "\"force\" is added: %s", args_why());
		doc->force = true;
	}
}
