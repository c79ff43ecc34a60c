/* SPDX-License-Identifier: GPL-2.0 */
/*
 * limit.h - limits on the number of sessions
 *
 * The keys maximum-sessions and maximum-sessions-per-bib bound the sessions of
 * an instance and of a BIB entry. IPv4 hosts begin sessions from one half of
 * either limit only: with forged sources they could fill all of it, and IPv6
 * hosts must not pay for that. The other half is left to sessions that IPv6
 * hosts begin.
 */
#ifndef NAT64_LIMIT_H
#define NAT64_LIMIT_H

#include <linux/types.h>

struct nat64_bib;
struct nat64_config;
struct nat64_instance;

int nat64_limit_instance(struct nat64_instance *inst,
			 const struct nat64_config *cfg, bool from6);
int nat64_limit_session(struct nat64_instance *inst,
			const struct nat64_config *cfg,
			const struct nat64_bib *bib, bool from6);
void nat64_limit_relax(struct nat64_instance *inst);

#endif /* NAT64_LIMIT_H */
