// SPDX-License-Identifier: GPL-2.0
/* pool4.c - nat64ctl pool4: IPv4 transport addresses that IPv6 hosts share */
#include <stdio.h>

#include "cmd/cmd.h"
#include "nl/entry.h"

#define PORTS_OPTIONS (OPT_BIT(OPT_PORTS) | OPT_BIT(OPT_PROTO) | \
		       OPT_BIT(OPT_MARK))

static const struct nla_policy pool4_policy[NAT64_POOL4_A_MAX + 1] = {
	[NAT64_POOL4_A_USAGE] = { .type = NLA_NESTED },
	[NAT64_POOL4_A_SUBSCRIBERS] = { .type = NLA_U64 },
};

static const struct nla_policy usage_policy[NAT64_USAGE_A_MAX + 1] = {
	[NAT64_USAGE_A_PROTO] = { .type = NLA_U8 },
	[NAT64_USAGE_A_PORTS] = { .type = NLA_U64 },
	[NAT64_USAGE_A_USED] = { .type = NLA_U64 },
};

static const struct out_column usage_columns[] = {
	{ "prefix", "PREFIX", 0 },
	{ "proto", "PROTO", 0 },
	{ "mark", "MARK", 0 },
	{ "ports", "PORTS", 0 },
	{ "total", "TOTAL", 0 },
	{ "used", "USED", 0 },
	{ "free", "FREE", 0 },
	{ "subscribers", "SUBSCRIBERS", 0 },
};

static const struct out_column pool4_columns[] = {
	{ "instance", "INSTANCE", 0 },
	{ "prefix", "PREFIX", 0 },
	{ "proto", "PROTO", 0 },
	{ "mark", "MARK", 0 },
	{ "ports", "PORTS", 0 },
};

static int take_options(struct pool4_entry *entry, const struct opts *opts)
{
	const char *proto = opts_value(opts, OPT_PROTO);
	const char *mark = opts_value(opts, OPT_MARK);
	const char *ports = opts_value(opts, OPT_PORTS);

	if (proto && args_proto(proto, &entry->proto))
		return -1;
	if (mark && args_number(mark, "a mark", 0, UINT32_MAX, &entry->mark))
		return -1;
	return ports ? args_ports(ports, &entry->ports) : 0;
}

/**
 * pool4_add_word() - put a pool4 entry of the command line into a request
 * @msg: the request
 * @word: its address or prefix
 * @opts: the options with its ports, protocol and mark, or NULL
 *
 * Return: 0, or a negative number with the mistake in args_why().
 */
int pool4_add_word(struct nl_msg *msg, const char *word,
		   const struct opts *opts)
{
	struct pool4_entry entry = {};

	if (args_prefix4(word, &entry.prefix) ||
	    (opts && take_options(&entry, opts)))
		return -1;
	if (pool4_put(msg, &entry))
		return args_fail(word,
				 "does not fit into the request any more: add it by 'nat64ctl pool4 add'");
	return 0;
}

/**
 * pool4_event() - print an entry
 * @out: the output, where a table is only the end of a line
 * @nest: the entry
 */
void pool4_event(struct out *out, struct nlattr *nest)
{
	char prefix[PREFIX_TEXT], ports[PORTS_TEXT];
	struct json_object *object;
	struct pool4_entry entry;

	if (!pool4_read(&entry, nest))
		return;
	if (out_is_json(out)) {
		object = pool4_json(&entry, true);
		json_object_object_foreach(object, key, value)
			out_json(out, key, json_object_get(value));
		json_object_put(object);
		return;
	}
	fprintf(out->file, " %-5s %s ports %s mark %u", pool4_proto(&entry),
		text_prefix4(prefix, &entry.prefix),
		text_ports(ports, &entry.ports), entry.mark);
}

/**
 * pool4_usage() - how much of a pool4 entry is used
 * @nest: the entry
 * @each: called for each of its protocols
 * @arg: for @each
 *
 * Return: false if the answer does not say.
 */
