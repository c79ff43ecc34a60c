/* SPDX-License-Identifier: GPL-2.0 */
/*
 * entry.h - BIB entries and sessions, and their states (RFC 6146 s3.1)
 *
 * A BIB entry binds an IPv6 transport address to an IPv4 one. It contains its
 * first session, so that a flow to one destination is one object; further
 * sessions are objects of their own. The three BIBs of the RFC are one table
 * with the protocol in its key.
 *
 * Readers hold the RCU read lock and no other. An entry is found by its IPv6
 * side in bib_hash.c and by its IPv4 side in the port pages of page.c. It
 * enters the former before the latter, and leaves them in the same order.
 *
 * nat64_bib.state changes only under nat64_bib_lock(), and only like this:
 *
 *	NEW ----(1)----> LIVE ------(4)-----> DEAD ----(5)----> UNLINKED
 *	 |		 |  ^		       ^		   ^
 *	 |		(2) |		       |		   |
 *	 |		 v (3)		       |		   |
 *	 |		PINNED ------(4)-------+		   |
 *	 +-----------------------(6)-------------------------------+
 *
 *	(1) bib.c: nat64_bib_insert(); bib_static.c: nat64_bib_activate()
 *	(2) nat64_bib_pin(), of a dynamic entry
 *	(3) nat64_bib_unpin(), or nat64_bib_make_static()
 *	(4) bib_end.c: nat64_bib_kill(), which others call; without @force only
 *	    from LIVE, and only a dynamic entry without sessions
 *	(5) nat64_bib_free_rcu(), when the entry has left all tables
 *	(6) nat64_bib_discard(), of an entry that was never activated
 *
 *	state	  by IPv6  by IPv4  sessions
 *	--------  -------  -------  -------------------------
 *	NEW	  maybe	   no	    none
 *	LIVE	  yes	   yes	    are created and closed
 *	PINNED	  yes	   yes	    are created and closed
 *	DEAD	  leaving  leaving  are closed
 *	UNLINKED  no	   no	    none; freed after a grace period
 *
 * If two CPUs compete for a transition, the lock decides, and the loser sees
 * that it was too late. From NEW to LIVE, both places, the counters and the
 * event change in one step under the lock: a CPU that finds the entry in one
 * table may kill it, and by the time it gets the lock the entry is in the other
 * table as well. All but nat64_bib_insert(), nat64_bib_remove_idle() and the
 * sessions requires nat64_net.mutex.
 *
 * A session lives while its state is not CLOSED. Only then does it count in
 * nat64_bib.n_sessions and nat64_instance.n_sessions:
 *
 *		 state	     place			 closed	     afterwards
 *	-------	 ----------  --------------------------	 ----------  -----------
 *	first	 not CLOSED  in its entry		 _close()    rests
 *		 CLOSED	     in its entry			     lives again
 *	other	 not CLOSED  nat64_bib.more,		 _close()    freed after
 *			     nat64_instance.sessions,		     a grace
 *			     counted in remote.c		     period
 *
 * nat64_session_open() creates sessions and nat64_session_close() ends them,
 * both under nat64_bib_lock(). The former looks up the remote under the lock,
 * so it never returns a session that has been closed since its caller looked.
 * All other code changes a living session into a living one, or does nothing.
 */
#ifndef NAT64_ENTRY_H
#define NAT64_ENTRY_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/llist.h>
#include <linux/rculist.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include "rfc/tuple.h"

/**
 * enum nat64_bib_state - state of a BIB entry; see above
 * @NAT64_BIB_NEW: the entry is being created
 * @NAT64_BIB_LIVE: the entry is complete, and may get sessions
 * @NAT64_BIB_PINNED: likewise, and does not end for lack of sessions
 * @NAT64_BIB_DEAD: the entry gets no more sessions
 * @NAT64_BIB_UNLINKED: the entry has left all tables: @link is its last member
 */
enum nat64_bib_state {
	NAT64_BIB_NEW,
	NAT64_BIB_LIVE,
	NAT64_BIB_PINNED,
	NAT64_BIB_DEAD,
	NAT64_BIB_UNLINKED,
};

/**
 * enum nat64_session_flag - accounting of a session, see acct.h
 * @NAT64_SESSION_HAS_ACCT: the session has a struct nat64_acct
 * @NAT64_SESSION_COUNTED: its packets are counted there
 */
enum nat64_session_flag {
	NAT64_SESSION_HAS_ACCT = BIT(0),
	NAT64_SESSION_COUNTED = BIT(1),
};

/**
 * struct nat64_session - a session, but for its BIB entry
 *
 * The remote never changes.
 */
struct nat64_session {
	/** @dst4: IPv4 address of the remote, in network byte order */
	__be32 dst4;
	/** @dport: port of the remote, in network byte order; 0 for ICMP */
	__be16 dport;
	/** @state: enum nat64_state; changed under nat64_bib_lock() */
	u8 state;
	/** @flags: enum nat64_session_flag; likewise */
	u8 flags;
	/** @last_seen: start of its present lifetime, in jiffies */
	u32 last_seen;
	/**
	 * @pool6_csum: index of the pool6 prefix of the remote, and checksum
	 * difference of a translation to IPv4; one word, so that a reader gets
	 * both of the same time: nat64_session_pool6_csum()
	 */
	u32 pool6_csum;
	/** @route4: id of its IPv4 route in path/route_cache.c, or 0 */
	u32 route4;
	/** @route6: likewise for IPv6 */
	u32 route6;
};

/**
 * nat64_session_pool6_csum - build the word nat64_session.pool6_csum
 * @pool6: index of the prefix
 * @diff: checksum difference
 *
 * Return: the word.
 */
