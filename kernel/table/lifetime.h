/* SPDX-License-Identifier: GPL-2.0 */
/* lifetime.h - when sessions expire (RFC 6146 s3.5, s4) */
#ifndef NAT64_LIFETIME_H
#define NAT64_LIFETIME_H

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include "table/config.h"
#include "table/entry.h"

struct nat64_instance;

bool nat64_session_expired(const struct nat64_config *cfg,
			   const struct nat64_bib *bib,
			   const struct nat64_session *ses);
bool nat64_session_ended(const struct nat64_config *cfg,
			 const struct nat64_bib *bib,
			 const struct nat64_session *ses);
u32 nat64_session_left(const struct nat64_config *cfg,
		       const struct nat64_bib *bib,
		       const struct nat64_session *ses);
u32 nat64_session_expires(struct nat64_instance *inst,
			  const struct nat64_bib *bib,
			  const struct nat64_session *ses);

/**
 * nat64_session_age - return the time since the start of a session's lifetime
 * @ses: the session
 *
 * Return: jiffies, correct across a wrap of the counter; 0 if another CPU has
 * just started it, by a clock that ticked after this CPU has read it.
 */
static inline u32 nat64_session_age(const struct nat64_session *ses)
{
	s32 age = (u32)jiffies - READ_ONCE(ses->last_seen);

	return max(age, 0);
}

/**
 * nat64_session_refresh - restart a session's lifetime
 * @ses: the session
 *
 * Writes at most once a second, so that CPUs which share a session do not
 * contend for its cache line.
 */
static inline void nat64_session_refresh(struct nat64_session *ses)
{
	if (nat64_session_age(ses) >= HZ)
		WRITE_ONCE(ses->last_seen, (u32)jiffies);
}

#endif /* NAT64_LIFETIME_H */
