// SPDX-License-Identifier: GPL-2.0
/* netns.c - the network namespace of a command */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nl/netns.h"

#define NETNS_FOLDER "/run/netns/"

/**
 * nl64_enter() - enter a network namespace
 * @nl: the connection, not yet open
 * @netns: a name below /run/netns, or a path
 *
 * Return: 0, or a negative errno with its words in @nl.
 */
int nl64_enter(struct nl64 *nl, const char *netns)
{
	char path[4096];
	int fd, err;

	snprintf(path, sizeof(path), "%s%s",
		 strchr(netns, '/') ? "" : NETNS_FOLDER, netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return nl64_refuse(nl, -errno,
			      "there is no network namespace '%s' (%s: %s): 'ip netns' lists those that have a name",
			      netns, path, strerror(errno));
	err = setns(fd, CLONE_NEWNET) ? -errno : 0;
	close(fd);
	if (err == -EPERM)
		return nl64_refuse(nl, err,
			      "you need CAP_SYS_ADMIN to enter the network namespace '%s' (try as root)",
			      netns);
	if (err)
		return nl64_refuse(nl, err, "'%s' is not a network namespace: %s",
			      netns, strerror(-err));
	return 0;
}
