// SPDX-License-Identifier: GPL-2.0
/*
 * receive.c - messages of the kernel, and of nobody else
 *
 * A process with CAP_NET_ADMIN in the network namespace can send to our port, too,
 * and faster than we read. Only the kernel has port 0.
 */
#include <fcntl.h>
#include <netlink/handlers.h>
#include <netlink/netlink.h>
#include <stdlib.h>
#include <time.h>

#include "nl/receive.h"

/* How many messages of other processes one who does not wait reads at a time */
#define FOREIGN_MAX 64
/* How long, in seconds, they hold up one who waits for the kernel */
#define FOREIGN_SECONDS 5

static time_t seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void discard(unsigned char **data, struct ucred **creds)
{
	free(*data);
	*data = NULL;
	if (creds) {
		free(*creds);
		*creds = NULL;
	}
}

static int receive(struct nl_sock *sock, struct sockaddr_nl *from,
		   unsigned char **data, struct ucred **creds)
{
	bool waits = !(fcntl(nl_socket_get_fd(sock), F_GETFL) & O_NONBLOCK);
	time_t end = seconds_now() + FOREIGN_SECONDS;
	int foreign = 0, n;

	for (;;) {
		n = nl_recv(sock, from, data, creds);
		if (n <= 0 || !from->nl_pid)
			return n;
		discard(data, creds);
		if (waits && seconds_now() > end)
			return -NLE_AGAIN;
		if (!waits && ++foreign > FOREIGN_MAX)
			return -NLE_INTR;
	}
}

/**
 * nl64_from_kernel() - ignore messages that are not from the kernel
 * @sock: a socket, of any protocol of netlink
 *
 * What comes from another process is as if it had not come, also for libnl itself,
 * which looks up our family. But a flood of it ends the wait: on a socket that does
 * not block, a read then returns -NLE_INTR, and there may be more to read; on another,
 * -NLE_AGAIN, as if the kernel had not answered in time.
 */
void nl64_from_kernel(struct nl_sock *sock)
{
	struct nl_cb *cb = nl_socket_get_cb(sock);

	nl_cb_overwrite_recv(cb, receive);
	nl_cb_put(cb);
}
