/* SPDX-License-Identifier: GPL-2.0 */
/* search.h - the search for NAT64 prefixes: routers first, then DNS */
#ifndef NAT64CTL_SEARCH_H
#define NAT64CTL_SEARCH_H

#include <signal.h>

#include "cli/opts.h"
#include "pref64/listen.h"
#include "pref64/resolve.h"

#define SEARCH_WHY (RESOLVE_WHY + 256)
#define SEARCH_TRUST 16

/**
 * struct search - a search for prefixes
 * @listen: where routers are heard
 * @resolve: where DNS is asked
 * @table: what has been found
 * @timeout: how long to wait, in milliseconds
 * @netns: the network namespace, or NULL
 * @trust: trusted domains (RFC 7050 s3.1), NULL-terminated
 * @ended: a signal has come that ends the search; may be NULL
 * @signals: the signals to be blocked while it waits, or NULL
 * @wake: another descriptor; search_step() returns when it can be read; or -1
 * @dns_at: when DNS may be asked again
 * @both: what DNS says stays when a router announces a prefix, which may be one
 *	that is of no use here
 */
struct search {
	struct listen listen;
	struct resolve resolve;
	struct found_table table;
	unsigned int timeout;
	const char *netns;
	const char *trust[SEARCH_TRUST + 1];
	const volatile sig_atomic_t *ended;
	const sigset_t *signals;
	int wake;
	__u64 dns_at;
	bool both;
};

int search_take(const struct opts *opts, struct search *search);
void search_begin(struct search *search, const char *device);
int search_step(struct search *search, __u64 until);
int search_hear(struct search *search);
int search_ask(struct search *search);
const char *search_none(const struct search *search, char *why);

#endif /* NAT64CTL_SEARCH_H */
