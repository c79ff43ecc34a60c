/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record.h - what is kept of sessions and BIB entries for logs and accounts
 *
 * A record lies behind the object that it belongs to, in objects of a larger
 * size, which are made only while a key wants it: whoever does not pays
 * nothing, not even memory. What a packet asks is a flag in a word that it reads
 * anyway.
 */
#ifndef NAT64_RECORD_H
#define NAT64_RECORD_H

#include <linux/atomic.h>
#include <linux/timekeeping.h>
#include "table/bib.h"
#include "table/session.h"

/**
 * struct nat64_record - what is kept of a session
 *
 * CPUs that share a session share its counters.
 */
struct nat64_record {
	/** @began: when it was made: nanoseconds of CLOCK_REALTIME */
	u64 began;
	/** @packets: to IPv4, to IPv6 */
	atomic64_t packets[2];
	/** @bytes: of the packets as they came, likewise */
	atomic64_t bytes[2];
};

/**
 * struct nat64_bib_recorded - a BIB entry with records
 */
struct nat64_bib_recorded {
	/** @bib: the entry */
	struct nat64_bib bib;
	/** @began: when it was made: nanoseconds of CLOCK_REALTIME */
	u64 began;
	/** @first: of its first session */
	struct nat64_record first;
};

/**
 * struct nat64_session_recorded - a session that is not its entry's first, with
 *	a record
 */
struct nat64_session_recorded {
	/** @more: the session */
	struct nat64_session_more more;
	/** @record: its record */
	struct nat64_record record;
};

/**
 * nat64_record_session - are sessions to have records?
 * @cfg: the configuration
 *
 * Return: true if they are.
 */
static inline bool nat64_record_session(const struct nat64_config *cfg)
{
	return cfg->keys.accounting || cfg->keys.logging_session;
}

/**
 * nat64_record_bib - are BIB entries to have records?
 * @cfg: the configuration
 *
 * Return: true if they are.
 */
static inline bool nat64_record_bib(const struct nat64_config *cfg)
{
	return cfg->keys.logging_bib || nat64_record_session(cfg);
}

/**
 * nat64_record_of - the record of a session
 * @bib: its BIB entry
 * @ses: the session
 *
 * Return: the record, or NULL if it has none.
 */
static inline struct nat64_record *nat64_record_of(const struct nat64_bib *bib,
						   const struct nat64_session *ses)
{
	if (!(READ_ONCE(ses->flags) & NAT64_SESSION_RECORDED))
		return NULL;
	if (ses == &bib->first)
		return &container_of((struct nat64_bib *)bib,
				     struct nat64_bib_recorded, bib)->first;
	return &container_of((struct nat64_session *)ses,
			     struct nat64_session_recorded, more.s)->record;
}

/**
 * nat64_record_counted - the record of a session whose packets are counted
 * @bib: its BIB entry
 * @ses: the session
 *
 * Return: the record, or NULL if they are not.
 */
static inline struct nat64_record *
nat64_record_counted(const struct nat64_bib *bib,
		     const struct nat64_session *ses)
{
	if (likely(!(READ_ONCE(ses->flags) & NAT64_SESSION_COUNTED)))
		return NULL;
	return nat64_record_of(bib, ses);
}

/**
 * nat64_record_began - when a BIB entry was made
 * @bib: the entry
 *
 * Return: nanoseconds of CLOCK_REALTIME; 0 if that was not kept.
 */
static inline u64 nat64_record_began(const struct nat64_bib *bib)
{
	if (!(READ_ONCE(bib->first.flags) & NAT64_SESSION_RECORDED))
		return 0;
	return READ_ONCE(container_of((struct nat64_bib *)bib,
				      struct nat64_bib_recorded, bib)->began);
}

/**
 * nat64_record_begin_bib - a BIB entry begins, perhaps not for the first time
 * @bib: the entry; no other CPU begins it
 */
static inline void nat64_record_begin_bib(struct nat64_bib *bib)
{
	if (READ_ONCE(bib->first.flags) & NAT64_SESSION_RECORDED)
		WRITE_ONCE(container_of(bib, struct nat64_bib_recorded,
					bib)->began, ktime_get_real_ns());
}

/**
 * nat64_record_begin - a session begins, perhaps not for the first time
 * @cfg: the configuration
 * @bib: its BIB entry
 * @ses: the session; no other CPU begins it
 */
static inline void nat64_record_begin(const struct nat64_config *cfg,
				      const struct nat64_bib *bib,
				      struct nat64_session *ses)
{
	struct nat64_record *record = nat64_record_of(bib, ses);
	u8 flags = NAT64_SESSION_RECORDED;
	int i;

	if (likely(!record))
		return;
	WRITE_ONCE(record->began, ktime_get_real_ns());
	for (i = 0; i < 2; i++) {
		atomic64_set(&record->packets[i], 0);
		atomic64_set(&record->bytes[i], 0);
	}
	if (cfg->keys.accounting)
		flags |= NAT64_SESSION_COUNTED;
	WRITE_ONCE(ses->flags, flags);
}

/**
 * nat64_record_count - count a packet of a session
 * @record: the record of the session, or NULL
 * @is6: it came from the IPv6 side
 * @len: its length as it came, in bytes
 */
static inline void nat64_record_count(struct nat64_record *record, bool is6,
				      unsigned int len)
{
	if (likely(!record))
		return;
	atomic64_inc(&record->packets[!is6]);
	atomic64_add(len, &record->bytes[!is6]);
}

#endif /* NAT64_RECORD_H */
