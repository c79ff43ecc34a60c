// SPDX-License-Identifier: GPL-2.0
/*
 * listen.c - router advertisements as they come, and devices that come and go
 *
 * With CAP_NET_RAW a raw socket solicits advertisements and reads them. Without
 * it, the kernel hands on the options of those that it accepts: none where
 * systemd-networkd or NetworkManager configures the device.
 */
#include <errno.h>
#include <netinet/icmp6.h>
#include <netlink/msg.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/rtnetlink.h>

#include "nl/receive.h"
#include "pref64/found.h"
#include "pref64/listen.h"

/* RFC 4861 s10, in milliseconds */
#define ASK_TIMES 3
#define ASK_INTERVAL 4000
/* What comes over the link has not been forwarded (RFC 4861 s6.1.2). */
#define HOP_LIMIT 255
/* More that waits is read after what else there is to do. */
#define READ_TIMES 64
/* A dump in which something has changed or was lost is done again. */
#define DUMP_TIMES 5
/* How long one may take */
#define DUMP_SECONDS 5

__printf(3, 4) static int fail(struct listen *listen, int err,
			       const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(listen->why, sizeof(listen->why), fmt, ap);
	va_end(ap);
	return err;
}

static struct listen_device *find_device(struct listen *listen,
					 unsigned int ifindex)
{
	size_t i;

	for (i = 0; i < listen->n; i++)
		if (listen->device[i].ifindex == ifindex)
			return &listen->device[i];
	return NULL;
}

/* --- devices, as the kernel reports them --- */

static void go_down(struct listen *listen, struct listen_device *device)
{
	if (!device->up)
		return;
	device->up = false;
	listen->link(device->ifindex, false, listen->arg);
}

/* Routers that may be new are asked at once, as often as those before. */
static void begin_asking(struct listen_device *device)
{
	device->asked = 0;
	device->next = 0;
	device->answered = false;
}

static void forget_device(struct listen *listen, struct listen_device *device)
{
	size_t i = device - listen->device;

	go_down(listen, device);
	listen->n--;
	memmove(device, device + 1, (listen->n - i) * sizeof(*device));
}

static void go_up(struct listen *listen, struct listen_device *device)
{
	if (device->up)
		return;
	device->up = true;
	begin_asking(device);
	listen->link(device->ifindex, true, listen->arg);
}

static void on_link(struct listen *listen, struct nlmsghdr *hdr)
{
	const unsigned int needs = IFF_UP | IFF_RUNNING | IFF_MULTICAST;
	struct ifinfomsg *info = nlmsg_data(hdr);
	struct listen_device *device;
	struct nlattr *name;

	/* A bridge reports its ports in a family of its own. */
	if (!nlmsg_valid_hdr(hdr, sizeof(*info)) ||
	    info->ifi_family != AF_UNSPEC)
		return;
	device = find_device(listen, info->ifi_index);
	name = nlmsg_find_attr(hdr, sizeof(*info), IFLA_IFNAME);
	if (hdr->nlmsg_type == RTM_DELLINK || !name ||
	    info->ifi_flags & IFF_LOOPBACK ||
	    (listen->only && nla_strcmp(name, listen->only))) {
		if (device)
			forget_device(listen, device);
		return;
	}
	if (!device && listen->n == LISTEN_DEVICES)
		return;
	if (!device) {
		device = &listen->device[listen->n++];
		memset(device, 0, sizeof(*device));
		device->ifindex = info->ifi_index;
	}
	device->seen = true;
	snprintf(device->name, sizeof(device->name), "%.*s", nla_len(name),
		 (const char *)nla_data(name));
	if ((info->ifi_flags & needs) == needs)
		go_up(listen, device);
	else
		go_down(listen, device);
}