bool pool4_usage(struct nlattr *nest,
		 void (*each)(const struct pool4_usage *usage, void *arg),
		 void *arg)
{
	struct nlattr *attrs[NAT64_POOL4_A_MAX + 1], *use, *subscribers;
	struct nlattr *tb[NAT64_USAGE_A_MAX + 1];
	struct pool4_usage usage;
	int rest;

	if (!nl64_nested(attrs, NAT64_POOL4_A_MAX, nest, pool4_policy) ||
	    !attrs[NAT64_POOL4_A_USAGE])
		return false;
	subscribers = attrs[NAT64_POOL4_A_SUBSCRIBERS];
	nla_for_each_nested(use, nest, rest) {
		if (nla_type(use) != NAT64_POOL4_A_USAGE ||
		    !nl64_nested(tb, NAT64_USAGE_A_MAX, use, usage_policy) ||
		    !tb[NAT64_USAGE_A_PROTO] || !tb[NAT64_USAGE_A_PORTS] ||
		    !tb[NAT64_USAGE_A_USED])
			continue;
		usage.proto = nla_get_u8(tb[NAT64_USAGE_A_PROTO]);
		usage.total = nla_get_u64(tb[NAT64_USAGE_A_PORTS]);
		usage.used = nla_get_u64(tb[NAT64_USAGE_A_USED]);
		usage.subscribers = subscribers ? nla_get_u64(subscribers) : 0;
		each(&usage, arg);
	}
	return true;
}

/**
 * pool4_labels() - write the labels of a pool4 entry for prometheus
 * @text: where to write it
 * @size: size of @text
 * @nest: the entry
 */
void pool4_labels(char *text, size_t size, struct nlattr *nest)
{
	char prefix[PREFIX_TEXT], ports[PORTS_TEXT];
	struct pool4_entry entry;

	*text = '\0';
	if (!pool4_read(&entry, nest))
		return;
	snprintf(text, size, "prefix=\"%s\",ports=\"%s\",mark=\"%u\"",
		 text_prefix4(prefix, &entry.prefix),
		 text_ports(ports, &entry.ports), entry.mark);
}

static void usage_to_json(const struct pool4_usage *usage, void *arg)
{
	struct json_object *to = json_object_new_object();

	const char *proto = args_proto_name(usage->proto);

	json_object_object_add(to, "proto", json_object_new_string(proto));
	json_object_object_add(to, "total",
			       json_object_new_uint64(usage->total));
	json_object_object_add(to, "used", json_object_new_uint64(usage->used));
	json_object_object_add(to, "free", json_object_new_uint64(usage->total -
								  usage->used));
	json_object_array_add(arg, to);
}

/**
 * struct usage_row - the rows of a pool4 entry, one a protocol
 * @out: the output
 * @prefix: prefix of the entry
 * @ports: its ports in words
 * @mark: its mark
 */
struct usage_row {
	struct out *out;
	const char *prefix;
	const char *ports;
	__u32 mark;
};

static void usage_to_row(const struct pool4_usage *usage, void *arg)
{
	const struct usage_row *row = arg;

	out_string(row->out, "prefix", row->prefix);
	out_string(row->out, "proto", args_proto_name(usage->proto));
	out_number(row->out, "mark", row->mark);
	out_string(row->out, "ports", row->ports);
	out_number(row->out, "total", usage->total);
	out_number(row->out, "used", usage->used);
	out_number(row->out, "free", usage->total - usage->used);
	out_number(row->out, "subscribers", usage->subscribers);
	out_row(row->out);
}

/* JSON has an array of the protocols inside the entry. */
static void show_usage(struct out *out, struct nlattr *nest,
		       struct nlattr **attrs)
{
	struct nlattr *subscribers = attrs[NAT64_POOL4_A_SUBSCRIBERS];
	struct json_object *usage = json_object_new_array();

	if (pool4_usage(nest, usage_to_json, usage))
		out_json(out, "usage", usage);
	else
		json_object_put(usage);
	if (subscribers)
		out_number(out, "subscribers", nla_get_u64(subscribers));
}

static void show_text(struct out *out, const struct pool4_entry *entry,
		      struct nlattr *nest, bool usage)
{
	char prefix[PREFIX_TEXT], ports[PORTS_TEXT];
	struct usage_row row = { out, prefix, ports, entry->mark };

	text_prefix4(prefix, &entry->prefix);
	text_ports(ports, &entry->ports);
	if (usage) {
		pool4_usage(nest, usage_to_row, &row);
		return;
	}
	out_string(out, "prefix", prefix);
	out_string(out, "proto", pool4_proto(entry));
	out_number(out, "mark", entry->mark);
	out_string(out, "ports", ports);
	out_row(out);
}

