// SPDX-License-Identifier: GPL-2.0
/* host6.c - IPv6 hosts: address pooling is paired (RFC 4787 REQ-2) */
#include "table/host6.h"

#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include "table/page.h"
#include "table/reclaim.h"
#include "table/state.h"

static struct kmem_cache *host6_cache;
static struct nat64_reclaim hosts6_dead;
static hsiphash_key_t host6_key __read_mostly;
static siphash_key_t host6_secret __read_mostly;

static u32 nat64_host6_obj_hash(const void *data, u32 len, u32 seed)
{
	return hsiphash(data, sizeof(struct in6_addr), &host6_key) ^ seed;
}

static const struct rhashtable_params host6_params = {
	.head_offset = offsetof(struct nat64_host6, node),
	.key_offset = offsetof(struct nat64_host6, addr6),
	.key_len = sizeof(struct in6_addr),
	.hashfn = nat64_host6_obj_hash,
	.automatic_shrinking = true,
};

static void nat64_host6_free(struct llist_node *link)
{
	kmem_cache_free(host6_cache,
			container_of(link, struct nat64_host6, link));
}

/**
 * nat64_host6_init - initialise what all instances share
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_host6_init(void)
{
	nat64_reclaim_init(&hosts6_dead, nat64_host6_free);
	get_random_bytes(&host6_key, sizeof(host6_key));
	get_random_bytes(&host6_secret, sizeof(host6_secret));
	host6_cache = KMEM_CACHE(nat64_host6, 0);
	return host6_cache ? 0 : -ENOMEM;
}

/**
 * nat64_host6_exit - undo nat64_host6_init(); no host is in a table
 */
void nat64_host6_exit(void)
{
	nat64_reclaim_flush(&hosts6_dead);
	kmem_cache_destroy(host6_cache);
}

/**
 * nat64_host6_table_init - initialise the table of an instance
 * @inst: the instance
 *
 * Return: 0 or a negative errno.
 */
int nat64_host6_table_init(struct nat64_instance *inst)
{
	return rhashtable_init(&inst->hosts6, &host6_params);
}

/**
 * nat64_host6_table_exit - free the table of an instance
 * @inst: the instance; its table is empty
 */
void nat64_host6_table_exit(struct nat64_instance *inst)
{
	rhashtable_destroy(&inst->hosts6);
}

/**
 * nat64_host6_addr4 - look up the IPv4 address of an IPv6 host
 * @inst: the instance
 * @addr6: its IPv6 address
 *
 * Context: RCU read lock.
 *
 * Return: the address, in network byte order, or 0 if it has none yet.
 */
__be32 nat64_host6_addr4(struct nat64_instance *inst,
			 const struct in6_addr *addr6)
{
	struct nat64_host6 *host6;

	host6 = rhashtable_lookup(&inst->hosts6, addr6, host6_params);
	return host6 ? READ_ONCE(host6->addr4) : 0;
}

/**
 * nat64_host6_hash - hash an IPv6 host onto [0, n)
 * @addr6: its IPv6 address
 * @n: number of values
 *
 * Return: a number below @n: always the same, and unpredictable from outside.
 */
u32 nat64_host6_hash(const struct in6_addr *addr6, u32 n)
{
	return reciprocal_scale(siphash(addr6, sizeof(*addr6), &host6_secret),
				n);
}

/*
 * Put @host6 into the table. Returns NULL; the one that is there, with a count;
 * or an ERR_PTR.
 */
static struct nat64_host6 *nat64_host6_insert(struct nat64_instance *inst,
					      struct nat64_host6 *host6)
{
	struct nat64_host6 *old;

	for (;;) {
		old = rhashtable_lookup_get_insert_fast(&inst->hosts6,
							&host6->node,
							host6_params);
		if (IS_ERR_OR_NULL(old) || refcount_inc_not_zero(&old->n_bibs))
			return old;
		/* Its last entry has just gone, and it is about to go: replace it. */
		if (!rhashtable_replace_fast(&inst->hosts6, &old->node,
					     &host6->node, host6_params))
			return NULL;
	}
}

/**
 * nat64_host6_get - look up or create the object of an IPv6 host
 * @inst: the instance
 * @addr6: its IPv6 address
 *
 * Counts a BIB entry that the caller is about to create.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: the object, or NULL if there is no memory.
 */
struct nat64_host6 *nat64_host6_get(struct nat64_instance *inst,
				    const struct in6_addr *addr6)
{
	struct nat64_host6 *host6, *old;

	host6 = rhashtable_lookup(&inst->hosts6, addr6, host6_params);
	if (host6 && refcount_inc_not_zero(&host6->n_bibs))
		return host6;

	host6 = kmem_cache_zalloc(host6_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!host6)
		return NULL;
	host6->addr6 = *addr6;
	refcount_set(&host6->n_bibs, 1);
	old = nat64_host6_insert(inst, host6);
	if (!old)
		return host6;
	kmem_cache_free(host6_cache, host6);
	return IS_ERR(old) ? NULL : old;
}

/**
 * nat64_host6_pair - set the IPv4 address of an IPv6 host
 * @inst: the instance
 * @host6: the host, with a count
 * @addr4: the address, in network byte order; a port of it has been allocated
 *
 * Context: RCU read lock. Several CPUs may do so at once.
 */
void nat64_host6_pair(struct nat64_instance *inst, struct nat64_host6 *host6,
		      __be32 addr4)
{
	__be32 old = xchg(&host6->addr4, addr4);

	nat64_pool4_count_host6(inst, addr4, 1);
	if (old)
		nat64_pool4_count_host6(inst, old, -1);
}

/**
 * nat64_host6_put - uncount a BIB entry of an IPv6 host
 * @inst: the instance
 * @addr6: its IPv6 address
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_host6_put(struct nat64_instance *inst, const struct in6_addr *addr6)
{
	struct nat64_host6 *host6;

	host6 = rhashtable_lookup(&inst->hosts6, addr6, host6_params);
	if (WARN_ON_ONCE(!host6) || !refcount_dec_and_test(&host6->n_bibs))
		return;
	if (host6->addr4)
		nat64_pool4_count_host6(inst, host6->addr4, -1);
	/* It may have been replaced by nat64_host6_insert(). */
	rhashtable_remove_fast(&inst->hosts6, &host6->node, host6_params);
	nat64_reclaim(&hosts6_dead, &host6->link);
}
