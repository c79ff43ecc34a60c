/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bib_static.h - static BIB entries
 *
 * An administrator adds static entries one by one, or in a transaction: entries
 * are created, reserved and activated, while those in their place are pinned,
 * made static or displaced. All of this runs under nat64_net.mutex.
 */
#ifndef NAT64_BIB_STATIC_H
#define NAT64_BIB_STATIC_H

#include "table/bib.h"

struct nat64_bib *nat64_bib_create_static(struct nat64_instance *inst,
					  const struct nat64_bib_key *key,
					  const struct nat64_port_alloc *alloc);
struct nat64_bib *nat64_bib_reserve(struct nat64_instance *inst,
				    struct nat64_bib *bib);
void nat64_bib_discard(struct nat64_instance *inst, struct nat64_bib *bib,
		       bool reserved);
bool nat64_bib_pin(struct nat64_bib *bib, bool *first);
void nat64_bib_unpin(struct nat64_instance *inst, struct nat64_bib *bib);
void nat64_bib_make_static(struct nat64_instance *inst, struct nat64_bib *bib);
void nat64_bib_displace(struct nat64_instance *inst, struct nat64_bib *bib,
			struct nat64_bib *replacement,
			const struct nat64_port_alloc *port);
void nat64_bib_activate(struct nat64_instance *inst, struct nat64_bib *bib,
			const struct nat64_port_alloc *alloc);

#endif /* NAT64_BIB_STATIC_H */
