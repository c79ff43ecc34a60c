/* SPDX-License-Identifier: GPL-2.0 */
/*
 * host6.h - the IPv4 address that all BIB entries of an IPv6 host share
 *
 * All mappings of an IPv6 address get the same IPv4 address (RFC 6146 s3.5.1.1,
 * RFC 4787 REQ-2, RFC 6888 REQ-2), in every protocol and as long as one of them
 * lives. An object for each host stores that address.
 */
#ifndef NAT64_HOST6_H
#define NAT64_HOST6_H

#include <linux/in6.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>

struct nat64_instance;

/**
 * struct nat64_host6 - an IPv6 host that has BIB entries
 */
struct nat64_host6 {
	/** @node: node in nat64_instance.hosts6 */
	struct rhash_head node;
	/** @addr6: its IPv6 address */
	struct in6_addr addr6;
	/** @addr4: its IPv4 address, in network byte order; 0: none yet */
	__be32 addr4;
	/** @n_bibs: its BIB entries, and those that are being created */
	refcount_t n_bibs;
	/** @link: node in the list of hosts to free */
	struct llist_node link;
};

int nat64_host6_init(void);
void nat64_host6_exit(void);
int nat64_host6_table_init(struct nat64_instance *inst);
void nat64_host6_table_exit(struct nat64_instance *inst);
__be32 nat64_host6_addr4(struct nat64_instance *inst,
			 const struct in6_addr *addr6);
u32 nat64_host6_hash(const struct in6_addr *addr6, u32 n);
struct nat64_host6 *nat64_host6_get(struct nat64_instance *inst,
				    const struct in6_addr *addr6);
void nat64_host6_pair(struct nat64_instance *inst, struct nat64_host6 *host6,
		      __be32 addr4);
void nat64_host6_put(struct nat64_instance *inst, const struct in6_addr *addr6);

#endif /* NAT64_HOST6_H */
