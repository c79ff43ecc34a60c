// SPDX-License-Identifier: GPL-2.0
/*
 * translate46.c - an IPv4 packet, step by step (RFC 6146 s3.4 to s3.7)
 *
 * The steps are those of translate64.c, but the BIB entry comes first: without
 * one, a packet may be the router's own.
 */
#include "path/path.h"

#include <linux/icmp.h>
#include <linux/netdevice.h>
#include "table/acct.h"

/* Store or filter a SYN to pool4 without a BIB entry. */
static enum nat64_verdict nat64_inbound_syn(struct nat64_instance *inst,
					    const struct nat64_config *cfg,
					    struct nat64_pkt *pkt)
{
	if (cfg->keys.drop_externally_initiated_tcp)
		return nat64_drop_key(pkt,
				NAT64_CONFIG_A_DROP_EXTERNALLY_INITIATED_TCP);
	return nat64_syn_store(inst, cfg, pkt);
}

/* Drop, store or answer a packet to pool4 without a BIB entry. */
static noinline enum nat64_verdict
nat64_unmapped46(struct nat64_instance *inst, const struct nat64_config *cfg,
		 struct nat64_pkt *pkt)
{
	if (!pkt->is_error && nat64_is_syn(pkt, false))
		return nat64_inbound_syn(inst, cfg, pkt);
	if (cfg->keys.answer_unmapped && !pkt->is_error &&
	    pkt->proto != NAT64_TCP)
		return nat64_drop_reply(pkt, NAT64_STAT_DROP_NO_BIB,
					ICMP_DEST_UNREACH,
					pkt->proto == NAT64_UDP ?
					ICMP_PORT_UNREACH : ICMP_HOST_UNREACH,
					0);
	return nat64_drop(pkt, NAT64_STAT_DROP_NO_BIB);
}

/*
 * Handle a packet that must not be translated: drop it if it is for the NAT64, as
 * the parser decided, but accept it if it is for the router.
 */
static noinline enum nat64_verdict
nat64_refused46(struct nat64_instance *inst, const struct nat64_config *cfg,
		struct nat64_pkt *pkt)
{
	struct nat64_flow flow = {};

	if (pkt->addressed)
		nat64_lookup46(inst, pkt, &flow);
	if (!pkt->hairpin && !flow.ses &&
	    nat64_is_own4(inst, cfg, pkt, flow.bib, true))
		return nat64_accept(pkt, NAT64_STAT_PASS_LOCAL);
	return NAT64_DROP;
}

/* Look up the route of a packet to IPv6, and check its size. */
static enum nat64_verdict nat64_egress46(struct nat64_instance *inst,
					 struct nat64_pkt *pkt,
					 const struct nat64_flow *flow)
{
	enum nat64_verdict verdict;

	if (likely(flow->ses && nat64_route6_known(inst, pkt, flow->ses)))
		return nat64_mtu46(pkt);
	verdict = nat64_route6(inst, pkt, flow->ses);
	return verdict == NAT64_CONTINUE ? nat64_mtu46(pkt) : verdict;
}

/**
 * nat64_rewrite46 - rewrite an IPv4 packet as IPv6 (RFC 7915 s4.1)
 * @cfg: the configuration
 * @pkt: the packet, with its route and all addresses
 *
 * Warning: may reallocate the data of the skb.
 *
 * Return: NAT64_CONTINUE or another verdict.
 */
enum nat64_verdict nat64_rewrite46(const struct nat64_config *cfg,
				   struct nat64_pkt *pkt)
{
	const struct nat64_xlat_params *params = &cfg->keys.xlat;
	unsigned int headroom = LL_RESERVED_SPACE(nat64_output_dev(pkt)) +
				(pkt->dst ? pkt->dst->header_len : 0);
	enum nat64_verdict verdict;

	verdict = nat64_xlat46(pkt, params, headroom);
	if (verdict == NAT64_CONTINUE && nat64_mss_clamps(pkt, params))
		verdict = nat64_mss_clamp(pkt, params);
	return verdict;
}

/**
 * nat64_translate46 - translate an IPv4 packet to IPv6
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet
 *
 * Warning: may reallocate the data of the skb.
 *
 * Context: softirqs off, RCU read lock. The skb stays the caller's, unless it
 * is stored (NAT64_HELD).
 *
 * Return: NAT64_CONTINUE if it is ready to leave by IPv6, or another
 * verdict.
 */
__flatten enum nat64_verdict
nat64_translate46(struct nat64_instance *inst, const struct nat64_config *cfg,
		  struct nat64_pkt *pkt)
{
	unsigned int len = pkt->skb->len;
	enum nat64_verdict verdict;
	struct nat64_flow flow;

	verdict = nat64_parse4(pkt);			/* RFC 6146 s3.4 */
	if (verdict == NAT64_DEFRAG)
		return verdict;
	if (verdict != NAT64_CONTINUE)
		return nat64_refused46(inst, cfg, pkt);
	nat64_trace_tuple(pkt, false);
	nat64_lookup46(inst, pkt, &flow);
	nat64_trace_flow(cfg, pkt, &flow);
	/* An IPv6 host means the mapping, even at an address of the router. */
	if (unlikely(!flow.ses) && !(pkt->hairpin && flow.bib) &&
	    nat64_is_own4(inst, cfg, pkt, flow.bib, false))
		return nat64_accept(pkt, NAT64_STAT_PASS_LOCAL);
	if (pkt->no_check && cfg->keys.xlat.drop_udp4_zero_checksum)
		return nat64_drop(pkt, NAT64_STAT_DROP_CHECKSUM);
	if (!flow.bib)
		return nat64_unmapped46(inst, cfg, pkt);
	verdict = nat64_admit46(pkt);
	if (verdict != NAT64_CONTINUE)
		return verdict;
	verdict = nat64_embed6(cfg, pkt, &flow);	/* s3.6 */
	if (verdict == NAT64_CONTINUE)
		verdict = nat64_egress46(inst, pkt, &flow);
	if (verdict == NAT64_CONTINUE)
		verdict = nat64_filter46(inst, cfg, pkt, &flow);	/* s3.5 */
	if (verdict == NAT64_CONTINUE)
		verdict = nat64_rewrite46(cfg, pkt);	/* s3.7, RFC 7915 s4 */
	if (verdict == NAT64_CONTINUE)
		nat64_acct_add(pkt->acct, false, len);
	return verdict;
}
