// SPDX-License-Identifier: GPL-2.0
/*
 * import_jool.c - nat64ctl import-jool: from Jool's JSON to ours
 *
 * What Jool 4.1 takes by 'jool file handle' becomes a document for 'config
 * load' that does the same. What has no counterpart is left out and reported, a
 * line each; a file of which something else would become is refused.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plain.h"
#include "cmd/cmd.h"
#include "config/import.h"
#include "config/jsonfile.h"

#define FORWARD "translated packets pass the chain forward of the firewall, which Jool's do not: see FIREWALL in nat64(7), and let them through"
#define JOOL3 "it is a file of Jool 3, which has its times in milliseconds: write it for Jool 4.1, with pool6 in \"global\" and times such as \"0:05:00\""
#define NOT_NAT64 "it has members that only jool_siit has: write --type siit, or leave --type out"

/* Calls @take for every item of an array of objects. */
static int import_array(struct import *in, const char *name,
			struct json_object *value,
			int (*take)(struct import *in, const char *path,
				    struct json_object *from, size_t place))
{
	char path[64];
	size_t n, i;

	snprintf(path, sizeof(path), "/%s", name);
	if (!json_object_is_type(value, json_type_array))
		return import_fail(in, path,
				   "it is not what Jool takes: write an array of objects");
	n = json_object_array_length(value);
	for (i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(value, i);

		snprintf(path, sizeof(path), "/%s/%zu", name, i);
		if (!json_object_is_type(item, json_type_object))
			return import_fail(in, path,
					   "it is not what Jool takes: write an object");
		if (take(in, path, item, i))
			return -EINVAL;
	}
	return 0;
}

static int import_instance(struct import *in, struct json_object *value)
{
	const char *name = json_object_get_string(value);

	if (!json_object_is_type(value, json_type_string))
		return import_fail(in, "/instance",
				   "it is not what Jool takes: write a name");
	if (args_name(name))
		import_note(in, "/instance", "left out: %s", args_why());
	else
		snprintf(in->doc.instance, sizeof(in->doc.instance), "%s",
			 name);
	return 0;
}

/* Pools and entries are read after it, for they are counted here. */
static int import_stateful(struct import *in, struct json_object *json)
{
	struct json_object *pool4 = NULL, *bib = NULL;
	size_t n = 0;
	int err = 0;

	if (json_object_object_get_ex(json, "pool4", &pool4)) {
		in->doc.pool4 = calloc(NAT64_POOL4_MAX + 1,
				       sizeof(*in->doc.pool4));
		err = in->doc.pool4 ?
		      import_array(in, "pool4", pool4, import_pool4) :
		      args_fail(NULL, "out of memory");
		if (!err)
			import_settle_pool4(in);
	}
	if (err || !json_object_object_get_ex(json, "bib", &bib))
		return err;
	if (json_object_is_type(bib, json_type_array))
		n = json_object_array_length(bib);
	in->doc.bib = calloc(n + 1, sizeof(*in->doc.bib));
	in->doc.bib_place = calloc(n + 1, sizeof(*in->doc.bib_place));
	if (!in->doc.bib || !in->doc.bib_place)
		return args_fail(NULL, "out of memory");
	return import_array(in, "bib", bib, import_bib) ?:
	       import_settle_bib(in);
}

static int import_stateless(struct import *in, struct json_object *json)
{
	static const char *const lists[] = { "denylist4", "blacklist4" };
	struct json_object *value;
	char path[32];
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		snprintf(path, sizeof(path), "/%s", lists[i]);
		if (json_object_object_get_ex(json, lists[i], &value) &&
		    import_denylist(in, path, value))
			return -EINVAL;
	}
	if (!json_object_object_get_ex(json, "eamt", &value))
		return 0;
	if (json_object_is_type(value, json_type_array))
		n = json_object_array_length(value);
	in->doc.eam_at = "/eamt/";
	in->doc.eam = calloc(n + 1, sizeof(*in->doc.eam));
	in->doc.eam_place = calloc(n + 1, sizeof(*in->doc.eam_place));
	if (!in->doc.eam || !in->doc.eam_place)
		return args_fail(NULL, "out of memory");
	return import_array(in, "eamt", value, import_eam) ?:
	       import_settle_eam(in);
}

static bool is_stateless(const struct import *in)
{
	return in->doc.type == NAT64_TYPE_SIIT;
}

static int import_member(struct import *in, const char *name,
			 struct json_object *value)
{
	static const char *const elsewhere[] = {
		"comment", "pool4", "bib", "eamt"
	};
	char path[96];
	size_t i;

	snprintf(path, sizeof(path), "/%.60s", name);
	for (i = 0; i < ARRAY_SIZE(elsewhere); i++) {
		if (!strcmp(name, elsewhere[i]))
			return 0;
	}
	if (!strcmp(name, "instance"))
		return import_instance(in, value);
	if (!strcmp(name, "global"))
		return import_global(in, value);
	if (!strcmp(name, "framework")) {
		if (strcmp(json_object_get_string(value) ?: "", "netfilter") &&
		    !is_stateless(in))
			import_note(in, path,
				    "left out: netfilter is the only framework; choose packets by pool6 and by marks");
		return 0;
	}
	if (!strcmp(name, "denylist4") || !strcmp(name, "blacklist4")) {
		if (!is_stateless(in))
			import_note(in, path,
				    "left out: it is for stateless translation (SIIT), which this is not");
	} else {
		import_note(in, path, "left out: Jool 4.1 has no such thing");
	}
	return 0;
}

