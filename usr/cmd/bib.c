// SPDX-License-Identifier: GPL-2.0
/* bib.c - nat64ctl bib: the Binding Information Base */
#include <errno.h>
#include <string.h>

#include "cmd/cmd.h"
#include "nl/attr.h"
#include "nl/entry.h"
#include "nl/refusal.h"

static const struct nla_policy bib_policy[NAT64_BIB_A_MAX + 1] = {
	[NAT64_BIB_A_PROTO] = { .type = NLA_U8 },
	[NAT64_BIB_A_ADDR6] = { .minlen = 16 },
	[NAT64_BIB_A_PORT6] = { .type = NLA_U16 },
	[NAT64_BIB_A_ADDR4] = { .type = NLA_U32 },
	[NAT64_BIB_A_PORT4] = { .type = NLA_U16 },
	[NAT64_BIB_A_SESSIONS] = { .type = NLA_U32 },
	[NAT64_BIB_A_BEGAN] = { .type = NLA_U64 },
};

/* Fixed widths: the rows are printed as they come. */
static const struct out_column bib_columns[] = {
	{ "proto", "PROTO", 5 },
	{ "ipv6", "IPV6", 41 },
	{ "ipv4", "IPV4", 21 },
	{ "static", "STATIC", 6 },
	{ "sessions", "SESSIONS", 8 },
};

/**
 * struct entry - a BIB entry of the command line
 * @protos: its protocols
 * @n_protos: how many
 * @has6: is there an IPv6 side?
 * @has4: is there an IPv4 side?
 * @side6: the IPv6 side
 * @side4: the IPv4 side
 */
struct entry {
	__u8 protos[ARRAY_SIZE(args_all_protos)];
	size_t n_protos;
	bool has6;
	bool has4;
	struct endpoint side6;
	struct endpoint side4;
};

static int take_side(struct entry *entry, const char *word)
{
	struct endpoint side;
	bool *has;

	if (args_endpoint(word, &side))
		return -1;
	has = side.is6 ? &entry->has6 : &entry->has4;
	if (*has)
		return args_fail(word, "is a second %s side: leave one out",
				 side.is6 ? "IPv6" : "IPv4");
	*has = true;
	*(side.is6 ? &entry->side6 : &entry->side4) = side;
	return 0;
}

static int take_entry(struct entry *entry, const struct cmd *cmd)
{
	const struct opts *opts = cmd->opts;
	size_t i;
	int w;

	memset(entry, 0, sizeof(*entry));
	for (w = 0; w < cmd->n_words; w++) {
		if (take_side(entry, cmd->words[w]))
			return -1;
	}
	for (i = 0; i < opts->n_values; i++) {
		if (opts->values[i].opt == OPT_PROTO &&
		    args_protos(opts->values[i].value, entry->protos,
				&entry->n_protos))
			return -1;
	}
	return 0;
}

/* Add or remove the entries of @n protocols in one request. */
static int bib_change(struct cmd *cmd, int request, const struct entry *entry,
		      const __u8 *protos, size_t n)
{
	struct nl_msg *msg = nl64_request(request, cmd->instance);
	int err = msg ? 0 : -ENOMEM;
	size_t i;

	for (i = 0; i < n && !err; i++)
		err = bib_put(msg, protos[i],
			      entry->has6 ? &entry->side6 : NULL,
			      entry->has4 ? &entry->side4 : NULL);
	err = err ? nl64_no_memory(&cmd->nl) : nl64_do(&cmd->nl, msg, NULL);
	if (err && msg)
		refusal_explain(&cmd->nl, cmd->instance, msg);
	nlmsg_free(msg);
	return err;
}

/* Of several protocols, name the one whose entry was refused. */
static int add_refused(struct cmd *cmd, const struct entry *entry)
{
	struct nl64 *nl = &cmd->nl;
	char why[sizeof(nl->text)];

	if (entry->n_protos > 1 && nl->bad_outer == NAT64_A_BIB &&
	    nl->bad_index < entry->n_protos) {
		memcpy(why, nl->text, sizeof(why));
		snprintf(nl->text, sizeof(nl->text), "%s: %.*s",
			 args_proto_name(entry->protos[nl->bad_index]),
			 (int)sizeof(why) - 8, why);
	}
	return cmd_refused(cmd);
}

static int bib_add(struct cmd *cmd)
{
	struct entry entry;

	if (take_entry(&entry, cmd))
		return cmd_wrong();
	if (!entry.n_protos) {
		args_fail("bib add",
			  "needs --proto: write --proto tcp, udp or icmp");
		return cmd_wrong();
	}
	if (cmd_choose(cmd))
		return cmd_wrong();
	if (cmd_open(cmd))
		return cmd_refused(cmd);
	if (bib_change(cmd, NAT64_CMD_BIB_ADD, &entry, entry.protos,
		       entry.n_protos))
		return add_refused(cmd, &entry);
	return EXIT_DONE;
}

/* An entry need not exist for every protocol, only for one of them. */
static int bib_del(struct cmd *cmd)
{
	struct entry entry;
	bool found = false;
	size_t i;
	int err;

	if (take_entry(&entry, cmd))
		return cmd_wrong();
	if (!entry.n_protos) {
		memcpy(entry.protos, args_all_protos, sizeof(entry.protos));
		entry.n_protos = ARRAY_SIZE(entry.protos);
	}
	if (cmd_choose(cmd))
		return cmd_wrong();
	if (cmd_open(cmd))
		return cmd_refused(cmd);
	for (i = 0; i < entry.n_protos; i++) {
		err = bib_change(cmd, NAT64_CMD_BIB_DEL, &entry,
				 &entry.protos[i], 1);
		if (!err)
			found = true;
		else if (err != -ENOENT)
			return cmd_refused(cmd);
	}
	return found ? EXIT_DONE : cmd_refused(cmd);
}

