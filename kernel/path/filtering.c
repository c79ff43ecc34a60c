// SPDX-License-Identifier: GPL-2.0
/*
 * filtering.c - filtering and updating binding and session information
 *	(RFC 6146 s3.5)
 *
 * A packet of an existing session takes no lock and allocates nothing.
 */
#include "path/path.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include "packet/l4csum.h"
#include "table/acct.h"
#include "table/lifetime.h"
#include "table/limit.h"
#include "table/port_alloc.h"
#include "table/session.h"

/**
 * nat64_lookup64 - look up BIB entry and session of a packet from the IPv6 side
 * @inst: the instance
 * @pkt: the packet, with @pkt->t6 and the destination of @pkt->t4
 * @flow: set to what was found
 */
void nat64_lookup64(struct nat64_instance *inst, const struct nat64_pkt *pkt,
		    struct nat64_flow *flow)
{
	struct nat64_bib_key key = {
		.addr6 = pkt->t6.saddr,
		.port6 = pkt->t6.sport,
		.proto = pkt->proto,
	};

	flow->ses = NULL;
	flow->bib = nat64_bib_find6(inst, &key);
	if (flow->bib)
		flow->ses = nat64_session_find(inst, flow->bib, pkt->t4.daddr,
					       pkt->proto == NAT64_ICMP ? 0 :
					       pkt->t4.dport);
}

/**
 * nat64_lookup46 - look up BIB entry and session of a packet from the IPv4 side
 * @inst: the instance
 * @pkt: the packet, with @pkt->t4
 * @flow: set to what was found
 */
void nat64_lookup46(struct nat64_instance *inst, const struct nat64_pkt *pkt,
		    struct nat64_flow *flow)
{
	flow->ses = NULL;
	flow->bib = nat64_pool4_find(inst, pkt->proto, pkt->t4.daddr,
				     pkt->t4.dport);
	if (flow->bib)
		flow->ses = nat64_session_find(inst, flow->bib, pkt->t4.saddr,
					       pkt->proto == NAT64_ICMP ? 0 :
					       pkt->t4.sport);
}

/* Set the IPv4 source of a packet to that of its BIB entry. */
static void nat64_set_source4(struct nat64_pkt *pkt,
			      const struct nat64_bib *bib)
{
	pkt->t4.saddr = bib->addr4;
	pkt->t4.sport = bib->port4;
	if (pkt->proto == NAT64_ICMP)
		pkt->t4.dport = bib->port4;
}

/**
 * nat64_drop_key - drop a packet that a configuration key filters
 * @pkt: the packet
 * @key: the key
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: NAT64_DROP.
 */
enum nat64_verdict nat64_drop_key(struct nat64_pkt *pkt,
				  enum nat64_config_attr key)
{
	nat64_trace_key(pkt, key);
	return nat64_drop(pkt, NAT64_STAT_DROP_FILTERED);
}

/*
 * Initialize a session. A SYN from IPv6 completes a simultaneous open if one of
 * the remote endpoint is stored (RFC 6146 s3.5.2.2).
 */
static void nat64_session_begin(struct nat64_instance *inst,
				const struct nat64_pkt *pkt, bool from6,
				struct nat64_session *ses)
{
	memset(ses, 0, sizeof(*ses));
	ses->dst4 = from6 ? pkt->t4.daddr : pkt->t4.saddr;
	ses->dport = from6 ? pkt->t4.dport : pkt->t4.sport;
	ses->state = NAT64_STATE_ESTABLISHED;
	ses->last_seen = (u32)jiffies;
	ses->pool6_csum = nat64_session_pool6_csum(pkt->pool6, pkt->csum_diff);
	if (pkt->proto == NAT64_ICMP)
		ses->dport = 0;
	if (pkt->proto != NAT64_TCP)
		return;
	if (!from6)
		ses->state = NAT64_STATE_V4_INIT;
	else if (!nat64_syn_take(inst, pkt))
		ses->state = NAT64_STATE_V6_INIT;
}

