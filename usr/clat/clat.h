/* SPDX-License-Identifier: GPL-2.0 */
/* clat.h - a CLAT (RFC 6877): whether it can be, what it is, and how it is made */
#ifndef NAT64CTL_CLAT_H
#define NAT64CTL_CLAT_H

#include "clat/journal.h"
#include "clat/plan.h"
#include "clat/rt.h"
#include "nl/nl.h"
#include "pref64/found.h"

#define CLAT_WHY 512

/**
 * enum clat_state - what a CLAT is doing
 * @CLAT_DOWN: nothing
 * @CLAT_WAITING: something is missing that it needs
 * @CLAT_NATIVE: nothing, since there is native IPv4
 * @CLAT_UP: it translates
 */
enum clat_state {
	CLAT_DOWN,
	CLAT_WAITING,
	CLAT_NATIVE,
	CLAT_UP,
};

/**
 * struct clat_wish - what the command line asks for
 * @uplink: the device towards the PLAT, or NULL: the one that routing says
 * @fixed: the prefix of the PLAT is given
 * @pref64: that prefix
 * @routed: a prefix is routed to this machine for the CLAT
 * @own: that prefix
 * @lans: the IPv4 prefixes behind the CLAT
 */
struct clat_wish {
	const char *uplink;
	bool fixed;
	struct prefix6 pref64;
	bool routed;
	struct prefix6 own;
	struct clat_lans lans;
};

/**
 * struct clat_plan - all that a CLAT depends on
 * @pref64: the prefix of the PLAT
 * @source: where it is from: "given", "ra" or "dns"
 * @from: the router or resolver that has said so, or ""
 * @uplink: the device towards the PLAT
 * @network: the network of the CLAT's IPv6 address
 * @addr6: that address
 * @mtu6: the MTU of the uplink
 */
struct clat_plan {
	struct prefix6 pref64;
	const char *source;
	char from[FOUND_FROM];
	struct rt_link uplink;
	struct prefix6 network;
	struct in6_addr addr6;
	unsigned int mtu6;
};

/**
 * struct clat - a CLAT
 * @wish: what is asked for
 * @state: what it is doing
 * @plan: what it was made from, the last time that it was
 * @planned: there is such a plan
 * @ifindex: its device, if it is up
 * @journal: what it has changed
 * @rt: rtnetlink
 * @nl: the module
 * @signals: signals to be blocked while it waits, or NULL
 * @process: the process that follows changes, or 0
 * @why: why it is not up, in words
 */
struct clat {
	struct clat_wish wish;
	enum clat_state state;
	struct clat_plan plan;
	bool planned;
	unsigned int ifindex;
	struct journal journal;
	struct rt rt;
	struct nl64 *nl;
	const sigset_t *signals;
	pid_t process;
	char why[CLAT_WHY];
};

__printf(3, 4) int clat_fail(struct clat *clat, int err, const char *fmt, ...);
const char *clat_state_name(enum clat_state state);

enum clat_state clat_choose(struct clat *clat, const struct found_table *table,
			    struct clat_plan *plan);
int clat_random(struct clat_plan *plan);
bool clat_same(const struct clat_plan *a, const struct clat_plan *b);
int clat_begin(struct clat *clat);
int clat_make(struct clat *clat, const struct clat_plan *plan);
int clat_resize(struct clat *clat, const struct clat_plan *plan);
int clat_undo(struct clat *clat);
int clat_note(struct clat *clat);

/* intact.c */
bool clat_has_route6(struct clat *clat, const struct clat_plan *plan);
bool clat_intact(struct clat *clat, bool rules);

int clat_forward6(struct journal *journal, const char *uplink);

#endif /* NAT64CTL_CLAT_H */
