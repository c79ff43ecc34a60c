// SPDX-License-Identifier: GPL-2.0
/*
 * make.c - a CLAT is made, and undone
 *
 * The route of IPv4 comes last: no packet finds a CLAT that is half made.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clat/clat.h"
#include "cli/out.h"
#include "nl/entry.h"
#include "nl/instances.h"
#include "nl/refusal.h"
#include "pref64/pref64.h"

/* A random address that another host has is next to impossible once. */
#define DAD_TIMES 3

static const char *number(unsigned int n)
{
	static char text[16];

	snprintf(text, sizeof(text), "%u", n);
	return text;
}

/* What args_why() says becomes the reason. */
static int failed(struct clat *clat)
{
	return clat_fail(clat, -EINVAL, "%s", args_why());
}

/* --- an address of the uplink's network --- */

static int check_unique(struct clat *clat, const struct clat_plan *plan)
{
	unsigned int ifindex = plan->uplink.ifindex;
	int sock = rt_dad_open(), err;

	if (sock < 0)
		return sock;
	err = rt_addr6(&clat->rt, true, ifindex, &plan->addr6);
	if (!err)
		err = rt_dad_wait(sock, ifindex, &plan->addr6, clat->signals);
	close(sock);
	return err;
}

static bool is_taken(int err)
{
	return err == -EADDRINUSE || err == -EEXIST;
}

/* The address is the kernel's while it makes sure that it is unique. */
static int claim(struct clat *clat, struct clat_plan *plan)
{
	char text[INET6_ADDRSTRLEN];
	int err = -EADDRINUSE, i;

	for (i = 0; i < DAD_TIMES && is_taken(err); i++) {
		if (i && clat_random(plan))
			break;
		inet_ntop(AF_INET6, &plan->addr6, text, sizeof(text));
		if (journal_step(&clat->journal, "address", "ifindex",
				 number(plan->uplink.ifindex), "address", text,
				 NULL))
			return failed(clat);
		err = check_unique(clat, plan);
		if (err == -EADDRINUSE)
			rt_addr6(&clat->rt, false, plan->uplink.ifindex,
				 &plan->addr6);
		/* The kernel has it already: it is not ours to delete. */
		if (err == -EEXIST && journal_forget(&clat->journal))
			return failed(clat);
	}
	if (is_taken(err))
		return clat_fail(clat, err,
				 "other hosts on %s have claimed each of %d random addresses: look for one that answers to all",
				 plan->uplink.name, DAD_TIMES);
	if (err)
		return clat_fail(clat, err,
				 "cannot make sure that %s is unique on %s: %s",
				 text, plan->uplink.name, strerror(-err));
	return 0;
}

/* From now on packets to the address are forwarded, not the kernel's own. */
static int answer_for(struct clat *clat, const struct clat_plan *plan)
{
	const char *uplink = plan->uplink.name;
	char path[SYSCTL_PATH], text[INET6_ADDRSTRLEN];
	int err;

	sysctl_path(path, "net/ipv6/neigh/%s/proxy_delay", uplink);
	if (setting_change(&clat->journal, path, "0"))
		return failed(clat);
	sysctl_path(path, "net/ipv6/conf/%s/proxy_ndp", uplink);
	if (setting_change(&clat->journal, path, "1"))
		return failed(clat);
	inet_ntop(AF_INET6, &plan->addr6, text, sizeof(text));
	if (journal_step(&clat->journal, "proxy", "ifindex",
			 number(plan->uplink.ifindex), "address", text, NULL))
		return failed(clat);
	err = rt_proxy(&clat->rt, true, plan->uplink.ifindex, &plan->addr6);
	if (!err)
		err = rt_addr6(&clat->rt, false, plan->uplink.ifindex,
			       &plan->addr6);
	return err ? clat_fail(clat, err,
			       "cannot answer neighbour solicitations for %s on %s: %s",
			       text, uplink, strerror(-err)) : 0;
}

