// SPDX-License-Identifier: GPL-2.0
/*
 * rt.c - devices, routes and neighbours by rtnetlink
 *
 * libnl translates an errno to one of its own and loses which it was, so the
 * callback for errors keeps it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netlink/msg.h>
#include <string.h>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "clat/rt.h"
#include "clat/rt_request.h"
#include "nl/receive.h"

/* A dump in which something has changed is done again. */
#define DUMP_TIMES 5

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *err, void *arg)
{
	struct rt *rt = arg;

	rt->err = err->error;
	rt->done = true;
	return NL_STOP;
}

static int on_end(struct nl_msg *msg, void *arg)
{
	struct rt *rt = arg;

	rt->done = true;
	return NL_STOP;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct rt *rt = arg;

	if (rt->each)
		rt->each(nlmsg_hdr(msg), rt->arg);
	return NL_OK;
}

/**
 * rt_open() - connect to rtnetlink
 * @rt: the connection
 *
 * Return: 0 or a negative errno.
 */
int rt_open(struct rt *rt)
{
	memset(rt, 0, sizeof(*rt));
	rt->sock = nl_socket_alloc();
	if (!rt->sock)
		return -ENOMEM;
	nl_socket_modify_err_cb(rt->sock, NL_CB_CUSTOM, on_error, rt);
	nl_socket_modify_cb(rt->sock, NL_CB_VALID, NL_CB_CUSTOM, on_valid, rt);
	nl_socket_modify_cb(rt->sock, NL_CB_FINISH, NL_CB_CUSTOM, on_end, rt);
	nl_socket_modify_cb(rt->sock, NL_CB_ACK, NL_CB_CUSTOM, on_end, rt);
	nl64_from_kernel(rt->sock);
	if (nl_connect(rt->sock, NETLINK_ROUTE) < 0) {
		rt_close(rt);
		return -EIO;
	}
	nl_socket_enable_msg_peek(rt->sock);
	return 0;
}

/**
 * rt_close() - end that
 * @rt: the connection, open or not
 */
void rt_close(struct rt *rt)
{
	nl_socket_free(rt->sock);
	rt->sock = NULL;
}

static int reopen(struct rt *rt)
{
	bool unsure = rt->unsure;
	int err = rt_open(rt);

	rt->unsure = unsure;
	return err;
}

/**
 * rt_message() - make a request
 * @type: its type, such as RTM_GETLINK
 * @flags: its flags besides NLM_F_REQUEST
 * @head: the header of its family, such as a struct ifinfomsg
 * @len: length of @head
 *
 * Return: the message, or NULL if there is no memory.
 */