static inline u32 nat64_session_pool6_csum(u8 pool6, __sum16 diff)
{
	return (u32)pool6 << 16 | (__force u16)diff;
}

/**
 * nat64_session_pool6 - return the prefix index in nat64_session.pool6_csum
 * @pool6_csum: the word
 *
 * Return: the index.
 */
static inline u8 nat64_session_pool6(u32 pool6_csum)
{
	return pool6_csum >> 16;
}

/**
 * nat64_session_diff - return the difference in nat64_session.pool6_csum
 * @pool6_csum: the word
 *
 * Return: the checksum difference.
 */
static inline __sum16 nat64_session_diff(u32 pool6_csum)
{
	return (__force __sum16)(u16)pool6_csum;
}

/**
 * struct nat64_bib_key - the IPv6 side of a BIB entry
 */
struct nat64_bib_key {
	/** @addr6: address of the IPv6 host */
	struct in6_addr addr6;
	/** @port6: its port or ICMP identifier, in network byte order */
	__be16 port6;
	/** @proto: enum nat64_proto */
	u8 proto;
	/** @zero: 0, as keys are compared as a whole */
	u8 zero;
};

/**
 * struct nat64_bib - a BIB entry and its first session
 *
 * It fills one cache line, so that a packet waits for memory once: whatever is
 * not needed for each packet has to be elsewhere.
 */
struct nat64_bib {
	/** @key: the IPv6 side */
	struct nat64_bib_key key;
	/** @addr4: IPv4 address of the mapping, in network byte order */
	__be32 addr4;
	/** @port4: port or identifier of the mapping, in network byte order */
	__be16 port4;
	/** @state: enum nat64_bib_state; changed under nat64_bib_lock() */
	u8 state;
	/**
	 * @is_static: added by an administrator, and lives without sessions;
	 * changed under nat64_bib_lock(), see nat64_bib_is_static()
	 */
	u8 is_static;
	/** @first: the session it was created for; CLOSED if that has ended */
	struct nat64_session first;
	/** @n_sessions: number of sessions, with the first; locked */
	u32 n_sessions;
	union {
		/**
		 * @more: struct nat64_session_more, its other sessions; locked,
		 * read by nat64_session_others()
		 */
		struct hlist_head more;
		/** @link: node in the list of entries to free */
		struct llist_node link;
	};
};

/**
 * struct nat64_session_more - a session other than its BIB entry's first
 */
struct nat64_session_more {
	/** @node: node in nat64_instance.sessions */
	struct rhash_head node;
	/** @bib: its BIB entry, which lives longer */
	struct nat64_bib *bib;
	/** @s: the session */
	struct nat64_session s;
	/** @sibling: node in nat64_bib.more */
	struct hlist_node sibling;
	/** @link: node in the list of sessions to free */
	struct llist_node link;
};

/**
 * struct nat64_acct - start time and counters of a session
 *
 * CPUs that share a session share its counters.
 */
struct nat64_acct {
	/** @began: start, in nanoseconds of CLOCK_REALTIME */
	u64 began;
	/** @packets: packets to IPv4, to IPv6 */
	atomic64_t packets[2];
	/** @bytes: bytes of the packets as received, likewise */
	atomic64_t bytes[2];
};

/**
 * struct nat64_bib_acct - a BIB entry with accounting
 */
struct nat64_bib_acct {
	/** @bib: the entry */
	struct nat64_bib bib;
	/** @began: start, in nanoseconds of CLOCK_REALTIME */
	u64 began;
	/** @first: accounting of its first session */
	struct nat64_acct first;
};

/**
 * struct nat64_session_acct - a session other than its entry's first, with
 *	accounting
 */
struct nat64_session_acct {
	/** @more: the session */
	struct nat64_session_more more;
	/** @acct: its accounting */
	struct nat64_acct acct;
};

/**
 * nat64_bib_is_static - check whether an administrator has added an entry
 * @bib: the entry
 *
 * Return: true if so.
 */
static inline bool nat64_bib_is_static(const struct nat64_bib *bib)
{
	return READ_ONCE(bib->is_static);
}

/**
 * nat64_bib_lives - check whether an entry may get sessions
 * @bib: the entry; the result lasts while it is locked
 *
 * Return: true if so.
 */
static inline bool nat64_bib_lives(const struct nat64_bib *bib)
{
	u8 state = READ_ONCE(bib->state);

	return state == NAT64_BIB_LIVE || state == NAT64_BIB_PINNED;
}

/**
 * nat64_session_others - return the sessions of an entry besides its first
 * @bib: the entry
 *
 * Context: RCU read lock.
 *
 * Return: the first of a list, or NULL.
 */
static inline struct nat64_session_more *
nat64_session_others(const struct nat64_bib *bib)
{
	struct hlist_node *node = rcu_dereference(hlist_first_rcu(&bib->more));

	/* An entry that waits to be freed has @link there instead. */
	smp_rmb();
	if (!node || READ_ONCE(bib->state) == NAT64_BIB_UNLINKED)
		return NULL;
	return hlist_entry(node, struct nat64_session_more, sibling);
}

spinlock_t *nat64_bib_lock(const struct nat64_bib *bib);
int nat64_entry_init(void);
void nat64_entry_exit(void);
struct nat64_bib *nat64_bib_zalloc(bool has_acct);
void nat64_bib_free(struct nat64_bib *bib);
bool nat64_bib_set_state(struct nat64_bib *bib, enum nat64_bib_state state);
void nat64_bib_free_rcu(struct nat64_bib *bib);

#endif /* NAT64_ENTRY_H */
