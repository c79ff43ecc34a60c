// SPDX-License-Identifier: GPL-2.0
/*
 * undo.c - what a CLAT has changed is undone, as its journal says
 *
 * A setting belongs to a device, not to a name: the device may have another one now,
 * and its own be that of another device.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clat/journal.h"
#include "clat/plan.h"

static const char *word(struct json_object *step, const char *key)
{
	struct json_object *value = json_object_object_get(step, key);

	return json_object_is_type(value, json_type_string) ?
	       json_object_get_string(value) : "";
}

/* --- settings --- */

/*
 * Find the setting of a step: net/ipv6/conf/DEVICE/setting has the name of the device
 * in it. Return: false if the device is gone.
 */
static bool path_now(struct json_object *step, char *path)
{
	unsigned int ifindex = atoi(word(step, "ifindex"));
	char family[8], kind[8], setting[32], name[IF_NAMESIZE];

	snprintf(path, SYSCTL_PATH, "%s", word(step, "path"));
	if (strncmp(path, "net/", 4) || strstr(path, "/../"))
		return false;
	if (!ifindex)
		return true;
	if (!if_indextoname(ifindex, name) ||
	    sscanf(path, "net/%7[^/]/%7[^/]/%*[^/]/%31s", family, kind,
		   setting) != 3)
		return false;
	snprintf(path, SYSCTL_PATH, "net/%s/%s/%s/%s", family, kind, name,
		 setting);
	return true;
}

/* A setting that another program has changed since is left alone. */
static bool is_ours(struct json_object *step, char *path)
{
	return path_now(step, path) && sysctl_is(path, word(step, "set"));
}

static int reset_step(struct json_object *step)
{
	char path[SYSCTL_PATH];

	return is_ours(step, path) ? sysctl_write(path, word(step, "was")) : 0;
}

/**
 * journal_revert() - restore a setting now, and strike its step
 * @journal: the journal; the file is written at the next step
 * @path: the setting, which journal_set() has changed
 */
void journal_revert(struct journal *journal, const char *path)
{
	struct json_object *steps = journal_steps(journal);
	size_t i = json_object_array_length(steps);

	while (i--) {
		struct json_object *step = json_object_array_get_idx(steps, i);

		if (strcmp(word(step, "path"), path))
			continue;
		if (!reset_step(step))
			json_object_array_del_idx(steps, i, 1);
		return;
	}
}

/* If the journal cannot be written, all is undone nevertheless. */
static void accept_2(const char *device, void *journal)
{
	char path[SYSCTL_PATH];

	sysctl_path(path, "net/ipv6/conf/%s/accept_ra", device);
	if (!sysctl_is(path, "1"))
		return;
	journal_setting(journal, path, "1", "2");
	sysctl_write(path, "2");
}

/* To turn "all" off turns a device off that another program has turned on. */
static void keep_on(const char *device, void *journal)
{
	char path[SYSCTL_PATH];

	sysctl_path(path, "net/ipv6/conf/%s/forwarding", device);
	if (sysctl_is(path, "1"))
		journal_setting(journal, path, "1", "0");
}

/*
 * Turning forwarding on deletes default routes learnt from advertisements, unless
 * accept_ra is 2. The steps of that moment come after all others, and go again.
 */
static int write_back(struct journal *journal, const char *path, const char *value)
{
	struct json_object *steps = journal_steps(journal);
	size_t before = json_object_array_length(steps), i;
	int err;

	if (strstr(path, "ipv6") && strstr(path, "/forwarding"))
		sysctl_each_device(accept_2, journal);
	if (!strcmp(path, CLAT_FORWARDING) && !strcmp(value, "0")) {
		sysctl_each_device(keep_on, journal);
		keep_on("default", journal);
	}
	err = sysctl_write(path, value);
	for (i = json_object_array_length(steps); i-- > before;) {
		int failed = reset_step(json_object_array_get_idx(steps, i));

		if (!failed)
			json_object_array_del_idx(steps, i, 1);
		else if (!err)
			err = failed;
	}
	return err;
}

static int undo_sysctl(struct journal *journal, struct json_object *step)
{
	char path[SYSCTL_PATH];

	return is_ours(step, path) ?
	       write_back(journal, path, word(step, "was")) : 0;
}

/* --- all else --- */

static int undo_address(struct json_object *step, struct rt *rt)
{
	unsigned int ifindex = atoi(word(step, "ifindex"));
	struct in6_addr addr;
	int err;

	if (inet_pton(AF_INET6, word(step, "address"), &addr) != 1)
		return 0;
	err = strcmp(word(step, "kind"), "proxy") ?
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

	if (args_prefix6(word(step, "prefix"), true, &prefix))
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
	const char *name = word(step, "name");
	int err = nl->sock ? delete_instance(nl, name) : -EIO;

	/* If only the answer was lost, a second time does no harm. */
	if (err == -EIO)
		err = nl64_reopen(nl) ?: delete_instance(nl, name);
	/* The module may have been removed, and the instance with it. */
	return err == -ENOENT || err == -ENODEV ? 0 : err;
}

/*
 * Without nft, or if the kernel refuses every command, there are no rules to delete;
 * any that remain match only clat0, which is gone.
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
	const char *kind = word(step, "kind");

	if (!strcmp(kind, "sysctl"))
		return undo_sysctl(journal, step);
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
	size_t i = json_object_array_length(steps);
	bool had_steps = i;
	char why[256] = "";

	while (i--) {
		struct json_object *step = json_object_array_get_idx(steps, i);
		int err = undo_step(journal, step, rt, nl);

		if (!err)
			json_object_array_del_idx(steps, i, 1);
		else if (!*why)
			snprintf(why, sizeof(why), "%s %s%s%s: %s",
				 word(step, "kind"), word(step, "path"),
				 word(step, "address"), word(step, "name"),
				 strcmp(word(step, "kind"), "nft") ?
				 strerror(-err) : args_why());
	}
	/* A second undo could delete somebody else's route or rule. */
	if (had_steps) {
		json_object_object_add(journal->root, "state",
				       json_object_new_string("down"));
		if (journal_write(journal))
			return -EINVAL;
	}
	return *why ? args_fail(NULL,
				"cannot undo all of 'nat64ctl clat up': %s (see %s)",
				why, journal->path) : 0;
}