/* Drop a packet whose session could not be created. */
static enum nat64_verdict nat64_refuse(struct nat64_pkt *pkt, long err)
{
	switch (err) {
	case -EUSERS:
		return nat64_drop(pkt, NAT64_STAT_DROP_SESSION_LIMIT);
	case -EDQUOT:
		return nat64_drop(pkt, NAT64_STAT_DROP_INBOUND_LIMIT);
	case -ENOENT:
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_BIB);
	}
	return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);
}

/* Dry run: record the session that would be created. */
static enum nat64_verdict nat64_dry_open(struct nat64_instance *inst,
					 const struct nat64_config *cfg,
					 struct nat64_pkt *pkt, bool from6,
					 const struct nat64_flow *flow,
					 enum nat64_state state)
{
	int err = 0;

	/* An expired session still counts, and would be reused. */
	if (!flow->ses || READ_ONCE(flow->ses->state) == NAT64_STATE_CLOSED)
		err = nat64_limit_session(inst, cfg, flow->bib, from6);
	if (err)
		return nat64_refuse(pkt, err);
	nat64_note_state(pkt, NAT64_STEP_NEW_SESSION, state);
	return NAT64_CONTINUE;
}

/*
 * Create the session of a packet whose BIB entry has none for it, or one that
 * has ended. TCP packets other than a SYN are translated without one (RFC 6146
 * s3.5.2.2, CLOSED), unless the entry is not yet or no longer LIVE.
 */
static noinline enum nat64_verdict
nat64_open_session(struct nat64_instance *inst,
		   const struct nat64_config *cfg,
		   struct nat64_pkt *pkt, bool from6,
		   const struct nat64_flow *flow)
{
	struct nat64_session init, *ses;

	if (pkt->proto == NAT64_TCP && !nat64_is_syn(pkt, from6))
		return nat64_bib_lives(flow->bib) ? NAT64_CONTINUE :
						    nat64_refuse(pkt, -ENOENT);
	nat64_session_begin(inst, pkt, from6, &init);
	if (nat64_is_dry_run(pkt))
		return nat64_dry_open(inst, cfg, pkt, from6, flow, init.state);
	ses = nat64_session_open(inst, cfg, flow->bib, &init, from6);
	if (IS_ERR(ses))
		return nat64_refuse(pkt, PTR_ERR(ses));
	pkt->acct = nat64_acct_counted(flow->bib, ses);
	return NAT64_CONTINUE;
}

/* Allocate a port that no other BIB entry has. */
static bool nat64_alloc_fixed(struct nat64_instance *inst,
			      const struct nat64_pkt *pkt, __be32 addr,
			      __be16 port, struct nat64_port_alloc *alloc)
{
	if (!nat64_is_dry_run(pkt))
		return !nat64_port_alloc_fixed(inst, NAT64_TCP, addr, port,
					       alloc);
	alloc->addr = addr;
	alloc->port = port;
	return nat64_pool4_is_free(inst, NAT64_TCP, addr, port);
}

/*
 * Simultaneous open: allocate the port that the remote endpoint has called,
 * which is that of the IPv6 host. It must be in the range and of the parity of a
 * new mapping (RFC 6146 s3.5.2.3), at the address that the host has or would
 * get, so that a forged SYN selects nothing. Returns false if it is not free.
 */
static bool nat64_alloc_called(struct nat64_instance *inst,
			       const struct nat64_config *cfg,
			       const struct nat64_pkt *pkt,
			       struct nat64_port_alloc *alloc)
{
	__be16 port = pkt->t6.sport;
	u32 mark = pkt->skb->mark;
	__be32 addr;

	if (pkt->proto != NAT64_TCP || likely(!nat64_syn_any(inst)))
		return false;
	addr = nat64_port_alloc_predict(inst, cfg, NAT64_TCP, &pkt->t6.saddr,
					mark);
	return nat64_syn_wanted(inst, pkt, addr) &&
	       nat64_pool4_set_serves(&cfg->pool4, NAT64_TCP, mark, addr, port) &&
	       nat64_alloc_fixed(inst, pkt, addr, port, alloc);
}

