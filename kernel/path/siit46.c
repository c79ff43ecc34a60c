// SPDX-License-Identifier: GPL-2.0
/*
 * siit46.c - an IPv4 packet, step by step, without state (RFC 7915 s4)
 *
 * Its addresses have been translated already: path/siit_address.c.
 */
#include "path/path.h"

#include <linux/random.h>
#include <net/addrconf.h>
#include "packet/l4csum.h"
#include "rfc/address.h"

/*
 * Check whether simple hairpinning forbids EAM entries to translate the address of
 * the sender (RFC 7757 s4.2.1). On the second pass of a packet, hairpinning is simple.
 */
static bool nat64_siit46_is_simple(const struct nat64_config *cfg,
				   const struct nat64_pkt *pkt)
{
	return pkt->hairpin ||
	       cfg->keys.eam_hairpin_mode == NAT64_EAM_HAIRPIN_SIMPLE;
}

/* Set the addresses of a packet that is no ICMP error (rule 1 of s4.2.1). */
static bool nat64_siit46_addresses(struct nat64_instance *inst,
				   const struct nat64_config *cfg,
				   struct nat64_pkt *pkt,
				   const struct nat64_siit *siit)
{
	pkt->t6.saddr = siit->saddr6;
	pkt->t6.daddr = siit->daddr6;
	if (pkt->l4 != IPPROTO_ICMP || !nat64_siit46_is_simple(cfg, pkt))
		return siit->has_source;
	/*
	 * Not pkt->t4.saddr: parsing an error that is then refused may have stored
	 * a quoted address there.
	 */
	return nat64_siit_addr6(cfg, inst->net, pkt->skb->dev,
				ip_hdr(pkt->skb)->saddr, false,
				&pkt->t6.saddr);
}

/*
 * Set the addresses of the packet that an ICMP error quotes, and its source: by
 * rules 2 and 3 of s4.2.1, that of the quoted destination if it has sent the error.
 * If the quoted packet does not translate, the error is for an IPv4 node.
 */
static enum nat64_verdict nat64_siit46_quote(struct nat64_instance *inst,
					     const struct nat64_config *cfg,
					     struct nat64_pkt *pkt,
					     const struct nat64_siit *siit)
{
	const struct net_device *dev = pkt->skb->dev;
	bool by_eam = !nat64_siit46_is_simple(cfg, pkt);

	/*
	 * The quoted destination. No packet to such an address is forwarded, so no
	 * router has a reason to send this error.
	 */
	if (!nat64_address4_forwardable(pkt->t4.saddr))
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_INNER);
	if (!nat64_siit_addr6(cfg, inst->net, dev, pkt->t4.saddr, by_eam,
			      &pkt->t6.saddr))
		return nat64_accept(pkt, NAT64_STAT_PASS_NOT_TRANSLATABLE);
	/* The error is for the source of the packet that it quotes. */
	if (pkt->t4.daddr != ip_hdr(pkt->skb)->daddr)
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_INNER);
	pkt->t6.daddr = siit->daddr6;
	pkt->error_src = siit->saddr6;
	if (!pkt->anonymous && ip_hdr(pkt->skb)->saddr == pkt->t4.saddr)
		pkt->error_src = pkt->t6.saddr;
	return NAT64_CONTINUE;
}

/*
 * Select the source of an error of a router without IPv6 address, as RFC 6791 does
 * for IPv4: a random address of the configured prefix, or the translator's own.
 */
static bool nat64_siit46_router(struct nat64_instance *inst,
				const struct nat64_config *cfg,
				struct nat64_pkt *pkt)
{
	struct in6_addr bits;
	unsigned int i;

	if (!cfg->keys.rfc6791v6_len)
		return !ipv6_dev_get_saddr(inst->net, nat64_output_dev(pkt),
					   &pkt->t6.daddr, 0,
					   &pkt->error_src) &&
		       nat64_address6_forwardable(&pkt->error_src);
	get_random_bytes(&bits, sizeof(bits));
	ipv6_addr_prefix(&pkt->error_src, &bits, cfg->keys.rfc6791v6_len);
	for (i = 0; i < ARRAY_SIZE(bits.s6_addr32); i++)
		pkt->error_src.s6_addr32[i] ^= bits.s6_addr32[i] ^
				cfg->keys.rfc6791v6_addr.s6_addr32[i];
	return true;
}

