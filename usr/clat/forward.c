// SPDX-License-Identifier: GPL-2.0
/*
 * forward.c - IPv6 forwarding between the uplink and a CLAT, on a host
 *
 * The kernel forwards IPv6 if conf/all/forwarding is on. To turn that on makes every
 * device a router, which ignores router advertisements unless accept_ra is 2. So that
 * is undone at once for all devices but the uplink: they stay hosts, and so do those
 * that come later. The uplink stays a router, one that accepts advertisements: only a
 * router answers neighbour solicitations for the CLAT's address.
 */
#include "clat/clat.h"

#define FORWARDING "net/ipv6/conf/%s/forwarding"
#define ACCEPT_RA "net/ipv6/conf/%s/accept_ra"

/* The uplink goes on to accept advertisements if it does now. */
static int keep_accepting(struct journal *journal, const char *uplink)
{
	char accepts[SYSCTL_PATH], forwards[SYSCTL_PATH];

	sysctl_path(accepts, ACCEPT_RA, uplink);
	sysctl_path(forwards, FORWARDING, uplink);
	return sysctl_is(accepts, "1") && sysctl_is(forwards, "0") ?
	       setting_change(journal, accepts, "2") : 0;
}

static int turn_on(struct journal *journal, const char *forwards, bool all)
{
	int err;

	/* Before "all", which would change it, too, but would not be undone for it. */
	err = setting_change(journal, forwards, "1");
	if (!err && all)
		err = moment_keep_forwarding(journal, "1");
	if (!err && all)
		err = setting_change(journal, CLAT_FORWARDING, "1");
	return err;
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
	bool all = !sysctl_is(CLAT_FORWARDING, "1");
	char forwards[SYSCTL_PATH];
	int err, failed;

	sysctl_path(forwards, FORWARDING, uplink);
	if (!all && sysctl_is(forwards, "1"))
		return 0;
	err = keep_accepting(journal, uplink);
	if (!err)
		err = moment_keep_routes(journal);
	if (!err) {
		moment_begin(journal);
		err = turn_on(journal, forwards, all);
	}
	failed = moment_end(journal);
	if (failed && !err)
		err = args_fail(NULL, "cannot restore settings of devices: %s",
				strerror(-failed));
	return err;
}