/* Allocate an IPv4 transport address for a packet that has no BIB entry. */
static int nat64_alloc_port(struct nat64_instance *inst,
			    const struct nat64_config *cfg,
			    const struct nat64_pkt *pkt,
			    struct nat64_port_alloc *alloc)
{
	bool fixed = nat64_alloc_called(inst, cfg, pkt, alloc);
	int err = 0;

	if (!fixed && nat64_is_dry_run(pkt))
		err = nat64_port_alloc_peek(inst, cfg, pkt->proto,
					    &pkt->t6.saddr, pkt->t6.sport,
					    pkt->skb->mark, pkt->t4.saddr,
					    alloc);
	else if (!fixed)
		err = nat64_port_alloc(inst, cfg, pkt->proto, &pkt->t6.saddr,
				       pkt->t6.sport, pkt->skb->mark,
				       pkt->t4.saddr, alloc);
	if (!err)
		nat64_trace_mapping(pkt, alloc, fixed);
	return err;
}

/*
 * Create a BIB entry and its first session. If no transport address is free, the
 * IPv6 host receives an error (RFC 6146 s3.5.2.3); no BIB entry in use is
 * reclaimed for it.
 */
static noinline enum nat64_verdict
nat64_add_bib(struct nat64_instance *inst,
	      const struct nat64_config *cfg,
	      struct nat64_pkt *pkt)
{
	struct nat64_bib_key key = {
		.addr6 = pkt->t6.saddr,
		.port6 = pkt->t6.sport,
		.proto = pkt->proto,
	};
	struct nat64_session init;
	struct nat64_port_alloc alloc;
	struct nat64_bib *bib;
	int err;

	if (nat64_limit_instance(inst, cfg, true))
		return nat64_drop(pkt, NAT64_STAT_DROP_SESSION_LIMIT);
	err = nat64_alloc_port(inst, cfg, pkt, &alloc);
	if (err == -ENOMEM)
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);
	if (err == -EBUSY && !nat64_is_dry_run(pkt)) {
		WRITE_ONCE(inst->exhausted_mark, pkt->skb->mark);
		WRITE_ONCE(inst->exhausted_proto, pkt->proto);
	}
	if (err)
		return nat64_drop_reply(pkt, err == -EBUSY ?
					NAT64_STAT_DROP_POOL4_EXHAUSTED :
					NAT64_STAT_DROP_NO_POOL4,
					ICMPV6_DEST_UNREACH,
					ICMPV6_ADDR_UNREACH, 0);

	pkt->t4.saddr = alloc.addr;
	pkt->t4.sport = alloc.port;
	pkt->csum_diff = nat64_l4csum_diff(&pkt->t6, &pkt->t4, true);
	nat64_session_begin(inst, pkt, true, &init);
	if (nat64_is_dry_run(pkt)) {
		if (pkt->proto == NAT64_ICMP)
			pkt->t4.dport = alloc.port;
		nat64_note_state(pkt, NAT64_STEP_NEW_SESSION, init.state);
		return NAT64_CONTINUE;
	}
	bib = nat64_bib_insert(inst, &key, &alloc, &init);
	if (IS_ERR(bib))
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);
	nat64_set_source4(pkt, bib);
	if (bib->addr4 == alloc.addr && bib->port4 == alloc.port) {
		pkt->acct = nat64_acct_counted(bib, &bib->first);
		return NAT64_CONTINUE;
	}

	/* Another CPU inserted the entry first: add our session to it. */
	pkt->csum_diff = nat64_l4csum_diff(&pkt->t6, &pkt->t4, true);
	return nat64_open_session(inst, cfg, pkt, true,
				  &(struct nat64_flow){ .bib = bib });
}