struct nl_msg *rt_message(int type, int flags, const void *head, size_t len)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, NLM_F_REQUEST | flags);

	if (msg && nlmsg_append(msg, (void *)head, len, NLMSG_ALIGNTO)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* What an error of libnl means: the kernel has not said what it did. */
static int no_answer(int err)
{
	switch (-err) {
	case NLE_NOMEM:
		return -ENOBUFS;
	case NLE_AGAIN:
		return -ETIMEDOUT;
	default:
		return -EIO;
	}
}

/**
 * rt_request() - send a request and read the answer to its end
 * @rt: the connection
 * @msg: the request, which is freed, or NULL if there was no memory for it
 * @each: takes the messages of the answer, or NULL
 * @arg: its second argument
 *
 * Return: 0 or a negative errno; -EAGAIN: a dump is not complete; -ENOBUFS: the answer
 * was lost; -ETIMEDOUT: other processes flood the socket; -EIO: it failed otherwise.
 */
int rt_request(struct rt *rt, struct nl_msg *msg,
	       void (*each)(struct nlmsghdr *hdr, void *arg), void *arg)
{
	bool again = false;
	int err;

	err = !msg ? -ENOMEM : rt->sock ? 0 : reopen(rt);
	if (err) {
		nlmsg_free(msg);
		rt->unsure = true;
		return err;
	}
	rt->err = 0;
	rt->done = false;
	rt->each = each;
	rt->arg = arg;
	err = nl_send_auto(rt->sock, msg);
	nlmsg_free(msg);
	while (err >= 0 && !rt->done) {
		err = nl_recvmsgs_default(rt->sock);
		if (err == -NLE_DUMP_INTR) {
			again = true;
			err = 0;
		}
	}
	if (!rt->err && again)
		rt->err = -EAGAIN;
	if (rt->done && rt->err != -ENOMEM && rt->err != -ENOBUFS)
		return rt->err;
	rt->unsure = true;
	/* The rest of this answer would be taken for that of the next request. */
	if (!rt->done) {
		rt->err = no_answer(err);
		rt_close(rt);
	}
	return rt->err;
}

/**
 * rt_dump() - read all of a kind, again if something changes meanwhile
 * @rt: the connection
 * @type: the kind, such as RTM_GETADDR
 * @family: AF_INET or AF_INET6
 * @each: takes the messages
 * @arg: its second argument
 * @n: how many @each has stored, which begins at 0 each time, or NULL
 *
 * Return: 0 or a negative errno; -EAGAIN: something changed each time.
 */
int rt_dump(struct rt *rt, int type, int family,
	    void (*each)(struct nlmsghdr *hdr, void *arg), void *arg, size_t *n)
{
	const struct rtgenmsg gen = { .rtgen_family = family };
	int err = -EAGAIN, i;

	for (i = 0; i < DUMP_TIMES && err == -EAGAIN; i++) {
		if (n)
			*n = 0;
		err = rt_request(rt, rt_message(type, NLM_F_DUMP, &gen,
						sizeof(gen)), each, arg);
	}
	if (err == -EAGAIN)
		rt->unsure = true;
	return err;
}

/* --- devices --- */

/* Modems have no kind, or that of wwan or ppp. */
static bool is_tunnel(struct nlmsghdr *hdr)
{
	static const char *const kinds[] = {
		"tun", "wireguard", "ipip", "sit", "gre", "ip6tnl", "ip6gre",
		"vti", "vti6", "xfrm", "ovpn",
	};
	struct nlattr *attr = nlmsg_find_attr(hdr, sizeof(struct ifinfomsg),
					      IFLA_LINKINFO);
	struct nlattr *kind = attr ? nla_find(nla_data(attr), nla_len(attr),
					      IFLA_INFO_KIND) : NULL;
	size_t i;

	for (i = 0; kind && i < ARRAY_SIZE(kinds); i++)
		if (!nla_strcmp(kind, kinds[i]))
			return true;
	return false;
}

static void take_link(struct nlmsghdr *hdr, void *arg)
{
	const unsigned int needs = IFF_UP | IFF_RUNNING;
	const struct ifinfomsg *info = nlmsg_data(hdr);
	struct rt_link *link = arg;
	struct nlattr *attr;

	if (hdr->nlmsg_type != RTM_NEWLINK)
		return;
	link->ifindex = info->ifi_index;
	link->enabled = info->ifi_flags & IFF_UP;
	link->up = (info->ifi_flags & needs) == needs;
	attr = nlmsg_find_attr(hdr, sizeof(*info), IFLA_IFNAME);
	if (attr)
		snprintf(link->name, sizeof(link->name), "%s",
			 nla_get_string(attr));
	link->tunnel = is_tunnel(hdr);
	attr = nlmsg_find_attr(hdr, sizeof(*info), IFLA_MTU);
	if (attr)
		link->mtu = nla_get_u32(attr);
}

/**
 * rt_link() - look a device up
 * @rt: the connection
 * @name: its name, or NULL
 * @ifindex: its index, if @name is NULL
 * @link: where to store it
 *
 * Return: 0, or a negative errno; -ENODEV: there is none.
 */
int rt_link(struct rt *rt, const char *name, unsigned int ifindex,
	    struct rt_link *link)
{
	const struct ifinfomsg info = { .ifi_index = name ? 0 : ifindex };
	struct nl_msg *msg = rt_message(RTM_GETLINK, 0, &info, sizeof(info));

	memset(link, 0, sizeof(*link));
	if (msg && name)
		nla_put_string(msg, IFLA_IFNAME, name);
	return rt_request(rt, msg, take_link, link);
}

/**
 * rt_link_up() - set a device up
 * @rt: the connection
 * @ifindex: the device
 * @mtu: its MTU
 *
 * Return: 0 or a negative errno.
 */
int rt_link_up(struct rt *rt, unsigned int ifindex, unsigned int mtu)
{
	const struct ifinfomsg info = {
		.ifi_index = ifindex,
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	struct nl_msg *msg = rt_message(RTM_NEWLINK, 0, &info, sizeof(info));

	if (msg)
		nla_put_u32(msg, IFLA_MTU, mtu);
	return rt_request(rt, msg, NULL, NULL);
}

/* --- the way to the PLAT --- */

static void take_way(struct nlmsghdr *hdr, void *arg)
{
	const struct rtmsg *rtm = nlmsg_data(hdr);
	struct nlattr *attr, *mtu;
	struct rt_way *way = arg;

	if (hdr->nlmsg_type != RTM_NEWROUTE || rtm->rtm_type != RTN_UNICAST)
		return;
	attr = nlmsg_find_attr(hdr, sizeof(*rtm), RTA_OIF);
	if (attr)
		way->ifindex = nla_get_u32(attr);
	attr = nlmsg_find_attr(hdr, sizeof(*rtm), RTA_PREFSRC);
	if (attr && nla_len(attr) == sizeof(way->source))
		memcpy(&way->source, nla_data(attr), sizeof(way->source));
	attr = nlmsg_find_attr(hdr, sizeof(*rtm), RTA_METRICS);
	mtu = attr ? nla_find(nla_data(attr), nla_len(attr), RTAX_MTU) : NULL;
	if (mtu)
		way->mtu = nla_get_u32(mtu);
}

/**
 * rt_way() - look up the route to an IPv6 address
 * @rt: the connection
 * @to: the address
 * @from: the source of the packets, or NULL: it does not matter
 * @iif: the device that they come from, or 0: this machine sends them
 * @oif: the device to use, or 0
 * @way: where to store it
 *
 * Return: 0, or a negative errno; -ENETUNREACH: there is none.
 */
int rt_way(struct rt *rt, const struct in6_addr *to,
	   const struct in6_addr *from, unsigned int iif, unsigned int oif,
	   struct rt_way *way)
{
	const struct rtmsg rtm = {
		.rtm_family = AF_INET6,
		.rtm_dst_len = 128,
		.rtm_src_len = from ? 128 : 0,
	};
	struct nl_msg *msg = rt_message(RTM_GETROUTE, 0, &rtm, sizeof(rtm));
	int err;

	memset(way, 0, sizeof(*way));
	if (msg)
		nla_put(msg, RTA_DST, sizeof(*to), to);
	if (msg && from)
		nla_put(msg, RTA_SRC, sizeof(*from), from);
	if (msg && iif)
		nla_put_u32(msg, RTA_IIF, iif);
	if (msg && oif)
		nla_put_u32(msg, RTA_OIF, oif);
	err = rt_request(rt, msg, take_way, way);
	if (from)
		way->source = *from;
	return err ? err : way->ifindex ? 0 : -ENETUNREACH;
}

static void native_hop(struct rt_defaults4 *defaults, unsigned int ifindex,
		       unsigned int flags)
{
	if (ifindex && defaults->n < RT_DEFAULTS &&
	    !(flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)))
		defaults->ifindex[defaults->n++] = ifindex;
}

static void take_native(struct nlmsghdr *hdr, void *arg)
{
	const struct rtmsg *rtm = nlmsg_data(hdr);
	const struct rtnexthop *hop;
	struct nlattr *attr;
	int rest;

	if (hdr->nlmsg_type != RTM_NEWROUTE || rtm->rtm_dst_len ||
	    rtm->rtm_type != RTN_UNICAST || rtm->rtm_table != RT_TABLE_MAIN)
		return;
	attr = nlmsg_find_attr(hdr, sizeof(*rtm), RTA_OIF);
	if (attr)
		native_hop(arg, nla_get_u32(attr), rtm->rtm_flags);
	attr = nlmsg_find_attr(hdr, sizeof(*rtm), RTA_MULTIPATH);
	if (!attr)
		return;
	hop = nla_data(attr);
	for (rest = nla_len(attr); rest >= (int)sizeof(*hop) &&
	     hop->rtnh_len >= sizeof(*hop) && hop->rtnh_len <= rest;
	     rest -= RTNH_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop))
		native_hop(arg, hop->rtnh_ifindex, hop->rtnh_flags);
}

