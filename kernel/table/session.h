/* SPDX-License-Identifier: GPL-2.0 */
/*
 * session.h - the session tables (RFC 6146 s3.1)
 *
 * The first session of a BIB entry is inside the entry. The others are found by
 * BIB entry and remote in nat64_instance.sessions. entry.h has their states.
 */
#ifndef NAT64_SESSION_H
#define NAT64_SESSION_H

#include "rfc/tcp_fsm.h"
#include "table/config.h"
#include "table/entry.h"

struct nat64_instance;

int nat64_session_init(void);
void nat64_session_exit(void);
int nat64_session_table_init(struct nat64_instance *inst);
void nat64_session_table_exit(struct nat64_instance *inst);
struct nat64_session *nat64_session_find(struct nat64_instance *inst,
					 struct nat64_bib *bib, __be32 dst4,
					 __be16 dport);
struct nat64_session *nat64_session_open(struct nat64_instance *inst,
					 const struct nat64_config *cfg,
					 struct nat64_bib *bib,
					 const struct nat64_session *init,
					 bool from6);
bool nat64_session_has_remote(struct nat64_instance *inst,
			      struct nat64_bib *bib,
			      const struct nat64_config *cfg, __be32 dst4);
void nat64_session_tcp(struct nat64_instance *inst,
		       const struct nat64_config *cfg, struct nat64_bib *bib,
		       struct nat64_session *ses, enum nat64_tcp_event event);
bool nat64_session_close(struct nat64_instance *inst, struct nat64_bib *bib,
			 struct nat64_session *ses);

#endif /* NAT64_SESSION_H */
