/* SPDX-License-Identifier: GPL-2.0 */
/* bib.h - the Binding Information Bases: look up and insert (RFC 6146 s3.1) */
#ifndef NAT64_BIB_H
#define NAT64_BIB_H

#include "table/entry.h"
#include "table/pool4.h"

struct nat64_instance;

int nat64_bib_init(void);
void nat64_bib_exit(void);
int nat64_bib_table_init(struct nat64_instance *inst);
void nat64_bib_table_exit(struct nat64_instance *inst);
struct nat64_bib *nat64_bib_find6(struct nat64_instance *inst,
				  const struct nat64_bib_key *key);
struct nat64_bib *nat64_bib_create(struct nat64_instance *inst,
				   const struct nat64_bib_key *key,
				   const struct nat64_port_alloc *alloc,
				   bool has_acct);
void nat64_bib_start(struct nat64_instance *inst, struct nat64_bib *bib,
		     const struct nat64_port_alloc *alloc);
struct nat64_bib *nat64_bib_insert(struct nat64_instance *inst,
				   const struct nat64_bib_key *key,
				   const struct nat64_port_alloc *alloc,
				   const struct nat64_session *first);

#endif /* NAT64_BIB_H */
