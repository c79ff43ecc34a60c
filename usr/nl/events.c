// SPDX-License-Identifier: GPL-2.0
/* events.c - the multicast groups of the module */
#include <errno.h>
#include <netlink/genl/ctrl.h>
#include <sys/socket.h>

#include "cli/signals.h"
#include "nl/events.h"

static int join(struct nl64 *nl, int id, const char *group)
{
	int err = nl_socket_add_membership(nl->sock, id);

	if (err == -NLE_PERM)
		return nl64_refuse(nl, -EPERM,
			      "you need CAP_NET_ADMIN in this network namespace to hear of '%s' (try as root, or name something else)",
			      group);
	if (err < 0)
		return nl64_refuse(nl, -EIO, "cannot listen to '%s': %s", group,
			      nl_geterror(err));
	return 0;
}

/* The kernel's limit is for those who may not change it. */
static void set_buffer(int fd, int size)
{
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

/**
 * nl64_listen() - join multicast groups
 * @nl: the connection, open; good for nothing else from now on
 * @groups: names of multicast groups
 * @n: how many, 16 at most
 * @buffer: bytes that may wait until they are heard
 *
 * Return: 0, or a negative errno with its words in @nl.
 */
int nl64_listen(struct nl64 *nl, const char *const *groups, size_t n,
		int buffer)
{
	int fd = nl_socket_get_fd(nl->sock), on = 1, err = 0, ids[16], end;
	size_t i;

	/* Look up all groups first: events would mix with the answers. */
	for (i = 0; i < n; i++) {
		ids[i] = genl_ctrl_resolve_grp(nl->sock, NAT64_GENL_NAME,
					       groups[i]);
		if (ids[i] < 0)
			return nl64_refuse(nl, -ENOENT,
				      "the nat64 module has no events of '%s': load one as new as nat64ctl",
				      groups[i]);
	}
	/* Unloading the module ends its groups silently: watch for that. */
	end = genl_ctrl_resolve_grp(nl->sock, "nlctrl", "notify");
	if (end < 0)
		return nl64_refuse(nl, -EIO,
			      "cannot look up generic netlink itself: %s",
			      nl_geterror(end));
	set_buffer(fd, buffer);
	/* Report an overrun of the receive buffer as an error. */
	setsockopt(fd, SOL_NETLINK, NETLINK_BROADCAST_ERROR, &on, sizeof(on));
	nl_socket_disable_seq_check(nl->sock);
	nl_socket_set_nonblocking(nl->sock);
	for (i = 0; i < n && !err; i++)
		err = join(nl, ids[i], groups[i]);
	return err ?: join(nl, end, "notify");
}

/**
 * nl64_hear() - wait for an event
 * @nl: the connection, from nl64_listen()
 * @handler: takes the messages
 * @signals: the signals to be blocked in the meantime
 *
 * Return: 0; -EINTR if a signal came; -ENOBUFS if something was missed; or
 * another negative errno with its words in @nl.
 */
int nl64_hear(struct nl64 *nl, const struct nl64_handler *handler,
	      const sigset_t *signals)
{
	struct pollfd poll = {
		.fd = nl_socket_get_fd(nl->sock),
		.events = POLLIN,
	};
	int err;

	nl->handler = handler;
	nl->error = 0;
	if (signals_poll(&poll, 1, NULL, signals) < 0)
		return -errno;
	err = nl_recvmsgs_default(nl->sock);
	if (err == -NLE_NOMEM)
		return -ENOBUFS;
	if (err == -NLE_AGAIN || err == -NLE_INTR || (err >= 0 && !nl->error))
		return 0;
	if (nl->error)
		return nl->error;
	return nl64_refuse(nl, -EIO, "cannot hear the kernel: %s", nl_geterror(err));
}
