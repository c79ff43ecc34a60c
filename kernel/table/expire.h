/* SPDX-License-Identifier: GPL-2.0 */
/* expire.h - walks over all BIB entries: expiry and removal */
#ifndef NAT64_EXPIRE_H
#define NAT64_EXPIRE_H

#include "table/bib.h"
#include "table/session.h"

/**
 * typedef nat64_visit - what a walk does with an entry
 * @inst: the instance
 * @bib: the entry
 * @arg: of the walk
 *
 * Context: softirqs off, RCU read lock.
 */
typedef void nat64_visit(struct nat64_instance *inst, struct nat64_bib *bib,
			 void *arg);

void nat64_expire_start(struct nat64_instance *inst);
void nat64_expire_stop(struct nat64_instance *inst);
void nat64_walk(struct nat64_instance *inst, nat64_visit *visit, void *arg);

#endif /* NAT64_EXPIRE_H */
