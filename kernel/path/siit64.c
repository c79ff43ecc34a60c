// SPDX-License-Identifier: GPL-2.0
/*
 * siit64.c - an IPv6 packet, step by step, without state (RFC 7915 s5)
 *
 * Its addresses have been translated already: path/siit_address.c. A packet from
 * one node with an EAM entry to another is hairpinned (RFC 7757 s4.2.2).
 */
#include "path/path.h"

#include <net/route.h>
#include "packet/l4csum.h"
#include "rfc/address.h"

/*
 * Check whether an IPv4 address may be sent; @prefix: that of pool6 from which it
 * has been extracted, or NULL.
 */
static enum nat64_verdict nat64_siit64_may_send(const struct nat64_config *cfg,
						struct nat64_pkt *pkt,
						__be32 addr,
						const struct nat64_prefix6 *prefix)
{
	if (!nat64_address4_forwardable(addr))
		return nat64_drop(pkt, NAT64_STAT_DROP_ADDRESS4);
	if (prefix && !nat64_may_embed(cfg, prefix, addr))
		return nat64_drop(pkt, NAT64_STAT_DROP_WKP_PRIVATE);
	return NAT64_CONTINUE;
}

/*
 * Check for a source in pool6 that embeds an IPv4 address of this router or a
 * broadcast address: from IPv4, pool6 does not translate it either. Only programs of
 * this router may send from it.
 */
static bool nat64_siit64_is_martian(struct nat64_instance *inst,
				    const struct nat64_pkt *pkt,
				    const struct nat64_siit *siit)
{
	return siit->sprefix && !pkt->local &&
	       inet_addr_type_dev_table(inst->net, pkt->skb->dev,
					siit->saddr4) != RTN_UNICAST;
}

/* Set the addresses of a packet that is no ICMP error. */
static enum nat64_verdict nat64_siit64_addresses(struct nat64_instance *inst,
						 const struct nat64_config *cfg,
						 struct nat64_pkt *pkt,
						 const struct nat64_siit *siit)
{
	enum nat64_verdict verdict;

	pkt->t4.saddr = siit->saddr4;
	pkt->t4.daddr = siit->daddr4;
	verdict = nat64_siit64_may_send(cfg, pkt, siit->saddr4, siit->sprefix);
	if (verdict != NAT64_CONTINUE)
		return verdict;
	if (nat64_siit64_is_martian(inst, pkt, siit))
		return nat64_drop(pkt, NAT64_STAT_DROP_ADDRESS4);
	return nat64_siit64_may_send(cfg, pkt, siit->daddr4, siit->dprefix);
}

/*
 * Check whether the translation of an ICMP error may have the translated source. It
 * may not if this router has that address, too, since a router beyond an upstream
 * translator may use the same private address; or if pool6 may not embed it. Then the
 * sender is a router without an IPv4 address (RFC 6791).
 */
static bool nat64_siit64_keeps_source(struct nat64_instance *inst,
				      const struct nat64_config *cfg,
				      const struct nat64_pkt *pkt,
				      const struct nat64_siit *siit)
{
	return siit->has_source && !nat64_siit64_is_martian(inst, pkt, siit) &&
	       (!siit->sprefix ||
		nat64_may_embed(cfg, siit->sprefix, siit->saddr4));
}

/*
 * Set the addresses of the packet that an ICMP error quotes, and its source. If the
 * quoted packet does not translate, the error is for a node that it reaches by IPv6.
 */
static enum nat64_verdict nat64_siit64_quote(struct nat64_instance *inst,
					     const struct nat64_config *cfg,
					     struct nat64_pkt *pkt,
					     const struct nat64_siit *siit)
{
	const struct nat64_prefix6 *prefix;

	if (!nat64_siit_addr4(cfg, &pkt->t6.saddr, &pkt->t4.saddr, &prefix))
		return nat64_accept(pkt, NAT64_STAT_PASS_NOT_TRANSLATABLE);
	/* The error is for the source of the packet that it quotes. */
	if (!ipv6_addr_equal(&ipv6_hdr(pkt->skb)->daddr, &pkt->t6.daddr))
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_INNER);
	if (siit->has_source && !nat64_address4_forwardable(siit->saddr4))
		return nat64_drop(pkt, NAT64_STAT_DROP_ADDRESS4);
	pkt->t4.daddr = siit->daddr4;
	pkt->anonymous = !nat64_siit64_keeps_source(inst, cfg, pkt, siit);
	pkt->error_src4 = pkt->anonymous ? 0 : siit->saddr4;
	return nat64_siit64_may_send(cfg, pkt, siit->daddr4, siit->dprefix);
}

/*
 * Check whether a packet is for a node with an EAM entry (conditions A and B of RFC
 * 7757 s4.2.2), and translate its addresses to IPv6 again. The destination of an
 * ICMP error is the source of the packet that it quotes.
 */
static bool nat64_siit64_is_hairpin(struct nat64_instance *inst,
				    const struct nat64_config *cfg,
				    struct nat64_pkt *pkt,
				    const struct nat64_siit *siit,
				    struct nat64_siit *again)
{
	const struct net_device *dev = pkt->skb->dev;
	const struct nat64_eam *eam;

