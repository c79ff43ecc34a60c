// SPDX-License-Identifier: GPL-2.0
/* pool6.c - nat64ctl pool6: prefixes in which IPv4 addresses are embedded */
#include "cmd/cmd.h"
#include "nl/entry.h"

static const struct out_column pool6_columns[] = {
	{ "instance", "INSTANCE", 0 },
	{ "prefix", "PREFIX", 0 },
};

/**
 * pool6_add_word() - put a pool6 prefix of the command line into a request
 * @msg: the request
 * @word: the prefix
 *
 * Return: 0, or a negative number with the mistake in args_why().
 */
int pool6_add_word(struct nl_msg *msg, const char *word)
{
	struct prefix6 prefix;

	if (args_prefix6(word, true, &prefix))
		return -1;
	if (pool6_put(msg, &prefix))
		return args_fail(word,
				 "does not fit into the request any more: add it by 'nat64ctl pool6 add'");
	return 0;
}

static int pool6_change(struct cmd *cmd)
{
	struct nl_msg *msg = cmd_request(cmd, cmd->verb->arg);

	if (!msg || pool6_add_word(msg, cmd->words[0])) {
		nlmsg_free(msg);
		return cmd_wrong();
	}
	return cmd_do(cmd, msg, NULL);
}

/**
 * pool6_event() - print a prefix
 * @out: the output, where a table is only the end of a line
 * @nest: the prefix
 */
void pool6_event(struct out *out, struct nlattr *nest)
{
	char text[PREFIX_TEXT];
	struct prefix6 prefix;

	if (!pool6_read(&prefix, nest))
		return;
	text_prefix6(text, &prefix);
	if (out_is_json(out))
		out_string(out, "prefix", text);
	else
		fprintf(out->file, " %s", text);
}

static void pool6_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *instance = reply->attrs[NAT64_A_INSTANCE];
	char text[PREFIX_TEXT];
	struct prefix6 prefix;
	struct out *out = arg;

	if (!pool6_read(&prefix, reply->attrs[NAT64_A_POOL6]))
		return;
	if (instance)
		out_string(out, "instance", nla_get_string(instance));
	out_string(out, "prefix", text_prefix6(text, &prefix));
	out_row(out);
}

static int pool6_show(struct cmd *cmd)
{
	struct nl_msg *msg = cmd_request(cmd, NAT64_CMD_POOL6_GET);
	struct out out;

	if (!msg)
		return cmd_wrong();
	cmd_begin(cmd, &out, 0, pool6_columns, ARRAY_SIZE(pool6_columns));
	return cmd_show(cmd, msg, &out, pool6_reply);
}

static const struct verb pool6_verbs[] = {
	{ "show", "", "show the prefixes of an instance", 0, 0, 0, 0, NULL,
	  pool6_show, 0 },
	{ "add", "PREFIX", "add a prefix of 32, 40, 48, 56, 64 or 96 bits", 0,
	  0, 1, 1, "name a prefix, such as 64:ff9b::/96",
	  pool6_change, NAT64_CMD_POOL6_ADD },
	{ "del", "PREFIX", "remove a prefix and the sessions that use it", 0,
	  0, 1, 1, "name a prefix, such as 64:ff9b::/96",
	  pool6_change, NAT64_CMD_POOL6_DEL },
};

const struct object object_pool6 = {
	.name = "pool6",
	.what = "IPv6 prefixes in which IPv4 addresses are embedded",
	.verbs = pool6_verbs,
	.n_verbs = ARRAY_SIZE(pool6_verbs),
};
