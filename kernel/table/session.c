// SPDX-License-Identifier: GPL-2.0
/* session.c - the session tables (RFC 6146 s3.1) */
#include "table/session.h"

#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include "table/acct.h"
#include "table/event.h"
#include "table/lifetime.h"
#include "table/limit.h"
#include "table/pool4.h"
#include "table/reclaim.h"
#include "table/remote.h"
#include "table/state.h"

/**
 * struct nat64_session_key - key of a session other than the first
 */
struct nat64_session_key {
	/** @bib: the BIB entry */
	const struct nat64_bib *bib;
	/** @dst4: address of the remote, in network byte order */
	__be32 dst4;
	/** @dport: port of the remote, in network byte order */
	__be16 dport;
};

static struct kmem_cache *session_cache;
static struct kmem_cache *session_acct_cache;
static struct nat64_reclaim sessions_dead;
static hsiphash_key_t session_key __read_mostly;

static u32 nat64_session_hash(const void *data, u32 len, u32 seed)
{
	const struct nat64_session_key *key = data;
	u64 bib = (unsigned long)key->bib;

	return hsiphash_4u32((u32)bib, bib >> 32, (__force u32)key->dst4,
			     (__force u32)key->dport, &session_key) ^ seed;
}

static u32 nat64_session_obj_hash(const void *data, u32 len, u32 seed)
{
	const struct nat64_session_more *more = data;
	struct nat64_session_key key = {
		.bib = more->bib,
		.dst4 = more->s.dst4,
		.dport = more->s.dport,
	};

	return nat64_session_hash(&key, sizeof(key), seed);
}

static int nat64_session_obj_cmp(struct rhashtable_compare_arg *arg,
				 const void *obj)
{
	const struct nat64_session_key *key = arg->key;
	const struct nat64_session_more *more = obj;

	return more->bib != key->bib || more->s.dst4 != key->dst4 ||
	       more->s.dport != key->dport;
}

static const struct rhashtable_params session_params = {
	.head_offset = offsetof(struct nat64_session_more, node),
	.key_len = sizeof(struct nat64_session_key),
	.hashfn = nat64_session_hash,
	.obj_hashfn = nat64_session_obj_hash,
	.obj_cmpfn = nat64_session_obj_cmp,
	.automatic_shrinking = true,
};

static void nat64_session_free(struct nat64_session_more *more)
{
	kmem_cache_free(more->s.flags & NAT64_SESSION_HAS_ACCT ?
				session_acct_cache :
				session_cache,
			more);
}

static void nat64_session_free_dead(struct llist_node *link)
{
	nat64_session_free(container_of(link, struct nat64_session_more, link));
}

/**
 * nat64_session_init - initialise what all instances share
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_session_init(void)
{
	get_random_bytes(&session_key, sizeof(session_key));
	nat64_reclaim_init(&sessions_dead, nat64_session_free_dead);
	session_cache = KMEM_CACHE(nat64_session_more, 0);
	if (!session_cache)
		return -ENOMEM;
	session_acct_cache = KMEM_CACHE(nat64_session_acct, 0);
	if (session_acct_cache)
		return 0;
	kmem_cache_destroy(session_cache);
	return -ENOMEM;
}

/**
 * nat64_session_exit - undo nat64_session_init(); no session is in a table
 */
void nat64_session_exit(void)
{
	nat64_reclaim_flush(&sessions_dead);
	kmem_cache_destroy(session_acct_cache);
	kmem_cache_destroy(session_cache);
}

/**
 * nat64_session_table_init - initialise the table of an instance
 * @inst: the instance
 *
 * Return: 0 or a negative errno.
 */
int nat64_session_table_init(struct nat64_instance *inst)
{
	return rhashtable_init(&inst->sessions, &session_params);
}

/**
 * nat64_session_table_exit - free the table of an instance
 * @inst: the instance; its table is empty
 */
void nat64_session_table_exit(struct nat64_instance *inst)
{
	rhashtable_destroy(&inst->sessions);
}

