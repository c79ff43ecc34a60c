// SPDX-License-Identifier: GPL-2.0
/*
 * setting.c - settings of the kernel that a CLAT changes, and restores
 *
 * A setting belongs to a device, not to a name: the device may have been renamed
 * since, and another one have taken over its name. So each step has its index.
 *
 * Turning IPv6 forwarding on or off has side effects: turning it on deletes the default
 * routes that devices have learnt from advertisements, unless accept_ra is 2; and "all"
 * overwrites the setting of every device, and "default", with which new devices start.
 * These are undone at once. Their steps are of the kind "moment": if the command is
 * killed in that moment, the next one ends it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clat/journal.h"

#define ACCEPT_RA "net/ipv6/conf/%s/accept_ra"
#define FORWARDING "net/ipv6/conf/%s/forwarding"

/* The index of the device of a setting, or "0" */
static const char *ifindex_of(const char *path)
{
	static char text[16];
	char name[IF_NAMESIZE];
	unsigned int ifindex = 0;

	if (sscanf(path, "net/%*[^/]/%*[^/]/%15[^/]/", name) == 1)
		ifindex = if_nametoindex(name);
	snprintf(text, sizeof(text), "%u", ifindex);
	return text;
}

/**
 * setting_change() - change a setting of the kernel, unless it has the value already
 * @journal: the journal
 * @path: its path; the device in it is found by its index when that is undone
 * @value: its new value
 *
 * Return: 0, or -EINVAL with the reason in args_why().
 */
int setting_change(struct journal *journal, const char *path, const char *value)
{
	char was[JOURNAL_VALUE];
	int err;

	if (!sysctl_read(path, was))
		return args_fail(NULL,
				 "cannot read /proc/sys/%s: is /proc mounted, and IPv6 enabled?",
				 path);
	if (!strcmp(was, value))
		return 0;
	err = journal_step(journal, "sysctl", "path", path, "was", was, "set",
			   value, "ifindex", ifindex_of(path), NULL);
	if (err)
		return err;
	err = sysctl_write(path, value);
	return err ? args_fail(NULL, "cannot write /proc/sys/%s: %s", path,
			       strerror(-err)) : 0;
}

/*
 * Find the setting of a step: net/ipv6/conf/DEVICE/setting has the name of the device
 * in it. Return: false if the device is gone.
 */
static bool path_now(struct json_object *step, char *path)
{
	unsigned int ifindex = atoi(journal_word(step, "ifindex"));
	char family[8], kind[8], setting[32], name[IF_NAMESIZE];

	snprintf(path, SYSCTL_PATH, "%s", journal_word(step, "path"));
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
	return path_now(step, path) && sysctl_is(path, journal_word(step, "set"));
}

/* --- a moment --- */

static bool is_momentary(struct json_object *step)
{
	return !strcmp(journal_word(step, "kind"), "moment");
}

static void add_momentary(struct journal *journal, const char *path,
			  const char *set)
{
	char was[JOURNAL_VALUE];

	if (sysctl_read(path, was))
		journal_add(journal, "moment", "path", path, "was", was, "set",
			    set, "ifindex", ifindex_of(path), NULL);
}

static void add_accept_ra(const char *device, void *journal)
{
	char path[SYSCTL_PATH];

	sysctl_path(path, ACCEPT_RA, device);
	if (sysctl_is(path, "1"))
		add_momentary(journal, path, "2");
}

/**
 * moment_keep_routes() - write down how to keep all default routes while forwarding is
 *	turned on
 * @journal: the journal
 *
 * Return: 0, or -EINVAL with the reason in args_why(): the steps are in memory, but not
 * on the disk.
 */
int moment_keep_routes(struct journal *journal)
{
	sysctl_each_device(add_accept_ra, journal);
	return journal_write(journal);
}

/**
 * moment_begin() - keep these routes from now on
 * @journal: the journal
 */
void moment_begin(struct journal *journal)
{
	struct json_object *steps = journal_steps(journal);
	size_t i, n = json_object_array_length(steps);
	char path[SYSCTL_PATH];

	for (i = 0; i < n; i++) {
		struct json_object *step = json_object_array_get_idx(steps, i);

		if (is_momentary(step) && path_now(step, path) &&
		    strstr(path, "/accept_ra"))
			sysctl_write(path, journal_word(step, "set"));
	}
}