/* Take the checksum difference of a packet from its session. */
static void nat64_diff64(struct nat64_pkt *pkt, struct nat64_session *ses)
{
	u32 word = READ_ONCE(ses->pool6_csum);

	if (likely(nat64_session_pool6(word) == pkt->pool6)) {
		pkt->csum_diff = nat64_session_diff(word);
		return;
	}
	/* Packets to the IPv6 host come from the prefix that it used last. */
	pkt->csum_diff = nat64_l4csum_diff(&pkt->t6, &pkt->t4, true);
	if (!nat64_is_dry_run(pkt))
		WRITE_ONCE(ses->pool6_csum,
			   nat64_session_pool6_csum(pkt->pool6,
						    pkt->csum_diff));
}

/**
 * nat64_update64 - update the session of a packet from the IPv6 side
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet, with @pkt->t6 and the destination of @pkt->t4
 * @flow: its BIB entry and session
 *
 * Fills in the rest of @pkt->t4, @pkt->csum_diff and @pkt->acct.
 */
void nat64_update64(struct nat64_instance *inst, const struct nat64_config *cfg,
		    struct nat64_pkt *pkt, const struct nat64_flow *flow)
{
	nat64_set_source4(pkt, flow->bib);
	nat64_diff64(pkt, flow->ses);
	if (nat64_is_dry_run(pkt))
		return nat64_note_session(cfg, pkt, true, flow);
	pkt->acct = nat64_acct_counted(flow->bib, flow->ses);
	if (pkt->proto == NAT64_TCP)
		nat64_session_tcp(inst, cfg, flow->bib, flow->ses,
				  nat64_tcp_event(true, pkt->tcp_flags));
	else
		nat64_session_refresh(flow->ses);
}

/**
 * nat64_filter64 - filter a packet from the IPv6 side, create or update state
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet, with @pkt->t6 and the destination of @pkt->t4; without a BIB
 *	entry, the source in @pkt->t4 is the router's own address for the
 *	destination, or 0
 * @flow: what nat64_lookup64() found
 *
 * Fills in the rest of @pkt->t4, @pkt->csum_diff and @pkt->acct.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
enum nat64_verdict nat64_filter64(struct nat64_instance *inst,
				  const struct nat64_config *cfg,
				  struct nat64_pkt *pkt,
				  struct nat64_flow *flow)
{
	/* ICMP errors neither create nor refresh state (RFC 6146 s3.5). */
	if (pkt->is_error) {
		if (!flow->bib || !nat64_bib_lives(flow->bib))
			return nat64_drop(pkt, NAT64_STAT_DROP_NO_BIB);
		nat64_set_source4(pkt, flow->bib);
		return NAT64_CONTINUE;
	}
	if (likely(flow->ses && !nat64_session_ended(cfg, flow->bib, flow->ses))) {
		nat64_update64(inst, cfg, pkt, flow);
		return NAT64_CONTINUE;
	}
	if (!flow->bib) {
		if (pkt->proto == NAT64_TCP && !nat64_is_syn(pkt, true))
			return nat64_drop(pkt, NAT64_STAT_DROP_NO_SESSION);
		return nat64_add_bib(inst, cfg, pkt);
	}

	nat64_set_source4(pkt, flow->bib);
	pkt->csum_diff = nat64_l4csum_diff(&pkt->t6, &pkt->t4, true);
	return nat64_open_session(inst, cfg, pkt, true, flow);
}

/*
 * Find the configuration key that filters a packet from a new remote endpoint
 * (RFC 4787 s5), or NAT64_CONFIG_A_UNSPEC.
 */
static enum nat64_config_attr nat64_filter_key(struct nat64_instance *inst,
					       const struct nat64_config *cfg,
					       const struct nat64_pkt *pkt,
					       const struct nat64_flow *flow)
{
	if (nat64_bib_is_static(flow->bib))
		return NAT64_CONFIG_A_UNSPEC;
	if (cfg->keys.port_dependent_filtering)
		return NAT64_CONFIG_A_PORT_DEPENDENT_FILTERING;
	if (cfg->keys.address_dependent_filtering &&
	    !nat64_session_has_remote(inst, flow->bib, cfg, pkt->t4.saddr))
		return NAT64_CONFIG_A_ADDRESS_DEPENDENT_FILTERING;
	return NAT64_CONFIG_A_UNSPEC;
}