static noinline struct nat64_session *
nat64_session_find_other(struct nat64_instance *inst,
			 const struct nat64_bib *bib, __be32 dst4,
			 __be16 dport)
{
	struct nat64_session_key key = {
		.bib = bib, .dst4 = dst4, .dport = dport,
	};
	struct nat64_session_more *more;

	more = rhashtable_lookup(&inst->sessions, &key, session_params);
	return more ? &more->s : NULL;
}

/**
 * nat64_session_find - look up the session of a BIB entry and a remote
 * @inst: the instance
 * @bib: the BIB entry
 * @dst4: address of the remote, in network byte order
 * @dport: port of the remote, in network byte order; 0 for ICMP
 *
 * Context: RCU read lock.
 *
 * Return: the session, which may be CLOSED or expired, or NULL.
 */
struct nat64_session *nat64_session_find(struct nat64_instance *inst,
					 struct nat64_bib *bib, __be32 dst4,
					 __be16 dport)
{
	/* A static entry without a first session has 0 as its remote. */
	if (likely(bib->first.dst4 == dst4 && bib->first.dport == dport))
		return &bib->first;
	if (!READ_ONCE(bib->more.first))
		return NULL;
	return nat64_session_find_other(inst, bib, dst4, dport);
}

/* Let expiry visit the page in time for this session. */
static void nat64_session_due(struct nat64_instance *inst,
			      const struct nat64_bib *bib,
			      const struct nat64_session *ses)
{
	nat64_pool4_due(inst, bib->key.proto, bib->addr4, bib->port4,
			nat64_session_expires(inst, bib, ses));
}

static void nat64_session_count(struct nat64_instance *inst,
				struct nat64_bib *bib,
				const struct nat64_session *ses)
{
	bib->n_sessions++;
	percpu_counter_inc(&inst->n_sessions);
	nat64_stats_inc(inst->stats, NAT64_STAT_SESSION_CREATED);
	nat64_event_session(inst, bib, ses, NAT64_EVENT_SESSION_NEW);
}

static void nat64_session_uncount(struct nat64_instance *inst,
				  struct nat64_bib *bib,
				  const struct nat64_session *ses)
{
	nat64_event_session(inst, bib, ses, NAT64_EVENT_SESSION_END);
	bib->n_sessions--;
	percpu_counter_dec(&inst->n_sessions);
	nat64_limit_relax(inst);
	nat64_stats_inc(inst->stats, NAT64_STAT_SESSION_EXPIRED);
}

static struct nat64_session_more *nat64_session_new(bool has_acct)
{
	struct nat64_session_acct *r;

	if (!has_acct)
		return kmem_cache_zalloc(session_cache,
					 GFP_ATOMIC | __GFP_NOWARN);
	r = kmem_cache_zalloc(session_acct_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!r)
		return NULL;
	r->more.s.flags = NAT64_SESSION_HAS_ACCT;
	return &r->more;
}

/* Insert a new session into the tables; its BIB entry is locked. */
static int nat64_session_link(struct nat64_instance *inst,
			      struct nat64_session_more *more)
{
	int err = nat64_remote_get(inst, more->bib, more->s.dst4);

	if (err)
		return err;
	err = rhashtable_insert_fast(&inst->sessions, &more->node,
				     session_params);
	if (err)
		nat64_remote_put(inst, more->bib, more->s.dst4);
	else
		hlist_add_head_rcu(&more->sibling, &more->bib->more);
	return err;
}

/* Add a session; its BIB entry is locked. */
static struct nat64_session *nat64_session_add(struct nat64_instance *inst,
					       const struct nat64_config *cfg,
					       struct nat64_bib *bib,
					       const struct nat64_session *init,
					       bool from6)
{
	struct nat64_session_more *more;
	u8 flags;
	int err;

	/* Check before allocating: a flood must not cost memory. */
	err = nat64_limit_session(inst, cfg, bib, from6);
	if (err)
		return ERR_PTR(err);
	more = nat64_session_new(nat64_acct_session(cfg));
	if (!more)
		return ERR_PTR(-ENOMEM);
	flags = more->s.flags;
	more->bib = bib;
	more->s = *init;
	more->s.flags = flags;
	nat64_acct_begin(cfg, bib, &more->s);
	err = nat64_session_link(inst, more);
	if (err) {
		nat64_session_free(more);
		return ERR_PTR(err);
	}
	nat64_session_count(inst, bib, &more->s);
	return &more->s;
}