struct forwarding {
	struct journal *journal;
	const char *set;
};

static void add_forwarding(const char *device, void *arg)
{
	struct forwarding *forwarding = arg;
	char path[SYSCTL_PATH];

	sysctl_path(path, FORWARDING, device);
	add_momentary(forwarding->journal, path, forwarding->set);
}

/**
 * moment_keep_forwarding() - write down which devices forward, before this is changed
 *	for all
 * @journal: the journal
 * @set: the value that they will all have
 *
 * Return: as moment_keep_routes().
 */
int moment_keep_forwarding(struct journal *journal, const char *set)
{
	struct forwarding forwarding = { journal, set };

	/* All of them, so that a device without a step is known to be new. */
	sysctl_each_device(add_forwarding, &forwarding);
	add_forwarding("default", &forwarding);
	return journal_write(journal);
}

/* The step of the forwarding of a device, or of "default" with the index "0" */
static struct json_object *find_forwarding(struct json_object *steps,
					   const char *ifindex)
{
	size_t i = json_object_array_length(steps);

	while (i--) {
		struct json_object *step = json_object_array_get_idx(steps, i);

		if (is_momentary(step) &&
		    !strcmp(journal_word(step, "ifindex"), ifindex) &&
		    strstr(journal_word(step, "path"), "/forwarding"))
			return step;
	}
	return NULL;
}

/* A device that has appeared in the moment gets what "default" was before. */
static void reset_late(const char *device, void *arg)
{
	struct json_object *steps = arg, *any = find_forwarding(steps, "0");
	char path[SYSCTL_PATH];

	sysctl_path(path, FORWARDING, device);
	if (any && !find_forwarding(steps, ifindex_of(path)) &&
	    sysctl_is(path, journal_word(any, "set")))
		sysctl_write(path, journal_word(any, "was"));
}

/* @step: the step, or NULL. Return: 0 or a negative errno. */
static int reset(struct json_object *step)
{
	const char *was = step ? journal_word(step, "was") : "";
	char path[SYSCTL_PATH];

	if (!step || !strcmp(was, journal_word(step, "set")))
		return 0;
	return is_ours(step, path) ? sysctl_write(path, was) : 0;
}

/**
 * moment_end() - restore what holds only for a moment, and strike it
 * @journal: the journal; the file is written at the next step
 *
 * Return: 0 or a negative errno, with which some of it remains.
 */
int moment_end(struct journal *journal)
{
	struct json_object *steps = journal_steps(journal);
	size_t i = json_object_array_length(steps);
	int err = reset(find_forwarding(steps, "0"));

	/* From here on, new devices start with the right value. */
	sysctl_each_device(reset_late, steps);
	while (i--) {
		struct json_object *step = json_object_array_get_idx(steps, i);
		int failed;

		if (!is_momentary(step))
			continue;
		failed = reset(step);
		if (!failed)
			json_object_array_del_idx(steps, i, 1);
		else if (!err)
			err = failed;
	}
	return err;
}

/* --- undo --- */

/* Even if it cannot be written down, all is undone. */
static int change_forwarding(struct journal *journal, const char *path,
			     const char *value)
{
	int err, failed;

	moment_keep_routes(journal);
	moment_begin(journal);
	if (!strcmp(path, CLAT_FORWARDING))
		moment_keep_forwarding(journal, value);
	err = sysctl_write(path, value);
	failed = moment_end(journal);
	return err ?: failed;
}

/**
 * setting_restore() - undo a step of setting_change()
 * @journal: the journal
 * @step: the step
 *
 * Return: 0, also if there is nothing to do, or a negative errno.
 */
int setting_restore(struct journal *journal, struct json_object *step)
{
	const char *was = journal_word(step, "was");
	char path[SYSCTL_PATH];

	if (!is_ours(step, path))
		return 0;
	return strstr(path, "ipv6") && strstr(path, "/forwarding") ?
	       change_forwarding(journal, path, was) : sysctl_write(path, was);
}