static void on_addr(struct listen *listen, struct nlmsghdr *hdr)
{
	struct ifaddrmsg *info = nlmsg_data(hdr);
	struct listen_device *device;
	const struct in6_addr *own;
	struct nlattr *attr;
	__u32 flags;

	if (!nlmsg_valid_hdr(hdr, sizeof(*info)) ||
	    info->ifa_family != AF_INET6)
		return;
	device = find_device(listen, info->ifa_index);
	attr = nlmsg_find_attr(hdr, sizeof(*info), IFA_ADDRESS);
	if (!device || !attr || nla_len(attr) != sizeof(device->own) ||
	    !IN6_IS_ADDR_LINKLOCAL((struct in6_addr *)nla_data(attr)))
		return;
	if (hdr->nlmsg_type == RTM_DELADDR) {
		if (!memcmp(&device->own, nla_data(attr), sizeof(device->own)))
			device->has_own = false;
		return;
	}
	own = nla_data(attr);
	flags = info->ifa_flags;
	attr = nlmsg_find_attr(hdr, sizeof(*info), IFA_FLAGS);
	if (attr && nla_len(attr) == sizeof(flags))
		flags = nla_get_u32(attr);
	/* A source that is not known to be unique is not to be used. */
	if (flags & IFA_F_TENTATIVE && !(flags & IFA_F_OPTIMISTIC))
		return;
	memcpy(&device->own, own, sizeof(device->own));
	if (!device->has_own)
		begin_asking(device);
	device->has_own = true;
}

static void on_useropt(struct listen *listen, struct nlmsghdr *hdr)
{
	struct pref64_option options[PREF64_OPTIONS];
	struct listen_device *device;
	struct in6_addr router;
	unsigned int ifindex;
	int n;

	n = pref64_useropt(nlmsg_data(hdr), nlmsg_datalen(hdr), options,
			   &ifindex, &router);
	device = n < 0 ? NULL : find_device(listen, ifindex);
	if (!device)
		return;
	device->answered = true;
	listen->advert(device, &router, options, n, listen->arg);
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct listen *listen = arg;

	switch (hdr->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		on_link(listen, hdr);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		on_addr(listen, hdr);
		break;
	case RTM_NEWNDUSEROPT:
		on_useropt(listen, hdr);
	}
	return NL_OK;
}

static int on_finish(struct nl_msg *msg, void *arg)
{
	struct listen *listen = arg;

	listen->dumped = true;
	return NL_STOP;
}

static bool is_incomplete(int err)
{
	return err == -NLE_DUMP_INTR || err == -NLE_NOMEM;
}

/*
 * Read what there is already; events come in between. What comes is read to the
 * end of the dump, for the kernel begins no other before.
 */
static int dump_once(struct listen *listen, int type, int family)
{
	const __u64 end = found_now() + DUMP_SECONDS * 1000;
	struct rtgenmsg gen = { .rtgen_family = family };
	int err, incomplete = 0;

	listen->dumped = false;
	err = nl_send_simple(listen->sock, type, NLM_F_DUMP, &gen, sizeof(gen));
	while (err >= 0 && !listen->dumped) {
		err = nl_recvmsgs_default(listen->sock);
		if (is_incomplete(err)) {
			incomplete = err;
			err = 0;
		}
		/* Others flood the socket; what the kernel says is behind that. */
		if (err == -NLE_INTR)
			err = 0;
		if (err >= 0 && !listen->dumped && found_now() >= end)
			err = -NLE_AGAIN;
	}
	return err < 0 ? err : incomplete;
}

static int dump(struct listen *listen, int type, int family)
{
	int err = -NLE_DUMP_INTR, i;
	size_t j;

	for (i = 0; i < DUMP_TIMES && is_incomplete(err); i++) {
		for (j = 0; j < listen->n; j++)
			listen->device[j].seen = false;
		err = dump_once(listen, type, family);
	}
	if (err < 0)
		return fail(listen, -EIO,
			    "cannot list the network devices: %s",
			    nl_geterror(err));
	return 0;
}

/* The message that a device is gone may be lost. */
static void forget_unseen(struct listen *listen)
{
	size_t i = 0;

	while (i < listen->n) {
		if (!listen->device[i].seen)
			forget_device(listen, &listen->device[i]);
		else
			i++;
	}
}