/* Reuse a session that has ended; its BIB entry is locked. */
static struct nat64_session *
nat64_session_restart(struct nat64_instance *inst,
		      const struct nat64_config *cfg, struct nat64_bib *bib,
		      struct nat64_session *ses,
		      const struct nat64_session *init, bool from6)
{
	int err = 0;

	if (ses->state != NAT64_STATE_CLOSED)
		nat64_session_uncount(inst, bib, ses);
	else
		err = nat64_limit_session(inst, cfg, bib, from6);
	if (err)
		return ERR_PTR(err);
	WRITE_ONCE(ses->pool6_csum, init->pool6_csum);
	WRITE_ONCE(ses->last_seen, (u32)jiffies);
	WRITE_ONCE(ses->state, init->state);
	nat64_acct_begin(cfg, bib, ses);
	nat64_session_count(inst, bib, ses);
	return ses;
}

/* Apply a segment to a session, whose BIB entry is locked. */
static void nat64_session_step(struct nat64_session *ses,
			       enum nat64_tcp_event event, bool rst)
{
	struct nat64_tcp_step step = nat64_tcp_step(ses->state, event, rst);

	/* Only nat64_session_open(), which counts, leaves CLOSED. */
	if (ses->state == NAT64_STATE_CLOSED)
		return;
	if (step.restart)
		WRITE_ONCE(ses->last_seen, (u32)jiffies);
	WRITE_ONCE(ses->state, step.next);
}

/*
 * Another CPU has created the session first: apply the packet to it, that is
 * the SYN of one side or, if one of the remote was stored, of both. The BIB
 * entry is locked.
 */
static struct nat64_session *
nat64_session_join(const struct nat64_bib *bib, struct nat64_session *ses,
		   const struct nat64_session *init)
{
	if (bib->key.proto != NAT64_TCP) {
		nat64_session_refresh(ses);
		return ses;
	}
	if (init->state != NAT64_STATE_V4_INIT)
		nat64_session_step(ses, NAT64_TCP_V6_SYN, false);
	if (init->state != NAT64_STATE_V6_INIT)
		nat64_session_step(ses, NAT64_TCP_V4_SYN, false);
	return ses;
}

static struct nat64_session *
nat64_session_open_locked(struct nat64_instance *inst,
			  const struct nat64_config *cfg, struct nat64_bib *bib,
			  const struct nat64_session *init, bool from6)
{
	struct nat64_session *ses;

	if (!nat64_bib_lives(bib))
		return ERR_PTR(-ENOENT);
	/* The session that the caller has found may be gone by now. */
	ses = nat64_session_find(inst, bib, init->dst4, init->dport);
	if (!ses)
		return nat64_session_add(inst, cfg, bib, init, from6);
	if (nat64_session_ended(cfg, bib, ses))
		return nat64_session_restart(inst, cfg, bib, ses, init, from6);
	return nat64_session_join(bib, ses, init);
}

/**
 * nat64_session_open - create the session of a BIB entry and a remote
 * @inst: the instance
 * @cfg: its configuration
 * @bib: the BIB entry
 * @init: the session: its remote, first state and pool6 prefix
 * @from6: an IPv6 host starts it
 *
 * This is the only way to create a session. One of the remote that has ended is
 * used again, else one is added. If another CPU was faster, the packet acts on
 * the living session.
 *
 * Context: softirqs off, RCU read lock. Locks @bib.
 *
 * Return: the session; or an ERR_PTR: -ENOENT if @bib is DEAD, -EUSERS at a
 * limit,
 * -EDQUOT at that of IPv4 hosts, -ENOMEM or an error of the tables.
 */