/* --- the translator --- */

static int ask(struct clat *clat, struct nl_msg *msg)
{
	int err = msg ? nl64_do(clat->nl, msg, NULL) :
			nl64_no_memory(clat->nl);

	if (err && msg)
		refusal_explain(clat->nl, CLAT_INSTANCE, msg);
	nlmsg_free(msg);
	return err ? clat_fail(clat, err, "%s", clat->nl->text) : 0;
}

static int check_free(struct clat *clat)
{
	struct instances all = { .wanted = CLAT_INSTANCE };
	struct rt_link link;
	int err;

	err = nl64_reopen(clat->nl);
	if (!err)
		err = instances_read(&all, clat->nl);
	if (err)
		return clat_fail(clat, err, "%s", clat->nl->text);
	if (all.found)
		return clat_fail(clat, -EEXIST,
				 "there is an instance '%s' that 'nat64ctl clat' has not made: 'nat64ctl instance del %s' deletes it",
				 CLAT_INSTANCE, CLAT_INSTANCE);
	if (!rt_link(&clat->rt, CLAT_DEVICE, 0, &link))
		return clat_fail(clat, -EEXIST,
				 "there is a network device '%s' that 'nat64ctl clat' has not made: rename or delete it",
				 CLAT_DEVICE);
	return 0;
}

static int map(struct clat *clat, const struct prefix6 *prefix6,
	       const struct prefix4 *prefix4)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_EAM_ADD, CLAT_INSTANCE);

	if (msg)
		eam_put(msg, prefix6, prefix4);
	return ask(clat, msg);
}

static int make_instance(struct clat *clat, const struct clat_plan *plan)
{
	const struct prefix4 own4 = { { htonl(CLAT_ADDRESS4) }, 32 };
	const struct prefix6 own6 = { plan->addr6, 128 };
	struct nl_msg *msg;
	int err;

	if (journal_step(&clat->journal, "instance", "name", CLAT_INSTANCE,
			 NULL))
		return failed(clat);
	msg = nl64_request(NAT64_CMD_INSTANCE_ADD, CLAT_INSTANCE);
	if (msg) {
		nla_put_u8(msg, NAT64_A_TYPE, NAT64_TYPE_SIIT);
		nla_put_string(msg, NAT64_A_DEVICE, CLAT_DEVICE);
		pool6_put(msg, &plan->pref64);
	}
	err = ask(clat, msg);
	/* Another program has just made it: it is not ours to delete. */
	if (err == -EEXIST && journal_forget(&clat->journal))
		return failed(clat);
	return err ? err : map(clat, &own6, &own4);
}

/* --- its device --- */

static int add_route6(struct clat *clat, const struct prefix6 *prefix)
{
	const struct rt_route route = {
		.family = AF_INET6,
		.dst = prefix->addr,
		.len = prefix->len,
		.ifindex = clat->ifindex,
	};
	int err = rt_add_route(&clat->rt, &route);
	char text[PREFIX_TEXT];

	if (err == -EEXIST)
		return clat_fail(clat, err,
				 "another route to %s exists already: delete it",
				 text_prefix6(text, prefix));
	return err ? clat_fail(clat, err,
			       "cannot route %s to " CLAT_DEVICE ": %s",
			       text_prefix6(text, prefix), strerror(-err)) : 0;
}

/*
 * Of a prefix that is routed to this machine, what the CLAT does not translate is not
 * sent back to where it came from (RFC 7084 WPD-5).
 */
static int refuse_rest(struct clat *clat)
{
	const struct prefix6 *own = &clat->wish.own;
	const struct rt_route route = {
		.family = AF_INET6,
		.dst = own->addr,
		.len = own->len,
		.metric = CLAT_METRIC,
		.unreachable = true,
	};
	char text[PREFIX_TEXT];
	int err;

	if (journal_step(&clat->journal, "unreachable", "prefix",
			 text_prefix6(text, own), NULL))
		return failed(clat);
	err = rt_add_route(&clat->rt, &route);
	/* The route exists already: keep it, also at the end. */
	if (err == -EEXIST)
		return journal_forget(&clat->journal) ? failed(clat) : 0;
	return err ? clat_fail(clat, err, "cannot make the rest of %s unreachable: %s",
			       text, strerror(-err)) : 0;
}

