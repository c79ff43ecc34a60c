// SPDX-License-Identifier: GPL-2.0
/*
 * watch.c - what changes of devices, addresses and routes
 *
 * That a message has come is a reason to look again; what is true then is read
 * from the kernel. Only what would have been repaired in between is remembered.
 */
#include <errno.h>
#include <netlink/msg.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/rtnetlink.h>

#include "clat/rt.h"
#include "cli/signals.h"
#include "nl/receive.h"

/* DAD takes two seconds; a driver may take its time, too. */
#define DAD_SECONDS 20
#define READ_TIMES 1024

static unsigned int oif_of(struct nlmsghdr *hdr)
{
	struct nlattr *attr = nlmsg_find_attr(hdr, sizeof(struct rtmsg),
					      RTA_OIF);

	return attr ? nla_get_u32(attr) : 0;
}

static void on_link(struct rt_watch *watch, struct nlmsghdr *hdr)
{
	const unsigned int needs = IFF_UP | IFF_RUNNING;
	const struct ifinfomsg *info = nlmsg_data(hdr);
	unsigned int ifindex = info->ifi_index;
	bool up = hdr->nlmsg_type == RTM_NEWLINK &&
		  (info->ifi_flags & needs) == needs;

	if (info->ifi_family != AF_UNSPEC)
		return;
	if (ifindex == watch->uplink && !up)
		watch->broken = true;
	if (ifindex == watch->own &&
	    (hdr->nlmsg_type == RTM_DELLINK || !(info->ifi_flags & IFF_UP)))
		watch->broken = true;
}

static void on_route(struct rt_watch *watch, struct nlmsghdr *hdr)
{
	const struct rtmsg *rtm = nlmsg_data(hdr);
	bool own = watch->own && oif_of(hdr) == watch->own;

	if (rtm->rtm_family == AF_INET && rtm->rtm_dst_len)
		return;
	if (own && hdr->nlmsg_type == RTM_DELROUTE)
		watch->broken = true;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct rt_watch *watch = arg;

	switch (hdr->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		if (nlmsg_valid_hdr(hdr, sizeof(struct ifinfomsg)))
			on_link(watch, hdr);
		break;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		if (nlmsg_valid_hdr(hdr, sizeof(struct rtmsg)))
			on_route(watch, hdr);
	}
	return NL_OK;
}

/**
 * rt_watch_open() - begin to watch
 * @watch: what is watched
 *
 * Return: 0 or a negative errno.
 */
int rt_watch_open(struct rt_watch *watch)
{
	memset(watch, 0, sizeof(*watch));
	watch->sock = nl_socket_alloc();
	if (!watch->sock)
		return -ENOMEM;
	nl_socket_disable_seq_check(watch->sock);
	nl64_from_kernel(watch->sock);
	nl_socket_modify_cb(watch->sock, NL_CB_VALID, NL_CB_CUSTOM, on_valid,
			    watch);
	if (nl_connect(watch->sock, NETLINK_ROUTE) < 0 ||
	    nl_socket_add_memberships(watch->sock, RTNLGRP_LINK,
				      RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_IFADDR,
				      RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
				      0) < 0) {
		rt_watch_close(watch);
		return -EIO;
	}
	nl_socket_enable_msg_peek(watch->sock);
	nl_socket_set_nonblocking(watch->sock);
	return 0;
}

/**
 * rt_watch_read() - read all that has come
 * @watch: what is watched; @broken is set, never cleared
 */
void rt_watch_read(struct rt_watch *watch)
{
	int i, err = 0;

	/* Messages that are lost do not matter: all is looked at after any. */
	for (i = 0; i < READ_TIMES && (err >= 0 || err == -NLE_NOMEM ||
				       err == -NLE_INTR); i++)
		err = nl_recvmsgs_default(watch->sock);
}

/**
 * rt_watch_close() - end that
 * @watch: what is watched
 */
