// SPDX-License-Identifier: GPL-2.0
/* pool4.c - nat64ctl pool4: IPv4 transport addresses that are shared */
#include <arpa/inet.h>

#include "cmd/cmd.h"

#define PORTS_OPTIONS (OPT_BIT(OPT_PORTS) | OPT_BIT(OPT_PROTO) | \
		       OPT_BIT(OPT_MARK))

static const struct nla_policy pool4_policy[NAT64_POOL4_A_MAX + 1] = {
	[NAT64_POOL4_A_ADDR] = { .type = NLA_U32 },
	[NAT64_POOL4_A_LEN] = { .type = NLA_U8 },
	[NAT64_POOL4_A_PROTO] = { .type = NLA_U8 },
	[NAT64_POOL4_A_PORTS] = { .type = NLA_NESTED },
	[NAT64_POOL4_A_MARK] = { .type = NLA_U32 },
	[NAT64_POOL4_A_USAGE] = { .type = NLA_NESTED },
	[NAT64_POOL4_A_SUBSCRIBERS] = { .type = NLA_U64 },
};

static const struct nla_policy ports_policy[NAT64_PORTS_A_COUNT + 1] = {
	[NAT64_PORTS_A_MIN] = { .type = NLA_U16 },
	[NAT64_PORTS_A_MAX] = { .type = NLA_U16 },
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

static int put_ports(struct nl_msg *msg, const char *word)
{
	struct port_list list;
	struct nlattr *nest;
	size_t i;

	if (!word)
		return 0;
	if (args_ports(word, &list))
		return -1;
	for (i = 0; i < list.n; i++) {
		nest = nla_nest_start(msg, NAT64_POOL4_A_PORTS | NLA_F_NESTED);
		if (!nest ||
		    nla_put_u16(msg, NAT64_PORTS_A_MIN, list.range[i].min) ||
		    nla_put_u16(msg, NAT64_PORTS_A_MAX, list.range[i].max))
			return args_fail(word, "does not fit into a request");
		nla_nest_end(msg, nest);
	}
	return 0;
}

static int put_options(struct nl_msg *msg, const struct opts *opts)
{
	const char *word = opts_value(opts, OPT_PROTO);
	__u32 mark;
	__u8 proto;

	if (word && (args_proto(word, &proto) ||
		     nla_put_u8(msg, NAT64_POOL4_A_PROTO, proto)))
		return -1;
	word = opts_value(opts, OPT_MARK);
	if (word && (args_number(word, "a mark", 0, UINT32_MAX, &mark) ||
		     nla_put_u32(msg, NAT64_POOL4_A_MARK, mark)))
		return -1;
	return put_ports(msg, opts_value(opts, OPT_PORTS));
}

/**
 * pool4_put() - put a pool4 entry into a request
 * @msg: the request
 * @word: its address or prefix
 * @opts: the options with its ports, protocol and mark, or NULL
 *
 * Return: 0, or a negative number with the mistake in args_why().
 */
int pool4_put(struct nl_msg *msg, const char *word, const struct opts *opts)
{
	struct prefix4 prefix;
	struct nlattr *nest;

	if (args_prefix4(word, &prefix))
		return -1;
	nest = nla_nest_start(msg, NAT64_A_POOL4 | NLA_F_NESTED);
	if (!nest ||
	    nla_put_u32(msg, NAT64_POOL4_A_ADDR, prefix.addr.s_addr) ||
	    nla_put_u8(msg, NAT64_POOL4_A_LEN, prefix.len))
		return args_fail(word,
				 "does not fit into the request any more: add it by 'nat64ctl pool4 add'");
	if (opts && put_options(msg, opts))
		return -1;
	nla_nest_end(msg, nest);
	return 0;
}

static bool parse_pool4(struct nlattr **attrs, struct nlattr *nest)
{
	return nl64_nested(attrs, NAT64_POOL4_A_MAX, nest, pool4_policy) &&
	       attrs[NAT64_POOL4_A_ADDR];
}

static void prefix_text(char *text, size_t size, struct nlattr **attrs)
{
	char addr[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, nla_data(attrs[NAT64_POOL4_A_ADDR]), addr,
		  sizeof(addr));
	snprintf(text, size, "%s/%u", addr,
		 attrs[NAT64_POOL4_A_LEN] ?
		 nla_get_u8(attrs[NAT64_POOL4_A_LEN]) : 32);
}

/**
 * pool4_prefix() - the prefix of a pool4 entry in words
 * @text: where to write it
 * @size: size of @text
 * @nest: the entry
 *
 * Return: false if there is none.
 */
bool pool4_prefix(char *text, size_t size, struct nlattr *nest)
{
	struct nlattr *attrs[NAT64_POOL4_A_MAX + 1];

	if (!parse_pool4(attrs, nest))
		return false;
	prefix_text(text, size, attrs);
	return true;
}

static const char *proto_text(struct nlattr **attrs)
{
	struct nlattr *proto = attrs[NAT64_POOL4_A_PROTO];

	return proto ? args_proto_name(nla_get_u8(proto)) : "all";
}

static __u32 mark_of(struct nlattr **attrs)
{
	struct nlattr *mark = attrs[NAT64_POOL4_A_MARK];

	return mark ? nla_get_u32(mark) : 0;
}

static bool read_range(struct port_range *range, struct nlattr *nest)
{
	struct nlattr *attrs[NAT64_PORTS_A_COUNT + 1];

	if (!nl64_nested(attrs, NAT64_PORTS_A_COUNT, nest, ports_policy) ||
	    !attrs[NAT64_PORTS_A_MIN] || !attrs[NAT64_PORTS_A_MAX])
		return false;
	range->min = nla_get_u16(attrs[NAT64_PORTS_A_MIN]);
	range->max = nla_get_u16(attrs[NAT64_PORTS_A_MAX]);
	return true;
}

static bool range_text(char *text, size_t size, struct nlattr *nest)
{
	struct port_range range;

	if (!read_range(&range, nest))
		return false;
	if (range.min == range.max)
		snprintf(text, size, "%u", range.min);
	else
		snprintf(text, size, "%u-%u", range.min, range.max);
	return true;
}

/**
 * pool4_read() - a pool4 entry of the kernel
 * @nest: the entry
 * @prefix: where to store its prefix
 * @proto: its protocol, or 0 for all three
 * @mark: its mark
 * @ports: its ports; none is every port
 *
 * Return: false if there is none.
 */
bool pool4_read(struct nlattr *nest, struct prefix4 *prefix, __u8 *proto,
		__u32 *mark, struct port_list *ports)
{
	struct nlattr *attrs[NAT64_POOL4_A_MAX + 1], *attr, *len;
	int rest;

	if (!parse_pool4(attrs, nest))
		return false;
	len = attrs[NAT64_POOL4_A_LEN];
	prefix->addr.s_addr = nla_get_u32(attrs[NAT64_POOL4_A_ADDR]);
	prefix->len = len ? nla_get_u8(len) : 32;
	attr = attrs[NAT64_POOL4_A_PROTO];
	*proto = attr ? nla_get_u8(attr) : 0;
	*mark = mark_of(attrs);
	ports->n = 0;
	nla_for_each_nested(attr, nest, rest) {
		if (nla_type(attr) == NAT64_POOL4_A_PORTS &&
		    ports->n < ARRAY_SIZE(ports->range) &&
		    read_range(&ports->range[ports->n], attr))
			ports->n++;
	}
	return true;
}

/* The ranges as --ports takes them; no range is every port. */
static struct json_object *ports_json(struct nlattr *nest)
{
	struct json_object *ports = json_object_new_array();
	struct nlattr *attr;
	char text[16];
	int rest;

	nla_for_each_nested(attr, nest, rest) {
		if (nla_type(attr) == NAT64_POOL4_A_PORTS &&
		    range_text(text, sizeof(text), attr))
			json_object_array_add(ports,
					      json_object_new_string(text));
	}
	if (!json_object_array_length(ports))
		json_object_array_add(ports,
				      json_object_new_string("1-65535"));
	return ports;
}

static void ports_text(char *text, size_t size, struct nlattr *nest)
{
	struct nlattr *attr;
	size_t at = 0;
	char range[16];
	int rest;

	nla_for_each_nested(attr, nest, rest) {
		if (nla_type(attr) == NAT64_POOL4_A_PORTS &&
		    range_text(range, sizeof(range), attr) && at < size)
			at += snprintf(text + at, size - at, "%s%s",
				       at ? "," : "", range);
	}
	if (!at)
		snprintf(text, size, "1-65535");
}

/**
 * pool4_json() - a pool4 entry in JSON
 * @nest: the entry
 *
 * Return: an object with the keys prefix, proto, mark and ports.
 */
struct json_object *pool4_json(struct nlattr *nest)
{
	struct json_object *object = json_object_new_object();
	struct nlattr *attrs[NAT64_POOL4_A_MAX + 1];
	char prefix[64];

	if (!parse_pool4(attrs, nest))
		return object;
	prefix_text(prefix, sizeof(prefix), attrs);
	json_object_object_add(object, "prefix",
			       json_object_new_string(prefix));
	json_object_object_add(object, "proto",
			       json_object_new_string(proto_text(attrs)));
	json_object_object_add(object, "mark",
			       json_object_new_uint64(mark_of(attrs)));
	json_object_object_add(object, "ports", ports_json(nest));
	return object;
}

/**
 * pool4_event() - print an entry
 * @out: the output, where a table is only the end of a line
 * @nest: the entry
 */
void pool4_event(struct out *out, struct nlattr *nest)
{
	struct nlattr *attrs[NAT64_POOL4_A_MAX + 1];
	char ports[NAT64_PORTS_MAX * 12 + 1];
	struct json_object *object;
	char prefix[64];

	if (!parse_pool4(attrs, nest))
		return;
	if (out_is_json(out)) {
		object = pool4_json(nest);
		json_object_object_foreach(object, key, value)
			out_json(out, key, json_object_get(value));
		json_object_put(object);
		return;
	}
	prefix_text(prefix, sizeof(prefix), attrs);
	ports_text(ports, sizeof(ports), nest);
	fprintf(out->file, " %-5s %s ports %s mark %u", proto_text(attrs),
		prefix, ports, mark_of(attrs));
}

/**
 * pool4_usage() - how much of a pool4 entry is used
 * @nest: the entry
 * @each: called for each of its protocols
 * @arg: for @each
 *
 * Return: false if the answer does not tell.
 */
bool pool4_usage(struct nlattr *nest,
		 void (*each)(const struct pool4_usage *usage, void *arg),
		 void *arg)
{
	struct nlattr *attrs[NAT64_POOL4_A_MAX + 1], *use, *subscribers;
	struct nlattr *tb[NAT64_USAGE_A_MAX + 1];
	struct pool4_usage usage;
	int rest;

	if (!parse_pool4(attrs, nest) || !attrs[NAT64_POOL4_A_USAGE])
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
 * pool4_labels() - what tells a pool4 entry from the others, for prometheus
 * @text: where to write it
 * @size: size of @text
 * @nest: the entry
 */
void pool4_labels(char *text, size_t size, struct nlattr *nest)
{
	struct nlattr *attrs[NAT64_POOL4_A_MAX + 1];
	char ports[NAT64_PORTS_MAX * 12 + 1], prefix[64];

	*text = '\0';
	if (!parse_pool4(attrs, nest))
		return;
	prefix_text(prefix, sizeof(prefix), attrs);
	ports_text(ports, sizeof(ports), nest);
	snprintf(text, size, "prefix=\"%s\",ports=\"%s\",mark=\"%u\"", prefix,
		 ports, mark_of(attrs));
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
		       struct nlattr *subscribers)
{
	struct json_object *usage = json_object_new_array();

	if (pool4_usage(nest, usage_to_json, usage))
		out_json(out, "usage", usage);
	else
		json_object_put(usage);
	if (subscribers)
		out_number(out, "subscribers", nla_get_u64(subscribers));
}

static void pool4_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *instance = reply->attrs[NAT64_A_INSTANCE];
	struct nlattr *nest = reply->attrs[NAT64_A_POOL4];
	struct nlattr *attrs[NAT64_POOL4_A_MAX + 1];
	char ports[NAT64_PORTS_MAX * 12 + 1];
	struct out *out = arg;
	char prefix[64];

	if (!parse_pool4(attrs, nest))
		return;
	prefix_text(prefix, sizeof(prefix), attrs);
	ports_text(ports, sizeof(ports), nest);
	if (attrs[NAT64_POOL4_A_USAGE] && !out_is_json(out)) {
		struct usage_row row = { out, prefix, ports, mark_of(attrs) };

		pool4_usage(nest, usage_to_row, &row);
		return;
	}
	if (instance)
		out_string(out, "instance", nla_get_string(instance));
	out_string(out, "prefix", prefix);
	out_string(out, "proto", proto_text(attrs));
	out_number(out, "mark", mark_of(attrs));
	out_text(out, "ports", "%s", ports);
	if (out_is_json(out)) {
		out_json(out, "ports", ports_json(nest));
		show_usage(out, nest, attrs[NAT64_POOL4_A_SUBSCRIBERS]);
	}
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
		"nat64ctl: note: pool4 is empty, so the router's own addresses are shared: 'nat64ctl bib count --v4 ADDR --proto P' tells how many of their ports are used\n");
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

static int pool4_change(struct cmd *cmd, int request)
{
	struct nl_msg *msg = cmd_request(cmd, request);

	if (!msg || pool4_put(msg, cmd->words[0], cmd->opts)) {
		nlmsg_free(msg);
		return cmd_wrong();
	}
	return cmd_do(cmd, msg, NULL);
}

static int pool4_add(struct cmd *cmd)
{
	return pool4_change(cmd, NAT64_CMD_POOL4_ADD);
}

static int pool4_del(struct cmd *cmd)
{
	return pool4_change(cmd, NAT64_CMD_POOL4_DEL);
}

static int pool4_flush(struct cmd *cmd)
{
	struct nl_msg *msg = cmd_request(cmd, NAT64_CMD_POOL4_FLUSH);

	return msg ? cmd_do(cmd, msg, NULL) : cmd_wrong();
}

static const struct verb pool4_verbs[] = {
	{ "show", "[--usage]", "show the entries of an instance",
	  OPT_BIT(OPT_USAGE), 0, 0, 0, NULL, pool4_show },
	{ "add", "ADDR[/LEN] [--ports A-B[,C-D...]] [--proto P] [--mark M]",
	  "share these transport addresses", PORTS_OPTIONS, 0, 1, 1,
	  "name an address or prefix, such as 192.0.2.0/24", pool4_add },
	{ "del", "ADDR[/LEN] [--ports A-B[,C-D...]] [--proto P] [--mark M]",
	  "remove these transport addresses and the BIB entries that use them",
	  PORTS_OPTIONS, 0, 1, 1,
	  "name an address or prefix, such as 192.0.2.0/24", pool4_del },
	{ "flush", "", "remove all entries of an instance", 0, 0, 0, 0, NULL,
	  pool4_flush },
};

const struct object object_pool4 = {
	.name = "pool4",
	.what = "IPv4 transport addresses that are shared",
	.verbs = pool4_verbs,
	.n_verbs = ARRAY_SIZE(pool4_verbs),
};
