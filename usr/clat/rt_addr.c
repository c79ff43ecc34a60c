// SPDX-License-Identifier: GPL-2.0
/* rt_addr.c - addresses by rtnetlink */
#include <arpa/inet.h>
#include <errno.h>
#include <netlink/msg.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "clat/rt.h"
#include "clat/rt_request.h"

/**
 * struct addrs6 - a list of addresses that is being made
 * @ifindex: their device, or 0: any
 * @addr: the addresses
 * @n: how many
 * @max: how many fit
 */
struct addrs6 {
	unsigned int ifindex;
	struct rt_addr6 *addr;
	size_t n;
	size_t max;
};

static __u32 addr_flags(struct nlmsghdr *hdr)
{
	const struct ifaddrmsg *info = nlmsg_data(hdr);
	struct nlattr *attr = nlmsg_find_attr(hdr, sizeof(*info), IFA_FLAGS);

	return attr ? nla_get_u32(attr) : info->ifa_flags;
}

static void take_addr6(struct nlmsghdr *hdr, void *arg)
{
	const __u32 bad = IFA_F_TENTATIVE | IFA_F_DADFAILED;
	const struct ifaddrmsg *info = nlmsg_data(hdr);
	struct addrs6 *addrs = arg;
	struct rt_addr6 *addr;
	struct nlattr *attr;

	if (hdr->nlmsg_type != RTM_NEWADDR || addrs->n == addrs->max ||
	    (addrs->ifindex && info->ifa_index != addrs->ifindex) ||
	    info->ifa_scope != RT_SCOPE_UNIVERSE)
		return;
	attr = nlmsg_find_attr(hdr, sizeof(*info), IFA_LOCAL);
	if (!attr)
		attr = nlmsg_find_attr(hdr, sizeof(*info), IFA_ADDRESS);
	if (!attr || nla_len(attr) != sizeof(addr->addr))
		return;
	addr = &addrs->addr[addrs->n++];
	memcpy(&addr->addr, nla_data(attr), sizeof(addr->addr));
	addr->len = info->ifa_prefixlen;
	addr->usable = !(addr_flags(hdr) & bad);
	addr->preferred = addr->usable &&
			  !(addr_flags(hdr) & IFA_F_DEPRECATED);
}

/**
 * rt_addrs6() - the global IPv6 addresses of a device
 * @rt: the connection
 * @ifindex: the device, or 0: any
 * @addrs: where to store them
 * @max: how many fit
 *
 * Return: how many there are, or a negative errno.
 */
int rt_addrs6(struct rt *rt, unsigned int ifindex, struct rt_addr6 *addrs,
	      size_t max)
{
	struct addrs6 list = { ifindex, addrs, 0, max };
	int err = rt_dump(rt, RTM_GETADDR, AF_INET6, take_addr6, &list,
			  &list.n);

	return err ? err : (int)list.n;
}

/**
 * struct inside - a search for an address in a prefix
 * @prefix: the prefix
 * @addr: the address
 * @found: there is one
 */
struct inside {
	const struct prefix6 *prefix;
	struct in6_addr *addr;
	bool found;
};

static void take_inside(struct nlmsghdr *hdr, void *arg)
{
	struct inside *inside = arg;
	struct rt_addr6 addr;
	struct addrs6 one = { 0, &addr, 0, 1 };
	struct prefix6 own;

	take_addr6(hdr, &one);
	if (!one.n)
		return;
	own = (struct prefix6){ addr.addr, 128 };
	if (!prefix6_overlap(inside->prefix, &own))
		return;
	*inside->addr = addr.addr;
	inside->found = true;
}

/**
 * rt_has_addr6() - check whether this machine has a global address in a prefix
 * @rt: the connection
 * @prefix: the prefix
 * @addr: where to store one
 *
 * Return: true if it has one; false also if that cannot be found out.
 */
bool rt_has_addr6(struct rt *rt, const struct prefix6 *prefix,
		  struct in6_addr *addr)
{
	struct inside inside = { prefix, addr, false };

	rt_dump(rt, RTM_GETADDR, AF_INET6, take_inside, &inside, NULL);
	return inside.found;
}

static void take_lan(struct nlmsghdr *hdr, void *arg)
{
	const struct ifaddrmsg *info = nlmsg_data(hdr);
	struct rt_lan *lan = arg;
	struct in_addr addr;
	struct nlattr *attr;

	if (hdr->nlmsg_type != RTM_NEWADDR || info->ifa_family != AF_INET)
		return;
	attr = nlmsg_find_attr(hdr, sizeof(*info), IFA_LOCAL);
	if (!attr || nla_len(attr) != sizeof(addr))
		return;
	memcpy(&addr, nla_data(attr), sizeof(addr));
	if (prefix4_contains(lan->prefix, addr) && lan->n < RT_LAN_DEVICES)
		lan->ifindex[lan->n++] = info->ifa_index;
}

/**
 * rt_lan() - find the devices that have an address in an IPv4 prefix
 * @rt: the connection
 * @lan: the prefix, and where to store them; one may be there twice
 *
 * Return: 0 or a negative errno.
 */
int rt_lan(struct rt *rt, struct rt_lan *lan)
{
	return rt_dump(rt, RTM_GETADDR, AF_INET, take_lan, lan, &lan->n);
}

/**
 * rt_addr6() - add an address that no program chooses as its source, or delete it
 * @rt: the connection
 * @add: add or delete?
 * @ifindex: the device
 * @addr: the address
 *
 * The kernel makes sure that it is unique (DAD); see rt_dad_wait().
 *
 * Return: 0 or a negative errno.
 */
int rt_addr6(struct rt *rt, bool add, unsigned int ifindex,
	     const struct in6_addr *addr)
{
	const struct ifa_cacheinfo forever_deprecated = {
		.ifa_prefered = 0,
		.ifa_valid = 0xffffffff,
	};
	const struct ifaddrmsg info = {
		.ifa_family = AF_INET6,
		.ifa_prefixlen = 128,
		.ifa_index = ifindex,
	};
	struct nl_msg *msg = rt_message(add ? RTM_NEWADDR : RTM_DELADDR,
					add ? NLM_F_CREATE | NLM_F_EXCL : 0,
					&info, sizeof(info));

	if (!msg)
		return -ENOMEM;
	nla_put(msg, IFA_LOCAL, sizeof(*addr), addr);
	nla_put(msg, IFA_ADDRESS, sizeof(*addr), addr);
	if (add) {
		nla_put_u32(msg, IFA_FLAGS, IFA_F_NOPREFIXROUTE);
		nla_put(msg, IFA_CACHEINFO, sizeof(forever_deprecated),
			&forever_deprecated);
	}
	return rt_request(rt, msg, NULL, NULL);
}

/**
 * rt_addr4() - add an IPv4 address without a network
 * @rt: the connection
 * @ifindex: the device
 * @addr: the address, in host order
 *
 * Return: 0 or a negative errno.
 */
int rt_addr4(struct rt *rt, unsigned int ifindex, __u32 addr)
{
	const struct ifaddrmsg info = {
		.ifa_family = AF_INET,
		.ifa_prefixlen = 32,
		.ifa_index = ifindex,
	};
	struct nl_msg *msg = rt_message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
					&info, sizeof(info));
	const __u32 net = htonl(addr);

	if (!msg)
		return -ENOMEM;
	nla_put(msg, IFA_LOCAL, sizeof(net), &net);
	nla_put(msg, IFA_ADDRESS, sizeof(net), &net);
	return rt_request(rt, msg, NULL, NULL);
}
