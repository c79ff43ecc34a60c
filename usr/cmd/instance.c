// SPDX-License-Identifier: GPL-2.0
/* instance.c - nat64ctl instance: the translators of a namespace */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "nl/entry.h"

/* Prefixes that fit into a table; the objects pool6 and pool4 show all. */
#define PREFIXES_SHOWN 3

/* The last three came later: what reads the others by their place goes on. */
static const struct out_column instance_columns[] = {
	{ "instance", "INSTANCE", 0 },
	{ "pool6", "POOL6", 0 },
	{ "pool4", "POOL4", 0 },
	{ "bib-entries", "BIB-ENTRIES", 0 },
	{ "sessions", "SESSIONS", 0 },
	{ "type", "TYPE", 0 },
	{ "eam-entries", "EAM-ENTRIES", 0 },
	{ "device", "DEVICE", 0 },
};

/* The name is a word or the option; both may be given if they agree. */
static int take_name(struct cmd *cmd)
{
	const char *option = opts_value(cmd->opts, OPT_INSTANCE);

	cmd->chosen = true;
	if (!cmd->n_words)
		return 0;
	if (option && strcmp(option, cmd->words[0]))
		return args_fail(cmd->words[0],
				 "is not the instance of --instance %s: name one",
				 option);
	cmd->instance = cmd->words[0];
	return args_name(cmd->instance);
}

static int put_pools(struct nl_msg *msg, const struct opts *opts)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < opts->n_values; i++) {
		const struct opt_value *given = &opts->values[i];

		if (given->opt == OPT_POOL6)
			err = pool6_add_word(msg, given->value);
		else if (given->opt == OPT_POOL4)
			err = pool4_add_word(msg, given->value, NULL);
	}
	return err;
}

/* Without the attribute it is a NAT64, also for a module without other types. */
static int put_type(struct nl_msg *msg, const struct opts *opts)
{
	const char *word = opts_value(opts, OPT_TYPE);
	__u8 type = NAT64_TYPE_NAT64;

	if (word && args_type(word, &type))
		return -1;
	if (type == NAT64_TYPE_NAT64)
		return 0;
	if (opts_has(opts, OPT_POOL4))
		return args_fail(NULL,
				 "'--pool4' is not for '--type %s': leave it out, a stateless translator shares no addresses",
				 word);
	return nla_put_u8(msg, NAT64_A_TYPE, type);
}

static int put_device(struct nl_msg *msg, const struct opts *opts)
{
	const char *name = opts_value(opts, OPT_DEVICE);

	if (!name)
		return 0;
	if (args_device(name))
		return -1;
	return nla_put_string(msg, NAT64_A_DEVICE, name);
}

static int instance_add(struct cmd *cmd)
{
	struct nl_msg *msg = NULL;
	int err = take_name(cmd);

	if (!err) {
		msg = cmd_request(cmd, NAT64_CMD_INSTANCE_ADD);
		err = !msg || put_type(msg, cmd->opts) ||
		      put_device(msg, cmd->opts) ||
		      put_pools(msg, cmd->opts);
	}
	if (err) {
		nlmsg_free(msg);
		return cmd_wrong();
	}
	return cmd_do(cmd, msg, NULL);
}

static int simple(struct cmd *cmd)
{
	return take_name(cmd) ? cmd_wrong() : cmd_simple(cmd);
}

/* The prefix of an entry of either pool. */
static bool prefix_text(char *text, struct nlattr *attr)
{
	struct pool4_entry entry;
	struct prefix6 prefix;

	if (nla_type(attr) == NAT64_A_POOL6)
		return pool6_read(&prefix, attr) && text_prefix6(text, &prefix);
	return pool4_read(&entry, attr) && text_prefix4(text, &entry.prefix);
}

static __u8 type_of(const struct nl64_reply *reply)
{
	struct nlattr *type = reply->attrs[NAT64_A_TYPE];

	return type ? nla_get_u8(type) : NAT64_TYPE_NAT64;
}

/* A stateless translator has no pool4. */
static void json_pools(struct out *out, const struct nl64_reply *reply)
{
	bool stateful = type_of(reply) == NAT64_TYPE_NAT64;
	struct json_object *pool6 = json_object_new_array();
	struct json_object *pool4 = stateful ? json_object_new_array() : NULL;
	struct pool4_entry entry;
	char text[PREFIX_TEXT];
	struct nlattr *attr;
	int rest;

	nla_for_each_attr(attr, reply->first, reply->len, rest) {
		if (nla_type(attr) == NAT64_A_POOL6 && prefix_text(text, attr))
			json_object_array_add(pool6,
					      json_object_new_string(text));
		else if (pool4 && nla_type(attr) == NAT64_A_POOL4 &&
			 pool4_read(&entry, attr))
			json_object_array_add(pool4, pool4_json(&entry, true));
	}
	out_string(out, "type", args_type_name(type_of(reply)));
	out_json(out, "pool6", pool6);
	if (stateful)
		out_json(out, "pool4", pool4);
	if (reply->attrs[NAT64_A_DEVICE]) {
		out_string(out, "device",
			   nla_get_string(reply->attrs[NAT64_A_DEVICE]));
		out_bool(out, "device-gone",
			 reply->attrs[NAT64_A_DEVICE_GONE]);
	}
}

