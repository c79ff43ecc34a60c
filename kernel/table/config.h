/* SPDX-License-Identifier: GPL-2.0 */
/*
 * config.h - the configuration of an instance: keys, pool6 and pool4
 *
 * A configuration does not change once it is published. To change a key, copy
 * it, change the copy and swap the pointer: a packet sees either all of the old
 * one or all of the new one.
 */
#ifndef NAT64_CONFIG_H
#define NAT64_CONFIG_H

#include <linux/if.h>
#include <linux/nat64.h>
#include <linux/rcupdate.h>
#include "packet/params.h"
#include "rfc/rfc6052.h"
#include "rfc/tuple.h"
#include "table/eam.h"
#include "table/pool4_set.h"

/**
 * struct nat64_keys - the configuration keys; enum nat64_config_attr tells
 *	what each does
 */
struct nat64_keys {
	/** @xlat: those of RFC 7915 */
	struct nat64_xlat_params xlat;
	/** @manually_enabled: bool */
	bool manually_enabled;
	/** @address_dependent_filtering: bool */
	bool address_dependent_filtering;
	/** @drop_externally_initiated_tcp: bool */
	bool drop_externally_initiated_tcp;
	/** @drop_icmpv6_info: bool */
	bool drop_icmpv6_info;
	/** @source_icmpv6_errors_better: bool */
	bool source_icmpv6_errors_better;
	/** @handle_rst_during_fin_rcv: bool */
	bool handle_rst_during_fin_rcv;
	/** @forward_chain: bool */
	bool forward_chain;
	/** @tcp_probe: bool */
	bool tcp_probe;
	/** @inbound_refresh: bool */
	bool inbound_refresh;
	/** @port_dependent_filtering: bool */
	bool port_dependent_filtering;
	/** @preserve_port_parity: bool */
	bool preserve_port_parity;
	/** @wkp_strict: bool */
	bool wkp_strict;
	/** @send_icmp_errors: bool */
	bool send_icmp_errors;
	/** @answer_unmapped: bool */
	bool answer_unmapped;
	/** @logging_bib: bool */
	bool logging_bib;
	/** @logging_session: bool */
	bool logging_session;
	/** @accounting: bool */
	bool accounting;
	/** @amend_udp_checksum_zero: bool */
	bool amend_udp_checksum_zero;
	/** @eam_hairpin_mode: enum nat64_eam_hairpin */
	u8 eam_hairpin_mode;
	/** @rfc6791_len: length of @rfc6791_addr; 0: there is none */
	u8 rfc6791_len;
	/** @rfc6791v6_len: length of @rfc6791v6_addr; 0: there is none */
	u8 rfc6791v6_len;
	/** @tcp_est_timeout: seconds */
	u32 tcp_est_timeout;
	/** @tcp_trans_timeout: seconds */
	u32 tcp_trans_timeout;
	/** @udp_timeout: seconds */
	u32 udp_timeout;
	/** @icmp_timeout: seconds */
	u32 icmp_timeout;
	/** @maximum_sessions: sessions of the instance; depends on the memory */
	u32 maximum_sessions;
	/** @maximum_sessions_per_bib: sessions of a BIB entry */
	u32 maximum_sessions_per_bib;
	/** @tcp_open_timeout: seconds */
	u32 tcp_open_timeout;
	/** @maximum_simultaneous_opens: SYNs that are kept */
	u32 maximum_simultaneous_opens;
	/** @hold_down_time: seconds */
	u32 hold_down_time;
	/** @hold_down_ports: ports and identifiers of the instance */
	u32 hold_down_ports;
	/** @rfc6791_addr: the prefix, in host byte order */
	u32 rfc6791_addr;
	/** @rfc6791v6_addr: the prefix */
	struct in6_addr rfc6791v6_addr;
	/** @n_fastpath: how many @fastpath are used */
	u8 n_fastpath;
	/** @fastpath: names of devices, those that are not used all zero */
	char fastpath[NAT64_FASTPATH_MAX][IFNAMSIZ];
};

/**
 * struct nat64_config - the configuration of an instance
 */
struct nat64_config {
	/** @rcu: frees it after an RCU grace period */
	struct rcu_head rcu;
	/** @type: type of the instance, which never changes */
	enum nat64_type type;
	/**
	 * @eamt: the tables of a stateless translator, which belong to the
	 * instance, not to the configuration; else NULL
	 */
	struct nat64_eamt *eamt;
	/** @keys: the keys */
	struct nat64_keys keys;
	/** @timeout: lifetimes in jiffies, by protocol and enum nat64_state */
	u32 timeout[NAT64_PROTOS][__NAT64_STATE_MAX];
	/**
	 * @pool6: the prefixes; one keeps its index as long as it exists,
	 * because sessions refer to it by this index
	 */
	struct nat64_prefix6 pool6[NAT64_POOL6_MAX];
	/** @n_pool6: number of slots of @pool6 that may be in use */
	u8 n_pool6;
	/** @pool4: the pool4 entries; the last member, as it has no fixed size */
	struct nat64_pool4_set pool4;
};

struct nat64_config *nat64_config_alloc(unsigned int n_pool4);
struct nat64_config *nat64_config_copy(const struct nat64_config *old,
				       unsigned int n_pool4);
void nat64_config_derive(struct nat64_config *cfg);
void nat64_config_free_rcu(struct nat64_config *cfg);
const char *nat64_config_add_pool6(struct nat64_config *cfg,
				   const struct nat64_prefix6 *prefix);
void nat64_config_settle_pool6(struct nat64_config *cfg,
			       const struct nat64_config *old);
int nat64_config_find_pool6(const struct nat64_config *cfg,
			    const struct nat64_prefix6 *prefix);

/**
 * nat64_config_is_siit - check for a stateless translator
 * @cfg: the configuration
 *
 * Return: true if it is one.
 */
static inline bool nat64_config_is_siit(const struct nat64_config *cfg)
{
	return cfg->type == NAT64_TYPE_SIIT;
}

/**
 * nat64_config_pool6 - the pool6 prefix an address is in
 * @cfg: the configuration
 * @addr: the address
 *
 * Return: index of the prefix, or -1.
 */
static inline int nat64_config_pool6(const struct nat64_config *cfg,
				     const struct in6_addr *addr)
{
	int i;

	for (i = 0; i < cfg->n_pool6; i++)
		if (cfg->pool6[i].len &&
		    nat64_rfc6052_contains(&cfg->pool6[i], addr))
			return i;
	return -1;
}

#endif /* NAT64_CONFIG_H */
