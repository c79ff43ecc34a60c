// SPDX-License-Identifier: GPL-2.0
/* peer.c - the IPv4 hosts with which a BIB entry has sessions (RFC 6146 s3.5.1) */
#include "table/peer.h"

#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include "table/bib.h"
#include "table/instance.h"
#include "table/reclaim.h"

/**
 * struct nat64_peer_key - what finds a peer
 */
struct nat64_peer_key {
	/** @bib: the BIB entry */
	const struct nat64_bib *bib;
	/** @dst4: the host's address, in network byte order */
	__be32 dst4;
};

static struct kmem_cache *peer_cache;
static struct nat64_reclaim peers_dead;
static hsiphash_key_t peer_key __read_mostly;

static u32 nat64_peer_hash(const void *data, u32 len, u32 seed)
{
	const struct nat64_peer_key *key = data;
	u64 bib = (unsigned long)key->bib;

	return hsiphash_3u32((u32)bib, bib >> 32, (__force u32)key->dst4,
			     &peer_key) ^ seed;
}

static u32 nat64_peer_obj_hash(const void *data, u32 len, u32 seed)
{
	const struct nat64_peer *peer = data;
	struct nat64_peer_key key = { .bib = peer->bib, .dst4 = peer->dst4 };

	return nat64_peer_hash(&key, sizeof(key), seed);
}

static int nat64_peer_obj_cmp(struct rhashtable_compare_arg *arg,
			      const void *obj)
{
	const struct nat64_peer_key *key = arg->key;
	const struct nat64_peer *peer = obj;

	return peer->bib != key->bib || peer->dst4 != key->dst4;
}

static const struct rhashtable_params peer_params = {
	.head_offset = offsetof(struct nat64_peer, node),
	.key_len = sizeof(struct nat64_peer_key),
	.hashfn = nat64_peer_hash,
	.obj_hashfn = nat64_peer_obj_hash,
	.obj_cmpfn = nat64_peer_obj_cmp,
	.automatic_shrinking = true,
};

static void nat64_peer_free(struct llist_node *link)
{
	kmem_cache_free(peer_cache, container_of(link, struct nat64_peer, link));
}

/**
 * nat64_peer_init - what all instances share
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_peer_init(void)
{
	nat64_reclaim_init(&peers_dead, nat64_peer_free);
	get_random_bytes(&peer_key, sizeof(peer_key));
	peer_cache = KMEM_CACHE(nat64_peer, 0);
	return peer_cache ? 0 : -ENOMEM;
}

/**
 * nat64_peer_exit - undo nat64_peer_init(); no peer is in a table
 */
void nat64_peer_exit(void)
{
	nat64_reclaim_flush(&peers_dead);
	kmem_cache_destroy(peer_cache);
}

/**
 * nat64_peer_table_init - make the table of an instance
 * @inst: the instance
 *
 * Return: 0 or a negative errno.
 */
int nat64_peer_table_init(struct nat64_instance *inst)
{
	return rhashtable_init(&inst->peers, &peer_params);
}

/**
 * nat64_peer_table_exit - free the table of an instance
 * @inst: the instance; its table is empty
 */
void nat64_peer_table_exit(struct nat64_instance *inst)
{
	rhashtable_destroy(&inst->peers);
}

static struct nat64_peer *nat64_peer_find(struct nat64_instance *inst,
					  const struct nat64_bib *bib,
					  __be32 dst4)
{
	struct nat64_peer_key key = { .bib = bib, .dst4 = dst4 };

	return rhashtable_lookup(&inst->peers, &key, peer_params);
}

/**
 * nat64_peer_known - has a BIB entry sessions with an IPv4 host?
 * @inst: the instance
 * @bib: the BIB entry
 * @dst4: the host's address, in network byte order
 *
 * Context: RCU read lock.
 *
 * Return: true if it has, be they expired, and besides its first.
 */
bool nat64_peer_known(struct nat64_instance *inst, const struct nat64_bib *bib,
		      __be32 dst4)
{
	return nat64_peer_find(inst, bib, dst4);
}

/**
 * nat64_peer_get - count a session with an IPv4 host
 * @inst: the instance
 * @bib: the BIB entry, locked
 * @dst4: the host's address, in network byte order
 *
 * Context: softirqs off, RCU read lock. Allocates for the first session.
 *
 * Return: 0 or a negative errno.
 */
int nat64_peer_get(struct nat64_instance *inst, const struct nat64_bib *bib,
		   __be32 dst4)
{
	struct nat64_peer *peer = nat64_peer_find(inst, bib, dst4);
	int err;

	if (peer) {
		peer->n_sessions++;
		return 0;
	}
	peer = kmem_cache_zalloc(peer_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!peer)
		return -ENOMEM;
	peer->bib = bib;
	peer->dst4 = dst4;
	peer->n_sessions = 1;
	err = rhashtable_insert_fast(&inst->peers, &peer->node, peer_params);
	if (err)
		kmem_cache_free(peer_cache, peer);
	return err;
}

/**
 * nat64_peer_put - a session that nat64_peer_get() has counted is no more
 * @inst: the instance
 * @bib: the BIB entry, locked
 * @dst4: the host's address, in network byte order
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_peer_put(struct nat64_instance *inst, const struct nat64_bib *bib,
		    __be32 dst4)
{
	struct nat64_peer *peer = nat64_peer_find(inst, bib, dst4);

	if (WARN_ON_ONCE(!peer) || --peer->n_sessions)
		return;
	rhashtable_remove_fast(&inst->peers, &peer->node, peer_params);
	nat64_reclaim(&peers_dead, &peer->link);
}
