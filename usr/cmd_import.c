// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_import.c - nat64ctl import-jool: from Jool's JSON to ours
 *
 * What Jool 4.1 takes by 'jool file handle' becomes a document for 'config
 * load'. What has no counterpart is left out and said, a line each.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "document.h"
#include "jsonfile.h"

/**
 * struct import - a file of Jool that is being read
 * @name: what it is called in sentences
 * @to: the document
 * @config: its keys
 */
struct import {
	const char *name;
	struct json_object *to;
	struct json_object *config;
};

/**
 * struct jool_key - what becomes of a key of Jool
 * @name: its name
 * @take: reads it; NULL: it has no counterpart
 * @why: why it has none
 */
struct jool_key {
	const char *name;
	int (*take)(struct import *in, const char *name,
		    struct json_object *value);
	const char *why;
};

__printf(3, 4) static void note(const struct import *in, const char *path,
				const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "nat64ctl: %s: ", in->name);
	args_plain(text);
	fprintf(stderr, "%s: %s\n", path, text);
}

__printf(3, 4) static int fail(const struct import *in, const char *path,
			       const char *fmt, ...)
{
	char rest[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rest, sizeof(rest), fmt, ap);
	va_end(ap);
	return args_fail(NULL, "%.160s: %s: %s", in->name, path, rest);
}

static int fail_key(const struct import *in, const char *name,
		    const char *instead)
{
	char path[96];

	snprintf(path, sizeof(path), "/global/%.60s", name);
	return fail(in, path, "it is not what Jool takes: write %s", instead);
}

static void add_key(struct import *in, const char *name,
		    struct json_object *value)
{
	json_object_object_add(in->config, name, value);
}

/* Lower case, so that True and TCP are what they are meant to be. */
static void small(char *word, size_t size, struct json_object *value)
{
	size_t i;

	snprintf(word, size, "%s", json_object_get_string(value) ?: "");
	for (i = 0; word[i]; i++)
		word[i] = tolower((unsigned char)word[i]);
}

static int read_bool(struct import *in, const char *name,
		     struct json_object *value, bool *on)
{
	char word[16];

	small(word, sizeof(word), value);
	return args_bool(word, on) ? fail_key(in, name, "true or false") : 0;
}

static int take_bool(struct import *in, const char *name,
		     struct json_object *value)
{
	bool on;

	if (read_bool(in, name, value, &on))
		return -1;
	add_key(in, name, json_object_new_boolean(on));
	return 0;
}

static int take_number(struct import *in, const char *name,
		       struct json_object *value)
{
	char word[32];
	__u32 number;

	small(word, sizeof(word), value);
	if (args_number(word, "a number", 0, UINT32_MAX, &number))
		return fail_key(in, name, "a number");
	add_key(in, name, json_object_new_int64(number));
	return 0;
}

/* Hours, minutes and seconds of which the first may be missing, and parts. */
static bool read_time(const char *word, __u32 *seconds, bool *parts)
{
	__u64 sum = 0, n;
	char digits[12];
	int fields = 0;

	do {
		size_t len = strspn(word, "0123456789");

		if (!len || len >= sizeof(digits) || ++fields > 3)
			return false;
		memcpy(digits, word, len);
		digits[len] = '\0';
		if (!args_digits(digits, 10, UINT32_MAX, &n))
			return false;
		sum = sum * 60 + n;
		word += len;
	} while (*word == ':' && *++word);
	*parts = *word == '.' && word[1] && !word[1 + strspn(word + 1,
							   "0123456789")];
	if ((*word && !*parts) || sum > UINT32_MAX)
		return false;
	*seconds = sum;
	return true;
}

static int take_time(struct import *in, const char *name,
		     struct json_object *value)
{
	char word[32], path[96];
	__u32 seconds;
	bool parts;

	small(word, sizeof(word), value);
	if (!read_time(word, &seconds, &parts))
		return fail_key(in, name, "a time such as 1:30:00, 5:00 or 300");
	snprintf(path, sizeof(path), "/global/%s", name);
	if (parts) {
		seconds++;
		note(in, path, "%s is rounded to whole seconds: %u", word,
		     seconds);
	}
	add_key(in, name, json_object_new_int64(seconds));
	return 0;
}