static int dump_all(struct listen *listen)
{
	int fd = nl_socket_get_fd(listen->sock), err;
	struct timeval limit = { .tv_sec = DUMP_SECONDS };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	err = dump(listen, RTM_GETLINK, AF_UNSPEC);
	if (err)
		return err;
	forget_unseen(listen);
	return dump(listen, RTM_GETADDR, AF_INET6);
}

static int open_netlink(struct listen *listen)
{
	int err;

	listen->sock = nl_socket_alloc();
	if (!listen->sock)
		return fail(listen, -ENOMEM, "there is no memory left");
	nl_socket_disable_seq_check(listen->sock);
	nl64_from_kernel(listen->sock);
	nl_socket_modify_cb(listen->sock, NL_CB_VALID, NL_CB_CUSTOM, on_valid,
			    listen);
	nl_socket_modify_cb(listen->sock, NL_CB_FINISH, NL_CB_CUSTOM, on_finish,
			    listen);
	err = nl_connect(listen->sock, NETLINK_ROUTE);
	if (err >= 0)
		err = nl_socket_add_memberships(listen->sock, RTNLGRP_LINK,
						RTNLGRP_IPV6_IFADDR,
						listen->raw < 0 ?
						RTNLGRP_ND_USEROPT : 0, 0);
	if (err < 0)
		return fail(listen, -EIO, "cannot open a netlink socket: %s",
			    nl_geterror(err));
	nl_socket_enable_msg_peek(listen->sock);
	return dump_all(listen);
}

/* --- the raw socket --- */

static int open_raw(void)
{
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			IPPROTO_ICMPV6);
	int hops = HOP_LIMIT, on = 1;
	struct icmp6_filter filter;

	if (fd < 0)
		return -1;
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ND_ROUTER_ADVERT, &filter);
	if (setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter,
		       sizeof(filter)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof(on)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops,
		       sizeof(hops))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The message with what came beside it; a missing one is 0 */
