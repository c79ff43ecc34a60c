/* SPDX-License-Identifier: GPL-2.0 */
/* eam.h - the tables of a stateless translator (RFC 7757) */
#ifndef NAT64_EAM_H
#define NAT64_EAM_H

#include <linux/rcupdate.h>
#include <linux/xarray.h>
#include "rfc/rfc7757.h"
#include "table/lpm.h"

/**
 * struct nat64_eam_entry - an entry of the Explicit Address Mapping Table
 */
struct nat64_eam_entry {
	/** @node6: its IPv6 prefix */
	struct nat64_lpm_node node6;
	/** @node4: its IPv4 prefix */
	struct nat64_lpm_node node4;
	/** @eam: both */
	struct nat64_eam eam;
	/** @index: index in nat64_eamt.entries */
	u32 index;
	/** @rcu: frees it when no packet uses it */
	struct rcu_head rcu;
};

/**
 * struct nat64_denied - a prefix of the denylist
 */
struct nat64_denied {
	/** @node: the prefix */
	struct nat64_lpm_node node;
	/** @index: index in nat64_eamt.denylist */
	u32 index;
	/** @rcu: frees it when no packet uses it */
	struct rcu_head rcu;
};

/**
 * struct nat64_eamt - the tables of a stateless translator
 *
 * It belongs to the instance; configurations point to it, so that a packet sees
 * a configuration with the tables that belong to it. Packets read it under RCU;
 * it is changed under nat64_net.mutex.
 */
struct nat64_eamt {
	/** @by6: struct nat64_eam_entry by IPv6 prefix */
	struct nat64_lpm by6;
	/** @by4: likewise by IPv4 prefix */
	struct nat64_lpm by4;
	/** @denied: struct nat64_denied */
	struct nat64_lpm denied;
	/** @entries: struct nat64_eam_entry, by age; read by dumps only */
	struct xarray entries;
	/** @denylist: struct nat64_denied, likewise */
	struct xarray denylist;
	/** @n_entries: number of entries */
	u32 n_entries;
	/** @n_denied: number of prefixes of the denylist */
	u32 n_denied;
};

struct nat64_eamt *nat64_eamt_alloc(void);
void nat64_eamt_free(struct nat64_eamt *eamt);
int nat64_eam_add(struct nat64_eamt *eamt, const struct nat64_eam *eam);
void nat64_eam_del(struct nat64_eamt *eamt, struct nat64_eam_entry *entry);
struct nat64_eam_entry *nat64_eam_exact6(struct nat64_eamt *eamt,
					 const struct in6_addr *addr, u8 len);
struct nat64_eam_entry *nat64_eam_exact4(struct nat64_eamt *eamt, __be32 addr,
					 u8 len);
const struct nat64_eam *nat64_eam_find6(struct nat64_eamt *eamt,
					const struct in6_addr *addr);
const struct nat64_eam *nat64_eam_find4(struct nat64_eamt *eamt, __be32 addr);
int nat64_denylist_add(struct nat64_eamt *eamt, __be32 addr, u8 len);
void nat64_denylist_del(struct nat64_eamt *eamt, struct nat64_denied *denied);
struct nat64_denied *nat64_denylist_exact(struct nat64_eamt *eamt, __be32 addr,
					  u8 len);
bool nat64_denylist_has(struct nat64_eamt *eamt, __be32 addr);

#endif /* NAT64_EAM_H */
