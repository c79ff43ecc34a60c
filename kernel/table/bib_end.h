/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bib_end.h - the end of BIB entries
 *
 * An entry ends in this order: it is killed, and gets no new sessions; its
 * sessions are closed; it leaves the table of the IPv6 side, then its port; it
 * is retired, that is uncounted, and freed after an RCU grace period.
 */
#ifndef NAT64_BIB_END_H
#define NAT64_BIB_END_H

#include "table/session_walk.h"

bool nat64_bib_kill(struct nat64_bib *bib, bool force);
void nat64_bib_release_port(struct nat64_instance *inst,
			    const struct nat64_bib *bib);
void nat64_bib_retire(struct nat64_instance *inst, struct nat64_bib *bib);
bool nat64_bib_remove_idle(struct nat64_instance *inst, struct nat64_bib *bib);
bool nat64_bib_remove(struct nat64_instance *inst, struct nat64_bib *bib,
		      struct nat64_walk_budget *budget);
void nat64_bib_remove_dead(struct nat64_instance *inst, struct nat64_bib *bib);
u32 nat64_bib_close_sessions(struct nat64_instance *inst, struct nat64_bib *bib,
			     struct nat64_walk_budget *budget,
			     nat64_session_match *match, void *arg);

#endif /* NAT64_BIB_END_H */
