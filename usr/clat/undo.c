// SPDX-License-Identifier: GPL-2.0
/*
 * undo.c - undo what a CLAT has changed, as its journal says
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clat/journal.h"
#include "clat/plan.h"

static int undo_address(struct json_object *step, struct rt *rt)
{
	unsigned int ifindex = atoi(journal_word(step, "ifindex"));
	struct in6_addr addr;
	int err;

	if (inet_pton(AF_INET6, journal_word(step, "address"), &addr) != 1)
		return 0;
	err = strcmp(journal_word(step, "kind"), "proxy") ?
	      rt_addr6(rt, false, ifindex, &addr) :
	      rt_proxy(rt, false, ifindex, &addr);
	return err == -EADDRNOTAVAIL || err == -ENODEV || err == -ENOENT ||
	       err == -ESRCH || err == -ENXIO ? 0 : err;
}

static int undo_unreachable(struct json_object *step, struct rt *rt)
{
	struct rt_route route = {
		.family = AF_INET6, .metric = CLAT_METRIC, .unreachable = true,
	};
	struct prefix6 prefix;
	int err;

	if (args_prefix6(journal_word(step, "prefix"), true, &prefix))
		return 0;
	route.dst = prefix.addr;
	route.len = prefix.len;
	err = rt_del_route(rt, &route);
	return err == -ESRCH ? 0 : err;
}

/* This deletes its device, too, with the addresses and routes of that. */
static int delete_instance(struct nl64 *nl, const char *name)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_INSTANCE_DEL, name);
	int err = msg ? nl64_do(nl, msg, NULL) : -ENOMEM;

	nlmsg_free(msg);
	return err;
}

static int undo_instance(struct json_object *step, struct nl64 *nl)
{
	const char *name = journal_word(step, "name");
	int err = nl->sock ? delete_instance(nl, name) : -EIO;

	/* If only the answer was lost, a second time does no harm. */
	if (err == -EIO)
		err = nl64_reopen(nl) ?: delete_instance(nl, name);
	/* The module may have been removed, and the instance with it. */
	return err == -ENOENT || err == -ENODEV ? 0 : err;
}

/*
 * Without nft, or if even listing fails, there is nothing to delete: rules that remain
 * match only clat0, which is gone.
 */
static int undo_nft(void)
{
	int err = nft_run("table ip " CLAT_TABLE " {}\ndelete table ip "
			  CLAT_TABLE "\n");

	if (err == -EINVAL && nft_run("list table ip " CLAT_TABLE "\n") == -EINVAL)
		return 0;
	return err == -ENOENT ? 0 : err;
}

static int undo_step(struct journal *journal, struct json_object *step,
		     struct rt *rt, struct nl64 *nl)
{
	const char *kind = journal_word(step, "kind");

	if (!strcmp(kind, "sysctl"))
		return setting_restore(journal, step);
	if (!strcmp(kind, "address") || !strcmp(kind, "proxy"))
		return undo_address(step, rt);
	if (!strcmp(kind, "unreachable"))
		return undo_unreachable(step, rt);
	if (!strcmp(kind, "instance"))
		return undo_instance(step, nl);
	if (!strcmp(kind, "nft"))
		return undo_nft();
	return 0;
}

static int fail(const struct journal *journal, const char *why)
{
	return args_fail(NULL, "cannot undo all of 'nat64ctl clat up': %s (see %s)",
			 why, journal->path);
}

static void explain(char *why, size_t size, struct json_object *step, int err)
{
	const char *kind = journal_word(step, "kind");

	snprintf(why, size, "%s %s%s%s: %s", kind, journal_word(step, "path"),
		 journal_word(step, "address"), journal_word(step, "name"),
		 strcmp(kind, "nft") ? strerror(-err) : args_why());
}

/* A second undo could delete somebody else's route or rule. */
static int note_down(struct journal *journal)
{
	size_t left = json_object_array_length(journal_steps(journal));
	int err;

	json_object_object_add(journal->root, "state",
			       json_object_new_string("down"));
	err = journal_write(journal);
	/* A full disk has room for no file. */
	return err && !left ? journal_remove(journal) : err;
}

/**
 * journal_undo() - undo all changes, the last one first
 * @journal: the journal
 * @rt: rtnetlink, open
 * @nl: the module, open or not
 *
 * Writes the file: its state is "down", and only the changes that could not be undone
 * stay in it.
 *
 * Return: 0, or -EINVAL with the reason in args_why().
 */
int journal_undo(struct journal *journal, struct rt *rt, struct nl64 *nl)
{
	struct json_object *steps = journal_steps(journal);
	bool had_steps = json_object_array_length(steps);
	char why[256] = "";
	size_t i;
	/* What holds for a moment would look like a change by another program. */
	int err = moment_end(journal);

	if (err)
		return fail(journal, strerror(-err));
	i = json_object_array_length(steps);
	while (i--) {
		struct json_object *step = json_object_array_get_idx(steps, i);

		err = undo_step(journal, step, rt, nl);
		if (!err)
			json_object_array_del_idx(steps, i, 1);
		else if (!*why)
			explain(why, sizeof(why), step, err);
	}
	if (had_steps && note_down(journal))
		return -EINVAL;
	return *why ? fail(journal, why) : 0;
}
