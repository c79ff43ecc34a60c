// SPDX-License-Identifier: GPL-2.0
/*
 * choose.c - decide whether a CLAT is possible, and from what it is made
 *
 * Only the address that it had is remembered. All else depends on what the kernel says
 * now, so the order of events makes no difference.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "clat/clat.h"
#include "pref64/pref64.h"

#define ADDRESSES 64

/**
 * clat_fail() - store why the CLAT is not up
 * @clat: the CLAT
 * @err: a negative errno
 * @fmt: format of the reason
 *
 * Return: @err.
 */
int clat_fail(struct clat *clat, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(clat->why, sizeof(clat->why), fmt, ap);
	va_end(ap);
	return err;
}

/**
 * clat_state_name() - a state in words
 * @state: the state
 *
 * Return: its name.
 */
const char *clat_state_name(enum clat_state state)
{
	static const char *const names[] = {
		[CLAT_DOWN] = "down",
		[CLAT_WAITING] = "waiting",
		[CLAT_NATIVE] = "native",
		[CLAT_UP] = "up",
	};

	return names[state];
}

/*
 * Return: the name of a device with an IPv4 default route, or NULL. That of a VPN does
 * not count: the packets of the VPN itself may need the CLAT.
 */
static const char *native(struct clat *clat)
{
	static struct rt_link link;
	struct rt_defaults4 defaults;
	size_t i;

	if (rt_defaults4(&clat->rt, &defaults))
		return NULL;
	for (i = 0; i < defaults.n; i++)
		if (defaults.ifindex[i] != clat->ifindex &&
		    !rt_link(&clat->rt, NULL, defaults.ifindex[i], &link) &&
		    !link.tunnel)
			return link.name;
	return NULL;
}

static unsigned int mtu_of(const struct rt_link *link, const struct rt_way *way)
{
	char path[SYSCTL_PATH], value[JOURNAL_VALUE];
	unsigned int mtu = link->mtu, other;

	/* A router advertisement may have made it smaller. */
	sysctl_path(path, "net/ipv6/conf/%s/mtu", link->name);
	other = sysctl_read(path, value) ? strtoul(value, NULL, 10) : 0;
	if (other && other < mtu)
		mtu = other;
	if (way->mtu && way->mtu < mtu)
		mtu = way->mtu;
	return mtu;
}

static bool in_network(const struct prefix6 *network,
		       const struct rt_addr6 *addr)
{
	struct prefix6 other;

	return clat_network(&addr->addr, addr->len, &other) &&
	       other.len == network->len &&
	       !memcmp(&other.addr, &network->addr, sizeof(other.addr));
}

/* The network of the address that the kernel would choose, or of another */
static bool find_network(struct prefix6 *network, const struct in6_addr *source,
			 const struct rt_addr6 *addrs, int n)
{
	bool found = false;
	int i;

	for (i = 0; i < n; i++) {
		bool chosen = !memcmp(&addrs[i].addr, source, sizeof(*source));
		struct prefix6 one;

		if (!addrs[i].preferred || (found && !chosen) ||
		    !clat_network(&addrs[i].addr, addrs[i].len, &one))
			continue;
		*network = one;
		found = true;
	}
	return found;
}

/**
 * clat_random() - take a random address of the network of a plan
 * @plan: the plan
 *
 * Return: 0 or a negative errno.
 */
int clat_random(struct clat_plan *plan)
{
	__u8 bits[16];

	do {
		if (getrandom(bits, sizeof(bits), 0) != sizeof(bits))
			return -errno;
		clat_address(&plan->network, bits, &plan->addr6);
	} while (clat_reserved(&plan->addr6));
	return 0;
}

/* As long as its network is there, so that the sessions of the PLAT live on */
static bool keep_address(const struct clat *clat, struct clat_plan *plan,
			 const struct rt_addr6 *addrs, int n, bool deprecated)
{
	int i;

	if (!clat->planned ||
	    clat->plan.uplink.ifindex != plan->uplink.ifindex)
		return false;
	for (i = 0; i < n; i++) {
		if (deprecated ? !addrs[i].usable : !addrs[i].preferred)
			continue;
		if (in_network(&clat->plan.network, &addrs[i])) {
			plan->network = clat->plan.network;
			plan->addr6 = clat->plan.addr6;
			return true;
		}
	}
	return false;
}

