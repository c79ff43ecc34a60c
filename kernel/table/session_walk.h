/* SPDX-License-Identifier: GPL-2.0 */
/* session_walk.h - walks over the sessions of a BIB entry */
#ifndef NAT64_SESSION_WALK_H
#define NAT64_SESSION_WALK_H

#include "table/entry.h"
#include "table/walk_budget.h"

struct nat64_instance;

/**
 * typedef nat64_session_match - check whether a walk is to close a session
 * @bib: the BIB entry, locked
 * @ses: the session, which is not CLOSED
 * @arg: argument of the walk
 *
 * Return: true to close it.
 */
typedef bool nat64_session_match(const struct nat64_bib *bib,
				 struct nat64_session *ses, void *arg);

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
			   nat64_session_match *match, void *arg);

#endif /* NAT64_SESSION_WALK_H */