static int take_plateaus(struct import *in, const char *name,
			 struct json_object *value)
{
	struct json_object *array = json_object_new_array();
	struct plateau_list list;
	char word[512];
	size_t n, i, at = 0;

	word[0] = '\0';
	if (json_object_is_type(value, json_type_array)) {
		n = json_object_array_length(value);
		for (i = 0; i < n && at < sizeof(word); i++) {
			struct json_object *mtu;

			mtu = json_object_array_get_idx(value, i);
			at += snprintf(word + at, sizeof(word) - at, "%s%s",
				       i ? "," : "",
				       json_object_get_string(mtu));
		}
	} else {
		snprintf(word, sizeof(word), "%s",
			 json_object_get_string(value) ?: "");
	}
	if (args_plateaus(word, &list)) {
		json_object_put(array);
		return fail_key(in, name, "an array of up to 32 numbers");
	}
	for (i = 0; i < list.n; i++)
		json_object_array_add(array, json_object_new_int(list.mtu[i]));
	add_key(in, name, array);
	return 0;
}

static int take_prefix(struct import *in, const char *name,
		       struct json_object *value)
{
	const char *word = json_object_get_string(value) ?: "none";

	add_key(in, name, json_object_new_string(word));
	return 0;
}

static int take_pool6(struct import *in, const char *name,
		      struct json_object *value)
{
	struct json_object *array;

	if (!value)
		return 0;
	if (!json_object_is_type(value, json_type_string))
		return fail_key(in, name, "a prefix, such as \"64:ff9b::/96\"");
	array = json_object_new_array();
	json_object_array_add(array, json_object_get(value));
	json_object_object_add(in->to, "pool6", array);
	return 0;
}

#define EVENTS "events are told to who listens, by 'nat64ctl monitor' or nat64-monitor.service, and not to the kernel's log"

/* What is off need not be said. */
static int note_if_on(struct import *in, const char *name,
		      struct json_object *value, bool *on, const char *what)
{
	char path[96];

	if (read_bool(in, name, value, on))
		return -1;
	snprintf(path, sizeof(path), "/global/%s", name);
	if (*on)
		note(in, path, "%s", what);
	return 0;
}

static int take_log(struct import *in, const char *name,
		    struct json_object *value)
{
	bool on;

	if (note_if_on(in, name, value, &on, EVENTS))
		return -1;
	add_key(in, name, json_object_new_boolean(on));
	return 0;
}

static int take_debug(struct import *in, const char *name,
		      struct json_object *value)
{
	bool on;

	return note_if_on(in, name, value, &on,
			  "left out: counters say why packets are dropped, and tracepoints which");
}

#define SYNC "left out: sessions are not sent to another machine"
#define SIIT "left out: it is for stateless translation (SIIT), which this is not"

static const struct jool_key jool_keys[] = {
	{ "manually-enabled", take_bool, NULL },
	{ "pool6", take_pool6, NULL },
	{ "lowest-ipv6-mtu", take_number, NULL },
	{ "zeroize-traffic-class", take_bool, NULL },
	{ "override-tos", take_bool, NULL },
	{ "tos", take_number, NULL },
	{ "mtu-plateaus", take_plateaus, NULL },
	{ "address-dependent-filtering", take_bool, NULL },
	{ "drop-externally-initiated-tcp", take_bool, NULL },
	{ "drop-icmpv6-info", take_bool, NULL },
	{ "source-icmpv6-errors-better", take_bool, NULL },
	{ "handle-rst-during-fin-rcv", take_bool, NULL },
	{ "tcp-est-timeout", take_time, NULL },
	{ "tcp-trans-timeout", take_time, NULL },
	{ "udp-timeout", take_time, NULL },
	{ "icmp-timeout", take_time, NULL },
	{ "maximum-simultaneous-opens", take_number, NULL },
	{ "rfc6791v4-prefix", take_prefix, NULL },
	{ "logging-bib", take_log, NULL },
	{ "logging-session", take_log, NULL },
	{ "logging-debug", take_debug, NULL },
	{ "f-args", NULL,
	  "left out: all flows of an inside host have one IPv4 address (RFC 6146 s3.5.1.1)" },
	{ "ss-enabled", NULL, SYNC },
	{ "ss-flush-asap", NULL, SYNC },
	{ "ss-flush-deadline", NULL, SYNC },
	{ "ss-capacity", NULL, SYNC },
	{ "ss-max-payload", NULL, SYNC },
	{ "ss-max-sessions-per-packet", NULL, SYNC },
	{ "amend-udp-checksum-zero", NULL,
	  "left out: the checksum is always computed, unless drop-udp4-zero-checksum is on" },
	{ "eam-hairpin-mode", NULL, SIIT },
	{ "randomize-rfc6791-addresses", NULL, SIIT },
	{ "rfc6791v6-prefix", NULL, SIIT },
};

