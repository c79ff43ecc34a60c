// SPDX-License-Identifier: GPL-2.0
/* session.c - nat64ctl session: sessions of an instance */
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/tally.h"
#include "nl/attr.h"

#define FILTER_OPTIONS (OPT_BIT(OPT_PROTO) | OPT_BIT(OPT_V6) | \
			OPT_BIT(OPT_V4) | OPT_BIT(OPT_PORT) | \
			OPT_BIT(OPT_STATE))
#define FILTER_WORDS "[FILTER ...]"

static const struct nla_policy session_policy[NAT64_SESSION_A_MAX + 1] = {
	[NAT64_SESSION_A_PROTO] = { .type = NLA_U8 },
	[NAT64_SESSION_A_SRC6] = { .minlen = 16 },
	[NAT64_SESSION_A_SPORT6] = { .type = NLA_U16 },
	[NAT64_SESSION_A_DST6] = { .minlen = 16 },
	[NAT64_SESSION_A_DPORT6] = { .type = NLA_U16 },
	[NAT64_SESSION_A_SRC4] = { .type = NLA_U32 },
	[NAT64_SESSION_A_SPORT4] = { .type = NLA_U16 },
	[NAT64_SESSION_A_DST4] = { .type = NLA_U32 },
	[NAT64_SESSION_A_DPORT4] = { .type = NLA_U16 },
	[NAT64_SESSION_A_STATE] = { .type = NLA_U8 },
	[NAT64_SESSION_A_EXPIRES] = { .type = NLA_U32 },
	[NAT64_SESSION_A_BEGAN] = { .type = NLA_U64 },
	[NAT64_SESSION_A_PACKETS64] = { .type = NLA_U64 },
	[NAT64_SESSION_A_BYTES64] = { .type = NLA_U64 },
	[NAT64_SESSION_A_PACKETS46] = { .type = NLA_U64 },
	[NAT64_SESSION_A_BYTES46] = { .type = NLA_U64 },
};

/*
 * Fixed widths: the rows are printed as they come. The peer's IPv6 address is
 * only in JSON, since it is the IPv4 one inside pool6.
 */
static const struct out_column session_columns[] = {
	{ "proto", "PROTO", 5 },
	{ "host", "HOST", 41 },
	{ "mapped", "MAPPED", 21 },
	{ "peer", "PEER", 21 },
	{ "state", "STATE", 11 },
	{ "left", "EXPIRES", 8 },
	{ "out", "OUT", 17 },
	{ "in", "IN", 17 },
};

/* The last two are of the key accounting, without which nothing is counted. */
#define COLUMNS_COUNTED ARRAY_SIZE(session_columns)
#define COLUMNS_USUAL (ARRAY_SIZE(session_columns) - 2)

/* "packets/bytes" of a direction; false if they were not counted. */
static bool account_text(char *text, size_t size, struct nlattr *packets,
			 struct nlattr *bytes)
{
	if (!packets || !bytes)
		return false;
	snprintf(text, size, "%llu/%llu",
		 (unsigned long long)nla_get_u64(packets),
		 (unsigned long long)nla_get_u64(bytes));
	return true;
}

static bool out_account(char *text, size_t size, struct nlattr **attrs)
{
	return account_text(text, size, attrs[NAT64_SESSION_A_PACKETS64],
			    attrs[NAT64_SESSION_A_BYTES64]);
}

static bool in_account(char *text, size_t size, struct nlattr **attrs)
{
	return account_text(text, size, attrs[NAT64_SESSION_A_PACKETS46],
			    attrs[NAT64_SESSION_A_BYTES46]);
}

static void show_table(struct out *out, struct nlattr **attrs)
{
	struct nlattr *expires = attrs[NAT64_SESSION_A_EXPIRES];
	char text[ENDPOINT_TEXT];

	attr_text(text, true, attrs[NAT64_SESSION_A_SRC6],
		  attrs[NAT64_SESSION_A_SPORT6]);
	out_text(out, "host", "%s", text);
	attr_text(text, false, attrs[NAT64_SESSION_A_SRC4],
		  attrs[NAT64_SESSION_A_SPORT4]);
	out_text(out, "mapped", "%s", text);
	attr_text(text, false, attrs[NAT64_SESSION_A_DST4],
		  attrs[NAT64_SESSION_A_DPORT4]);
	out_text(out, "peer", "%s", text);
	if (out_account(text, sizeof(text), attrs))
		out_text(out, "out", "%s", text);
	if (in_account(text, sizeof(text), attrs))
		out_text(out, "in", "%s", text);
	if (!expires)
		return;
	out_expires(text, sizeof(text), nla_get_u32(expires));
	out_text(out, "left", "%s", text);
}

