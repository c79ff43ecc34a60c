/* SPDX-License-Identifier: GPL-2.0 */
/*
 * config.h - what an operator has set: keys, pool6 and pool4
 *
 * A configuration does not change once it is published. Whoever changes a key
 * copies it, changes the copy and swaps the pointer, so that a packet sees all
 * of the old one or all of the new one.
 */
#ifndef NAT64_CONFIG_H
#define NAT64_CONFIG_H

#include <linux/if.h>
#include <linux/nat64.h>
#include <linux/rcupdate.h>
#include "packet/params.h"
#include "rfc/rfc6052.h"
#include "rfc/tuple.h"

struct nat64_exhausted;

/**
 * struct nat64_ports_range - ports or ICMP identifiers from min to max
 */
struct nat64_ports_range {
	/** @min: the first, in host byte order */
	u16 min;
	/** @max: the last, in host byte order */
	u16 max;
};

/**
 * struct nat64_pool4_row - a pool4 entry
 *
 * The entries are kept by address: that is their place. A search needs the
 * addresses of a mark instead, so they have a second order, by mark, in which
 * all addresses for a protocol are numbered. An example, of two entries:
 *
 *	place	entry		mark	nth	turn	total	addresses
 *	0	192.0.2.0/31	9	1	1	6	4 and 5
 *	1	198.51.100.0/30	4	0	0	4	0 to 3
 *
 * First in the order of marks (nth of place 0) is place 1, whose turn is 0. Of
 * all addresses, 4 are those of mark 4, and the next are 192.0.2.0 and
 * 192.0.2.1: nat64_config_mark4() of mark 9 is 2 from 4 on, nat64_config_nth4()
 * of 4 is 192.0.2.0, and nat64_config_at4() of that is 4.
 */
struct nat64_pool4_row {
	/** @addr: the prefix, in host byte order; bits behind @len are zero */
	u32 addr;
	/** @reach: last address of it or an entry before it, in host byte order */
	u32 reach;
	/** @mark: the packets it serves */
	u32 mark;
	/**
	 * @total: addresses that it and those before it have, by protocol, if
	 * the entries are put in the order of their marks
	 */
	u32 total[NAT64_PROTOS];
	/** @nth: place of the entry that has this place in that order */
	u16 nth;
	/** @turn: its own place in that order */
	u16 turn;
	/** @len: prefix length */
	u8 len;
	/** @protos: bit set of enum nat64_proto */
	u8 protos;
	/** @all_ports: no ports were given: all, and identifier 0 for ICMP */
	bool all_ports;
	/** @n_ranges: how many @ranges are used */
	u8 n_ranges;
	/** @ranges: the ports, rising, not touching one another */
	struct nat64_ports_range ranges[NAT64_PORTS_MAX];
};

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
	/** @rfc6791_len: length of @rfc6791_addr; 0: there is none */
	u8 rfc6791_len;
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
	/** @n_fastpath: how many @fastpath are used */
	u8 n_fastpath;
	/** @fastpath: names of devices, those that are not used all zero */
	char fastpath[NAT64_FASTPATH_MAX][IFNAMSIZ];
};

/**
 * struct nat64_config - the configuration of an instance
 */
struct nat64_config {
	/** @rcu: frees it when no packet uses it any more */
	struct rcu_head rcu;
	/** @keys: the keys */
	struct nat64_keys keys;
	/** @timeout: lifetimes in jiffies, by protocol and enum nat64_state */
	u32 timeout[NAT64_PROTOS][__NAT64_STATE_MAX];
	/**
	 * @pool6: the prefixes; one keeps its place as long as it exists,
	 * because sessions know it by its place
	 */
	struct nat64_prefix6 pool6[NAT64_POOL6_MAX];
	/** @n_pool6: places of @pool6 that may be in use */
	u8 n_pool6;
	/** @exhausted: addresses that have no port left, a hint; or NULL */
	struct nat64_exhausted *exhausted;
	/** @n_pool4: entries of @pool4; none: the router's own addresses */
	u16 n_pool4;
	/** @pool4: the entries, by rising address, for nat64_config_next4() */
	struct nat64_pool4_row pool4[];
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
const char *nat64_config_add_pool4(struct nat64_config *cfg,
				   const struct nat64_pool4_row *row);
const char *nat64_config_del_pool4(struct nat64_config *cfg,
				   const struct nat64_pool4_row *what);
int nat64_config_last4(const struct nat64_config *cfg, u32 host);
u32 nat64_config_addrs4(const struct nat64_config *cfg, enum nat64_proto proto);
u32 nat64_config_mark4(const struct nat64_config *cfg, enum nat64_proto proto,
		       u32 mark, u32 *first);
const struct nat64_pool4_row *nat64_config_nth4(const struct nat64_config *cfg,
						enum nat64_proto proto, u32 at,
						u32 *host);
u32 nat64_config_at4(const struct nat64_config *cfg, enum nat64_proto proto,
		     const struct nat64_pool4_row *row, u32 host);
bool nat64_config_place4(const struct nat64_config *cfg, enum nat64_proto proto,
			 u32 host, u16 port, u32 *at);
bool nat64_pool4_rows_overlap(const struct nat64_pool4_row *a,
			      const struct nat64_pool4_row *b);
bool nat64_config_has_addr4(const struct nat64_config *cfg,
			    enum nat64_proto proto, __be32 addr);
bool nat64_config_serves(const struct nat64_config *cfg,
			 enum nat64_proto proto, u32 mark, __be32 addr,
			 __be16 port);
bool nat64_config_has4(const struct nat64_config *cfg, enum nat64_proto proto,
		       __be32 addr, __be16 port);

/**
 * nat64_config_pool6 - the pool6 prefix an address is in
 * @cfg: the configuration
 * @addr: the address
 *
 * Return: place of the prefix, or -1.
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

/**
 * nat64_row_contains - is an address inside a pool4 entry?
 * @row: the entry
 * @host: the address, in host byte order
 *
 * Return: true if it is.
 */
static inline bool nat64_row_contains(const struct nat64_pool4_row *row,
				      u32 host)
{
	return !((host ^ row->addr) >> (32 - row->len));
}

/**
 * nat64_config_next4 - the pool4 entries that an address is in, from the last
 * @cfg: the configuration
 * @host: the address, in host byte order
 * @i: the place returned before; cfg->n_pool4 to begin
 *
 * Return: place of an entry, or -1 if there is none any more.
 */
static inline int nat64_config_next4(const struct nat64_config *cfg, u32 host,
				     int i)
{
	if (i == cfg->n_pool4)
		i = nat64_config_last4(cfg, host) + 1;
	while (--i >= 0 && cfg->pool4[i].reach >= host)
		if (nat64_row_contains(&cfg->pool4[i], host))
			return i;
	return -1;
}

/**
 * nat64_config_covers4 - is an address inside any pool4 entry?
 * @cfg: the configuration
 * @host: the address, in host byte order
 *
 * Return: true if it is.
 */
static inline bool nat64_config_covers4(const struct nat64_config *cfg,
					u32 host)
{
	return nat64_config_next4(cfg, host, cfg->n_pool4) >= 0;
}

#endif /* NAT64_CONFIG_H */
