// SPDX-License-Identifier: GPL-2.0
/*
 * forward.c - IPv6 forwarding between the uplink and a CLAT, on a host
 *
 * The kernel forwards IPv6 if conf/all/forwarding is on, which makes a router of
 * all devices: they ignore router advertisements, unless accept_ra is 2, and lose
 * at once the routes and addresses that they have from them. So accept_ra is 2
 * everywhere while it is turned on. Then all devices but the uplink are hosts
 * again: they behave as before, and so will those that come later. The uplink
 * stays a router that accepts advertisements, for only a router answers
 * neighbour solicitations for the CLAT's address.
 */
#include <stdio.h>
#include <string.h>

#include "clat/clat.h"

#define ALL "net/ipv6/conf/all/forwarding"
#define DEFAULT "net/ipv6/conf/default/forwarding"
#define FORWARDING "net/ipv6/conf/%s/forwarding"
#define ACCEPT_RA "net/ipv6/conf/%s/accept_ra"

/**
 * struct forward - forwarding that is being enabled
 * @journal: what is changed
 * @uplink: the uplink
 * @hosts: devices that did not forward, to be hosts again
 * @guarded: settings that were 1 and are 2 for a moment
 * @err: something has failed; args_why() says what
 */
struct forward {
	struct journal *journal;
	const char *uplink;
	struct json_object *hosts;
	struct json_object *guarded;
	int err;
};

/* On the uplink advertisements go on to be accepted, if they were. */
static void guard(const char *device, void *arg)
{
	char path[SYSCTL_PATH], forwards[SYSCTL_PATH];
	struct forward *forward = arg;
	bool keep;

	sysctl_path(path, ACCEPT_RA, device);
	sysctl_path(forwards, FORWARDING, device);
	if (forward->err || !sysctl_is(path, "1"))
		return;
	keep = !strcmp(device, forward->uplink) && sysctl_is(forwards, "0");
	forward->err = journal_set(forward->journal, path, "2");
	if (!keep)
		json_object_array_add(forward->guarded,
				      json_object_new_string(path));
}

/* A device that forwards, though "all" is off, is to do so when that is undone. */
static void remember(const char *device, void *arg)
{
	struct forward *forward = arg;
	char path[SYSCTL_PATH];

	sysctl_path(path, FORWARDING, device);
	if (forward->err)
		return;
	if (sysctl_is(path, "1"))
		forward->err = journal_setting(forward->journal, path, "1", "0");
	else if (strcmp(device, forward->uplink))
		json_object_array_add(forward->hosts,
				      json_object_new_string(path));
}

static const char *path_at(struct json_object *paths, size_t i)
{
	return json_object_get_string(json_object_array_get_idx(paths, i));
}

static int enable_all(struct forward *forward)
{
	char later[JOURNAL_VALUE];
	size_t i;

	sysctl_each_device(remember, forward);
	if (!forward->err && sysctl_read(DEFAULT, later) &&
	    strcmp(later, "0"))
		forward->err = journal_setting(forward->journal, DEFAULT, later,
					       "0");
	if (!forward->err)
		forward->err = journal_set(forward->journal, ALL, "1");
	if (forward->err)
		return forward->err;
	sysctl_write(DEFAULT, later);
	/* A device may have gone. */
	for (i = 0; i < json_object_array_length(forward->hosts); i++)
		sysctl_write(path_at(forward->hosts, i), "0");
	return 0;
}

/**
 * clat_forward6() - enable forwarding between the uplink and a CLAT
 * @journal: what is changed
 * @uplink: the uplink
 *
 * Return: 0, or -EINVAL with the reason in args_why().
 */
int clat_forward6(struct journal *journal, const char *uplink)
{
	struct forward forward = { .journal = journal, .uplink = uplink };
	char path[SYSCTL_PATH];
	size_t i;

	sysctl_path(path, FORWARDING, uplink);
	if (sysctl_is(ALL, "1") && sysctl_is(path, "1"))
		return 0;
	forward.hosts = json_object_new_array();
	forward.guarded = json_object_new_array();
	sysctl_each_device(guard, &forward);
	if (!forward.err && !sysctl_is(ALL, "1"))
		enable_all(&forward);
	if (!forward.err)
		forward.err = journal_set(journal, path, "1");
	for (i = 0; i < json_object_array_length(forward.guarded); i++)
		journal_reset(journal, path_at(forward.guarded, i));
	json_object_put(forward.guarded);
	json_object_put(forward.hosts);
	return forward.err;
}