/*
 * Look up the route of an error of a router without IPv6 address, which has a source
 * of this router, also if it comes out of a device of ours.
 */
static enum nat64_verdict nat64_siit46_egress_router(struct nat64_instance *inst,
						     const struct nat64_config *cfg,
						     struct nat64_pkt *pkt)
{
	struct in6_addr saddr = pkt->t6.saddr;
	enum nat64_verdict verdict;

	pkt->t6.saddr = in6addr_any;
	verdict = nat64_route6_fib(inst, pkt);
	pkt->t6.saddr = saddr;
	if (verdict != NAT64_CONTINUE)
		return verdict;
	/* The route may decide about the source, and the source about IPsec. */
	if (!nat64_siit46_router(inst, cfg, pkt))
		return nat64_drop(pkt, NAT64_STAT_DROP_ADDRESS4);
	return nat64_route6_policy(inst, pkt, &pkt->error_src);
}

/* Look up the route, and check the size. */
static enum nat64_verdict nat64_siit46_egress(struct nat64_instance *inst,
					      const struct nat64_config *cfg,
					      struct nat64_pkt *pkt,
					      const struct nat64_siit *siit)
{
	enum nat64_verdict verdict;

	if (pkt->is_error && !siit->has_source)
		verdict = nat64_siit46_egress_router(inst, cfg, pkt);
	else
		verdict = nat64_route6(inst, pkt, NULL);
	return verdict == NAT64_CONTINUE ? nat64_mtu46(pkt) : verdict;
}

/* The checksum of a fragment cannot be computed (RFC 7915 s4.5). */
static bool nat64_siit46_amends(const struct nat64_config *cfg,
				const struct nat64_pkt *pkt)
{
	return cfg->keys.amend_udp_checksum_zero && !pkt->frag;
}

/**
 * nat64_siit46 - translate an IPv4 packet to IPv6 without state
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet, or a packet translated to IPv4 that is hairpinned
 * @siit: its addresses
 *
 * Warning: may reallocate the data of the skb.
 *
 * Context: softirqs off, RCU read lock. The skb stays the caller's.
 *
 * Return: NAT64_CONTINUE if it is ready to leave by IPv6, or another
 * verdict.
 */
enum nat64_verdict nat64_siit46(struct nat64_instance *inst,
				const struct nat64_config *cfg,
				struct nat64_pkt *pkt,
				const struct nat64_siit *siit)
{
	enum nat64_verdict verdict = nat64_parse4(pkt);
	bool is_error = verdict == NAT64_CONTINUE && pkt->is_error;

	if (!is_error && !nat64_siit46_addresses(inst, cfg, pkt, siit))
		return nat64_accept(pkt, NAT64_STAT_PASS_NOT_TRANSLATABLE);
	if (verdict != NAT64_CONTINUE)
		return verdict;
	nat64_trace_tuple(pkt, false);
	if (is_error) {
		verdict = nat64_siit46_quote(inst, cfg, pkt, siit);
		if (verdict != NAT64_CONTINUE)
			return verdict;
	}
	verdict = nat64_admit46(pkt);
	if (verdict != NAT64_CONTINUE)
		return verdict;
	if (pkt->no_check && !nat64_siit46_amends(cfg, pkt))
		return nat64_drop(pkt, NAT64_STAT_DROP_CHECKSUM);
	pkt->t6.sport = pkt->t4.sport;
	pkt->t6.dport = pkt->t4.dport;
	pkt->csum_diff = nat64_l4csum_diff(&pkt->t6, &pkt->t4, false);
	verdict = nat64_siit46_egress(inst, cfg, pkt, siit);
	if (verdict == NAT64_CONTINUE)
		verdict = nat64_rewrite46(cfg, pkt);
	return verdict;
}