static struct rt_route route4(const struct clat *clat,
			      const struct clat_plan *plan)
{
	return (struct rt_route){
		.family = AF_INET,
		.ifindex = clat->ifindex,
		.metric = CLAT_METRIC,
		.mtu = clat_mtu4(plan->mtu6),
		.source = CLAT_ADDRESS4,
	};
}

static int add_route4(struct clat *clat, const struct clat_plan *plan)
{
	const struct rt_route route = route4(clat, plan);
	int err = rt_add_route(&clat->rt, &route);

	if (err == -EEXIST)
		return clat_fail(clat, err,
				 "another IPv4 default route has the metric %u: change its metric, or delete it",
				 CLAT_METRIC);
	return err ? clat_fail(clat, err,
			       "cannot route IPv4 to " CLAT_DEVICE ": %s",
			       strerror(-err)) : 0;
}

/* All that fits into the uplink fits into the device, too. */
static unsigned int mtu_of(const struct clat_plan *plan)
{
	return clat_mtu4(plan->mtu6) + CLAT_LONGER;
}

static int set_up_device(struct clat *clat, const struct clat_plan *plan)
{
	const struct prefix6 own6 = { plan->addr6, 128 };
	struct rt_link link;
	int err;

	err = rt_link(&clat->rt, CLAT_DEVICE, 0, &link);
	if (!err)
		err = rt_link_up(&clat->rt, link.ifindex, mtu_of(plan));
	if (!err)
		err = rt_addr4(&clat->rt, link.ifindex, CLAT_ADDRESS4);
	if (err)
		return clat_fail(clat, err,
				 "cannot set the device " CLAT_DEVICE " up: %s",
				 strerror(-err));
	clat->ifindex = link.ifindex;
	return add_route6(clat, &own6);
}

/* --- a LAN --- */

static int cannot_find(struct clat *clat, const struct prefix4 *prefix, int err)
{
	char text[PREFIX_TEXT];

	return clat_fail(clat, err, "cannot find the device of %s: %s",
			 text_prefix4(text, prefix), strerror(-err));
}

/*
 * Several devices can have an address in the LAN's prefix, such as a bridge and a
 * VRRP macvlan on it.
 */
static int find_lan(struct clat *clat, struct rt_lan *lan)
{
	char text[PREFIX_TEXT];
	int err = rt_lan(&clat->rt, lan);

	if (err)
		return cannot_find(clat, lan->prefix, err);
	return lan->n ? 0 :
	       clat_fail(clat, -ENODEV,
			 "no device has an address in %s: give the device of the LAN one",
			 text_prefix4(text, lan->prefix));
}

static int forward_lan(struct clat *clat, const struct prefix4 *prefix)
{
	struct rt_lan lan = { .prefix = prefix };
	int err = find_lan(clat, &lan);
	char path[SYSCTL_PATH];
	struct rt_link link;
	size_t i;

	for (i = 0; i < lan.n && !err; i++) {
		err = rt_link(&clat->rt, NULL, lan.ifindex[i], &link);
		if (err)
			return cannot_find(clat, prefix, err);
		sysctl_path(path, "net/ipv4/conf/%s/forwarding", link.name);
		if (setting_change(&clat->journal, path, "1"))
			return failed(clat);
	}
	return err;
}

static int map_lan(struct clat *clat, const struct prefix4 *prefix)
{
	struct prefix6 prefix6;
	int err;

	clat_embed(&clat->wish.own, prefix, &prefix6);
	err = map(clat, &prefix6, prefix);
	return err ? err : add_route6(clat, &prefix6);
}