/**
 * rt_defaults4() - find the default routes of IPv4
 * @rt: the connection
 * @defaults: where to store their devices
 *
 * Return: 0 or a negative errno.
 */
int rt_defaults4(struct rt *rt, struct rt_defaults4 *defaults)
{
	return rt_dump(rt, RTM_GETROUTE, AF_INET, take_native, defaults,
		       &defaults->n);
}

/* --- routes and neighbours --- */

/*
 * Our number for "proto" in 'ip route'; neither iproute2 nor a routing daemon uses it.
 * So a route that an administrator has made in the place of ours is not deleted.
 */
#define RT_PROTOCOL 64

static void put_mtu(struct nl_msg *msg, __u32 mtu)
{
	struct nlattr *nest = nla_nest_start(msg, RTA_METRICS);

	if (!nest)
		return;
	nla_put_u32(msg, RTAX_MTU, mtu);
	nla_nest_end(msg, nest);
}

static int request_route(struct rt *rt, int type, int flags,
			 const struct rt_route *route)
{
	const struct rtmsg rtm = {
		.rtm_family = route->family,
		.rtm_dst_len = route->len,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RT_PROTOCOL,
		.rtm_scope = route->family == AF_INET ? RT_SCOPE_LINK :
							RT_SCOPE_UNIVERSE,
		.rtm_type = route->unreachable ? RTN_UNREACHABLE : RTN_UNICAST,
	};
	struct nl_msg *msg = rt_message(type, flags, &rtm, sizeof(rtm));
	const __u32 source = htonl(route->source);

	if (!msg)
		return -ENOMEM;
	if (route->len)
		nla_put(msg, RTA_DST, route->family == AF_INET ? 4 : 16,
			&route->dst);
	if (route->ifindex)
		nla_put_u32(msg, RTA_OIF, route->ifindex);
	if (route->metric)
		nla_put_u32(msg, RTA_PRIORITY, route->metric);
	if (route->source)
		nla_put(msg, RTA_PREFSRC, sizeof(source), &source);
	if (route->mtu)
		put_mtu(msg, route->mtu);
	return rt_request(rt, msg, NULL, NULL);
}