static void text_device(struct out *out, const struct nl64_reply *reply)
{
	if (reply->attrs[NAT64_A_DEVICE])
		out_text(out, "device", "%s%s",
			 nla_get_string(reply->attrs[NAT64_A_DEVICE]),
			 reply->attrs[NAT64_A_DEVICE_GONE] ? "(deleted)" : "");
}

/*
 * An address with two protocols is two entries; here it is named once. Entries
 * come in order, so it is enough to look at the one before.
 */
static void text_pools(struct out *out, const struct nl64_reply *reply,
		       int type, const char *key)
{
	char all[512] = "", last[PREFIX_TEXT] = "", text[PREFIX_TEXT];
	struct nlattr *attr;
	size_t at = 0, n = 0;
	int rest;

	nla_for_each_attr(attr, reply->first, reply->len, rest) {
		if (nla_type(attr) != type ||
		    !prefix_text(text, attr) ||
		    !strcmp(text, last))
			continue;
		snprintf(last, sizeof(last), "%s", text);
		if (n++ < PREFIXES_SHOWN)
			at += snprintf(all + at, sizeof(all) - at, "%s%s",
				       at ? "," : "", text);
	}
	if (n > PREFIXES_SHOWN)
		snprintf(all + at, sizeof(all) - at, ",...");
	if (n)
		out_text(out, key, "%s", all);
}

static void print_pools(struct out *out, const struct nl64_reply *reply,
			int type, const char *name)
{
	const char *lead = name;
	char text[PREFIX_TEXT];
	struct nlattr *attr;
	int rest;

	nla_for_each_attr(attr, reply->first, reply->len, rest) {
		if (nla_type(attr) != type ||
		    !prefix_text(text, attr))
			continue;
		fprintf(out->file, "%s %s", lead, text);
		lead = "";
	}
}

/**
 * instance_event() - print what an instance has
 * @out: the output, where a table is only the end of a line
 * @reply: the message
 */
void instance_event(struct out *out, const struct nl64_reply *reply)
{
	if (out_is_json(out)) {
		json_pools(out, reply);
		return;
	}
	if (type_of(reply) != NAT64_TYPE_NAT64)
		fprintf(out->file, " type %s", args_type_name(type_of(reply)));
	if (reply->attrs[NAT64_A_DEVICE])
		fprintf(out->file, " device %s",
			nla_get_string(reply->attrs[NAT64_A_DEVICE]));
	print_pools(out, reply, NAT64_A_POOL6, " pool6");
	print_pools(out, reply, NAT64_A_POOL4, " pool4");
}

static void show_count(struct out *out, const char *key, struct nlattr *count)
{
	if (count)
		out_number(out, key, nla_get_u64(count));
}

static void instance_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *const *attrs = reply->attrs;
	struct out *out = arg;

	if (!attrs[NAT64_A_INSTANCE])
		return;
	out_string(out, "instance", nla_get_string(attrs[NAT64_A_INSTANCE]));
	if (out_is_json(out)) {
		json_pools(out, reply);
	} else {
		out_string(out, "type", args_type_name(type_of(reply)));
		text_pools(out, reply, NAT64_A_POOL6, "pool6");
		text_pools(out, reply, NAT64_A_POOL4, "pool4");
	}
	show_count(out, "bib-entries", attrs[NAT64_A_BIB_COUNT]);
	show_count(out, "sessions", attrs[NAT64_A_SESSION_COUNT]);
	show_count(out, "eam-entries", attrs[NAT64_A_EAM_COUNT]);
	if (!out_is_json(out))
		text_device(out, reply);
	out_row(out);
}

static int instance_show(struct cmd *cmd)
{
	struct nl_msg *msg;
	struct out out;
	int rc;

	if (take_name(cmd))
		return cmd_wrong();
	if (!cmd->n_words && !opts_has(cmd->opts, OPT_INSTANCE))
		cmd->instance = NULL;
	msg = cmd_request(cmd, NAT64_CMD_INSTANCE_GET);
	if (!msg)
		return cmd_wrong();
	cmd_begin(cmd, &out, 0, instance_columns, ARRAY_SIZE(instance_columns));
	rc = cmd_show(cmd, msg, &out, instance_reply);
	if (rc == EXIT_DONE)
		cmd_note_off(cmd);
	return rc;
}

/**
 * struct check - what a check of the tables has found
 * @out: the output
 * @bad: something disagrees
 */
struct check {
	struct out out;
	bool bad;
};

static const struct out_column check_columns[] = {
	{ "instance", NULL, 0 },
	{ "bib-entries", NULL, 1 },
	{ "sessions", NULL, 1 },
	{ "moving", NULL, 0 },
	{ "disagreements", NULL, 1 },
	{ "faults", NULL, 0 },
};