static int import_key(struct import *in, const char *name,
		      struct json_object *value)
{
	char path[96];
	size_t i;

	if (!strcmp(name, "comment"))
		return 0;
	snprintf(path, sizeof(path), "/global/%.60s", name);
	args_plain(path);
	for (i = 0; i < ARRAY_SIZE(jool_keys); i++) {
		if (strcmp(name, jool_keys[i].name))
			continue;
		if (jool_keys[i].take)
			return jool_keys[i].take(in, name, value);
		note(in, path, "%s", jool_keys[i].why);
		return 0;
	}
	note(in, path, "left out: it is not a key of Jool 4.1");
	return 0;
}

static int import_global(struct import *in, struct json_object *value)
{
	if (!json_object_is_type(value, json_type_object))
		return fail(in, "/global", "it is not what Jool takes: write an object of keys");
	json_object_object_foreach(value, name, item) {
		if (import_key(in, name, item))
			return -EINVAL;
	}
	return 0;
}

static const char *text_of(struct json_object *object, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, name, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

/* What an entry has besides what is read of it. */
static void note_rest(const struct import *in, const char *path,
		      struct json_object *object, const char *const *known)
{
	json_object_object_foreach(object, name, value) {
		size_t i;

		(void)value;
		for (i = 0; known[i] && strcmp(known[i], name); i++)
			continue;
		if (known[i])
			continue;
		if (!strcmp(name, "max-iterations"))
			note(in, path,
			     "max-iterations is left out: a free port is always found if there is one");
		else
			note(in, path, "%.60s is left out: Jool 4.1 has no such thing",
			     name);
	}
}

static int add_proto(const struct import *in, const char *path,
		     struct json_object *from, struct json_object *to)
{
	struct json_object *value;
	char word[16];
	__u8 proto;

	if (!json_object_object_get_ex(from, "protocol", &value))
		return fail(in, path, "\"protocol\" is missing: write TCP, UDP or ICMP");
	small(word, sizeof(word), value);
	if (args_proto(word, &proto))
		return fail(in, path, "its protocol is none: write TCP, UDP or ICMP");
	json_object_object_add(to, "proto", json_object_new_string(word));
	return 0;
}

/* Identifier 0 of ICMP has no range of its own: all ports have it, too. */
static void add_ports(const struct import *in, const char *path,
		      struct json_object *value, struct json_object *to)
{
	const char *word = json_object_get_string(value) ?: "";
	char text[40];

	if (!strcmp(word, "0-65535"))
		return;
	snprintf(text, sizeof(text), "%s%.30s",
		 !strncmp(word, "0-", 2) ? "1" : "",
		 !strncmp(word, "0-", 2) ? word + 1 : word);
	if (!strncmp(word, "0-", 2))
		note(in, path, "0 is left out of its ports: only an entry of all ports has it");
	json_object_object_add(to, "ports", json_object_new_string(text));
}

static int import_row(struct import *in, const char *path,
		      struct json_object *from, struct json_object *array)
{
	static const char *const known[] = {
		"prefix", "protocol", "port range", "mark", "comment", NULL
	};
	struct json_object *to = json_object_new_object(), *value;
	const char *prefix = text_of(from, "prefix");

	json_object_array_add(array, to);
	if (!prefix)
		return fail(in, path, "\"prefix\" is missing: write an IPv4 address or prefix");
	json_object_object_add(to, "prefix", json_object_new_string(prefix));
	if (add_proto(in, path, from, to))
		return -EINVAL;
	if (json_object_object_get_ex(from, "port range", &value))
		add_ports(in, path, value, to);
	if (json_object_object_get_ex(from, "mark", &value))
		json_object_object_add(to, "mark", json_object_get(value));
	note_rest(in, path, from, known);
	return 0;
}

/* "ADDR#PORT" of @name becomes a transport address of ours. */
static int add_side(const struct import *in, const char *path,
		    struct json_object *from, const char *name,
		    struct json_object *to, const char *key, bool is6)
{
	const char *word = text_of(from, name);
	const char *hash = word ? strrchr(word, '#') : NULL;
	struct endpoint side;
	char text[ENDPOINT_TEXT + 16];

	if (!hash || hash - word >= INET6_ADDRSTRLEN || strlen(hash) > 8)
		return fail(in, path, "its \"%s\" is none: write %s", name,
			    is6 ? "2001:db8::5#80" : "192.0.2.1#80");
	snprintf(text, sizeof(text), is6 ? "[%.*s]:%s" : "%.*s:%s",
		 (int)(hash - word), word, hash + 1);
	if (args_endpoint(text, &side) || side.is6 != is6)
		return fail(in, path, "its \"%s\" is none: write %s", name,
			    is6 ? "2001:db8::5#80" : "192.0.2.1#80");
	json_object_object_add(to, key, json_object_new_string(text));
	return 0;
}

static int import_binding(struct import *in, const char *path,
			  struct json_object *from, struct json_object *array)
{
	static const char *const known[] = {
		"protocol", "ipv6 address", "ipv4 address", "comment", NULL
	};
	struct json_object *to = json_object_new_object();

	json_object_array_add(array, to);
	if (add_proto(in, path, from, to) ||
	    add_side(in, path, from, "ipv6 address", to, "ipv6", true) ||
	    add_side(in, path, from, "ipv4 address", to, "ipv4", false))
		return -EINVAL;
	note_rest(in, path, from, known);
	return 0;
}

static int import_array(struct import *in, const char *name,
			struct json_object *value,
			int (*import)(struct import *in, const char *path,
				      struct json_object *from,
				      struct json_object *array))
{
	struct json_object *array = json_object_new_array();
	char path[64];
	size_t n, i;

	json_object_object_add(in->to, name, array);
	snprintf(path, sizeof(path), "/%s", name);
	if (!json_object_is_type(value, json_type_array))
		return fail(in, path, "it is not what Jool takes: write an array of objects");
	n = json_object_array_length(value);
	for (i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(value, i);

		snprintf(path, sizeof(path), "/%s/%zu", name, i);
		if (!json_object_is_type(item, json_type_object))
			return fail(in, path, "it is not what Jool takes: write an object");
		if (import(in, path, item, array))
			return -EINVAL;
	}
	return 0;
}

static int import_instance(struct import *in, struct json_object *value)
{
	const char *name = json_object_get_string(value);

	if (!json_object_is_type(value, json_type_string))
		return fail(in, "/instance", "it is not what Jool takes: write a name");
	if (args_name(name))
		note(in, "/instance", "left out: %s", args_why());
	else
		json_object_object_add(in->to, "instance",
				       json_object_get(value));
	return 0;
}

static int import_member(struct import *in, const char *name,
			 struct json_object *value)
{
	static const char *const siit[] = {
		"eamt", "denylist4", "blacklist4", "pool6791"
	};
	char path[96];
	size_t i;

	snprintf(path, sizeof(path), "/%.60s", name);
	args_plain(path);
	if (!strcmp(name, "comment"))
		return 0;
	if (!strcmp(name, "instance"))
		return import_instance(in, value);
	if (!strcmp(name, "global"))
		return import_global(in, value);
	if (!strcmp(name, "pool4"))
		return import_array(in, name, value, import_row);
	if (!strcmp(name, "bib"))
		return import_array(in, name, value, import_binding);
	if (!strcmp(name, "framework")) {
		if (strcmp(json_object_get_string(value) ?: "", "netfilter"))
			note(in, path,
			     "left out: netfilter is the only framework; choose packets by pool6 and by marks");
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(siit); i++) {
		if (strcmp(name, siit[i]))
			continue;
		if (!json_object_is_type(value, json_type_array) ||
		    json_object_array_length(value))
			note(in, path, SIIT);
		return 0;
	}
	note(in, path, "left out: Jool 4.1 has no such thing");
	return 0;
}

/* Jool keeps BIB entries that no packet reaches; we refuse them. */
static void drop_unserved(const struct import *in, const struct document *doc,
			  struct json_object *array)
{
	struct json_object *item;
	struct doc_bib bib;
	char path[64];
	size_t i, n, place;

	n = json_object_array_length(array);
	for (i = 0, place = 0; i < n; i++) {
		item = json_object_array_get_idx(array, place);
		memset(&bib, 0, sizeof(bib));
		if (args_proto(text_of(item, "proto"), &bib.proto) ||
		    args_endpoint(text_of(item, "ipv4"), &bib.side4) ||
		    doc_serves(doc, &bib)) {
			place++;
			continue;
		}
		snprintf(path, sizeof(path), "/bib/%zu", i);
		note(in, path, "left out: %s is not in pool4, so no packet could reach it",
		     text_of(item, "ipv4"));
		json_object_array_del_idx(array, place, 1);
	}
}

/* Lifetimes that Jool takes and RFCs do not need the word. */
static void force_if_needed(const struct import *in)
{
	struct nl_msg *msg = nlmsg_alloc();
	bool need = false;

	if (!msg || !nlmsg_put(msg, 0, 0, 0, 0, 0)) {
		nlmsg_free(msg);
		return;
	}
	json_object_object_foreach(in->config, name, value) {
		int key = key_find(name);
		struct nlattr *attr;

		if (key < 0 || !key_takes(key, json_type_int) ||
		    key_put(msg, key, json_object_get_string(value)))
			continue;
		attr = nla_find(nlmsg_attrdata(nlmsg_hdr(msg), 0),
				nlmsg_attrlen(nlmsg_hdr(msg), 0), key);
		if (key_check(key, attr, false) && !key_check(key, attr, true)) {
			key_check(key, attr, false);
			note(in, "/global", "\"force\" is added: %s", args_why());
			need = true;
		}
	}
	nlmsg_free(msg);
	if (need)
		json_object_object_add(in->to, "force",
				       json_object_new_boolean(true));
}

/* The result has to be what config load takes. */
static int check_result(struct import *in)
{
	struct json_object *bib = NULL;
	struct document doc;
	int err;

	json_object_object_get_ex(in->to, "bib", &bib);
	json_object_get(bib);
	json_object_object_del(in->to, "bib");
	force_if_needed(in);
	err = document_init(&doc, in->name) ?: document_parse(&doc, in->to);
	if (!err && bib)
		drop_unserved(in, &doc, bib);
	document_free(&doc);
	if (bib)
		json_object_object_add(in->to, "bib", bib);
	if (err)
		return err;
	err = document_init(&doc, in->name) ?: document_parse(&doc, in->to);
	if (!err && !doc.n_pool4)
		note(in, "/pool4",
		     "the router's own addresses are used, as by Jool, but with the ports outside of net.ipv4.ip_local_port_range");
	document_free(&doc);
	return err;
}

static int import_jool(struct import *in, struct json_object *json)
{
	if (!json_object_is_type(json, json_type_object))
		return fail(in, "/", "it is not a file of Jool: that is an object");
	json_object_object_foreach(json, name, value) {
		if (import_member(in, name, value))
			return -EINVAL;
	}
	json_object_object_add(in->to, "config", json_object_get(in->config));
	return check_result(in);
}

static int import_run(struct cmd *cmd)
{
	struct import in = { .name = jsonfile_name(cmd->words[0]) };
	struct json_object *json = jsonfile_read(cmd->words[0]);
	int err = -EINVAL;

	in.to = json_object_new_object();
	in.config = json_object_new_object();
	if (json && in.to && in.config)
		err = import_jool(&in, json);
	if (!err)
		printf("%s\n", out_document(in.to));
	json_object_put(json);
	json_object_put(in.config);
	json_object_put(in.to);
	if (!err)
		return EXIT_DONE;
	cmd_wrong();
	return EXIT_REFUSED;
}

static const struct verb import_verbs[] = {
	{ "", "FILE",
	  "print what 'config load' takes for what Jool 4.1 has in FILE;\nwhat has no counterpart is told; '-' is standard input",
	  0, 0, 1, 1, "name a file, or - for standard input", import_run },
};

const struct object object_import_jool = {
	.name = "import-jool",
	.what = "from a file of Jool to one of ours",
	.verbs = import_verbs,
	.n_verbs = ARRAY_SIZE(import_verbs),
};