/**
 * rt_add_route() - add a route
 * @rt: the connection
 * @route: the route
 *
 * Return: 0, or a negative errno; -EEXIST: there is one with its destination and
 * metric.
 */
int rt_add_route(struct rt *rt, const struct rt_route *route)
{
	return request_route(rt, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route);
}

/**
 * rt_change_route() - change the MTU of a route, or add it again
 * @rt: the connection
 * @route: the route
 *
 * Return: 0 or a negative errno.
 */
int rt_change_route(struct rt *rt, const struct rt_route *route)
{
	return request_route(rt, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE,
			     route);
}

/**
 * rt_del_route() - delete a route of ours
 * @rt: the connection
 * @route: the route
 *
 * Return: 0 or a negative errno; -ESRCH: there is none, or it is another program's.
 */
int rt_del_route(struct rt *rt, const struct rt_route *route)
{
	return request_route(rt, RTM_DELROUTE, 0, route);
}

/**
 * rt_proxy() - answer neighbour solicitations for an address, or do no longer
 * @rt: the connection
 * @add: begin or end?
 * @ifindex: the device
 * @addr: the address
 *
 * Return: 0 or a negative errno.
 */
int rt_proxy(struct rt *rt, bool add, unsigned int ifindex,
	     const struct in6_addr *addr)
{
	const struct ndmsg ndm = {
		.ndm_family = AF_INET6,
		.ndm_ifindex = ifindex,
		.ndm_state = NUD_PERMANENT,
		.ndm_flags = NTF_PROXY,
	};
	struct nl_msg *msg = rt_message(add ? RTM_NEWNEIGH : RTM_DELNEIGH,
					add ? NLM_F_CREATE : 0, &ndm,
					sizeof(ndm));

	if (msg)
		nla_put(msg, NDA_DST, sizeof(*addr), addr);
	return rt_request(rt, msg, NULL, NULL);
}

/**
 * struct proxies - a search for a proxy neighbour
 * @ifindex: its device
 * @addr: its address
 * @found: it is there
 */
struct proxies {
	unsigned int ifindex;
	const struct in6_addr *addr;
	bool found;
};

static void take_proxy(struct nlmsghdr *hdr, void *arg)
{
	const struct ndmsg *ndm = nlmsg_data(hdr);
	struct proxies *proxies = arg;
	struct nlattr *attr;

	if (hdr->nlmsg_type != RTM_NEWNEIGH ||
	    ndm->ndm_ifindex != (int)proxies->ifindex)
		return;
	attr = nlmsg_find_attr(hdr, sizeof(*ndm), NDA_DST);
	if (attr && nla_len(attr) == sizeof(*proxies->addr) &&
	    !memcmp(nla_data(attr), proxies->addr, sizeof(*proxies->addr)))
		proxies->found = true;
}

/**
 * rt_has_proxy() - check whether the kernel answers neighbour solicitations
 * @rt: the connection
 * @ifindex: the device
 * @addr: the address that is asked for
 *
 * Return: false if it does not; true also if that cannot be found out.
 */
bool rt_has_proxy(struct rt *rt, unsigned int ifindex,
		  const struct in6_addr *addr)
{
	const struct ndmsg ndm = {
		.ndm_family = AF_INET6,
		.ndm_flags = NTF_PROXY,
	};
	struct proxies proxies = { ifindex, addr, false };
	int err = rt_request(rt, rt_message(RTM_GETNEIGH, NLM_F_DUMP, &ndm,
					 sizeof(ndm)), take_proxy, &proxies);

	return err || proxies.found;
}
