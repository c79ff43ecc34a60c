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

#define FORWARDING "net/ipv6/conf/%s/forwarding"
#define ACCEPT_RA "net/ipv6/conf/%s/accept_ra"

/**
 * struct forward - forwarding that is being enabled
 * @journal: what is changed
 * @uplink: the uplink
 * @moments: settings that are to be restored as soon as it is enabled
 * @err: something has failed; args_why() says what
 */
struct forward {
	struct journal *journal;
	const char *uplink;
	struct json_object *moments;
	int err;
};

static void for_a_moment(struct forward *forward, const char *path)
{
	json_object_array_add(forward->moments, json_object_new_string(path));
}

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
		for_a_moment(forward, path);
}

/* A device that does not forward is to be a host again. */
static void spare(const char *device, void *arg)
{
	struct forward *forward = arg;
	char path[SYSCTL_PATH];

	sysctl_path(path, FORWARDING, device);
	if (forward->err || !strcmp(device, forward->uplink) ||
	    !sysctl_is(path, "0"))
		return;
	forward->err = journal_setting(forward->journal, path, "0", "1");
	for_a_moment(forward, path);
}

/* All but the uplink are what they were as soon as "all" is on. */
static int enable_all(struct forward *forward)
{
	sysctl_each_device(spare, forward);
	spare("default", forward);
	return forward->err ?: journal_set(forward->journal, CLAT_FORWARDING, "1");
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
	struct json_object *one;
	char path[SYSCTL_PATH];
	size_t i;

	sysctl_path(path, FORWARDING, uplink);
	if (sysctl_is(CLAT_FORWARDING, "1") && sysctl_is(path, "1"))
		return 0;
	forward.moments = json_object_new_array();
	sysctl_each_device(guard, &forward);
	/* Before "all", which would change it, too, but would not be undone for it. */
	if (!forward.err)
		forward.err = journal_set(journal, path, "1");
	if (!forward.err && !sysctl_is(CLAT_FORWARDING, "1"))
		forward.err = enable_all(&forward);
	i = json_object_array_length(forward.moments);
	while (i--) {
		one = json_object_array_get_idx(forward.moments, i);
		journal_revert(journal, json_object_get_string(one));
	}
	json_object_put(forward.moments);
	return forward.err;
}
