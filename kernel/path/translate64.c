// SPDX-License-Identifier: GPL-2.0
/*
 * translate64.c - an IPv6 packet, step by step (RFC 6146 s3.4 to s3.8)
 *
 * Whatever can refuse a packet comes before state is created for it: parsing,
 * policy, hop limit, route and size.
 */
#include "path/path.h"

#include <linux/ipv6.h>
#include "table/acct.h"
#include "table/port_alloc.h"

/**
 * struct nat64_egress - where a packet from the IPv6 side leaves
 */
struct nat64_egress {
	/** @hairpin: by IPv6, to another IPv6 host */
	bool hairpin;
	/**
	 * @guess: the IPv4 source that its route was looked up for, in network
	 * byte order; the source that it gets may be another
	 */
	__be32 guess;
};

/* Check for an ICMPv6 error that a router, not the IPv6 host, has sent. */
static bool nat64_is_router_error(const struct nat64_pkt *pkt)
{
	return pkt->is_error && !ipv6_addr_equal(&ipv6_hdr(pkt->skb)->saddr,
						 &pkt->t6.saddr);
}

/* Set the IPv4 source to that of the BIB entry, or the one it is likely to get. */
static void nat64_predict_source4(struct nat64_instance *inst,
				  const struct nat64_config *cfg,
				  struct nat64_pkt *pkt,
				  const struct nat64_flow *flow)
{
	if (flow->bib) {
		pkt->t4.saddr = flow->bib->addr4;
		pkt->t4.sport = flow->bib->port4;
		return;
	}
	pkt->t4.saddr = nat64_port_alloc_predict(inst, cfg, pkt->proto,
						 &pkt->t6.saddr,
						 pkt->skb->mark);
}

/* Look up the route of a packet to IPv4, and check its size. */
static enum nat64_verdict nat64_fits64(struct nat64_instance *inst,
				       struct nat64_pkt *pkt,
				       struct nat64_session *ses, __be32 *own)
{
	enum nat64_verdict verdict;

	verdict = nat64_route4(inst, pkt, ses, own);
	return verdict == NAT64_CONTINUE ? nat64_mtu64(pkt) : verdict;
}

/*
 * Decide whether a packet leaves by IPv4 or is hairpinned; look up its route, and
 * check its size. Then set @pkt->t4.saddr: for an error of a router, by RFC 6791;
 * without a BIB entry, to the router's own address or 0, for port allocation.
 */
static noinline enum nat64_verdict
nat64_egress64_find(struct nat64_instance *inst, const struct nat64_config *cfg,
		    struct nat64_pkt *pkt, const struct nat64_flow *flow,
		    struct nat64_egress *egress)
{
	bool by_router = nat64_is_router_error(pkt);
	enum nat64_verdict verdict;
	__be32 own = 0;

	if (!by_router)
		nat64_predict_source4(inst, cfg, pkt, flow);
	egress->guess = pkt->t4.saddr;
	if (flow->bib && nat64_own_lost(inst, cfg, pkt, flow->bib))
		return NAT64_DROP;
	egress->hairpin = nat64_is_hairpin(inst, cfg, pkt);
	verdict = egress->hairpin ? nat64_hairpin_fits(inst, pkt) :
		  nat64_fits64(inst, pkt, by_router ? NULL : flow->ses, &own);
	if (verdict != NAT64_CONTINUE)
		return verdict;
	if (by_router)
		nat64_router_src4(cfg, pkt, own);
	if (!flow->bib)
		pkt->t4.saddr = own;
	return NAT64_CONTINUE;
}

/* Likewise; a session with a cached route is not hairpinned. */
static enum nat64_verdict nat64_egress64(struct nat64_instance *inst,
					 const struct nat64_config *cfg,
					 struct nat64_pkt *pkt,
					 const struct nat64_flow *flow,
					 struct nat64_egress *egress)
{
	egress->hairpin = false;
	if (likely(flow->ses && !nat64_is_router_error(pkt) &&
		   nat64_route4_known(inst, pkt, flow->ses)))
		return nat64_mtu64(pkt);
	return nat64_egress64_find(inst, cfg, pkt, flow, egress);
}

/* Look up the route again if that depends on the new IPv4 source or port. */
static enum nat64_verdict nat64_egress64_update(struct nat64_instance *inst,
						struct nat64_pkt *pkt,
						const struct nat64_egress *egress)
{
	__be32 own;

	if (egress->hairpin || (pkt->t4.saddr == egress->guess &&
				!nat64_route4_by_ports(inst->net)))
		return NAT64_CONTINUE;
	return nat64_route4(inst, pkt, NULL, &own);
}

/**
 * nat64_rewrite64 - rewrite an IPv6 packet as IPv4 (RFC 7915 s5.1)
 * @cfg: the configuration
 * @pkt: the packet, with its route and all addresses
 *
 * Warning: may reallocate the data of the skb.
 *
 * Return: NAT64_CONTINUE or another verdict.
 */
enum nat64_verdict nat64_rewrite64(const struct nat64_config *cfg,
				   struct nat64_pkt *pkt)
{
	const struct nat64_xlat_params *params = &cfg->keys.xlat;
	enum nat64_verdict verdict;

	verdict = nat64_xlat64(pkt, params);
	if (verdict == NAT64_CONTINUE && nat64_mss_clamps(pkt, params))
		verdict = nat64_mss_clamp(pkt, params);
	return verdict;
}

/**
 * nat64_translate64 - translate an IPv6 packet to IPv4
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet, with its prefix in @pkt->pool6
 *
 * Warning: may reallocate the data of the skb.
 *
 * Context: softirqs off, RCU read lock. The skb stays the caller's, unless it is
 * a hairpinned SYN that is stored (NAT64_HELD).
 *
 * Return: NAT64_CONTINUE if it is ready to leave, by IPv4 or, to another IPv6
 * host, by IPv6; or another verdict.
 */
__flatten enum nat64_verdict
nat64_translate64(struct nat64_instance *inst, const struct nat64_config *cfg,
		  struct nat64_pkt *pkt)
{
	struct nat64_egress egress;
	enum nat64_verdict verdict;
	struct nat64_flow flow;

	verdict = nat64_parse6(pkt);			/* RFC 6146 s3.4 */
	if (verdict != NAT64_CONTINUE)
		return verdict;
	nat64_trace_tuple(pkt, true);
	verdict = nat64_admit64(cfg, pkt);
	if (verdict != NAT64_CONTINUE)
		return verdict;
	verdict = nat64_extract4(cfg, pkt);		/* s3.6 */
	if (verdict != NAT64_CONTINUE)
		return verdict;
	nat64_lookup64(inst, pkt, &flow);
	nat64_trace_flow(cfg, pkt, &flow);
	verdict = nat64_egress64(inst, cfg, pkt, &flow, &egress);
	if (verdict != NAT64_CONTINUE)
		return verdict;
	verdict = nat64_filter64(inst, cfg, pkt, &flow);	/* s3.5 */
	if (verdict == NAT64_CONTINUE && !flow.bib)
		verdict = nat64_egress64_update(inst, pkt, &egress);
	if (verdict == NAT64_CONTINUE)
		verdict = nat64_rewrite64(cfg, pkt);	/* s3.7, RFC 7915 s5 */
	if (verdict == NAT64_CONTINUE && egress.hairpin)
		verdict = nat64_hairpin(inst, cfg, pkt);	/* s3.8 */
	if (verdict == NAT64_CONTINUE)
		nat64_acct_add(pkt->acct, true, pkt->len);
	return verdict;
}