static void show_count(struct out *out, const char *key, struct nlattr *count)
{
	if (count)
		out_number(out, key, nla_get_u64(count));
}

static void show_account(struct out *out, struct nlattr **attrs)
{
	attr_time(out, "began", attrs[NAT64_SESSION_A_BEGAN]);
	show_count(out, "packets64", attrs[NAT64_SESSION_A_PACKETS64]);
	show_count(out, "bytes64", attrs[NAT64_SESSION_A_BYTES64]);
	show_count(out, "packets46", attrs[NAT64_SESSION_A_PACKETS46]);
	show_count(out, "bytes46", attrs[NAT64_SESSION_A_BYTES46]);
}

static void show_json(struct out *out, struct nlattr **attrs)
{
	struct nlattr *expires = attrs[NAT64_SESSION_A_EXPIRES];

	attr_addr(out, "src6", attrs[NAT64_SESSION_A_SRC6]);
	attr_port(out, "sport6", attrs[NAT64_SESSION_A_SPORT6]);
	attr_addr(out, "dst6", attrs[NAT64_SESSION_A_DST6]);
	attr_port(out, "dport6", attrs[NAT64_SESSION_A_DPORT6]);
	attr_addr(out, "src4", attrs[NAT64_SESSION_A_SRC4]);
	attr_port(out, "sport4", attrs[NAT64_SESSION_A_SPORT4]);
	attr_addr(out, "dst4", attrs[NAT64_SESSION_A_DST4]);
	attr_port(out, "dport4", attrs[NAT64_SESSION_A_DPORT4]);
	if (expires)
		out_json(out, "expires",
			 out_expires_json(nla_get_u32(expires)));
	show_account(out, attrs);
}

/* Only TCP has states (RFC 6146 s3.5.2); the others' never changes. */
static void show_state(struct out *out, __u8 proto, struct nlattr *state)
{
	if (proto == IPPROTO_TCP && state)
		out_string(out, "state", args_state_name(nla_get_u8(state)));
}

static void event_text(FILE *file, struct nlattr **attrs, __u8 proto)
{
	char host[ENDPOINT_TEXT], mapped[ENDPOINT_TEXT], peer[ENDPOINT_TEXT];
	struct nlattr *state = attrs[NAT64_SESSION_A_STATE];
	char text[48];

	fprintf(file, " %-5s %-41s %-21s %-21s %s", args_proto_name(proto),
		attr_text(host, true, attrs[NAT64_SESSION_A_SRC6],
			  attrs[NAT64_SESSION_A_SPORT6]),
		attr_text(mapped, false, attrs[NAT64_SESSION_A_SRC4],
			  attrs[NAT64_SESSION_A_SPORT4]),
		attr_text(peer, false, attrs[NAT64_SESSION_A_DST4],
			  attrs[NAT64_SESSION_A_DPORT4]),
		proto == IPPROTO_TCP && state ?
		args_state_name(nla_get_u8(state)) : "-");
	if (out_account(text, sizeof(text), attrs))
		fprintf(file, " out %s", text);
	if (in_account(text, sizeof(text), attrs))
		fprintf(file, " in %s", text);
}

/**
 * session_event() - print a session
 * @out: the output, where a table is only the end of a line
 * @nest: the session
 */
void session_event(struct out *out, struct nlattr *nest)
{
	struct nlattr *attrs[NAT64_SESSION_A_MAX + 1];
	__u8 proto;

	if (!nl64_nested(attrs, NAT64_SESSION_A_MAX, nest, session_policy) ||
	    !attrs[NAT64_SESSION_A_PROTO])
		return;
	proto = nla_get_u8(attrs[NAT64_SESSION_A_PROTO]);
	if (!out_is_json(out)) {
		event_text(out->file, attrs, proto);
		return;
	}
	out_string(out, "proto", args_proto_name(proto));
	show_json(out, attrs);
	show_state(out, proto, attrs[NAT64_SESSION_A_STATE]);
}

static void session_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *instance = reply->attrs[NAT64_A_INSTANCE];
	struct nlattr *nest = reply->attrs[NAT64_A_SESSION];
	struct nlattr *attrs[NAT64_SESSION_A_MAX + 1];
	struct out *out = arg;
	__u8 proto;

	if (!nl64_nested(attrs, NAT64_SESSION_A_MAX, nest, session_policy) ||
	    !attrs[NAT64_SESSION_A_PROTO])
		return;
	proto = nla_get_u8(attrs[NAT64_SESSION_A_PROTO]);
	if (instance)
		out_string(out, "instance", nla_get_string(instance));
	out_string(out, "proto", args_proto_name(proto));
	if (out_is_json(out))
		show_json(out, attrs);
	else
		show_table(out, attrs);
	show_state(out, proto, attrs[NAT64_SESSION_A_STATE]);
	out_row(out);
}

