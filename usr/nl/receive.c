// SPDX-License-Identifier: GPL-2.0
/* receive.c - messages of the kernel, and of nobody else */
#include <fcntl.h>
#include <netlink/handlers.h>
#include <netlink/netlink.h>
#include <stdlib.h>

#include "nl/receive.h"

/* How many messages of other processes are thrown away at a time. */
#define FOREIGN 64

static int receive(struct nl_sock *sock, struct sockaddr_nl *from,
		   unsigned char **data, struct ucred **creds)
{
	int n, i;

	for (i = 0;; i++) {
		n = nl_recv(sock, from, data, creds);
		if (n <= 0 || !from->nl_pid)
			return n;
		free(*data);
		*data = NULL;
		if (creds) {
			free(*creds);
			*creds = NULL;
		}
		/* A flood must not keep one who does not wait from other work. */
		if (i == FOREIGN &&
		    fcntl(nl_socket_get_fd(sock), F_GETFL) & O_NONBLOCK)
			return -NLE_AGAIN;
	}
}

/**
 * nl64_from_kernel() - ignore messages that are not from the kernel
 * @sock: a socket, of any protocol of netlink
 *
 * A process with CAP_NET_ADMIN in the network namespace can send to our port, too.
 * Only the kernel has port 0; what comes from another is as if it had not come, also
 * for libnl itself, which looks up our family.
 */
void nl64_from_kernel(struct nl_sock *sock)
{
	struct nl_cb *cb = nl_socket_get_cb(sock);

	nl_cb_overwrite_recv(cb, receive);
	nl_cb_put(cb);
}