	if (cfg->keys.eam_hairpin_mode != NAT64_EAM_HAIRPIN_INTRINSIC ||
	    !siit->dprefix)
		return false;
	eam = nat64_eam_find4(cfg->eamt, siit->daddr4);
	if (!eam)
		return false;
	nat64_eam_to6(eam, siit->daddr4, &again->daddr6);
	again->has_source = true;
	if (!pkt->is_error)
		return nat64_siit_addr6(cfg, inst->net, dev, siit->saddr4,
					false, &again->saddr6);
	/*
	 * The source stays the IPv6 address of the sender, unless its IPv4 address,
	 * perhaps one of rfc6791v4-prefix, translates.
	 */
	again->saddr6 = ipv6_hdr(pkt->skb)->saddr;
	if (pkt->anonymous)
		nat64_router_src4(cfg, pkt, 0);
	if (pkt->error_src4)
		nat64_siit_addr6(cfg, inst->net, dev, pkt->error_src4, true,
				 &again->saddr6);
	return true;
}

/*
 * Check for a packet from another host whose translation would claim to be from this
 * router to itself. Delivery skips input routing, which would drop such a source. It
 * is not dropped in general: a router may have the address of an EAM entry on a
 * device in order to answer ARP.
 */
static bool nat64_siit64_is_spoofed(struct nat64_instance *inst,
				    const struct nat64_pkt *pkt)
{
	const struct rtable *rt = (const struct rtable *)pkt->dst;

	return rt && rt->rt_flags & RTCF_LOCAL && !pkt->local && !pkt->is_error &&
	       inet_addr_type_dev_table(inst->net, pkt->skb->dev,
					pkt->t4.saddr) == RTN_LOCAL;
}

/* Look up the route, and check the size. */
static enum nat64_verdict nat64_siit64_egress(struct nat64_instance *inst,
					      const struct nat64_config *cfg,
					      struct nat64_pkt *pkt)
{
	__be32 saddr = pkt->t4.saddr, own;
	enum nat64_verdict verdict;

	if (pkt->anonymous)
		pkt->t4.saddr = 0;
	verdict = nat64_route4(inst, pkt, NULL, &own);
	pkt->t4.saddr = saddr;
	if (verdict != NAT64_CONTINUE)
		return verdict;
	if (pkt->anonymous)
		nat64_router_src4(cfg, pkt, own);
	if (nat64_siit64_is_spoofed(inst, pkt))
		return nat64_drop(pkt, NAT64_STAT_DROP_ADDRESS4);
	return nat64_mtu64(pkt);
}

/* Translate to IPv4 and then to IPv6 again. */
static enum nat64_verdict nat64_siit64_hairpin(struct nat64_instance *inst,
					       const struct nat64_config *cfg,
					       struct nat64_pkt *pkt,
					       const struct nat64_siit *again)
{
	enum nat64_verdict verdict;

	verdict = pkt->is_error ? NAT64_CONTINUE :
				  nat64_mtu66(pkt, inst->net, &again->daddr6);
	if (verdict == NAT64_CONTINUE)
		verdict = nat64_rewrite64(cfg, pkt);
	if (verdict != NAT64_CONTINUE)
		return verdict;
	pkt->hairpin = true;
	nat64_trace_hairpin(pkt);
	if (pkt->frag_max)
		pkt->frag_max -= NAT64_FRAGMENT_DIFF;
	verdict = nat64_siit46(inst, cfg, pkt, again);
	/* The EAM entries have changed meanwhile. */
	return verdict == NAT64_ACCEPT ?
	       nat64_drop(pkt, NAT64_STAT_DROP_ADDRESS4) : verdict;
}

/**
 * nat64_siit64 - translate an IPv6 packet to IPv4 without state
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet
 * @siit: its addresses
 *
 * Warning: may reallocate the data of the skb.
 *
 * Context: softirqs off, RCU read lock. The skb stays the caller's.
 *
 * Return: NAT64_CONTINUE if it is ready to leave, by IPv4 or, to a node with an EAM
 * entry, by IPv6; or another verdict.
 */
enum nat64_verdict nat64_siit64(struct nat64_instance *inst,
				const struct nat64_config *cfg,
				struct nat64_pkt *pkt,
				const struct nat64_siit *siit)
{
	enum nat64_verdict verdict = nat64_parse6(pkt);
	bool is_error = verdict == NAT64_CONTINUE && pkt->is_error;
	struct nat64_siit again;

	if (!is_error && !siit->has_source)
		return nat64_accept(pkt, NAT64_STAT_PASS_NOT_TRANSLATABLE);
	if (verdict != NAT64_CONTINUE)
		return verdict;
	nat64_trace_tuple(pkt, true);
	verdict = is_error ? nat64_siit64_quote(inst, cfg, pkt, siit) :
			     nat64_siit64_addresses(inst, cfg, pkt, siit);
	if (verdict == NAT64_CONTINUE)
		verdict = nat64_admit64(cfg, pkt);
	if (verdict != NAT64_CONTINUE)
		return verdict;
	pkt->t4.sport = pkt->t6.sport;
	pkt->t4.dport = pkt->t6.dport;
	pkt->csum_diff = nat64_l4csum_diff(&pkt->t6, &pkt->t4, true);
	if (nat64_siit64_is_hairpin(inst, cfg, pkt, siit, &again))
		return nat64_siit64_hairpin(inst, cfg, pkt, &again);
	verdict = nat64_siit64_egress(inst, cfg, pkt);
	if (verdict == NAT64_CONTINUE)
		verdict = nat64_rewrite64(cfg, pkt);
	return verdict;
}
