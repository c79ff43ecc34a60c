/* SPDX-License-Identifier: GPL-2.0 */
/* resolve.h - NAT64 prefixes by DNS (RFC 7050) */
#ifndef NAT64CTL_RESOLVE_H
#define NAT64CTL_RESOLVE_H

#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>

#include "pref64/found.h"

#define RESOLVE_SERVERS 3
#define RESOLVE_WHY 512

/**
 * struct resolve_server - a resolver
 * @addr: its address and port
 * @len: length of @addr
 * @text: its address in words
 * @loopback: it is on this machine
 */
struct resolve_server {
	struct sockaddr_storage addr;
	socklen_t len;
	char text[FOUND_FROM];
	bool loopback;
};

/**
 * struct resolve - the resolvers, and the last answer
 * @server: the resolvers, in the order in which they are asked
 * @n: how many
 * @trust_ad: what they say of DNSSEC is true ("options trust-ad")
 * @device: the device by which those elsewhere are asked, or NULL
 * @trust: domains in which the names of NAT64s are, up to a NULL pointer; if
 *	there are any, only prefixes that DNSSEC proves are taken
 * @wait: milliseconds to wait for one of them
 * @until: when resolve_prefixes() gives up, in milliseconds of found_now()
 * @signals: the signals to be blocked while it waits
 * @from: the resolver of the last answer
 * @answer: that answer
 * @lost: a query to validate a prefix got no answer, so that it may be missing
 *	from those that resolve_prefixes() has found
 * @why: why there is none, or no prefix in it, in words
 */
struct resolve {
	struct resolve_server server[RESOLVE_SERVERS];
	size_t n;
	bool trust_ad;
	const char *device;
	const char *const *trust;
	unsigned int wait;
	__u64 until;
	const sigset_t *signals;
	const struct resolve_server *from;
	struct pref64_answer answer;
	bool lost;
	char why[RESOLVE_WHY];
};

void resolve_read(struct resolve *resolve, FILE *file);
int resolve_open(struct resolve *resolve, const char *netns);
int resolve_prefixes(struct resolve *resolve, struct prefix6 *prefixes,
		     size_t max);

#endif /* NAT64CTL_RESOLVE_H */
