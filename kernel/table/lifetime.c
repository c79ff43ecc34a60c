// SPDX-License-Identifier: GPL-2.0
/* lifetime.c - when sessions expire (RFC 6146 s3.5, s4) */
#include "table/lifetime.h"

#include "table/page.h"
#include "table/state.h"

/**
 * nat64_session_expired - check whether the lifetime of a session is over
 * @cfg: the configuration
 * @bib: its BIB entry
 * @ses: the session
 *
 * Return: true if so, or if the session is CLOSED.
 */
bool nat64_session_expired(const struct nat64_config *cfg,
			   const struct nat64_bib *bib,
			   const struct nat64_session *ses)
{
	u8 state = READ_ONCE(ses->state);

	return state == NAT64_STATE_CLOSED ||
	       nat64_session_age(ses) >= cfg->timeout[bib->key.proto][state];
}

/**
 * nat64_session_ended - check whether the next packet starts a session again
 * @cfg: the configuration
 * @bib: its BIB entry
 * @ses: the session
 *
 * An established connection outlives its lifetime by TCP_TRANS (RFC 6146
 * s3.5.2.2), whether or not expiry has reached it.
 *
 * Return: true if so.
 */
bool nat64_session_ended(const struct nat64_config *cfg,
			 const struct nat64_bib *bib,
			 const struct nat64_session *ses)
{
	if (likely(!nat64_session_expired(cfg, bib, ses)))
		return false;
	return bib->key.proto != NAT64_TCP ||
	       READ_ONCE(ses->state) != NAT64_STATE_ESTABLISHED;
}

/**
 * nat64_session_left - return how long an idle session will live
 * @cfg: the configuration
 * @bib: its BIB entry
 * @ses: the session
 *
 * Return: jiffies; 0 if it has expired, NAT64_PAGE_NEVER if it is CLOSED.
 */
u32 nat64_session_left(const struct nat64_config *cfg,
		       const struct nat64_bib *bib,
		       const struct nat64_session *ses)
{
	u32 age = nat64_session_age(ses), life;
	u8 state = READ_ONCE(ses->state);

	if (state == NAT64_STATE_CLOSED)
		return NAT64_PAGE_NEVER;
	life = cfg->timeout[bib->key.proto][state];
	return age < life ? life - age : 0;
}

/**
 * nat64_session_expires - return when an idle session will expire
 * @inst: the instance
 * @bib: its BIB entry
 * @ses: the session
 *
 * Context: RCU read lock.
 *
 * Return: time in jiffies.
 */
u32 nat64_session_expires(struct nat64_instance *inst,
			  const struct nat64_bib *bib,
			  const struct nat64_session *ses)
{
	return (u32)jiffies +
	       nat64_session_left(rcu_dereference(inst->config), bib, ses);
}
