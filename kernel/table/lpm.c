// SPDX-License-Identifier: GPL-2.0
/*
 * lpm.c - longest prefix match
 *
 * All prefixes are in one hash table, with their length. An address is looked up
 * once for each length that any prefix has, so that the cost does not depend on
 * their number. The kernel's own tries are not exported to modules.
 */
#include "table/lpm.h"

#include <net/ipv6.h>

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct nat64_lpm_node, node),
	.key_offset = offsetof(struct nat64_lpm_node, key),
	.key_len = sizeof(struct nat64_lpm_key),
	.automatic_shrinking = true,
};

/**
 * nat64_lpm_init - initialize a table
 * @lpm: the table
 *
 * Return: 0 or a negative errno.
 */
int nat64_lpm_init(struct nat64_lpm *lpm)
{
	memset(lpm, 0, sizeof(*lpm));
	return rhashtable_init(&lpm->table, &params);
}

/**
 * nat64_lpm_exit - free a table, but not the prefixes in it
 * @lpm: the table, which no longer has readers
 *
 * Context: process.
 */
void nat64_lpm_exit(struct nat64_lpm *lpm)
{
	rhashtable_destroy(&lpm->table);
}

/**
 * nat64_lpm_insert - add a prefix
 * @lpm: the table
 * @node: the prefix, with its key
 *
 * Return: 0, -EEXIST if the table has it, or another negative errno.
 */
int nat64_lpm_insert(struct nat64_lpm *lpm, struct nat64_lpm_node *node)
{
	unsigned int bit = NAT64_LPM_LENGTHS - 1 - node->key.len;
	int err;

	err = rhashtable_lookup_insert_fast(&lpm->table, &node->node, params);
	if (err)
		return err;
	if (!lpm->n[bit]++)
		set_bit(bit, lpm->lengths);
	return 0;
}

/**
 * nat64_lpm_remove - remove a prefix
 * @lpm: the table
 * @node: the prefix; readers may see it until an RCU grace period has passed
 */
void nat64_lpm_remove(struct nat64_lpm *lpm, struct nat64_lpm_node *node)
{
	unsigned int bit = NAT64_LPM_LENGTHS - 1 - node->key.len;

	rhashtable_remove_fast(&lpm->table, &node->node, params);
	if (!--lpm->n[bit])
		clear_bit(bit, lpm->lengths);
}

/**
 * nat64_lpm_exact - find a prefix
 * @lpm: the table
 * @addr: an address in the prefix
 * @len: its length
 *
 * Context: RCU read lock, or with changes excluded.
 *
 * Return: the prefix, or NULL.
 */
struct nat64_lpm_node *nat64_lpm_exact(struct nat64_lpm *lpm,
				       const struct in6_addr *addr, u8 len)
{
	struct nat64_lpm_key key = { .len = len };

	ipv6_addr_prefix(&key.addr, addr, len);
	return rhashtable_lookup_fast(&lpm->table, &key, params);
}

/**
 * nat64_lpm_find - find the longest prefix that an address is in
 * @lpm: the table
 * @addr: the address
 *
 * Context: RCU read lock.
 *
 * Return: the prefix, or NULL.
 */
struct nat64_lpm_node *nat64_lpm_find(struct nat64_lpm *lpm,
				      const struct in6_addr *addr)
{
	struct nat64_lpm_node *node;
	unsigned int bit;

	for_each_set_bit(bit, lpm->lengths, NAT64_LPM_LENGTHS) {
		node = nat64_lpm_exact(lpm, addr, NAT64_LPM_LENGTHS - 1 - bit);
		if (node)
			return node;
	}
	return NULL;
}