static void pool4_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *instance = reply->attrs[NAT64_A_INSTANCE];
	struct nlattr *nest = reply->attrs[NAT64_A_POOL4];
	struct nlattr *attrs[NAT64_POOL4_A_MAX + 1];
	struct pool4_entry entry;
	struct out *out = arg;

	if (!pool4_read(&entry, nest) ||
	    !nl64_nested(attrs, NAT64_POOL4_A_MAX, nest, pool4_policy))
		return;
	if (instance)
		out_string(out, "instance", nla_get_string(instance));
	if (!out_is_json(out)) {
		show_text(out, &entry, nest, attrs[NAT64_POOL4_A_USAGE]);
		return;
	}
	pool4_event(out, nest);
	show_usage(out, nest, attrs);
	out_row(out);
}

/**
 * struct shown - the entries that are being shown
 * @out: the output, whose address is that of this
 * @any: is there one?
 */
struct shown {
	struct out out;
	bool any;
};

static void shown_reply(const struct nl64_reply *reply, void *arg)
{
	struct shown *shown = arg;

	shown->any = true;
	pool4_reply(reply, arg);
}

/* The router's own addresses are no entries, and have no usage. */
static void note_own(const struct cmd *cmd)
{
	if (opts_has(cmd->opts, OPT_JSON))
		return;
	fflush(stdout);
	fprintf(stderr,
		"nat64ctl: note: pool4 is empty, so the router's own addresses are shared: 'nat64ctl bib count --v4 ADDR --proto P' counts their ports in use\n");
}

static int pool4_show(struct cmd *cmd)
{
	struct nl_msg *msg = cmd_request(cmd, NAT64_CMD_POOL4_GET);
	bool usage = opts_has(cmd->opts, OPT_USAGE);
	struct shown shown = { .any = false };
	struct out *out = &shown.out;
	int rc;

	if (!msg || (usage && nla_put_flag(msg, NAT64_A_USAGE))) {
		nlmsg_free(msg);
		return cmd_wrong();
	}
	if (usage)
		cmd_begin(cmd, out, 0, usage_columns,
			  ARRAY_SIZE(usage_columns));
	else
		cmd_begin(cmd, out, 0, pool4_columns,
			  ARRAY_SIZE(pool4_columns));
	rc = cmd_show(cmd, msg, out, shown_reply);
	if (rc == EXIT_DONE && usage && !shown.any)
		note_own(cmd);
	return rc;
}

static int pool4_change(struct cmd *cmd)
{
	struct nl_msg *msg = cmd_request(cmd, cmd->verb->arg);

	if (!msg || pool4_add_word(msg, cmd->words[0], cmd->opts)) {
		nlmsg_free(msg);
		return cmd_wrong();
	}
	return cmd_do(cmd, msg, NULL);
}

static const struct verb pool4_verbs[] = {
	{ "show", "[--usage]", "show the entries of an instance",
	  OPT_BIT(OPT_USAGE), 0, 0, 0, NULL, pool4_show, 0 },
	{ "add", "ADDR[/LEN] [--ports A-B[,C-D...]] [--proto P] [--mark M]",
	  "share these transport addresses", PORTS_OPTIONS, 0, 1, 1,
	  "name an address or prefix, such as 192.0.2.0/24",
	  pool4_change, NAT64_CMD_POOL4_ADD },
	{ "del", "ADDR[/LEN] [--ports A-B[,C-D...]] [--proto P] [--mark M]",
	  "remove these transport addresses and the BIB entries that use them",
	  PORTS_OPTIONS, 0, 1, 1,
	  "name an address or prefix, such as 192.0.2.0/24",
	  pool4_change, NAT64_CMD_POOL4_DEL },
	{ "flush", "", "remove all entries of an instance", 0, 0, 0, 0, NULL,
	  cmd_simple, NAT64_CMD_POOL4_FLUSH },
};

const struct object object_pool4 = {
	.name = "pool4",
	.what = "IPv4 transport addresses that IPv6 hosts share",
	.verbs = pool4_verbs,
	.n_verbs = ARRAY_SIZE(pool4_verbs),
};
