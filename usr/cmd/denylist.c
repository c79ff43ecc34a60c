// SPDX-License-Identifier: GPL-2.0
/* denylist.c - nat64ctl denylist: IPv4 that a stateless instance leaves alone */
#include "cmd/cmd.h"
#include "nl/entry.h"

static const struct out_column denylist_columns[] = {
	{ "instance", "INSTANCE", 0 },
	{ "prefix", "PREFIX", 0 },
};

static int denylist_change(struct cmd *cmd)
{
	struct nl_msg *msg = NULL;
	struct prefix4 prefix;

	if (!args_prefix4(cmd->words[0], &prefix))
		msg = cmd_request(cmd, cmd->verb->arg);
	if (!msg)
		return cmd_wrong();
	/* A request is large enough for one prefix. */
	prefix4_put(msg, NAT64_A_DENYLIST, &prefix);
	return cmd_do(cmd, msg, NULL);
}

/**
 * denylist_event() - print a prefix
 * @out: the output, where a table is only the end of a line
 * @nest: the prefix
 */
void denylist_event(struct out *out, struct nlattr *nest)
{
	char text[PREFIX_TEXT];
	struct prefix4 prefix;

	if (!prefix4_read(&prefix, nest))
		return;
	text_prefix4(text, &prefix);
	if (out_is_json(out))
		out_string(out, "prefix", text);
	else
		fprintf(out->file, " %s", text);
}

static void denylist_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *instance = reply->attrs[NAT64_A_INSTANCE];
	char text[PREFIX_TEXT];
	struct prefix4 prefix;
	struct out *out = arg;

	if (!prefix4_read(&prefix, reply->attrs[NAT64_A_DENYLIST]))
		return;
	if (instance)
		out_string(out, "instance", nla_get_string(instance));
	out_string(out, "prefix", text_prefix4(text, &prefix));
	out_row(out);
}

static int denylist_show(struct cmd *cmd)
{
	struct nl_msg *msg = cmd_request(cmd, NAT64_CMD_DENYLIST_GET);
	struct out out;

	if (!msg)
		return cmd_wrong();
	cmd_begin(cmd, &out, 0, denylist_columns, ARRAY_SIZE(denylist_columns));
	return cmd_show(cmd, msg, &out, denylist_reply);
}

static const struct verb denylist_verbs[] = {
	{ "show", "", "show the prefixes of an instance", 0, 0, 0, 0, NULL,
	  denylist_show, 0 },
	{ "add", "V4[/LEN]", "do not translate these addresses by pool6", 0, 0,
	  1, 1, "name an address or prefix, such as 192.0.2.0/24",
	  denylist_change, NAT64_CMD_DENYLIST_ADD },
	{ "del", "V4[/LEN]", "remove a prefix", 0, 0, 1, 1,
	  "name an address or prefix, such as 192.0.2.0/24",
	  denylist_change, NAT64_CMD_DENYLIST_DEL },
	{ "flush", "", "remove all prefixes of an instance", 0, 0, 0, 0, NULL,
	  cmd_simple, NAT64_CMD_DENYLIST_FLUSH },
};

const struct object object_denylist = {
	.name = "denylist",
	.what = "IPv4 addresses that a stateless instance leaves alone",
	.verbs = denylist_verbs,
	.n_verbs = ARRAY_SIZE(denylist_verbs),
};