struct nat64_session *nat64_session_open(struct nat64_instance *inst,
					 const struct nat64_config *cfg,
					 struct nat64_bib *bib,
					 const struct nat64_session *init,
					 bool from6)
{
	struct nat64_session *ses;

	spin_lock(nat64_bib_lock(bib));
	ses = nat64_session_open_locked(inst, cfg, bib, init, from6);
	spin_unlock(nat64_bib_lock(bib));
	if (!IS_ERR(ses))
		nat64_session_due(inst, bib, ses);
	return ses;
}

/**
 * nat64_session_has_remote - check whether a BIB entry has sessions with a host
 * @inst: the instance
 * @bib: the BIB entry
 * @cfg: the configuration
 * @dst4: the IPv4 host, in network byte order
 *
 * Address-dependent filtering (RFC 6146 s3.5.1): any port of the host counts.
 * It takes constant time, as anyone on the Internet can trigger it. So a
 * session counts until expiry has removed it, within a second of its end.
 *
 * Context: RCU read lock.
 *
 * Return: true if so.
 */
bool nat64_session_has_remote(struct nat64_instance *inst,
			      struct nat64_bib *bib,
			      const struct nat64_config *cfg, __be32 dst4)
{
	if (bib->first.dst4 == dst4 &&
	    !nat64_session_expired(cfg, bib, &bib->first))
		return true;
	return nat64_remote_known(inst, bib, dst4);
}

/* Apply a segment that changes the state. */
static noinline void nat64_session_change(struct nat64_instance *inst,
					  const struct nat64_bib *bib,
					  struct nat64_session *ses,
					  enum nat64_tcp_event event, bool rst)
{
	spin_lock(nat64_bib_lock(bib));
	nat64_session_step(ses, event, rst);
	spin_unlock(nat64_bib_lock(bib));
	nat64_session_due(inst, bib, ses);
}

/**
 * nat64_session_tcp - apply a segment to its session
 * @inst: the instance
 * @cfg: the configuration
 * @bib: the BIB entry
 * @ses: the session
 * @event: the segment
 *
 * Nothing happens if the session has been closed: the segment passes like one
 * without a session.
 *
 * Context: softirqs off, RCU read lock. Takes a lock only if the state changes
 * (RFC 6146 s3.5.2.2).
 */
void nat64_session_tcp(struct nat64_instance *inst,
		       const struct nat64_config *cfg, struct nat64_bib *bib,
		       struct nat64_session *ses, enum nat64_tcp_event event)
{
	bool rst = cfg->keys.handle_rst_during_fin_rcv;
	u8 state = READ_ONCE(ses->state);
	struct nat64_tcp_step step = nat64_tcp_step(state, event, rst);

	if (unlikely(step.next != state))
		nat64_session_change(inst, bib, ses, event, rst);
	else if (step.restart)
		nat64_session_refresh(ses);
}

/* Unlink a session other than the first; @bib is locked. */
static void nat64_session_unlink(struct nat64_instance *inst,
				 struct nat64_session *ses)
{
	struct nat64_session_more *more;

	more = container_of(ses, struct nat64_session_more, s);
	rhashtable_remove_fast(&inst->sessions, &more->node, session_params);
	hlist_del_rcu(&more->sibling);
	nat64_remote_put(inst, more->bib, more->s.dst4);
	nat64_reclaim(&sessions_dead, &more->link);
}

/**
 * nat64_session_close - end a session
 * @inst: the instance
 * @bib: its BIB entry, locked
 * @ses: the session; one that is not the first leaves the tables
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: false if the session had ended before.
 */
bool nat64_session_close(struct nat64_instance *inst, struct nat64_bib *bib,
			 struct nat64_session *ses)
{
	bool alive = ses->state != NAT64_STATE_CLOSED;

	if (alive) {
		nat64_session_uncount(inst, bib, ses);
		WRITE_ONCE(ses->state, NAT64_STATE_CLOSED);
	}
	if (ses != &bib->first)
		nat64_session_unlink(inst, ses);
	return alive;
}
