// SPDX-License-Identifier: GPL-2.0
/* remote.c - the IPv4 hosts with which a BIB entry has sessions (RFC 6146 s3.5.1) */
#include "table/remote.h"

#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include "table/entry.h"
#include "table/state.h"
#include "table/reclaim.h"

/**
 * struct nat64_remote_key - key of a remote
 */
struct nat64_remote_key {
	/** @bib: the BIB entry */
	const struct nat64_bib *bib;
	/** @dst4: the host's address, in network byte order */
	__be32 dst4;
};

static struct kmem_cache *remote_cache;
static struct nat64_reclaim remotes_dead;
static hsiphash_key_t remote_key __read_mostly;

static u32 nat64_remote_hash(const void *data, u32 len, u32 seed)
{
	const struct nat64_remote_key *key = data;
	u64 bib = (unsigned long)key->bib;

	return hsiphash_3u32((u32)bib, bib >> 32, (__force u32)key->dst4,
			     &remote_key) ^ seed;
}

static u32 nat64_remote_obj_hash(const void *data, u32 len, u32 seed)
{
	const struct nat64_remote *remote = data;
	struct nat64_remote_key key = { .bib = remote->bib,
					.dst4 = remote->dst4 };

	return nat64_remote_hash(&key, sizeof(key), seed);
}

static int nat64_remote_obj_cmp(struct rhashtable_compare_arg *arg,
				const void *obj)
{
	const struct nat64_remote_key *key = arg->key;
	const struct nat64_remote *remote = obj;

	return remote->bib != key->bib || remote->dst4 != key->dst4;
}

static const struct rhashtable_params remote_params = {
	.head_offset = offsetof(struct nat64_remote, node),
	.key_len = sizeof(struct nat64_remote_key),
	.hashfn = nat64_remote_hash,
	.obj_hashfn = nat64_remote_obj_hash,
	.obj_cmpfn = nat64_remote_obj_cmp,
	.automatic_shrinking = true,
};

static void nat64_remote_free(struct llist_node *link)
{
	kmem_cache_free(remote_cache,
			container_of(link, struct nat64_remote, link));
}

/**
 * nat64_remote_init - initialise what all instances share
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_remote_init(void)
{
	nat64_reclaim_init(&remotes_dead, nat64_remote_free);
	get_random_bytes(&remote_key, sizeof(remote_key));
	remote_cache = KMEM_CACHE(nat64_remote, 0);
	return remote_cache ? 0 : -ENOMEM;
}

/**
 * nat64_remote_exit - undo nat64_remote_init(); no remote is in a table
 */
void nat64_remote_exit(void)
{
	nat64_reclaim_flush(&remotes_dead);
	kmem_cache_destroy(remote_cache);
}

/**
 * nat64_remote_table_init - initialise the table of an instance
 * @inst: the instance
 *
 * Return: 0 or a negative errno.
 */
int nat64_remote_table_init(struct nat64_instance *inst)
{
	return rhashtable_init(&inst->remotes, &remote_params);
}

/**
 * nat64_remote_table_exit - free the table of an instance
 * @inst: the instance; its table is empty
 */
void nat64_remote_table_exit(struct nat64_instance *inst)
{
	rhashtable_destroy(&inst->remotes);
}

static struct nat64_remote *nat64_remote_find(struct nat64_instance *inst,
					      const struct nat64_bib *bib,
					      __be32 dst4)
{
	struct nat64_remote_key key = { .bib = bib, .dst4 = dst4 };

	return rhashtable_lookup(&inst->remotes, &key, remote_params);
}

/**
 * nat64_remote_known - check whether a BIB entry has sessions with an IPv4 host
 * @inst: the instance
 * @bib: the BIB entry
 * @dst4: the host's address, in network byte order
 *
 * Context: RCU read lock.
 *
 * Return: true if it has one besides its first, expired or not.
 */
bool nat64_remote_known(struct nat64_instance *inst,
			const struct nat64_bib *bib, __be32 dst4)
{
	return nat64_remote_find(inst, bib, dst4);
}

/**
 * nat64_remote_get - count a session with an IPv4 host
 * @inst: the instance
 * @bib: the BIB entry, locked
 * @dst4: the host's address, in network byte order
 *
 * Context: softirqs off, RCU read lock. Allocates for the first session.
 *
 * Return: 0 or a negative errno.
 */
int nat64_remote_get(struct nat64_instance *inst, const struct nat64_bib *bib,
		     __be32 dst4)
{
	struct nat64_remote *remote = nat64_remote_find(inst, bib, dst4);
	int err;

	if (remote) {
		remote->n_sessions++;
		return 0;
	}
	remote = kmem_cache_zalloc(remote_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!remote)
		return -ENOMEM;
	remote->bib = bib;
	remote->dst4 = dst4;
	remote->n_sessions = 1;
	err = rhashtable_insert_fast(&inst->remotes, &remote->node,
				     remote_params);
	if (err)
		kmem_cache_free(remote_cache, remote);
	return err;
}

/**
 * nat64_remote_put - uncount a session counted by nat64_remote_get()
 * @inst: the instance
 * @bib: the BIB entry, locked
 * @dst4: the host's address, in network byte order
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_remote_put(struct nat64_instance *inst, const struct nat64_bib *bib,
		      __be32 dst4)
{
	struct nat64_remote *remote = nat64_remote_find(inst, bib, dst4);

	if (WARN_ON_ONCE(!remote) || --remote->n_sessions)
		return;
	rhashtable_remove_fast(&inst->remotes, &remote->node, remote_params);
	nat64_reclaim(&remotes_dead, &remote->link);
}