static void show_entry(struct out *out, struct nlattr **attrs)
{
	struct nlattr *proto = attrs[NAT64_BIB_A_PROTO];
	struct nlattr *sessions = attrs[NAT64_BIB_A_SESSIONS];
	char text[ENDPOINT_TEXT];

	if (proto)
		out_string(out, "proto", args_proto_name(nla_get_u8(proto)));
	out_text(out, "ipv6", "%s",
		 attr_text(text, true, attrs[NAT64_BIB_A_ADDR6],
			   attrs[NAT64_BIB_A_PORT6]));
	out_text(out, "ipv4", "%s",
		 attr_text(text, false, attrs[NAT64_BIB_A_ADDR4],
			   attrs[NAT64_BIB_A_PORT4]));
	attr_addr(out, "addr6", attrs[NAT64_BIB_A_ADDR6]);
	attr_port(out, "port6", attrs[NAT64_BIB_A_PORT6]);
	attr_addr(out, "addr4", attrs[NAT64_BIB_A_ADDR4]);
	attr_port(out, "port4", attrs[NAT64_BIB_A_PORT4]);
	out_bool(out, "static", attrs[NAT64_BIB_A_STATIC]);
	if (sessions)
		out_number(out, "sessions", nla_get_u32(sessions));
	attr_time(out, "began", attrs[NAT64_BIB_A_BEGAN]);
}

/**
 * bib_event() - print a BIB entry
 * @out: the output, where a table is only the end of a line
 * @nest: the entry
 */
void bib_event(struct out *out, struct nlattr *nest)
{
	char text6[ENDPOINT_TEXT], text4[ENDPOINT_TEXT];
	struct nlattr *attrs[NAT64_BIB_A_MAX + 1];

	if (!nl64_nested(attrs, NAT64_BIB_A_MAX, nest, bib_policy) ||
	    !attrs[NAT64_BIB_A_PROTO])
		return;
	if (out_is_json(out)) {
		show_entry(out, attrs);
		return;
	}
	fprintf(out->file, " %-5s %-41s %s%s",
		args_proto_name(nla_get_u8(attrs[NAT64_BIB_A_PROTO])),
		attr_text(text6, true, attrs[NAT64_BIB_A_ADDR6],
			  attrs[NAT64_BIB_A_PORT6]),
		attr_text(text4, false, attrs[NAT64_BIB_A_ADDR4],
			  attrs[NAT64_BIB_A_PORT4]),
		attrs[NAT64_BIB_A_STATIC] ? " static" : "");
}

static void bib_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *instance = reply->attrs[NAT64_A_INSTANCE];
	struct nlattr *nest = reply->attrs[NAT64_A_BIB];
	struct nlattr *attrs[NAT64_BIB_A_MAX + 1];
	struct out *out = arg;

	if (!nl64_nested(attrs, NAT64_BIB_A_MAX, nest, bib_policy))
		return;
	if (instance)
		out_string(out, "instance", nla_get_string(instance));
	show_entry(out, attrs);
	out_row(out);
}

static int bib_show(struct cmd *cmd)
{
	struct nl_msg *msg = cmd_filter(cmd, NAT64_CMD_BIB_GET);
	struct out out;

	if (!msg)
		return cmd_wrong();
	cmd_begin(cmd, &out, 0, bib_columns, ARRAY_SIZE(bib_columns));
	return cmd_show(cmd, msg, &out, bib_reply);
}

static int bib_count(struct cmd *cmd)
{
	return cmd_number(cmd, NAT64_CMD_BIB_COUNT, NAT64_A_BIB_COUNT, "count");
}

#define FILTER_OPTIONS (OPT_BIT(OPT_PROTO) | OPT_BIT(OPT_V6) | \
			OPT_BIT(OPT_V4) | OPT_BIT(OPT_PORT))
#define FILTER_WORDS "[--proto P] [--v6 ADDR[/LEN]] [--v4 ADDR[/LEN]] [--port N]"

static const struct verb bib_verbs[] = {
	{ "show", FILTER_WORDS, "show the entries of an instance",
	  FILTER_OPTIONS, 0, 0, 0, NULL, bib_show, 0 },
	{ "add", "--proto P [--proto P ...] [V6]:PORT V4:PORT",
	  "add an entry that does not expire;\nthe brackets belong to the address: [2001:db8::5]:2000",
	  OPT_BIT(OPT_PROTO), OPT_BIT(OPT_PROTO), 2, 2,
	  "name both sides, such as '[2001:db8::5]:2000 192.0.2.2:2000'",
	  bib_add, 0 },
	{ "del", "[--proto P ...] [V6]:PORT V4:PORT",
	  "remove an entry and its sessions; either side may be left out",
	  OPT_BIT(OPT_PROTO), OPT_BIT(OPT_PROTO), 1, 2,
	  "name one side, such as 192.0.2.2:2000, or both", bib_del, 0 },
	{ "count", FILTER_WORDS, "print how many entries there are",
	  FILTER_OPTIONS, 0, 0, 0, NULL, bib_count, 0 },
};

const struct object object_bib = {
	.name = "bib",
	.what = "IPv4 transport addresses that stand for those of IPv6 hosts",
	.verbs = bib_verbs,
	.n_verbs = ARRAY_SIZE(bib_verbs),
};
