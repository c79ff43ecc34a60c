/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bib.h - the Binding Information Bases (RFC 6146 s3.1)
 *
 * An entry binds an IPv6 transport address to an IPv4 one and holds its first
 * session inside, so that a flow to one destination is one object. The three
 * BIBs of the RFC are one table with the protocol in its key.
 *
 * Readers are under RCU and take no lock. An entry is found by its IPv6 side
 * in bib_hash.c, by its IPv4 side in the port pages of pool4.c; it is put into
 * the first before the second and taken out in the same order.
 *
 * The life of an entry is nat64_bib.state, which changes under
 * nat64_bib_lock() only, and only along this table. Where two rows lead to the
 * same state, the lock decides which one it was; the others are told that they
 * came too late.
 *
 *   state    IPv6  IPv4  sessions   goes on to, by
 *   -------  ----  ----  ---------  --------------------------------------------
 *   RESTING  may   no    none       LIVE: its maker, _insert(), _add_static() or
 *            be                       _activate()
 *                                   GONE: its maker, _unmake(); or freed at once,
 *                                     as another was there
 *   LIVE     yes   yes   begin and  ENDED: _remove_idle(), if it is dynamic and
 *                        end          has none; _end(), whatever it has
 *                                   PINNED: _pin(), if it is dynamic
 *   PINNED   yes   yes   begin and  LIVE: _unpin(), or _keep() as a static one
 *                        end        ENDED: _end(); _remove_idle() leaves it
 *   ENDED    yes,  yes,  end        GONE: who has ended it, after the last of
 *            then  then               its sessions and both places; those of
 *            no    no                 _displace() go to others
 *   GONE     no    no    none       freed: reclaim.c, when no packet knows it
 *
 * RESTING to LIVE and all that goes with it (both places, the counters, the
 * event) is one step under the lock: who can find an entry in one place may end
 * it, and by the time he has the lock it is in the other as well. Everything
 * but _insert(), _remove_idle() and the sessions is called with
 * nat64_net.mutex, so no two of those who act for an operator meet.
 */
#ifndef NAT64_BIB_H
#define NAT64_BIB_H

#include <linux/bits.h>
#include <linux/llist.h>
#include <linux/spinlock.h>
#include "rfc/tuple.h"
#include "table/config.h"
#include "table/pool4.h"
#include "table/walk_budget.h"

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

struct nat64_instance;

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

spinlock_t *nat64_bib_lock(const struct nat64_bib *bib);
int nat64_bib_init(void);
void nat64_bib_exit(void);
int nat64_bib_table_init(struct nat64_instance *inst);
void nat64_bib_table_exit(struct nat64_instance *inst);
struct nat64_bib *nat64_bib_find6(struct nat64_instance *inst,
				  const struct nat64_bib_key *key);
struct nat64_bib *nat64_bib_insert(struct nat64_instance *inst,
				   const struct nat64_bib_key *key,
				   const struct nat64_port_alloc *alloc,
				   const struct nat64_session *first);
struct nat64_bib *nat64_bib_add_static(struct nat64_instance *inst,
				       const struct nat64_bib_key *key,
				       const struct nat64_port_alloc *alloc);
bool nat64_bib_remove_idle(struct nat64_instance *inst, struct nat64_bib *bib);
bool nat64_bib_remove(struct nat64_instance *inst, struct nat64_bib *bib,
		      struct nat64_walk_budget *budget);
bool nat64_bib_end(struct nat64_bib *bib, bool force);
void nat64_bib_finish(struct nat64_instance *inst, struct nat64_bib *bib);
struct nat64_bib *nat64_bib_make(struct nat64_instance *inst,
				 const struct nat64_bib_key *key,
				 const struct nat64_port_alloc *alloc);
struct nat64_bib *nat64_bib_reserve(struct nat64_instance *inst,
				    struct nat64_bib *bib);
void nat64_bib_unmake(struct nat64_instance *inst, struct nat64_bib *bib,
		      bool reserved);
bool nat64_bib_pin(struct nat64_bib *bib, bool *first);
void nat64_bib_unpin(struct nat64_instance *inst, struct nat64_bib *bib);
void nat64_bib_keep(struct nat64_instance *inst, struct nat64_bib *bib);
void nat64_bib_displace(struct nat64_instance *inst, struct nat64_bib *bib,
			struct nat64_bib *heir,
			const struct nat64_port_alloc *port);
void nat64_bib_activate(struct nat64_instance *inst, struct nat64_bib *bib,
			const struct nat64_port_alloc *alloc);

#endif /* NAT64_BIB_H */
