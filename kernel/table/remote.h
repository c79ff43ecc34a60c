/* SPDX-License-Identifier: GPL-2.0 */
/*
 * remote.h - the IPv4 hosts with which a BIB entry has sessions
 *
 * Address-dependent filtering looks for a host with any port (RFC 6146 s3.5.1),
 * while sessions are found by port. This table rejects unsolicited packets in
 * constant time, however many sessions an entry has. The remote of an entry's
 * first session is in the entry, and not here.
 */
#ifndef NAT64_REMOTE_H
#define NAT64_REMOTE_H

#include <linux/llist.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>

struct nat64_bib;
struct nat64_instance;

/**
 * struct nat64_remote - an IPv4 host with which a BIB entry has sessions
 */
struct nat64_remote {
	/** @node: node in nat64_instance.remotes */
	struct rhash_head node;
	/** @bib: the BIB entry, which lives longer */
	const struct nat64_bib *bib;
	/** @dst4: the host's address, in network byte order */
	__be32 dst4;
	/** @n_sessions: number, not 0; protected by nat64_bib_lock() */
	u32 n_sessions;
	/** @link: node in the list of remotes to free */
	struct llist_node link;
};

int nat64_remote_init(void);
void nat64_remote_exit(void);
int nat64_remote_table_init(struct nat64_instance *inst);
void nat64_remote_table_exit(struct nat64_instance *inst);
bool nat64_remote_known(struct nat64_instance *inst,
			const struct nat64_bib *bib, __be32 dst4);
int nat64_remote_get(struct nat64_instance *inst, const struct nat64_bib *bib,
		     __be32 dst4);
void nat64_remote_put(struct nat64_instance *inst, const struct nat64_bib *bib,
		      __be32 dst4);

#endif /* NAT64_REMOTE_H */