void rt_watch_close(struct rt_watch *watch)
{
	nl_socket_free(watch->sock);
	watch->sock = NULL;
}

/* --- duplicate address detection --- */

/**
 * rt_dad_open() - begin to hear of IPv6 addresses
 *
 * Return: a socket, or a negative errno.
 */
int rt_dad_open(void)
{
	const struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1 << (RTNLGRP_IPV6_IFADDR - 1),
	};
	int sock = socket(AF_NETLINK,
			  SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			  NETLINK_ROUTE);

	if (sock < 0)
		return -errno;
	if (bind(sock, (const struct sockaddr *)&addr, sizeof(addr))) {
		close(sock);
		return -EIO;
	}
	return sock;
}

/* What a message says of an address: 1: nothing, 0: unique, or a negative errno */
static int dad_verdict(struct nlmsghdr *hdr, unsigned int ifindex,
		       const struct in6_addr *addr)
{
	const struct ifaddrmsg *info = nlmsg_data(hdr);
	struct nlattr *attr;
	__u32 flags;

	if ((hdr->nlmsg_type != RTM_NEWADDR &&
	     hdr->nlmsg_type != RTM_DELADDR) ||
	    !nlmsg_valid_hdr(hdr, sizeof(*info)) || info->ifa_index != ifindex)
		return 1;
	attr = nlmsg_find_attr(hdr, sizeof(*info), IFA_LOCAL);
	if (!attr)
		attr = nlmsg_find_attr(hdr, sizeof(*info), IFA_ADDRESS);
	if (!attr || nla_len(attr) != sizeof(*addr) ||
	    memcmp(nla_data(attr), addr, sizeof(*addr)))
		return 1;
	attr = nlmsg_find_attr(hdr, sizeof(*info), IFA_FLAGS);
	flags = attr ? nla_get_u32(attr) : info->ifa_flags;
	if (flags & IFA_F_DADFAILED)
		return -EADDRINUSE;
	if (hdr->nlmsg_type == RTM_DELADDR)
		return -ENETDOWN;
	return flags & IFA_F_TENTATIVE ? 1 : 0;
}

static int dad_read(int sock, unsigned int ifindex, const struct in6_addr *addr)
{
	char data[16384] __attribute__((aligned(8)));
	struct nlmsghdr *hdr = (struct nlmsghdr *)data;
	struct sockaddr_nl from = {};
	socklen_t len_from = sizeof(from);
	int verdict = 1, len;

	len = recvfrom(sock, data, sizeof(data), 0, (struct sockaddr *)&from,
		       &len_from);
	if (len < 0)
		return errno == ENOBUFS ? -ENOBUFS : 1;
	if (from.nl_pid)
		return 1;
	for (; verdict > 0 && nlmsg_ok(hdr, len); hdr = nlmsg_next(hdr, &len))
		verdict = dad_verdict(hdr, ifindex, addr);
	return verdict;
}

/**
 * rt_dad_wait() - wait until an address is known to be unique
 * @sock: from rt_dad_open(), before the address was added
 * @ifindex: the device
 * @addr: the address
 * @signals: signals to be blocked while it waits, or NULL
 *
 * Return: 0; -EADDRINUSE: another host has it; -ENETDOWN: the device went down;
 * -EINTR: a signal came; -ETIMEDOUT, or another negative errno.
 */
int rt_dad_wait(int sock, unsigned int ifindex, const struct in6_addr *addr,
		const sigset_t *signals)
{
	struct pollfd poll = { .fd = sock, .events = POLLIN };
	struct timespec now, end, left;
	int verdict = 1, n;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += DAD_SECONDS;
	while (verdict > 0) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= end.tv_sec)
			return -ETIMEDOUT;
		left = (struct timespec){ end.tv_sec - now.tv_sec, 0 };
		n = signals_poll(&poll, 1, &left, signals);
		if (n < 0)
			return -errno;
		if (n)
			verdict = dad_read(sock, ifindex, addr);
	}
	return verdict;
}
