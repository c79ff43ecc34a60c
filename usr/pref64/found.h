/* SPDX-License-Identifier: GPL-2.0 */
/* found.h - the NAT64 prefixes that are in force, and what changes */
#ifndef NAT64CTL_FOUND_H
#define NAT64CTL_FOUND_H

#include <net/if.h>

#include "pref64/pref64.h"

/*
 * Further prefixes are ignored. No link can take all the room, for a host that sends
 * on it would keep the routers on the others from being heard.
 */
#define FOUND_MAX 64
#define FOUND_DEVICE_MAX 32
#define FOUND_FROM (INET6_ADDRSTRLEN + 1 + IF_NAMESIZE)
#define FOUND_NEVER UINT64_MAX

/**
 * enum found_source - by what means a prefix was found
 * @FOUND_RA: an option of a router advertisement (RFC 8781)
 * @FOUND_DNS: the addresses of ipv4only.arpa (RFC 7050)
 */
enum found_source {
	FOUND_RA,
	FOUND_DNS,
};

/**
 * enum found_end - why a prefix is in force no more
 * @FOUND_STAYS: it is in force
 * @FOUND_EXPIRED: its lifetime has passed
 * @FOUND_WITHDRAWN: its router or resolver has taken it back
 * @FOUND_LINK_DOWN: its device is down or gone
 * @FOUND_SUPERSEDED: it was found by DNS, and a router announces one
 */
enum found_end {
	FOUND_STAYS,
	FOUND_EXPIRED,
	FOUND_WITHDRAWN,
	FOUND_LINK_DOWN,
	FOUND_SUPERSEDED,
};

/**
 * struct found - a prefix that is in force
 * @prefix: the prefix
 * @source: by what means it was found
 * @ifindex: the device of the router advertisement; 0: of DNS
 * @device: its name
 * @from: the router or the resolver
 * @validated: DNSSEC proves it in a trusted domain (RFC 7050 s3.1)
 * @until: when its lifetime ends, in milliseconds of found_now()
 */
struct found {
	struct prefix6 prefix;
	enum found_source source;
	unsigned int ifindex;
	char device[IF_NAMESIZE];
	char from[FOUND_FROM];
	bool validated;
	__u64 until;
};

/**
 * struct found_table - all prefixes that are in force, in the order found
 * @entry: the prefixes
 * @n: how many
 * @changed: is called when a prefix comes (FOUND_STAYS) or goes; may be NULL
 * @arg: its argument
 */
struct found_table {
	struct found entry[FOUND_MAX];
	size_t n;
	void (*changed)(const struct found *found, enum found_end end,
			void *arg);
	void *arg;
};

__u64 found_now(void);
void found_take(struct found_table *table, const struct found *found,
		__u64 now);
void found_withdraw(struct found_table *table, const struct found *found);
void found_expire(struct found_table *table, __u64 now);
void found_link_down(struct found_table *table, unsigned int ifindex);
void found_supersede(struct found_table *table);
void found_keep(struct found_table *table, const struct prefix6 *prefixes,
		size_t n);
__u64 found_next(const struct found_table *table);
size_t found_count(const struct found_table *table, enum found_source source);

#endif /* NAT64CTL_FOUND_H */
