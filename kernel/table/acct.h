/* SPDX-License-Identifier: GPL-2.0 */
/*
 * acct.h - accounting: start times and counters of BIB entries and sessions
 *
 * The extension follows its object in memory. Objects of this larger size are
 * allocated only while a configuration key needs them, so accounting that is
 * off costs no memory. The packet path tests one flag, in a word that it reads
 * anyway.
 */
#ifndef NAT64_ACCT_H
#define NAT64_ACCT_H

#include <linux/timekeeping.h>
#include "table/config.h"
#include "table/entry.h"

/**
 * nat64_acct_session - check whether new sessions need accounting
 * @cfg: the configuration
 *
 * Return: true if they do.
 */
static inline bool nat64_acct_session(const struct nat64_config *cfg)
{
	return cfg->keys.accounting || cfg->keys.logging_session;
}

/**
 * nat64_acct_bib - check whether new BIB entries need accounting
 * @cfg: the configuration
 *
 * Return: true if they do.
 */
static inline bool nat64_acct_bib(const struct nat64_config *cfg)
{
	return cfg->keys.logging_bib || nat64_acct_session(cfg);
}

/**
 * nat64_acct_of - return the accounting of a session
 * @bib: its BIB entry
 * @ses: the session
 *
 * Return: the accounting, or NULL if the session has none.
 */
static inline struct nat64_acct *nat64_acct_of(const struct nat64_bib *bib,
					       const struct nat64_session *ses)
{
	if (!(READ_ONCE(ses->flags) & NAT64_SESSION_HAS_ACCT))
		return NULL;
	if (ses == &bib->first)
		return &container_of((struct nat64_bib *)bib,
				     struct nat64_bib_acct, bib)
				->first;
	return &container_of((struct nat64_session *)ses,
			     struct nat64_session_acct, more.s)
			->acct;
}

/**
 * nat64_acct_counted - return the accounting of a session to count a packet
 * @bib: its BIB entry
 * @ses: the session
 *
 * Return: the accounting, or NULL if packets are not counted.
 */
static inline struct nat64_acct *
nat64_acct_counted(const struct nat64_bib *bib, const struct nat64_session *ses)
{
	if (likely(!(READ_ONCE(ses->flags) & NAT64_SESSION_COUNTED)))
		return NULL;
	return nat64_acct_of(bib, ses);
}

/**
 * nat64_acct_began - return the start time of a BIB entry
 * @bib: the entry
 *
 * Return: nanoseconds of CLOCK_REALTIME, or 0 if unknown.
 */
static inline u64 nat64_acct_began(const struct nat64_bib *bib)
{
	if (!(READ_ONCE(bib->first.flags) & NAT64_SESSION_HAS_ACCT))
		return 0;
	return READ_ONCE(container_of((struct nat64_bib *)bib,
				      struct nat64_bib_acct, bib)
				 ->began);
}

/**
 * nat64_acct_begin_bib - set the start time of a BIB entry, perhaps again
 * @bib: the entry; no other CPU starts it
 */
static inline void nat64_acct_begin_bib(struct nat64_bib *bib)
{
	if (READ_ONCE(bib->first.flags) & NAT64_SESSION_HAS_ACCT)
		WRITE_ONCE(container_of(bib, struct nat64_bib_acct, bib)->began,
			   ktime_get_real_ns());
}

/**
 * nat64_acct_begin - set the start time of a session and reset its counters
 * @cfg: the configuration
 * @bib: its BIB entry
 * @ses: the session; no other CPU starts it
 */
static inline void nat64_acct_begin(const struct nat64_config *cfg,
				    const struct nat64_bib *bib,
				    struct nat64_session *ses)
{
	struct nat64_acct *acct = nat64_acct_of(bib, ses);
	u8 flags = NAT64_SESSION_HAS_ACCT;
	int i;

	if (likely(!acct))
		return;
	WRITE_ONCE(acct->began, ktime_get_real_ns());
	for (i = 0; i < 2; i++) {
		atomic64_set(&acct->packets[i], 0);
		atomic64_set(&acct->bytes[i], 0);
	}
	if (cfg->keys.accounting)
		flags |= NAT64_SESSION_COUNTED;
	WRITE_ONCE(ses->flags, flags);
}

/**
 * nat64_acct_add - count a packet of a session
 * @acct: accounting of the session, or NULL
 * @is6: the packet was received from the IPv6 side
 * @len: its length as received, in bytes
 */
static inline void nat64_acct_add(struct nat64_acct *acct, bool is6,
				  unsigned int len)
{
	if (likely(!acct))
		return;
	atomic64_inc(&acct->packets[!is6]);
	atomic64_add(len, &acct->bytes[!is6]);
}

#endif /* NAT64_ACCT_H */
