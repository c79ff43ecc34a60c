// SPDX-License-Identifier: GPL-2.0
/* intact.c - whether a CLAT is still as it was made */
#include <errno.h>

#include "clat/clat.h"
#include "pref64/pref64.h"

static bool has_device(struct clat *clat)
{
	struct rt_link link;

	return !rt_link(&clat->rt, CLAT_DEVICE, 0, &link) &&
	       link.ifindex == clat->ifindex && link.enabled;
}

/**
 * clat_has_route6() - check whether packets from the PLAT reach the CLAT
 * @clat: the CLAT
 * @plan: what it is made from
 *
 * Rules can lead them elsewhere; and that a route is removed may be among the
 * notifications that are lost in a flood.
 *
 * Return: false if they do not, or if that cannot be found out.
 */
bool clat_has_route6(struct clat *clat, const struct clat_plan *plan)
{
	struct in6_addr plat;
	struct rt_way way;

	pref64_embed(&plan->pref64, CLAT_WKA, &plat);
	return !rt_way(&clat->rt, &plan->addr6, &plat, plan->uplink.ifindex, 0,
		       &way) && way.ifindex == clat->ifindex;
}

static bool has_route4(struct clat *clat)
{
	struct rt_defaults4 defaults;
	size_t i;

	if (rt_defaults4(&clat->rt, &defaults))
		return false;
	for (i = 0; i < defaults.n; i++)
		if (defaults.ifindex[i] == clat->ifindex)
			return true;
	return defaults.n == RT_DEFAULTS;
}

static bool has_proxy(struct clat *clat)
{
	return clat->wish.routed ||
	       rt_has_proxy(&clat->rt, clat->plan.uplink.ifindex,
			    &clat->plan.addr6);
}

static bool has_settings(const struct clat *clat)
{
	const char *uplink = clat->plan.uplink.name;
	char forwards[SYSCTL_PATH], proxies[SYSCTL_PATH];

	sysctl_path(forwards, "net/ipv6/conf/%s/forwarding", uplink);
	sysctl_path(proxies, "net/ipv6/conf/%s/proxy_ndp", uplink);
	return sysctl_is("net/ipv6/conf/all/forwarding", "1") &&
	       sysctl_is(forwards, "1") &&
	       (clat->wish.routed || sysctl_is(proxies, "1"));
}

/* 'nft flush ruleset', by which many load their own rules, deletes ours. */
static bool has_rules(const struct clat *clat)
{
	/* What cannot be found out has not changed. */
	return !clat->wish.lans.n || clat->wish.routed ||
	       nft_run("list table ip " CLAT_TABLE "\n") != -EINVAL;
}

/**
 * clat_intact() - check the device, routes, settings, proxy neighbour and rules
 * @clat: the CLAT, which is up
 * @rules: check the nftables rules, too, which starts the program nft
 *
 * Return: false if another program has changed one of them, or if that cannot be
 * found out (@clat->rt.unsure).
 */
bool clat_intact(struct clat *clat, bool rules)
{
	return has_device(clat) && has_route4(clat) &&
	       clat_has_route6(clat, &clat->plan) && has_settings(clat) &&
	       has_proxy(clat) && (!rules || has_rules(clat));
}