/* What represents 192.0.0.1 in the prefix that is routed to this machine */
static struct in6_addr routed_address(const struct clat *clat)
{
	const struct prefix4 own4 = { { htonl(CLAT_ADDRESS4) }, 32 };
	struct prefix6 own6;

	clat_embed(&clat->wish.own, &own4, &own6);
	return own6.addr;
}

static enum clat_state choose_address(struct clat *clat, struct clat_plan *plan,
				      const struct in6_addr *source)
{
	struct rt_addr6 addrs[ADDRESSES];
	int n;

	if (clat->wish.routed) {
		plan->network = clat->wish.own;
		plan->addr6 = routed_address(clat);
		return CLAT_UP;
	}
	n = rt_addrs6(&clat->rt, plan->uplink.ifindex, addrs, ADDRESSES);
	if (n < 0)
		return clat_fail(clat, CLAT_WAITING,
				 "cannot list the addresses of %s: %s",
				 plan->uplink.name, strerror(-n));
	if (keep_address(clat, plan, addrs, n, false))
		return CLAT_UP;
	if (!find_network(&plan->network, source, addrs, n)) {
		/* A deprecated network is better than none. */
		if (keep_address(clat, plan, addrs, n, true))
			return CLAT_UP;
		return clat_fail(clat, CLAT_WAITING,
				 "%s has no global IPv6 address of a network in which a second one can be taken: wait for a router advertisement, or name a prefix that is routed to this machine with --prefix",
				 plan->uplink.name);
	}
	if (clat_random(plan))
		return clat_fail(clat, CLAT_WAITING,
				 "the kernel has no random numbers yet");
	return CLAT_UP;
}

static const char *prefix_text(const struct prefix6 *prefix)
{
	static char text[PREFIX_TEXT];

	return pref64_text(text, sizeof(text), prefix);
}

/*
 * Some routes are only for certain sources, such as those of OpenWrt (RFC 8043) and
 * those that rules lead to: the kernel finds them only for a source.
 */
static int find_way(struct clat *clat, const struct in6_addr *plat,
		    unsigned int oif, struct rt_way *way)
{
	int err = rt_way(&clat->rt, plat, NULL, 0, oif, way), n, i;
	struct rt_addr6 addrs[ADDRESSES];
	struct in6_addr own;

	if (!err)
		return 0;
	if (clat->wish.routed) {
		own = routed_address(clat);
		return rt_way(&clat->rt, plat, &own, 0, oif, way);
	}
	n = rt_addrs6(&clat->rt, oif, addrs, ADDRESSES);
	for (i = 0; i < n && err; i++)
		if (addrs[i].preferred)
			err = rt_way(&clat->rt, plat, &addrs[i].addr, 0, oif,
				     way);
	return err;
}

/*
 * Return: false if the prefix contains an address of this machine. That of a PLAT never
 * does; with one that did, a router could turn IPv6 packets from that address into IPv4.
 * A prefix that the administrator gives is not checked, or a router could end the CLAT
 * by advertising a network inside it.
 */
static bool is_foreign(struct clat *clat, const struct prefix6 *pref64)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr own;

	if (clat->wish.fixed || !rt_has_addr6(&clat->rt, pref64, &own))
		return true;
	inet_ntop(AF_INET6, &own, text, sizeof(text));
	clat_fail(clat, 0,
		  "%s cannot be the prefix of a PLAT: it has an address of this machine, %s",
		  prefix_text(pref64), text);
	return false;
}

/* Try the prefix of @plan; @oif: the only device that may lead to the PLAT, or 0 */
static enum clat_state choose_with(struct clat *clat, struct clat_plan *plan,
				   unsigned int oif)
{
	struct in6_addr plat;
	struct rt_way way;
	int err;

	if (!is_foreign(clat, &plan->pref64))
		return CLAT_WAITING;
	pref64_embed(&plan->pref64, CLAT_WKA, &plat);
	err = find_way(clat, &plat, oif, &way);
	if (!err)
		err = rt_link(&clat->rt, NULL, way.ifindex, &plan->uplink);
	if (err)
		return clat_fail(clat, CLAT_WAITING,
				 "there is no IPv6 route to the PLAT, %s%s%s: %s (see 'ip -6 route')",
				 prefix_text(&plan->pref64),
				 clat->wish.uplink ? " by " : "",
				 clat->wish.uplink ?: "", strerror(-err));
	if (oif && oif != way.ifindex)
		return clat_fail(clat, CLAT_WAITING,
				 "the IPv6 route to the PLAT, %s, is by %s, not by the device that it is announced on or that is named by --uplink",
				 prefix_text(&plan->pref64), plan->uplink.name);
	if (!plan->uplink.up)
		return clat_fail(clat, CLAT_WAITING,
				 "%s, the device of the route to the PLAT, is down: set it up, or plug it in",
				 plan->uplink.name);
	plan->mtu6 = mtu_of(&plan->uplink, &way);
	return choose_address(clat, plan, &way.source);
}