static int share_address(struct clat *clat, const struct clat_plan *plan,
			 bool noted)
{
	char rules[CLAT_NFT_TEXT];
	int err;

	if (!noted && journal_step(&clat->journal, "nft", NULL))
		return failed(clat);
	if (clat_nft(rules, sizeof(rules), &clat->wish.lans,
		     clat_mtu4(plan->mtu6)))
		return clat_fail(clat, -EINVAL, "there are too many --lan");
	err = nft_run(rules);
	return err ? clat_fail(clat, err, "%s", args_why()) : 0;
}

static int make_lans(struct clat *clat, const struct clat_plan *plan)
{
	const struct clat_lans *lans = &clat->wish.lans;
	size_t i;
	int err = 0;

	if (!lans->n)
		return 0;
	for (i = 0; i < lans->n && !err; i++) {
		err = forward_lan(clat, &lans->prefix[i]);
		if (!err && clat->wish.routed)
			err = map_lan(clat, &lans->prefix[i]);
	}
	if (!err && !clat->wish.routed)
		err = share_address(clat, plan, false);
	/* The setting goes with the device. */
	if (!err && sysctl_write("net/ipv4/conf/" CLAT_DEVICE "/forwarding", "1"))
		return clat_fail(clat, -EIO,
				 "cannot make " CLAT_DEVICE " forward IPv4");
	return err;
}

/* --- all of it --- */

static void put(struct clat *clat, const char *key, const char *text)
{
	json_object_object_add(clat->journal.root, key,
			       json_object_new_string(text));
}

static void note_plan(struct clat *clat)
{
	struct json_object *lans = json_object_new_array();
	const struct clat_plan *plan = &clat->plan;
	char text[PREFIX_TEXT];
	size_t i;

	put(clat, "uplink", plan->uplink.name);
	put(clat, "pref64", pref64_text(text, sizeof(text), &plan->pref64));
	put(clat, "source", plan->source);
	if (*plan->from)
		put(clat, "from", plan->from);
	put(clat, "device", CLAT_DEVICE);
	put(clat, "address4", "192.0.0.1");
	put(clat, "address6", inet_ntop(AF_INET6, &plan->addr6, text,
					sizeof(text)));
	json_object_object_add(clat->journal.root, "mtu",
			       json_object_new_int(clat_mtu4(plan->mtu6)));
	for (i = 0; i < clat->wish.lans.n; i++) {
		text_prefix4(text, &clat->wish.lans.prefix[i]);
		json_object_array_add(lans, json_object_new_string(text));
	}
	json_object_object_add(clat->journal.root, "lan", lans);
}

/**
 * clat_note() - write down what the CLAT is doing, and since when
 * @clat: the CLAT
 *
 * Return: 0, or a negative errno with the reason in @clat.
 */
int clat_note(struct clat *clat)
{
	static const char *const keys[] = {
		"uplink", "pref64", "source", "from", "device", "address4",
		"address6", "mtu", "lan", "reason",
	};
	struct timespec now;
	char time[40];
	size_t i;

	clock_gettime(CLOCK_REALTIME, &now);
	out_time(time, sizeof(time), now.tv_sec * 1000000000ull + now.tv_nsec);
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		json_object_object_del(clat->journal.root, keys[i]);
	json_object_object_del(clat->journal.root, "process");
	if (clat->process)
		json_object_object_add(clat->journal.root, "process",
				       json_object_new_int(clat->process));
	put(clat, "state", clat_state_name(clat->state));
	put(clat, "since", time);
	if (clat->state == CLAT_UP)
		note_plan(clat);
	else
		put(clat, "reason", clat->why);
	return journal_write(&clat->journal) ? failed(clat) : 0;
}

/* Before anything is changed: the device of a LAN often comes late at boot. */
static int check_lans(struct clat *clat)
{
	const struct clat_lans *lans = &clat->wish.lans;
	int err = 0;
	size_t i;

	for (i = 0; i < lans->n && !err; i++) {
		struct rt_lan lan = { .prefix = &lans->prefix[i] };

		err = find_lan(clat, &lan);
	}
	return err;
}

