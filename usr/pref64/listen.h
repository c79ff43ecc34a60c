/* SPDX-License-Identifier: GPL-2.0 */
/* listen.h - router advertisements, and devices that come and go */
#ifndef NAT64CTL_LISTEN_H
#define NAT64CTL_LISTEN_H

#include <net/if.h>
#include <netlink/netlink.h>

#include "pref64/pref64.h"

#define LISTEN_DEVICES 64

/**
 * struct listen_device - a device on which routers may be
 * @ifindex: its index
 * @name: its name
 * @up: it can send and receive
 * @has_own: it has a link-local address, from which routers can be asked
 * @own: that address
 * @asked: how often routers have been asked since it is up
 * @next: when they are asked again, in milliseconds of found_now()
 * @answered: an advertisement has come since
 * @seen: the dump of the devices has it
 */
struct listen_device {
	unsigned int ifindex;
	char name[IF_NAMESIZE];
	bool up;
	bool has_own;
	struct in6_addr own;
	unsigned int asked;
	__u64 next;
	bool answered;
	bool seen;
};

/**
 * struct listen - sockets and devices
 * @raw: raw ICMPv6 socket; -1 without CAP_NET_RAW: then routers cannot be
 *	asked, and the kernel hands the options of what it accepts itself on
 * @sock: rtnetlink: devices, their addresses, and those options
 * @only: the only device to listen on, or NULL
 * @later: that device may come later
 * @device: the devices
 * @n: how many
 * @dumped: all devices or addresses that there were have been read
 * @why: what went wrong, in words
 * @advert: is called with the options of an advertisement
 * @link: is called when a device is up, and when it is down or gone
 * @arg: argument of both
 */
struct listen {
	int raw;
	struct nl_sock *sock;
	const char *only;
	bool later;
	struct listen_device device[LISTEN_DEVICES];
	size_t n;
	bool dumped;
	char why[256];
	void (*advert)(const struct listen_device *device,
		       const struct in6_addr *router,
		       const struct pref64_option *options, size_t n,
		       void *arg);
	void (*link)(unsigned int ifindex, bool up, void *arg);
	void *arg;
};

int listen_open(struct listen *listen);
void listen_close(struct listen *listen);
void listen_ask(struct listen *listen, __u64 now);
__u64 listen_next(const struct listen *listen);
int listen_read(struct listen *listen);
bool listen_answered(const struct listen *listen);

#endif /* NAT64CTL_LISTEN_H */