static void check_json(struct out *out, const struct nl64_reply *reply)
{
	struct json_object *faults = json_object_new_array(), *fault;
	struct nlattr *const *attrs = reply->attrs, *attr;
	int rest;

	out_string(out, "instance", nla_get_string(attrs[NAT64_A_INSTANCE]));
	out_number(out, "bib-entries", nla_get_u64(attrs[NAT64_A_BIB_COUNT]));
	out_number(out, "sessions", nla_get_u64(attrs[NAT64_A_SESSION_COUNT]));
	out_bool(out, "moving", attrs[NAT64_A_MOVING]);
	out_number(out, "disagreements",
		   nla_get_u32(attrs[NAT64_A_FAULT_COUNT]));
	nla_for_each_attr(attr, reply->first, reply->len, rest) {
		if (nla_type(attr) != NAT64_A_FAULT)
			continue;
		fault = json_object_new_string(nla_get_string(attr));
		json_object_array_add(faults, fault);
	}
	out_json(out, "faults", faults);
	out_row(out);
}

static void check_text(const struct nl64_reply *reply)
{
	struct nlattr *const *attrs = reply->attrs, *attr;
	const char *name = nla_get_string(attrs[NAT64_A_INSTANCE]);
	unsigned int n = nla_get_u32(attrs[NAT64_A_FAULT_COUNT]), told = 0;
	int rest;

	nla_for_each_attr(attr, reply->first, reply->len, rest) {
		if (nla_type(attr) != NAT64_A_FAULT)
			continue;
		printf("%s: %s\n", name, nla_get_string(attr));
		told++;
	}
	if (n > told)
		printf("%s: and %u more\n", name, n - told);
	else if (attrs[NAT64_A_MOVING] && !n)
		printf("%s: BIB entries are in order, but totals never kept still\n",
		       name);
	else if (!n)
		printf("%s: %llu BIB entries and %llu sessions, and all tables agree\n",
		       name, (unsigned long long)
		       nla_get_u64(attrs[NAT64_A_BIB_COUNT]),
		       (unsigned long long)
		       nla_get_u64(attrs[NAT64_A_SESSION_COUNT]));
}

static void check_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *const *attrs = reply->attrs;
	struct check *check = arg;

	if (!attrs[NAT64_A_INSTANCE] || !attrs[NAT64_A_BIB_COUNT] ||
	    !attrs[NAT64_A_SESSION_COUNT] || !attrs[NAT64_A_FAULT_COUNT])
		return;
	check->bad = nla_get_u32(attrs[NAT64_A_FAULT_COUNT]);
	if (out_is_json(&check->out))
		check_json(&check->out, reply);
	else
		check_text(reply);
}

static int instance_check(struct cmd *cmd)
{
	struct check check = { .bad = false };
	const struct nl64_handler handler = {
		.reply = check_reply, .arg = &check,
	};
	struct nl_msg *msg;
	int rc;

	if (take_name(cmd))
		return cmd_wrong();
	msg = cmd_request(cmd, NAT64_CMD_INSTANCE_CHECK);
	if (!msg)
		return cmd_wrong();
	cmd_begin(cmd, &check.out, OUT_ONE, check_columns,
		  ARRAY_SIZE(check_columns));
	rc = cmd_do(cmd, msg, &handler);
	if (rc != EXIT_DONE || !out_is_json(&check.out))
		out_forget(&check.out);
	else
		out_end(&check.out);
	return rc == EXIT_DONE && check.bad ? EXIT_REFUSED : rc;
}

static const struct verb instance_verbs[] = {
	{ "show", "[NAME]", "show all instances, or one", 0, 0, 0, 1, NULL,
	  instance_show, 0 },
	{ "add",
	  "[NAME] [--pool6 PREFIX ...] [--pool4 ADDR[/LEN] ...] [--type TYPE] [--device DEV]",
	  "create an instance; without --pool6 it uses 64:ff9b::/96,\nwithout --pool4 the addresses of this machine; with --type siit\nit is stateless, and without --pool6 translates what eam maps;\nwith --device it translates what is routed into this device,\nwhich it creates if there is none",
	  OPT_BIT(OPT_TYPE) | OPT_BIT(OPT_POOL6) | OPT_BIT(OPT_POOL4) |
	  OPT_BIT(OPT_DEVICE),
	  OPT_BIT(OPT_POOL6) | OPT_BIT(OPT_POOL4), 0, 1, NULL, instance_add, 0 },
	{ "del", "[NAME]", "delete an instance and all it holds", 0, 0, 0, 1,
	  NULL, simple, NAT64_CMD_INSTANCE_DEL },
	{ "flush", "[NAME]",
	  "remove its sessions and dynamic BIB entries", 0, 0, 0, 1, NULL,
	  simple, NAT64_CMD_INSTANCE_FLUSH },
	{ "check", "[NAME]",
	  "compare its tables and counters with each other;\nif they disagree, say where, and exit with 2",
	  0, 0, 0, 1, NULL, instance_check, 0 },
};

const struct object object_instance = {
	.name = "instance",
	.what = "translators of this network namespace",
	.verbs = instance_verbs,
	.n_verbs = ARRAY_SIZE(instance_verbs),
};