static void counts_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *attrs[NAT64_CONFIG_A_MAX + 1], *on;

	if (!nl64_nested(attrs, NAT64_CONFIG_A_MAX,
			 reply->attrs[NAT64_A_CONFIG], NULL))
		return;
	on = attrs[NAT64_CONFIG_A_ACCOUNTING];
	*(bool *)arg = on && nla_len(on) && nla_get_u8(on);
}

/* Check the key accounting: without it, its columns would be empty. */
static bool counts(struct cmd *cmd)
{
	bool on = false;
	const struct nl64_handler handler = {
		.reply = counts_reply,
		.arg = &on,
	};
	struct nl_msg *msg;

	if (opts_has(cmd->opts, OPT_JSON) || cmd_open(cmd))
		return false;
	msg = cmd_request(cmd, NAT64_CMD_CONFIG_GET);
	if (msg)
		nl64_do(&cmd->nl, msg, &handler);
	nlmsg_free(msg);
	return on;
}

static int session_show(struct cmd *cmd)
{
	struct nl_msg *msg = cmd_filter(cmd, NAT64_CMD_SESSION_GET);
	struct out out;

	if (!msg)
		return cmd_wrong();
	cmd_begin(cmd, &out, 0, session_columns,
		  counts(cmd) ? COLUMNS_COUNTED : COLUMNS_USUAL);
	return cmd_show(cmd, msg, &out, session_reply);
}

static int session_flush(struct cmd *cmd)
{
	return cmd_number(cmd, NAT64_CMD_SESSION_FLUSH, NAT64_A_SESSION_COUNT,
			  "flushed");
}

/* Reads what is counted of a session. */
static void tally_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *attrs[NAT64_SESSION_A_MAX + 1], *addr;
	struct tally *tally = arg;

	if (!nl64_nested(attrs, NAT64_SESSION_A_MAX,
			 reply->attrs[NAT64_A_SESSION], session_policy))
		return;
	addr = attrs[tally->size == 4 ? NAT64_SESSION_A_DST4 :
					NAT64_SESSION_A_SRC6];
	if (addr && nla_len(addr) >= tally->size)
		tally_add(tally, nla_data(addr));
}

static int session_tally(struct cmd *cmd, const char *by)
{
	struct nl_msg *msg;
	struct tally tally;
	const struct nl64_handler handler = {
		.reply = tally_reply, .restart = tally_restart, .arg = &tally,
	};
	int rc;

	if (strcmp(by, "host") && strcmp(by, "peer")) {
		args_fail(by, "is not what sessions are counted by: write host or peer");
		return cmd_wrong();
	}
	msg = cmd_filter(cmd, NAT64_CMD_SESSION_GET);
	if (!msg)
		return cmd_wrong();
	tally_init(&tally, by[0] == 'h' ? 16 : 4);
	rc = cmd_dump(cmd, msg, &handler);
	if (rc == EXIT_DONE)
		rc = tally_show(&tally, cmd, by);
	tally_free(&tally);
	return rc;
}

static int session_count(struct cmd *cmd)
{
	const char *by = opts_value(cmd->opts, OPT_BY);

	if (by)
		return session_tally(cmd, by);
	return cmd_number(cmd, NAT64_CMD_SESSION_COUNT, NAT64_A_SESSION_COUNT,
			  "count");
}

static void session_more(FILE *file)
{
	fputs("\nA FILTER is one of --proto, --v6, --v4, --port and --state; only sessions that\n"
	      "match all of them are chosen. States of a TCP session (RFC 6146 s3.5.2): v4-init,\n"
	      "v6-init, established, v4-fin, v6-fin, v4-v6-fin, trans.\n", file);
}

static const struct verb session_verbs[] = {
	{ "show", FILTER_WORDS, "show the sessions of an instance",
	  FILTER_OPTIONS, 0, 0, 0, NULL, session_show, 0 },
	{ "flush", FILTER_WORDS, "remove sessions and print how many",
	  FILTER_OPTIONS, 0, 0, 0, NULL, session_flush, 0 },
	{ "count", FILTER_WORDS " [--by host|peer]",
	  "print how many sessions there are, or how many each host has",
	  FILTER_OPTIONS | OPT_BIT(OPT_BY), 0, 0, 0, NULL, session_count, 0 },
};

const struct object object_session = {
	.name = "session",
	.what = "sessions of IPv6 hosts with remote IPv4 endpoints",
	.verbs = session_verbs,
	.n_verbs = ARRAY_SIZE(session_verbs),
	.more = session_more,
};