/* Return: 0, or -ENODEV with the reason in @clat; @oif is 0 for any device. */
static int uplink_index(struct clat *clat, unsigned int *oif)
{
	struct rt_link link;

	*oif = 0;
	if (!clat->wish.uplink)
		return 0;
	if (rt_link(&clat->rt, clat->wish.uplink, 0, &link))
		return clat_fail(clat, -ENODEV,
				 "there is no network device '%s' for the uplink: 'ip link' lists those that exist",
				 clat->wish.uplink);
	*oif = link.ifindex;
	return 0;
}

/* Try all prefixes that @source has found, until one is usable. */
static enum clat_state choose_by(struct clat *clat,
				 const struct found_table *table,
				 enum found_source source,
				 struct clat_plan *plan, unsigned int oif)
{
	enum clat_state state = CLAT_WAITING;
	bool ra = source == FOUND_RA;
	size_t i;

	for (i = 0; i < table->n && state != CLAT_UP; i++) {
		const struct found *found = &table->entry[i];

		if (found->source != source)
			continue;
		plan->pref64 = found->prefix;
		plan->source = ra ? "ra" : "dns";
		memcpy(plan->from, found->from, sizeof(plan->from));
		state = choose_with(clat, plan, ra ? found->ifindex : oif);
	}
	return state;
}

/*
 * Router advertisements come first (RFC 8781 s5.1), unless they came on a device that
 * does not lead to the PLAT, such as that of a LAN.
 */
static enum clat_state choose_found(struct clat *clat,
				    const struct found_table *table,
				    struct clat_plan *plan, unsigned int oif)
{
	clat_fail(clat, 0,
		  "no NAT64 prefix of the network is known: 'nat64ctl pref64' says why; --pref64 names one");
	if (choose_by(clat, table, FOUND_RA, plan, oif) == CLAT_UP)
		return CLAT_UP;
	return choose_by(clat, table, FOUND_DNS, plan, oif);
}

/**
 * clat_choose() - decide whether a CLAT is needed and possible
 * @clat: the CLAT
 * @table: the prefixes of PLATs that have been found and are in force
 * @plan: where to store what it is made from
 *
 * Return: CLAT_UP with @plan, or CLAT_NATIVE or CLAT_WAITING with the reason in
 * @clat.
 */
enum clat_state clat_choose(struct clat *clat, const struct found_table *table,
			    struct clat_plan *plan)
{
	const char *device = native(clat);
	unsigned int oif;

	memset(plan, 0, sizeof(*plan));
	if (device)
		return clat_fail(clat, CLAT_NATIVE,
				 "this machine has native IPv4: a default route by %s (see 'ip -4 route')",
				 device);
	if (uplink_index(clat, &oif))
		return CLAT_WAITING;
	if (!clat->wish.fixed)
		return choose_found(clat, table, plan, oif);
	plan->pref64 = clat->wish.pref64;
	plan->source = "given";
	return choose_with(clat, plan, oif);
}

/**
 * clat_same() - check whether two plans make the same CLAT, apart from its MTU
 * @a: a plan
 * @b: another
 *
 * Return: true if they do.
 */
bool clat_same(const struct clat_plan *a, const struct clat_plan *b)
{
	return a->uplink.ifindex == b->uplink.ifindex &&
	       a->pref64.len == b->pref64.len &&
	       !memcmp(&a->pref64.addr, &b->pref64.addr,
		       sizeof(a->pref64.addr)) &&
	       !memcmp(&a->addr6, &b->addr6, sizeof(a->addr6));
}