static ssize_t receive(int fd, void *data, size_t size,
		       struct sockaddr_in6 *from, int *hops,
		       unsigned int *ifindex)
{
	char control[256] __attribute__((aligned(8)));
	struct iovec iov = { data, size };
	struct msghdr msg = {
		.msg_name = from,
		.msg_namelen = sizeof(*from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(fd, &msg, 0);
	struct in6_pktinfo info = {};
	struct cmsghdr *at;

	*hops = 0;
	*ifindex = 0;
	if (len < 0)
		return -errno;
	for (at = CMSG_FIRSTHDR(&msg); at; at = CMSG_NXTHDR(&msg, at)) {
		if (at->cmsg_level != IPPROTO_IPV6)
			continue;
		if (at->cmsg_type == IPV6_HOPLIMIT)
			memcpy(hops, CMSG_DATA(at), sizeof(*hops));
		else if (at->cmsg_type == IPV6_PKTINFO)
			memcpy(&info, CMSG_DATA(at), sizeof(info));
	}
	*ifindex = info.ipi6_ifindex;
	return msg.msg_flags & MSG_TRUNC ? 0 : len;
}

/* RFC 4861 s6.1.2, but the checksum, which is right; not this machine itself */
static bool is_from_router(const struct listen_device *device,
			   const struct sockaddr_in6 *from, int hops)
{
	return device && device->up && hops == HOP_LIMIT &&
	       IN6_IS_ADDR_LINKLOCAL(&from->sin6_addr) &&
	       !(device->has_own && !memcmp(&device->own, &from->sin6_addr,
					    sizeof(device->own)));
}

static int read_raw(struct listen *listen)
{
	struct pref64_option options[PREF64_OPTIONS];
	struct listen_device *device;
	struct sockaddr_in6 from = {};
	static __u8 data[65536];
	unsigned int ifindex;
	int hops, n;
	ssize_t len;

	len = receive(listen->raw, data, sizeof(data), &from, &hops, &ifindex);
	if (len < 0)
		return len;
	device = find_device(listen, ifindex);
	if (!is_from_router(device, &from, hops))
		return 0;
	n = pref64_advert(data, len, options);
	if (n < 0)
		return 0;
	device->answered = true;
	listen->advert(device, &from.sin6_addr, options, n, listen->arg);
	return 0;
}

static void send_solicit(struct listen *listen, struct listen_device *device)
{
	const struct nd_router_solicit solicit = {
		.nd_rs_type = ND_ROUTER_SOLICIT,
	};
	const struct sockaddr_in6 routers = {
		.sin6_family = AF_INET6,
		.sin6_addr = { .s6_addr = { 0xff, 2, [15] = 2 } },
		.sin6_scope_id = device->ifindex,
	};

	/* What fails now, as the device has just gone, is tried again. */
	sendto(listen->raw, &solicit, sizeof(solicit), 0,
	       (const struct sockaddr *)&routers, sizeof(routers));
}

static bool can_ask(const struct listen *listen,
		    const struct listen_device *device)
{
	return listen->raw >= 0 && device->up && device->has_own &&
	       !device->answered && device->asked < ASK_TIMES;
}

/**
 * listen_ask() - ask the routers of every device whose time has come
 * @listen: the sockets and devices
 * @now: the time
 *
 * Routers are asked three times, four seconds apart, or until one answers.
 */
void listen_ask(struct listen *listen, __u64 now)
{
	size_t i;

	for (i = 0; i < listen->n; i++) {
		struct listen_device *device = &listen->device[i];

		if (!can_ask(listen, device) || device->next > now)
			continue;
		device->asked++;
		device->next = now + ASK_INTERVAL;
		send_solicit(listen, device);
	}
}

/**
 * listen_next() - when routers are to be asked again
 * @listen: the sockets and devices
 *
 * Return: the time, or FOUND_NEVER.
 */
__u64 listen_next(const struct listen *listen)
{
	__u64 next = FOUND_NEVER;
	size_t i;

	for (i = 0; i < listen->n; i++)
		if (can_ask(listen, &listen->device[i]) &&
		    listen->device[i].next < next)
			next = listen->device[i].next;
	return next;
}

/**
 * listen_answered() - check whether every device has had an advertisement
 * @listen: the sockets and devices
 *
 * Return: true if each has that is up, or if none is.
 */
bool listen_answered(const struct listen *listen)
{
	size_t i;

	for (i = 0; i < listen->n; i++)
		if (listen->device[i].up && !listen->device[i].answered)
			return false;
	return true;
}

/**
 * listen_read() - read all that has come
 * @listen: the sockets and devices
 *
 * Return: 0, or a negative errno with its words in @listen.
 */
int listen_read(struct listen *listen)
{
	int i, err = 0;

	/* Devices first: what comes over one that is not known is ignored. */
	for (i = 0; i < READ_TIMES && (err >= 0 || err == -NLE_INTR); i++)
		err = nl_recvmsgs_default(listen->sock);
	if (err == -NLE_NOMEM) {
		err = dump_all(listen);
		if (err)
			return err;
	} else if (err < 0 && err != -NLE_AGAIN && err != -NLE_INTR) {
		return fail(listen, -EIO, "cannot hear of network devices: %s",
			    nl_geterror(err));
	}
	for (i = 0, err = 0; listen->raw >= 0 && i < READ_TIMES && !err; i++)
		err = read_raw(listen);
	return 0;
}

/**
 * listen_open() - begin to listen
 * @listen: its callbacks and @only are set, the rest is zero
 *
 * Return: 0, or a negative errno with its words in @listen.
 */
int listen_open(struct listen *listen)
{
	int err;

	listen->raw = open_raw();
	err = open_netlink(listen);
	if (err) {
		listen_close(listen);
		return err;
	}
	nl_socket_set_nonblocking(listen->sock);
	if (listen->only && !listen->later && !listen->n) {
		listen_close(listen);
		return fail(listen, -ENODEV,
			    "there is no network device '%s' on which a router could be: 'ip link' lists those that exist",
			    listen->only);
	}
	return 0;
}

/**
 * listen_close() - end that
 * @listen: the sockets, open or not
 */
void listen_close(struct listen *listen)
{
	if (listen->raw >= 0)
		close(listen->raw);
	listen->raw = -1;
	nl_socket_free(listen->sock);
	listen->sock = NULL;
}