static int check_route6(struct clat *clat, const struct clat_plan *plan)
{
	if (clat_has_route6(clat, plan))
		return 0;
	if (clat->rt.unsure)
		return clat_fail(clat, -EIO,
				 "cannot look up the route of packets from the PLAT: the kernel is too busy");
	return clat_fail(clat, -ENETUNREACH,
			 "rules lead packets from the PLAT past %s: change or delete them (see 'ip -6 rule')",
			 CLAT_DEVICE);
}

static int make(struct clat *clat, struct clat_plan *plan)
{
	int err = check_free(clat);

	if (!err)
		err = check_lans(clat);
	if (!err && !clat->wish.routed)
		err = claim(clat, plan);
	if (!err && clat_forward6(&clat->journal, plan->uplink.name))
		err = failed(clat);
	if (!err)
		err = make_instance(clat, plan);
	if (!err)
		err = set_up_device(clat, plan);
	if (!err)
		err = clat->wish.routed ? refuse_rest(clat) :
					  answer_for(clat, plan);
	if (!err)
		err = make_lans(clat, plan);
	if (!err)
		err = check_route6(clat, plan);
	return err ? err : add_route4(clat, plan);
}

/**
 * clat_make() - make a CLAT; if that fails, all is undone
 * @clat: the CLAT, which is not up
 * @from: the plan
 *
 * Return: 0, or a negative errno with the reason in @clat.
 */
int clat_make(struct clat *clat, const struct clat_plan *from)
{
	struct clat_plan plan = *from;
	char why[CLAT_WHY];
	int err = make(clat, &plan);

	if (!err) {
		clat->plan = plan;
		clat->planned = true;
		clat->state = CLAT_UP;
		err = clat_note(clat);
	}
	if (!err)
		return 0;
	memcpy(why, clat->why, sizeof(why));
	clat_undo(clat);
	memcpy(clat->why, why, sizeof(why));
	return err;
}

/**
 * clat_resize() - take over the MTU of a plan that is otherwise the same
 * @clat: the CLAT, which is up
 * @plan: the plan
 *
 * Return: 0, or a negative errno with the reason in @clat.
 */
int clat_resize(struct clat *clat, const struct clat_plan *plan)
{
	const struct rt_route route = route4(clat, plan);
	int err = rt_link_up(&clat->rt, clat->ifindex, mtu_of(plan));

	if (!err)
		err = rt_change_route(&clat->rt, &route);
	if (err)
		return clat_fail(clat, err,
				 "cannot change the MTU of " CLAT_DEVICE ": %s",
				 strerror(-err));
	clat->plan.mtu6 = plan->mtu6;
	if (clat->wish.lans.n && !clat->wish.routed)
		err = share_address(clat, plan, true);
	return err ? err : clat_note(clat);
}

/**
 * clat_undo() - undo all that the CLAT has changed
 * @clat: the CLAT
 *
 * Return: 0, or a negative errno with the reason in @clat.
 */
int clat_undo(struct clat *clat)
{
	clat->ifindex = 0;
	if (clat->state == CLAT_UP)
		clat->state = CLAT_DOWN;
	return journal_undo(&clat->journal, &clat->rt, clat->nl) ?
	       failed(clat) : 0;
}

/**
 * clat_begin() - connect to rtnetlink, and undo what one before has left
 * @clat: the CLAT, with the lock of its journal
 *
 * Return: 0, or a negative errno with the reason in @clat.
 */
int clat_begin(struct clat *clat)
{
	int err = rt_open(&clat->rt);

	if (err)
		return clat_fail(clat, err, "cannot open a netlink socket: %s",
				 strerror(-err));
	if (journal_read(&clat->journal))
		return failed(clat);
	return clat_undo(clat);
}
