/* SPDX-License-Identifier: GPL-2.0 */
/* lpm.h - longest prefix match of IPv6 and IPv4 prefixes */
#ifndef NAT64_LPM_H
#define NAT64_LPM_H

#include <linux/in6.h>
#include <linux/rhashtable.h>

/* Lengths that a prefix can have. */
#define NAT64_LPM_LENGTHS 129

/**
 * struct nat64_lpm_key - a prefix
 */
struct nat64_lpm_key {
	/**
	 * @addr: the prefix; an IPv4 prefix takes the first word. Bits after
	 * @len are zero
	 */
	struct in6_addr addr;
	/** @len: its length */
	u32 len;
};

/**
 * struct nat64_lpm_node - a prefix in a table; part of what it belongs to
 */
struct nat64_lpm_node {
	/** @node: node in nat64_lpm.table */
	struct rhash_head node;
	/** @key: the prefix */
	struct nat64_lpm_key key;
};

/**
 * struct nat64_lpm - a table of prefixes
 *
 * Read under the RCU read lock; whoever changes it excludes other changes.
 */
struct nat64_lpm {
	/** @table: struct nat64_lpm_node */
	struct rhashtable table;
	/**
	 * @lengths: the lengths that prefixes in the table have: bit 0 stands
	 * for the longest, 128
	 */
	DECLARE_BITMAP(lengths, NAT64_LPM_LENGTHS);
	/** @n: number of prefixes, by those bits */
	u32 n[NAT64_LPM_LENGTHS];
};

int nat64_lpm_init(struct nat64_lpm *lpm);
void nat64_lpm_exit(struct nat64_lpm *lpm);
int nat64_lpm_insert(struct nat64_lpm *lpm, struct nat64_lpm_node *node);
void nat64_lpm_remove(struct nat64_lpm *lpm, struct nat64_lpm_node *node);
struct nat64_lpm_node *nat64_lpm_exact(struct nat64_lpm *lpm,
				       const struct in6_addr *addr, u8 len);
struct nat64_lpm_node *nat64_lpm_find(struct nat64_lpm *lpm,
				      const struct in6_addr *addr);

#endif /* NAT64_LPM_H */
