/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event.h - the creation and the end of BIB entries and sessions, for listeners
 *
 * Events are recorded where they occur, in softirqs and under locks, and
 * reported later by a worker: control/nl_event.c. Each CPU records in pages of
 * its own, which are allocated when needed, and whose number is bounded.
 */
#ifndef NAT64_EVENT_H
#define NAT64_EVENT_H

#include <linux/workqueue.h>
#include "table/entry.h"

/**
 * enum nat64_event_kind - kind of an event
 * @NAT64_EVENT_BIB_NEW: a BIB entry was created
 * @NAT64_EVENT_BIB_END: a BIB entry has ended
 * @NAT64_EVENT_SESSION_NEW: a session was created
 * @NAT64_EVENT_SESSION_END: a session has ended
 */
enum nat64_event_kind {
	NAT64_EVENT_BIB_NEW,
	NAT64_EVENT_BIB_END,
	NAT64_EVENT_SESSION_NEW,
	NAT64_EVENT_SESSION_END,
};

/**
 * enum nat64_event_object - object of an event
 * @NAT64_EVENT_BIB: a BIB entry
 * @NAT64_EVENT_SESSION: a session
 * @NAT64_EVENT_OBJECTS: number of kinds of objects
 */
enum nat64_event_object {
	NAT64_EVENT_BIB,
	NAT64_EVENT_SESSION,
	NAT64_EVENT_OBJECTS,
};

/**
 * nat64_event_object - to what something has happened
 * @kind: what has happened
 *
 * Return: to what.
 */
static inline enum nat64_event_object
nat64_event_object(enum nat64_event_kind kind)
{
	return kind < NAT64_EVENT_SESSION_NEW ? NAT64_EVENT_BIB :
						NAT64_EVENT_SESSION;
}

/**
 * struct nat64_event - a note of what has happened
 */
struct nat64_event {
	/** @time: time of the event, in nanoseconds of CLOCK_REALTIME */
	u64 time;
	/** @began: start of the BIB entry or session, likewise; 0: unknown */
	u64 began;
	/** @packets: of a session that ends: to IPv4, to IPv6 */
	u64 packets[2];
	/** @bytes: likewise */
	u64 bytes[2];
	/** @addr6: address of the IPv6 host */
	struct in6_addr addr6;
	/** @dst6: the remote inside pool6; all zero if the prefix is gone */
	struct in6_addr dst6;
	/** @addr4: IPv4 address of the mapping, in network byte order */
	__be32 addr4;
	/** @dst4: address of the remote, in network byte order */
	__be32 dst4;
	/** @port6: port of the IPv6 host, in network byte order */
	__be16 port6;
	/** @port4: port of the mapping, in network byte order */
	__be16 port4;
	/** @dport: port of the remote, in network byte order */
	__be16 dport;
	/** @kind: enum nat64_event_kind */
	u8 kind;
	/** @proto: enum nat64_proto */
	u8 proto;
	/** @state: enum nat64_state, of a session */
	u8 state;
	/** @is_static: a BIB entry added by an administrator */
	bool is_static;
	/** @counted: @packets and @bytes are known */
	bool counted;
};

/**
 * struct nat64_event_tally - how many events of some objects there were
 */
struct nat64_event_tally {
	/** @seq: number of the last event that was sent or lost */
	u64 seq;
	/** @owes: a loss is still to be reported */
	bool owes;
};

/**
 * struct nat64_event_ops - how to report events; the tables do not know netlink
 */
struct nat64_event_ops {
	/** @listens: check whether there are listeners */
	bool (*listens)(const struct nat64_instance *inst,
			enum nat64_event_object object);
	/**
	 * @report: report all that nat64_event_take() and nat64_event_next()
	 * return; process context. Returns true to be called again in a
	 * second, even if no event occurs
	 */
	bool (*report)(struct nat64_instance *inst);
};

int nat64_event_start(struct nat64_instance *inst,
		      const struct nat64_event_ops *ops);
void nat64_event_stop(struct nat64_instance *inst);
void nat64_event_bib(struct nat64_instance *inst, const struct nat64_bib *bib,
		     enum nat64_event_kind kind);
void nat64_event_session(struct nat64_instance *inst,
			 const struct nat64_bib *bib,
			 const struct nat64_session *ses,
			 enum nat64_event_kind kind);
void nat64_event_take(struct nat64_instance *inst,
		      u64 lost[NAT64_EVENT_OBJECTS]);
const struct nat64_event *nat64_event_next(struct nat64_instance *inst);
struct nat64_event_tally *nat64_event_tally(struct nat64_instance *inst,
					    enum nat64_event_object object);

#endif /* NAT64_EVENT_H */