/* Rejected by a filtering key; an inbound SYN is stored instead. */
static enum nat64_verdict nat64_filtered46(struct nat64_instance *inst,
					   const struct nat64_config *cfg,
					   struct nat64_pkt *pkt,
					   enum nat64_config_attr key)
{
	nat64_trace_key(pkt, key);
	if (nat64_is_syn(pkt, false))
		return nat64_syn_store(inst, cfg, pkt);
	return nat64_drop_reply(pkt, NAT64_STAT_DROP_FILTERED,
				ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, 0);
}

/*
 * Create a session for a new remote endpoint, unless a key filters the packet
 * (RFC 6146 s3.5.1, s3.5.2.2, s3.5.3).
 */
static noinline enum nat64_verdict
nat64_open46(struct nat64_instance *inst,
	     const struct nat64_config *cfg,
	     struct nat64_pkt *pkt,
	     struct nat64_flow *flow)
{
	bool syn = nat64_is_syn(pkt, false);
	enum nat64_config_attr key;

	/* An ended session does not reserve a port that the router uses. */
	if (flow->ses && !pkt->hairpin &&
	    nat64_is_own4(inst, cfg, pkt, flow->bib, false))
		return nat64_accept(pkt, NAT64_STAT_PASS_LOCAL);
	if (syn && cfg->keys.drop_externally_initiated_tcp)
		return nat64_drop_key(pkt,
				NAT64_CONFIG_A_DROP_EXTERNALLY_INITIATED_TCP);
	key = nat64_filter_key(inst, cfg, pkt, flow);
	if (key)
		return nat64_filtered46(inst, cfg, pkt, key);
	return nat64_open_session(inst, cfg, pkt, false, flow);
}

/**
 * nat64_update46 - update the session of a packet from the IPv4 side
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet, with the fields that nat64_embed6() sets
 * @flow: its BIB entry and session
 *
 * Fills in @pkt->acct.
 */
void nat64_update46(struct nat64_instance *inst, const struct nat64_config *cfg,
		    struct nat64_pkt *pkt, const struct nat64_flow *flow)
{
	if (nat64_is_dry_run(pkt))
		return nat64_note_session(cfg, pkt, false, flow);
	pkt->acct = nat64_acct_counted(flow->bib, flow->ses);
	if (pkt->proto == NAT64_TCP)
		nat64_session_tcp(inst, cfg, flow->bib, flow->ses,
				  nat64_tcp_event(false, pkt->tcp_flags));
	else if (cfg->keys.inbound_refresh)
		nat64_session_refresh(flow->ses);
}

/**
 * nat64_filter46 - filter a packet from the IPv4 side, create or update state
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet, with @pkt->t4 and @pkt->t6
 * @flow: what nat64_lookup46() found, with a BIB entry
 *
 * Fills in @pkt->csum_diff and @pkt->acct.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: NAT64_CONTINUE, NAT64_ACCEPT, NAT64_HELD or NAT64_DROP.
 */
enum nat64_verdict nat64_filter46(struct nat64_instance *inst,
				  const struct nat64_config *cfg,
				  struct nat64_pkt *pkt,
				  struct nat64_flow *flow)
{
	if (pkt->is_error)
		return NAT64_CONTINUE;
	if (likely(flow->ses && !nat64_session_ended(cfg, flow->bib, flow->ses))) {
		nat64_update46(inst, cfg, pkt, flow);
		return NAT64_CONTINUE;
	}
	pkt->csum_diff = nat64_l4csum_diff(&pkt->t6, &pkt->t4, false);
	return nat64_open46(inst, cfg, pkt, flow);
}