static bool has_items(struct json_object *json, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(json, name, &value) &&
	       (!json_object_is_type(value, json_type_array) ||
		json_object_array_length(value));
}

/* Check for members that only jool_siit has. */
static bool is_of_siit(struct json_object *json)
{
	static const char *const tables[] = {
		"eamt", "denylist4", "blacklist4"
	};
	struct json_object *global;
	size_t i;

	if (has_items(json, "eamt") ||
	    !strcmp(import_text(json, "framework") ?: "", "siit"))
		return true;
	if (json_object_object_get_ex(json, "pool4", NULL) ||
	    json_object_object_get_ex(json, "bib", NULL))
		return false;
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		if (json_object_object_get_ex(json, tables[i], NULL))
			return true;
	}
	if (!json_object_object_get_ex(json, "global", &global) ||
	    !json_object_is_type(global, json_type_object))
		return false;
	json_object_object_foreach(global, name, value) {
		if (value && import_is_siit_key(name))
			return true;
	}
	return false;
}

/* A file of prefix and keys alone may be of either; then it is of jool. */
static int find_type(struct import *in, struct json_object *json, bool given)
{
	static const char *const stateful[] = { "pool4", "bib" };
	bool of_siit = is_of_siit(json);
	char path[32];
	size_t i;

	if (given && of_siit && !is_stateless(in))
		return import_fail(in, "/", NOT_NAT64);
	if (of_siit)
		in->doc.type = NAT64_TYPE_SIIT;
	for (i = 0; is_stateless(in) && i < ARRAY_SIZE(stateful); i++) {
		snprintf(path, sizeof(path), "/%s", stateful[i]);
		if (json_object_object_get_ex(json, stateful[i], NULL))
			return import_fail(in, path,
					   "jool_siit has no %s: leave it out, or what only jool_siit has",
					   stateful[i]);
	}
	return 0;
}

static int import_jool(struct import *in, struct json_object *json,
		       bool type_given)
{
	static const struct prefix6 wkp = {
		.addr = { .s6_addr = { 0x00, 0x64, 0xff, 0x9b } },
		.len = 96,
	};
	const struct prefix6 *pool6 = in->doc.pool6;

	if (!json_object_is_type(json, json_type_object))
		return import_fail(in, "/",
				   "it is not a file of Jool: that is an object");
	if (json_object_object_get_ex(json, "pool6", NULL))
		return import_fail(in, "/pool6", JOOL3);
	if (find_type(in, json, type_given))
		return -EINVAL;
	json_object_object_foreach(json, name, value) {
		if (import_member(in, name, value))
			return -EINVAL;
	}
	if (!in->doc.n_pool6 && !is_stateless(in))
		return import_fail(in, "/global/pool6",
				   "it is missing: write the prefix of the NAT64, such as \"64:ff9b::/96\"");
	if (in->doc.n_pool6 && !memcmp(pool6, &wkp, sizeof(wkp))) {
		if (import_put_key(in, "/global/pool6",
				   NAT64_CONFIG_A_WKP_STRICT, "off"))
			return -EINVAL;
		import_note(in, "/global/pool6",
			    "wkp-strict is off, so that private addresses are reached through 64:ff9b::/96, as by Jool");
	}
	if (is_stateless(in) ? import_stateless(in, json) :
			       import_stateful(in, json))
		return -EINVAL;
	import_settle_keys(in);
	return document_check(&in->doc);
}

static int import_run(struct cmd *cmd)
{
	struct import in = { .name = jsonfile_name(cmd->words[0]) };
	const char *word = opts_value(cmd->opts, OPT_TYPE);
	__u8 type = NAT64_TYPE_NAT64;
	struct json_object *json;
	int err = -EINVAL;

	if (word && args_type(word, &type))
		return cmd_wrong();
	json = jsonfile_read(cmd->words[0]);
	if (json && !document_init(&in.doc, in.name)) {
		in.doc.keys_at = "/global";
		in.doc.type = type;
		err = import_jool(&in, json, word);
	}
	if (!err) {
		if (!in.doc.n_pool4 && !is_stateless(&in))
			import_note(&in, "/pool4",
				    "the router's own addresses are used, as by Jool, but with the ports outside of net.ipv4.ip_local_port_range");
		import_note(&in, "/", FORWARD);
		import_print(&in);
	}
	json_object_put(json);
	document_free(&in.doc);
	if (!err)
		return EXIT_DONE;
	cmd_wrong();
	return EXIT_REFUSED;
}

static const struct verb import_verbs[] = {
	{ "", "FILE [--type TYPE]",
	  "print what 'config load' takes for what Jool 4.1 has in FILE;\nwhat has no counterpart is reported; '-' is standard input;\n--type siit: it is of jool_siit, though nothing in it shows that",
	  OPT_BIT(OPT_TYPE), 0, 1, 1, "name a file, or - for standard input",
	  import_run, 0 },
};

const struct object object_import_jool = {
	.name = "import-jool",
	.what = "convert a configuration file of Jool",
	.verbs = import_verbs,
	.n_verbs = ARRAY_SIZE(import_verbs),
};
