// SPDX-License-Identifier: GPL-2.0
/* eam.c - nat64ctl eam: explicit address mappings of a stateless instance */
#include <string.h>

#include "cmd/cmd.h"
#include "nl/entry.h"

/* Fixed widths: the rows are printed as they come. */
static const struct out_column eam_columns[] = {
	{ "ipv6", "IPV6", 43 },
	{ "ipv4", "IPV4", 18 },
};

/**
 * struct sides - a mapping of the command line
 * @has6: is there an IPv6 side?
 * @has4: is there an IPv4 side?
 * @prefix6: the IPv6 side
 * @prefix4: the IPv4 side
 */
struct sides {
	bool has6;
	bool has4;
	struct prefix6 prefix6;
	struct prefix4 prefix4;
};

static int take_side(struct sides *sides, const char *word)
{
	bool is6 = strchr(word, ':');
	bool *has = is6 ? &sides->has6 : &sides->has4;

	if (*has)
		return args_fail(word, "is a second %s side: leave one out",
				 is6 ? "IPv6" : "IPv4");
	*has = true;
	return is6 ? args_prefix6(word, false, &sides->prefix6) :
		     args_prefix4(word, &sides->prefix4);
}

static int take_sides(struct sides *sides, const struct cmd *cmd)
{
	int i;

	memset(sides, 0, sizeof(*sides));
	for (i = 0; i < cmd->n_words; i++) {
		if (take_side(sides, cmd->words[i]))
			return -1;
	}
	return 0;
}

static int eam_change(struct cmd *cmd, int request, const struct sides *sides)
{
	struct nl_msg *msg = cmd_request(cmd, request);

	if (!msg)
		return cmd_wrong();
	/* A request is large enough for one mapping. */
	eam_put(msg, sides->has6 ? &sides->prefix6 : NULL,
		sides->has4 ? &sides->prefix4 : NULL);
	return cmd_do(cmd, msg, NULL);
}

static int eam_add(struct cmd *cmd)
{
	struct sides sides;

	if (take_sides(&sides, cmd) ||
	    args_eam(&sides.prefix6, &sides.prefix4))
		return cmd_wrong();
	return eam_change(cmd, NAT64_CMD_EAM_ADD, &sides);
}

static int eam_del(struct cmd *cmd)
{
	struct sides sides;

	return take_sides(&sides, cmd) ? cmd_wrong() :
	       eam_change(cmd, NAT64_CMD_EAM_DEL, &sides);
}

static void show_entry(struct out *out, const struct eam_entry *entry)
{
	char text[PREFIX_TEXT];

	out_string(out, "ipv6", text_prefix6(text, &entry->prefix6));
	out_string(out, "ipv4", text_prefix4(text, &entry->prefix4));
}

/**
 * eam_event() - print a mapping
 * @out: the output, where a table is only the end of a line
 * @nest: the mapping
 */
void eam_event(struct out *out, struct nlattr *nest)
{
	char text6[PREFIX_TEXT], text4[PREFIX_TEXT];
	struct eam_entry entry;

	if (!eam_read(&entry, nest))
		return;
	if (out_is_json(out))
		show_entry(out, &entry);
	else
		fprintf(out->file, " %s %s", text_prefix6(text6, &entry.prefix6),
			text_prefix4(text4, &entry.prefix4));
}

static void eam_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *instance = reply->attrs[NAT64_A_INSTANCE];
	struct eam_entry entry;
	struct out *out = arg;

	if (!eam_read(&entry, reply->attrs[NAT64_A_EAM]))
		return;
	if (instance)
		out_string(out, "instance", nla_get_string(instance));
	show_entry(out, &entry);
	out_row(out);
}

static int eam_show(struct cmd *cmd)
{
	struct nl_msg *msg = cmd_request(cmd, NAT64_CMD_EAM_GET);
	struct out out;

	if (!msg)
		return cmd_wrong();
	cmd_begin(cmd, &out, 0, eam_columns, ARRAY_SIZE(eam_columns));
	return cmd_show(cmd, msg, &out, eam_reply);
}

static const struct verb eam_verbs[] = {
	{ "show", "", "show the mappings of an instance", 0, 0, 0, 0, NULL,
	  eam_show, 0 },
	{ "add", "V6[/LEN] V4[/LEN]",
	  "add a mapping, its sides in either order; what follows one prefix in\nan address follows the other in its translation",
	  0, 0, 2, 2,
	  "name both sides, such as 2001:db8::/120 192.0.2.0/24", eam_add, 0 },
	{ "del", "V6[/LEN] V4[/LEN]",
	  "remove a mapping; either side may be left out", 0, 0, 1, 2,
	  "name one side, such as 192.0.2.0/24, or both", eam_del, 0 },
	{ "flush", "", "remove all mappings of an instance", 0, 0, 0, 0, NULL,
	  cmd_simple, NAT64_CMD_EAM_FLUSH },
};

const struct object object_eam = {
	.name = "eam",
	.what = "explicit address mappings of a stateless instance",
	.verbs = eam_verbs,
	.n_verbs = ARRAY_SIZE(eam_verbs),
};
