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
 * side in bib_hash.c and by its IPv4 side in the port pages of page.c. It enters
 * the former before the latter, and leaves them in the same order.
 *
 * nat64_bib.state changes only under nat64_bib_lock(), and only like this:
 *
 *	    bib.c: _insert()			   bib_end.c: _remove_idle(),
 *	    bib_static.c: _add_static(),	   without sessions; _end()
 *	    _activate()
 *	RESTING ------------> LIVE -----------------------------> ENDED
 *	   |		      |  ^				  ^   |
 *	   |	       _pin() |	 | _unpin(), _keep()		  |   |
 *	   |		      v	 |				  |   |
 *	   |		     PINNED ------------------------------+   |
 *	   |			     _end()			      |
 *	   +-----------------------> GONE <---------------------------+
 *	      bib_static.c: _unmake()	     bib_end.c, when the entry has
 *					     left all tables
 *
 *	state	 by IPv6  by IPv4  sessions
 *	-------	 -------  -------  -----------------------
 *	RESTING	 maybe	  no	   none
 *	LIVE	 yes	  yes	   are created and closed
 *	PINNED	 yes	  yes	   are created and closed
 *	ENDED	 leaving  leaving  are closed
 *	GONE	 no	  no	   none; freed after a grace period
 *
 * If two CPUs compete for a transition, the lock decides, and the loser sees
 * that it was too late. From RESTING to LIVE, both places, the counters and the
 * event change in one step under the lock: a CPU that finds the entry in one
 * table may end it, and by the time it gets the lock the entry is in the other
 * table as well. All but _insert(), _remove_idle() and the sessions requires
 * nat64_net.mutex.
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
 * both under nat64_bib_lock(). The former looks up the remote under the lock, so
 * it never returns a session that has been closed since its caller looked. All
 * other code changes a living session into a living one, or does nothing.
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
 * enum nat64_bib_state - how far a BIB entry has come in its life; see above
 * @NAT64_BIB_RESTING: it is being made
 * @NAT64_BIB_LIVE: it has what it needs, and may get sessions
 * @NAT64_BIB_PINNED: likewise, and does not end for lack of sessions
 * @NAT64_BIB_ENDED: it gets no session any more
 * @NAT64_BIB_GONE: it is in no table any more: @link is its last member
 */
enum nat64_bib_state {
	NAT64_BIB_RESTING,
	NAT64_BIB_LIVE,
	NAT64_BIB_PINNED,
	NAT64_BIB_ENDED,
	NAT64_BIB_GONE,
};

/**
 * enum nat64_session_flag - what table/acct.h keeps of a session
 * @NAT64_SESSION_HAS_ACCT: the session has a struct nat64_acct
 * @NAT64_SESSION_COUNTED: its packets are counted there
 */
enum nat64_session_flag {
	NAT64_SESSION_HAS_ACCT = BIT(0),
	NAT64_SESSION_COUNTED = BIT(1),
};

/**
 * struct nat64_session - what is known of a session besides its BIB entry
 *
 * The remote does not change as long as the object exists.
 */
struct nat64_session {
	/** @dst4: the remote's IPv4 address, in network byte order */
	__be32 dst4;
	/** @dport: the remote's port, in network byte order; 0 for ICMP */
	__be16 dport;
	/** @state: enum nat64_state; changed under nat64_bib_lock() */
	u8 state;
	/** @flags: enum nat64_session_flag; likewise */
	u8 flags;
	/** @seen: jiffies when its lifetime last began */
	u32 seen;
	/**
	 * @via: place of the prefix that stands for the remote, and what
	 * translation to IPv4 changes in the checksum of TCP and UDP; one word,
	 * so that both are read together: see nat64_session_via()
	 */
	u32 via;
	/** @route4: its way out by IPv4, a number of path/route_cache.c, or 0 */
	u32 route4;
	/** @route6: likewise by IPv6 */
	u32 route6;
};

/**
 * nat64_session_via - make the word nat64_session.via
 * @pool6: place of the prefix
 * @diff: difference of the checksum
 *
 * Return: the word.
 */
static inline u32 nat64_session_via(u8 pool6, __sum16 diff)
{
	return (u32)pool6 << 16 | (__force u16)diff;
}

/**
 * nat64_session_pool6 - place of the prefix in nat64_session.via
 * @via: the word
 *
 * Return: the place.
 */
static inline u8 nat64_session_pool6(u32 via)
{
	return via >> 16;
}

/**
 * nat64_session_diff - difference of the checksum in nat64_session.via
 * @via: the word
 *
 * Return: the difference.
 */
static inline __sum16 nat64_session_diff(u32 via)
{
	return (__force __sum16)(u16)via;
}

/**
 * struct nat64_bib_key - what finds an entry from the IPv6 side
 */
struct nat64_bib_key {
	/** @addr6: IPv6 address of the inside host */
	struct in6_addr addr6;
	/** @port6: its port or ICMP identifier, in network byte order */
	__be16 port6;
	/** @proto: enum nat64_proto */
	u8 proto;
	/** @zero: no padding that a comparison might see */
	u8 zero;
};

/**
 * struct nat64_bib - a BIB entry and its first session
 *
 * It fills a cache line, so that a packet waits for memory once: what is not
 * needed for each packet has to be elsewhere.
 */
struct nat64_bib {
	/** @key: the IPv6 side */
	struct nat64_bib_key key;
	/** @addr4: IPv4 address that stands for the host, in network byte order */
	__be32 addr4;
	/** @port4: port or identifier that stands for it, in network byte order */
	__be16 port4;
	/** @state: enum nat64_bib_state; changed under nat64_bib_lock() */
	u8 state;
	/**
	 * @is_static: made by an administrator; lives without sessions; for
	 * nat64_bib_is_static(), changed under nat64_bib_lock()
	 */
	u8 is_static;
	/** @first: the session it was made for; CLOSED if it has ended */
	struct nat64_session first;
	/** @n_sessions: sessions, the first one too; locked */
	u32 n_sessions;
	union {
		/**
		 * @more: struct nat64_session_more, its other sessions; locked,
		 * and read by nat64_session_others()
		 */
		struct hlist_head more;
		/** @link: place among those that wait to be freed */
		struct llist_node link;
	};
};

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
 * nat64_bib_is_static - has an administrator made a BIB entry?
 * @bib: the entry
 *
 * Return: true if one has.
 */
static inline bool nat64_bib_is_static(const struct nat64_bib *bib)
{
	return READ_ONCE(bib->is_static);
}

/**
 * nat64_bib_lives - may a BIB entry get a session?
 * @bib: the entry; locked, if the answer is to last
 *
 * Return: true if it may.
 */
static inline bool nat64_bib_lives(const struct nat64_bib *bib)
{
	u8 state = READ_ONCE(bib->state);

	return state == NAT64_BIB_LIVE || state == NAT64_BIB_PINNED;
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

spinlock_t *nat64_bib_lock(const struct nat64_bib *bib);
int nat64_entry_init(void);
void nat64_entry_exit(void);
struct nat64_bib *nat64_bib_new(bool has_acct);
void nat64_bib_free(struct nat64_bib *bib);
bool nat64_bib_enter(struct nat64_bib *bib, enum nat64_bib_state state);
void nat64_bib_reclaim(struct nat64_bib *bib);

#endif /* NAT64_ENTRY_H */
