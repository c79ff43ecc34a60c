// SPDX-License-Identifier: GPL-2.0
/* subscriber.c - what the BIB entries of an inside host have in common */
#include "table/subscriber.h"

#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include "table/instance.h"
#include "table/pool4.h"
#include "table/reclaim.h"

static struct kmem_cache *subscriber_cache;
static struct nat64_reclaim subscribers_dead;
static hsiphash_key_t subscriber_key __read_mostly;
static siphash_key_t subscriber_secret __read_mostly;

static u32 nat64_subscriber_hash(const void *data, u32 len, u32 seed)
{
	return hsiphash(data, sizeof(struct in6_addr), &subscriber_key) ^ seed;
}

static const struct rhashtable_params subscriber_params = {
	.head_offset = offsetof(struct nat64_subscriber, node),
	.key_offset = offsetof(struct nat64_subscriber, addr6),
	.key_len = sizeof(struct in6_addr),
	.hashfn = nat64_subscriber_hash,
	.automatic_shrinking = true,
};

static void nat64_subscriber_free(struct llist_node *link)
{
	kmem_cache_free(subscriber_cache,
			container_of(link, struct nat64_subscriber, link));
}

/**
 * nat64_subscriber_init - what all instances share
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_subscriber_init(void)
{
	nat64_reclaim_init(&subscribers_dead, nat64_subscriber_free);
	get_random_bytes(&subscriber_key, sizeof(subscriber_key));
	get_random_bytes(&subscriber_secret, sizeof(subscriber_secret));
	subscriber_cache = KMEM_CACHE(nat64_subscriber, 0);
	return subscriber_cache ? 0 : -ENOMEM;
}

/**
 * nat64_subscriber_exit - undo nat64_subscriber_init(); nobody is in a table
 */
void nat64_subscriber_exit(void)
{
	nat64_reclaim_flush(&subscribers_dead);
	kmem_cache_destroy(subscriber_cache);
}

/**
 * nat64_subscriber_table_init - make the table of an instance
 * @inst: the instance
 *
 * Return: 0 or a negative errno.
 */
int nat64_subscriber_table_init(struct nat64_instance *inst)
{
	return rhashtable_init(&inst->subscribers, &subscriber_params);
}

/**
 * nat64_subscriber_table_exit - free the table of an instance
 * @inst: the instance; its table is empty
 */
void nat64_subscriber_table_exit(struct nat64_instance *inst)
{
	rhashtable_destroy(&inst->subscribers);
}

/**
 * nat64_subscriber_addr4 - the IPv4 address of an inside host
 * @inst: the instance
 * @addr6: its IPv6 address
 *
 * Context: RCU read lock.
 *
 * Return: the address, in network byte order, or 0 if it has none yet.
 */
__be32 nat64_subscriber_addr4(struct nat64_instance *inst,
			      const struct in6_addr *addr6)
{
	struct nat64_subscriber *sub;

	sub = rhashtable_lookup(&inst->subscribers, addr6, subscriber_params);
	return sub ? READ_ONCE(sub->addr4) : 0;
}

/**
 * nat64_subscriber_choice - choose a thing for an inside host
 * @addr6: its IPv6 address
 * @n: of so many
 *
 * Return: 0 to @n - 1: always the same, but nobody outside can tell which.
 */
u32 nat64_subscriber_choice(const struct in6_addr *addr6, u32 n)
{
	return reciprocal_scale(siphash(addr6, sizeof(*addr6),
					&subscriber_secret), n);
}

/*
 * Put @sub into the table. Returns NULL; the one that is there, with a count;
 * or an ERR_PTR.
 */
static struct nat64_subscriber *
nat64_subscriber_insert(struct nat64_instance *inst,
			struct nat64_subscriber *sub)
{
	struct nat64_subscriber *old;

	for (;;) {
		old = rhashtable_lookup_get_insert_fast(&inst->subscribers,
							&sub->node,
							subscriber_params);
		if (IS_ERR_OR_NULL(old) || refcount_inc_not_zero(&old->n_bibs))
			return old;
		/* Its last entry has just gone; so will it: take its place. */
		if (!rhashtable_replace_fast(&inst->subscribers, &old->node,
					     &sub->node, subscriber_params))
			return NULL;
	}
}

/**
 * nat64_subscriber_get - find or make the object of an inside host
 * @inst: the instance
 * @addr6: its IPv6 address
 *
 * Counts a BIB entry that the caller is about to make.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: the object, or NULL if there is no memory.
 */
struct nat64_subscriber *nat64_subscriber_get(struct nat64_instance *inst,
					      const struct in6_addr *addr6)
{
	struct nat64_subscriber *sub, *old;

	sub = rhashtable_lookup(&inst->subscribers, addr6, subscriber_params);
	if (sub && refcount_inc_not_zero(&sub->n_bibs))
		return sub;

	sub = kmem_cache_zalloc(subscriber_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!sub)
		return NULL;
	sub->addr6 = *addr6;
	refcount_set(&sub->n_bibs, 1);
	old = nat64_subscriber_insert(inst, sub);
	if (!old)
		return sub;
	kmem_cache_free(subscriber_cache, sub);
	return IS_ERR(old) ? NULL : old;
}

/**
 * nat64_subscriber_pair - give an inside host its IPv4 address
 * @inst: the instance
 * @sub: the host, with a count
 * @addr4: the address, in network byte order, of which a port has been allocated
 *
 * Context: RCU read lock. Several CPUs may do so at once.
 */
void nat64_subscriber_pair(struct nat64_instance *inst,
			   struct nat64_subscriber *sub, __be32 addr4)
{
	__be32 old = xchg(&sub->addr4, addr4);

	nat64_pool4_subscriber(inst, addr4, 1);
	if (old)
		nat64_pool4_subscriber(inst, old, -1);
}

/**
 * nat64_subscriber_put - a BIB entry of an inside host is gone
 * @inst: the instance
 * @addr6: its IPv6 address
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_subscriber_put(struct nat64_instance *inst,
			  const struct in6_addr *addr6)
{
	struct nat64_subscriber *sub;

	sub = rhashtable_lookup(&inst->subscribers, addr6, subscriber_params);
	if (WARN_ON_ONCE(!sub) || !refcount_dec_and_test(&sub->n_bibs))
		return;
	if (sub->addr4)
		nat64_pool4_subscriber(inst, sub->addr4, -1);
	/* It may have been replaced already. */
	rhashtable_remove_fast(&inst->subscribers, &sub->node,
			       subscriber_params);
	nat64_reclaim(&subscribers_dead, &sub->link);
}
