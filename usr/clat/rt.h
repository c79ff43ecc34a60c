/* SPDX-License-Identifier: GPL-2.0 */
/* rt.h - devices, addresses, routes and neighbours by rtnetlink */
#ifndef NAT64CTL_RT_H
#define NAT64CTL_RT_H

#include <net/if.h>
#include <netlink/netlink.h>
#include <signal.h>

#include "cli/args.h"

/**
 * struct rt - a connection to rtnetlink
 * @sock: the socket
 * @err: the errno of the last request, negative, or 0
 * @done: its answer is complete
 * @unsure: something could not be found out since this was false
 * @each: takes the messages of the answer, or NULL
 * @arg: its argument
 */
struct rt {
	struct nl_sock *sock;
	int err;
	bool done;
	bool unsure;
	void (*each)(struct nlmsghdr *hdr, void *arg);
	void *arg;
};

/**
 * struct rt_link - a device
 * @ifindex: its index
 * @name: its name
 * @enabled: it is administratively up (IFF_UP)
 * @up: and running (IFF_RUNNING)
 * @tunnel: it is one of a VPN, or another tunnel
 * @mtu: its MTU
 */
struct rt_link {
	unsigned int ifindex;
	char name[IF_NAMESIZE];
	bool enabled;
	bool up;
	bool tunnel;
	unsigned int mtu;
};

#define RT_DEFAULTS 16

/**
 * struct rt_defaults4 - the default routes of IPv4
 * @ifindex: their devices
 * @n: how many
 */
struct rt_defaults4 {
	unsigned int ifindex[RT_DEFAULTS];
	size_t n;
};

/**
 * struct rt_way - the way of packets to an IPv6 address
 * @ifindex: the device they leave by
 * @source: the source address that the kernel chooses
 * @mtu: the MTU of the route, or 0
 */
struct rt_way {
	unsigned int ifindex;
	struct in6_addr source;
	unsigned int mtu;
};

/**
 * struct rt_addr6 - an IPv6 address of a device
 * @addr: the address
 * @len: length of its prefix
 * @usable: it is unique
 * @preferred: and not deprecated
 */
struct rt_addr6 {
	struct in6_addr addr;
	__u8 len;
	bool usable;
	bool preferred;
};

/**
 * struct rt_route - a route into a device
 * @family: AF_INET or AF_INET6
 * @dst: the destination
 * @len: length of its prefix
 * @ifindex: the device
 * @metric: the metric, or 0
 * @mtu: the MTU, or 0
 * @source: the IPv4 source address, or 0
 * @unreachable: no route, but an answer that there is none; @ifindex is 0
 */
struct rt_route {
	int family;
	struct in6_addr dst;
	__u8 len;
	unsigned int ifindex;
	__u32 metric;
	__u32 mtu;
	__u32 source;
	bool unreachable;
};

#define RT_LAN_DEVICES 8

/**
 * struct rt_lan - the devices of a LAN
 * @prefix: the prefix of the LAN
 * @ifindex: devices that have an address in it
 * @n: how many
 */
struct rt_lan {
	const struct prefix4 *prefix;
	unsigned int ifindex[RT_LAN_DEVICES];
	size_t n;
};

int rt_open(struct rt *rt);
void rt_close(struct rt *rt);

int rt_link(struct rt *rt, const char *name, unsigned int ifindex,
	    struct rt_link *link);
int rt_link_up(struct rt *rt, unsigned int ifindex, unsigned int mtu);
int rt_way(struct rt *rt, const struct in6_addr *to,
	   const struct in6_addr *from, unsigned int iif, unsigned int oif,
	   struct rt_way *way);
int rt_defaults4(struct rt *rt, struct rt_defaults4 *defaults);
int rt_addrs6(struct rt *rt, unsigned int ifindex, struct rt_addr6 *addrs,
	      size_t max);
bool rt_has_addr6(struct rt *rt, const struct prefix6 *prefix,
		  struct in6_addr *addr);
int rt_lan(struct rt *rt, struct rt_lan *lan);
int rt_addr6(struct rt *rt, bool add, unsigned int ifindex,
	     const struct in6_addr *addr);
int rt_addr4(struct rt *rt, unsigned int ifindex, __u32 addr);
int rt_add_route(struct rt *rt, const struct rt_route *route);
int rt_change_route(struct rt *rt, const struct rt_route *route);
int rt_del_route(struct rt *rt, const struct rt_route *route);
int rt_proxy(struct rt *rt, bool add, unsigned int ifindex,
	     const struct in6_addr *addr);
bool rt_has_proxy(struct rt *rt, unsigned int ifindex,
		  const struct in6_addr *addr);

/**
 * struct rt_watch - what changes; each message is a reason to look again
 * @sock: the socket
 * @own: index of the CLAT's device, or 0
 * @uplink: index of the uplink, or 0
 * @broken: the CLAT's device, its route or its uplink has gone
 */
struct rt_watch {
	struct nl_sock *sock;
	unsigned int own;
	unsigned int uplink;
	bool broken;
};

int rt_watch_open(struct rt_watch *watch);
void rt_watch_read(struct rt_watch *watch);
void rt_watch_close(struct rt_watch *watch);

int rt_dad_open(void);
int rt_dad_wait(int sock, unsigned int ifindex, const struct in6_addr *addr,
		const sigset_t *signals);

#endif /* NAT64CTL_RT_H */
