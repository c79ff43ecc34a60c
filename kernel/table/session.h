/* SPDX-License-Identifier: GPL-2.0 */
/*
 * session.h - the session tables (RFC 6146 s3.1)
 *
 * The first session of a BIB entry is inside it; the others are objects of
 * their own, found by BIB entry and remote in nat64_instance.sessions.
 *
 * A session lives when its state is not CLOSED; then, and only then, it counts in
 * nat64_bib.n_sessions and nat64_instance.n_sessions. Where it is:
 *
 *			state	   in the tables	ends by	    goes on to
 *	-------------	---------  -------------------	----------  -----------
 *	first, lives	not CLOSED in its entry		_close()    rests
 *	first, rests	CLOSED	   in its entry			    lives, or goes
 *								    with its entry
 *	more, lives	not CLOSED nat64_bib.more,	_close()    gone
 *				   inst->sessions,
 *				   counted as a remote
 *	more, gone	CLOSED	   none				    (freed)
 *
 * It begins in nat64_session_open() and ends in nat64_session_close(), both
 * with nat64_bib_lock(). The former looks its remote up under the lock, so it
 * meets no session that is gone, whatever its caller has seen before; the latter
 * gets what is in nat64_bib.more, as do all who may end one: expiry, an operator,
 * and who ends the entry. Everybody else changes a session that lives into one
 * that lives, or takes no notice of it.
 */
#ifndef NAT64_SESSION_H
#define NAT64_SESSION_H

#include <linux/jiffies.h>
#include <linux/rculist.h>
#include <linux/rhashtable-types.h>
#include "rfc/tcp_fsm.h"
#include "table/bib.h"

/**
 * struct nat64_session_more - a session that is not its BIB entry's first
 */
struct nat64_session_more {
	/** @node: place in nat64_instance.sessions */
	struct rhash_head node;
	/** @bib: its BIB entry, which lives longer */
	struct nat64_bib *bib;
	/** @s: the session */
	struct nat64_session s;
	/** @sibling: place in nat64_bib.more */
	struct hlist_node sibling;
	/** @link: place among those that wait to be freed */
	struct llist_node link;
};

int nat64_session_init(void);
void nat64_session_exit(void);
int nat64_session_table_init(struct nat64_instance *inst);
void nat64_session_table_exit(struct nat64_instance *inst);
struct nat64_session *nat64_session_find(struct nat64_instance *inst,
					 struct nat64_bib *bib, __be32 dst4,
					 __be16 dport);
struct nat64_session *nat64_session_open(struct nat64_instance *inst,
					 const struct nat64_config *cfg,
					 struct nat64_bib *bib,
					 const struct nat64_session *init,
					 bool from6);
bool nat64_session_has_remote(struct nat64_instance *inst,
			      struct nat64_bib *bib,
			      const struct nat64_config *cfg, __be32 dst4);
void nat64_session_tcp(struct nat64_instance *inst,
		       const struct nat64_config *cfg, struct nat64_bib *bib,
		       struct nat64_session *ses, enum nat64_tcp_event event);
u32 nat64_session_left(const struct nat64_config *cfg,
		       const struct nat64_bib *bib,
		       const struct nat64_session *ses);
u32 nat64_session_end(struct nat64_instance *inst, const struct nat64_bib *bib,
		      const struct nat64_session *ses);
struct nat64_session *nat64_session_first(struct nat64_instance *inst,
					  struct nat64_bib *bib,
					  struct nat64_walk_budget *budget);
struct nat64_session *nat64_session_next(const struct nat64_bib *bib,
					 struct nat64_walk_budget *budget,
					 const struct nat64_session *ses);
bool nat64_session_close_all(struct nat64_instance *inst, struct nat64_bib *bib,
			     struct nat64_walk_budget *budget);
u32 nat64_session_close_if(struct nat64_instance *inst, struct nat64_bib *bib,
			   struct nat64_walk_budget *budget,
			   bool (*match)(const struct nat64_bib *bib,
					 struct nat64_session *ses, void *arg),
			   void *arg);
bool nat64_session_expired(const struct nat64_config *cfg,
			   const struct nat64_bib *bib,
			   const struct nat64_session *ses);
bool nat64_session_ended(const struct nat64_config *cfg,
			 const struct nat64_bib *bib,
			 const struct nat64_session *ses);

/**
 * nat64_session_age - how long ago a session's lifetime began
 * @ses: the session
 *
 * Return: jiffies; right across a wrap of the counter. 0 if another CPU has
 * just begun it, by a clock that ticked after ours was read.
 */
static inline u32 nat64_session_age(const struct nat64_session *ses)
{
	s32 age = (u32)jiffies - READ_ONCE(ses->seen);

	return max(age, 0);
}

/**
 * nat64_session_refresh - begin a session's lifetime anew
 * @ses: the session
 *
 * Writes only once a second, so that CPUs which share a session do not fight
 * for its cache line.
 */
static inline void nat64_session_refresh(struct nat64_session *ses)
{
	if (nat64_session_age(ses) >= HZ)
		WRITE_ONCE(ses->seen, (u32)jiffies);
}

/**
 * nat64_session_others - the sessions of a BIB entry besides its first
 * @bib: the entry
 *
 * Context: RCU read lock.
 *
 * Return: one that others follow, or NULL.
 */
static inline struct nat64_session_more *
nat64_session_others(const struct nat64_bib *bib)
{
	struct hlist_node *node = rcu_dereference(hlist_first_rcu(&bib->more));

	/* An entry that waits to be freed has something else in this place. */
	smp_rmb();
	if (!node || READ_ONCE(bib->state) == NAT64_BIB_GONE)
		return NULL;
	return hlist_entry(node, struct nat64_session_more, sibling);
}

#endif /* NAT64_SESSION_H */
